"""Instances out of statements written by hand, beside Django's own reading of the same ones."""

import pytest
from django.core.exceptions import FieldDoesNotExist

from cartographie.postgresql.rows import hold, read
from partners.models import Listing, Outline, Situation, Territory
from tests.factories import ListingFactory, PermanenceFactory

pytestmark = pytest.mark.django_db
WHOLE = "SELECT *, upper(slug) AS loud FROM partners_situation ORDER BY slug"


def test_instances_are_those_of_raw_with_the_columns_that_are_no_field():
    ours, djangos = read(Situation, WHOLE, []), list(Situation.objects.raw(WHOLE))
    assert len(ours) == len(djangos) > 20
    for one, other in zip(ours, djangos, strict=True):
        facts = {name: value for name, value in vars(one).items() if name != "_state"}
        assert facts == {name: value for name, value in vars(other).items() if name != "_state"}
        assert one._state.db == other._state.db
        assert one._state.adding is other._state.adding is False
    assert ours[0].loud == ours[0].slug.upper()


def test_fields_that_are_not_selected_are_read_when_asked_for(django_assert_num_queries):
    statement = "SELECT slug, id FROM partners_situation WHERE slug = %s"
    (found,) = read(Situation, statement, ["isolement"])
    assert found.get_deferred_fields() >= {"label", "order"}
    with django_assert_num_queries(1):
        label = found.label
    assert label == Situation.objects.get(slug="isolement").label


def test_values_are_bound_and_nothing_found_is_an_empty_list():
    assert read(Territory, "SELECT * FROM partners_territory WHERE code = %s", ["'; --"]) == []


def test_statement_without_the_key_is_refused():
    with pytest.raises(FieldDoesNotExist, match="is not selected"):
        read(Situation, "SELECT slug FROM partners_situation", [])


def test_values_are_read_as_their_field_reads_them():
    statement = """SELECT 1 AS territory_id, '{"type": "Point"}'::jsonb AS geometry"""
    (found,) = read(Outline, statement, [])
    assert found.geometry == {"type": "Point"}


def test_rows_that_are_held_are_not_asked_for(django_assert_num_queries):
    made = PermanenceFactory(listing=ListingFactory())
    found = Listing.objects.get(pk=made.listing_id)
    hold(found, permanences=[made], contacts=[])
    with django_assert_num_queries(0):
        assert list(found.permanences.all()) == [made]
        assert list(found.contacts.all()) == []
    found.permanences.all().delete()
    assert not Listing.objects.get(pk=found.pk).permanences.exists()
