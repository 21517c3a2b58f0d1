"""What a sheet says, in words for the tenant."""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.conf import settings
from django.utils.text import capfirst

from partners import hours, periods, phones, schemes
from partners.cards import Card
from partners.coverage import Place
from partners.doors import Door
from partners.handouts import maps
from partners.handouts.choice import Choice, tells_of_danger, touches_danger
from partners.models import (
    Agency,
    Document,
    Fees,
    Listing,
    Mobiliser,
    Paper,
    User,
)

MOST_DOORS = 3
CONFIDENTIAL = "L'adresse est secrète\u00a0: appelez."
TO_ASK = "Demandez les horaires en appelant."
BY_PROFESSIONAL = "Un professionnel appelle pour vous, avec votre accord. Demandez-nous."
OPENING_WORDS = "Bonjour, on m'a donné votre numéro. Pouvez-vous m'aider\u00a0?"
TENANT_WORDS = (
    "Bonjour, je suis locataire chez {landlord}. On m'a donné votre numéro. "
    "Pouvez-vous m'aider\u00a0?"
)
APPOINTMENTS = {
    Listing.Appointment.REQUIRED: "Il faut un rendez-vous\u00a0: appelez avant de venir.",
    Listing.Appointment.NONE: "Vous pouvez venir sans rendez-vous.",
    Listing.Appointment.BOTH: "Vous pouvez venir avec ou sans rendez-vous.",
}


@dataclass(frozen=True)
class Leaflet:
    """A document for tenants: its `address` on the web, or "" when it is kept here.

    `inside` is the address of our own page, for who has an account.
    """

    key: int
    title: str
    address: str
    inside: str

    @property
    def short_address(self):
        """The address as one types it."""
        return self.address.partition("://")[2].rstrip("/")


@dataclass(frozen=True)
class Item:
    """A record for who will call: sentences, public facts, nothing for professionals.

    `summary` and `advice` are "" when they would tell of a danger.

    `address` is [] and `map` (SVG) "" when the place is confidential or unknown. `days`: of the
    seven to come, (days, hours). `doors`: who instructs here, `territory` told by each.
    """

    key: int
    name: str
    summary: str
    warning: str
    phone: str
    phone_href: str
    instructions: str
    email: str
    website: str
    say: str
    advice: str
    is_confidential: bool
    address: list[str]
    without_car: str
    map: str
    days: list[tuple[str, str]]
    notes: list[str]
    doors: list[Door]
    papers: list[Paper]
    leaflets: list[Leaflet]
    freshness: str

    @property
    def say_heading(self):
        """What stands over `say`: nothing is to say where a professional calls."""
        return "Comment faire" if self.say == BY_PROFESSIONAL else "Que dire"

    @property
    def has_room_beside(self):
        """Whether its hours stand beside its place, under the number, rather than below it."""
        return bool(self.address) and not self.doors


@dataclass(frozen=True)
class Sheet:
    """The items of a sheet in their order, by need: [(heading or "", items)]."""

    parts: list[tuple[str, list[Item]]]
    day: date
    agency_name: str = ""
    agency_phone: str = ""
    agency_href: str = ""
    items: list[Item] = field(default_factory=list)


def sheet_of(choice: Choice, place: Place, user: User, at: datetime, *, needs=()) -> Sheet:
    """The sheet of an account; `needs` (situations) part it, dangers are never told."""
    items = items_of(choice.cards, choice, place, at)
    agency = _agency(place, user)
    return Sheet(
        parts=_parts(items, choice.links, [need for need in needs if not need.is_danger]),
        day=at.date(),
        agency_name=agency.name if agency else "",
        agency_phone=phones.display(agency.phone) if agency else "",
        agency_href=phones.href(agency.phone) if agency else "",
        items=items,
    )


def _agency(place, user):
    """Whom the tenant calls back: the agency of where she lives, else the account's; or None."""
    here = Agency.objects.filter(sector__in=place.zones).exclude(phone="") if place.is_exact else ()
    return next(iter(here), user.agency)


def items_of(cards: list[Card], choice: Choice, place: Place, at: datetime) -> list[Item]:
    """What is told of these cards of a choice, in their order."""
    around = schemes.wholes([card.listing for card in cards], place, at.date())
    offices = {card.listing.pk: _office(card) for card in cards}
    ground = maps.Ground(_point(site) for site in offices.values() if site)
    return [
        _item(
            card,
            choice.links_of(card),
            around[card.listing.pk],
            _map(card.listing, offices[card.listing.pk], ground),
            at,
        )
        for card in cards
    ]


