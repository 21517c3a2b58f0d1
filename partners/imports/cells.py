"""How one cell is read, and how a value is written back: pure functions of texts.

A reader takes the stripped text of a cell and a `Reading`; it returns the value to store, or raises
`Refused` (the row is left out) or `Dropped` (the value is left out, the row kept). Codes, dates and
numbers refuse; what one writes by hand and checks elsewhere (telephone, e-mail, address of a site,
SIRET, hours) is dropped, because a partner is worth keeping without it. « Kept but said » goes to
`Reading.say`. An empty cell gives the empty value of its kind.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from stdnum.exceptions import ValidationError as StdnumError
from stdnum.fr import siret as siret_numbers

from partners import hours, phones, words
from partners.imports.errors import NBSP, Dropped, Refused, quote
from partners.imports.reader import UNCALCULATED
from partners.models.fields import check_day, check_web_address
from partners.models.vocabulary import Audience

MAX_LINES = 5000
SEPARATOR = "|"
NO_ZONE = "non-precisee"
NO_ZONE_SAID = {"non precisee", "zone non precisee", "non precise"}

CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""What stays of a web page once copied (soft hyphens, spaces of no width), and what would write a
text from right to left: nobody types it, and nobody sees it (Unicode, Default_Ignorable)."""
FORMULA_STARTS = ("=", "@", "\t", "\r")
SLUG = re.compile(r"[a-z0-9]+(?:-+[a-z0-9]+)*")
EMAIL = re.compile(r"[^\s,;/|<>()]+@[^\s,;/|<>()]+")
PLAIN_URL = re.compile(r"https?://(?:[a-z0-9]{1,60}[.-])*[a-z0-9]{1,60}\.[a-z]{2,20}(?:/[\w./-]*)?")
"""What Django's validator, ten times slower, always accepts."""

TRUE, FALSE = {"oui", "o", "vrai", "true", "1", "x"}, {"non", "n", "faux", "false", "0"}


@dataclass
class Reading:
    """What a reader may need of the row, and what it has to say of the cell (French)."""

    departement: str = ""
    date_format: str = ""
    separator: str = SEPARATOR
    remarks: list[str] = field(default_factory=list)

    def say(self, remark: str) -> None:
        self.remarks.append(remark)


Reader = Callable[[str, Reading], Any]


def check(raw: str) -> str:
    """The cell's text without outer spaces, nor what is not seen. Raises `Refused` for what no
    column takes."""
    if raw == UNCALCULATED:
        raise Refused(
            "formule enregistrée sans sa valeur"
            f"{NBSP}: ouvrez le classeur, laissez-le calculer et enregistrez-le"
        )
    if CONTROLS.search(raw):
        raise Refused("caractère invisible interdit (octet nul ou de contrôle)")
    return raw.strip() if raw.isascii() else INVISIBLE.sub("", raw).strip()


def check_formula(raw: str) -> None:
    """Raises `Refused` for a text that a spreadsheet would run as a formula once exported."""
    raw = INVISIBLE.sub("", raw)
    if raw.startswith(FORMULA_STARTS) or raw.lstrip().startswith(FORMULA_STARTS):
        raise Refused(
            "le texte commence comme une formule de tableur (=, @ ou tabulation)"
            f"{NBSP}: retirez ce signe"
        )


def text(limit: int) -> Reader:
    """One line of at most `limit` characters; spaces and line breaks become one space."""

    def read(cell: str, reading: Reading) -> str:
        return _within(" ".join(cell.split()), limit)

    return read


def paragraphs(cell: str, reading: Reading) -> str:
    """Several lines, at most one blank one between two."""
    lines = (re.sub(r"[ \t]+", " ", line).strip() for line in cell.splitlines())
    return _within(re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip(), MAX_LINES)


def choice(choices: Any, *, default: str = "") -> Reader:
    """One slug of a `TextChoices`, or its label; `default` for an empty cell."""

    def read(cell: str, reading: Reading) -> str:
        return _known([cell], choices)[0] if cell else default

    return read


def choices(known: Any) -> Reader:
    """Slugs or labels of a `TextChoices`, separated by « | »."""

    def read(cell: str, reading: Reading) -> list[str]:
        return list(dict.fromkeys(_known(items(cell, reading), known)))

    return read


def audiences(cell: str, reading: Reading) -> list[str]:
    return of_everyone_alone(choices(Audience)(cell, reading))


def of_everyone_alone(found: list[str]) -> list[str]:
    """The slugs of `Audience`. Raises `Refused` where « tous publics » goes with another."""
    if Audience.EVERYONE in found and len(found) > 1:
        raise Refused(f"{quote(Audience.EVERYONE)} ne va pas avec d'autres publics")
    return found


