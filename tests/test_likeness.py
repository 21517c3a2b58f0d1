"""Which records may be one partner: why, how likely, and what only looks like it."""

from itertools import permutations

import numpy as np
import pytest
from django.db import connection

from partners import likeness, near_names
from partners.imports.matching import match
from partners.imports.plan import identities_of
from partners.models import Distinction, Listing, SchemeRole
from partners.records import facts
from tests.factories import ListingFactory, change, commune

pytestmark = pytest.mark.django_db

SIRET = "21850182100019"


def make(name, **values):
    return ListingFactory(name=name, **values)


def found():
    return [(pair.first, pair.second) for pair in likeness.pairs()[0]]


def only():
    [pair], _ = likeness.pairs()
    return pair


def test_same_telephone_and_near_name_are_nearly_sure():
    make("Relais du Bocage", phone="+33261910017")
    make("Relais Bocage du", phone="+33261910017")
    pair = only()
    assert pair.likelihood == "très probable"
    assert pair.reasons == ("même téléphone", "même nom", "même commune")


def test_same_siret_alone_is_probable():
    make("Accueil de jour", siret=SIRET)
    make("Boutique solidaire", siret=SIRET)
    assert (only().likelihood, only().reasons[0]) == ("probable", "même SIRET")


def test_near_name_in_the_commune_is_enough_and_elsewhere_is_not():
    make("Maison des solidarités")
    make("Maison des solidarité")
    make("Maison des solidarités", commune=commune("85031"))
    pair = only()
    assert pair.reasons == ("nom très proche", "même commune")
    assert {pair.first.commune.code, pair.second.commune.code} == {"85182"}


def test_near_name_within_500_metres_is_enough_across_a_commune_line():
    here, there, far = (
        make("Point accueil écoute jeunes", commune=commune(code))
        for code in ("85182", "85031", "85191")
    )
    change(here, latitude=46.7820, longitude=-0.8360)
    change(there, latitude=46.7850, longitude=-0.8390)
    change(far, latitude=46.7900, longitude=-0.8360)
    assert found() == [(here, there)]
    assert "à moins de 500\u00a0m" in only().reasons


def test_the_line_for_professionals_counts_as_a_telephone():
    make("Relais du Bocage", phone="+33261910017")
    make("Relais bocage", professional_phone="+33261910017")
    assert "même téléphone" in only().reasons


@pytest.mark.parametrize("is_linked", [True, False])
def test_branch_with_the_number_of_its_structure_is_no_duplicate(is_linked):
    head = make("Association du Lay", phone="+33261910017")
    make("Antenne de jour", phone="+33261910017", parent=head if is_linked else None)
    assert bool(found()) is not is_linked


def test_scheme_with_the_number_of_its_operator_is_no_duplicate():
    structure = make("Association du Lay", phone="+33261910017")
    scheme = make("Visites aux aînés", phone="+33261910017", kind="dispositif")
    assert not found()
    SchemeRole.objects.create(scheme=scheme, structure=structure, role="operateur")
    assert not found()


def test_town_hall_and_its_ccas_at_one_switchboard_are_no_duplicates():
    make("Mairie de Pouzauges", structure_type="mairie", phone="+33261910017")
    make("CCAS de Pouzauges", structure_type="ccas", phone="+33261910017")
    assert not found()


def test_confidential_record_is_told_by_its_telephone_alone():
    for name in ("Maison du Tilleul", "Maison du Tilleuls"):
        make(name, is_confidential=True, phone="+33261910017")
    make("Maison du Tilleul")
    pair = only()
    assert pair.first.is_confidential
    assert pair.second.is_confidential
    assert "même commune" not in pair.reasons


def test_archived_and_distinct_records_are_left_out():
    first, second, gone = (make("Relais du Bocage", phone="+33261910017") for _ in range(3))
    change(gone, status=Listing.Status.ARCHIVED)
    assert found() == [(first, second)]
    Distinction.objects.create(first=second, second=first)
    assert not found()


