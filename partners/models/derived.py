"""The columns that repeat other tables for the search's indexes: filled here and nowhere else."""

from django.db import connection

from partners.models.listing import UNSPECIFIED_ZONE

EXPECTED = """
    SELECT l.id,
           COALESCE((SELECT array_agg(s.situation_id ORDER BY s.situation_id)
                     FROM partners_listingsituation s WHERE s.listing_id = l.id), '{}') AS situations,
           COALESCE((SELECT array_agg(z.territory_id ORDER BY z.territory_id)
                     FROM partners_coveragezone z WHERE z.listing_id = l.id), '{}')
           || CASE WHEN l.is_zone_unspecified THEN ARRAY[%(unspecified)s] ELSE '{}'::int[] END AS zones
    FROM partners_listing l
"""

REFRESH = f"""
    UPDATE partners_listing
    SET situation_ids = expected.situations, zone_ids = expected.zones
    FROM ({EXPECTED} WHERE %(all)s OR l.id = ANY(%(ids)s)) AS expected
    WHERE partners_listing.id = expected.id
      AND (situation_ids, zone_ids) IS DISTINCT FROM (expected.situations, expected.zones)
"""

STALE = f"""
    SELECT id FROM partners_listing JOIN ({EXPECTED}) AS expected USING (id)
    WHERE (situation_ids, zone_ids) IS DISTINCT FROM (expected.situations, expected.zones)
    ORDER BY id
"""


def refresh(listing_ids=None):
    """Recompute the derived columns of these listings, of all without argument; return how many changed."""
    ids = None if listing_ids is None else list(listing_ids)
    with connection.cursor() as cursor:
        cursor.execute(
            REFRESH, {"unspecified": UNSPECIFIED_ZONE, "all": ids is None, "ids": ids or []}
        )
        return cursor.rowcount


def stale_ids():
    """Primary keys of the listings whose derived columns differ from their source."""
    with connection.cursor() as cursor:
        cursor.execute(STALE, {"unspecified": UNSPECIFIED_ZONE})
        return [row[0] for row in cursor.fetchall()]
