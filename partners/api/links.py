"""The relations of a record that a request names by codes and slugs: found, compared, written.

A list that the request does not give stays as it is; one that it gives is replaced.
"""

import re
from dataclasses import dataclass, field

from django.db.models import Q
from rest_framework.exceptions import ValidationError

from partners import places, words
from partners.imports import cells
from partners.imports.errors import NBSP, quote
from partners.imports.writing import ZONE_PREFIXES
from partners.models import Listing, ListingSituation, Situation, Territory

CORE, HELPS = ListingSituation.Role.CORE, ListingSituation.Role.HELPS
Kind = Territory.Kind
NAMES = {
    "code_insee",
    "situations_coeur",
    "situations_aide",
    "en_premier",
    "zone_eligibilite",
    "parent_id",
    "permanences",
    "contacts",
}
MOST_FIRST = 2


@dataclass
class Links:
    """What to write: {key: values} of each relation, None for those that stay as they are.

    `facts` are attributes of the record itself. Keys are tuples of the columns of `KEYS`.
    """

    facts: dict = field(default_factory=dict)
    rows: dict = field(default_factory=dict)


KEYS = {
    "situation_links": ("situation_id",),
    "zone_links": ("territory_id",),
    "permanences": ("commune_id", "place", "hours"),
    "contacts": ("name", "function"),
}


def find(asked, listing):
    """The `Links` of the members `asked` (dict by `NAMES`). Raises `ValidationError`."""
    links, errors = Links(), {}
    for names, read in READERS.items():
        if any(name in asked for name in names):
            try:
                read(links, asked, listing)
            except ValidationError as error:
                errors |= error.detail
    if errors:
        raise ValidationError(errors)
    return links


def write(links, listing):
    """Make the relations of a saved record what was asked; only what differs is touched."""
    for relation, wanted in links.rows.items():
        _replace(getattr(listing, relation), KEYS[relation], dict(wanted))


