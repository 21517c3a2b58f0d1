"""Which records may be the same partner, how likely that is, and why: the one place that says so.

Three proofs: the SIRET, a telephone, the name in one place (same commune, or within 500 m). What is
usual between partners that share them counts against: a branch and its structure, a scheme and who
operates it, a town hall and its CCAS at one switchboard.

`imports.matching` recognises a row as a record only where this module is sure.
"""

from dataclasses import dataclass

from django.db import connection

from partners import words
from partners.models import Listing

NEAR_KM = 0.5
NEAR_NAME = 0.6
"""Of pg_trgm's similarity of folded names, 0 to 1, whatever the order of their words."""
NEAR_NAME_ANYWHERE = 0.8
"""As `NEAR_NAME`, when one of the two says no commune."""
LEAST = 30
PROBABLE, NEARLY_SURE = 50, 80
"""Points from which a pair is shown, probable, nearly sure."""
MOST = 6
ARCHIVED = Listing.Status.ARCHIVED

KNOWN = f"""
    SELECT id, kind, search_key, siret, phone, professional_phone, structure_type, parent_id,
           CASE WHEN is_confidential THEN NULL ELSE commune_id END AS commune_id,
           CASE WHEN is_confidential THEN NULL ELSE latitude END AS latitude,
           CASE WHEN is_confidential THEN NULL ELSE longitude END AS longitude,
           is_confidential
    FROM partners_listing l
    WHERE (%(archived)s OR status <> '{ARCHIVED}')
      AND id <> ALL(ARRAY(SELECT absorbed_id FROM partners_merge))
"""
"""A confidential shelter is nowhere (rule R7). Not `NOT EXISTS`: while nothing was ever merged, the
planner would expect one row of it."""
NEW = """
    SELECT 0 AS id, %(kind)s::text AS kind, %(search_key)s::text AS search_key,
           %(siret)s::text AS siret, %(phone)s::text AS phone,
           %(professional_phone)s::text AS professional_phone,
           %(structure_type)s::text AS structure_type, NULL::int AS parent_id,
           (SELECT id FROM partners_territory WHERE kind = 'commune' AND code = %(commune)s)
               AS commune_id,
           NULL::float8 AS latitude, NULL::float8 AS longitude, false AS is_confidential
"""
KM = """
    111.2 * sqrt((a.latitude - b.latitude) ^ 2
                 + ((a.longitude - b.longitude) * cos(radians(a.latitude))) ^ 2)
"""
CELL = 0.0072  # degrees of latitude or longitude: 500 m at least, up to 51° north
ROW, COLUMN = (f"floor({degrees} / {CELL})::int" for degrees in ("latitude", "longitude"))
ROW_LENGTH = 60_000  # more cells than the Earth has around
NEAR_NAMES = f"""
    CASE WHEN length(a.search_key) <= 2 * length(b.search_key)
              AND length(b.search_key) <= 2 * length(a.search_key)
         THEN similarity(a.search_key, b.search_key) >= {NEAR_NAME} ELSE false END
"""
PAIRS = f"""
    WITH known AS MATERIALIZED ({KNOWN}), asked AS MATERIALIZED ({{asked}}),
    numbers AS (
        SELECT DISTINCT id, number FROM known
        CROSS JOIN LATERAL unnest(ARRAY[phone, professional_phone]) number WHERE number <> ''
    ), asked_numbers AS (
        SELECT DISTINCT id, number FROM asked
        CROSS JOIN LATERAL unnest(ARRAY[phone, professional_phone]) number WHERE number <> ''
    ), candidates AS MATERIALIZED (
        SELECT a.id AS one, b.id AS other FROM asked a JOIN known b USING (siret)
        WHERE siret <> '' AND a.id < b.id
        UNION
        SELECT a.id, b.id FROM asked_numbers a JOIN numbers b USING (number) WHERE a.id < b.id
        UNION
        SELECT a.id, b.id FROM asked a JOIN known b USING (commune_id)
        WHERE a.id < b.id AND {NEAR_NAMES}
        UNION
        SELECT a.id, b.id FROM (
            SELECT *, {ROW} * {ROW_LENGTH} + {COLUMN} + up * {ROW_LENGTH} + aside AS cell
            FROM asked, generate_series(-1, 1) up, generate_series(-1, 1) aside
        ) a JOIN (SELECT *, {ROW} * {ROW_LENGTH} + {COLUMN} AS cell FROM known) b USING (cell)
        WHERE a.id < b.id AND a.commune_id IS DISTINCT FROM b.commune_id AND {NEAR_NAMES}
        UNION
        SELECT least(a.id, b.id), greatest(a.id, b.id) FROM asked a JOIN known b ON a.id <> b.id
            AND left(a.search_key, 3) = left(b.search_key, 3)
        WHERE a.commune_id IS NULL AND NOT (a.is_confidential OR b.is_confidential)
            AND similarity(a.search_key, b.search_key) >= {NEAR_NAME_ANYWHERE}
        UNION
        SELECT least(a.id, b.id), greatest(a.id, b.id) FROM asked a JOIN known b ON a.id <> b.id
            AND left(a.search_key, 3) = left(b.search_key, 3)
        WHERE b.commune_id IS NULL AND NOT (a.is_confidential OR b.is_confidential)
            AND similarity(a.search_key, b.search_key) >= {NEAR_NAME_ANYWHERE}
    ), compared AS (
        SELECT candidates.one, candidates.other,
               a.siret <> '' AND a.siret = b.siret AS has_siret,
               EXISTS (
                   SELECT FROM unnest(ARRAY[a.phone, a.professional_phone]) mine
                   WHERE mine <> '' AND mine IN (b.phone, b.professional_phone)
               ) AS has_phone,
               similarity(a.search_key, b.search_key) AS likeness,
               COALESCE(a.commune_id = b.commune_id, false) AS is_same_commune,
               COALESCE({KM} <= {NEAR_KM}, false) AS is_near,
               a.commune_id IS NULL OR b.commune_id IS NULL AS is_nowhere,
               a.kind <> b.kind AS is_other_kind,
               a.structure_type <> '' AND b.structure_type <> ''
                   AND a.structure_type <> b.structure_type AS is_other_type,
               COALESCE(a.parent_id = b.id OR b.parent_id = a.id OR a.parent_id = b.parent_id,
                        false)
               OR EXISTS (
                   SELECT FROM partners_schemerole r WHERE (r.scheme_id, r.structure_id)
                       IN ((a.id, b.id), (b.id, a.id))
               ) AS is_linked
        FROM candidates
        JOIN (SELECT * FROM asked UNION SELECT * FROM known) a ON a.id = candidates.one
        JOIN known b ON b.id = candidates.other
    ), judged AS (
        SELECT *, likeness >= {NEAR_NAME} AND (
                   is_same_commune OR is_near OR has_siret OR has_phone
                   OR (is_nowhere AND likeness >= {NEAR_NAME_ANYWHERE})
               ) AS has_name
        FROM compared
    ), scored AS MATERIALIZED (
        SELECT *, (
            CASE WHEN has_siret THEN 50 ELSE 0 END
            + CASE WHEN has_phone THEN 30 ELSE 0 END
            + CASE WHEN has_name THEN 60 * likeness ELSE 0 END
            + CASE WHEN is_same_commune OR is_near THEN 5 WHEN is_nowhere THEN 0 ELSE -15 END
            - CASE WHEN is_other_type THEN 25 ELSE 0 END
            - CASE WHEN is_linked THEN 40 ELSE 0 END
            - CASE WHEN is_other_kind THEN 25 ELSE 0 END
        )::int AS score
        FROM judged
        WHERE (has_siret OR has_phone OR has_name) AND (has_name OR NOT is_other_kind)
    )
"""
LIST = """
    SELECT one, other, least(score, 100), has_siret, has_phone, has_name, likeness, is_same_commune,
           is_near, is_other_type, is_other_kind, is_linked, count(*) OVER ()
    FROM scored
    WHERE score >= %(least)s AND (%(of)s IS NULL OR %(of)s IN (one, other))
      AND NOT EXISTS (
          SELECT FROM partners_distinction
          WHERE (first_id, second_id) IN ((one, other), (other, one))
      )
    ORDER BY score DESC, one, other LIMIT %(limit)s OFFSET %(offset)s
"""
EVERYWHERE = {"archived": False, "of": None, "least": LEAST, "limit": None, "offset": 0}


