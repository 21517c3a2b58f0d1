"""A closure or a message on a record: a minute to write, one gesture to end."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from partners import announcing, permissions
from partners.announcement_forms import AnnouncementForm
from partners.models import Listing
from partners.views.decorators import permission
from partners.views.manage.kept import keeps_what_was_typed
from partners.views.manage.sections import page

ENDED = {
    announcing.CLOSURE: "Fermeture terminée\u00a0: la fiche est de nouveau ouverte.",
    announcing.MESSAGE: "Message terminé\u00a0: il n'est plus sur la fiche.",
}


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@keeps_what_was_typed
@permission(permissions.can_manage)
@transaction.atomic
def announce(request, pk):
    found = permissions.visible(Listing.objects.all(), request.user)
    if request.method == "POST":
        found = found.select_for_update(of=("self",))
    listing = get_object_or_404(found, pk=pk)
    if request.method == "POST" and request.POST.get("terminer") in ENDED:
        return _end(request, listing, request.POST["terminer"])
    form = AnnouncementForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and not form.needs_confirmation():
        form.save(listing)
        messages.success(request, "C'est annoncé. L'annonce partira d'elle-même à sa date.")
        return redirect(listing)
    context = {
        "listing": listing,
        "form": form,
        "standing": announcing.standing(listing),
        "is_doubtful": form.is_bound and form.is_valid(),
    }
    is_refused = form.is_bound and not form.is_valid()
    return page(request, "announcement.html", context, status=422 if is_refused else 200)


def _end(request, listing, kind):
    """A second click finds it ended, which is what was asked for."""
    announcing.end(listing, kind)
    messages.success(request, ENDED[kind])
    return redirect(listing)