def _replace(manager, key, wanted):
    for row in manager.all():
        values = wanted.pop(tuple(getattr(row, name) for name in key), None)
        if values is None:
            row.delete()
        elif any(getattr(row, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(row, name, value)
            row.save()
    for found, values in wanted.items():
        manager.create(**dict(zip(key, found, strict=True)), **values)


# Each relation


def _commune(links, asked, listing):
    code = asked["code_insee"]
    links.facts["commune"] = _communes([code], "code_insee")[code] if code else None


def _parent(links, asked, listing):
    key = asked["parent_id"]
    if key is not None and not Listing.objects.filter(pk=key).exclude(pk=listing.pk).exists():
        raise ValidationError({"structure_parente": ["Cette fiche n'existe pas."]})
    links.facts["parent_id"] = key


def _situations(links, asked, listing):
    current = listing.situation_links.with_situation() if listing.pk else []
    had = [(link.situation.slug, link.role, link.is_first) for link in current]
    core = asked.get("situations_coeur", [slug for slug, role, _ in had if role == CORE])
    helps = asked.get("situations_aide", [slug for slug, role, _ in had if role == HELPS])
    roles = dict.fromkeys(helps, HELPS) | dict.fromkeys(core, CORE)
    first = asked.get("en_premier", [slug for slug, _, is_first in had if is_first])
    known = _known_situations(asked)
    _check_first(asked, roles, listing)
    links.rows["situation_links"] = {
        (known[slug],): {"role": role, "is_first": slug in first} for slug, role in roles.items()
    }


def _known_situations(asked):
    """{slug: key}. Raises for the slugs that no situation has."""
    known = dict(Situation.objects.values_list("slug", "pk"))
    unknown = {
        name: [f"La situation {quote(slug)} n'existe pas." for slug in asked[name]][:10]
        for name in ("situations_coeur", "situations_aide", "en_premier")
        if any(slug not in known for slug in asked.get(name, []))
    }
    if unknown:
        raise ValidationError(unknown)
    return known


def _check_first(asked, roles, listing):
    """« À faire en premier » is said of one's own situations, by two records at most."""
    for slug in asked.get("en_premier", []):
        if slug not in roles:
            raise ValidationError(
                {"en_premier": [f"{quote(slug)} n'est pas une de ses situations."]}
            )
        others = ListingSituation.objects.filter(situation__slug=slug, is_first=True)
        if others.exclude(listing=listing.pk).count() >= MOST_FIRST:
            reason = f"Deux fiches sont déjà à faire en premier pour {quote(slug)}."
            raise ValidationError({"en_premier": [reason]})


def _zones(links, asked, listing):
    codes = list(dict.fromkeys(asked["zone_eligibilite"]))
    is_unspecified = cells.NO_ZONE in codes
    if is_unspecified and len(codes) > 1:
        reason = f"{quote(cells.NO_ZONE)} ne va pas avec d'autres codes."
        raise ValidationError({"zone_eligibilite": [reason]})
    links.facts["is_zone_unspecified"] = is_unspecified
    found = [] if is_unspecified else territories(codes)
    links.rows["zone_links"] = {(territory.pk,): {} for territory in found}


def _permanences(links, asked, listing):
    rows = asked["permanences"]
    communes = _communes([row["code_insee"] for row in rows], "permanences")
    links.rows["permanences"] = {
        (communes[row["code_insee"]].pk, row["place"], row["hours"]): {
            "address": row.get("address", ""),
            "is_by_appointment": row.get("is_by_appointment", False),
        }
        for row in rows
    }


def _contacts(links, asked, listing):
    links.rows["contacts"] = {
        (row["name"], row.get("function", "")): {
            "phone": row.get("phone", ""),
            "email": row.get("email", ""),
            "visibility": row["visibility"],
            "source": row["source"],
            "recorded_on": row["recorded_on"],
        }
        for row in asked["contacts"]
    }


READERS = {
    ("code_insee",): _commune,
    ("parent_id",): _parent,
    ("situations_coeur", "situations_aide", "en_premier"): _situations,
    ("zone_eligibilite",): _zones,
    ("permanences",): _permanences,
    ("contacts",): _contacts,
}


# Places by code


def _communes(codes, name):
    """{code: commune of today}. Raises for a code that none has."""
    found = places.communes_by_code(codes)
    unknown = [code for code in codes if code not in found]
    if unknown:
        raise ValidationError({name: [f"Aucune commune n'a le code {quote(unknown[0])}."]})
    return found


def territories(codes):
    """The territories of a coverage zone, by the codes of the census. Raises `ValidationError`."""
    keys = {code: _kind_and_code(code) for code in codes}
    wanted = Q(pk__in=[])
    for kind, code in keys.values():
        wanted |= Q(kind=kind, code=code)
    found = {(row.kind, row.code): row for row in Territory.objects.filter(wanted)}
    former = [code for code, key in keys.items() if key[0] == Kind.COMMUNE and key not in found]
    today = places.communes_by_code(former)
    rows = {code: found.get(key) or today.get(code) for code, key in keys.items()}
    if unknown := [code for code, row in rows.items() if row is None]:
        reason = f"Le territoire {quote(unknown[0])} n'existe pas{NBSP}: voyez la documentation."
        raise ValidationError({"zone_eligibilite": [reason]})
    return list(rows.values())


def _kind_and_code(written):
    code = written.strip()
    for kind, prefix in ZONE_PREFIXES.items():
        if code.lower().startswith(prefix):
            return kind, code[len(prefix) :]
    if code.lower() == "france":
        return Kind.COUNTRY, "france"
    if re.fullmatch(r"[0-9]{9}", code):
        return Kind.EPCI, code
    if words.is_insee_code(code.upper().zfill(5)) and len(code) > 3:
        return Kind.COMMUNE, places.clean_code(code)
    return Kind.DEPARTEMENT, code.upper()