def items(cell: str, reading: Reading) -> list[str]:
    """The parts of a list, each once, in order."""
    parts = (" ".join(part.split()) for part in re.split(r"[|\n]", _bars(cell, reading)))
    return list(dict.fromkeys(filter(None, parts)))


def slugs(limit: int) -> Reader:
    """A list of slugs that no closed list limits; the database keeps `limit` characters of each."""

    def read(cell: str, reading: Reading) -> list[str]:
        found = items(cell, reading)
        for slug in found:
            if not SLUG.fullmatch(slug):
                raise Refused(f"{quote(slug)} n'est pas un mot-clé (minuscules et tirets)")
        for slug in found:
            if len(slug) > limit:
                reading.say(f"{quote(slug)} est laissé de côté{NBSP}: {limit} caractères au plus")
        return [slug for slug in found if len(slug) <= limit]

    return read


def labels(limit: int) -> Reader:
    """A list of free texts of at most `limit` characters each."""

    def read(cell: str, reading: Reading) -> list[str]:
        return [_within(item, limit) for item in items(cell, reading)]

    return read


def boolean(cell: str, reading: Reading) -> bool:
    if cell.lower() in TRUE:
        return True
    if not cell or cell.lower() in FALSE:
        return False
    raise Refused("répondez par oui ou par non")


def day(cell: str, reading: Reading) -> date | None:
    """AAAA-MM-JJ, JJ/MM/AAAA, or the format that the mapping file gives; a day of our times."""
    return _of_our_times(_day(cell, reading))


def past_day(cell: str, reading: Reading) -> date | None:
    found = _day(cell, reading)
    if found and found > date.today():
        raise Refused("cette date est dans le futur")
    return _of_our_times(found)


def _day(cell: str, reading: Reading) -> date | None:
    if not cell:
        return None
    for pattern in filter(None, (reading.date_format, "%Y-%m-%d", "%d/%m/%Y")):
        try:
            return datetime.strptime(cell, pattern).date()
        except ValueError:
            continue
    raise Refused("date attendue sous la forme AAAA-MM-JJ")


def _of_our_times(found: date | None) -> date | None:
    try:
        if found:
            check_day(found)
    except ValidationError as error:
        raise Refused(error.message.removesuffix(".")) from None
    return found


def degrees(limit: int) -> Reader:
    """Decimal degrees between −`limit` and `limit`, a comma allowed for the point."""

    def read(cell: str, reading: Reading) -> float | None:
        if not cell:
            return None
        if not re.fullmatch(r"[+-]?\d{1,3}(?:[.,]\d{1,20})?", cell):
            raise Refused("nombre attendu, en degrés (46.6705)")
        value = float(cell.replace(",", "."))
        if abs(value) > limit:
            raise Refused(f"hors limites{NBSP}: entre -{limit} et {limit} degrés")
        return value

    return read


def postal_code(cell: str, reading: Reading) -> str:
    code = re.sub(r"\s", "", cell)
    if re.fullmatch(r"\d{4}", code):  # a spreadsheet drops the leading zero
        code = f"0{code}"
    if code and not re.fullmatch(r"\d{5}", code):
        raise Refused("un code postal a 5 chiffres")
    return code


def insee_code(cell: str, reading: Reading) -> str:
    code = re.sub(r"\s", "", cell).upper()
    if re.fullmatch(r"\d{4}", code):
        code = f"0{code}"
    if code and not re.fullmatch(r"\d{5}|2[AB]\d{3}", code):
        raise Refused(
            "un code INSEE (le code officiel d'une commune, qui n'est pas le code postal) a "
            "5 caractères"
        )
    return code


def phone(cell: str, reading: Reading) -> str:
    try:
        stored = phones.normalise(cell, departement=reading.departement)
    except phones.PhoneError as error:
        raise Dropped(_sentence(error)) from None
    others = phones.candidates(cell)[1:]
    if others:
        kept, left = phones.display(stored), ", ".join(map(quote, others))
        reading.say(f"plusieurs numéros{NBSP}: {kept} est gardé, pas {left}")
    return stored


def email(cell: str, reading: Reading) -> str:
    """The first valid address of the cell, in lower case after the @."""
    if not cell:
        return ""
    found = [item.strip(".:") for item in EMAIL.findall(cell.removeprefix("mailto:"))]
    valid = [domain_lowered(item) for item in found if is_email(item)]
    if not valid:
        raise Dropped("adresse de courriel non valable")
    if len(found) > 1 or valid[0].lower() != cell.strip().lower():
        left = ", ".join(map(quote, found[1:])) if found[0] in cell else ""
        said = f", pas {left}" if left else ""
        reading.say(f"la première adresse valable est gardée{NBSP}: {valid[0]}{said}")
    return valid[0]


