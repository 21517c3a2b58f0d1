"""What every page knows: the landlord's name and colour, the demonstration banner."""

from django.conf import settings

from partners import permissions


def site(request):
    return {
        "landlord_name": settings.LANDLORD_NAME,
        "is_demo": settings.DEMO,
        "can_hide": request.user.is_authenticated if hasattr(request, "user") else False,
        "can_manage": permissions.can_manage(request.user) if hasattr(request, "user") else False,
    }
