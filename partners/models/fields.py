"""Fields of our own, and what staff read beside those they write freely in."""

from django.db import models

from partners import words

NO_TENANT = "N'écrivez ici aucun nom ni aucune information sur un locataire."
"""Rule R2: beside each free text."""


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
