"""« Nouveau cette semaine »: what an adviser must know, not what an import wrote."""

from datetime import timedelta

import pghistory
import pytest
import time_machine
from django.utils import timezone

from partners import news
from partners.models import Listing, Merge
from tests.factories import ListingFactory, change

pytestmark = pytest.mark.django_db
Status = Listing.Status


@pytest.fixture
def known():
    """A partner published long ago: what is told of it is what changes since."""
    listing = ListingFactory()
    forget()
    return listing


def forget():
    events = Listing.pgh_event_model.objects
    events.update(pgh_created_at=timezone.now() - timedelta(days=30))


def told():
    return [(item.listing.pk, item.label) for item in news.recent()]


@pytest.mark.parametrize(
    ("values", "label"),
    [
        ({"phone": "+33261919999"}, "nouveau numéro"),
        ({"status": Status.ARCHIVED}, "fermé"),
        ({"status": Status.SUSPENDED}, "fermé"),
    ],
)
def test_change_that_counts_is_told(known, values, label):
    change(known, **values)
    assert told() == [(known.pk, label)]


def test_change_that_does_not_count_is_not(known):
    change(known, summary="Autre chose.")
    assert told() == []


def test_draft_that_is_published_is_a_new_partner_and_one_that_is_not_stays_quiet():
    draft = ListingFactory(status=Status.DRAFT)
    ListingFactory(status=Status.TO_CHECK)
    forget()
    change(draft, status=Status.PUBLISHED)
    assert told() == [(draft.pk, "nouveau partenaire")]


def test_the_last_word_on_a_record_wins(known):
    change(known, status=Status.ARCHIVED)
    change(known, status=Status.PUBLISHED)
    assert told() == [(known.pk, "de nouveau ouvert")]


def test_last_month_is_no_news(known):
    with time_machine.travel(timezone.now() + timedelta(days=8), tick=False):
        assert told() == []


def test_import_of_many_leaves_room_for_what_was_changed_by_hand(known):
    change(known, phone="+33261919999")
    with pghistory.context(**{"import": "liste.csv"}):
        many = ListingFactory.create_batch(news.MOST_TOGETHER + 1)
    assert told() == [(known.pk, "nouveau numéro")]
    with pghistory.context(**{"import": "liste.csv"}):
        Listing.objects.filter(pk__in=[one.pk for one in many]).update(phone="+33261918888")
    assert told() == [(known.pk, "nouveau numéro")]


def test_import_of_a_few_is_told():
    with pghistory.context(**{"import": "liste.csv"}):
        ListingFactory.create_batch(2)
    assert [label for _, label in told()] == ["nouveau partenaire"] * 2


def test_merged_record_is_not_said_to_be_closed(known):
    other = ListingFactory()
    forget()
    change(known, status=Status.ARCHIVED)
    Merge.objects.create(absorbed=known, kept=other)
    assert told() == []


def test_five_are_shown_the_latest_first():
    made = ListingFactory.create_batch(news.NEWS_SHOWN + 2)
    assert [pk for pk, _ in told()] == [one.pk for one in made[:1:-1]]
