"""Words for one clause of an expression: its hours, its days, its closings."""

from collections.abc import Sequence

from partners.hours.clashes import ODD_WEEKS, parity
from partners.hours.clauses import EVERY_DAY, Clause, Period
from partners.hours.french import (
    ALL_DAY,
    DAYS,
    MONTHS,
    format_minutes,
    format_month_day,
    format_slot,
    join,
    name_days,
    ordinal,
    runs,
)

HOLIDAYS = {"PH": "les jours fériés", "SH": "pendant les vacances scolaires"}


def value(clause: Clause) -> str:
    """« 9 h – 12 h, 14 h – 17 h (sur rendez-vous) », « fermé »."""
    hours, comment = value_and_comment(clause)
    return f"{hours} ({comment})" if hours and comment else hours or comment


def value_and_comment(clause: Clause) -> tuple[str, str]:
    """The same in two parts, one of them maybe empty."""
    if clause.state == "off":
        return "fermé", clause.comment
    spans = ", ".join(
        format_slot(span.start, span.end)
        if span.end is not None
        else f"à partir de {format_minutes(span.start)}"
        for span in clause.spans
    )
    if clause.state == "unknown":
        return spans, clause.comment or ("à vérifier" if spans else "horaires à vérifier")
    return spans or ALL_DAY, clause.comment


def occasion(clause: Clause) -> str:
    """« juillet et août, lundi au vendredi », « 1er et 3e mardi du mois », « jours fériés »."""
    parts = [{"PH": "jours fériés", "SH": "vacances scolaires"}.get(clause.holiday, "")]
    parts += [join([_period(period) for period in clause.periods]), weeks(clause)]
    if clause.ranks:
        parts.append(f"{ranks(clause)} du mois")
    elif clause.days != EVERY_DAY:
        parts.append(name_days(sorted(clause.days)))
    return ", ".join(filter(None, parts))


def ranks(clause: Clause) -> str:
    return f"{join([ordinal(rank) for rank in clause.ranks])} {DAYS[min(clause.days)]}"


def weeks(clause: Clause) -> str:
    found = parity(clause)
    if found:
        return "semaines impaires" if found == ODD_WEEKS else "semaines paires"
    return join([_week_numbers(*week) for week in clause.weeks])


def _week_numbers(first: int, last: int, step: int) -> str:
    if first == last:
        return f"semaine {first}"
    every = f", une sur {step}" if step > 1 else ""
    return f"semaines {first} à {last}{every}"


def _period(period: Period) -> str:
    if not period.first[2]:
        return _month_range(period)
    if period.first == period.last:
        return f"le {_date(period.first)}"
    return f"du {_date(period.first)} au {_date(period.last)}"


def _month_range(period: Period) -> str:
    first, last = period.first[1], period.last[1]
    if first == last:
        return MONTHS[first - 1]
    link = " et " if (last - first) % 12 == 1 else " à "
    return f"{MONTHS[first - 1]}{link}{MONTHS[last - 1]}"


def _date(date: tuple[int, int, int]) -> str:
    year, month, day = date
    return format_month_day(month, day) + (f" {year}" if year else "")


def closing(clause: Clause) -> str:
    """« les jours fériés », « en août », « le 2e mardi du mois », « du 3 mai au 9 mai »."""
    parts = [HOLIDAYS.get(clause.holiday, "")]
    if clause.ranks:
        parts.append(f"le {ranks(clause)} du mois")
    elif clause.days != EVERY_DAY:
        parts.append(_on_days(clause.days))
    parts.append(join([during(period) for period in clause.periods]))
    parts.append(f"les {weeks(clause)}" if clause.weeks else "")
    return " ".join(filter(None, parts))


def during(period: Period) -> str:
    text = _period(period)
    if period.first[2]:
        return text
    if " à " not in text:
        return f"en {text}"
    return f"d'{text}" if text[0] in "ao" else f"de {text}"


def _on_days(days: frozenset[int]) -> str:
    parts: list[str] = []
    for first, last in runs(sorted(days)):
        if last - first >= 2:
            parts.append(f"du {DAYS[first]} au {DAYS[last]}")
        else:
            parts += [f"le {DAYS[day]}" for day in range(first, last + 1)]
    return join(parts)


def every_week_on(days: Sequence[int]) -> str:
    """« tous les jeudis », « tous les lundis et jeudis », « du lundi au vendredi »."""
    if len(days) == 7:
        return "tous les jours"
    if len(days) > 2 and len(runs(days)) == 1:
        return f"du {DAYS[days[0]]} au {DAYS[days[-1]]}"
    return f"tous les {join([f'{DAYS[day]}s' for day in days])}"


def regular_occasion(clause: Clause) -> str:
    """As one says it of a permanence: « 2e mardi du mois », « un vendredi sur deux (…) »."""
    parts: list[str] = []
    if clause.ranks:
        parts.append(f"{ranks(clause)} du mois")
    elif parity(clause) and len(clause.days) == 1:
        parts.append(f"un {DAYS[min(clause.days)]} sur deux ({weeks(clause)})")
    elif not clause.holiday or clause.days != EVERY_DAY:
        parts.append(every_week_on(sorted(clause.days)))
    if clause.weeks and not (parity(clause) and len(clause.days) == 1 and not clause.ranks):
        parts.append(weeks(clause))
    parts.append(HOLIDAYS.get(clause.holiday, ""))
    parts.append(join([during(period) for period in clause.periods]))
    return ", ".join(filter(None, parts))
