"""What every page knows: the landlord's name and colour, the demonstration banner."""

from django.conf import settings

from partners import permissions
from partners.sessions import mark_of
from partners.views.theme import theme_url


def site(request):
    user = getattr(request, "user", None)
    is_signed_in = user.is_authenticated if user else False
    return {
        "landlord_name": settings.LANDLORD_NAME,
        "help_contact": settings.HELP_CONTACT,
        "theme_url": theme_url(),
        "is_demo": settings.DEMO,
        "is_offline_on": settings.OFFLINE,
        "session_mark": mark_of(request.session) if is_signed_in else "",
        "can_hide": is_signed_in,
        "can_manage": permissions.can_manage(user) if user else False,
        "sector_to_print": permissions.sector_to_print(user) if user else None,
        "can_report": permissions.can_report(user) if user else False,
    }
