"""Communes found from what a person types or a file carries: names, former names, codes.

What is being typed is looked for in memory (`known`); what a file carries, in the database.
"""

import re
from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import dataclass

from django.conf import settings
from django.db.models import (
    Case,
    F,
    IntegerField,
    QuerySet,
    Value,
    When,
)

from cartographie.postgresql import Prepared
from cartographie.postgresql.rows import read
from partners import known, words
from partners.models import Territory, TerritoryAlias
from partners.words import beginnings
from partners.words.towns import Former, Towns, label_of

LONGEST = 120  # characters of a name that can still be one
MOST_BEGUN = 12  # above, the beginning of a name says nothing (« saint »)
MOST_POSTAL_CODES = 2  # shown beside a name

SUR = re.compile(r"\bs/\s*", re.IGNORECASE)  # « La Roche s/ Yon », as mail writes it
CEDEX = re.compile(r"\bcedex\b(\s+\d{1,2}\b)?", re.IGNORECASE)
CODE = re.compile(r"\b(\d{5}|2[ab]\d{3})\b", re.IGNORECASE)
CODE_START = re.compile(r"\d{2,5}|2[ab]\d{0,3}", re.IGNORECASE | re.ASCII)
PARENTHESIS = re.compile(r"(.+)\(([^()]+)\)\s*")


Communes = dict[str, Territory]


@dataclass(frozen=True, slots=True)
class CommuneMatch:
    """A commune to choose: « Aubigny (Aubigny-les-Clouzeaux) », and « 85430 · Vendée » beside it.

    `former_name` is the name that was recognised when it is not the one of today, else "".
    """

    territory: Territory
    label: str
    detail: str
    former_name: str = ""


class CommuneCodes:
    """Every INSEE code, former ones included, with the commune of today: two queries, once."""

    def __init__(self) -> None:
        self._pks = dict(Territory.objects.communes().values_list("code", "pk"))
        self._pks |= dict(TerritoryAlias.objects.values_list("code", "territory_id"))

    def get(self, code: str) -> int | None:
        """The primary key of the commune that `code` designates today, or None."""
        return self._pks.get(clean_code(code))

    def __contains__(self, code: str) -> bool:
        return clean_code(code) in self._pks

    def __len__(self) -> int:
        return len(self._pks)


def clean_code(code: str) -> str:
    """`code` as INSEE writes it: capitals, and the zero that spreadsheets take off."""
    return code.strip().upper().zfill(5)


def home_departement() -> Territory | None:
    """The landlord's département (setting DEFAULT_DEPARTEMENT), if it is loaded."""
    return Territory.objects.filter(
        kind=Territory.Kind.DEPARTEMENT, code=settings.DEFAULT_DEPARTEMENT
    ).first()


def communes_by_code(
    codes: Iterable[str], *, read_today: Callable[[list[str]], Communes] | None = None
) -> Communes:
    """{code as given: the commune it designates today}, former codes included; others left out.

    One asked by the code of a former commune has it as `former`. `read_today` reads those of today
    by their codes, each with its département, as `_today` does.
    """
    cleaned = {code: clean_code(code) for code in codes}
    wanted = {code for code in cleaned.values() if words.is_insee_code(code)}
    if not wanted:
        return {}
    read_today = read_today or _today
    found = read_today(list(wanted))
    if former := wanted - found.keys():
        aliases = TerritoryAlias.objects.filter(code__in=former).select_related("territory")
        if at_code := {alias.code: alias for alias in aliases}:
            today = {alias.territory.code for alias in at_code.values()}
            found = read_today([*today | found.keys()])  # together: what holds them is read once
            found |= {code: _asked_as(alias, found) for code, alias in at_code.items()}
    return {code: found[clean] for code, clean in cleaned.items() if clean in found}


def _asked_as(alias, today):
    """The commune of today of a former one, of those `today` ({code: commune}) if it is there."""
    commune = copy(today.get(alias.territory.code, alias.territory))
    commune.former = alias
    return commune


def each_once(communes: Iterable[Territory]) -> list[Territory]:
    """These communes, each once; one that was asked by several of its codes is asked as a whole."""
    found: dict[int, Territory] = {}
    for commune in communes:
        if commune.pk in found:
            commune = copy(commune)
            commune.former = None
        found[commune.pk] = commune
    return list(found.values())


def _today(codes):
    rows = {row.pk: row for row in read(Territory, TODAY_SQL, {"codes": codes})}
    found = {row.code: row for row in rows.values() if row.kind == Territory.Kind.COMMUNE}
    for commune in found.values():
        commune.departement = rows.get(commune.departement_id)
    return found


IS_OF_TODAY = f"""
    t.kind = '{Territory.Kind.COMMUNE}' AND t.code = ANY(%(codes)s::text[]) AND NOT EXISTS (
        SELECT FROM partners_territoryalias a WHERE a.code = t.code AND a.territory_id <> t.id
    )
"""
"""Whether a row `t` is a commune of today that has one of these codes (SQL)."""

TODAY_SQL = Prepared(f"""
    WITH today AS (SELECT t.* FROM partners_territory t WHERE {IS_OF_TODAY})
    SELECT * FROM today
    UNION SELECT d.* FROM partners_territory d WHERE d.id IN (SELECT departement_id FROM today)
""")
"""Communes of today by their codes, and their départements."""


def resolve_commune_code(code: str) -> Territory | None:
    """The commune that an INSEE code, former ones included, designates today."""
    return communes_by_code([code]).get(code)


