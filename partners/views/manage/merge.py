"""« Doublons »: two records that may be one, told apart or merged, and merges taken back."""

from dataclasses import dataclass, replace

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partners import likeness, permissions
from partners.cards import cards_of
from partners.coverage import place_of_communes
from partners.matches import Moment
from partners.merging import choices, parts, undoing, uniting
from partners.merging.choices import BOTH, CHOICES
from partners.merging.uniting import Refused
from partners.models import Distinction, Listing, Merge
from partners.records import facts as facts_of
from partners.records.finding import FindingForm
from partners.views.decorators import permission
from partners.views.manage.kept import keeps_what_was_typed
from partners.views.manage.sections import page

A_PAGE = 20
MOST_FOUND = 20
APART, DONE = "distinctes", "faites"
TABS = [("", "À regarder"), (APART, "Pas les mêmes"), (DONE, "Fusions faites")]
PREVIEW, MERGE = "apercu", "fusionner"
MOVED = (
    "L'une des deux fiches a changé entre-temps. Vos choix sont gardés\u00a0: relisez-les, puis "
    "recommencez."
)
DONE_TOLD = (
    'C\'est fait\u00a0: une seule fiche, «\u00a0<a href="{}">{}</a>\u00a0». '
    '<a href="{}">Défaire cette fusion</a>'
)
UNDONE = (
    'Fusion défaite\u00a0: «\u00a0<a href="{}">{}</a>\u00a0» et «\u00a0<a href="{}">{}</a>\u00a0» '
    "sont de nouveau deux fiches, comme avant. "
    '<button type="submit" class="button--link" form="gestes" formaction="{}">'
    "Ce ne sont pas les mêmes</button>"
)
UNDO_APART = (
    "C'est noté\u00a0: ce ne sont pas les mêmes. "
    '<button type="submit" class="button--link" form="gestes" formaction="{}">Annuler</button>'
)


@dataclass(frozen=True)
class Line:
    """A choice as the page shows it. `chosen`: what is ticked."""

    row: choices.Row
    chosen: str


@require_safe
@never_cache
@permission(permissions.can_manage)
def overview(request):
    state = request.GET.get("etat", "")
    fill = {APART: _told_apart, DONE: _merged}.get(state, _to_look_at)
    known = {"tabs": TABS, "state": state if state in {APART, DONE} else ""}
    return page(request, "merge_list.html", known | fill(request.GET.get("page")))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@permission(permissions.can_manage)
