"""Which of their columns is which of ours: by its header, by its synonyms, by what its cells hold.

A guess is only proposed: a person corrects it, and it becomes a mapping (`imports.mapping`).
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from rapidfuzz import fuzz

from partners import known, words
from partners.imports.cells import SEPARATOR, Reading, is_email
from partners.imports.columns import BY_HEADER
from partners.imports.errors import Refused
from partners.imports.mapping import DAYS, SITUATIONS
from partners.imports.reader import Table
from partners.models import Situation, Territory
from partners.words.reading import Understood, understand

HOURS_OF = "heures:"
"""Before a day of the week: their column of the hours of that day (« heures:lundi »)."""

SYNONYMS = {
    "nature": "nature|structure ou dispositif",
    "source": "source|origine|provenance",
    "id": "id|identifiant|reference|code structure|numero structure",
    "statut": "statut|etat",
    "nom": "nom|nom structure|nom de la structure|structure|organisme|partenaire|association"
    "|denomination|intitule|raison sociale|etablissement|libelle|nom du partenaire|service",
    "sigle": "sigle|acronyme|abreviation",
    "resume": "resume|en une phrase|objet|mission|missions|activite|activites|presentation",
    "description": "description|descriptif|details|commentaire|commentaires|remarques"
    "|observations|informations complementaires|precisions",
    "type_structure": "type structure|type de structure|categorie|type",
    "siret": "siret|numero siret|n siret",
    "situations_coeur": "situations coeur|situation|situations|domaine|domaines|thematique"
    "|thematiques|theme|themes|besoin|besoins|problematique|champ d intervention",
    "situations_aide": "situations aide|peut aider|autres domaines|autres situations",
    "nature_aide": "nature aide|nature de l aide|type d aide|aide apportee",
    "publics": "publics",
    "publics_precisions": "public|public vise|public accueilli|public cible|pour qui|beneficiaires",
    "conditions_acces": "conditions acces|conditions d acces|conditions|criteres",
    "zone_eligibilite": "zone eligibilite|zone|zone d intervention|secteur"
    "|secteur d intervention|territoire|perimetre|zone desservie",
    "adresse": "adresse|adresse postale|rue|voie|adresse 1|numero et voie",
    "complement_adresse": "complement adresse|complement d adresse|adresse 2|batiment|etage",
    "code_postal": "code postal|cp|code post|codepostal",
    "code_insee": "code insee|insee|code commune|code officiel commune",
    "commune": "commune|ville|localite|nom de la commune|lieu",
    "latitude": "latitude|lat",
    "longitude": "longitude|lon|lng|long",
    "telephone": "telephone|tel|numero|numero de telephone|n de telephone|telephone fixe|fixe"
    "|standard|tel fixe|telephone accueil|phone",
    "consigne_telephone": "consigne telephone|consigne|poste|taper",
    "telephone_professionnels": "telephone professionnels|ligne professionnels"
    "|telephone pro|ligne directe pro",
    "courriel": "courriel|mail|email|e mail|mel|adresse mail|adresse email|adresse electronique"
    "|adresse e mail",
    "site_web": "site web|site|site internet|internet|web|url|lien|adresse web",
    "horaires_accueil": "horaires accueil|horaires osm",
    "horaires_precisions": "horaires precisions|horaires|horaires d ouverture|ouverture|heures"
    "|jours et horaires|horaire",
    "venir_sans_voiture": "venir sans voiture|acces bus|bus|transports|transports en commun",
    "papiers": "papiers|papiers a apporter|pieces a fournir|pieces justificatives|justificatifs",
    "rendez_vous": "rendez vous|rdv|sur rendez vous",
    "a_domicile": "a domicile|domicile|visites a domicile|deplacement a domicile",
    "frais": "frais|cout|tarif|payant",
    "frais_precisions": "frais precisions|tarifs",
    "mobilisation_precisions": "mobilisation precisions|comment solliciter|modalites"
    "|modalites de saisine|saisine",
    "convention": "convention|conventionne",
    "convention_jusqu_au": "convention jusqu au|fin de convention|echeance convention",
    "contact_nom": "contact nom|contact|nom du contact|nom contact|interlocuteur|referent"
    "|personne a contacter|correspondant|responsable",
    "contact_fonction": "contact fonction|fonction|fonction du contact|poste occupe|qualite",
    "contact_telephone": "contact telephone|telephone du contact|tel contact|portable|mobile"
    "|ligne directe|telephone direct",
    "contact_courriel": "contact courriel|mail du contact|courriel du contact|mail contact",
    "date_maj": "date maj|mise a jour|date de mise a jour|maj|derniere mise a jour",
}
NEAR_HEADER = 88
"""Out of 100, of rapidfuzz's ratio between a folded header and a synonym: a slip of the pen."""
SHORTEST_NEAR = 5
MOST_ALIKE, LEAST_ALIKE = 0.6, 0.2
"""Share of cells that make a column of a kind, and under which its header must be wrong."""
OTHER_SEPARATORS = (";", ",", "/", "\n")
PATTERNS = {"telephone", "courriel", "siret", "site_web"}
DATES = {"date_maj", "convention_jusqu_au", "telephone_verifie_le"}
WORDED = {"nom", "sigle", "resume", "description", "type_structure", "adresse", "commune"}
WORDED |= {"contact_nom", "contact_fonction", "consigne_telephone", "publics_precisions"}
WORDED |= {"conditions_acces", "mobilisation_precisions", "situations_coeur", "situations_aide"}
"""Ours that dates or numbers alone never fill, whatever the header says (« Dernier contact »)."""
CLOSED = ("type_structure", "nature", "rendez_vous", "frais", "generaliste", "a_domicile")
MOST_WORDS, LONGEST_WORD = 20, 200
MOST_CELLS, MOST_MEANT = 200, 3
NAME_LENGTH = (4, 90)

