"""A situation that the manager no longer wants: its records move to another one, nothing is lost.

What archiving did is read back from the history when it is undone: the rows that it removed and
those that it made share its context.
"""

from dataclasses import dataclass

import pghistory
from django.db import transaction
from django.utils import timezone

from partners.models import (
    Gap,
    Listing,
    ListingSituation,
    Situation,
    SituationHelpline,
    derived,
)

MOST_FIRST = 2
Role = ListingSituation.Role


class Refused(Exception):
    """What cannot be done; the message is in French."""


@dataclass(frozen=True)
class Uses:
    """How many records name a situation, and how many of the published ones name no other."""

    records: int
    alone: int
    gaps: int


def uses(situation):
    """What would be concerned by archiving (Uses)."""
    return Uses(
        ListingSituation.objects.filter(situation=situation).count(),
        len(_alone(situation)),
        Gap.objects.open().filter(situation=situation).count(),
    )


def archive(situation, *, into=None, with_words=True):
    """Take a situation out of every list. Its records, gaps and numbers go `into` another one; so
    do the words that lead to it, if `with_words`.

    Raises Refused without `into` when published records have no other situation.
    """
    with transaction.atomic(), pghistory.context(origine="vocabulaire"):
        situation = Situation.objects.select_for_update().get(pk=situation.pk)
        touched = list(situation.listing_links.values_list("listing", flat=True))
        if into is None and _alone(situation):
            raise Refused("Des fiches n'ont que cette situation\u00a0: dites où les ranger.")
        if into:
            _hand_over(situation, into, with_words=with_words)
        situation.listing_links.all().delete()
        situation.archived_at, situation.merged_into = timezone.now(), into
        situation.save(update_fields=["archived_at", "merged_into"])
        derived.refresh(Listing.objects.filter(pk__in=touched))


def restore(situation):
    """Undo `archive`: the situation, the records that it had, the words that the other was given.

    Returns the number of records that have it again. What changed since stays.
    """
    with transaction.atomic(), pghistory.context(origine="vocabulaire"):
        situation = Situation.everything.select_for_update().get(pk=situation.pk)
        if situation.archived_at is None:
            return 0
        context, other = _context_of_archive(situation), situation.merged_into
        situation.archived_at = situation.merged_into = None
        situation.save(update_fields=["archived_at", "merged_into"])
        if context is None:
            return 0
        touched = _put_back(ListingSituation, "listing_id", context)
        _put_back(SituationHelpline, "helpline_id", context)
        if other:
            _take_words_back(other, context)
        derived.refresh(Listing.objects.filter(pk__in=touched))
        return situation.listing_links.count()


def _alone(situation):
    """Keys of published records, no generalist, that have no other situation."""
    others = ListingSituation.objects.exclude(situation=situation).values("listing")
    return list(
        Listing.objects.published()
        .filter(situation_links__situation=situation, is_generalist=False)
        .exclude(pk__in=others)
        .values_list("pk", flat=True)
    )


# What another one takes over


def _hand_over(situation, into, *, with_words):
    _move_records(situation, into)
    taken = Gap.objects.filter(situation=into).values("territory")
    situation.gaps.exclude(territory__in=taken).update(situation=into)
    there = set(into.helpline_links.values_list("helpline", flat=True))
    last = max(into.helpline_links.values_list("order", flat=True), default=0)
    lines = [line for line in situation.helpline_links.all() if line.helpline_id not in there]
    for order, line in enumerate(lines, start=last + 1):
        SituationHelpline.objects.create(situation=into, helpline_id=line.helpline_id, order=order)
    Situation.everything.filter(merged_into=situation).update(merged_into=into)
    if with_words:
        into.synonyms = _union(into.synonyms, [situation.label, *situation.synonyms])
        into.themes = _union(into.themes, situation.themes)
        into.save(update_fields=["synonyms", "themes"])


def _move_records(situation, into):
    """A record that has both keeps the stronger role; two are to do first at most."""
    had = {link.listing_id: link for link in into.listing_links.all()}
    firsts = sum(link.is_first for link in had.values())
    made = []
    for link in situation.listing_links.order_by("pk"):
        other = had.get(link.listing_id)
        if other and (other.role == Role.CORE or link.role == Role.HELPS):
            continue
        is_first = link.is_first and firsts < MOST_FIRST
        firsts += is_first
        made.append(_link(link, other, into, is_first=is_first))
    into.listing_links.filter(listing__in=[link.listing_id for link in made]).delete()
    ListingSituation.objects.bulk_create(made)


def _link(link, other, into, *, is_first):
    return ListingSituation(
        listing_id=link.listing_id,
        situation=into,
        role=link.role,
        is_first=is_first or bool(other and other.is_first),
    )


def _union(mine, theirs):
    known = {text.casefold() for text in mine}
    return [*mine, *(text for text in theirs if text.casefold() not in known)]


# Undoing


def _context_of_archive(situation):
    """The key of the context (or None) in which it was archived last."""
    events = Situation.pgh_event_model.objects.filter(
        pgh_obj_id=situation.pk, archived_at=situation.archived_at
    )
    first = events.order_by("pgh_id").first()
    return first and first.pgh_context_id


def _put_back(model, kept, context):
    """Remove the rows made in a context, put back those removed; the keys of what they hold."""
    events = model.pgh_event_model.objects.filter(pgh_context=context).order_by("pgh_id")
    touched = set()
    for event in events:
        pair = {"situation_id": event.situation_id, kept: getattr(event, kept)}
        touched.add(pair[kept])
        if event.pgh_label == "insert":
            model.objects.filter(**pair).delete()
    for event in events.filter(pgh_label="delete"):
        _create_again(model, event, kept)
    return touched


def _create_again(model, event, kept):
    """A row as it was, unless what it holds is gone or it came back meanwhile."""
    target = model._meta.get_field(kept.removesuffix("_id")).related_model
    if target.objects.filter(pk=getattr(event, kept)).exists():
        names = [f.attname for f in model._meta.concrete_fields if not f.primary_key]
        values = {name: getattr(event, name) for name in names}
        pair = {"situation_id": values.pop("situation_id"), kept: values.pop(kept)}
        model.objects.get_or_create(**pair, defaults=values)


def _take_words_back(other, context):
    """Remove from `other` the words and themes that the archiving gave it."""
    events = Situation.pgh_event_model.objects.filter(pgh_obj_id=other.pk)
    after = events.filter(pgh_context=context).order_by("pgh_id").last()
    before = after and events.filter(pgh_id__lt=after.pgh_id).order_by("pgh_id").last()
    if not before:
        return
    for name in ("synonyms", "themes"):
        given = set(getattr(after, name)) - set(getattr(before, name))
        setattr(other, name, [text for text in getattr(other, name) if text not in given])
    other.save(update_fields=["synonyms", "themes"])
