"""The calendar of the instances, and the private address by which a calendar follows it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, HttpResponseNotFound
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from partners import agenda, permissions
from partners.models import CalendarKey
from partners.views.decorators import permission

SHOWN = 60
GONE = (
    "Cette adresse d'agenda n'existe pas, ou a été retirée. "
    "Demandez-en une nouvelle dans la cartographie, page «\u00a0Agenda des instances\u00a0».\n"
)
KEY = "agenda"
"""Where a new secret waits, in the session, for the one page that shows it."""


@require_safe
@never_cache
def overview(request):
    secret = request.session.pop(KEY, "")
    key = CalendarKey.objects.usable().filter(user=request.user).first()
    context = {
        "meetings": agenda.coming(timezone.localdate())[:SHOWN],
        "key": key,
        "can_subscribe": permissions.can_subscribe(request.user),
        "feed": _address(request, secret) if secret else "",
    }
    return render(request, "partners/calendar.html", context)


@require_POST
@permission(permissions.can_subscribe)
def subscribe(request):
    """A new address, shown once; the one before opens nothing any more."""
    _, request.session[KEY] = CalendarKey.objects.issue(request.user)
    return redirect("calendar")


@require_POST
@permission(permissions.can_subscribe)
def unsubscribe(request):
    if CalendarKey.objects.revoke(request.user):
        messages.success(request, "Adresse retirée\u00a0: votre agenda ne recevra plus rien.")
    return redirect("calendar")


@require_safe
@never_cache
@login_not_required
def feed(request, secret):
    """The meetings, for whoever has the address; a revoked one is as one that never was."""
    key = CalendarKey.objects.usable().bearing(secret).select_related("user").first()
    if key is None or not permissions.can_subscribe(key.user):
        return HttpResponseNotFound(GONE, content_type="text/plain; charset=utf-8")
    key.mark_used()
    content = agenda.as_calendar(timezone.localdate())
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="instances.ics"'
    return response


def _address(request, secret):
    return request.build_absolute_uri(reverse("calendar_feed", args=[secret]))