PHONE = re.compile(r"(?:\+33|0033|0)\s*(?:\(0\))?\s*[1-9](?:[\s.\-/]*\d){8}(?!\d)")
SITE = re.compile(r"(?:https?://|www\.)\S+|[\w-]+(?:\.[\w-]+)*\.(?:fr|org|com|net|eu)(?:/\S*)?")
MONTHS = "janv|fevr|mars|avr|mai|juin|juil|aout|sept|octo|nove|dece"
DATE = re.compile(
    r"\d{4}-\d{1,2}-\d{1,2}(?:[ T].*)?|\d{1,2}/\d{4}"
    r"|(?:\w+ )?\d{1,2}[/.-]\d{1,2}[/.-](?:\d{2}){1,2}"
)
DATE_IN_WORDS = re.compile(rf"(?:\w+ )?(?:\d{{1,2}}(?:er)? )?(?:{MONTHS})\w* \d{{4}}")
Test = Callable[[str], bool]
Meanings = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Guess:
    """`target`: one of our headers, or `HOURS_OF` and a day. `reason`: French."""

    target: str
    reason: str
    score: float


def columns(table: Table) -> dict[str, Guess]:
    """{their header: what it is}, each of ours once; the columns that say nothing are left out."""
    samples = {header: _samples(table, header) for header in table.headers}
    tests = _tests(samples)
    found = sorted(
        ((guess, theirs) for theirs in table.headers for guess in _of(theirs, samples, tests)),
        key=lambda pair: (-pair[0].score, table.headers.index(pair[1])),
    )
    chosen: dict[str, Guess] = {}
    taken: set[str] = set()
    for guess, theirs in found:
        if theirs not in chosen and guess.target not in taken:
            chosen[theirs] = guess
            taken.add(guess.target)
    if "nom" not in taken:
        chosen |= _longest_names(table, samples, chosen)
    return chosen


def _samples(table: Table, header: str) -> list[str]:
    cells = (row.cells[header].strip() for row in table.rows)
    return [cell for cell in cells if cell]


