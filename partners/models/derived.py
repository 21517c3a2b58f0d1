"""`SearchEntry`, which repeats other tables for the search: filled here and nowhere else.

Whatever changes a record ends with `refresh`; `manage.py check_derived` proves that all did.
"""

from django.db import OperationalError, connection, transaction
from psycopg.errors import LockNotAvailable

from partners.models import facets
from partners.models.entry import GENERALIST, SearchEntry
from partners.models.listing import UNSPECIFIED_ZONE, Listing
from partners.models.trust import Verification

FOREVER = "9999-12-31"
OF_PHONE = tuple(scope.value for scope in Verification.OF_PHONE)

SITES = """
    SELECT array_agg(number ORDER BY permanence, place) AS sites,
           array_agg(DISTINCT near ORDER BY near) AS near_ids
    FROM (
        SELECT 0 AS permanence, l.commune_id AS commune, l.latitude, l.longitude
        WHERE l.commune_id IS NOT NULL AND NOT l.is_confidential
        UNION ALL
        SELECT p.id, p.commune_id, p.latitude, p.longitude
        FROM partners_permanence p WHERE p.listing_id = l.id AND NOT l.is_confidential
    ) place_of
    JOIN partners_territory t ON t.id = place_of.commune
    CROSS JOIN LATERAL (
        SELECT CASE WHEN t.is_island OR t.epci_id IS NULL THEN t.id ELSE t.epci_id END AS near
    ) code
    CROSS JOIN LATERAL unnest(ARRAY[
        COALESCE(place_of.latitude, t.latitude), COALESCE(place_of.longitude, t.longitude),
        t.id, code.near, place_of.permanence
    ]::float8[]) WITH ORDINALITY AS numbers (number, place)
    WHERE COALESCE(place_of.latitude, t.latitude) IS NOT NULL
"""

PERMANENCES = """
    SELECT jsonb_agg(jsonb_build_object(
        'id', p.id, 'commune', t.id, 'name', t.name, 'departement', COALESCE(d.code, ''),
        'place', p.place, 'hours', p.hours, 'on_request', p.is_by_appointment
    ) ORDER BY p.id) AS held
    FROM partners_permanence p
    JOIN partners_territory t ON t.id = p.commune_id
    LEFT JOIN partners_territory d ON d.id = t.departement_id
    WHERE p.listing_id = l.id AND NOT l.is_confidential
"""

WORDS = """
    setweight(french_words(l.name || ' ' || l.acronym), 'A')
    || setweight(french_words(l.summary), 'B')
    || setweight(french_words(COALESCE(related.names, '')), 'C')
    || setweight(french_words(l.description), 'D')
"""

SERVED_DEPARTEMENT = """
    SELECT min(home) AS id FROM (
        SELECT COALESCE(member.departement_id, t.departement_id,
            CASE WHEN t.kind = 'departement' THEN t.id END) AS home
        FROM partners_coveragezone zone
        JOIN partners_territory t ON t.id = zone.territory_id
        LEFT JOIN partners_sectorcommune part ON part.sector_id = t.id
        LEFT JOIN partners_territory member ON member.id = part.commune_id
        WHERE zone.listing_id = l.id AND l.is_confidential
    ) homes HAVING count(DISTINCT home) = 1 AND bool_and(home IS NOT NULL)
"""
"""Of a confidential record, the only département that it serves: where it stands is told by nothing
that its place would change (rule R7)."""

