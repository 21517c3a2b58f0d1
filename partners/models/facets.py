"""The filters that depend on a record alone, each a bit of `SearchEntry.facets`.

A bit never changes its place: new ones go at the end of `STORED`, then `check_derived --repair`.
"""

from partners.models.vocabulary import Audience, Fees, HelpKind, Mobiliser, ReceptionMode

AT_HOME, NO_APPOINTMENT, ON_SITE, BY_PHONE, REMOTE, FREE, OPEN_LATE = (
    "is_at_home",
    "is_without_appointment",
    "is_on_site",
    "is_by_phone",
    "is_remote",
    "is_free",
    "is_open_late",
)

STORED = (
    (AT_HOME, ""),
    (NO_APPOINTMENT, ""),
    (ON_SITE, ""),
    (BY_PHONE, ""),
    (REMOTE, ""),
    (FREE, ""),
    (OPEN_LATE, ""),
    *(("mobiliser", value) for value in Mobiliser.values),
    *(("help_kind", value) for value in HelpKind.values),
    *(("audience", value) for value in Audience.values if value != Audience.EVERYONE),
)
"""(filter, value), in the order of their bits; "" for a filter that is on or off."""

_HAS_SITE = "(l.commune_id IS NOT NULL AND NOT l.is_confidential)"
_ON_SITE = (
    f"'{ReceptionMode.ON_SITE}' = ANY(l.reception_modes)"
    f" OR (l.reception_modes = '{{}}' AND l.kind = 'structure' AND {_HAS_SITE})"
)
_FLAGS = {
    AT_HOME: "l.home_visits",
    NO_APPOINTMENT: "l.appointment IN ('sans', 'les-deux')",
    ON_SITE: _ON_SITE,
    BY_PHONE: "l.phone <> ''",
    REMOTE: f"'{ReceptionMode.REMOTE}' = ANY(l.reception_modes)",
    FREE: f"l.fees = '{Fees.FREE}'",
    # An OSM span that ends after 17:00, or begins then and ends past midnight.
    OPEN_LATE: (
        "l.opening_hours ~ '24/7|-(17:(0[1-9]|[1-5])|1[89]:|2[0-4]:)|(1[7-9]|2[0-3]):[0-5][0-9]-'"
    ),
}
_COLUMNS = {"mobiliser": "mobilisable_by", "help_kind": "help_kinds", "audience": "audiences"}
_EVERYONE = f"l.audiences = '{{}}' OR '{Audience.EVERYONE}' = ANY(l.audiences)"


def sql() -> str:
    """The expression of `facets` for a row `l` of the listings: a bigint."""
    bits = (f"CASE WHEN {_condition(*facet)} THEN {1 << bit} ELSE 0 END" for facet, bit in _bits())
    return f"({' + '.join(bits)})::bigint"


def _bits():
    return zip(STORED, range(len(STORED)), strict=True)


def _condition(name, value):
    if not value:
        return _FLAGS[name]
    own = f"'{value}' = ANY(l.{_COLUMNS[name]})"
    return f"{own} OR {_EVERYONE}" if name == "audience" else own
