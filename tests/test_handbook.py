"""Situations, numbers and our own people: read once per process, and never out of date."""

import pgtrigger
import pytest
from django.db import connection

from partners import handbook, lines
from partners.coverage import place_of_communes
from partners.models import Helpline, InternalReferent, Situation, SituationHelpline
from tests.factories import AgencyFactory, UserFactory, commune

pytestmark = pytest.mark.django_db
RESULTS = "/recherche/?situation=isolement&commune=85182"
NUMBER = "02 61 91 00 47"


@pytest.fixture(autouse=True)
def nothing_is_kept_of_another_test(monkeypatch):
    """What one read again after a minute would bear the version of the next."""
    monkeypatch.setattr(handbook, "_kept", handbook.Kept())


@pytest.fixture
def adviser(client):
    client.force_login(UserFactory())
    return client


@pytest.fixture
def line():
    return Helpline.objects.filter(situation_links__situation__slug="isolement", status="actif")[0]


def shown(adviser, words):
    return words in adviser.get(RESULTS).content.decode().replace("\u00a0", " ")


def numbers_of(slug):
    found, *_ = lines.helplines([Situation.objects.get(slug=slug)], pouzauges())
    return [line.number for line in found]


def pouzauges():
    return place_of_communes([commune("85182")])


def test_a_second_page_asks_for_none_of_them(adviser):
    adviser.get(RESULTS)
    sent = []
    with connection.execute_wrapper(lambda run, sql, *rest: sent.append(sql) or run(sql, *rest)):
        adviser.get(RESULTS)
    assert sent
    for name in ("helpline ", "situation ", "dangersign ", "internalreferent "):
        assert f"FROM partners_{name}" not in " ".join(sent)


def test_a_number_changed_is_on_the_next_page(adviser, line):
    assert not shown(adviser, NUMBER)
    Helpline.objects.filter(pk=line.pk).update(number=NUMBER)
    assert shown(adviser, NUMBER)


def test_a_number_added_to_a_situation_or_taken_from_it_is_seen(adviser):
    other = Helpline.objects.active().exclude(situation_links__situation__slug="isolement")
    other = other.filter(zone__kind="pays", is_danger=False)[0]
    Helpline.objects.filter(pk=other.pk).update(number=NUMBER)
    assert not shown(adviser, NUMBER)
    situation = Situation.objects.get(slug="isolement")
    link = SituationHelpline.objects.create(situation=situation, helpline=other, order=1)
    assert shown(adviser, NUMBER)
    link.delete()
    assert not shown(adviser, NUMBER)


def test_a_retired_number_is_gone_and_a_replaced_one_gives_way(adviser, line):
    new = Helpline.objects.active().exclude(pk=line.pk).filter(zone=line.zone)[0]
    Helpline.objects.filter(pk=new.pk).update(number=NUMBER)
    assert line.number in numbers_of("isolement")
    Helpline.objects.filter(pk=line.pk).update(status="remplace", replaced_by=new)
    assert NUMBER in numbers_of("isolement")
    assert line.number not in numbers_of("isolement")
    Helpline.objects.filter(pk=new.pk).update(status="retire")
    assert NUMBER not in numbers_of("isolement")


def test_a_situation_put_away_is_refused_at_once(adviser):
    assert adviser.get(RESULTS).status_code == 200
    Situation.objects.filter(slug="isolement").update(archived_at="2026-11-01T10:00Z")
    assert adviser.get(RESULTS).status_code == 404


def test_somebody_new_of_the_agency_is_shown_with_its_name_of_today(adviser):
    agency = AgencyFactory(name="Agence du Bocage")
    agency.sector.sector_members.create(commune=commune("85182"))
    assert not shown(adviser, NUMBER)
    InternalReferent.objects.create(
        agency=agency, subject="social", name="Lien social", phone="+33261910047"
    )
    assert shown(adviser, NUMBER)
    agency.name = "Agence des Collines"
    agency.save()
    assert shown(adviser, "Agence des Collines")


def test_outside_a_request_a_version_told_is_not_believed(line):
    numbers_of("isolement")
    handbook.note(handbook._kept.version)
    Helpline.objects.filter(pk=line.pk).update(number=NUMBER)
    assert NUMBER in numbers_of("isolement")


def test_in_a_request_the_version_is_asked_once(django_assert_num_queries):
    handbook.current()
    with handbook.request(), django_assert_num_queries(1):
        handbook.current()
        handbook.current()


def test_a_change_that_no_version_tells_is_seen_after_a_minute(line, monkeypatch):
    numbers_of("isolement")
    with pgtrigger.ignore():
        Helpline.objects.filter(pk=line.pk).update(number=NUMBER)
    assert NUMBER not in numbers_of("isolement")
    monkeypatch.setattr(handbook._kept, "read_at", handbook._kept.read_at - handbook.KEPT)
    assert NUMBER in numbers_of("isolement")