EXPECTED = f"""
    SELECT
        l.id AS listing_id,
        COALESCE(needs.ids, '{{}}')
            || CASE WHEN l.is_generalist THEN '{{{GENERALIST}}}' ELSE '{{}}' END::int[]
            AS situation_ids,
        COALESCE(served.ids, '{{}}') || CASE WHEN l.is_zone_unspecified
            THEN ARRAY[{UNSPECIFIED_ZONE}]
                || ARRAY(SELECT -near FROM unnest(place.near_ids) near ORDER BY near)
            ELSE '{{}}' END::int[] AS zone_ids,
        COALESCE(place.near_ids, '{{}}') AS near_ids,
        COALESCE(needs.core, '{{}}') AS core_ids,
        COALESCE(needs.first, '{{}}') AS first_ids,
        COALESCE(place.sites, '{{}}') AS sites,
        rounds.held AS permanences,
        {facets.sql()} AS facets,
        l.structure_type,
        l.is_generalist,
        l.is_zone_strict,
        l.opening_hours,
        COALESCE(departement.code, '') AS departement,
        CASE WHEN l.has_convention
            THEN COALESCE(l.convention_until, '{FOREVER}') END AS convention_until,
        l.suspended_from,
        l.suspended_until,
        checked.day AS phone_checked_on,
        l.search_key,
        l.acronym,
        {WORDS} AS words
    FROM partners_listing l
    LEFT JOIN partners_territory commune ON commune.id = l.commune_id
    LEFT JOIN LATERAL ({SERVED_DEPARTEMENT}) hidden ON true
    LEFT JOIN partners_territory departement ON departement.id =
        CASE WHEN l.is_confidential THEN hidden.id ELSE commune.departement_id END
    LEFT JOIN LATERAL (
        SELECT array_agg(situation_id ORDER BY situation_id) AS ids,
               array_agg(situation_id ORDER BY situation_id) FILTER (WHERE role = 'coeur') AS core,
               array_agg(situation_id ORDER BY situation_id) FILTER (WHERE is_first) AS first
        FROM partners_listingsituation WHERE listing_id = l.id
    ) needs ON true
    LEFT JOIN LATERAL (
        SELECT array_agg(territory_id ORDER BY territory_id) AS ids
        FROM partners_coveragezone WHERE listing_id = l.id
    ) served ON true
    LEFT JOIN LATERAL ({SITES}) place ON true
    LEFT JOIN LATERAL ({PERMANENCES}) rounds ON true
    LEFT JOIN LATERAL (
        SELECT string_agg(other.name || ' ' || other.acronym, ' ' ORDER BY other.id) AS names
        FROM partners_schemerole role
        JOIN partners_listing other ON other.id IN (role.scheme_id, role.structure_id)
        WHERE l.id IN (role.scheme_id, role.structure_id) AND other.id <> l.id
    ) related ON true
    LEFT JOIN LATERAL (
        SELECT max(checked_on) AS day FROM partners_verification
        WHERE listing_id = l.id AND scope IN {OF_PHONE}
    ) checked ON true
"""
MANY = 50
"""Entries written at once beyond which the indexes are put in order at the end."""

SORT_WAITING = """
    SELECT gin_clean_pending_list(index.oid) FROM pg_class index
    JOIN pg_index ON pg_index.indexrelid = index.oid JOIN pg_am am ON am.oid = index.relam
    WHERE pg_index.indrelid = 'partners_searchentry'::regclass AND am.amname = 'gin'
"""
"""A GIN index keeps new entries aside, unsorted, until a vacuum: searches would read them all."""

SORTED = 0.95
ORDER_ON_DISK = """
    SELECT correlation FROM pg_stats WHERE schemaname = current_schema()
    AND tablename = 'partners_searchentry' AND attname = 'departement'
"""
"""From -1 to 1: whether rows that follow each other on the disk are of one département."""

COLUMNS = [field.column for field in SearchEntry._meta.fields if not field.generated]
FOUND = "l.status = 'publie' AND (%(all)s OR l.id = ANY(%(ids)s))"
"""`all` is asked apart: a parameter that is NULL would hide the index on the ids."""


def _row(name):
    return f"({', '.join(f'{name}.{column}' for column in COLUMNS)})"


