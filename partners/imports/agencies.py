"""The landlord's agencies, the communes of their sectors and their referents, from a JSON file.

The file is the truth for the agencies it names: what differs is changed, what is right is not
written again. An agency, or a referent's subject, that it does not name is left alone.
"""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pghistory
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from partners import hours, phones
from partners.imports.errors import NBSP, ImportRefused, quote
from partners.imports.territories import Counts
from partners.models import Agency, InternalReferent, SectorCommune, Subject, Territory

SHIPPED = settings.BASE_DIR / "fixtures" / "demo" / "agencies.json"
LISTED = 5


@dataclass(frozen=True)
class _Referent:
    subject: str
    values: dict[str, str]


@dataclass(frozen=True)
class _Agency:
    """One agency of the file, its values checked; `communes` and `commune` are INSEE codes."""

    slug: str
    values: dict[str, str]
    commune: str
    sector: str
    sector_name: str
    communes: tuple[str, ...]
    referents: tuple[_Referent, ...]


def load(path: Path = SHIPPED) -> list[Counts]:
    """Bring agencies, sectors, their communes and referents up to date, in one transaction.

    Raises ImportRefused, with a message in French, when the file cannot be read or used; nothing
    is written then.
    """
    wanted = _read(path)
    _refuse_twice([agency.slug for agency in wanted], "le nom court")
    _refuse_twice([agency.sector for agency in wanted], "le secteur")
    _refuse_twice([code for agency in wanted for code in agency.communes], "la commune")
    communes = _communes(wanted)
    counts = [Counts(label) for label in ("agences", "secteurs", "communes", "référents internes")]
    with transaction.atomic(), pghistory.context(origine="agences"):
        for agency in wanted:
            _store(agency, communes, *counts)
    return counts


# Reading


def _read(path):
    try:
        rows = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ImportRefused(f"Le fichier {quote(str(path))} ne peut pas être lu.") from error
    except ValueError as error:
        raise ImportRefused(f"{quote(path.name)} n'est pas un fichier JSON lisible.") from error
    if not isinstance(rows, list) or not rows:
        raise ImportRefused(f"{quote(path.name)} ne contient pas de liste d'agences.")
    return [_agency(row, f"Agence n°{NBSP}{rank}") for rank, row in enumerate(rows, start=1)]


def _agency(row, where):
    name = _text(row, "nom", where)
    where = quote(name)
    sector = _part(row, "secteur", dict, where)
    groups = _part(sector, "communes", dict, where)
    referents = tuple(
        _referent(item, f"{where}, référents") for item in _part(row, "referents", list, where)
    )
    _refuse_twice([referent.subject for referent in referents], f"{where}{NBSP}: le sujet")
    return _Agency(
        slug=_text(row, "slug", where),
        values=_reaching(row, where)
        | {
            "name": name,
            "address": _text(row, "adresse", where, default=""),
            "opening_hours": _hours(row, where),
        },
        commune=_text(row, "code_insee", where),
        sector=_text(sector, "code", where),
        sector_name=_text(sector, "nom", where),
        communes=tuple(str(code) for key in groups for code in _part(groups, key, list, where)),
        referents=referents,
    )


def _referent(row, where):
    subject = _text(row, "sujet", where)
    if subject not in Subject.values:
        expected = ", ".join(Subject.values)
        raise ImportRefused(
            f"{where}{NBSP}: le sujet {quote(subject)} n'existe pas. Possibles{NBSP}: {expected}."
        )
    return _Referent(subject, _reaching(row, where) | {"name": _text(row, "nom", where)})


def _reaching(row, where):
    return {"phone": _phone(row, where), "email": _text(row, "courriel", where, default="")}


def _phone(row, where):
    try:
        return phones.normalise(_text(row, "telephone", where, default=""))
    except phones.PhoneError as error:
        raise ImportRefused(f"{where}{NBSP}: {error}") from error


def _hours(row, where):
    try:
        return hours.validate(_text(row, "horaires", where, default=""))
    except hours.HoursError as error:
        raise ImportRefused(f"{where}{NBSP}: {error}") from error


def _text(row, key, where, default=None):
    value = row.get(key, default) if isinstance(row, dict) else None
    if not isinstance(value, str) or (default is None and not value.strip()):
        raise ImportRefused(f"{where}{NBSP}: il manque {quote(key)}.")
    return value.strip()


def _part(row, key, kind, where):
    if not isinstance(row.get(key), kind):
        raise ImportRefused(f"{where}{NBSP}: il manque {quote(key)}.")
    return row[key]


def _refuse_twice(values, label):
    twice = [value for value, times in Counter(values).items() if times > 1]
    if twice:
        raise ImportRefused(f"{label[0].upper()}{label[1:]} {_listed(twice)} figure deux fois.")


def _communes(wanted):
    """{INSEE code: commune} for every code of the file."""
    codes = {code for agency in wanted for code in (*agency.communes, agency.commune)}
    known = Territory.objects.communes().filter(code__in=codes).select_related("departement")
    found = {commune.code: commune for commune in known}
    missing = sorted(codes - found.keys())
    if missing:
        raise ImportRefused(
            f"Communes inconnues{NBSP}: {_listed(missing)}. "
            f"Chargez d'abord les communes{NBSP}: python manage.py import_territories"
        )
    return found


def _listed(values):
    rest = len(values) - LISTED
    return ", ".join(values[:LISTED]) + (f" et {rest} de plus" if rest > 0 else "")


# Writing


def _store(wanted, communes, agencies, sectors, members, referents):
    place = communes[wanted.commune]
    sector = _put(
        Territory,
        {"kind": Territory.Kind.SECTOR, "code": wanted.sector},
        {
            "name": wanted.sector_name,
            "departement_id": place.departement_id,
            "region_id": place.region_id,
        },
        sectors,
        wanted.sector_name,
    )
    _put_members(sector, [communes[code] for code in wanted.communes], members)
    agency = _put(
        Agency,
        {"slug": wanted.slug},
        wanted.values | {"commune_id": place.pk, "sector_id": sector.pk},
        agencies,
        wanted.values["name"],
    )
    for referent in wanted.referents:
        key = {"agency": agency, "subject": referent.subject}
        _put(InternalReferent, key, referent.values, referents, wanted.values["name"])


def _put(model, key, values, counts, where):
    """The row known by `key`, with these values; it is not written when it has them already."""
    row = model.objects.filter(**key).first()
    is_new = row is None
    row = row or model(**key)
    differs = [name for name, value in values.items() if getattr(row, name) != value]
    for name in differs:
        setattr(row, name, values[name])
    if is_new or differs:
        try:
            row.full_clean()
        except ValidationError as error:
            raise ImportRefused(f"{quote(where)}{NBSP}: {' '.join(error.messages)}") from error
        row.save()
    counts.created += is_new
    counts.changed += bool(differs) and not is_new
    counts.unchanged += not is_new and not differs
    return row


def _put_members(sector, communes, counts):
    """Have these communes in `sector`, and in no other sector of an agency."""
    wanted = {commune.pk for commune in communes}
    elsewhere = SectorCommune.objects.filter(commune__in=wanted, sector__agency__isnull=False)
    elsewhere.exclude(sector=sector).delete()
    sector.sector_members.exclude(commune__in=wanted).delete()
    known = set(sector.sector_members.values_list("commune_id", flat=True))
    SectorCommune.objects.bulk_create(
        SectorCommune(sector=sector, commune=commune)
        for commune in communes
        if commune.pk not in known
    )
    counts.created += len(wanted - known)
    counts.unchanged += len(known)
