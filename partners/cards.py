"""What an adviser sees of a listing in a result: the facts of a card, worked out once."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.conf import settings
from django.utils import timezone

from cartographie.postgresql import Prepared
from cartographie.postgresql.rows import read
from partners import doors, hours, matches, phones, rounds, words
from partners.addresses import address
from partners.coverage import Site, Verdict
from partners.doors import Door
from partners.matches import HAS_CONVENTION, IS_VERIFIED, Match, Moment
from partners.models import (
    UNSPECIFIED_ZONE,
    Listing,
    Proposal,
    ReceptionMode,
    Report,
    Verification,
)


@dataclass(frozen=True)
class Need:
    """A situation that was asked for and that the listing meets."""

    label: str
    is_core: bool
    is_first: bool
    slug: str = ""


@dataclass(eq=False)
class Card:
    """A listing seen from a place at a moment (its `Match`), with the sentences of the screen."""

    listing: Listing
    match: Match
    verdict: Verdict
    needs: list[Need]
    opening: hours.State
    permanence: str
    day: date

    @property
    def number(self):
        """Its number on the map, if it has a place."""
        return self.match.number

    @property
    def site(self) -> Site | None:
        return self.match.site

    @property
    def km(self):
        return self.match.km

    @property
    def is_reachable(self):
        return self.match.is_reachable

    @cached_property
    def url(self):
        return address("listing", self.listing.pk, self.listing.slug)

    @cached_property
    def door(self) -> Door | None:
        """Who instructs this scheme where the tenant lives, when it is known."""
        found = self.listing.nearest_door
        return doors.read(found) if found else None

    @property
    def phone(self):
        return phones.display(self.listing.phone)

    @property
    def phone_href(self):
        return phones.href(self.listing.phone)

    @property
    def core_count(self):
        return sum(need.is_core for need in self.needs)

    @property
    def is_first(self):
        return self.match.is_first

    @property
    def is_open(self):
        return self.match.is_open

    @property
    def has_convention(self):
        return bool(self.match.mask & HAS_CONVENTION)

    @property
    def home_visits(self):
        return self.listing.home_visits

    @property
    def is_remote(self):
        return ReceptionMode.REMOTE in self.listing.reception_modes

    @property
    def suspension(self):
        if not self.listing.is_suspended_on(self.day):
            return ""
        return self.listing.suspension_message or "Fermé temporairement"

    @property
    def notice(self):
        """What it tells for a time without being closed: « déménage le 3 »."""
        return self.listing.notice_on(self.day)

    @property
    def has_fault(self):
        """Whether several reports say so and nobody has looked yet; one alone is only told."""
        return self.listing.fault_count >= Report.MARKED_FROM

    @property
    def verified_on(self):
        """The day (date) when its phone was last checked; None when nobody has."""
        return self.listing.checked_on

    @property
    def is_verified(self):
        return bool(self.match.mask & IS_VERIFIED)

    @property
    def freshness(self):
        listing = self.listing
        if self.has_fault:
            return f"Signalé {listing.fault_count} fois, {self._last_fault}"
        told = f" · signalé {self._last_fault}" if listing.fault_count else ""
        if self.verified_on is None:
            return f"Téléphone à vérifier · source\u00a0: {listing.source}{told}"
        how = Verification.Method(listing.checked_by_method).label
        late = "" if self.is_verified else ", à revérifier"
        return f"Téléphone vérifié le {hours.format_date(self.verified_on)} ({how}){late}{told}"

    @property
    def _last_fault(self):
        day = hours.format_date(timezone.localdate(self.listing.fault_at))
        return f"le {day}\u00a0: {Report.Kind(self.listing.fault_kind).label}"


SHORT = [
    "id",
    "kind",
    "status",
    "name",
    "acronym",
    "summary",
    "structure_type",
    "commune_id",
    "is_confidential",
    "is_zone_unspecified",
    "phone",
    "phone_instructions",
    "professional_phone",
    "email",
    "website",
    "opening_hours",
    "home_visits",
    "reception_modes",
    "mobilisable_by",
    "suspended_from",
    "suspended_until",
    "suspension_message",
    "notice",
    "notice_from",
    "notice_until",
    "source",
]
"""What a card shows of a listing; the rest is fetched when it is asked for."""


def _quoted(slugs):
    return ", ".join(f"'{slug}'" for slug in slugs)


CHECKED = f"scope IN ({_quoted(Verification.OF_PHONE)})"
TIME_ZONE = settings.TIME_ZONE  # a second report of one person on one day says nothing more
FAULT = f"status IN ({_quoted(Report.OPEN)}) AND kind IN ({_quoted(Report.NEGATIVE)})"
FACTS = f"""
    SELECT {{columns}},
           EXISTS (SELECT FROM partners_criteriongroup g WHERE g.scheme_id = l.id) AS has_criteria,
           checked.checked_on, checked.method AS checked_by_method,
           fault.*, nearest_door,
           ARRAY(SELECT z.territory_id FROM partners_coveragezone z WHERE z.listing_id = l.id)
               AS zone_keys
    FROM partners_listing l
    LEFT JOIN LATERAL (
        SELECT checked_on, method FROM partners_verification WHERE listing_id = l.id AND {CHECKED}
        ORDER BY checked_on DESC, id DESC LIMIT 1
    ) checked ON true
    CROSS JOIN LATERAL (
        SELECT count(DISTINCT (created_by_id, (created_at AT TIME ZONE '{TIME_ZONE}')::date))
                   AS fault_count,
               max(created_at) AS fault_at,
               (array_agg(kind ORDER BY created_at DESC, id DESC))[1] AS fault_kind
        FROM partners_report WHERE listing_id = l.id AND {FAULT}
    ) fault
    {doors.NEAREST}
    WHERE l.id = ANY(%(keys)s)
