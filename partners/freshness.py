"""How fresh the directory is: the share whose phone was checked within twelve months."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import connection

from partners.models import Helpline, Listing, StructureType, Verification

MONTHS_SHOWN = 12
NO_SECTOR = "hors secteur ou sans lieu"
KINDS = {
    Listing.Kind.STRUCTURE: "Structures",
    Listing.Kind.SCHEME: "Dispositifs",
    "numeros": "Numéros utiles",
}


@dataclass(frozen=True)
class Share:
    """`checked` of `total` records of a group were checked within twelve months."""

    label: str
    total: int
    checked: int

    @property
    def percent(self):
        """The nearest whole number, but only none says 0 and only all say 100; None of nothing."""
        if self.checked in (0, self.total):
            return (100 if self.checked else 0) if self.total else None
        return min(99, max(1, round(100 * self.checked / self.total)))


@dataclass(frozen=True)
class Month:
    """The records in service at the end of a month, and the share checked in the year before."""

    end: date
    share: Share


CHECKED = """
    SELECT DISTINCT {column} AS id FROM partners_verification
    WHERE scope = ANY(%(scopes)s) AND {column} IS NOT NULL
      AND checked_on > {day} - interval '1 year' AND checked_on <= {day}
"""
TODAY = "(now() AT TIME ZONE %(zone)s)::date"
LISTINGS = f"""
    SELECT {{group}}, count(*), count(checked.id)
    FROM partners_listing l
    LEFT JOIN ({CHECKED.format(column="listing_id", day=TODAY)}) checked ON checked.id = l.id
    {{joins}}
    WHERE l.status = ANY(%(statuses)s) GROUP BY 1 ORDER BY 1
"""
HELPLINES = f"""
    SELECT count(*), count(checked.id) FROM partners_helpline h
    LEFT JOIN ({CHECKED.format(column="helpline_id", day=TODAY)}) checked ON checked.id = h.id
    WHERE h.status = %(active)s
"""
TYPE = f"CASE WHEN l.kind = '{Listing.Kind.SCHEME}' THEN l.kind ELSE l.structure_type END"
SECTORS = """
    LEFT JOIN partners_sectorcommune member ON member.commune_id = l.commune_id
    LEFT JOIN partners_territory sector ON sector.id = member.sector_id
"""
MONTHS = f"""
    SELECT day::date,
           (SELECT count(*) FROM partners_listing l
            WHERE l.status = ANY(%(statuses)s) AND l.created_at::date <= day),
           (SELECT count(*) FROM partners_listing l
            JOIN ({CHECKED.format(column="listing_id", day="day")}) checked ON checked.id = l.id
            WHERE l.status = ANY(%(statuses)s) AND l.created_at::date <= day)
    FROM generate_series(
        date_trunc('month', {TODAY}) - interval '{MONTHS_SHOWN - 1} month', {TODAY},
        interval '1 month'
    ) first,
    LATERAL (SELECT LEAST((first + interval '1 month - 1 day')::date, {TODAY}) AS day) month_end
    ORDER BY 1
"""
MONTH_ENDS = f"""
    SELECT LEAST((first + interval '1 month - 1 day')::date, {TODAY}) AS day
    FROM generate_series(
        date_trunc('month', {TODAY}) - interval '{MONTHS_SHOWN - 1} month', {TODAY},
        interval '1 month'
    ) first
"""
CHECKED_THEN = """
    SELECT DISTINCT day, {column} AS id FROM months JOIN partners_verification
        ON checked_on > day - interval '1 year' AND checked_on <= day
    WHERE scope = ANY(%(scopes)s) AND {column} IS NOT NULL
"""
LISTINGS_THEN = f"""
    WITH months AS ({MONTH_ENDS}), checked AS ({CHECKED_THEN.format(column="listing_id")})
    SELECT {{group}}, months.day, count(*), count(checked.id)
    FROM months JOIN partners_listing l ON l.created_at::date <= months.day
    LEFT JOIN checked ON checked.id = l.id AND checked.day = months.day
    {{joins}}
    WHERE l.status = ANY(%(statuses)s) GROUP BY 1, 2 ORDER BY 1, 2
