"""An agency writes what it knows of a partner, and takes it away."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from partners import notes, permissions
from partners.models import Listing, LocalNote
from partners.note_forms import NoteForm
from partners.views.decorators import permission
from partners.views.manage.kept import keeps_what_was_typed
from partners.views.merged import follows_merges
from partners.views.returning import page_of, with_criteria

UNDO = (
    '{} <button type="submit" class="button--link" form="gestes" formaction="{}">Annuler</button>'
)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@keeps_what_was_typed
@permission(permissions.can_write_notes)
@follows_merges
def write(request, pk):
    """One note that waits for each agency and record: writing again replaces it."""
    listing = get_object_or_404(permissions.visible(Listing.objects.all(), request.user), pk=pk)
    if not permissions.can_write_note(listing, request.user):
        raise PermissionDenied
    known = notes.waiting(listing, request.user.agency_id)
    form = NoteForm(request.POST if request.method == "POST" else None, initial=_words(known))
    is_sound = form.is_bound and form.is_valid()
    if is_sound and not form.needs_confirmation():
        made = notes.write(listing, form.cleaned_data["text"], by=request.user)
        told = "Note envoyée\u00a0: elle paraîtra une fois relue par la responsable du lien social."
        messages.success(request, _undoable(told, reverse("note_remove", args=[made.pk])))
        return redirect(with_criteria(listing.get_absolute_url(), request))
    context = {
        "form": form,
        "listing": listing,
        "known": known,
        "is_doubtful": is_sound,
        "back_url": with_criteria(listing.get_absolute_url(), request),
        "here": with_criteria(request.path, request),
    }
    status = 422 if form.is_bound and not is_sound else 200
    return render(request, "partners/note.html", context, status=status)


@require_POST
def remove(request, pk):
    """A second click finds it gone, which is what was asked for."""
    note = _own_or_404(request, pk)
    notes.remove(note)
    undo = reverse("note_restore", args=[note.pk])
    messages.success(request, _undoable("Note retirée.", undo))
    return redirect(page_of(request, note.listing))


@require_POST
def restore(request, pk):
    note = _own_or_404(request, pk)
    notes.restore(note)
    messages.success(request, "La note est remise.")
    return redirect(page_of(request, note.listing))


def _own_or_404(request, pk):
    """The note, for who may take it away; a note that one may not read does not exist."""
    visible = permissions.visible_notes(LocalNote.objects.all(), request.user)
    note = get_object_or_404(visible.select_related("listing"), pk=pk)
    if not permissions.can_remove_note(note, request.user):
        raise PermissionDenied
    return note


def _undoable(told, undo):
    return format_html(UNDO, told, undo)


def _words(known):
    return {"text": known.text} if known else {}
