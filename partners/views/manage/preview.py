"""A record as an adviser would see it, from the form as it stands; nothing of it stays."""

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from partners import permissions
from partners.models import Listing
from partners.records import drafts, saving
from partners.records.editor import Editor, lacking, with_rows
from partners.views import listings
from partners.views.decorators import permission
from partners.views.manage.sections import page


@require_POST
@never_cache
@permission(permissions.can_manage)
def preview(request):
    """Written, shown, and undone at once, so that it is exactly what would be."""
    with transaction.atomic():
        editor = Editor(_listing(request), request.POST)
        response = _shown(request, editor) if editor.is_valid() else _refused(request, editor)
        transaction.set_rollback(True)
    return response


def _listing(request):
    known = drafts.KNOWN.fullmatch(request.POST.get("brouillon", ""))
    if not known:
        return Listing()
    locked = Listing.objects.select_for_update(of=("self",))
    return get_object_or_404(with_rows(locked), pk=known[1])


def _shown(request, editor):
    """As published when nothing lacks, for permanences are those of the search."""
    names = {name for name, value in editor.facts.items() if value != editor.now[name]}
    is_whole = not lacking(editor.facts)
    status = Listing.Status.PUBLISHED if is_whole else Listing.Status.TO_CHECK
    editor.listing.status = status
    saving.write(editor.listing, editor, names)
    return listings.preview(request, editor.listing.pk)


def _refused(request, editor):
    return page(request, "record_preview.html", {"faults": editor.faults()}, status=422)
