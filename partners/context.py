"""What every page knows: the landlord's name and colour, the demonstration banner."""

from django.conf import settings

from partners import permissions
from partners.views.theme import theme_url


def site(request):
    user = getattr(request, "user", None)
    return {
        "landlord_name": settings.LANDLORD_NAME,
        "help_contact": settings.HELP_CONTACT,
        "theme_url": theme_url(),
        "is_demo": settings.DEMO,
        "can_hide": user.is_authenticated if user else False,
        "can_manage": permissions.can_manage(user) if user else False,
        "sector_to_print": permissions.sector_to_print(user) if user else None,
        "can_report": permissions.can_report(user) if user else False,
    }
