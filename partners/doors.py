"""Who instructs a scheme here: of its entry points, those of the most local territory."""

from dataclasses import dataclass

from partners.coverage import ZONE_RANKS, Place
from partners.models import EntryPoint, Listing
from partners.permissions import OPEN_TO_ALL


@dataclass(frozen=True)
class Door:
    """An office that instructs a scheme, and how to reach it.

    `listing_id` is that of its record, 0 when it has none that is in service.
    """

    name: str
    territory: str
    phone: str = ""
    instructions: str = ""
    email: str = ""
    website: str = ""
    note: str = ""
    listing_id: int = 0


@dataclass(frozen=True)
class Doors:
    """`here`: those of the most local territory that holds the place; `wider`: of what holds it
    too; `others`: of elsewhere, or all of them when no commune is known."""

    here: tuple[Door, ...] = ()
    wider: tuple[Door, ...] = ()
    others: tuple[Door, ...] = ()

    def __bool__(self):
        return bool(self.here or self.wider or self.others)


RANKED = ", ".join(f"'{kind.value}'" for kind in sorted(ZONE_RANKS, key=ZONE_RANKS.get))
IN_SERVICE = ", ".join(f"'{status.value}'" for status in sorted(OPEN_TO_ALL))

NEAREST = f"""
    LEFT JOIN LATERAL (
        SELECT to_jsonb(found) AS nearest_door FROM (
            SELECT COALESCE(NULLIF(e.label, ''), s.name) AS name, t.name AS territory,
                   COALESCE(NULLIF(e.phone, ''), s.phone, '') AS phone,
                   CASE WHEN e.phone = '' THEN COALESCE(s.phone_instructions, '') ELSE '' END
                       AS instructions,
                   e.note, COALESCE(s.id, 0) AS listing_id
            FROM partners_entrypoint e
            JOIN partners_territory t ON t.id = e.territory_id
            LEFT JOIN partners_listing s ON s.id = e.structure_id AND s.status IN ({IN_SERVICE})
            WHERE l.kind = '{Listing.Kind.SCHEME}' AND e.scheme_id = l.id
              AND e.territory_id = ANY(%(zones)s::int[]) AND (e.label <> '' OR s.id IS NOT NULL)
            ORDER BY array_position(ARRAY[{RANKED}], t.kind::text), e."order", e.id LIMIT 1
        ) found
    ) door ON true
"""
"""The column `nearest_door` of a listing `l`: what a card says of it (a `Door` in JSON)."""


def zones_of(place: Place) -> list[int]:
    """The territories that hold one commune; [] when several are searched, or a whole one."""
    return list(place.zones) if place.is_exact and len(place.communes) == 1 else []


def of_scheme(scheme: Listing, place: Place) -> Doors:
    """Every door of a scheme, seen from a place."""
    rows = EntryPoint.objects.filter(scheme=scheme.pk).select_related("territory", "structure")
    found = [(row, _door(row)) for row in rows if row.label or _is_in_service(row)]
    zones = zones_of(place)
    held = sorted(
        (pair for pair in found if pair[0].territory_id in zones),
        key=lambda pair: (_rank(pair[0]), pair[0].order, pair[0].pk),
    )
    nearest = _rank(held[0][0]) if held else None
    return Doors(
        here=tuple(door for row, door in held if _rank(row) == nearest),
        wider=tuple(door for row, door in held if _rank(row) != nearest),
        others=tuple(door for row, door in found if row.territory_id not in zones),
    )


def _rank(row):
    return ZONE_RANKS[row.territory.kind]


def _is_in_service(row):
    return row.structure is not None and row.structure.status in OPEN_TO_ALL


def _door(row):
    """What an entry point has of its own stands before what its structure has."""
    structure = row.structure if _is_in_service(row) else Listing()
    is_open = not structure.is_confidential
    return Door(
        name=row.label or structure.name,
        territory=row.territory.zone_label,
        phone=row.phone or structure.phone,
        instructions="" if row.phone else structure.phone_instructions,
        email=row.email or structure.email,
        website=row.website or (structure.website if is_open else ""),
        note=row.note,
        listing_id=structure.pk or 0,
    )