def find_communes(text: str, *, limit: int = 8, departement: str = "") -> list[CommuneMatch]:
    """The communes that `text` may mean, for a list to choose from; empty when it means nothing.

    `text` is a name or its beginning, a former name, a postal code or its beginning (two digits
    at least), an INSEE code, or a name and a code. Exact names come first, then those that begin
    so, those that hold each word, and failing all, those a typo away; within each, those of
    `departement` (its code), then the most populated. A name of `departement` that begins so
    comes even before exact ones elsewhere: there « la roche » is La Roche-sur-Yon.
    """
    towns = known.lexicon().towns
    found, code = begun(towns, text, departement)
    rows = _communes().in_bulk([key for key, _ in found[:limit]])
    return [_match(rows[key], former, code) for key, former in found if key in rows]


def begun(towns: Towns, text: str, departement: str) -> tuple[list[tuple[int, Former | None]], str]:
    """The communes that `text` may mean, best first, as (key, the former one that it names or
    None), and the code in it."""
    name, code = _name_and_code(text)
    if not name:
        keys = beginnings.of_code(towns, code, departement) if code else []
        return [(key, towns.former.get((code, key))) for key in keys], code
    found = beginnings.communes(towns, name, departement)
    return (_at_code(towns, found, code) if code else found), code


def detail_of(postal_codes: Iterable[str], typed: str, departement: tuple[str, str]) -> str:
    """« 85430 · Vendée »: the codes, those typed alone, else the département's (code, name)."""
    known_codes = list(postal_codes)
    shown = [code for code in known_codes if typed and code.startswith(typed)] or known_codes
    codes = ", ".join(shown) if len(shown) <= MOST_POSTAL_CODES else departement[0]
    return " · ".join(filter(None, [codes, departement[1]]))


def _at_code(towns, found, code):
    """Those at this code; else, as with a cedex, those of its département."""
    inside = set(beginnings.of_code(towns, code, ""))
    at_code = [(key, former) for key, former in found if key in inside]
    near = [
        (k, f) for k, f in found if any(p[:2] == code[:2] for p in towns.by_key[k].postal_codes)
    ]
    return at_code or near


def resolve(text: str, *, departement: str = "") -> list[Territory]:
    """The communes that `text` means, without guessing at typos; empty when it means none.

    A postal code gives all its communes, else an INSEE code gives one. A name gives, in this
    order: those that bear or bore it in `departement`; those there whose name begins with these
    whole words (« la roche »); all that bear or bore it. « Pouzauges (85700) », « 85000 La Roche
    sur Yon cedex 9 » and the labels of `find_communes` are understood.
    """
    name, code = _name_and_code(text)
    if not name:
        return _by_code(code, departement) if len(code) == 5 else []
    if code:
        return _with_code(name, code)
    if parts := PARENTHESIS.fullmatch(text.strip()):
        found = _bearing(search_key=_fold(parts[1]))
        return [commune for commune in found if _is_called(commune, _fold(parts[2]))]
    return _named(name, departement)


# Reading the text


def _fold(text):
    return words.fold_place(SUR.sub("sur ", CEDEX.sub(" ", text)))


def _name_and_code(text):
    """What `text` holds: (folded name, postal or INSEE code or its beginning), "" for neither."""
    text = text.strip()
    if "\0" in text or len(text) > LONGEST:
        return "", ""
    if CODE_START.fullmatch(text):
        return "", text.upper()
    code = CODE.search(text)
    return _fold(CODE.sub(" ", text)), code[1].upper() if code else ""


# Whole communes, for `resolve`


def _communes() -> QuerySet[Territory]:
    return Territory.objects.communes().select_related("departement")


def _bearing(**name):
    """Communes that bear or bore this name, a lookup on the folded form; each once."""
    aliases = TerritoryAlias.objects.filter(**name).select_related("territory__departement")
    moved = {alias.code: alias.territory for alias in aliases}
    found = [moved.get(commune.code, commune) for commune in _communes().filter(**name)]
    return list(dict.fromkeys([*found, *moved.values()]))


def _named(name, departement):
    exact = _bearing(search_key=name)
    own = [commune for commune in exact if commune.departement.code == departement]
    if own or not departement:
        return own or exact
    begun = [
        commune
        for commune in _bearing(search_key__startswith=f"{name} ")
        if commune.departement.code == departement
    ]
    return begun if 0 < len(begun) <= MOST_BEGUN else exact


def _with_code(name, code):
    """Those of this name at this code; else, as with a cedex, those of its département."""
    exact = _bearing(search_key=name)
    if at_code := [commune for commune in exact if _is_at(commune, code)]:
        return at_code
    begun = _bearing(search_key__startswith=f"{name} ")
    return [commune for commune in [*exact, *begun] if _is_near(commune, code)]


def _is_at(commune, code):
    return code in commune.postal_codes or code == commune.code


def _is_near(commune, code):
    return any(postal_code.startswith(code[:2]) for postal_code in commune.postal_codes)


def _is_called(commune, name):
    departement = commune.departement
    return name in (commune.search_key, departement.search_key, departement.code.lower())


def _by_code(code, departement):
    """Communes of a postal code, else the one of an INSEE code."""
    if not code:
        return []
    rows = _communes().filter(postal_codes__contains=[code])
    order = [_own_first("departement__code", departement), F("population").desc(nulls_last=True)]
    return list(rows.order_by(*order, "pk")) or list(communes_by_code([code]).values())


def _own_first(path, departement):
    is_own = When(**{path: departement}, then=Value(0))
    return Case(is_own, default=Value(1), output_field=IntegerField())


def _match(commune, former, code):
    former_name = former.name if former else ""
    departement = (commune.departement.code, commune.departement.name)
    detail = detail_of(commune.postal_codes, code, departement)
    return CommuneMatch(commune, label_of(commune.name, former_name), detail, former_name)
