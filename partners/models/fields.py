"""Fields of our own, and what staff read beside those they write freely in."""

from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models

from partners import words

NO_TENANT = "N'écrivez ici aucun nom ni aucune information sur un locataire."
"""Rule R2: beside each free text."""


EARLIEST, LATEST = date(1900, 1, 1), date(2099, 12, 31)
YEARS = "Vérifiez l'année\u00a0: entre 1900 et 2099."

check_web_address = URLValidator(
    schemes=["http", "https"],
    message="Écrivez l'adresse d'une page du web\u00a0: elle commence par https:// ou http://.",
)


def check_day(day):
    """Raises `ValidationError` for what is no day of our times: « 0026 » is a slip."""
    if not EARLIEST <= day <= LATEST:
        raise ValidationError(YEARS, code="year")


def points_go_together(name):
    """The constraint (str `name`) that `latitude` and `longitude` are both there, in degrees."""
    return models.CheckConstraint(
        condition=models.Q(latitude__isnull=True, longitude__isnull=True)
        | models.Q(
            latitude__isnull=False,
            longitude__isnull=False,
            latitude__range=(-90, 90),
            longitude__range=(-180, 180),
        ),
        name=name,
        violation_error_message="La latitude et la longitude vont ensemble, en degrés.",
    )


class DayField(models.DateField):
    """A day that somebody may type. A rule of ours, and for migrations a column like another."""

    default_validators = [check_day]

    def deconstruct(self):
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.DateField", args, kwargs


class WebField(models.URLField):
    """The address of a page, that a browser opens; typed without « https:// », it takes it."""

    default_validators = [check_web_address]

    def deconstruct(self):
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.URLField", args, kwargs

    def formfield(self, **kwargs):
        told = {"invalid": check_web_address.message}
        return super().formfield(**{"assume_scheme": "https", "error_messages": told} | kwargs)


class FoldedField(models.CharField):
    """Keeps the folded form of another field, for sorting and matching.

    A database without French collation sorts « Étoile » last, so names are sorted by this. Filled
    before each save, in bulk creation too. `is_place` folds as place names are (« St », articles).
    """

    def __init__(self, *args, source, is_place=False, **kwargs):
        self.source, self.is_place = source, is_place
        super().__init__(*args, **{"editable": False} | kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"source": self.source, "is_place": self.is_place}

    def pre_save(self, model_instance, add):
        fold = words.fold_place if self.is_place else words.fold
        value = fold(getattr(model_instance, self.source))[: self.max_length]
        setattr(model_instance, self.attname, value)
        return value
