"""The landlord's agencies: the communes of their sector, their referents, their closing."""

from dataclasses import dataclass

import pghistory
from django.db import transaction

from partners import notes
from partners.models import (
    Agency,
    CoverageZone,
    Folder,
    Gap,
    Invitation,
    Listing,
    Neighbour,
    SectorCommune,
    Territory,
    User,
    derived,
)

Kind = Territory.Kind


class Refused(Exception):
    """What cannot be done; the message is in French."""


# Sectors


def communes_of(territories):
    """The communes (queryset) that these territories hold: themselves, or all of theirs."""
    by_kind = {kind: [] for kind in Kind}
    for territory in territories:
        by_kind[territory.kind].append(territory.pk)
    communes = Territory.objects.communes()
    found = communes.filter(pk__in=by_kind[Kind.COMMUNE])
    found |= communes.filter(epci__in=by_kind[Kind.EPCI])
    found |= communes.filter(departement__in=by_kind[Kind.DEPARTEMENT])
    members = SectorCommune.objects.filter(sector__in=by_kind[Kind.SECTOR]).values("commune")
    return found | communes.filter(pk__in=members)


def held_elsewhere(communes, *, but=None):
    """[(commune's name, agency's name)] of the communes that another agency's sector has."""
    links = SectorCommune.objects.filter(commune__in=communes, sector__agency__isnull=False)
    if but:
        links = links.exclude(sector=but)
    return list(
        links.order_by("commune__search_key").values_list("commune__name", "sector__agency__name")
    )


def set_communes(sector, communes):
    """Have these communes (Territory) in a sector, and in no other agency's one."""
    wanted = {commune.pk for commune in communes}
    elsewhere = SectorCommune.objects.filter(commune__in=wanted, sector__agency__isnull=False)
    elsewhere.exclude(sector=sector).delete()
    sector.sector_members.exclude(commune__in=wanted).delete()
    known = set(sector.sector_members.values_list("commune_id", flat=True))
    SectorCommune.objects.bulk_create(
        SectorCommune(sector=sector, commune_id=pk) for pk in sorted(wanted - known)
    )
    covering = Listing.objects.filter(zone_links__territory__kind=Kind.SECTOR)
    derived.refresh(covering.distinct())


# Closing one


@dataclass(frozen=True)
class Ties:
    """What names an agency: accounts (of which those that must have one), folders, records."""

    accounts: int
    bound: int
    folders: int
    records: int


def ties(agency):
    """What closing an agency would touch (Ties)."""
    return Ties(
        agency.users.count(),
        agency.users.filter(role=User.Role.AGENCY, is_active=True).count(),
        Folder.objects.filter(shared_with=agency).count(),
        CoverageZone.objects.filter(territory=agency.sector).count(),
    )


def close(agency, *, into=None):
    """Delete an agency and its referents; its accounts and shared folders go `into` another one.

    Its sector stays when records or gaps name it as their zone. Raises Refused when accounts that
    must have an agency would have none.
    """
    with transaction.atomic(), pghistory.context(origine="agences"):
        agency = Agency.objects.select_for_update().select_related("sector").get(pk=agency.pk)
        if into is None and ties(agency).bound:
            raise Refused("Des comptes d'agence n'en auraient plus\u00a0: dites où les rattacher.")
        User.objects.filter(agency=agency).update(agency=into)
        Folder.objects.filter(shared_with=agency).update(shared_with=into)
        Invitation.objects.filter(agency=agency).update(agency=into)
        if into:
            notes.hand_over(agency, into)
        sector = agency.sector
        agency.delete()
        if not _is_named(sector):
            sector.delete()


def _is_named(sector):
    """Whether something else than its agency needs a sector."""
    return (
        CoverageZone.objects.filter(territory=sector).exists()
        or Gap.objects.filter(territory=sector).exists()
        or sector.reports.exists()
        or sector.helplines.exists()
        or sector.use_counts.exists()
    )


# Neighbours


@transaction.atomic
def link_neighbours(one, other, kind):
    """Say that two EPCI are neighbours, in both directions."""
    for territory, neighbour in ((one, other), (other, one)):
        Neighbour.objects.update_or_create(
            territory=territory, other=neighbour, defaults={"link": kind}
        )


@transaction.atomic
def part_neighbours(one, other):
    """Say that two EPCI (keys) are no neighbours; returns whether they were."""
    pairs = Neighbour.objects.filter(territory=one, other=other)
    pairs |= Neighbour.objects.filter(territory=other, other=one)
    return pairs.delete()[0] > 0


@transaction.atomic
def rejoin_neighbours(one, other):
    """Undo `part_neighbours` (keys), as they were; returns whether they had been parted."""
    events = Neighbour.pgh_event_model.objects.filter(
        territory_id=one, other_id=other, pgh_label="delete"
    )
    last = events.order_by("-pgh_id").first()
    pair = Territory.objects.filter(kind=Kind.EPCI).in_bulk([one, other])
    if last and len(pair) == 2:
        link_neighbours(pair[one], pair[other], last.link)
    return bool(last)
