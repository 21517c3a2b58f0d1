"""The history of a record: who changed what, when and how; going back, part by part or whole."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from partners import permissions
from partners.models import Listing, Merge
from partners.past import restoring, rows, versions, wording
from partners.past.restoring import Moved, Refused
from partners.past.versions import PARTS, Version
from partners.views.decorators import permission
from partners.views.manage.sections import page

ROWS = 20
MOVED = "Quelqu'un a modifié cette fiche entre-temps\u00a0: relisez ce qui va changer."


@dataclass(frozen=True)
class Entry:
    """A version as the page tells it. `is_last`: it is what the record says now."""

    version: Version
    who: str
    how: str
    changes: list[wording.Change]
    is_last: bool


@require_safe
@never_cache
@permission(permissions.can_manage)
def history(request, pk):
    """The newest first. What changed together, in one request or import, stands together."""
    listing = get_object_or_404(Listing, pk=pk)
    found = versions.read(listing)
    shown = Paginator(found[::-1], ROWS).get_page(request.GET.get("page"))
    context = {
        "listing": listing,
        "page": shown,
        "entries": _entries(listing, shown, found),
        "redactions": listing.redactions.select_related("done_by"),
        "merge": Merge.objects.select_related("kept").filter(pk=pk).first(),
    }
    return page(request, "history.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@permission(permissions.can_manage)
def restore(request, pk, key):
    """What going back would change, then going back. `champ`: one part of the record only."""
    listing = get_object_or_404(Listing.objects.filter(merge=None), pk=pk)
    found = versions.read(listing)
    target = next((version for version in found if version.key == key), None)
    part = (request.POST if request.method == "POST" else request.GET).get("champ") or None
    if target is None or (part and part not in PARTS):
        raise Http404
    refusal = ""
    if request.method == "POST":
        refusal = _go_back(request, listing, found[-1].after, target, part)
        if not refusal:
            return redirect("manage_records_history", pk=pk)
    context = {
        "listing": listing,
        "target": target,
        "part": part,
        "part_label": wording.label(part) if part else "",
        "seen": found[-1].key,
        "changes": restoring.planned(found[-1].after, target.after, part),
        "lost": _lost(found[-1].after, target.after, part),
        "refusal": refusal,
    }
    return page(request, "restore.html", context, status=409 if refusal else 200)


def _go_back(request, listing, now, target, part):
    """Why the record, which says `now`, cannot go back (str); "" once it has, which is told."""
    seen = _number(request.POST.get("vu"))
    try:
        restoring.restore(listing, target.key, part=part, seen=seen)
    except Moved:
        if restoring.planned(now, target.after, part):
            return MOVED
        messages.info(request, "C'était déjà fait\u00a0: rien n'a changé.")  # a second click
    except Refused as error:
        return str(error)
    else:
        messages.success(request, _done(part))
    return ""


def _lost(now, target, part):
    """Titles of the documents whose PDF going back does not bring."""
    return rows.reachable(now, target)[1] if part in (None, rows.DOCUMENTS) else []


def _entries(listing, shown, found):
    """The entries of a page of versions, in a constant number of queries."""
    states = [state for v in shown for state in (v.before, v.after) if state]
    names, accounts = wording.Names(states), wording.authors(shown)
    return [
        Entry(
            version,
            wording.who(version, accounts),
            wording.how(version),
            wording.tell(
                version.before or versions.EMPTY,
                version.after,
                names,
                is_secret=listing.is_confidential,
            ),
            version is found[-1],
        )
        for version in shown
    ]


def _number(text):
    """A key of a form (int), 0 when it is none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 20 else 0


def _done(part):
    what = f"«\u00a0{wording.label(part)}\u00a0» a repris" if part else "La fiche a repris"
    return f"{what} sa valeur d'alors. Ce retour est dans l'historique et se défait de même."
