"""The search without a network answers as online: same blocks, same order, same words."""

import random
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine

from partners import visit
from partners.models import InternalReferent, SectorCommune, Situation
from tests.factories import AgencyFactory, UserFactory, commune, territory
from tests.visit import in_browser, worlds

pytestmark = [pytest.mark.django_db, pytest.mark.browser]

PARIS = ZoneInfo("Europe/Paris")
START = datetime(2026, 12, 18, 11, 3, tzinfo=PARIS)  # Christmas is in the week
TODAY = START.date()
RECORDS, QUESTIONS = 160, 30


INLAND, ISLANDS = ["85182", "85031", "85109"], ["85113", "85163", "85076", "85047"]


def agency(name, codes):
    made = AgencyFactory(name=name)
    for code in codes:
        SectorCommune.objects.create(sector=made.sector, commune=commune(code))
    for subject in ("loyer", "social", "voisinage"):
        InternalReferent.objects.create(agency=made, subject=subject, name="Le pôle")
    return made


def pack_of(sector, user, slugs):
    chosen = None if slugs is None else list(Situation.objects.filter(slug__in=slugs))
    with time_machine.travel(START, tick=False):
        return visit.pack_of(sector, user, START, situations=chosen)


@pytest.mark.parametrize("seed", range(2))
def test_drawn_worlds_are_searched_as_online(tmp_path, seed):
    chance = random.Random(seed)
    own, other = agency("Bocage", INLAND), agency("Îles", ISLANDS)
    worlds.draw(chance, TODAY, RECORDS)
    user = UserFactory(agency=own)
    some = ["isolement", "violences"]
    sectors = [own.sector, territory("departement", "85"), other.sector]
    chosen = [None, worlds.SITUATIONS, some]
    packs = [
        pack_of(*facts, slugs)
        for facts, slugs in zip([(s, user) for s in sectors], chosen, strict=True)
    ]
    asked, expected = [], []
    for number in range(QUESTIONS):
        at = number % len(packs)
        known = [row["code"] for row in packs[at]["communes"]]
        codes = [code for code in worlds.AROUND if code in known] or known
        question = worlds.ask(chance, codes, chosen[at] or worlds.SITUATIONS, START)
        if chosen[at] is not None and not question["situations"]:
            question["situations"] = chosen[at][:1]
        criteria = worlds.criteria_of(question, datetime.fromisoformat(question["at"]), sectors[at])
        asked.append([at, question])
        expected.append(worlds.answer(criteria, question["opened"]))
    found = in_browser(tmp_path, {"packs": packs, "asked": asked}, worlds.ANSWER_ALL)
    for question, mine, theirs in zip(asked, found, expected, strict=True):
        assert mine == theirs, question