@dataclass(frozen=True)
class Pair:
    """Two records that may be one: `reasons` for it and `doubts` against, in French.

    `score`: 0 to 100. `first` is None for a record that is not written yet.
    """

    first: Listing | None
    second: Listing
    score: int
    reasons: tuple[str, ...]
    doubts: tuple[str, ...]

    @property
    def likelihood(self):
        if self.score >= NEARLY_SURE:
            return "très probable"
        return "probable" if self.score >= PROBABLE else "à regarder"


def alike(facts):
    """Records that the one of these facts (`records.facts`) may be: [(listing, reasons)].

    The likeliest first. Those archived too: one may be brought back.
    """
    asked = {
        name: facts.get(name) or ""
        for name in ("kind", "siret", "phone", "professional_phone", "structure_type", "commune")
    }
    asked["search_key"] = words.fold(facts["name"])[:240]
    options = EVERYWHERE | asked | {"archived": True, "limit": MOST}
    return [(pair.second, list(pair.reasons)) for pair in _read(NEW, options)[0]]


def pairs(*, of=None, least=LEAST, limit=None, offset=0):
    """(pairs of records that may be one, how many there are in all), the likeliest first.

    `of`: those of one record (primary key). Those told apart are left out.
    """
    options = EVERYWHERE | {"of": of, "least": least, "limit": limit, "offset": offset}
    return _read("SELECT * FROM known", options)


def count(*, least=PROBABLE):
    """How many pairs have that many points."""
    return pairs(least=least, limit=1)[1]


def _read(asked, options):
    with connection.cursor() as cursor:
        cursor.execute(PAIRS.format(asked=asked) + LIST, options)
        rows = cursor.fetchall()
    keys = {key for row in rows for key in row[:2]}
    listings = Listing.objects.select_related("commune").in_bulk(keys)
    return [_pair(row, listings) for row in rows], rows[0][-1] if rows else 0


def _pair(row, listings):
    one, other, score, *signs, _ = row
    siret, phone, name, likeness, commune, near, other_type, other_kind, linked = signs
    reasons = (
        ("même SIRET", siret),
        ("même téléphone", phone),
        ("même nom", name and likeness == 1),
        ("nom très proche", name and likeness < 1),
        ("même commune", commune),
        ("à moins de 500\u00a0m", near and not commune),
    )
    doubts = (
        ("types différents", other_type),
        ("une structure et un dispositif", other_kind),
        ("déjà liées l'une à l'autre", linked),
    )
    return Pair(listings.get(one), listings[other], score, _said(reasons), _said(doubts))


def _said(signs):
    return tuple(text for text, is_so in signs if is_so)