def one_email(cell: str, reading: Reading) -> str:
    """As `email`, of a text that is one address and nothing else."""
    if cell and not is_email(cell):
        raise Refused("adresse de courriel non valable")
    return email(cell, reading)


def url(cell: str, reading: Reading) -> str:
    """A web address; « https:// » is added when it is missing."""
    if not cell:
        return ""
    address = cell if re.match(r"https?://", cell, re.IGNORECASE) else f"https://{cell}"
    try:
        if not PLAIN_URL.fullmatch(address):
            check_web_address(address)
    except ValidationError:
        is_of_another_kind = "://" in cell and not cell.lower().startswith("http")
        start = f"{NBSP}: elle commence par https:// ou http://" if is_of_another_kind else ""
        raise Dropped(f"adresse de site non valable{start}") from None
    return _within(address, 500)


def siret(cell: str, reading: Reading) -> str:
    try:
        return str(siret_numbers.validate(cell)) if cell else ""
    except StdnumError:
        raise Dropped(f"SIRET non valable{NBSP}: 14 chiffres dont le dernier contrôle") from None


def opening_hours(limit: int) -> Reader:
    """An OpenStreetMap expression in its canonical form."""

    def read(cell: str, reading: Reading) -> str:
        try:
            return _within(hours.validate(cell), limit)
        except hours.HoursError as error:
            raise Dropped(_sentence(error)) from None

    return read


def zones(cell: str, reading: Reading) -> list[str]:
    """Codes of territories, or `[NO_ZONE]` alone."""
    found = [item.lower() if ":" in item else item for item in items(cell, reading)]
    found = [NO_ZONE if words.fold(item) in NO_ZONE_SAID else item for item in found]
    if NO_ZONE in found and len(found) > 1:
        raise Refused(f"{quote(NO_ZONE)} ne va pas avec d'autres codes")
    return found


def references(roles: Any) -> Reader:
    """« porteur=id|financeur=id » as (role, identifier in the same source)."""

    def read(cell: str, reading: Reading) -> list[tuple[str, str]]:
        pairs = [item.partition("=") for item in items(cell, reading)]
        for role, sign, identifier in pairs:
            if not (sign and identifier.strip()):
                raise Refused(f"{quote(role)}{NBSP}: on attend role=identifiant")
        found = _known([role.strip() for role, _, _ in pairs], roles)
        return [(role, pair[2].strip()) for role, pair in zip(found, pairs, strict=True)]

    return read


def written(value: Any) -> str:
    """A stored value as a cell: what reading it back gives the same value from."""
    match value:
        case None:
            return ""
        case bool():
            return "oui" if value else "non"
        case date():
            return value.isoformat()
        case float():
            return format(Decimal(repr(value)), "f")  # never « 1e-05 », which reads as no number
        case list() | tuple():
            return SEPARATOR.join(value)
    return str(value)


def _bars(cell: str, reading: Reading) -> str:
    return cell if reading.separator == SEPARATOR else cell.replace(reading.separator, SEPARATOR)


def _within(value: str, limit: int) -> str:
    if len(value) > limit:
        raise Refused(f"texte trop long{NBSP}: {len(value)} caractères, {limit} au plus")
    return value


def _known(values: list[str], choices: Any) -> list[str]:
    """The slugs of these values, written as such or as on the screen. Raises `Refused`."""
    slugs = _slugs(choices)
    found = [value if value in choices.values else slugs.get(words.fold(value)) for value in values]
    for value, slug in zip(values, found, strict=True):
        if slug is None:
            expected = ", ".join(map(str, _told(choices)))
            raise Refused(f"{quote(value)} n'existe pas. Valeurs possibles{NBSP}: {expected}")
    return [slug for slug in found if slug is not None]


def _told(choices: Any) -> list[Any]:
    """What to write in a cell: words of the screen where there are some."""
    return [word for word in getattr(choices, "labels", choices.values) if word]


@cache
def _slugs(choices: Any) -> dict[str, str]:
    """{folded slug or label: slug}."""
    labels = getattr(choices, "labels", choices.values)
    named = {
        words.fold(str(label)): slug for label, slug in zip(labels, choices.values, strict=True)
    }
    return named | {words.fold(slug): slug for slug in choices.values}


def is_email(item: str) -> bool:
    try:
        validate_email(item)
    except ValidationError:
        return False
    return len(item) <= 254


def domain_lowered(item: str) -> str:
    """A valid address as it is stored."""
    name, _, domain = item.rpartition("@")
    return f"{name}@{domain.lower()}" if domain else ""


def _sentence(error: Exception) -> str:
    return str(error).removesuffix(".")
