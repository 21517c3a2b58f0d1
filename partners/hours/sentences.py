"""`opening_hours` expressions in French.

What has no words here, and what words could make ambiguous (a rule that cancels part of another),
comes back as the original text: nothing is lost, nothing is misread.
"""

from collections.abc import Callable, Iterator, Sequence

from partners.hours.clashes import is_ambiguous, meet
from partners.hours.clauses import EVERY_DAY, Clause
from partners.hours.french import NBSP, capitalise, join, name_days, runs
from partners.hours.grammar import HoursError, Schedule, parse
from partners.hours.phrases import (
    closing,
    every_week_on,
    occasion,
    regular_occasion,
    value,
    value_and_comment,
)

Line = tuple[str, str]
RAW_LABEL = "Horaires"
INSTEAD = ", à la place de l'horaire habituel"
IN_ADDITION = ", en plus"


def describe(osm: str) -> list[Line]:
    """Lines for a record page: [("Lundi au vendredi", "9 h – 12 h"), ("Fermé", "en août")].

    Equal consecutive days are grouped; closed days are said when there is a weekly schedule.
    `[]` when blank; `[("Horaires", osm)]` when it has no words or is not an expression at all.
    Raises nothing.
    """
    if not osm.strip():
        return []
    try:
        schedule = parse(osm)
    except HoursError:
        return [(RAW_LABEL, osm.strip())]
    clauses = schedule.clauses
    fallback = _fallback_lines(schedule)
    if clauses is None or fallback is None or is_ambiguous(clauses):
        return [(RAW_LABEL, osm.strip())]
    return [*_weekly_lines(clauses), *_special_lines(clauses), *_closing_lines(clauses), *fallback]


def describe_permanence(osm: str) -> str:
    """One sentence: « 2e et 4e mardi du mois, 9 h – 12 h (sauf en août) »; "" when blank.

    The original text when it has no words. Raises nothing.
    """
    try:
        schedule = parse(osm)
    except HoursError:
        return osm.strip()
    clauses = schedule.clauses
    if clauses is None or schedule.fallback or is_ambiguous(clauses):
        return osm.strip()
    if len(clauses) == 1 and _is_lone_note(clauses[0]):
        return clauses[0].comment
    table = _week(clauses, _sentence_part)
    sentences = [f"{every_week_on(days)}, {text}" for text, days in _by_text(table).items()]
    sentences += [_regular_sentence(clause, clauses) for clause in _specials(clauses)]
    exceptions = join([closing(clause) for clause in _closings(clauses)])
    if not sentences:
        return f"fermé {exceptions}".strip()
    return f"{NBSP}; ".join(sentences) + (f" (sauf {exceptions})" if exceptions else "")


def _regular_sentence(clause: Clause, clauses: Sequence[Clause]) -> str:
    return f"{regular_occasion(clause)}, {_sentence_part(clause)}{_suffix(clause, clauses)}"


def _sentence_part(clause: Clause) -> str:
    """« 9 h – 12 h, sur rendez-vous »: brackets are for what the sentence excepts."""
    return ", ".join(filter(None, value_and_comment(clause)))


def _week(clauses: Sequence[Clause], say: Callable[[Clause], str]) -> dict[int, str]:
    """Text of each day that the weekly clauses speak of; later rules replace, extra ones add."""
    table: dict[int, list[Clause]] = {}
    for clause in clauses:
        if clause.is_weekly:
            for day in clause.days:
                kept = table.get(day, []) if clause.is_extra and clause.state != "off" else []
                table[day] = [c for c in kept if c.state != "off"] + [clause]
    return {day: _day_text(table[day], say) for day in sorted(table)}


def _day_text(clauses: Sequence[Clause], say: Callable[[Clause], str]) -> str:
    ordered = sorted(clauses, key=lambda clause: [span.start for span in clause.spans])
    return ", ".join(say(clause) for clause in ordered)


def _weekly_lines(clauses: Sequence[Clause]) -> Iterator[Line]:
    table = _week(clauses, value)
    if len(clauses) == 1 and _is_lone_note(clauses[0]):
        yield "Accueil", clauses[0].comment
        return
    if any(clause.is_weekly and clause.state != "off" for clause in clauses):
        spoken_of: set[int] = set()
        for clause in _specials(clauses):
            spoken_of |= clause.days if not clause.holiday else set()
        for day in EVERY_DAY - spoken_of:
            table.setdefault(day, "fermé")
    for first, last in _equal_runs(table):
        days = range(first, last + 1)
        yield capitalise(name_days(days)), table[first]


def _is_lone_note(clause: Clause) -> bool:
    is_note = clause.state == "unknown" and clause.comment and not clause.spans
    return bool(is_note and clause.is_weekly and clause.days == EVERY_DAY)


def _equal_runs(table: dict[int, str]) -> Iterator[tuple[int, int]]:
    for first, last in runs(sorted(table)):
        start = first
        for day in range(first, last + 1):
            if day == last or table[day + 1] != table[start]:
                yield start, day
                start = day + 1


def _specials(clauses: Sequence[Clause]) -> list[Clause]:
    return [clause for clause in clauses if not clause.is_weekly and clause.state != "off"]


def _closings(clauses: Sequence[Clause]) -> list[Clause]:
    return [clause for clause in clauses if not clause.is_weekly and clause.state == "off"]


def _special_lines(clauses: Sequence[Clause]) -> Iterator[Line]:
    for clause in _specials(clauses):
        yield capitalise(occasion(clause)), value(clause) + _suffix(clause, clauses)


def _closing_lines(clauses: Sequence[Clause]) -> Iterator[Line]:
    for clause in _closings(clauses):
        yield "Fermé", closing(clause) + (f" ({clause.comment})" if clause.comment else "")


def _fallback_lines(schedule: Schedule) -> list[Line] | None:
    """What stands after `||`: only a lone comment has words."""
    rules = schedule.fallback
    if not rules:
        return []
    if len(rules) == 1 and rules[0].is_note and rules[0].body == "24/7":
        return [("Le reste du temps", rules[0].comment)]
    return None


def _suffix(clause: Clause, clauses: Sequence[Clause]) -> str:
    """How a special line stands to the hours that are said before it for the same day."""
    before = clauses[: clauses.index(clause)]
    if clause.is_extra:
        opened = [other for other in before if other.state != "off"]
        is_more = any(clause.holiday == "SH" or meet(other, clause) for other in opened)
        return IN_ADDITION if is_more else ""
    is_usual = bool(clause.days & _open_days(clauses))
    return INSTEAD if is_usual and (clause.ranks or clause.weeks) else ""


def _open_days(clauses: Sequence[Clause]) -> set[int]:
    found: set[int] = set()
    for clause in clauses:
        if clause.is_weekly:
            found = found - clause.days if clause.state == "off" else found | clause.days
    return found


def _by_text(table: dict[int, str]) -> dict[str, list[int]]:
    groups: dict[str, list[int]] = {}
    for day, text in table.items():
        if not text.startswith("fermé"):
            groups.setdefault(text, []).append(day)
    return groups
