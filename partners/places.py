"""Communes found from what a person types or a file carries: names, former names, codes.

Two reads at most (communes, former names), four when only a typo can explain the text.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import (
    Case,
    Exists,
    F,
    FloatField,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)

from partners import words
from partners.models import Territory, TerritoryAlias

LONGEST = 120  # characters of a name that can still be one
SHORT = 2  # letters; alone, they are only looked for at the beginning of a name
FUZZY_FROM = 6  # letters; under that a typo is another name
SIMILAR = 0.4
OWN_BONUS = 0.15  # how much closer a name of one's own département seems
MOST_BEGUN = 12  # above, the beginning of a name says nothing (« saint »)
MOST_OF_CODE = 100  # communes of the beginning of a code
MOST_POSTAL_CODES = 2  # shown beside a name

# Ranks of a name in the list, as `_ranked` gives them.
OWN_BEGUN, BEGUN = 1, 4

SUR = re.compile(r"\bs/\s*", re.IGNORECASE)  # « La Roche s/ Yon », as mail writes it
CEDEX = re.compile(r"\bcedex\b(\s+\d{1,2}\b)?", re.IGNORECASE)
CODE = re.compile(r"\b(\d{5}|2[ab]\d{3})\b", re.IGNORECASE)
CODE_START = re.compile(r"\d{2,5}|2[ab]\d{0,3}", re.IGNORECASE | re.ASCII)
PARENTHESIS = re.compile(r"(.+)\(([^()]+)\)\s*")


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


def communes_by_code(codes: Iterable[str]) -> dict[str, Territory]:
    """{code as given: the commune it designates today}, former codes included; others left out."""
    cleaned = {code: clean_code(code) for code in codes}
    wanted = {code for code in cleaned.values() if words.is_insee_code(code)}
    if not wanted:
        return {}
    aliases = TerritoryAlias.objects.filter(code=OuterRef("code"))
    merged = Exists(aliases.exclude(territory=OuterRef("pk")))
    today = _communes().filter(~merged, code__in=wanted)
    found = {row.code: row for row in today}
    if former := wanted - found.keys():
        aliases = TerritoryAlias.objects.filter(code__in=former)
        rows = aliases.select_related("territory__departement")
        found |= {row.code: row.territory for row in rows}
    return {code: found[clean] for code, clean in cleaned.items() if clean in found}


def resolve_commune_code(code: str) -> Territory | None:
    """The commune that an INSEE code, former ones included, designates today."""
    return communes_by_code([code]).get(code)


def find_communes(text: str, *, limit: int = 8, departement: str = "") -> list[CommuneMatch]:
    """The communes that `text` may mean, for a list to choose from; empty when it means nothing.

    `text` is a name or its beginning, a former name, a postal code or its beginning (two digits
    at least), an INSEE code, or a name and a code. Exact names come first, then those that begin
    so, those that hold each word, and failing all, those that look alike; within each, those of
    `departement` (its code), then the most populated. A name of `departement` that begins so
    comes even before exact ones elsewhere: there « la roche » is La Roche-sur-Yon.
    """
    name, code = _name_and_code(text)
    if not name:
        return [_match(found, code=code) for found in _by_code(code, departement)[:limit]]
    rows = _reading(name, departement, MOST_OF_CODE if code else limit)
    if code:
        at_code = [row for row in rows if _is_at(_commune_of(row), code)]
        rows = at_code or [row for row in rows if _is_near(_commune_of(row), code)]
    elif not rows and len(name) >= FUZZY_FROM:
        rows = _alike(name, departement, limit)
    return _matches(rows, code)[:limit]


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
    """Communes of a postal code or of its beginning, else of an INSEE code."""
    if not code:
        return []
    order = [_own_first("departement__code", departement), F("population").desc(nulls_last=True)]
    if len(code) < 5:
        return list(_beginning(code).order_by(*order, "pk")[:MOST_OF_CODE])
    found = list(_communes().filter(postal_codes__contains=[code]).order_by(*order, "pk"))
    return found or list(communes_by_code([code]).values())


def _beginning(code):
    """Communes of the postal codes that begin so, in the départements that the first digits say.

    In Corsica they say 20; « 2A » is the beginning of an INSEE code.
    """
    if not code.isdigit():
        return _communes().filter(code__startswith=code)
    starts = ["2A", "2B"] if code.startswith("20") else [code[:2]]
    here = Q()
    for start in starts:
        here |= Q(code__startswith=start)
    departements = Territory.objects.filter(here, kind=Territory.Kind.DEPARTEMENT)
    joined = Func("postal_codes", Value(" "), function="array_to_string", output_field=TextField())
    return (
        _communes()
        .alias(joined=joined)
        .filter(departement__in=departements, joined__regex=rf"\m{code}")
    )


def _own_first(path, departement):
    is_own = When(**{path: departement}, then=Value(0))
    return Case(is_own, default=Value(1), output_field=IntegerField())


# Rows to choose from, for `find_communes`


def _reading(name, departement, limit):
    """Communes and former names whose words the words of `name` begin, today's names first.

    Former names can only come after a list that is full of names that begin so: of those, only
    the exact ones are then read.
    """
    rows = _ranked(_communes(), "", name, departement).filter(_holding(name))[:limit]
    rows = list(rows)
    best = BEGUN if not departement else OWN_BEGUN
    is_full = len(rows) == limit and rows[-1].tier <= best
    wanted = Q(search_key=name) if is_full else _holding(name)
    aliases = _ranked(_aliases(), "territory__", name, departement).filter(wanted)[:limit]
    return sorted([*rows, *aliases], key=lambda row: row.tier)


def _aliases():
    return TerritoryAlias.objects.select_related("territory__departement")


def _holding(name):
    """Each word begins one; LIKE on trigram indexes, which a regular expression would use worse."""
    if len(name) <= SHORT:
        return Q(search_key__startswith=name)
    holds = Q()
    for word in name.split():
        holds &= Q(search_key__startswith=word) | Q(search_key__contains=f" {word}")
    return holds


def _ranked(queryset, prefix, name, departement):
    """The rows of `queryset` by `tier`, then population of the commune, found at `prefix`."""
    own = Q(**{f"{prefix}departement__code": departement})
    exact, begun = Q(search_key=name), Q(search_key__startswith=name)
    tiers = [own & exact, own & begun, exact, own, begun]
    whens = [When(condition, then=Value(tier)) for tier, condition in enumerate(tiers)]
    tier = Case(*whens, default=Value(len(tiers)), output_field=IntegerField())
    population = F(f"{prefix}population").desc(nulls_last=True)
    return queryset.annotate(tier=tier).order_by("tier", population, "search_key", "pk")


def _alike(name, departement, limit):
    """The rows whose name looks like `name`, closest first."""
    rows = []
    for queryset, prefix in [(_communes(), ""), (_aliases(), "territory__")]:
        own = When(**{f"{prefix}departement__code": departement}, then=Value(OWN_BONUS))
        bonus = Case(own, default=Value(0.0), output_field=FloatField())
        likeness = TrigramSimilarity("search_key", name)
        found = queryset.filter(search_key__trigram_similar=name).annotate(likeness=likeness)
        found = found.filter(likeness__gte=SIMILAR).annotate(closeness=F("likeness") + bonus)
        rows += found.order_by("-closeness", "search_key", "pk")[:limit]
    return sorted(rows, key=lambda row: -row.closeness)


def _commune_of(row):
    return row.territory if isinstance(row, TerritoryAlias) else row


def _matches(rows, code):
    """One match for each commune, by the first of its names."""
    matches = {}
    for row in rows:
        commune = _commune_of(row)
        if commune.pk not in matches:
            matches[commune.pk] = _match(commune, "" if row is commune else row.name, code)
    return list(matches.values())


def _match(commune, former_name="", code=""):
    label = f"{former_name} ({commune.name})" if former_name else commune.name
    codes = [c for c in commune.postal_codes if code and c.startswith(code)] or commune.postal_codes
    shown = ", ".join(codes) if len(codes) <= MOST_POSTAL_CODES else commune.departement.code
    detail = " · ".join(filter(None, [shown, commune.departement.name]))
    return CommuneMatch(commune, label, detail, former_name)
