"""Days, months, times and lists in French. No system locale: a bare server has no French one."""

from collections.abc import Sequence
from datetime import date, datetime, time

NBSP = "\u00a0"
DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
ALL_DAY = f"24{NBSP}h/24"
RARE_ORDINALS = {1: "1er", -1: "dernier", -2: "avant-dernier"}
YEAR_SHOWN_AFTER_DAYS = 300
MINUTES_PER_DAY = 24 * 60


def format_time(moment: time) -> str:
    """« 9 h », « 17 h 30 », with no-break spaces."""
    return format_minutes(moment.hour * 60 + moment.minute)


def format_minutes(minutes: int) -> str:
    """Same from minutes since midnight (0 to 1439)."""
    hours, rest = divmod(minutes, 60)
    return f"{hours}{NBSP}h{NBSP}{rest:02d}" if rest else f"{hours}{NBSP}h"


def format_slot(start: int, end: int) -> str:
    """« 9 h – 12 h » from minutes since midnight; an end after 24:00 belongs to the next day."""
    if (start, end) == (0, MINUTES_PER_DAY):
        return ALL_DAY
    if end < MINUTES_PER_DAY:
        last = format_minutes(end)
    elif end == MINUTES_PER_DAY:
        last = "minuit"
    else:
        last = f"{format_minutes(end - MINUTES_PER_DAY)} le lendemain"
    return f"{format_minutes(start)}{NBSP}– {last}"  # a line may end after the dash


def format_interval(start: datetime, end: datetime) -> str:
    """« 9 h – 12 h » from two instants on the same clock; « 22 h – 2 h le lendemain »."""
    first = start.hour * 60 + start.minute
    days = (end.date() - start.date()).days
    return format_slot(first, days * MINUTES_PER_DAY + end.hour * 60 + end.minute)


def format_date(day: date) -> str:
    """« 2 janvier 2026 », « 1er décembre 2026 »."""
    return f"{format_month_day(day.month, day.day)} {day.year}"


def format_month_day(month: int, day: int) -> str:
    """« 1er décembre » from a month (1 to 12) and a day of it."""
    return f"{'1er' if day == 1 else day} {MONTHS[month - 1]}"


def format_day(day: date, today: date) -> str:
    """« aujourd'hui », « demain », « mardi 24 novembre »; the year when it is far away."""
    distance = (day - today).days
    if distance == 0:
        return "aujourd'hui"
    if distance == 1:
        return "demain"
    is_far = abs(distance) > YEAR_SHOWN_AFTER_DAYS
    words = format_date(day) if is_far else format_month_day(day.month, day.day)
    return f"{DAYS[day.weekday()]} {words}"


def ordinal(rank: int) -> str:
    """« 1er », « 2e », « dernier » (-1), « avant-dernier » (-2)."""
    return RARE_ORDINALS.get(rank) or f"{rank}e"


def join(words: Sequence[str]) -> str:
    """« a », « a et b », « a, b et c »."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} et {words[-1]}"


def capitalise(text: str) -> str:
    """First letter only; the rest may hold names."""
    return text[:1].upper() + text[1:]


def runs(days: Sequence[int]) -> list[tuple[int, int]]:
    """Consecutive numbers of a sorted sequence, as (first, last)."""
    found: list[tuple[int, int]] = []
    for day in days:
        if found and day == found[-1][1] + 1:
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found


def name_days(days: Sequence[int]) -> str:
    """« lundi », « lundi et mardi », « lundi au vendredi », « lundi, mercredi et vendredi »."""
    parts: list[str] = []
    for first, last in runs(sorted(days)):
        if last - first >= 2:
            parts.append(f"{DAYS[first]} au {DAYS[last]}")
        else:
            parts += [DAYS[day] for day in range(first, last + 1)]
    return "tous les jours" if len(set(days)) == 7 else join(parts)