"""
HELPLINES_THEN = f"""
    WITH months AS ({MONTH_ENDS}), checked AS ({CHECKED_THEN.format(column="helpline_id")})
    SELECT 'numeros', months.day, count(*), count(checked.id)
    FROM months CROSS JOIN partners_helpline h
    LEFT JOIN checked ON checked.id = h.id AND checked.day = months.day
    WHERE h.status = %(active)s GROUP BY 1, 2 ORDER BY 1, 2
"""


@dataclass(frozen=True)
class Course:
    """A group, month after month: [`Month`], those before it had anything left out."""

    label: str
    months: list[Month]

    @property
    def percents(self):
        return [month.share.percent for month in self.months]


def kinds_over_time():
    """[`Course`] of structures, schemes and helplines, over the last twelve months."""
    listings = LISTINGS_THEN.format(group="l.kind", joins="")
    courses = _courses(_rows(f"({listings}) UNION ALL ({HELPLINES_THEN}) ORDER BY 1, 2"))
    return [Course(label, courses.get(kind, [])) for kind, label in KINDS.items()]


def sectors_over_time():
    """[`Course`] by the landlord's sectors, as `by_sector`."""
    courses = _courses(_rows(LISTINGS_THEN.format(group="sector.name", joins=SECTORS)))
    return [Course(name or NO_SECTOR, months) for name, months in courses.items()]


def _courses(rows):
    found = {}
    for group, day, *counts in rows:
        found.setdefault(group, []).append(Month(day, Share("", *counts)))
    return found


def by_kind():
    """[`Share`] of structures, schemes and helplines."""
    found = {slug: counts for slug, *counts in _rows(LISTINGS.format(group="l.kind", joins=""))}
    found["numeros"] = _rows(HELPLINES)[0]
    return [Share(label, *found.get(kind, (0, 0))) for kind, label in KINDS.items()]


def by_type():
    """[`Share`] of structures and schemes, by type of structure."""
    rows = _rows(LISTINGS.format(group=TYPE, joins=""))
    labels = dict(StructureType.choices) | {Listing.Kind.SCHEME: "dispositif"}
    shares = [Share(labels.get(slug, "type non précisé"), *counts) for slug, *counts in rows]
    return sorted(shares, key=lambda share: (-share.total, share.label))


def by_sector():
    """[`Share`] by the landlord's sectors; a record without a place, or elsewhere, stands last."""
    rows = _rows(LISTINGS.format(group="sector.name", joins=SECTORS))
    return [Share(name or NO_SECTOR, *counts) for name, *counts in rows]


def by_month():
    """[`Month`] of the last twelve months, of what is in service today; none before it came in."""
    months = [Month(day, Share("", *counts)) for day, *counts in _rows(MONTHS)]
    return [month for month in months if month.share.total]


def table():
    """The rows (lists of cells) of the CSV, its header first."""
    rows = [["regroupement", "nom", "total", "verifies_12_mois", "pourcentage"]]
    groups = {"nature": by_kind(), "type": by_type(), "secteur": by_sector()}
    for name, shares in groups.items():
        rows += [[name, s.label, s.total, s.checked, _shown(s)] for s in shares]
    months = by_month()
    return rows + [
        ["mois", m.end.isoformat(), m.share.total, m.share.checked, _shown(m.share)] for m in months
    ]


def _shown(share):
    return "" if share.percent is None else share.percent


def _rows(sql):
    asked = {
        "scopes": [scope.value for scope in Verification.OF_PHONE],
        "statuses": [Listing.Status.PUBLISHED.value, Listing.Status.SUSPENDED.value],
        "active": Helpline.Status.ACTIVE.value,
        "zone": settings.TIME_ZONE,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        return cursor.fetchall()
