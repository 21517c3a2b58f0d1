"""A week in a form: seven texts, which of the month each is, holidays, a text for the rest."""

from django import forms

from partners import hours
from partners.hours import french
from partners.imports import cells
from partners.records.fields import text_field

HELP = (
    "Ce que la semaine ne sait pas dire (un mois, une quinzaine), dans la syntaxe d'OpenStreetMap."
)
RANKS = [(str(rank), french.ordinal(rank)) for rank in hours.RANKS]
DAYS = range(7)
NAMES = [
    *(f"{start}_{day}" for start in ("jour", "rangs") for day in DAYS),
    *("ferme_feries", "ferme_vacances", "horaires_texte"),
]
"""The fields of a week, text for the rest included."""
BOTH = "Choisissez\u00a0: la semaine ci-dessus, ou ce texte. Videz l'un."
NO_HOURS = "Écrivez les heures de ce jour, ou décochez les semaines du mois."


def fields(stored):
    """{name: field} to write the hours of an expression, empty or stored as `stored`."""
    text = text_field("Horaires plus compliqués", 500, HELP, read=cells.opening_hours(500))
    text.keep(stored, stored)
    return day_fields() | {"horaires_texte": text}


def day_fields():
    """{name: field} of the week itself."""
    days = {
        f"jour_{day}": text_field(name, 120, widget=forms.TextInput(attrs={"maxlength": 120}))
        for day, name in enumerate(french.DAYS)
    }
    ranks = {f"rangs_{day}": ranks_field(f"quels {french.DAYS[day]}s du mois") for day in DAYS}
    return (
        days
        | ranks
        | {
            "ferme_feries": forms.BooleanField(required=False, label="Fermé les jours fériés"),
            "ferme_vacances": forms.BooleanField(
                required=False, label="Fermé pendant les vacances scolaires"
            ),
        }
    )


def ranks_field(label):
    """Which weekdays of a month: a list of the texts of `hours.RANKS`, [] every week."""
    return forms.MultipleChoiceField(
        choices=RANKS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=label,
        help_text="Aucun coché\u00a0: toutes les semaines.",
    )


def initial(stored):
    """What stands in these fields for an expression; what no week can say stays a text."""
    week = hours.read_week(stored)
    shown = week or hours.Week()
    days = {f"jour_{day}": text for day, text in enumerate(shown.days)}
    ranks = {f"rangs_{day}": list(map(str, ranks)) for day, ranks in enumerate(shown.ranks)}
    return (
        days
        | ranks
        | {
            "ferme_feries": shown.is_closed_on_holidays,
            "ferme_vacances": shown.is_closed_in_school_holidays,
            "horaires_texte": "" if week else stored,
        }
    )


def said(facts):
    """The `Week` of cleaned fields."""
    return hours.Week(
        tuple(facts.get(f"jour_{day}") or "" for day in DAYS),
        facts["ferme_feries"],
        facts["ferme_vacances"],
        tuple(tuple(map(int, facts.get(f"rangs_{day}") or ())) for day in DAYS),
    )


def says_days(week):
    return any(week.days) or any(week.ranks)


def without_hours(week):
    """{field: what is wrong} of the days of which only the weeks of the month are said."""
    ranked = (day for day in DAYS if week.ranks[day])
    return {f"jour_{day}": NO_HOURS for day in ranked if _is_shut(week.days[day])}


def _is_shut(text):
    return hours.write_week(alone(0, text)).osm in {"", "off"}


def written(facts, stored):
    """(expression, {field: what is wrong}) of cleaned fields; `stored` when they say the same."""
    week = said(facts)
    text = facts.get("horaires_texte") or ""
    if text:
        return text, ({"horaires_texte": BOTH} if says_days(week) else {})
    if hours.read_week(stored) == week:
        return stored, {}
    return hours.write_week(week).osm, without_hours(week) | _unread(week)


def _unread(week):
    """{field: what is wrong} of the days that were not read whole."""
    found = {}
    for day, text in enumerate(week.days):
        if notes := hours.write_week(alone(day, text)).notes:
            found[f"jour_{day}"] = notes[0].partition("\u00a0: ")[2].capitalize() + "."
    return found


def alone(day, text):
    """The `Week` of one day."""
    return hours.Week(tuple(text if place == day else "" for place in DAYS))
