"""What a person typed designates: a commune, a territory, a structure; and what to propose."""

import re

from django.conf import settings
from django.db.models import Q

from partners import places, words
from partners.imports.errors import NBSP, quote
from partners.imports.writing import zone_code
from partners.models import Listing, Territory

Kind = Territory.Kind
MOST = 8
MOST_READ = 60
LABELLED = re.compile(r"(?P<name>.+) · (?P<kind>.+)")
NUMBERED = re.compile(r"(?:.* · )?fiche (?P<pk>\d{1,9})", re.IGNORECASE | re.DOTALL)
EPCI_CODE = re.compile(r"\d{9}")
DEPARTEMENT_CODE = re.compile(r"\d{2,3}|2[AB]", re.IGNORECASE)


class Unclear(ValueError):
    """Nothing, or more than one thing, has this name; the message is in French."""


def commune(text):
    """The commune (`Territory`) that `text` designates. Raises `Unclear`."""
    return _one(_communes(text), text, "aucune commune ne s'appelle", commune_label)


def zone(text):
    """The territory of a coverage zone that `text` designates. Raises `Unclear`."""
    return _one(_zones(text), text, "aucun territoire ne s'appelle", zone_label)


def structure(text, *, but=None):
    """The structure (`Listing`) of this name or « fiche 12 ». Raises `Unclear`."""
    known = Listing.objects.filter(kind=Listing.Kind.STRUCTURE).exclude(pk=but)
    return _one(_called(text, known), text, "aucune structure ne s'appelle", structure_label)


def record(text):
    """The record, structure or scheme, of this name or « fiche 12 ». Raises `Unclear`."""
    found = _called(text, Listing.objects.filter(merge=None))
    return _one(found, text, "aucune fiche ne s'appelle", structure_label)


def commune_label(territory):
    """« Pouzauges (85700) »: what `commune` understands."""
    code = territory.postal_codes[0] if territory.postal_codes else territory.code
    return f"{territory.name} ({code})"


def zone_label(territory):
    """« CC du Pays de Pouzauges · intercommunalité »: what `zone` understands."""
    if territory.kind == Kind.COMMUNE:
        return commune_label(territory)
    return f"{territory.name} · {territory.get_kind_display()}"


def structure_label(listing):
    return f"{listing.name} · fiche {listing.pk}"


def propose(kind, text):
    """Labels to choose from while one types, of a `kind` among `PROPOSALS`."""
    text = text.replace("\0", " ").strip()
    return PROPOSALS[kind](text)[:MOST] if len(text) > 1 else []


def zones_by_code(codes):
    """{code of « zone_eligibilite »: territory}; those that no longer exist are left out."""
    wanted = {code.rpartition(":")[2] for code in codes if "\0" not in code}
    found = Territory.objects.filter(code__in=wanted).order_by("pk")
    by_code = {zone_code(territory): territory for territory in found}
    return {code: by_code[code] for code in codes if code in by_code}


def _one(found, text, nothing, label):
    if len(found) == 1:
        return found[0]
    if not found:
        raise Unclear(f"{nothing[:1].upper()}{nothing[1:]} {quote(text)}.")
    names = ", ".join(quote(label(item)) for item in found[:MOST])
    raise Unclear(f"Plusieurs répondent à ce nom{NBSP}: {names}. Écrivez l'un de ceux-là.")


def _called(text, known):
    """Those of `known` records that have this name or number."""
    if numbered := NUMBERED.fullmatch(text.strip()):
        return list(known.filter(pk=numbered["pk"]))
    key = words.fold(text)[:240]
    return list(known.filter(search_key=key).order_by("pk")[: MOST + 1]) if key else []


def _communes(text):
    return places.resolve(text, departement=settings.DEFAULT_DEPARTEMENT)


def _zones(text):
    text = text.strip()
    if "\0" in text:
        return []
    if labelled := LABELLED.fullmatch(text):
        kinds = [kind for kind in Kind if kind.label == labelled["kind"].strip()]
        return list(_named(labelled["name"], kinds=kinds))
    if EPCI_CODE.fullmatch(text):
        return list(Territory.objects.filter(kind=Kind.EPCI, code=text))
    if DEPARTEMENT_CODE.fullmatch(text):
        return list(Territory.objects.filter(kind=Kind.DEPARTEMENT, code=text.upper()))
    return [*_named(text), *_communes(text)]


def _named(text, *, kinds=tuple(Kind)):
    """Territories of this name, but communes."""
    found = _wide().filter(search_key=words.fold_place(text) or "-", kind__in=kinds)
    return found[: MOST + 1]


def _wide():
    return Territory.objects.exclude(kind=Kind.COMMUNE).order_by("search_key", "pk")


def _proposed_communes(text):
    found = places.find_communes(text, limit=MOST, departement=settings.DEFAULT_DEPARTEMENT)
    return [commune_label(match.territory) for match in found]


def _proposed_zones(text):
    key = words.fold_place(text)
    wide = _wide().filter(search_key__contains=key) if key else Territory.objects.none()
    code = settings.DEFAULT_DEPARTEMENT
    at_home = Q(departement__code=code) | Q(kind=Kind.DEPARTEMENT, code=code) | Q(kind=Kind.SECTOR)
    found = list(wide.filter(at_home)[:MOST_READ]) or list(wide[:MOST_READ])
    found.sort(key=lambda zone: (not zone.search_key.startswith(key), len(zone.name), zone.pk))
    return [*map(zone_label, found[: MOST // 2]), *_proposed_communes(text)]


def _proposed_structures(text):
    return _begun(text, Listing.objects.filter(kind=Listing.Kind.STRUCTURE))


def _begun(text, known):
    """Labels of those of `known` records whose name has these beginnings of words."""
    for word in words.fold(text).split():
        known = known.filter(search_key__contains=word)
    return [structure_label(listing) for listing in known.order_by("search_key", "pk")[:MOST]]


def _proposed_records(text):
    known = Listing.objects.filter(merge=None).exclude(status=Listing.Status.ARCHIVED)
    return _begun(text, known)


PROPOSALS = {
    "fiche": _proposed_records,
    "commune": _proposed_communes,
    "zone": _proposed_zones,
    "structure": _proposed_structures,
}