def test_likeliest_come_first_and_pages_hold_all():
    for number in range(3):
        make("Relais du Bocage", phone=f"+3326191001{number}")
    make("Relais du Bocage", phone="+33261910010")
    every, total = likeness.pairs()
    assert total == len(every) == 6
    assert "même téléphone" in every[0].reasons
    paged = [
        pair for offset in range(0, 6, 2) for pair in likeness.pairs(limit=2, offset=offset)[0]
    ]
    assert paged == every


def test_many_records_ask_the_same_number_of_queries(django_assert_num_queries):
    for _ in range(2):
        make("Relais du Bocage")
    with django_assert_num_queries(3):
        likeness.pairs()
    for _ in range(8):
        make("Relais du Bocage")
    with django_assert_num_queries(3):
        assert likeness.pairs(limit=20)[1] == 45


def test_no_near_name_of_a_commune_is_missed():
    """What the numbers of the names leave out is not near."""
    first = ("Relais", "Maison", "Relai", "Halte", "Maisons")
    last = ("du bocage", "du bocag", "bocage et marais", "emploi", "des aidants", "aidants", "É")
    for name in (f"{one} {two}" for one in first for two in last):
        make(name)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.id, b.id FROM partners_listing a, partners_listing b WHERE a.id < b.id"
            f" AND similarity(a.search_key, b.search_key) >= {likeness.NEAR_NAME}"
        )
        near = set(cursor.fetchall())
    assert len(near) > len(first)
    assert {(one.pk, two.pk) for one, two in found()} == near


def test_near_name_of_a_record_without_commune_is_found_from_either():
    here, nowhere = make("Relais du Bocage"), make("Relais du Bocage")
    change(nowhere, commune=None)
    assert found() == [(here, nowhere)]
    for listing in (here, nowhere):
        assert likeness.pairs(of=listing.pk)[1] == 1
    row = {"name": "Relais du Bocage"}
    assert {pair.second for pair in likeness.alike(row)} == {here, nowhere}
    assert {pair.second for pair in likeness.alike(row | {"commune": "85031"})} == {nowhere}


def test_number_that_very_many_share_proves_nothing():
    names = ["".join(pair) for pair in permutations("abcdefg", 2)][: likeness.SHARED_BY + 1]
    for name in names:
        make(name * 4, phone="+33261910017")
    assert found() == []
    Listing.objects.first().delete()
    assert len(found()) == likeness.SHARED_BY * (likeness.SHARED_BY - 1) / 2


def test_names_that_differ_by_a_number_alone_are_a_series():
    for name in ("Relais du Bocage 85", "Relais du Bocage 86", "Relais du Bocage"):
        make(name)
    named = {(first.name, second.name) for first, second in found()}
    assert named == {
        ("Relais du Bocage 85", "Relais du Bocage"),
        ("Relais du Bocage 86", "Relais du Bocage"),
    }
    row = {"name": "Relais du Bocage 87", "commune": "85182"}
    assert [pair.second.name for pair in likeness.alike(row)] == ["Relais du Bocage"]


def test_two_of_a_series_with_one_telephone_are_alike():
    for name in ("Relais du Bocage 85", "Relais du Bocage 86"):
        make(name, phone="+33261910017")
    assert only().likelihood == "très probable"


def test_number_written_otherwise_is_the_same():
    make("Relais du Bocage 5")
    make("Relais du Bocage 05")
    assert only().reasons == ("nom très proche", "même commune")


def test_total_of_very_many_pairs_is_told_as_a_least_and_the_likeliest_are_kept(monkeypatch):
    monkeypatch.setattr(likeness, "MOST_PAIRS", 3)
    for name in ("Relais du Bocage", "Relais du Bocage", "Relais du Bocag", "Relais du Boca"):
        make(name)
    pairs, total = likeness.pairs()
    assert (total, total.is_least) == (3, True)
    assert pairs[0].reasons[0] == "même nom"
    assert likeness.count().is_least