def _of(theirs: str, samples: dict[str, list[str]], tests: dict[str, Test]) -> list[Guess]:
    shares = {ours: _share(samples[theirs], test) for ours, test in tests.items()}
    dates = _share(samples[theirs], _is_date)
    worded = _share(samples[theirs], _has_letters)
    said = [
        guess
        for guess in _by_header(words.fold(theirs))
        if not samples[theirs] or not _is_denied(guess.target, shares, dates, worded)
    ]
    seen = [
        Guess(ours, "reconnue à ses valeurs", 70 * share)
        for ours, share in shares.items()
        if share >= MOST_ALIKE
    ]
    return said + seen


def _is_denied(ours: str, shares: dict[str, float], dates: float, worded: float) -> bool:
    """Whether the cells say that the header is wrong: `dates`, `worded` are shares of them."""
    if ours in DATES:
        return dates < LEAST_ALIKE
    if ours in WORDED and (dates >= MOST_ALIKE or worded < LEAST_ALIKE):
        return True
    return ours in PATTERNS and shares[ours] < LEAST_ALIKE


def _is_date(cell: str) -> bool:
    return bool(DATE.fullmatch(cell) or DATE_IN_WORDS.fullmatch(words.fold(cell)))


def _has_letters(cell: str) -> bool:
    return any(character.isalpha() for character in cell)


def separator(table: Table, theirs: str) -> str:
    """What separates the situations in the cells of this column; ours when nothing else does."""
    situations, cells = _situations(), list(dict.fromkeys(_samples(table, theirs)))[:MOST_CELLS]
    worth = cache(lambda part: 1 if words.fold(part) in situations else _worth(part))

    def understood(sign: str) -> int:
        parts = (part.strip() for cell in cells for part in cell.split(sign))
        return sum(worth(part) for part in parts if part)

    return max((SEPARATOR, *OTHER_SEPARATORS), key=understood)


def _worth(part: str) -> int:
    """1 for words that mean one situation and nothing else, 0 for more, -1 for none."""
    said = _read(part)
    return 1 if len(said.situations) == 1 and not said.words else min(len(said.situations), 1) - 1


def unknown_words(
    table: Table, columns: dict[str, str], sign: str, said: Meanings | None = None
) -> dict[str, list[str]]:
    """{our column of a closed list: what it would refuse}, `MOST_WORDS` at most of each.

    Of the lists of situations, each part; of other columns, the whole cell. `columns` is that of a
    mapping, `sign` the separator of its lists, `said` what some words were told to mean already.
    """
    found = {}
    for ours in [name for name in (*SITUATIONS, *CLOSED) if name in columns]:
        cells, told = dict.fromkeys(_samples(table, columns[ours])), (said or {}).get(ours, {})
        unknown = (
            _unknown_parts(cells, sign, told)
            if ours in SITUATIONS
            else (cell for cell in cells if not _is_read(ours, cell))
        )
        if words_ := [word for word in dict.fromkeys(unknown) if len(word) <= LONGEST_WORD]:
            found[ours] = words_[:MOST_WORDS]
    return found


def _unknown_parts(cells: Iterable[str], sign: str, told: dict[str, str]) -> Iterator[str]:
    situations = _situations()
    for cell in cells:
        parts = [cell] if cell in told else (part.strip() for part in cell.split(sign))
        yield from (part for part in parts if part and words.fold(part) not in situations)


def meanings(table: Table, columns: dict[str, str], sign: str) -> Meanings:
    """{our column: {an unknown word of it: the situations that the box understands of it}}."""
    unknown = unknown_words(table, columns, sign)
    found = {
        ours: {word: meant for word in unknown[ours] if (meant := _understood(word))}
        for ours in SITUATIONS
        if ours in unknown
    }
    return {ours: said for ours, said in found.items() if said}


def _read(text: str) -> Understood:
    return understand(text, known.lexicon(), departement=settings.DEFAULT_DEPARTEMENT)


def _understood(word: str) -> str:
    """Slugs of the situations, « | » between them; nothing when there are too many to be sure."""
    said = _read(word)
    return SEPARATOR.join(said.situations) if len(said.situations) <= MOST_MEANT else ""


