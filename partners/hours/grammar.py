"""Reading `opening_hours` expressions: what is valid (opening-hours-py) and what is meant (here).

The library evaluates; it does not show its syntax tree, and it reads five things otherwise than
their authors meant. They are settled here, before it evaluates anything:

- `SH` (school holidays) never matches, and `SH Mo-Fr` is read as `SH,Mo-Fr`: such rules are taken
  out and shown as text;
- `PH Mo-Fr` is read as `PH,Mo-Fr` too: the expression is not evaluated, its state is unknown;
- a rule that is only a comment is read as open; the specification says unknown;
- `PH off` before the other rules is cancelled by them, as the specification has it; nobody who
  writes it wants that: it goes last;
- after the first match, `||` no longer works: each side is evaluated on its own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from opening_hours import OpeningHours, ParserError  # type: ignore[attr-defined]

from partners.hours.clauses import DAY, Clause, Unreadable, read_clauses
from partners.hours.french import MINUTES_PER_DAY, NBSP

MAX_LENGTH = 1000
_SEPARATOR = re.compile(r'"[^"]*"|;|\|\|')
_COMMENT = re.compile(r'\s*"([^"]*)"\s*$')
_HOLIDAY_THEN_DAY = re.compile(rf"^\s*((?:PH|SH)(?:\s*,\s*(?:PH|SH))*)\s+(?={DAY})", re.IGNORECASE)
_HOURS = re.compile(r"\d:\d|24/7|sun|dawn|dusk|\bopen\b", re.IGNORECASE)
_ERROR_POSITION = re.compile(r"--> \d+:(\d+)")


class HoursError(ValueError):
    """The expression is not valid; the message is in French, for the person who typed it."""


@dataclass(frozen=True)
class Rule:
    """`clauses` is None when the rule has no words here; `scope` is the PH or SH of `SH Mo-Fr`."""

    separator: str  # ";", "," or "||": what comes before
    body: str  # canonical text without the comment
    comment: str
    scope: str
    is_note: bool  # a comment without hours
    clauses: tuple[Clause, ...] | None

    @property
    def text(self) -> str:
        """Canonical text, for people and storage."""
        return " ".join(filter(None, (self.scope, self.days_and_hours, self.quoted_comment)))

    @property
    def days_and_hours(self) -> str:
        return "" if self.is_note and self.body == "24/7" else self.body

    @property
    def closes_holidays(self) -> bool:
        """Whether it is `PH off`, `SH off` or both."""
        clauses = self.clauses or ()
        return bool(clauses) and all(c.holiday and c.state == "off" for c in clauses)

    @property
    def quoted_comment(self) -> str:
        return f'"{self.comment}"' if self.comment else ""


@dataclass(frozen=True)
class Schedule:
    """What an expression says: rules in order, and what the library may evaluate of them."""

    rules: tuple[Rule, ...]
    expressions: tuple[str, ...]  # the sides of `||`, empty when nothing can be evaluated
    school: str  # "", "off", "other": what it says of school holidays
    mentions_holidays: bool

    @property
    def clauses(self) -> tuple[Clause, ...] | None:
        """Every clause but those after `||`; None when a rule has no words."""
        found: list[Clause] = []
        for rule in self.rules:
            if rule.clauses is None:
                return None
            if rule.separator == "||":
                break
            found += rule.clauses
        return tuple(found)

    @property
    def fallback(self) -> tuple[Rule, ...]:
        """The rules from the first `||` on."""
        separators = [rule.separator for rule in self.rules]
        return self.rules[separators.index("||") :] if "||" in separators else ()


def validate(osm: str) -> str:
    """The expression in its canonical form (codes, zeros, spaces), "" when blank.

    Raises `HoursError` when it is not valid, with a message in French.
    """
    if not osm.strip():
        return ""
    schedule = parse(osm)
    for rule in schedule.rules:
        for clause in rule.clauses or ():
            _refuse_empty_spans(clause)
    text = ""
    for rule in schedule.rules:
        before = {";": "; ", ",": ", ", "||": " || "}[rule.separator] if text else ""
        text += before + rule.text
    return text if _means(text, schedule) else " ".join(osm.split())


def _means(text: str, schedule: Schedule) -> bool:
    try:
        return parse(text).expressions == schedule.expressions
    except HoursError:
        return False


def _refuse_empty_spans(clause: Clause) -> None:
    for span in clause.spans:
        if span.end is not None and span.end - span.start == MINUTES_PER_DAY and span.start:
            clock = f"{span.start // 60:02d}:{span.start % 60:02d}"
            raise HoursError(f"Le créneau {clock}-{clock} commence et finit à la même heure.")


@lru_cache(maxsize=4096)
def parse(osm: str) -> Schedule:
    """Read an expression. Raises `HoursError`."""
    osm = " ".join(osm.split())
    if len(osm) > MAX_LENGTH:
        raise HoursError(f"Horaires trop longs{NBSP}: {MAX_LENGTH} caractères au plus.")
    _library_text(osm)  # the whole first: its message shows the place of the mistake
    unread = Schedule((Rule(";", osm, "", "", False, None),), (), "", False)
    if any(_hides_holiday(chunk) for _, chunk in _chunks(osm)):
        return unread
    try:
        rules = _in_order(tuple(_rules(osm)))
    except HoursError:  # a rule that is valid only beside the others
        return unread
    bodies = [f"{rule.scope} {rule.body}" for rule in rules]
    school = {
        "off" if body.endswith("off") else "other" for body in bodies if re.search(r"\bSH\b", body)
    }
    return Schedule(
        rules=rules,
        expressions=_expressions(rules),
        school=max(school, default=""),
        mentions_holidays=any(re.search(r"\bPH\b", body) for body in bodies),
    )


def _hides_holiday(chunk: str) -> bool:
    """Whether the library would read a `SH Mo` as `SH,Mo` where we cannot take it apart."""
    bare = re.sub(r'"[^"]*"', "", _HOLIDAY_THEN_DAY.sub("", chunk))
    return bool(re.search(rf"\b(?:PH|SH)\s+{DAY}", bare, re.IGNORECASE))


def _library_text(text: str) -> str:
    """Canonical text of the library, `off` for its `closed`. Raises `HoursError`."""
    try:
        canonical = str(OpeningHours(text))
    except ParserError as error:
        raise HoursError(_explain(text, str(error))) from None
    parts = re.split(r'("[^"]*")', canonical)
    parts[::2] = [re.sub(r"\bclosed\b", "off", part) for part in parts[::2]]
    # `24/7` is only valid in the first rule; these two do not need it.
    return re.sub(r"^24/7 (?=off|unknown)", "", "".join(parts))


def _is_valid(text: str) -> bool:
    """The library does not always read again what it writes (`PH +1 day`)."""
    try:
        OpeningHours(text)
    except ParserError:
        return False
    return True


def _explain(text: str, message: str) -> str:
    position = _ERROR_POSITION.search(message)
    rest = text[int(position[1]) - 1 :].strip() if position else ""
    where = f" à partir de «{NBSP}{rest[:30]}{NBSP}»" if rest else ""
    return (
        f"Horaires illisibles{where}. Exemple de notation attendue{NBSP}: "
        "Mo-Fr 09:00-12:00,14:00-17:00; Sa 09:00-12:00; PH off"
    )


def _chunks(osm: str) -> Iterator[tuple[str, str]]:
    """(separator, text) for each part between `;` and `||`, quotes respected."""
    separator, start = ";", 0
    for match in _SEPARATOR.finditer(osm):
        if match[0].startswith('"'):
            continue
        yield separator, osm[start : match.start()]
        separator, start = match[0], match.end()
    yield separator, osm[start:]


def _rules(osm: str) -> Iterator[Rule]:
    for separator, chunk in _chunks(osm):
        if not chunk.strip():
            continue
        found = _HOLIDAY_THEN_DAY.match(chunk)
        rest = chunk[found.end() :] if found else chunk
        scope = re.sub(r"\s", "", found[1]).upper() if found else ""
        has_hours = bool(_HOURS.search(re.sub(r'"[^"]*"', "", rest)))
        for text in _split_extra(_library_text(rest)):
            yield _rule(separator, scope, text, has_hours=has_hours)
            separator = ","


def _in_order(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """`PH off` last: written first, it would be cancelled by every rule after it."""
    if any(rule.separator != ";" for rule in rules):
        return rules
    return (*(r for r in rules if not r.closes_holidays), *(r for r in rules if r.closes_holidays))


def _split_extra(text: str) -> list[str]:
    """Rules joined by the additional separator, which the library writes with a space."""
    pieces, start = [], 0
    for match in re.finditer(r'"[^"]*"|, ', text):
        if match[0] == ", ":
            pieces.append(text[start : match.start()])
            start = match.end()
    return [*pieces, text[start:]]


def _rule(separator: str, scope: str, text: str, *, has_hours: bool) -> Rule:
    found = _COMMENT.search(text)
    comment = " ".join(found[1].split()) if found else ""
    body = _COMMENT.sub("", text).strip()
    is_note = bool(comment) and not has_hours and not body.endswith(("off", "unknown"))
    try:
        clauses = tuple(read_clauses(body, comment, scope, is_extra=separator == ","))
    except Unreadable:
        return Rule(separator, body, comment, scope, is_note, None)
    if is_note:
        clauses = tuple(replace(clause, state="unknown") for clause in clauses)
    return Rule(separator, body, comment, scope, is_note, clauses)


def _expressions(rules: tuple[Rule, ...]) -> tuple[str, ...]:
    """What the library evaluates rightly, one text for each side of `||`; none if it cannot."""
    sides: list[str] = [""]
    for rule in rules:
        if "PH" in rule.scope:
            return ()
        if rule.separator == "||":
            sides.append("")
        body = _without_school(rule.days_and_hours)
        if rule.scope or body is None:
            continue
        state = "unknown" if rule.is_note else ""
        before = {",": ", "}.get(rule.separator, "; ") if sides[-1] else ""
        sides[-1] += before + " ".join(filter(None, (body, state, rule.quoted_comment)))
    expressions = tuple(filter(None, sides))
    return expressions if all(map(_is_valid, expressions)) else ()


def _without_school(body: str) -> str | None:
    """The rule without its `SH`; None when no day is left."""
    kept = re.sub(r"\bSH,|,SH\b", "", body)
    return None if re.search(r"\bSH\b", kept) else kept