def test_names_of_a_long_list_are_compared_with_their_neighbours():
    keys = [f"relais {first}{second}" for first, second in permutations("abcdefghijklmno", 2)]
    names = near_names.read(keys)
    all_of_them = np.arange(len(keys))
    blocks = [(all_of_them, all_of_them, 0.6)]
    whole = near_names.among(names, blocks, most=10**6)
    with pytest.MonkeyPatch.context() as changed:
        for name, number in (("EXACT", 50), ("ROWS", 10), ("NEIGHBOURS", 40)):
            changed.setattr(near_names, name, number)
        part = near_names.among(names, blocks, most=10**6)
    assert (whole.is_partial, part.is_partial) == (False, True)
    found = [set(zip(near.ones, near.others, strict=True)) for near in (whole, part)]
    assert found[1] < found[0]
    assert len(found[1]) == len(part.ones)
    near = {(a, b) for a, b in found[0] if b - a <= 30}
    assert near <= found[1]


def test_new_record_and_list_have_one_notion():
    known = make("Relais du Bocage", phone="+33261910017")
    asked = facts.of_listing(Listing(name="Relais Bocage", phone="+33261910017"))
    [pair] = likeness.alike(facts.for_likeness(asked | {"commune": "85182"}))
    assert (pair.first, pair.second) == (None, known)
    make("Relais Bocage", phone="+33261910017")
    written = only()
    assert (written.reasons, written.score) == (pair.reasons, pair.score)


@pytest.mark.parametrize("attr", ["parent", "role"])
def test_row_that_names_a_record_as_its_own_is_judged_as_a_record_that_does(attr):
    head = make("Association du Lay", phone="+33261910017")
    row = {"name": "Antenne du Lay", "phone": "+33261910017", "commune": "85182"}
    if attr == "role":
        row |= {"name": "Association du Lay", "kind": "dispositif"}
    [before], after = likeness.alike(row), likeness.alike(row | {"linked": [head.pk]})
    assert all(pair.score == before.score - 40 and pair.doubts for pair in after)


def test_each_row_of_a_file_is_told_its_own_records_in_one_question(django_assert_num_queries):
    here, there = make("Relais du Bocage"), make("Le Phare", phone="+33261910018")
    gone = make("Le Phare", commune=commune("85092"))
    change(gone, status=Listing.Status.ARCHIVED)
    rows = {
        2: {"name": "Relais du Bocages", "commune": "85182"},
        3: {"name": "Accueil", "phone": "+33261910018"},
        4: {"name": "Phare (le)", "commune": "85092"},
        5: {"name": "Rien de tel", "commune": "85182"},
    }
    with django_assert_num_queries(3):
        found = likeness.of_each(rows)
    told = {line: [pair.second for pair in pairs] for line, pairs in found.items()}
    assert told == {2: [here], 3: [there], 4: [gone]}


def test_row_with_a_confidential_address_is_nowhere():
    make("Maison du Tilleul")
    row = {"name": "Maison du Tilleul", "commune": "85182", "is_confidential": True}
    assert not likeness.alike(row)


def test_row_within_500_metres_is_alike_across_a_commune_line():
    known = make("Point accueil écoute jeunes", commune=commune("85182"))
    change(known, latitude=46.7820, longitude=-0.8360)
    row = {"name": "Point accueil écoute jeunes", "commune": "85031"}
    assert not likeness.alike(row)
    [pair] = likeness.alike(row | {"latitude": "46.785", "longitude": "-0.839"})
    assert "à moins de 500\u00a0m" in pair.reasons


def test_row_is_told_the_likeliest_records_only():
    for _ in range(likeness.MOST + 2):
        make("Relais du Bocage")
    best = make("Relais du Bocage", phone="+33261910017")
    row = {"name": "Relais du Bocage", "phone": "+33261910017", "commune": "85182"}
    found = likeness.alike(row)
    assert len(found) == likeness.MOST
    assert found[0].second == best


@pytest.mark.parametrize(
    "same", [{"siret": SIRET}, {"name": "Relais du Bocage"}, {"name": "relais du BOCAGE"}]
)
def test_what_an_import_recognises_is_alike(same):
    known = make(**{"name": "Relais du Bocage"} | same)
    row = make(**{"name": "Relais du Bocage (antenne)"} | same, source="fichier", source_id="")
    [identity] = identities_of(Listing.objects.filter(pk=row.pk))
    matched = match([identity], identities_of(Listing.objects.filter(pk=known.pk)))
    assert matched[row.pk].number == known.pk
    assert found() == [(known, row)]
    assert only().score >= likeness.PROBABLE
