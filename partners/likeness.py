"""Which records may be the same partner, how likely that is, and why: the one place that says so.

Three proofs: the SIRET, a telephone, the name in one place (same commune, or within 500 m). What is
usual between partners that share them counts against: a branch and its structure, a scheme and who
operates it, a town hall and its CCAS at one switchboard.

What is asked about is our records, or rows that are none yet: of a form, of a file.
`imports.matching` recognises a row as a record only where this module is sure.
"""

import json
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from django.db import connection

from partners import near_names, near_places, words
from partners.models import Listing
from partners.near_places import BEGINNING, CELL, NOWHERE, ROW_LENGTH

NEAR_KM = 0.5
NEAR_NAME = 0.6
"""Of pg_trgm's similarity of folded names, 0 to 1, whatever the order of their words."""
NEAR_NAME_ANYWHERE = 0.8
"""As `NEAR_NAME`, when one of the two says no commune."""
LEAST = 30
PROBABLE, NEARLY_SURE = 50, 80
"""Points from which a pair is shown, probable, nearly sure."""
MOST = 5
"""Records told at most of one that is not written yet."""
ARCHIVED = Listing.Status.ARCHIVED

SHARED_BY = 30
"""A telephone or a SIRET that more records share is a switchboard, and proves nothing."""
MOST_NAMED = 40
"""Names compared letter by letter with that of one row, the likeliest."""
MOST_COMPARED, MOST_PAIRS = 50_000, 5_000
"""Records (the latest), and pairs of each proof, that a page looks at: it answers in time."""

