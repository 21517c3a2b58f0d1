"""What a person types in a column is held by its field, wherever it is typed."""

from datetime import date

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models

from partners.models import Listing
from partners.models.fields import DayField, WebField

BY_THE_PROGRAM = {
    "AgencyUse", "HandOut", "Proposal", "SearchEntry", "Session", "SourceRecord", "UseCount",
}  # fmt: skip
"""Models whose days nobody types."""


def typed(kind):
    """Every column of a kind that a person may write (list of fields)."""
    found = [
        field
        for model in apps.get_app_config("partners").get_models()
        if not hasattr(model, "pgh_tracked_model") and model.__name__ not in BY_THE_PROGRAM
        for field in model._meta.concrete_fields
        if isinstance(field, kind) and field.editable
    ]
    assert found
    return found


def test_every_day_that_is_typed_is_of_our_times():
    days = [field for field in typed(models.DateField) if field.get_internal_type() == "DateField"]
    assert [field for field in days if not isinstance(field, DayField)] == []


def test_every_address_that_is_typed_is_a_page_of_the_web():
    assert [field for field in typed(models.URLField) if not isinstance(field, WebField)] == []


@pytest.mark.parametrize("day", [date.min, date(1899, 12, 31), date(2100, 1, 1), date.max])
def test_day_that_is_not_of_our_times_is_refused(day):
    with pytest.raises(ValidationError, match="entre 1900 et 2099"):
        Listing._meta.get_field("suspended_until").clean(day, None)


@pytest.mark.parametrize("scheme", ["ftp", "ftps", "file", "mailto", "javascript", "data"])
def test_address_that_no_browser_opens_as_a_page_is_refused(scheme):
    with pytest.raises(ValidationError, match="https://"):
        Listing._meta.get_field("website").clean(f"{scheme}://example.org/", None)
