"""A criterion in French words, when nobody wrote its own."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from partners.eligibility.kinds import PROCEDURES, Rule, rank

SPACE = "\u00a0"


def number(value: Decimal | float) -> str:
    """« 75 », « 1 250,50 »."""
    text = f"{value:,.2f}".removesuffix(".00")
    return text.replace(",", "\u202f").replace(".", ",")


def day(value: date) -> str:
    return f"{value:%d/%m/%Y}"


def bounds(low: str, high: str, unit: str, *, has_low: bool, has_high: bool) -> str:
    """« plus de 75 ans », « 70 ans ou plus », « de 70 à 75 ans », "" without any bound."""
    unit = f"{SPACE}{unit}" if unit else ""
    if low and high and has_low and has_high:
        return f"{low}{unit}" if low == high else f"de {low} à {high}{unit}"
    under = f"{high}{unit} au plus" if has_high else f"moins de {high}{unit}"
    over = f"{low}{unit} ou plus" if has_low else f"plus de {low}{unit}"
    return " et ".join(part for part, bound in ((over, low), (under, high)) if bound)


def days(low: str, high: str, *, has_low: bool, has_high: bool) -> str:
    """« à partir du 01/01/2026 », « avant le 31/12/2026 »."""
    over = f"à partir du {low}" if has_low else f"après le {low}"
    under = f"jusqu'au {high}" if has_high else f"avant le {high}"
    return " et ".join(part for part, bound in ((over, low), (under, high)) if bound)


def stages(first: str, last: str) -> str:
    """« procédure d'expulsion : à partir de « jugement rendu » »; "" when neither is given."""
    if not (first or last):
        return ""
    start = f"{PROCEDURES[rank(first or last)[0]].label}{SPACE}: "
    low, high = (_stage(stage) for stage in (first, last))
    if low and high:
        return start + (low if first == last else f"de {low} à {high}")
    return start + (f"à partir de {low}" if low else f"jusqu'à {high}")


def _stage(stage: str) -> str:
    procedure, _, name = stage.partition(":")
    return f"«{SPACE}{PROCEDURES[procedure].stages[name]}{SPACE}»" if stage else ""


def either(names: Iterable[str]) -> str:
    """« a, b ou c »."""
    *others, last = names
    return f"{', '.join(others)} ou {last}" if others else last


def heading(rule: str, least: int | None, count: int) -> str:
    """How the criteria of a group hold together, over its list."""
    if rule == Rule.NONE:
        return "Rien de ceci" if count > 1 else "Pas ceci"
    if rule == Rule.AT_LEAST:
        return f"Au moins {least} sur {count}"
    return "Tout ceci" if count > 1 else "Ceci"
