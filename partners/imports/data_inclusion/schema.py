"""The official models of data·inclusion v1 (PyPI `data-inclusion-schema` 1.0.10), without them.

What they refuse is refused, with a reason in French. More is tolerated where published files need
it: dates as epoch milliseconds or with a time of day, lists as JSON or Python text, an empty text
or list for an absent one.
"""

import ast
import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from partners.imports.cells import CONTROLS, INVISIBLE, of_everyone_alone
from partners.imports.errors import NBSP, Refused, quote
from partners.imports.notes import Remark
from partners.models import Listing

_OFFICIAL = json.loads(
    (settings.BASE_DIR / "fixtures" / "data-inclusion-v1.json").read_text(encoding="utf-8")
)
VALUES: dict[str, list[str]] = _OFFICIAL["values"]
LABELS: dict[str, dict[str, str]] = _OFFICIAL["labels"]
FIRST_DAY = date(2000, 1, 1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST_SECOND = 20_000_000_000  # above, a number of milliseconds (as Pydantic reads it)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]|$)", re.ASCII)
LONGEST_URL, LONGEST_LIST_TEXT = 2083, 100_000

URL = re.compile(
    r"https?://(?:[^/?#@\s\\]*@)?(?P<host>[\w.-]+)(?::(?P<port>\d{1,5}))?(?:[/?#].*)?",
    re.IGNORECASE | re.DOTALL,
)
IPV4 = re.compile(r"(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}", re.ASCII)
RESERVED_DOMAINS = re.compile(
    r"(?:^|[@.])(?:arpa|invalid|local|localhost|onion|test)$", re.IGNORECASE
)
PLAIN_EMAIL = re.compile(
    r"[a-z0-9]+(?:[._-][a-z0-9]+){0,8}@(?:[a-z0-9]{1,40}[.-]){1,5}(?:fr|org|com|net)"
)
ZONE = re.compile(r"\w{5}|\w{2,3}|[0-9]{9}|france")

Check = Callable[[Any], Any]
Row = dict[str, Any]


def checked(kind: str, row: Row) -> tuple[Row, list[Remark]]:
    """(the values of a row of this kind of listing, what is wrong with it in French).

    Texts are stripped, dates are `date`, lists sorted, absent values None. Never raises.
    """
    values: Row = {}
    faults = []
    for key, check in FIELDS[kind].items():
        raw = row.get(key)
        if raw is None and key not in REQUIRED[kind]:
            values[key] = None
            continue
        try:
            values[key] = _value(check, raw, is_required=key in REQUIRED[kind])
        except Refused as error:
            faults.append(Remark(key, _shown(raw), str(error)))
    return values, faults


def texts(raw: Any) -> list[str]:
    """The texts of a list that was not checked yet; [] when it is none."""
    try:
        return _texts(raw) if raw else []
    except Refused:
        return []


def _value(check: Check, raw: Any, *, is_required: bool) -> Any:
    if isinstance(raw, str):
        raw = raw.strip() if raw.isprintable() else _seen(raw).strip()
    if raw is None or raw == "" or raw == []:
        if is_required:
            raise Refused("valeur obligatoire")
        return None
    return check(raw)


def _shown(raw: Any) -> str:
    text = raw if isinstance(raw, str) else json.dumps(raw, ensure_ascii=False, default=str)
    return " ".join(_seen(text).split())[:200]


def _seen(text: str) -> str:
    return INVISIBLE.sub("", CONTROLS.sub("", text))


# One value


def _text(raw: Any) -> str:
    if not isinstance(raw, str):
        raise Refused("texte attendu")
    return raw


def _sized(least: int, most: int) -> Check:
    def check(raw: Any) -> str:
        text = _text(raw)
        if not least <= len(text) <= most:
            raise Refused(f"{len(text)} caractères{NBSP}: entre {least} et {most} attendus")
        return text

    return check


def _pattern(pattern: str, expected: str) -> Check:
    shape = re.compile(pattern)

    def check(raw: Any) -> str:
        text = _text(raw)
        if not shape.fullmatch(text):
            raise Refused(f"{expected} attendus")
        return text

    return check


def _one(name: str) -> Check:
    def check(raw: Any) -> str:
        return _known(name, [_text(raw)])[0]

    return check


def _many(name: str) -> Check:
    def check(raw: Any) -> list[str]:
        return sorted(set(_known(name, _texts(raw))))

    return check


def _known(name: str, found: list[str]) -> list[str]:
    for value in found:
        if value not in KNOWN[name]:
            raise Refused(f"{quote(value)} n'existe pas dans data·inclusion v1")
    return found


def _publics(raw: Any) -> list[str]:
    found: list[str] = _many("publics")(raw)
    return of_everyone_alone(found)


def _zones(raw: Any) -> list[str]:
    codes = _texts(raw)
    for code in codes:
        if not ZONE.fullmatch(code):
            raise Refused(f"{quote(code)} n'est pas un code de territoire")
    return list(dict.fromkeys(codes))


def _texts(raw: Any) -> list[str]:
    found = _listed(raw) if isinstance(raw, str) else raw
    if not isinstance(found, list | tuple) or not all(isinstance(item, str) for item in found):
        raise Refused("liste de textes attendue")
    return list(found)


def _listed(text: str) -> Any:
    """« ["a"] » as JSON writes it, « ['a'] » as Python does: both are in published files."""
    if len(text) > LONGEST_LIST_TEXT:
        raise Refused("liste trop longue")
    for read in (json.loads, ast.literal_eval):
        try:
            return read(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
    raise Refused("liste de textes attendue")


def _day(raw: Any) -> date:
    """Of this century and not in the future."""
    found = _any_day(raw)
    if found < FIRST_DAY:
        raise Refused("date d'avant l'an 2000")
    if found > date.today():
        raise Refused("cette date est dans le futur")
    return found


def _any_day(raw: Any) -> date:
    try:
        match raw:
            case datetime():
                return raw.date()
            case date():
                return raw
            case bool():
                pass
            case int() | float():
                seconds = raw if abs(raw) <= LAST_SECOND else raw / 1000
                return (EPOCH + timedelta(seconds=seconds)).date()
            case str() if DAY.match(raw):
                return datetime.fromisoformat(raw).date()
    except (ValueError, OverflowError):
        pass
    raise Refused("date attendue, sous la forme AAAA-MM-JJ")


def _number(raw: Any) -> float:
    try:
        if isinstance(raw, int | float | str) and not isinstance(raw, bool):
            return float(raw)
    except (ValueError, OverflowError):
        pass
    raise Refused("nombre attendu")


def _hours_a_week(raw: Any) -> float:
    found = _number(raw)
    if not found >= 0:
        raise Refused("nombre positif attendu")
    return found


def _weeks(raw: Any) -> int:
    found = _number(raw)
    if not (found >= 1 and found == found // 1):
        raise Refused("nombre entier attendu, 1 au moins")
    return int(found)


def _email(raw: Any) -> str:
    text = _text(raw)
    domain = text.rpartition("@")[2]
    if len(text) > 254:
        raise Refused("adresse de courriel non valable")
    if PLAIN_EMAIL.fullmatch(text):
        return text
    try:
        validate_email(text)
    except ValidationError:
        raise Refused("adresse de courriel non valable") from None
    is_odd = RESERVED_DOMAINS.search(text) or not domain[-1:].isalpha() or '"' in text
    if is_odd or ".." in text:
        raise Refused("adresse de courriel non valable")
    return text


def _url(raw: Any) -> str:
    text = _text(raw)
    found = URL.fullmatch(text)
    if not found or len(text) > LONGEST_URL or int(found["port"] or 0) > 65535:
        raise Refused("adresse web attendue (http ou https)")
    host = found["host"]
    is_numeric = host.rstrip(".").rpartition(".")[2].isdecimal()
    if not host.strip(".-") or ".." in host or (is_numeric and not IPV4.fullmatch(host)):
        raise Refused("adresse web attendue (http ou https)")
    return text


# The two models

KNOWN = {name: frozenset(values) for name, values in VALUES.items()}
COMMON: dict[str, Check] = {
    "source": _sized(1, 60),
    "id": _sized(1, 110),
    "nom": _sized(3, 150),
    "description": _sized(5, 10_000),
    "date_maj": _day,
    "lien_source": _url,
    "commune": _text,
    "code_postal": _pattern(r"[0-9]{5}", "5 chiffres"),
    "code_insee": _pattern(r"\w{5}", "5 caractères"),
    "adresse": _text,
    "complement_adresse": _text,
    "longitude": _number,
    "latitude": _number,
    "telephone": _text,
    "courriel": _email,
    "horaires_accueil": _text,
}
STRUCTURE: dict[str, Check] = COMMON | {
    "siret": _pattern(r"[0-9]{14}", "14 chiffres"),
    "site_web": _url,
    "accessibilite_lieu": _url,
    "reseaux_porteurs": _many("reseaux_porteurs"),
}
SERVICE: dict[str, Check] = COMMON | {
    "structure_id": _sized(1, 110),
    "type": _one("types"),
    "thematiques": _many("thematiques"),
    "frais": _one("frais"),
    "frais_precisions": _text,
    "publics": _publics,
    "publics_precisions": _text,
    "conditions_acces": _text,
    "modes_accueil": _many("modes_accueil"),
    "zone_eligibilite": _zones,
    "contact_nom_prenom": _text,
    "lien_mobilisation": _url,
    "modes_mobilisation": _many("modes_mobilisation"),
    "mobilisable_par": _many("mobilisable_par"),
    "mobilisation_precisions": _text,
    "volume_horaire_hebdomadaire": _hours_a_week,
    "nombre_semaines": _weeks,
}
FIELDS = {Listing.Kind.STRUCTURE: STRUCTURE, Listing.Kind.SCHEME: SERVICE}
REQUIRED = {
    Listing.Kind.STRUCTURE: {"source", "id", "nom", "date_maj"},
    Listing.Kind.SCHEME: {"source", "structure_id", "id", "nom", "description", "date_maj"},
}
KEYS = frozenset(STRUCTURE | SERVICE)
