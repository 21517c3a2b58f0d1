"""Wrong settings are said at start, each with an id and what to do."""

import re

from django.conf import settings
from django.core.checks import Error, register

COLOR = re.compile(r"#[0-9a-fA-F]{6}")
RATE = re.compile(r"[1-9]\d*/(?:sec|min|hour|day)")
MOST_MONTHS = 60
DEPARTEMENT = re.compile(r"(?:\d{2}|2[AB]|97\d|98\d)")


@register
def check_settings(app_configs, **kwargs):
    return [error for check in CHECKS for error in check()]


def _color():
    if not COLOR.fullmatch(settings.LANDLORD_COLOR):
        yield Error(
            f"LANDLORD_COLOR vaut « {settings.LANDLORD_COLOR} », qui n'est pas une couleur.",
            hint="Écrivez six chiffres hexadécimaux, par exemple LANDLORD_COLOR=#0b5c8a",
            id="partners.E001",
        )


def _tiles():
    if settings.TILES not in settings.TILE_LAYERS:
        yield Error(
            f"TILES vaut « {settings.TILES} », qui n'est pas un fond de carte connu.",
            hint=f"Choisissez parmi : {', '.join(settings.TILE_LAYERS)}.",
            id="partners.E002",
        )


def _departement():
    if not DEPARTEMENT.fullmatch(settings.DEFAULT_DEPARTEMENT):
        yield Error(
            f"DEFAULT_DEPARTEMENT vaut « {settings.DEFAULT_DEPARTEMENT} ».",
            hint="Donnez le code du département du bailleur, par exemple DEFAULT_DEPARTEMENT=85",
            id="partners.E003",
        )


def _rate():
    if not RATE.fullmatch(settings.API_RATE):
        yield Error(
            f"API_RATE vaut « {settings.API_RATE} », qui n'est pas une cadence.",
            hint="Écrivez un nombre et sec, min, hour ou day, par exemple API_RATE=300/min",
            id="partners.E004",
        )


def _review():
    for name in ("REVIEW_MONTHS", "URGENT_REVIEW_MONTHS"):
        months = getattr(settings, name)
        if not 1 <= months <= MOST_MONTHS:
            yield Error(
                f"{name} vaut « {months} », qui n'est pas un nombre de mois possible.",
                hint=f"Donnez un nombre de 1 à {MOST_MONTHS}, par exemple {name}=12",
                id="partners.E005",
            )


CHECKS = (_color, _tiles, _departement, _rate, _review)
