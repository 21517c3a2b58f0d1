"""What a search reads of every record that it finds, in a row of bytes of fixed length.

Hundreds of rows come as one string that numpy reads at once: a column each took PostgreSQL and
Python three times as long (tests/benchmarks). PostgreSQL fills it (`SearchEntry.packed`).
"""

from datetime import date

import numpy as np

NOWHERE, NEVER, ALWAYS = -1, -(2**31), 2**31 - 1
"""In the place of a zone that is not there; days before and after all others."""

EPOCH = date(1970, 1, 1)


def _day(column, missing):
    return f"COALESCE({column} - '{EPOCH}'::date, {missing})"


IS_SUSPENDED = "suspended_from IS NOT NULL OR suspended_until IS NOT NULL"

SITE = ("latitude", "longitude", "commune", "near", "permanence")
"""What makes one place, number by number, in `SearchEntry.sites`."""

FIELDS = (
    ("pk", "i8", "listing_id"),
    ("facets", "i8", "facets"),
    ("is_generalist", "i4", "is_generalist::int"),
    # Without any date it is never suspended: from the end of time.
    ("suspended_from", "i4", f"CASE WHEN {IS_SUSPENDED} THEN {{suspended_from}} ELSE {ALWAYS} END"),
    ("suspended_until", "i4", "{suspended_until}"),
    ("convention_until", "i4", "{convention_until}"),
    ("checked_on", "i4", "{phone_checked_on}"),
    ("zones", "i4", "cardinality(zone_ids)"),
    ("zone", "i4", f"COALESCE(zone_ids[1], {NOWHERE})"),
    ("permanences", "i4", "(permanences IS NOT NULL)::int"),
    ("sites", "i4", f"cardinality(sites) / {len(SITE)}"),
    ("latitude", "f8", "COALESCE(sites[1], 0)"),
    ("longitude", "f8", "COALESCE(sites[2], 0)"),
    ("commune", "i8", "COALESCE(sites[3], 0)::bigint"),
    ("near", "i8", "COALESCE(sites[4], 0)::bigint"),
    ("permanence", "i8", "COALESCE(sites[5], 0)::bigint"),
)
"""(name, kind of number, SQL) of each number, in its place. Days count from `EPOCH`; `zone` and the
last five are the first of their list, and `zones` and `sites` tell how many there are."""

DAYS = {
    "suspended_from": _day("suspended_from", NEVER),
    "suspended_until": _day("suspended_until", ALWAYS),
    "convention_until": _day("convention_until", NEVER),
    "phone_checked_on": _day("phone_checked_on", NEVER),
}
SENDS = {"i4": "int4send", "i8": "int8send", "f8": "float8send"}

COLUMN = "packed"
SQL = " || ".join(f"{SENDS[kind]}({sql.format(**DAYS)})" for _, kind, sql in FIELDS)
"""Of the columns of a `SearchEntry`, or of a row that would make one."""

ROW = np.dtype([(name, f">{kind}") for name, kind, _ in FIELDS])


def read(sent):
    """The rows (array of `ROW`) of what PostgreSQL sends (bytes, None without any)."""
    return np.frombuffer(sent or b"", ROW)


def day_number(day):
    """Of a date, as the numbers of a row have it (int)."""
    return (day - EPOCH).days
