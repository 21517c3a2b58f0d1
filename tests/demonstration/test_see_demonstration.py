"""The pages that look at the whole directory, on the whole demonstration."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partners import freshness, visit
from partners.board import Board
from partners.coverage import place_of_communes, place_of_territory
from partners.models import Situation, User
from partners.search import Criteria
from partners.search.finding import find
from tests.factories import UserFactory, commune, territory
from tests.visit import in_browser, worlds

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 24, 10, tzinfo=ZoneInfo("Europe/Paris"))
COMMUNES = ["85182", "85031", "85191", "85113", "85047", "85092", "85128"]
SITUATIONS = ["isolement", "addictions", "violences", "voisinage", "jeunes", "energie"]
PAGES = [
    "/gestion/couverture/",
    "/gestion/couverture/?apres_17h=1&coeur=1",
    "/gestion/couverture/isolement/248500464/",
    "/gestion/couverture/generalistes/85113/",
    "/gestion/couverture/carte/?situation=voisinage",
    "/gestion/couverture/couverture.csv",
    "/gestion/usage/",
    "/gestion/usage/fraicheur.csv",
]


@pytest.fixture(scope="module", autouse=True)
def directory(demonstration):
    pass


def served(place, situation):
    """Those that the search says serve a place for a situation, generalists apart."""
    found = find(Criteria(place=place, at=AT, situations=(situation,)))
    return {m.pk for m in [*found.strip, *found.near, *found.far] if m.serves and m.met}


@pytest.mark.parametrize("slug", SITUATIONS)
def test_board_and_search_agree_on_who_covers_each_commune(slug):
    board = Board(place_of_territory(territory("departement", "85")), AT)
    situation = Situation.objects.get(slug=slug)
    mine = board.of(situation)
    counts = board.counts(mine)
    for place in map(commune, COMMUNES):
        expected = served(place_of_communes([place]), situation)
        assert {p.pk for p in mine if board.covers(p, place)} == expected
        assert counts[place.pk] == len(expected)


@pytest.mark.parametrize("address", PAGES)
def test_page_asks_less_than_fifteen_things(client, address):
    client.force_login(UserFactory(role=User.Role.MANAGER))
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(address).status_code == 200
    assert len(asked) < 15


def test_freshness_of_each_sector_ends_as_it_is_today():
    today = {share.label: (share.total, share.checked) for share in freshness.by_sector()}
    courses = {course.label: course.months[-1].share for course in freshness.sectors_over_time()}
    assert {label: (s.total, s.checked) for label, s in courses.items()} == today


@pytest.fixture(scope="module")
def pack(directory):
    with time_machine.travel(AT, tick=False):
        own = UserFactory(email="module@example.org")  # the tests count their own from nought
        return visit.pack_of(territory("departement", "85"), own, AT)


def test_pack_of_the_whole_departement_weighs_less_than_3_mb_for_500_records_of_a_census(pack):
    """In proportion: the town halls, which say little, are there besides. What the box understands
    is the same for any number of records."""
    weights = {
        name: len(json.dumps(part, ensure_ascii=False, separators=(",", ":")).encode())
        for name, part in pack.items()
    }
    words = weights.pop("words")
    assert len(pack["records"]) > 500
    assert words < 500_000
    assert sum(weights.values()) < 1_500_000


@pytest.mark.browser
def test_pack_of_the_whole_departement_is_searched_as_online(pack, tmp_path):
    home = territory("departement", "85")
    some = zip(SITUATIONS * 2, COMMUNES * 2, strict=False)
    asked = [{"situations": [slug], "communes": [code]} for slug, code in some]
    asked += [{"situations": SITUATIONS[:3], "communes": [COMMUNES[0]]}]
    asked = [worlds.question(one, AT.isoformat()) for one in asked]
    found = in_browser(
        tmp_path, {"packs": [pack], "asked": [[0, one] for one in asked]}, worlds.ANSWER_ALL
    )
    for question, mine in zip(asked, found, strict=True):
        assert mine == worlds.answer(worlds.criteria_of(question, AT, home), ()), question