KNOWN = f"""
    SELECT id, kind, search_key, siret, phone, professional_phone, structure_type, parent_id,
           NULL::int[] AS linked,
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
    SELECT r.id, r.kind, r.search_key, r.siret, r.phone, r.professional_phone, r.structure_type,
           NULL::int AS parent_id, r.linked, c.id AS commune_id, r.latitude, r.longitude,
           r.is_confidential
    FROM jsonb_to_recordset(%(rows)s::jsonb) r (
        id int, kind text, search_key text, siret text, phone text, professional_phone text,
        structure_type text, linked int[], commune text, latitude float8, longitude float8,
        is_confidential boolean
    ) LEFT JOIN partners_territory c ON c.kind = 'commune' AND c.code = r.commune
"""
"""Their numbers are below those of all records; `linked`: records of which it is a branch, or that
have a role in it."""
PLACE = ("commune", "latitude", "longitude")
TEXTS = ("siret", "phone", "professional_phone", "structure_type")
KM = """
    111.2 * sqrt((a.latitude - b.latitude) ^ 2
                 + ((a.longitude - b.longitude) * cos(radians(a.latitude))) ^ 2)
"""
ROW, COLUMN = (f"floor({degrees} / {CELL})::int" for degrees in ("latitude", "longitude"))
CELL_OF = f"{ROW} * {ROW_LENGTH} + {COLUMN}"
LATEST = f"SELECT * FROM ({KNOWN}) known ORDER BY id DESC LIMIT {MOST_COMPARED}"
AROUND = f"""
    WITH known AS MATERIALIZED ({{known}}), asked AS MATERIALIZED ({{asked}}), compared AS (
        SELECT *, false AS is_asked FROM known
        WHERE id NOT IN (SELECT id FROM asked) AND (
            commune_id IN (SELECT commune_id FROM asked)
            OR {CELL_OF} IN (
                SELECT {CELL_OF} + up * {ROW_LENGTH} + aside
                FROM asked, generate_series(-1, 1) up, generate_series(-1, 1) aside
            )
            OR (commune_id IS NULL OR EXISTS (SELECT FROM asked WHERE commune_id IS NULL))
                AND left(search_key, {BEGINNING})
                    IN (SELECT left(search_key, {BEGINNING}) FROM asked)
        )
        UNION ALL SELECT *, true FROM asked
    ) {{names}}
"""
"""Those asked about, and those whose name may be compared with theirs."""
NAMES = f"""
    SELECT id, search_key, COALESCE(commune_id, {NOWHERE}), COALESCE(latitude, 'NaN'),
           COALESCE(longitude, 'NaN'), is_confidential, is_asked
    FROM compared ORDER BY id
"""
PAIRS = f"""
    WITH known AS MATERIALIZED ({{known}}), asked AS MATERIALIZED ({{asked}}),
    numbers AS MATERIALIZED (
        SELECT DISTINCT id, number FROM known CROSS JOIN LATERAL
            unnest(ARRAY['S' || siret, 'T' || phone, 'T' || professional_phone]) number
        WHERE length(number) > 1
    ), asked_numbers AS (
        SELECT DISTINCT id, number FROM asked CROSS JOIN LATERAL
            unnest(ARRAY['S' || siret, 'T' || phone, 'T' || professional_phone]) number
        WHERE length(number) > 1
          AND number NOT IN (
              SELECT number FROM numbers GROUP BY number HAVING count(*) > {SHARED_BY}
          )
    ), numbered AS MATERIALIZED (
        SELECT least(a.id, b.id) AS one, greatest(a.id, b.id) AS other
        FROM asked_numbers a JOIN numbers b USING (number) WHERE {{before}}
        LIMIT %(most)s
    ), candidates AS MATERIALIZED (
        SELECT * FROM numbered
        UNION
        SELECT * FROM unnest(%(ones)s::int[], %(others)s::int[])
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
               OR COALESCE(b.id = ANY(a.linked), false)
               OR EXISTS (
                   SELECT FROM partners_schemerole r WHERE (r.scheme_id, r.structure_id)
                       IN ((a.id, b.id), (b.id, a.id))
               ) AS is_linked
        FROM candidates
        JOIN {{ones}} a ON a.id = candidates.one
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
SIGNS = """has_siret, has_phone, has_name, likeness, is_same_commune, is_near, is_other_type,
           is_other_kind, is_linked"""
LIST = f"""
    SELECT one, other, least(score, 100), {SIGNS}, count(*) OVER (),
           (SELECT count(*) FROM numbered) >= %(most)s
    FROM scored
    WHERE score >= %(least)s
      AND NOT EXISTS (
          SELECT FROM partners_distinction
          WHERE (first_id, second_id) IN ((one, other), (other, one))
      )
    ORDER BY score DESC, one, other LIMIT %(limit)s OFFSET %(offset)s
"""
EACH = f"""
    SELECT one, other, least(score, 100), {SIGNS}, place, false
    FROM (
        SELECT *, row_number() OVER (PARTITION BY one ORDER BY score DESC, other) AS place
        FROM scored WHERE score >= {LEAST}
    ) placed
    WHERE place <= {MOST} ORDER BY one, place