def _item(card, links, whole, drawn, at):
    listing, match = card.listing, card.match
    address = [] if listing.is_confidential else _address(listing)
    is_hidden, is_silent = listing.is_confidential, tells_of_danger(listing, links)
    return Item(
        key=listing.pk,
        name=f"{listing.name} ({listing.acronym})" if listing.acronym else listing.name,
        summary="" if is_silent else listing.summary,
        warning=card.suspension or card.notice,
        phone=phones.display(listing.phone),
        phone_href=phones.href(listing.phone),
        instructions=listing.phone_instructions,
        email=listing.email,
        website="" if is_hidden else listing.website,
        say=_say(listing, links),
        advice="" if is_silent else _advice(listing),
        is_confidential=is_hidden,
        address=address,
        without_car=_sentence(listing.without_car or "") if address else "",
        map=drawn,
        days=_days(listing, at, match.departement),
        notes=_notes(listing, "" if is_hidden else card.permanence),
        doors=_doors(whole.doors),
        papers=whole.papers,
        leaflets=[] if is_silent else _leaflets(whole.documents),
        freshness=_freshness(card, links, at.date()),
    )


def _leaflets(documents: list[Document]) -> list[Leaflet]:
    """Those for tenants alone: a worksheet for professionals never leaves."""
    return [
        Leaflet(one.pk, one.title, one.url, one.get_absolute_url())
        for one in documents
        if one.is_for_tenants
    ]


def _parts(items, links, needs):
    """First those that answer several of the needs, then need by need, nothing twice."""
    met = {item.key: [n for n in needs if n.pk in _situations(links, item)] for item in items}
    groups = {"Pour plusieurs besoins": [i for i in items if len(met[i.key]) > 1]}
    for need in needs:
        groups[need.label] = [item for item in items if met[item.key] == [need]]
    groups["Autres contacts"] = [item for item in items if not met[item.key]]
    found = [(label, group) for label, group in groups.items() if group]
    return found if len(found) > 1 else [("", items)]


def _situations(links, item):
    return {link.situation_id for link in links.get(item.key, [])}


def _is_for_tenants(listing):
    """Whether the tenant may call; nobody says no when nothing is said."""
    return not listing.mobilisable_by or Mobiliser.PERSON in listing.mobilisable_by


def _advice(listing):
    text = listing.mobilisation_details.strip()
    return _sentence(text) if text and _is_for_tenants(listing) else ""


def _say(listing, links):
    if not _is_for_tenants(listing):
        return BY_PROFESSIONAL
    if touches_danger(listing, links):
        return f"«\u00a0{OPENING_WORDS}\u00a0»"
    words = TENANT_WORDS.format(landlord=settings.LANDLORD_NAME)
    return f"«\u00a0{words}\u00a0»"


def _address(listing):
    town = f"{listing.postal_code} {listing.commune_name or ''}".strip()
    return [line for line in (listing.address, listing.address_extra, town) if line]


def _office(card):
    """The site to draw, never of a permanence: the sentence of a permanence names its place.

    None of a record that has none, or whose place is secret (rule R7).
    """
    found = [site for site in card.match.sites if not site.permanence_id]
    return found[0] if found and not card.listing.is_confidential else None


def _point(site):
    return site.latitude, site.longitude


def _map(listing, office, ground):
    if office is None:
        return ""
    label = f"Petite carte\u00a0: {listing.name}, {listing.commune_name or 'son lieu'}"
    return maps.svg(ground, _point(office), label, office.commune_id)


def _days(listing, at, departement):
    osm = listing.opening_hours
    return hours.coming(osm, at, departement=departement) or hours.describe(osm)


def _notes(listing, permanence):
    known = [
        listing.opening_hours_note,
        "" if listing.opening_hours or listing.opening_hours_note else TO_ASK,
        APPOINTMENTS.get(listing.appointment, ""),
        permanence,
        "Peut venir chez vous." if listing.home_visits else "",
        "C'est gratuit." if listing.fees == Fees.FREE else "",
    ]
    return [_sentence(note) for note in known if note]


def _sentence(text):
    text = capfirst(text.strip())
    return text if text.endswith((".", "!", "?", "…")) or not text else f"{text}."


def _doors(doors):
    """Those of here; when no commune is known, the others while they are few."""
    if doors.here:
        return list(doors.here)
    return list(doors.wider or (doors.others if len(doors.others) <= MOST_DOORS else ()))


def _freshness(card, links, day):
    """When the number was checked, and from when on it should be again."""
    checked = card.verified_on
    if checked is None:
        return "Numéro pas encore vérifié."
    end, said = periods.end_of(checked, links), f"Numéro vérifié le {hours.format_date(checked)}"
    if end < day:
        return f"{said}\u00a0: il a pu changer depuis."
    return f"{said}. À vérifier après le {hours.format_date(end)}."