def _is_read(ours: str, cell: str) -> bool:
    try:
        BY_HEADER[ours].read(cell, Reading())
    except Refused:
        return False
    return True


def _situations() -> set[str]:
    pairs = Situation.objects.values_list("slug", "label")
    return {words.fold(name) for pair in pairs for name in pair}


def _share(cells: list[str], test: Test) -> float:
    return sum(map(test, cells)) / len(cells) if cells else 0.0


def _by_header(header: str) -> list[Guess]:
    """What the folded header may mean, the surest first to come out of the sort."""
    if header in DAYS or header.removeprefix("horaires ") in DAYS:
        return [Guess(HOURS_OF + header.split()[-1], "reconnue à son nom", 99)]
    exact = {words.fold(ours): ours for ours in BY_HEADER}
    if header in exact:
        return [Guess(exact[header], "reconnue à son nom", 100)]
    scores = ((ours, _likeness(header, names.split("|"))) for ours, names in SYNONYMS.items())
    return [Guess(ours, "reconnue à son nom", score) for ours, score in scores if score]


def _likeness(header: str, names: list[str]) -> float:
    """95 for a synonym, less for one inside the header (the longest is the surest), or misspelt."""
    if header in names:
        return 95
    inside = max((len(name) for name in names if f" {name} " in f" {header} "), default=0)
    if inside > 2:
        return 80 + min(inside, 14)
    if len(header) < SHORTEST_NEAR:
        return 0
    near = max(fuzz.ratio(header, name) for name in names)
    return 79 if near >= NEAR_HEADER else 0


def _tests(samples: dict[str, list[str]]) -> dict[str, Test]:
    """{ours: whether a cell looks like one of its values}."""
    cells = {cell for column in samples.values() for cell in column}
    insee, postal, names = _places(cells)
    situations = _situations()
    return {
        "siret": lambda cell: re.fullmatch(r"\d{14}", re.sub(r"\s", "", cell)) is not None,
        "courriel": lambda cell: is_email(cell.removeprefix("mailto:").split(";")[0].strip()),
        "telephone": lambda cell: PHONE.match(cell) is not None,
        "site_web": lambda cell: SITE.fullmatch(cell) is not None,
        "code_postal": lambda cell: cell in postal,
        "code_insee": lambda cell: cell in insee and cell not in postal,
        "commune": lambda cell: words.fold_place(cell) in names,
        "situations_coeur": lambda cell: any(
            words.fold(part) in situations for part in (cell, *re.split(r"[|,;/]", cell))
        ),
    }


def _places(cells: set[str]) -> tuple[set[str], set[str], set[str]]:
    """The INSEE codes, the postal codes and the folded names of communes among these cells."""
    codes = {cell for cell in cells if re.fullmatch(r"\d[\dAB]\d{3}", cell)}
    names = {words.fold_place(cell) for cell in cells if len(cell) <= 60}
    communes = Territory.objects.communes()
    postal = communes.filter(postal_codes__overlap=list(codes)).values_list("postal_codes")
    return (
        set(communes.filter(code__in=codes).values_list("code", flat=True)),
        {code for (several,) in postal for code in several} & codes,
        set(communes.filter(search_key__in=names).values_list("search_key", flat=True)),
    )


def _longest_names(
    table: Table, samples: dict[str, list[str]], chosen: dict[str, Guess]
) -> dict[str, Guess]:
    """Without a column called so: the first whose cells differ from one another, as names do."""
    for theirs in table.headers:
        cells = samples[theirs]
        if theirs in chosen or len(cells) < 2:
            continue
        is_long = sum(NAME_LENGTH[0] <= len(cell) <= NAME_LENGTH[1] for cell in cells)
        letters = sum(any(c.isalpha() for c in cell) for cell in cells)
        if len(set(cells)) / len(cells) > 0.8 and min(is_long, letters) / len(cells) > 0.9:
            return {theirs: Guess("nom", "reconnue à ses valeurs", 50)}
    return {}
