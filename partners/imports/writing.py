"""What a listing's relations look like in a cell: the other half of `partners.imports.links`."""

from collections.abc import Callable

from django.db.models import QuerySet

from partners.imports import cells, marks
from partners.imports import papers as papers_cell
from partners.models import Contact, Listing, Territory
from partners.models.way_there import without_car

Writer = Callable[[Listing], str]
ZONE_PREFIXES = {Territory.Kind.REGION: "region:", Territory.Kind.SECTOR: "secteur:"}


def with_relations(listings: QuerySet[Listing]) -> QuerySet[Listing]:
    """`listings` with all that the columns write: a fixed number of queries.

    Nothing is joined, so that the many records of one commune or situation share its instance.
    """
    return listings.prefetch_related(
        "commune",
        "parent",
        "situation_links__situation",
        "zone_links__territory",
        "permanences__commune",
        "contacts",
        "verifications",
        "scheme_roles__structure",
        "papers",
        "way_there",
    )


def zone_code(territory: Territory) -> str:
    """The code that designates a territory in « zone_eligibilite »."""
    return ZONE_PREFIXES.get(territory.kind, "") + territory.code


def field(attr: str) -> Writer:
    return lambda listing: cells.written(getattr(listing, attr))


def commune(attr: str) -> Writer:
    return lambda listing: getattr(listing.commune, attr) if listing.commune_id else ""


def parent(listing: Listing) -> str:
    return marks.designation(listing.parent, listing.source) if listing.parent_id else ""


def situations(role: str) -> Writer:
    """Those that the listing serves in this role."""
    return lambda listing: cells.written(
        [link.situation.slug for link in listing.situation_links.all() if link.role == role]
    )


def first_situations(listing: Listing) -> str:
    return cells.written(
        [link.situation.slug for link in listing.situation_links.all() if link.is_first]
    )


def zones(listing: Listing) -> str:
    codes = [cells.NO_ZONE] if listing.is_zone_unspecified else []
    return cells.written(
        codes + sorted(zone_code(link.territory) for link in listing.zone_links.all())
    )


def roles(listing: Listing) -> str:
    found = sorted(
        (role.role, marks.designation(role.structure, listing.source))
        for role in listing.scheme_roles.all()
    )
    return cells.written([f"{role}={identifier}" for role, identifier in found])


def papers(listing: Listing) -> str:
    return cells.written([papers_cell.written(paper) for paper in listing.papers.all()])


def way_there(listing: Listing) -> str:
    return without_car(listing)


def permanence(number: int, attr: str) -> Writer:
    """An attribute of the nth permanence (1 is the first); "commune" gives its INSEE code."""

    def write(listing: Listing) -> str:
        found = sorted(listing.permanences.all(), key=lambda permanence: permanence.pk)
        if len(found) < number:
            return ""
        value = getattr(found[number - 1], attr)
        return cells.written(value.code if attr == "commune" else value)

    return write


def imported_contact(listing: Listing) -> Contact | None:
    """The contact that the census writes and rewrites: the one that came with the record."""
    found = [contact for contact in listing.contacts.all() if contact.source == listing.source]
    return found[0] if found else None


def contact(attr: str) -> Writer:
    def write(listing: Listing) -> str:
        found = imported_contact(listing)
        return getattr(found, attr) if found else ""

    return write


def phone_check(attr: str) -> Writer:
    """An attribute of the last verification of the telephone."""

    def write(listing: Listing) -> str:
        found = [check for check in listing.verifications.all() if check.is_of_phone]
        latest = max(found, key=lambda check: (check.checked_on, check.pk), default=None)
        return cells.written(getattr(latest, attr)) if latest else ""

    return write
