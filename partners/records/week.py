"""A week in a form that is not a record's: seven texts, holidays, a text for the rest."""

from django import forms

from partners import hours
from partners.imports import cells
from partners.records.fields import text_field

HELP = "Ce que la semaine ne sait pas dire, dans la syntaxe d'OpenStreetMap."


def fields(stored):
    """{name: field} to write the hours of an expression, empty or stored as `stored`."""
    days = {f"jour_{day}": text_field(name, 120) for day, name in enumerate(hours.french.DAYS)}
    text = text_field("Horaires plus compliqués", 500, HELP, read=cells.opening_hours(500))
    text.keep(stored, stored)
    return days | {
        "ferme_feries": forms.BooleanField(required=False, label="Fermé les jours fériés"),
        "ferme_vacances": forms.BooleanField(
            required=False, label="Fermé pendant les vacances scolaires"
        ),
        "horaires_texte": text,
    }


def initial(stored):
    """What stands in these fields for an expression; what no week can say stays a text."""
    week = hours.read_week(stored)
    shown = week or hours.Week()
    return {f"jour_{day}": text for day, text in enumerate(shown.days)} | {
        "ferme_feries": shown.is_closed_on_holidays,
        "ferme_vacances": shown.is_closed_in_school_holidays,
        "horaires_texte": "" if week else stored,
    }


def written(facts, stored):
    """(expression, {field: what is wrong}) of cleaned fields; `stored` when they say the same."""
    week = hours.Week(
        tuple(facts.get(f"jour_{day}") or "" for day in range(7)),
        facts["ferme_feries"],
        facts["ferme_vacances"],
    )
    text = facts.get("horaires_texte") or ""
    if text:
        both = "Choisissez\u00a0: la semaine ci-dessus, ou ce texte. Videz l'un."
        return text, ({"horaires_texte": both} if any(week.days) else {})
    if hours.read_week(stored) == week:
        return stored, {}
    return hours.write_week(week).osm, _unread(week)


def _unread(week):
    """{field: what is wrong} of the days that were not read whole."""
    found = {}
    for day, text in enumerate(week.days):
        alone = tuple(text if place == day else "" for place in range(7))
        if notes := hours.write_week(hours.Week(alone)).notes:
            found[f"jour_{day}"] = notes[0].partition("\u00a0: ")[2].capitalize() + "."
    return found
