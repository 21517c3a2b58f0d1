"""« Premiers pas »: three invented calls, once, for a new account."""

import pytest

from partners import box, guide
from partners.models import User
from tests.factories import AgencyFactory, UserFactory, commune, territory

pytestmark = pytest.mark.django_db


@pytest.fixture
def newcomer(client):
    user = UserFactory(guide_step=guide.FIRST)
    client.force_login(user)
    client.user = user
    return client


def home(client):
    return client.get("/").content.decode()


def go(client, step):
    return client.post("/premiers-pas/", {"pas": step})


def test_newcomer_goes_through_three_calls(newcomer):
    for number in (1, 2, 3):
        assert f"appel inventé {number} sur 3" in home(newcomer)
        go(newcomer, "suivant")
    assert "Premiers pas" not in home(newcomer)


def test_they_can_be_left_and_taken_again(newcomer):
    go(newcomer, "suivant")
    go(newcomer, "fin")
    assert "Premiers pas" not in home(newcomer)
    assert "Refaire les premiers pas" in newcomer.get("/mon-compte/").content.decode()
    go(newcomer, "refaire")
    assert "appel inventé 1 sur 3" in home(newcomer)


def test_account_that_was_there_before_is_not_bothered(client):
    client.force_login(UserFactory())
    assert "Premiers pas" not in home(client)
    go(client, "suivant")
    assert "Premiers pas" not in home(client)


@pytest.mark.parametrize("step", ["", "💥", "7"])
def test_made_up_step_is_refused(newcomer, step):
    assert go(newcomer, step).status_code == 404


def test_step_out_of_range_shows_nothing(newcomer):
    User.objects.update(guide_step=200)
    assert "Premiers pas" not in home(newcomer)


@pytest.mark.parametrize("call", guide.CALLS)
def test_what_is_to_be_typed_is_understood(call):
    place = commune("85191")
    found = box.read(call.in_(place), departement="85")
    assert [situation.slug for situation in found.situations] == [call.situation]
    assert found.communes == (place,)
    assert not found.rest


def test_call_comes_from_the_sector_of_the_agency(client):
    agency = AgencyFactory()
    agency.sector.communes.add(commune("85182"))
    step = guide.of(UserFactory(guide_step=1), agency.sector)
    assert step.typed == "isolement Pouzauges"
    assert guide.of(UserFactory(guide_step=1), None) is None
    assert guide.of(UserFactory(guide_step=1), territory("departement", "85"))
