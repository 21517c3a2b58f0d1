"""The rows of other tables that a draft asks for, against those that its record has.

Each function compares one relation and tells `Links` what to add, update and delete; nothing is
written here. `listing` may be new: its key is filled in when it is saved.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from partners.imports import cells, papers
from partners.imports.columns import CORE, HELPS, PERMANENCES
from partners.imports.draft import CONTACT_COLUMNS, Draft, PermanenceDraft, Reference
from partners.imports.errors import Refused, quote
from partners.imports.lookups import Lookups
from partners.models import (
    Contact,
    CoverageZone,
    Listing,
    ListingSituation,
    Paper,
    Permanence,
    SchemeRole,
    Verification,
    WayThere,
)

CONTACT_ATTRS = {
    "nom": "name",
    "fonction": "function",
    "telephone": "phone",
    "courriel": "email",
    "visibilite": "visibility",
}


@dataclass
class Links:
    """Model instances to write; `updates` with the names of the fields that changed."""

    additions: list[Any] = field(default_factory=list)
    updates: list[tuple[Any, tuple[str, ...]]] = field(default_factory=list)
    deletions: list[Any] = field(default_factory=list)
    has_situation: bool = False
    has_zone: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.additions or self.updates or self.deletions)

    def update(self, row: Any, **values: Any) -> None:
        """Set what differs; nothing to do when nothing does."""
        changed = tuple(name for name, value in values.items() if getattr(row, name) != value)
        for name in changed:
            setattr(row, name, values[name])
        if changed:
            self.updates.append((row, changed))


def compare(
    draft: Draft,
    listing: Listing,
    *,
    lookups: Lookups,
    records: dict[Reference, Listing],
    contact: Contact | None,
) -> Links:
    """All relations of one listing. `records`: what references designate, all of them known.

    `contact`: the one that an earlier import wrote. Raises `Refused` (column, in the message).
    """
    links = Links()
    is_new = listing.pk is None
    _situations(draft, listing, links, lookups, [] if is_new else listing.situation_links.all())
    _zones(draft, listing, links, [] if is_new else listing.zone_links.all())
    _roles(draft, listing, links, records, [] if is_new else listing.scheme_roles.all())
    _permanences(draft, listing, links, [] if is_new else listing.permanences.all())
    _contact(draft, listing, links, contact)
    _phone_check(draft, listing, links, [] if is_new else listing.verifications.all())
    _papers(draft, listing, links, [] if is_new else listing.papers.all())
    _way_there(draft, listing, links)
    return links


def _situations(
    draft: Draft,
    listing: Listing,
    links: Links,
    lookups: Lookups,
    rows: Iterable[ListingSituation],
) -> None:
    current = {row.situation_id: row for row in rows}
    wanted = _wanted_roles(draft, lookups, current)
    first = _wanted_first(draft, lookups, current, wanted)
    links.has_situation = bool(wanted)
    for situation, role in wanted.items():
        is_first = situation in first
        if situation in current:
            links.update(current[situation], role=role, is_first=is_first)
        else:
            links.additions.append(
                ListingSituation(
                    listing=listing, situation_id=situation, role=role, is_first=is_first
                )
            )
    links.deletions += [row for pk, row in current.items() if pk not in wanted]


def _wanted_roles(
    draft: Draft, lookups: Lookups, current: dict[int, ListingSituation]
) -> dict[int, str]:
    """Situation to role; a role whose column is absent keeps what it had, unless taken over."""
    wanted: dict[int, str] = {}
    for role, slugs in ((CORE, draft.core), (HELPS, draft.helps)):
        if slugs is None:
            pks = [pk for pk, row in current.items() if row.role == role]
        else:
            pks = [lookups.situation(slug) for slug in slugs]
        asked = slugs is not None
        for pk in pks:
            if pk not in wanted or asked:
                wanted[pk] = role
    return wanted


def _wanted_first(
    draft: Draft,
    lookups: Lookups,
    current: dict[int, ListingSituation],
    wanted: dict[int, str],
) -> set[int]:
    if draft.first is None:
        return {pk for pk, row in current.items() if row.is_first}
    for slug in draft.first:
        if lookups.situation(slug) not in wanted:
            raise Refused(f"{quote(slug)} n'est ni dans situations_coeur ni dans situations_aide")
    return {lookups.situation(slug) for slug in draft.first}


def _zones(draft: Draft, listing: Listing, links: Links, rows: Iterable[CoverageZone]) -> None:
    current = {row.territory_id: row for row in rows}
    wanted = current if draft.zones is None else draft.zones
    links.has_zone = bool(wanted)
    links.additions += [
        CoverageZone(listing=listing, territory_id=pk) for pk in wanted if pk not in current
    ]
    links.deletions += [row for pk, row in current.items() if pk not in wanted]


def _roles(
    draft: Draft,
    listing: Listing,
    links: Links,
    records: dict[Reference, Listing],
    rows: Iterable[SchemeRole],
) -> None:
    if draft.roles is None:
        return
    wanted = dict.fromkeys((role, reference) for role, reference in draft.roles)
    current = {(row.role, row.structure_id): row for row in rows}
    kept = set()
    for role, reference in wanted:
        structure = records[reference]
        if (role, structure.pk) in current:
            kept.add((role, structure.pk))
        else:
            known = {"structure_id": structure.pk} if structure.pk else {"structure": structure}
            links.additions.append(SchemeRole(scheme=listing, role=role, **known))
    links.deletions += [row for key, row in current.items() if key not in kept]


def _permanences(draft: Draft, listing: Listing, links: Links, rows: Iterable[Permanence]) -> None:
    """Same place, same permanence: its hours may change and it keeps its point."""
    if draft.permanences is None:
        return
    left = sorted(rows, key=lambda row: row.pk)
    has_more = len(left) > len(PERMANENCES)  # than a file can show: those were added by hand
    wanted = {row.key: row for row in draft.permanences}
    for key in [_key(row) for row in left]:
        if key in wanted:
            _settle(wanted.pop(key), left, links, key=key)
    for row in list(wanted.values()):
        if _settle(row, left, links, key=row.key[:2]):
            del wanted[row.key]
    links.additions += [_permanence(row, listing) for row in wanted.values()]
    links.deletions += [] if has_more else left


def _key(row: Permanence) -> tuple[int, str, str]:
    return row.commune_id, row.place, row.hours


def _settle(
    wanted: PermanenceDraft, left: list[Permanence], links: Links, *, key: tuple[int | str, ...]
) -> bool:
    """Give to a row of this key what is wanted of it, and take it off those that are left."""
    found = next((row for row in left if _key(row)[: len(key)] == key), None)
    if found is None:
        return False
    left.remove(found)
    links.update(found, hours=wanted.hours, is_by_appointment=wanted.is_by_appointment)
    return True


def _permanence(wanted: PermanenceDraft, listing: Listing) -> Permanence:
    return Permanence(
        listing=listing,
        commune_id=wanted.commune,
        place=wanted.place,
        hours=wanted.hours,
        is_by_appointment=wanted.is_by_appointment,
    )


def _contact(draft: Draft, listing: Listing, links: Links, current: Contact | None) -> None:
    if draft.contact is None:
        return
    if not draft.contact:
        links.deletions += [current] if current else []
        return
    values = {CONTACT_ATTRS[name]: value for name, value in draft.contact.items()}
    source = listing.source or "recensement"
    recorded_on = listing.source_updated_on or date.today()
    if current is None:
        links.additions.append(
            Contact(listing=listing, source=source, recorded_on=recorded_on, **values)
        )
    elif any(getattr(current, name) != value for name, value in values.items()):
        links.update(current, **values, source=source, recorded_on=recorded_on)
    else:
        links.update(current, source=source)


def _phone_check(
    draft: Draft, listing: Listing, links: Links, rows: Iterable[Verification]
) -> None:
    """Added when it is not known yet; a verification that took place is never taken back."""
    if draft.phone_check is None:
        return
    day, method = draft.phone_check
    scope = Verification.Scope.PHONE
    known = {(row.checked_on, row.method) for row in rows if row.is_of_phone}
    if (day, method) not in known:
        links.additions.append(
            Verification(listing=listing, scope=scope, checked_on=day, method=method)
        )


def _papers(draft: Draft, listing: Listing, links: Links, rows: Iterable[Paper]) -> None:
    """Same name, same paper; ranks follow the file when something else than ranks changes."""
    rows = list(rows)
    if draft.papers is None or draft.papers == [papers.written(row) for row in rows]:
        return
    current = {row.name: row for row in rows}
    for rank, wanted in enumerate(papers.parsed(draft.papers), start=1):
        found = current.pop(wanted.name, None)
        if found is None:
            wanted.listing, wanted.order = listing, rank
            links.additions.append(wanted)
        else:
            links.update(found, note=wanted.note, is_required=wanted.is_required, order=rank)
    links.deletions += current.values()


def _way_there(draft: Draft, listing: Listing, links: Links) -> None:
    if draft.without_car is None:
        return
    found = getattr(listing, "way_there", None) if listing.pk else None
    if found is None and draft.without_car:
        links.additions.append(WayThere(listing=listing, without_car=draft.without_car))
    elif found and draft.without_car:
        links.update(found, without_car=draft.without_car)
    elif found:
        links.deletions.append(found)


def described(draft: Draft, lookups: Lookups) -> dict[str, str]:
    """What the record's relations will look like in cells, for the facts that the file tells."""
    order = list(lookups.situations)
    told = {
        header: cells.written(sorted(slugs, key=order.index))
        for header, slugs in (
            ("situations_coeur", draft.core),
            ("situations_aide", draft.helps),
            ("en_premier", draft.first),
        )
        if slugs is not None
    }
    if draft.zones is not None:
        unspecified = [cells.NO_ZONE] if draft.fields["is_zone_unspecified"] else []
        told["zone_eligibilite"] = cells.written(unspecified or sorted(draft.zones.values()))
    if draft.roles is not None:
        roles = sorted(f"{role}={identifier}" for role, (_, identifier) in draft.roles)
        told["roles"] = cells.written(roles)
    if draft.contact is not None:
        contact = draft.contact or dict.fromkeys(CONTACT_COLUMNS, "")
        told |= {f"contact_{name}": value for name, value in contact.items()}
    if draft.phone_check:
        day, method = draft.phone_check
        told |= {"telephone_verifie_le": day.isoformat(), "telephone_verifie_par": method}
    if draft.papers is not None:
        told["papiers"] = cells.written(draft.papers)
    if draft.without_car is not None:
        told["venir_sans_voiture"] = draft.without_car
    return told | _described_permanences(draft)


def _described_permanences(draft: Draft) -> dict[str, str]:
    told = {}
    if draft.permanences is None:
        return told
    for number in PERMANENCES:
        row = next(iter(draft.permanences[number - 1 : number]), None)
        start = f"permanence_{number}"
        told |= {
            f"{start}_code_insee": row.code if row else "",
            f"{start}_lieu": row.place if row else "",
            f"{start}_horaires": row.hours if row else "",
            f"{start}_sur_rendez_vous": cells.written(row.is_by_appointment) if row else "",
        }
    return told