"""


@dataclass(frozen=True)
class Question:
    """Statements (SQL): those asked about among those known, their names, their pairs."""

    known: str
    asked: str
    ones: str
    """Where the first of a pair is, the one with the lower number."""
    before: str
    end: str

    @property
    def names(self):
        if self.asked == ALL:
            return f"WITH compared AS (SELECT *, true AS is_asked FROM ({self.known}) k) {NAMES}"
        return AROUND.format(known=self.known, asked=self.asked, names=NAMES)

    @property
    def pairs(self):
        parts = {name: getattr(self, name) for name in ("known", "asked", "ones", "before")}
        return PAIRS.format(**parts) + self.end


ALL = "SELECT * FROM known"
OF_ALL = Question(LATEST, ALL, "known", "a.id < b.id", LIST)
OF_ONE = Question(KNOWN, f"{ALL} WHERE id = %(of)s", "known", "a.id <> b.id", LIST)
OF_NEW = Question(KNOWN, NEW, "asked", "a.id < b.id", EACH)


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


class Total(int):
    """How many pairs; `is_least`: there may be more, which would take too long to find."""

    is_least = False


def alike(facts):
    """The `Pair`s of one new record, as `of_each` has them."""
    return of_each({1: facts}).get(1, [])


def of_each(rows):
    """Records that rows which are none yet may be: {number: [`Pair`], the likeliest first}.

    `rows` is {number, from 1: facts}. Of the facts, as far as they are told, count `name`, `kind`,
    `siret`, `phone`, `professional_phone`, `structure_type`, `commune` (INSEE code), `latitude` and
    `longitude` (degrees), `is_confidential`, `linked` (keys of records). Rows without any are left
    out, and so are records that were merged; not those archived: one may be brought back.
    """
    asked = json.dumps([_asked(number, facts) for number, facts in rows.items()])
    found = defaultdict(list)
    read, _ = _answer(OF_NEW, {"archived": True, "rows": asked, "most": None})
    listings = _listings(key for row in read for key in row[1:2])
    for row in read:
        found[-row[0]].append(_pair(row, listings))
    return dict(found)


def _asked(number, facts):
    is_hidden = bool(facts.get("is_confidential"))
    place = {} if is_hidden else {name: facts.get(name) or None for name in PLACE}
    return (
        {name: facts.get(name) or "" for name in TEXTS}
        | place
        | {
            "id": -number,
            "kind": facts.get("kind") or Listing.Kind.STRUCTURE,
            "search_key": words.fold(facts.get("name") or "")[:240],
            "linked": facts.get("linked"),
            "is_confidential": is_hidden,
        }
    )


def pairs(*, of=None, least=LEAST, limit=None, offset=0):
    """(pairs of records that may be one, `Total` of them), the likeliest first.

    `of`: those of one record (primary key). Those told apart are left out.
    """
    rows, total = _rows(of=of, least=least, limit=limit, offset=offset)
    listings = _listings(key for row in rows for key in row[:2])
    return [_pair(row, listings) for row in rows], total


def count(*, least=PROBABLE):
    """How many pairs have that many points (`Total`)."""
    return _rows(least=least, limit=1)[1]


def _rows(*, of=None, least, limit, offset=0):
    options = {"of": of, "least": least, "limit": limit, "offset": offset, "most": MOST_PAIRS}
    rows, is_partial = _answer(OF_ALL if of is None else OF_ONE, options | {"archived": False})
    number, is_cut = rows[0][-2:] if rows else (0, False)
    total = Total(number)
    total.is_least = is_partial or is_cut
    return rows, total


def _answer(question, options):
    """(rows of a question, whether there may be more)."""
    with connection.cursor() as cursor:
        cursor.execute(question.names, options)
        ones, others, is_partial = _candidates(cursor.fetchall(), is_each=question is OF_NEW)
        cursor.execute(question.pairs, options | {"ones": ones, "others": others})
        return cursor.fetchall(), is_partial


def _candidates(rows, *, is_each):
    """(keys, keys of those whose names may be near, whether there may be more)."""
    if not rows:
        return [], [], False
    ids, keys, communes, latitudes, longitudes, hidden, asked = zip(*rows, strict=True)
    places = near_places.Places(
        keys=keys,
        asked=np.array(asked),
        communes=np.array(communes),
        latitudes=np.array(latitudes),
        longitudes=np.array(longitudes),
        is_hidden=np.array(hidden),
    )
    blocks = near_places.blocks(places, near=NEAR_NAME, anywhere=NEAR_NAME_ANYWHERE)
    names = near_names.read(keys)
    if is_each:
        near = near_names.of_each(names, blocks, most=MOST_NAMED)
    else:
        near = near_names.among(names, blocks, most=MOST_PAIRS)
    both = np.sort(np.array(ids)[np.stack([near.ones, near.others])], axis=0)
    is_partial = near.is_partial or len(rows) == MOST_COMPARED
    return both[0].tolist(), both[1].tolist(), is_partial


def _listings(keys):
    return Listing.objects.select_related("commune").in_bulk(set(keys))


def _pair(row, listings):
    one, other, score, *signs, _, _ = row
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
