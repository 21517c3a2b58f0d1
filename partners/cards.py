"""What an adviser sees of a listing in a result: the facts of a card, worked out once."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Prefetch
from django.utils import timezone

from partners import hours, phones, words
from partners.coverage import Place, Site, Verdict
from partners.models import (
    Listing,
    ListingSituation,
    Permanence,
    ReceptionMode,
    Report,
    Verification,
)

FRESH = timedelta(days=365)
PERMANENCE_KM = 40
"""A permanence further away than this is no news for the tenant."""


@dataclass(frozen=True)
class Need:
    """A situation that was asked for and that the listing meets."""

    label: str
    is_core: bool
    is_first: bool


@dataclass(eq=False)
class Card:
    """A listing seen from a place at a moment; `km` is to `site`, its nearest place, if any."""

    listing: Listing
    verdict: Verdict
    site: Site | None
    km: float | None
    is_reachable: bool
    needs: list[Need]
    opening: hours.State
    permanence: str
    is_permanence_on: bool
    day: object
    number: int | None = None
    verification: Verification | None = field(default=None)

    @property
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
    def help_count(self):
        return sum(not need.is_core for need in self.needs)

    @property
    def is_first(self):
        return any(need.is_first for need in self.needs)

    @property
    def is_open(self):
        return not self.suspension and (self.opening.kind == "open" or self.is_permanence_on)

    @property
    def has_convention(self):
        return self.listing.has_convention_on(self.day)

    @property
    def home_visits(self):
        return self.listing.home_visits

    @property
    def is_remote(self):
        return ReceptionMode.REMOTE in self.listing.reception_modes

    @property
    def comes_or_answers(self):
        """Whether help reaches the tenant without her going anywhere."""
        return self.home_visits or self.is_remote or self.site is None

    @property
    def is_verified(self):
        return bool(self.verification and self.day - self.verification.checked_on <= FRESH)

    @property
    def suspension(self):
        if not self.listing.is_suspended_on(self.day):
            return ""
        return self.listing.suspension_message or "Fermé temporairement"

    @property
    def has_fault(self):
        """Whether somebody reported it and nobody has looked yet."""
        return bool(self.listing.open_reports)

    @property
    def freshness(self):
        if self.has_fault:
            report = self.listing.open_reports[0]
            day = timezone.localdate(report.created_at)
            return f"Signalé le {hours.format_date(day)} : {report.get_kind_display()}"
        if self.verification is None:
            return f"Téléphone à vérifier · source : {self.listing.source}"
        day = self.verification.checked_on
        how = self.verification.get_method_display()
        late = "" if self.is_verified else ", à revérifier"
        return f"Téléphone vérifié le {hours.format_date(day)} ({how}){late}"


def with_facts(listings, situations):
    """A queryset of listings with what a card needs, in a fixed number of queries."""
    asked = ListingSituation.objects.filter(situation__in=situations).select_related("situation")
    phone = Verification.objects.filter(
        scope__in=[Verification.Scope.PHONE, Verification.Scope.RECORD]
    )
    faults = Report.objects.filter(status=Report.Status.NEW).exclude(kind=Report.Kind.OTHER)
    return listings.prefetch_related(
        "commune",
        Prefetch("reports", faults, to_attr="open_reports"),
        Prefetch("situation_links", asked, to_attr="asked_links"),
        Prefetch("verifications", phone, to_attr="phone_verifications"),
        Prefetch("permanences", Permanence.objects.select_related("commune").order_by("pk")),
    )


def build_card(listing, *, place: Place, at):
    """The card of a listing (from `with_facts`) seen from `place` at the aware datetime `at`."""
    km, site, is_reachable = _nearest_site(listing, place)
    departement = words.departement_code(listing.commune.code) if listing.commune else ""
    current, text = _next_permanence(listing, at, place)
    return Card(
        listing=listing,
        verdict=place.verdict(listing, km),
        site=site,
        km=km,
        is_reachable=is_reachable,
        needs=[_need(link) for link in listing.asked_links],
        opening=hours.state(listing.opening_hours, at, departement=departement),
        permanence=text,
        is_permanence_on=current,
        day=timezone.localdate(at),
        verification=next(iter(listing.phone_verifications), None),
    )


def sites(listing):
    """Every place where a listing receives; none for a confidential address (rule R7)."""
    if listing.is_confidential:
        return []
    found = []
    if listing.commune and (point := _point(listing)):
        found.append(Site(listing.commune, *point))
    held = ((permanence, _point(permanence)) for permanence in listing.permanences.all())
    return found + [Site(p.commune, *point, p) for p, point in held if point]


def _point(place):
    """Its own coordinates, else the centre of its commune, else None (degrees)."""
    if place.latitude is not None:
        return place.latitude, place.longitude
    return (place.commune.latitude, place.commune.longitude) if place.commune.has_point else None


def _nearest_site(listing, place):
    """(km, site, reachable) of the nearest site, those one can drive to first."""
    candidates = [(place.km_to(site), site, place.is_reachable(site)) for site in sites(listing)]
    return min(
        candidates,
        key=lambda found: (not found[2], found[0] is None, found[0] or 0),
        default=(None, None, False),
    )


def _need(link):
    return Need(link.situation.label, link.role == ListingSituation.Role.CORE, link.is_first)


def _next_permanence(listing, at, place):
    """(under way, sentence) of the next permanence that is nearer to the tenant than the office."""
    if listing.is_confidential:
        return False, ""
    dates = [
        (interval, permanence)
        for permanence in listing.permanences.all()
        if _is_nearer(permanence, listing, place)
        for interval in _next_date(permanence, at)
    ]
    if not dates:
        return False, ""
    (start, end), permanence = min(dates, key=lambda found: found[0])
    where = f"Permanence {words.at_place(permanence.commune.name)}, {permanence.place}"
    when = f"{hours.format_day(start.date(), at.date())}, {hours.format_interval(start, end)}"
    on_request = ", sur rendez-vous" if permanence.is_by_appointment else ""
    return start <= at < end, f"{where} : {when}{on_request}"


def _next_date(permanence, at):
    departement = words.departement_code(permanence.commune.code)
    return hours.next_dates(permanence.hours, at, count=1, departement=departement)


def _is_nearer(permanence, listing, place):
    """Whether to tell of it: in the tenant's commune, or in reach and nearer than the office."""
    if permanence.commune in place.communes:
        return True
    point, office = _point(permanence), listing.commune and _point(listing)
    if not point:
        return False
    site = Site(permanence.commune, *point, permanence)
    km = place.km_to(site)
    if km is None or km > PERMANENCE_KM or not place.is_reachable(site):
        return False
    return not office or km < place.km_to(Site(listing.commune, *office))