def of_record(request, pk):
    """« Fusionner avec… »: what looks like a record, or another to look for (words in a body)."""
    if pk in Merge.objects.kept_for([pk]):
        return redirect("manage_merge_of", Merge.objects.kept_for([pk])[pk])
    listing = get_object_or_404(Listing.objects.select_related("commune"), pk=pk)
    form = FindingForm(request.POST if request.method == "POST" else {})
    is_sent = request.method == "POST" and form.is_valid() and form.cleaned_data["texte"].strip()
    found = form.listings().exclude(pk=pk).filter(merge=None) if is_sent else Listing.objects.none()
    context = {
        "listing": listing,
        "pairs": likeness.pairs(of=pk, limit=A_PAGE)[0],
        "form": form,
        "is_sent": is_sent,
        "found": found.select_related("commune")[:MOST_FOUND],
    }
    is_refused = request.method == "POST" and not form.is_valid()
    return page(request, "merge_of.html", context, status=422 if is_refused else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@keeps_what_was_typed
@permission(permissions.can_manage)
def pair(request, first, second):
    """Side by side, field by field; the preview is the merge itself, rolled back."""
    found = uniting.read([first, second])
    is_merged = any(hasattr(listing, "merge") for listing in found)
    if is_merged and (moved := Merge.objects.kept_for([first, second])):
        return _already_merged(request, moved, first, second)
    if len(found) < 2 or first == second:
        raise Http404
    kept, absorbed = _in_order(request, *found)
    if request.method != "POST":
        return _page(request, kept, absorbed)
    if said := uniting.obstacle(kept, absorbed):
        return _page(request, kept, absorbed, status=422, refusal=said)
    if request.POST.get("vu") != uniting.digest(kept, absorbed):
        return _page(request, kept, absorbed, status=409, refusal=MOVED)
    try:
        if request.POST.get("action") == MERGE:
            return _merge(request, kept, absorbed)
        return _page(request, kept, absorbed, preview=_preview(request, kept, absorbed))
    except Refused as error:
        kept, absorbed = uniting.read([kept.pk, absorbed.pk])
        return _page(request, kept, absorbed, status=422, refusal=str(error))


@require_POST
@permission(permissions.can_manage)
def tell_apart(request, first, second):
    """« Ce ne sont pas les mêmes »; a second click finds it said."""
    one, other = _both(first, second)
    if not _distinctions(first, second).exists():
        try:
            with transaction.atomic():
                Distinction.objects.create(first=one, second=other, said_by=request.user)
        except IntegrityError:
            pass  # said at the same moment
    undo = reverse("manage_merge_again", args=[first, second])
    messages.success(request, format_html(UNDO_APART, undo))
    return redirect("manage_merge")


@require_POST
@permission(permissions.can_manage)
def compare_again(request, first, second):
    _distinctions(first, second).delete()
    messages.success(request, "Ces deux fiches sont de nouveau comparées.")
    return redirect("manage_merge")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@permission(permissions.can_manage)
def undo(request, pk):
    """Asks first, and says what it cannot do; `pk` is the absorbed record."""
    merge = get_object_or_404(_merges(), pk=pk)
    obstacle = undoing.obstacle(merge)
    if request.method == "POST" and not obstacle:
        told = _said_undone(merge)
        try:
            undoing.undo(merge)
        except Refused as error:
            obstacle = str(error)
        else:
            messages.success(request, told)
            return redirect(f"{reverse('manage_merge')}?etat={DONE}")
    context = {"merge": merge, "obstacle": obstacle}
    is_refused = bool(obstacle) and request.method == "POST"
    return page(request, "merge_undo.html", context, status=409 if is_refused else 200)


def _said_undone(merge):
    """Both records, to read again, and « not the same » lest they be proposed again."""
    pages = [reverse("manage_records_edit", args=[pk]) for pk in (merge.kept_id, merge.pk)]
    names = [merge.kept.name, merge.absorbed.name]
    apart = reverse("manage_merge_apart", args=[merge.kept_id, merge.pk])
    return format_html(UNDONE, pages[0], names[0], pages[1], names[1], apart)


# The lists


def _to_look_at(number):
    offset = (_number(number) - 1) * A_PAGE
    found, total = likeness.pairs(limit=A_PAGE, offset=offset)
    if offset and not found:
        found, total = likeness.pairs(limit=A_PAGE)
    shown = Paginator(range(total), A_PAGE).get_page(number)
    return {"pairs": found, "page": shown, "total": total}


def _told_apart(number):
    rows = Distinction.objects.select_related(
        "first__commune", "second__commune", "said_by"
    ).order_by("-said_at", "-pk")
    return {"page": Paginator(rows, A_PAGE).get_page(number)}


def _merged(number):
    return {"page": Paginator(_merges(), A_PAGE).get_page(number)}


def _merges():
    return Merge.objects.select_related("absorbed", "kept", "merged_by").order_by(
        "-merged_at", "-pk"
    )


def _number(text):
    is_number = text and text.isascii() and text.isdigit() and len(text) < 7
    return max(1, int(text)) if is_number else 1


# A pair


def _both(first, second):
    found = Listing.objects.in_bulk([first, second])
    if len(found) < 2:
        raise Http404
    return found[first], found[second]


def _distinctions(first, second):
    return Distinction.objects.filter(Q(first=first, second=second) | Q(first=second, second=first))


def _in_order(request, one, other):
    """(kept, absorbed), as asked by `garder`, else as proposed."""
    asked = (request.POST if request.method == "POST" else request.GET).get("garder")
    if asked == str(other.pk):
        return other, one
    return (one, other) if asked == str(one.pk) else choices.order(one, other)


def _already_merged(request, moved, first, second):
    """A second click, an old address: the record that answers for them today."""
    keys = {moved.get(pk, pk) for pk in (first, second)}
    if len(keys) == 2:
        return redirect("manage_merge_pair", *sorted(keys))
    messages.info(request, "Ces deux fiches n'en font déjà plus qu'une.")
    return redirect("manage_records_edit", keys.pop())


def _chosen(request, rows):
    """{choice: what was ticked}, what is proposed for the rest."""
    asked = {row.name: request.POST.get(f"choix-{row.name}") for row in rows}
    return {
        row.name: asked[row.name]
        if asked[row.name] in CHOICES and (row.can_unite or asked[row.name] != BOTH)
        else row.proposed
        for row in rows
    }


def _merge(request, kept, absorbed):
    chosen = _chosen(request, choices.rows(kept, absorbed))
    with transaction.atomic():
        uniting.read(sorted([kept.pk, absorbed.pk]), for_update=True)
        if Merge.objects.filter(pk=absorbed.pk).exists():
            return redirect("manage_records_edit", kept.pk)
        locked = uniting.read([kept.pk, absorbed.pk])
        if uniting.digest(*locked) != request.POST.get("vu"):
            return _page(request, *locked, status=409, refusal=MOVED)
        made = uniting.merge(*locked, chosen, by=request.user)
    return _merged_page(request, made)


def _merged_page(request, made):
    """What is left to compare with it comes next: three alike are merged two by two."""
    undo = reverse("manage_merge_undo", args=[made.absorbed_id])
    record = reverse("manage_records_edit", args=[made.kept_id])
    messages.success(request, format_html(DONE_TOLD, record, made.kept.name, undo))
    _, others = likeness.pairs(of=made.kept_id, limit=1)
    if not others:
        return redirect("manage_merge")
    more = "Une autre fiche lui ressemble" if others == 1 else f"{others} autres lui ressemblent"
    messages.info(request, f"{more}\u00a0: à comparer, ou à dire distincte.")
    return redirect("manage_merge_of", made.kept_id)


def _preview(request, kept, absorbed):
    """The merged record as an adviser will see it (safe str), and what changes in it."""
    chosen = _chosen(request, choices.rows(kept, absorbed))
    before, around = facts_of.of_listing(kept), parts.said(kept)
    with transaction.atomic():
        locked = uniting.read([kept.pk, absorbed.pk], for_update=True)
        uniting.merge(*locked, chosen, by=request.user)
        [now] = uniting.read([kept.pk])
        after = facts_of.of_listing(now)
        [card] = cards_of([kept.pk], Moment(place_of_communes([]), timezone.localtime()))
        context = {
            "card": card,
            "listing": card.listing,
            "now": now,
            "changes": [
                _only_different(change)
                for change in facts_of.differences(before, after, before) + _around(around, now)
            ],
        }
        shown = render_to_string("partners/manage/_merge_preview.html", context, request)
        transaction.set_rollback(True)
    return shown


def _only_different(change):
    """A `Difference` without the lines that stay."""
    before, after = (
        [] if text == facts_of.NOTHING else text.splitlines()
        for text in (change.before, change.theirs)
    )
    return replace(
        change,
        before="\n".join(line for line in before if line not in after),
        theirs="\n".join(line for line in after if line not in before),
    )


def _around(before, now):
    """What changes around the kept record, as `facts_of.differences` says it of its own."""
    return [
        facts_of.Difference(
            name,
            label,
            before[name][1] or facts_of.NOTHING,
            text or facts_of.NOTHING,
            before[name][1],
            is_mine=False,
        )
        for name, (label, text) in parts.said(now).items()
        if text != before[name][1]
    ]


def _page(request, kept, absorbed, *, status=200, **context):
    rows = choices.rows(kept, absorbed)
    chosen = _chosen(request, rows)
    lines = [Line(row, chosen[row.name]) for row in rows]
    known = {
        "kept": kept,
        "absorbed": absorbed,
        "open_lines": [line for line in lines if line.row.is_open],
        "settled": [line for line in lines if not line.row.is_open and not line.row.is_same],
        "same": [line for line in lines if line.row.is_same],
        "seen": uniting.digest(kept, absorbed),
        "obstacle": uniting.obstacle(kept, absorbed),
        "lasting": undoing.lasting(kept, absorbed),
        "followers": _followers(absorbed),
        "is_apart": _distinctions(kept.pk, absorbed.pk).exists(),
    }
    return page(request, "merge_pair.html", known | context, status=status)


FOLLOWERS = {
    "reports": ("signalement", "signalements"),
    "favourites": ("favori", "favoris"),
    "verifications": ("vérification", "vérifications"),
    "proposals": ("proposition d'une source", "propositions d'une source"),
    "branches": ("antenne", "antennes"),
    "roles_in_schemes": ("dispositif lié", "dispositifs liés"),
    "closed_gaps": ("manque comblé", "manques comblés"),
}


def _followers(listing):
    """« 3 signalements »: what goes with the absorbed record (list of str)."""
    counts = Listing.objects.filter(pk=listing.pk).aggregate(
        **{f"n_{name}": Count(name, distinct=True) for name in FOLLOWERS}
    )
    found = ((counts[f"n_{name}"], words) for name, words in FOLLOWERS.items())
    return [f"{number} {words[number > 1]}" for number, words in found if number]
