"""What an adviser sees of a listing in a result: the facts of a card, worked out once."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.utils import timezone

from partners import hours, matches, phones, words
from partners.coverage import Site, Verdict
from partners.matches import FRESH, HAS_CONVENTION, Match, Moment
from partners.models import Listing, ReceptionMode, Report, Verification


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
        return self.listing.get_absolute_url()

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
    def has_fault(self):
        """Whether somebody reported it and nobody has looked yet."""
        return bool(self.listing.open_faults)

    @property
    def verified_on(self):
        """The day (date) when its phone was last checked; None when nobody has."""
        checks = self.listing.last_checks
        return date.fromisoformat(checks[0]["day"]) if checks else None

    @property
    def is_verified(self):
        return bool(self.verified_on and self.day - self.verified_on <= FRESH)

    @property
    def freshness(self):
        if self.has_fault:
            fault = self.listing.open_faults[0]
            kind = Report.Kind(fault["kind"]).label
            return f"Signalé le {hours.format_date(_local_day(fault['at']))} : {kind}"
        if self.verified_on is None:
            return f"Téléphone à vérifier · source : {self.listing.source}"
        how = Verification.Method(self.listing.last_checks[0]["method"]).label
        late = "" if self.is_verified else ", à revérifier"
        return f"Téléphone vérifié le {hours.format_date(self.verified_on)} ({how}){late}"


def _local_day(text):
    return timezone.localdate(timezone.datetime.fromisoformat(text))


def with_facts(listings):
    """A queryset of listings with what a card needs besides their match, in one query."""
    checks = Verification.objects.filter(
        listing=OuterRef("pk"),
        scope__in=[Verification.Scope.PHONE, Verification.Scope.RECORD],
    ).order_by("-checked_on", "-pk")
    faults = (
        Report.objects.filter(listing=OuterRef("pk"), status=Report.Status.NEW)
        .exclude(kind=Report.Kind.OTHER)
        .order_by("-created_at", "-pk")
    )
    check, fault = (
        JSONObject(day="checked_on", method="method"),
        JSONObject(at="created_at", kind="kind"),
    )
    return listings.annotate(
        last_checks=ArraySubquery(checks.values(json=check)[:1]),
        open_faults=ArraySubquery(faults.values(json=fault)[:1]),
    )


def build_cards(found, moment, *, situations=(), is_whole=False):
    """{primary key: card} of these matches, in one query; a record closed meanwhile has none.

    `is_whole` loads the long texts too, to quote them.
    """
    listings = with_facts(Listing.objects.published()).defer(*(() if is_whole else UNUSED))
    rows = listings.filter(pk__in=[match.pk for match in found]).order_by("pk")
    by_pk = {listing.pk: listing for listing in rows}
    return {
        match.pk: build_card(by_pk[match.pk], match, moment, situations=situations)
        for match in found
        if match.pk in by_pk
    }


def cards_of(listings, moment):
    """The cards of these listings of any status, in the order of the queryset."""
    rows = list(with_facts(listings))
    found = matches.of_listings([listing.pk for listing in rows], moment)
    return [build_card(listing, found[listing.pk], moment) for listing in rows]


UNUSED = (
    "description",
    "access_conditions",
    "audience_details",
    "mobilisation_details",
    "mobilisation_url",
    "fees_details",
    "source_url",
    "themes",
    "networks",
)
"""Of a listing, what no card shows."""


def build_card(listing, match, moment: Moment, *, situations=()):
    """The card of a listing (from `with_facts`) that `match` found."""
    by_pk = {situation.pk: situation for situation in situations}
    return Card(
        listing=listing,
        match=match,
        verdict=moment.place.verdict(match.zone_ids, match.km),
        needs=[_need(by_pk[pk], match) for pk in match.needs],
        opening=hours.state(listing.opening_hours, moment.at, departement=match.departement),
        permanence=_permanence_sentence(match, moment),
        day=moment.day,
    )


def _need(situation, match):
    is_core, is_first = situation.pk in match.core_ids, situation.pk in match.first_ids
    return Need(situation.label, is_core, is_first, situation.slug)


def _permanence_sentence(match, moment):
    found = matches.next_permanence(match, moment) if match.permanences else None
    if found is None:
        return ""
    start, end, permanence = found
    where = f"Permanence {words.at_place(permanence.commune.name)}, {permanence.place}"
    day = hours.format_day(start.date(), moment.at.date())
    on_request = ", sur rendez-vous" if permanence.is_by_appointment else ""
    return f"{where} : {day}, {hours.format_interval(start, end)}{on_request}"