"""
SHORT_FACTS = Prepared(FACTS.format(columns=", ".join(f"l.{name}" for name in SHORT)))
NEW_PROPOSAL = Proposal.Status.NEW
WHOLE_FACTS = Prepared(
    FACTS.format(
        columns=f"""l.*,
        (SELECT name FROM partners_territory WHERE id = l.commune_id) AS commune_name,
        EXISTS (SELECT FROM partners_contact WHERE listing_id = l.id) AS has_contacts,
        EXISTS (SELECT FROM partners_localnote WHERE listing_id = l.id) AS has_notes,
        (SELECT without_car FROM partners_waythere WHERE listing_id = l.id) AS without_car,
        EXISTS (SELECT FROM partners_proposal p
            WHERE p.listing_id = l.id AND p.status = '{NEW_PROPOSAL}') AS has_proposals,
        (SELECT licence FROM partners_sourcerecord r WHERE r.listing_id = l.id AND r.is_creator)
            AS source_licence"""
    )
)
"""Written by hand: it stands on the path of every result, where composing it took longer than
running it (tests/benchmarks)."""


def build_cards(found, moment, *, situations=(), is_whole=False):
    """{primary key: card} of these matches, in one query; a record closed meanwhile has none.

    `is_whole` loads the long texts too, to quote them.
    """
    sql = WHOLE_FACTS if is_whole else SHORT_FACTS
    listings = read(Listing, sql, _asked([match.pk for match in found], moment))
    by_pk = {row.pk: row for row in listings if row.status == Listing.Status.PUBLISHED}
    return {
        match.pk: build_card(by_pk[match.pk], match, moment, situations=situations)
        for match in found
        if match.pk in by_pk
    }


def cards_of(keys, moment):
    """The cards of these listings (primary keys), of any status and whole, in their order."""
    keys = list(keys)
    by_pk = {row.pk: row for row in read(Listing, WHOLE_FACTS, _asked(keys, moment))}
    found = matches.of_listings(keys, moment)
    return [build_card(by_pk[pk], found[pk], moment) for pk in keys if pk in found]


def _asked(keys, moment):
    return {"keys": keys, "zones": doors.zones_of(moment.place)}


def build_card(listing, match, moment: Moment, *, situations=()):
    """The card of a listing, read with `FACTS`, that `match` found."""
    return Card(
        listing=listing,
        match=match,
        verdict=moment.place.verdict(_zone_ids(listing), match.km),
        needs=[
            _need(need, match, 1 << place)
            for place, need in enumerate(situations)
            if match.met >> place & 1
        ],
        opening=hours.state(listing.opening_hours, moment.at, departement=match.departement),
        permanence=_permanence_sentence(match, moment),
        day=moment.day,
    )


def _need(situation, match, bit):
    is_core, is_first = bool(match.core & bit), bool(match.first & bit)
    return Need(situation.label, is_core, is_first, situation.slug)


def _zone_ids(listing):
    return listing.zone_keys + [UNSPECIFIED_ZONE] * listing.is_zone_unspecified


def _permanence_sentence(match, moment):
    found = rounds.coming(match, moment)
    if found is None:
        return ""
    start, end, permanence = found
    where = f"Permanence {words.at_place(permanence['name'])}, {permanence['place']}"
    day = hours.format_day(start.date(), moment.at.date())
    on_request = ", sur rendez-vous" if permanence["on_request"] else ""
    return f"{where}\u00a0: {day}, {hours.format_interval(start, end)}{on_request}"
