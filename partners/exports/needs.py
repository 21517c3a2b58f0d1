"""The yearly « état des besoins », for partners: what is asked, what is missing, where it grows.

Demands are those that `usage.figures` publishes of each year, small numbers hidden (rule R4); what
nobody covers is the coverage board of today, and the gaps are those of the register, without notes.
"""

from datetime import date
from typing import Any

from django.utils import timezone

from partners import hours
from partners.board import Board
from partners.coverage import place_of_territory
from partners.exports import printed, sheets
from partners.models import Gap
from partners.places import home_departement
from partners.usage import figures

Row = dict[str, Any]
HIDDEN = "–"
COLUMNS = [
    "rubrique", "situation", "territoire", "demandes", "demandes_annee_precedente",
    "demandes_sans_partenaire", "habitants_sans_partenaire", "manque",
]  # fmt: skip
GROWS, SHRINKS, HOLDS = "en hausse", "en baisse", "stable"
NOTICED = 0.1
"""A tenth more or less than the year before is worth a word."""

LEAST_SHARE = 1 / 12


class Needs:
    """The state of needs of a year in the landlord's département."""

    def __init__(self, year: int) -> None:
        departement = home_departement()
        self.year = figures.Year(year, departement)
        self.before = self.year.before()
        self.departement = departement
        self.gaps = list(Gap.objects.select_related("situation", "territory", "closed_by"))

    def pdf(self) -> bytes:
        """Raises `printed.Unprintable`."""
        return printed.pdf("needs.typ", self.data())

    def csv(self) -> bytes:
        rows = [*self._demands(), *self._uncovered(), *self._gaps()]
        return sheets.as_csv([COLUMNS, *([row.get(name) for name in COLUMNS] for row in rows)])

    def data(self) -> Row:
        """What the template is filled with."""
        today = hours.format_date(timezone.localdate())
        return {
            "titre": f"État des besoins {self.year.year}",
            "lieu": str(self.departement or ""),
            "date": today,
            "couverture": [
                "Ce que nos équipes cherchent pour les locataires, ce à quoi personne ne répond, "
                "et ce qui change d'une année à l'autre.",
                f"Établi le {today}.",
            ],
            "lecture": [
                "Une demande est une situation cherchée dans l'annuaire, sans que l'on sache "
                "par qui, ni pour qui. Les situations de danger ne comptent que pour le "
                "département entier.",
                f"«\u00a0{HIDDEN}\u00a0»\u00a0: moins de cinq, ou masqué pour qu'aucun total ne le "
                "révèle.",
            ],
            "parties": [
                self._part_of_lines("Par situation", self.year.by_situation),
                self._part_of_lines("Par territoire", self.year.by_area),
                self._part_of_unanswered(),
                self._part_of_uncovered(),
                self._part_of_gaps(),
            ],
        }

    # Demands

    def _part_of_lines(self, title: str, lines: list[figures.Line]) -> Row:
        before, elapsed = self._before(), share_of_year(self.year.year, timezone.localdate())
        rows = [
            [
                line.label,
                told(line.demands),
                told(before.get(line.label)),
                trend(line.demands, before.get(line.label), share=elapsed),
                told(line.unanswered),
            ]
            for line in [*lines, self.year.total]
            if line.demands is not None
        ]
        last = str(self.year.year - 1)
        return {
            "titre": title,
            "sens": "Les demandes de l'année, et celles de l'année d'avant. La tendance compare la "
            "moyenne d'un mois, à un dixième près\u00a0: l'année en cours n'est pas finie.",
            "mots": False,
            "colonnes": ["", str(self.year.year), last, "Tendance", "Sans partenaire"],
            "lignes": rows,
            "vide": "Moins de cinq demandes\u00a0: rien ne se montre.",
        }

    def _before(self) -> dict[str, int | None]:
        year = self.before
        return {
            line.label: line.demands for line in [*year.by_situation, *year.by_area, year.total]
        }

    def _part_of_unanswered(self) -> Row:
        rows = [
            [f"{cell.situation}, {cell.area}", told(cell.unanswered), told(cell.demands)]
            for cell in self.year.without_answer()
        ]
        return {
            "titre": "Demandes sans réponse",
            "sens": "Là où aucun partenaire de cette situation ne dessert la commune cherchée.",
            "mots": False,
            "colonnes": ["Besoin et territoire", "Sans réponse", "Demandes"],
            "lignes": rows,
            "vide": "Aucun besoin n'est resté cinq fois sans réponse au même endroit.",
        }

    # Partners that are missing

    def _cells(self) -> list[Any]:
        """The cells of the coverage board where somebody has nobody, the most people first."""
        if self.departement is None:
            return []
        board = Board(place_of_territory(self.departement), timezone.localtime())
        cells = [cell for need in self.year.in_use for cell in board.row(need) if cell.missing]
        return sorted(cells, key=lambda cell: -cell.missing)

    def _part_of_uncovered(self) -> Row:
        rows = [
            [f"{cell.situation}, {cell.area.territory}", f"{cell.missing:,}".replace(",", "\u202f")]
            for cell in self._cells()
        ]
        return {
            "titre": "Habitants sans partenaire",
            "sens": "Aujourd'hui, d'après les zones que les partenaires disent desservir.",
            "mots": False,
            "colonnes": ["Besoin et territoire", "Habitants"],
            "lignes": rows,
            "vide": "Chaque habitant a au moins un partenaire pour chaque situation.",
        }

    def _part_of_gaps(self) -> Row:
        rows = [[str(gap), gap.get_status_display(), str(gap.closed_by or "")] for gap in self.gaps]
        return {
            "titre": "Manques suivis",
            "sens": "Le registre des manques\u00a0: où en est chaque réponse.",
            "mots": True,
            "colonnes": ["Besoin et territoire", "Où en est-on", "Qui y répond"],
            "lignes": rows,
            "vide": "Aucun manque n'est inscrit.",
        }

    # The same, line by line

    def _demands(self) -> list[Row]:
        before = {
            (cell.situation, cell.label): cell.demands for cell in self.before.cells if cell.demands
        }
        return [
            {
                "rubrique": "demandes",
                "situation": cell.need,
                "territoire": cell.label,
                "demandes": cell.demands,
                "demandes_annee_precedente": before.get((cell.situation, cell.label)),
                "demandes_sans_partenaire": cell.unanswered,
            }
            for cell in self.year.cells
            if cell.demands is not None
        ]

    def _uncovered(self) -> list[Row]:
        return [
            {
                "rubrique": "couverture",
                "situation": cell.situation,
                "territoire": cell.area.territory,
                "habitants_sans_partenaire": cell.missing,
            }
            for cell in self._cells()
        ]

    def _gaps(self) -> list[Row]:
        return [
            {
                "rubrique": "manque",
                "situation": gap.situation,
                "territoire": gap.territory,
                "manque": gap.get_status_display(),
            }
            for gap in self.gaps
        ]


def told(number: int | None) -> str:
    return HIDDEN if number is None else f"{number:,}".replace(",", "\u202f")


def share_of_year(year: int, today: date) -> float:
    """How much of a year (0 to 1) has gone by."""
    return 1 if year < today.year else today.timetuple().tm_yday / 365


def trend(now: int | None, before: int | None, *, share: float = 1) -> str:
    """A word for the change between two years, of the first of which only a `share` has gone by.

    None where one of them is hidden, nor before a month has gone by.
    """
    if now is None or before is None or share < LEAST_SHARE:
        return HIDDEN
    expected = before * share
    if abs(now - expected) <= NOTICED * expected:
        return HOLDS
    return GROWS if now > expected else SHRINKS
