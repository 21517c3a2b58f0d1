"""The permanences of a record, as rows of a search tell them (`Match`): which to speak of from a
place, whether one is held now, the next one."""

from partners import hours

PERMANENCE_KM = 40
"""A permanence further away than this is no news for the tenant."""


def nearer(match, place):
    """Those to tell of: in the tenant's commune, or in reach and nearer than the office."""
    if not match.permanences:
        return []
    office = next((site for site in match.sites if not site.permanence_id), None)
    office_km = place.km_to(office.latitude, office.longitude) if office else None
    at = {site.permanence_id: site for site in match.sites}
    return [
        permanence
        for permanence in match.permanences
        if permanence["commune"] in place.commune_ids
        or (permanence["id"] in at and _is_nearer(at[permanence["id"]], place, office_km))
    ]


def _is_nearer(site, place, office_km):
    km = place.km_to(site.latitude, site.longitude)
    is_reachable = place.is_reachable(site.commune_id, site.near_id)
    if km is None or km > PERMANENCE_KM or not is_reachable:
        return False
    return office_km is None or km < office_km


def is_on(match, moment):
    """Whether one of the permanences to tell of is held now."""
    return any(
        hours.state(held["hours"], moment.at, departement=held["departement"]).kind
        in ("open", "by-appointment")
        for held in nearer(match, moment.place)
    )


def coming(match, moment):
    """(start, end, permanence) of the next permanence to tell of, or None."""
    dates = [
        (start, end, permanence)
        for permanence in nearer(match, moment.place)
        for start, end in hours.next_dates(
            permanence["hours"], moment.at, count=1, departement=permanence["departement"]
        )
    ]
    return min(dates, key=lambda found: found[:2], default=None)
