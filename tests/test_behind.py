"""What the database writes while Python reads on, and values as COPY takes them."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from partners.imports import behind, bulk
from partners.models import Contact, Listing
from tests.factories import ListingFactory

pytestmark = pytest.mark.django_db


def listings(*names):
    return [Listing(name=name, source="test", source_id=name) for name in names]


def test_statement_sees_what_was_sent_before_it():
    with behind.behind():
        bulk.insert(listings("un", "deux"))
        assert set(Listing.objects.values_list("name", flat=True)) == {"un", "deux"}


def test_row_that_changes_once_sent_is_written_as_it_was():
    [row] = listings("avant")
    with behind.behind():
        bulk.insert([row])
        row.name = "après"
    assert Listing.objects.get().name == "avant"


def test_keys_taken_ahead_are_not_given_twice():
    with behind.behind():
        for number in range(4):
            bulk.insert(listings(*(f"{number}-{n}" for n in range(number + 1))))
    bulk.insert(listings("ensuite"))
    ListingFactory()
    assert Listing.objects.count() == 12


def write(*chunks, then=None):
    with transaction.atomic(), behind.behind():
        for names in chunks:
            bulk.insert(listings(*names))
        if then:
            raise then


def test_fault_of_what_was_sent_stops_the_whole():
    with pytest.raises(IntegrityError):
        write(["un"], ["un"])
    assert not Listing.objects.exists()


def test_connection_is_free_again_after_an_interruption():
    with pytest.raises(KeyboardInterrupt):
        write(*([str(number)] for number in range(30)), then=KeyboardInterrupt)
    assert not Listing.objects.exists()
    assert behind.queue() is None


def test_link_to_a_record_that_was_just_sent_has_its_key():
    [row] = listings("un")
    with behind.behind():
        bulk.insert([row])
        bulk.insert(
            [Contact(listing=row, name="Camille", source="test", recorded_on=date(2026, 11, 3))]
        )
    assert Contact.objects.get().listing == Listing.objects.get()


@pytest.mark.parametrize(
    "values", [[], [""], ["NULL"], ['a"b', "c\\d", "{e,f}", " g "], ["été", "«\N{NO-BREAK SPACE}»"]]
)
def test_list_of_texts_is_written_as_it_is(values):
    [row] = listings("un")
    row.themes = values
    bulk.insert([row])
    assert Listing.objects.get().themes == values
    row.themes = [*values, "\t"]
    bulk.update([row], ["themes"])
    assert Listing.objects.get().themes == [*values, "\t"]
