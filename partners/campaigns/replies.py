"""What a partner answers of its record, and what a manager makes of it.

« Rien à changer » is a verification, and changes nothing that is published. Everything else waits:
each value as a `Proposal`, the rest in words.
"""

import copy
from datetime import date

from django.db import transaction
from django.utils import timezone

from partners.imports import proposals
from partners.imports.columns import BY_HEADER
from partners.models import Listing, Proposal, Reply, Verification, derived
from partners.records.fields import BY_ATTR

SOURCE = "le partenaire"
FACTS = (
    "phone", "phone_instructions", "email", "website", "summary", "opening_hours",
    "opening_hours_note", "appointment", "audiences", "audience_details", "access_conditions",
    "address", "address_extra", "postal_code", "commune",
)  # fmt: skip
"""What a partner may propose: fields of `Listing`, in the order of its page."""
SECRET = (
    "website", "summary", "audience_details", "access_conditions", "address", "address_extra",
    "postal_code", "commune",
)  # fmt: skip
"""Of them, those that would tell where or what a confidential shelter is, should the link leak
(rule R7)."""
COMMUNE = "code_insee"
Scope, Kind = Verification.Scope, Reply.Kind
PARTS = {
    Scope.PHONE: ("phone", "phone_instructions"),
    Scope.HOURS: ("opening_hours", "opening_hours_note", "appointment"),
    Scope.ZONE: (),
    Scope.CRITERIA: ("audiences", "audience_details", "access_conditions"),
}
"""Parts of a record that a partner confirms, and the facts that say them."""


def facts_of(listing: Listing) -> tuple[str, ...]:
    """What the page of this record shows and asks."""
    return tuple(fact for fact in FACTS if not (listing.is_confidential and fact in SECRET))


def told(listing: Listing) -> dict[str, str]:
    """{fact: the text of its column} of what the page of this record shows."""
    return {fact: _write(listing, fact) for fact in facts_of(listing)}


@transaction.atomic
def confirm(reply: Reply) -> None:
    """« Rien à changer »: what the page showed is verified today; asked twice, it is once."""
    _answer(reply, Kind.NOTHING)
    reply.settled_at = reply.answered_at
    reply.save()
    _verify(reply, _shown_parts(reply.listing), by=None)


@transaction.atomic
def propose(
    reply: Reply, values: dict, *, shown: dict[str, str], zone_words: str = "", message: str = ""
) -> int:
    """Keep what differs from the record as proposals; how many. Without any, it is confirmed.

    `values`: {field of `Listing`: its value}, read and valid; `shown`: as `told`, when the page was
    opened, for what the partner left as it was. An earlier answer gives way.
    """
    found = {
        fact: text
        for fact, value in values.items()
        if _is_other(reply.listing, fact, value, shown)
        for text in [_write(_with(reply.listing, fact, value), fact)]
    }
    if not (found or zone_words or message):
        confirm(reply)
        return 0
    _answer(reply, Kind.CHANGES, zone_words=zone_words, message=message)
    reply.save()
    today = timezone.localdate()
    Proposal.objects.bulk_create(
        Proposal(
            listing=reply.listing,
            reply=reply,
            fact=_slug(fact),
            cells={_header(fact): text},
            source=SOURCE,
            proposed_on=today,
        )
        for fact, text in found.items()
    )
    return len(found)


@transaction.atomic
def leave(reply: Reply, kind: Kind, *, message: str = "") -> None:
    """« Nous n'existons plus », « ce n'est plus moi le contact »: for a manager to see to."""
    _answer(reply, kind, message=message)
    reply.save()


def accept(proposal: Proposal, *, by) -> None:
    """Write a proposed value. Raises `imports.errors.Refused`, in French, when it cannot be."""
    reply = proposal.reply
    with transaction.atomic():
        proposals.accept(proposal)
        if reply:
            _settle_if_done(reply, by=by)


def decline(proposal: Proposal, *, by) -> None:
    with transaction.atomic():
        proposals.decline(proposal)
        if proposal.reply:
            _settle_if_done(proposal.reply, by=by)


@transaction.atomic
def settle(reply: Reply, *, by) -> bool:
    """A manager has seen to all of it; what the partner left as it was is verified.

    False when proposals still wait, or when it was done already.
    """
    locked = Reply.objects.select_for_update(of=("self",)).get(pk=reply.pk)
    if locked.settled_at or not locked.kind or _waiting(locked).exists():
        return False
    locked.settled_at, locked.settled_by = timezone.now(), by
    locked.save(update_fields=["settled_at", "settled_by"])
    if locked.kind == Kind.CHANGES:
        _verify(locked, _confirmed_parts(locked), by=by)
    return True


def _settle_if_done(reply, *, by):
    """Values alone need no other gesture; words do."""
    if not (reply.zone_words or reply.message):
        settle(reply, by=by)


def _waiting(reply):
    return reply.proposals.filter(status=Proposal.Status.NEW)


def _answer(reply, kind, *, zone_words="", message=""):
    """What was answered before is no longer said."""
    reply.proposals.all().delete()
    reply.kind, reply.answered_at = kind, timezone.now()
    reply.zone_words, reply.message = zone_words, message
    reply.settled_at = reply.settled_by = None
    _open(reply.letter)


def _open(letter):
    if letter.opened_at is None:
        letter.opened_at = timezone.now()
        letter.save(update_fields=["opened_at"])


def _is_other(listing, fact, value, shown):
    """Whether the partner changed it, to something that the record does not say yet."""
    if isinstance(value, list):
        lists = [set(getattr(listing, fact)), set(shown.get(fact, "").split("|")) - {""}]
        return set(value) not in (lists if fact in shown else lists[:1])
    written = _write(_with(listing, fact, value), fact)
    return written not in (_write(listing, fact), shown.get(fact))


def _with(listing, fact, value):
    changed = copy.copy(listing)
    setattr(changed, fact, value)
    return changed


def _write(listing, fact):
    return BY_HEADER[_header(fact)].write(listing)


def _header(fact):
    return COMMUNE if fact == "commune" else BY_ATTR[fact].header


def _slug(fact):
    return "commune_id" if fact == "commune" else fact


# Verifications


def _shown_parts(listing):
    """All, or those that the page of a confidential record shows."""
    return [scope for scope in PARTS if not (listing.is_confidential and scope == Scope.ZONE)]


def _confirmed_parts(reply):
    """Those that nobody disagrees on: left as they were, or changed as the partner said."""
    declined = set(reply.proposals.values_list("fact", flat=True))
    told_zone = {Scope.ZONE} if reply.zone_words else set()
    return [
        scope
        for scope in _shown_parts(reply.listing)
        if scope not in told_zone and declined.isdisjoint(PARTS[scope])
    ]


def _verify(reply, scopes, *, by):
    day = _day(reply)
    wanted = [Scope.RECORD] if set(scopes) == set(PARTS) else scopes
    for scope in wanted:
        known = {"scope": scope, "method": Verification.Method.PARTNER, "checked_on": day}
        if not reply.listing.verifications.filter(**known).exists():
            reply.listing.verifications.create(**known, checked_by=by)
    derived.refresh(Listing.objects.filter(pk=reply.listing_id))


def _day(reply) -> date:
    return timezone.localdate(reply.answered_at)