WRITE = f"""
    INSERT INTO partners_searchentry AS entry ({", ".join(COLUMNS)})
    SELECT {", ".join(COLUMNS)} FROM ({EXPECTED} WHERE {FOUND}) expected
    ON CONFLICT (listing_id) DO UPDATE
    SET {", ".join(f"{name} = EXCLUDED.{name}" for name in COLUMNS[1:])}
    WHERE {_row("entry")} IS DISTINCT FROM {_row("EXCLUDED")}
"""
REMOVE = """
    DELETE FROM partners_searchentry WHERE (%(all)s OR listing_id = ANY(%(ids)s))
    AND NOT EXISTS (SELECT FROM partners_listing l WHERE l.id = listing_id AND l.status = 'publie')
"""
RELATIVES = """
    SELECT scheme_id FROM partners_schemerole WHERE structure_id = ANY(%(ids)s)
    UNION SELECT structure_id FROM partners_schemerole WHERE scheme_id = ANY(%(ids)s)
"""


def refresh(listings=None):
    """Recompute the entries of these listings (a queryset), of all by default.

    So are those of the schemes and structures that they have a part in: their words hold names.
    Returns the number of entries written or removed.
    """
    asked = _asked(listings)
    with transaction.atomic(), connection.cursor() as cursor:
        if listings is not None:
            cursor.execute(RELATIVES, asked)
            asked["ids"] += [pk for (pk,) in cursor.fetchall()]
        count = _refresh(cursor, asked)
        if count > MANY:
            cursor.execute(SORT_WAITING)
        return count


def refresh_alone(pks):
    """As `refresh`, for primary keys, when those of their relatives are seen to.

    Puts in order what `fill` wrote.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        _refresh(cursor, {"all": False, "ids": list(pks)})
        cursor.execute(SORT_WAITING)


class InUse(Exception):
    """Somebody reads or writes the entries, and others would wait too."""


def sort():
    """Put the entries of one département next to each other on the disk; False when they were.

    Searches wait meanwhile. Raises `InUse` after two seconds of waiting for others. A search reads
    those of one place: of 500,000 in any order each stands on a page of its own, and takes half as
    long again (tests/benchmarks). Any change leaves its row elsewhere.
    """
    _vacuum()
    with connection.cursor() as cursor:
        cursor.execute(ORDER_ON_DISK)
        found = cursor.fetchone()
    if found is None or found[0] is None or found[0] > SORTED:
        return False
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '2s'")
            cursor.execute("CLUSTER partners_searchentry USING entry_at_home")
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise InUse from error
        raise
    _vacuum()
    return True


def _vacuum():
    """Count the entries again, and note which pages an index may answer for: PostgreSQL does so
    after changes, never after `CLUSTER`, which forgets it. Nobody waits; in a transaction, which
    could not, they are only counted."""
    kind = "ANALYZE" if connection.in_atomic_block else "VACUUM (ANALYZE)"
    with connection.cursor() as cursor:
        cursor.execute(f"{kind} partners_searchentry")


def fill(cursor, pks):
    """Write the entries of new records (primary keys); `refresh_alone` comes at the end."""
    cursor.execute(WRITE, {"all": False, "ids": pks})


def _refresh(cursor, asked):
    cursor.execute(REMOVE, asked)
    removed = cursor.rowcount
    cursor.execute(WRITE, asked)
    return removed + cursor.rowcount


def stale():
    """The listings whose entry differs from its source, is missing, or should not be there."""
    entry, expected = _row("entry"), _row("expected")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COALESCE(entry.listing_id, expected.listing_id)"
            " FROM partners_searchentry entry"
            f" FULL JOIN ({EXPECTED} WHERE {FOUND}) expected USING (listing_id)"
            f" WHERE {entry} IS DISTINCT FROM {expected}",
            _asked(None),
        )
        wrong = [pk for (pk,) in cursor.fetchall()]
    return Listing.objects.filter(pk__in=wrong)


def _asked(listings):
    ids = [] if listings is None else list(listings.values_list("pk", flat=True))
    return {"all": listings is None, "ids": ids}
