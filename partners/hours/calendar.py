"""Local time and public holidays of French départements."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
OVERSEAS = {
    "971": ZoneInfo("America/Guadeloupe"),
    "972": ZoneInfo("America/Martinique"),
    "973": ZoneInfo("America/Cayenne"),
    "974": ZoneInfo("Indian/Reunion"),
    "975": ZoneInfo("America/Miquelon"),
    "976": ZoneInfo("Indian/Mayotte"),
    "977": ZoneInfo("America/St_Barthelemy"),
    "978": ZoneInfo("America/Marigot"),
    "986": ZoneInfo("Pacific/Wallis"),
    "987": ZoneInfo("Pacific/Tahiti"),
    "988": ZoneInfo("Pacific/Noumea"),
}
# Code du travail, L3133-1: (month, day), then days after Easter Sunday.
FIXED_HOLIDAYS = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
EASTER_MONDAY, ASCENSION, WHIT_MONDAY, GOOD_FRIDAY = 1, 39, 50, -2
# Code du travail, L3134-13: Good Friday and 26 December in Moselle, Bas-Rhin and Haut-Rhin.
ALSACE_MOSELLE = frozenset({"57", "67", "68"})
# Code du travail, L3422-2: commemoration of the abolition of slavery.
ABOLITION = {
    "971": (5, 27),
    "972": (5, 22),
    "973": (6, 10),
    "974": (12, 20),
    "976": (4, 27),
    "977": (10, 9),
    "978": (5, 28),
}


ELSEWHERE = OVERSEAS.keys() | ALSACE_MOSELLE | ABOLITION.keys()


def area(departement: str) -> str:
    """The département when its hours or holidays differ from those of most of France, else ""."""
    return departement if departement in ELSEWHERE else ""


def timezone(departement: str) -> ZoneInfo:
    """Time zone of a département code; Europe/Paris when empty or metropolitan."""
    return OVERSEAS.get(departement, PARIS)


def localise(at: datetime, departement: str) -> datetime:
    """`at` (aware, or naive Europe/Paris) on the wall clock of the département."""
    aware = at if at.tzinfo else at.replace(tzinfo=PARIS)
    return aware.astimezone(timezone(departement))


def easter(year: int) -> date:
    """Easter Sunday, Gregorian calendar (Meeus, Jones, Butcher: Astronomical Algorithms, ch. 8)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    weekday = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 19 * weekday) // 433
    month = (h + weekday - 7 * m + 90) // 25
    return date(year, month, (h + weekday - 7 * m + 33 * month + 19) % 32)


@lru_cache(maxsize=256)
def national_holidays(year: int) -> frozenset[date]:
    """The eleven public holidays of France."""
    moving = (EASTER_MONDAY, ASCENSION, WHIT_MONDAY)
    return frozenset(
        [date(year, month, day) for month, day in FIXED_HOLIDAYS]
        + [easter(year) + timedelta(days=days) for days in moving]
    )


@lru_cache(maxsize=512)
def local_holidays(year: int, departement: str) -> frozenset[date]:
    """Holidays of this département only; opening-hours-py does not know them."""
    if departement in ALSACE_MOSELLE:
        return frozenset({easter(year) + timedelta(days=GOOD_FRIDAY), date(year, 12, 26)})
    if departement in ABOLITION:
        return frozenset({date(year, *ABOLITION[departement])})
    return frozenset()


def is_holiday(day: date, departement: str) -> bool:
    """Whether the day is a public holiday in the département."""
    return day in national_holidays(day.year) or day in local_holidays(day.year, departement)
