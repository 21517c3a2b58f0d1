"""The figures of a year as rows of cells, headers first: what is taken away as CSV.

A cell that rule R4 hides says `HIDDEN`, here as on screen.
"""

from partners import freshness
from partners.models import UseCount

HIDDEN = "moins de 5 ou masqué"
NUMBERS = ["demandes", "sans_partenaire_qui_desserve", "numeros_copies_ou_appeles"]


def situations(year):
    return _lines("situation", year.by_situation, year.total)


def territories(year):
    return _lines("territoire", year.by_area, year.total)


def months(year):
    rows = [[day.strftime("%Y-%m"), told(number)] for day, number in year.by_month]
    return [["mois", "demandes"], *rows]


def needs(year):
    """Each situation in each territory."""
    rows = [[c.need, c.label, told(c.demands), told(c.unanswered)] for c in year.cells]
    return [["situation", "territoire", *NUMBERS[:2]], *rows]


def agencies(year):
    return [["agence", "recherches"], *year.by_agency]


def verified(year):
    """The share checked within twelve months, month after month: the last year, whatever `year`."""
    groups = {"nature": freshness.kinds_over_time(), "secteur": freshness.sectors_over_time()}
    rows = [
        [name, course.label, month.end.isoformat(), month.share.total, month.share.checked]
        for name, courses in groups.items()
        for course in courses
        for month in course.months
    ]
    return [["regroupement", "nom", "fin_du_mois", "total", "verifies_12_mois"], *rows]


TABLES = {
    "situations": situations,
    "territoires": territories,
    "mois": months,
    "besoins": needs,
    "agences": agencies,
    "fraicheur": verified,
}
"""{name of a file: what makes its rows of a `figures.Year`}."""


def told(number):
    return HIDDEN if number is None else number


def _lines(name, lines, total):
    kinds = [UseCount.Kind.SEARCH, UseCount.Kind.UNANSWERED, "joints"]
    rows = [[line.label, *(told(line.numbers[kind]) for kind in kinds)] for line in [*lines, total]]
    return [[name, *NUMBERS], *rows]
