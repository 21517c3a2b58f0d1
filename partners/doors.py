"""Who instructs a scheme here: of its entry points, those of the most local territory."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from partners.coverage import ZONE_RANKS, Place
from partners.models import Listing
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
    """The doors of a scheme, seen from a place.

    `here`: those of the most local territory that holds the place; `wider`: of what holds it too;
    `others`: of elsewhere, or all of them when no commune is known.
    """

    here: tuple[Door, ...] = ()
    wider: tuple[Door, ...] = ()
    others: tuple[Door, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.here or self.wider or self.others)


RANK = " ".join(f"WHEN '{kind.value}' THEN {rank}" for kind, rank in ZONE_RANKS.items())
IN_SERVICE = ", ".join(f"'{status.value}'" for status in sorted(OPEN_TO_ALL))
ROWS = f"""
    SELECT e.id, e."order", e.territory_id, t.search_key AS place, CASE t.kind {RANK} END AS rank,
           COALESCE(NULLIF(e.label, ''), s.name) AS name,
           CASE t.kind WHEN 'pays' THEN 'toute la France' ELSE t.name END AS territory,
           COALESCE(NULLIF(e.phone, ''), s.phone, '') AS phone,
           CASE e.phone WHEN '' THEN COALESCE(s.phone_instructions, '') ELSE '' END AS instructions,
           COALESCE(NULLIF(e.email, ''), s.email, '') AS email,
           CASE WHEN e.website = '' AND NOT s.is_confidential THEN s.website ELSE e.website END
               AS website,
           e.note, COALESCE(s.id, 0) AS listing_id
    FROM partners_entrypoint e
    JOIN partners_territory t ON t.id = e.territory_id
    LEFT JOIN partners_listing s ON s.id = e.structure_id AND s.status IN ({IN_SERVICE})
    WHERE (e.label <> '' OR s.id IS NOT NULL)
"""
"""What an entry point has of its own stands before what its structure has."""

NEAREST = f"""
    LEFT JOIN LATERAL (
        SELECT to_jsonb(found) AS nearest_door FROM (
            {ROWS} AND l.kind = '{Listing.Kind.SCHEME}' AND e.scheme_id = l.id
            AND e.territory_id = ANY(%(zones)s::int[])
            ORDER BY rank, e."order", e.id LIMIT 1
        ) found
    ) door ON true
"""
"""The column `nearest_door` of a listing `l`, in JSON: what a card says of it."""

ALL = f"""
    SELECT jsonb_agg(to_jsonb(found) ORDER BY rank, place, "order", id)
    FROM ({ROWS} AND e.scheme_id = asked.pk) found
"""
"""Every door of the scheme `asked.pk`, in JSON, the most local first."""

NAMES = [field.name for field in fields(Door)]


def zones_of(place: Place) -> list[int]:
    """The territories that hold one commune; [] when several are searched, or a whole one."""
    return list(place.zones) if place.is_exact and len(place.communes) == 1 else []


def read(text: str) -> Door:
    """The door of a column `nearest_door`."""
    return _door(json.loads(text))


def seen_from(rows: Iterable[dict[str, Any]], place: Place) -> Doors:
    """The rows of `ALL`, as they are from a place."""
    zones = set(zones_of(place))
    held = [row for row in rows if row["territory_id"] in zones]
    nearest = held[0]["rank"] if held else None
    return Doors(
        here=tuple(_door(row) for row in held if row["rank"] == nearest),
        wider=tuple(_door(row) for row in held if row["rank"] != nearest),
        others=tuple(_door(row) for row in rows if row["territory_id"] not in zones),
    )


def _door(row):
    return Door(**{name: row[name] for name in NAMES})
