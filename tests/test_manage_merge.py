"""« Doublons », in the workspace: the list, the comparison, the preview, the merge, its undoing."""

import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from html import unescape
from pathlib import Path

import pghistory
import pytest
from django.db import connection, transaction
from django.urls import reverse

from partners import likeness
from partners.merging import undoing, uniting
from partners.models import (
    Distinction,
    EntryPoint,
    Favourite,
    Listing,
    Merge,
    Paper,
    Report,
    User,
)
from tests.factories import FolderFactory, ListingFactory, UserFactory, change
from tests.sent_form import read_form

pytestmark = pytest.mark.django_db

LIST = "/gestion/doublons/"
PHONE = "+33261910017"


@pytest.fixture
def manager(client):
    client.force_login(UserFactory(role=User.Role.MANAGER, email="lien@example.org"))
    return client


def twins(**theirs):
    first = ListingFactory(name="Relais du Bocage", phone=PHONE, email="relais@example.org")
    return first, ListingFactory(**({"name": "Relais Bocage", "phone": PHONE} | theirs))


def address(first, second):
    return reverse("manage_merge_pair", args=[first.pk, second.pk])


def words(response):
    return " ".join(unescape(response.content.decode()).replace("\u00a0", " ").split())


def opened(client, first, second):
    return read_form(client.get(address(first, second)), "data-merge")


def send(client, first, second, action="fusionner", **changes):
    fields = opened(client, first, second) | {"action": action}
    return client.post(address(first, second), fields | changes)


# The list


def test_pair_is_listed_with_its_reasons_and_counts_as_work(manager):
    first, second = twins()
    page = words(manager.get(LIST))
    assert "très probable" in page
    assert "même téléphone, nom très proche, même commune" in page
    assert address(first, second) in page
    assert "Doublons probables" in words(manager.get("/gestion/"))


def test_count_that_is_not_known_to_the_end_says_so(manager, monkeypatch):
    for _ in range(4):
        twins()
    monkeypatch.setattr(likeness, "MOST_PAIRS", 2)
    assert "paires et plus à regarder" in words(manager.get(reverse("manage_merge")))
    assert " et plus</p>" in words(manager.get(reverse("manage_home")))


def test_nothing_found_among_too_many_is_not_told_as_nothing(manager, monkeypatch):
    ListingFactory.create_batch(3)
    monkeypatch.setattr(likeness, "MOST_COMPARED", 3)
    assert "parmi les fiches comparées" in words(manager.get(reverse("manage_merge")))
    assert "doublons probables" not in words(manager.get(reverse("manage_home")))


def test_empty_list_says_what_to_do(manager):
    assert "Aucun doublon en vue" in words(manager.get(LIST))
    assert "Aucune fusion" in words(manager.get(f"{LIST}?etat=faites"))
    assert "Rien ici" in words(manager.get(f"{LIST}?etat=distinctes"))


@pytest.mark.parametrize("query", ["?page=99", "?page=x", "?page=-1", "?etat=inconnu", "?page=²"])
def test_list_opens_whatever_the_address_says(manager, query):
    twins()
    assert "1 paire à regarder" in words(manager.get(LIST + query))


def test_pair_told_apart_is_remembered_and_comes_back(manager):
    first, second = twins()
    apart = reverse("manage_merge_apart", args=[first.pk, second.pk])
    for _ in range(2):
        assert "ce ne sont pas les mêmes" in words(manager.post(apart, follow=True))
    assert Distinction.objects.get().said_by.email == "lien@example.org"
    assert "Aucun doublon en vue" in words(manager.get(LIST))
    assert "lien@example.org" in words(manager.get(f"{LIST}?etat=distinctes"))
    manager.post(reverse("manage_merge_again", args=[second.pk, first.pk]))
    assert not Distinction.objects.exists()


def test_list_of_2000_records_asks_little_and_is_paged(manager, django_assert_max_num_queries):
    ListingFactory.create_batch(25, name="Relais du Bocage")
    with django_assert_max_num_queries(10):
        page = words(manager.get(LIST))
    assert "300 paires à regarder" in page
    assert "Page 1 sur 15" in page


# A record with others


def test_record_leads_to_what_looks_like_it_and_to_a_search(manager):
    first, second = twins()
    other = ListingFactory(name="Maison du Lay")
    edit = manager.get(reverse("manage_records_edit", args=[first.pk]))
    page = reverse("manage_merge_of", args=[first.pk])
    assert page in edit.content.decode()
    assert address(first, second) in manager.get(page).content.decode()
    found = manager.post(page, {"texte": "maison lay"})
    assert address(first, other) in found.content.decode()
    assert "Aucune fiche" in words(manager.post(page, {"texte": "xyzzy"}))
    assert manager.post(page, {"texte": "x" * 200}).status_code == 422


def test_words_looked_for_are_not_taken_from_an_address(manager):
    first, _ = twins()
    other = ListingFactory(name="Maison du Lay")
    page = manager.get(reverse("manage_merge_of", args=[first.pk]), {"texte": "maison"})
    assert address(first, other) not in page.content.decode()


# The comparison


def test_choices_stand_side_by_side_with_what_is_proposed(manager):
    first, second = twins(description="Plus de mots.", summary="Une autre phrase, plus longue.")
    fields = opened(manager, first, second)
    assert fields["garder"] == [str(first.pk)]
    assert fields["choix-summary"] == ["absorbee"]
    assert "plus complète" in words(manager.get(address(first, second)))


def test_the_other_record_can_be_kept(manager):
    first, second = twins()
    page = manager.get(f"{address(first, second)}?garder={second.pk}")
    fields = read_form(page, "data-merge")
    assert fields["garder"] == [str(second.pk)]
    manager.post(address(first, second), fields | {"action": "fusionner"})
    assert Merge.objects.get().kept == second


def test_preview_shows_the_result_and_writes_nothing(manager):
    first, second = twins(summary="Une autre phrase, plus longue.")
    answer = send(manager, first, second, "apercu")
    assert answer.status_code == 200
    page = words(answer)
    assert "Ce que verront les conseillères" in page
    assert "Une autre phrase, plus longue.</ins>" in page
    assert not Merge.objects.exists()
    second.refresh_from_db()
    assert second.status == Listing.Status.PUBLISHED
    assert read_form(answer, "data-merge")["choix-summary"] == ["absorbee"]


def test_criteria_of_both_schemes_are_a_choice_and_the_preview_says_what_it_changes(manager):
    first, second = twins(kind="dispositif", summary="Rend visite et accompagne.")
    Listing.objects.filter(pk=first.pk).update(kind="dispositif")
    for scheme, age in ((first, 60), (second, 75)):
        group = scheme.criterion_groups.create(rule="toutes")
        group.criteria.create(kind="age", minimum=age)
    page = words(manager.get(address(first, second)))
    assert "60 ans ou plus" in page
    assert reverse("manage_records_history", args=[second.pk]) in page
    answer = send(manager, first, second, "apercu", **{"choix-criteria": "absorbee"})
    assert "75 ans ou plus.</ins>" in words(answer)
    fields = read_form(answer, "data-merge")
    assert fields["choix-criteria"] == ["absorbee"]
    manager.post(address(first, second), fields | {"action": "fusionner"})
    assert first.criterion_groups.get().criteria.get().minimum == 75


def test_merge_by_choices(manager):
    first, second = twins(summary="Une autre phrase, plus longue.")
    Report.objects.create(kind=Report.Kind.CLOSED, listing=second)
    Favourite.objects.create(folder=FolderFactory(), listing=second)
    assert "1 signalement, 1 favori" in words(manager.get(address(first, second)))
    answer = send(manager, first, second, **{"choix-summary": "gardee"})
    assert (answer.status_code, answer.url) == (302, LIST)
    first.refresh_from_db()
    assert first.summary == "Rend visite et accompagne."
    made = Merge.objects.get()
    assert (made.kept, made.absorbed, made.merged_by.email) == (first, second, "lien@example.org")
    page = words(manager.get(LIST))
    assert "C'est fait : une seule fiche" in page
    assert f'« <a href="{reverse("manage_records_edit", args=[first.pk])}">' in page
    assert reverse("manage_merge_undo", args=[second.pk]) in page


def test_preview_tells_what_is_united_around_the_kept_record(manager):
    first, second = twins(kind="dispositif")
    Listing.objects.filter(pk=first.pk).update(kind="dispositif")
    for listing, name in ((first, "Bail"), (second, "RIB")):
        Paper.objects.create(listing=listing, name=name)
    structure = ListingFactory(name="Maison du Bocage")
    EntryPoint.objects.create(scheme=second, territory=first.commune, structure=structure)
    page = words(send(manager, first, second, "apercu"))
    changes = page[page.index("Ce qui change sur la fiche gardée") :]
    assert re.search(r"Papiers à apporter</dt> <dd> <ins>[^>]*>ajouté : </span>RIB</ins>", changes)
    assert re.search(r"Qui instruit ici.*?Pouzauges.*?Maison du Bocage</ins>", changes)
    assert "Bail" not in changes[: changes.index("</section>")]
    assert Paper.objects.filter(listing=first).count() == 1


def test_three_alike_are_merged_two_by_two(manager):
    first, second = twins()
    third = ListingFactory(name="Relais du bocage", phone=PHONE)
    answer = send(manager, first, second)
    assert answer.url == reverse("manage_merge_of", args=[first.pk])
    page = manager.get(answer.url)
    assert "Une autre fiche lui ressemble" in words(page)
    assert address(first, third) in page.content.decode()


def test_second_click_merges_nothing_more(manager):
    first, second = twins()
    fields = opened(manager, first, second) | {"action": "fusionner"}
    manager.post(address(first, second), fields)
    answer = manager.post(address(first, second), fields, follow=True)
    assert "n'en font déjà plus qu'une" in words(answer)
    assert Merge.objects.count() == 1


def test_record_changed_meanwhile_is_read_again_with_the_choices_kept(manager):
    first, second = twins(summary="Une autre phrase, plus longue.")
    fields = opened(manager, first, second) | {"action": "fusionner", "choix-summary": "gardee"}
    change(second, email="autre@example.org")
    answer = manager.post(address(first, second), fields)
    assert answer.status_code == 409
    assert "a changé entre-temps" in words(answer)
    assert read_form(answer, "data-merge")["choix-summary"] == ["gardee"]
    assert not Merge.objects.exists()


@pytest.mark.parametrize("choice", ["", "ensemble", "autre", "💥", "<script>"])
def test_choice_that_is_none_is_the_proposed_one(manager, choice):
    first, second = twins(summary="Une autre phrase, plus longue.")
    send(manager, first, second, **{"choix-summary": choice})
    first.refresh_from_db()
    assert first.summary == "Une autre phrase, plus longue."


@pytest.mark.parametrize("changes", [{"vu": ""}, {"vu": "<script>"}, {"action": "autre"}])
def test_form_that_no_page_sent_merges_nothing(manager, changes):
    first, second = twins()
    send(manager, first, second, **changes)
    assert not Merge.objects.exists()


def test_structure_and_scheme_are_said_not_to_merge(manager):
    first, second = twins(kind="dispositif")
    page = manager.get(address(first, second))
    assert "changez d'abord la nature" in words(page)
    answer = manager.post(address(first, second), {"action": "fusionner"})
    assert answer.status_code == 422


def test_result_that_is_not_valid_is_refused_with_its_reason(manager):
    first, second = twins(summary="Une autre phrase, plus longue.")
    Listing.objects.filter(pk=second.pk).update(website="pas une adresse")
    answer = send(manager, first, second, **{"choix-website": "absorbee"})
    assert answer.status_code == 422
    assert "adresse d'une page du web" in words(answer)
    assert not Merge.objects.exists()


@pytest.mark.parametrize("keys", [(0, 0), (1, 0), (0, 1)])
def test_pair_that_does_not_exist_is_not_found(manager, keys):
    pks = [ListingFactory().pk if key else 999999 for key in keys]
    for name in ("pair", "apart"):
        address = reverse(f"manage_merge_{name}", args=pks)
        assert manager.post(address).status_code == 404


def test_record_is_not_merged_with_itself(manager):
    listing = ListingFactory()
    assert manager.get(address(listing, listing)).status_code == 404


def test_expired_session_gives_the_choices_back(client):
    first, second = twins()
    answer = client.post(address(first, second), {"action": "fusionner", "choix-name": "absorbee"})
    assert answer.status_code == 403
    assert 'name="choix-name" value="absorbee"' in answer.content.decode()


def test_confidential_place_is_not_shown_and_merging_it_is_said_to_last(manager):
    first, second = twins(is_confidential=True, address="3 rue secrète")
    page = words(manager.get(address(first, second)))
    assert "3 rue secrète" not in page
    assert "ne pourra pas être défaite" in page


@pytest.mark.parametrize("kind", Listing.Kind.values)
def test_comparison_asks_little_whatever_the_records_hold(
    manager, django_assert_max_num_queries, kind
):
    first, second = twins(helps=["addictions", "impayes"], kind=kind)
    Listing.objects.filter(pk=first.pk).update(kind=kind)
    for _ in range(3):
        group = second.criterion_groups.create(rule="toutes")
        group.criteria.create(kind="territoire", territory=first.commune)
    for number in range(5):
        Report.objects.create(kind=Report.Kind.OTHER, listing=second, message=str(number))
    with django_assert_max_num_queries(16):
        manager.get(address(first, second))


def test_answer_given_before_a_record_is_written_is_not_asked_again(manager):
    twin = ListingFactory(name="Relais du Bocage", phone=PHONE)
    new = reverse("manage_records_new")
    fields = read_form(manager.get(new), "data-record")
    known = {"name": "Relais du Bocage", "commune": "Pouzauges (85700)", "action": "enregistrer"}
    manager.post(new, fields | known | {"distincte": [twin.pk, "x", "99999999"]})
    assert Distinction.objects.get().second == twin
    assert "Aucun doublon" in words(manager.get(LIST))


# Undone


def test_merge_is_undone_after_a_question(manager, later):
    first, second = twins()
    later()
    send(manager, first, second)
    later()
    undo = reverse("manage_merge_undo", args=[second.pk])
    assert "Défaire la fusion" in words(manager.get(undo))
    page = words(manager.post(undo, follow=True))
    assert "sont de nouveau deux fiches" in page
    assert "Une seule fiche de deux" not in page  # not the page that merges them
    second.refresh_from_db()
    assert second.status == Listing.Status.PUBLISHED
    assert manager.post(undo).status_code == 404


def test_merge_built_upon_says_why_it_stays(manager, later):
    first, second = twins()
    later()
    send(manager, first, second, **{"choix-name": "absorbee"})
    later()
    with pghistory.context(user=1):
        Listing.objects.filter(pk=first.pk).update(summary="Changée depuis.")
    later()
    answer = manager.post(reverse("manage_merge_undo", args=[second.pk]))
    assert answer.status_code == 409
    assert "modifiée depuis" in words(answer)
    assert Merge.objects.exists()


# Killed in the middle

PROCESS = """
import sys
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
import django
django.setup()
from django.db import transaction
from partners.merging import undoing, uniting
from partners.models import Merge
"""
MERGING = """
with transaction.atomic():
    uniting.merge(*uniting.read([int(pk) for pk in sys.argv[2:]], for_update=True), {}, by=None)
"""
UNDOING = "undoing.undo(Merge.objects.get(pk=int(sys.argv[3])))"
LOCKED_OUT = "SELECT pid FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'"
WAITING = "SELECT pid FROM pg_locks WHERE NOT granted AND relation = %s::regclass"


def ask(cursor, query, *values):
    cursor.execute(query, values)
    return cursor.fetchone()


def wait_for(condition, *, seconds=60):
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)
    return found


def kill_in_the_middle(work, table, *pks):
    """Run `work` on records in a process of its own, killed when it comes to write in `table`."""
    name = connection.settings_dict["NAME"]
    command = [sys.executable, "-c", PROCESS + work, name, *map(str, pks)]
    with closing(connection.copy()) as watcher, watcher.cursor() as cursor:
        watcher.set_autocommit(False)
        cursor.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")
        process = subprocess.Popen(command, cwd=Path(__file__).parents[1])
        try:
            [pid] = wait_for(lambda: ask(cursor, WAITING, table))
        finally:
            process.kill()
            process.wait()
        watcher.rollback()
        watcher.set_autocommit(True)
        wait_for(lambda: not ask(cursor, "SELECT 1 FROM pg_stat_activity WHERE pid = %s", pid))


def rich_twins():
    first, second = twins(summary="Une autre phrase, plus longue.")
    second.contacts.create(name="Camille Inventée", source="x", recorded_on="2026-01-01")
    Favourite.objects.create(folder=FolderFactory(), listing=second)
    return first, second


def held(listing):
    """What a record says and has, as these tests know it."""
    listing.refresh_from_db()
    rows = listing.contacts.count(), listing.favourites.count(), listing.zone_links.count()
    return listing.status, listing.summary, *rows


@pytest.mark.django_db(transaction=True)
def test_killed_merge_leaves_two_records_and_can_be_done_again():
    first, second = rich_twins()
    before = held(first), held(second)
    # Contacts have passed to the kept record by then: the merge waits for the favourites.
    kill_in_the_middle(MERGING, "partners_favourite", first.pk, second.pk)
    assert not Merge.objects.exists()
    assert (held(first), held(second)) == before
    uniting.merge(*uniting.read([first.pk, second.pk]), {}, by=None)
    assert first.contacts.count() == first.favourites.count() == 1


@pytest.mark.django_db(transaction=True)
def test_killed_undoing_leaves_one_record_and_can_be_done_again():
    first, second = rich_twins()
    before = held(first), held(second)
    uniting.merge(*uniting.read([first.pk, second.pk]), {}, by=None)
    merged = held(first), held(second)
    assert merged != before
    # All rows have gone back to the absorbed record by then: the merge itself is to be deleted.
    kill_in_the_middle(UNDOING, "partners_merge", first.pk, second.pk)
    assert (held(first), held(second)) == merged
    undoing.undo(Merge.objects.get(pk=second.pk))
    assert not Merge.objects.exists()
    assert (held(first), held(second)) == before


# Two people at once


@pytest.mark.django_db(transaction=True)
def test_form_sent_while_its_record_is_merged_goes_to_the_one_that_is_kept(manager):
    first, second = twins()
    form = reverse("manage_records_edit", args=[second.pk])
    fields = read_form(manager.get(form), "data-record") | {"summary": ["Une phrase à moi."]}

    def save():
        try:
            return manager.post(form, fields)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as colleague, connection.cursor() as cursor:
        with transaction.atomic():
            uniting.merge(*uniting.read([first.pk, second.pk], for_update=True), {}, by=None)
            sent = colleague.submit(save)
            wait_for(lambda: ask(cursor, LOCKED_OUT) or sent.done())
            assert not sent.done()
        answer = sent.result(timeout=60)
    second.refresh_from_db()
    assert second.status == Listing.Status.ARCHIVED
    assert second.summary != "Une phrase à moi."
    assert answer.status_code == 409
    assert "Relais du Bocage" in words(answer)
    assert "Une phrase à moi." in words(answer)


def test_form_of_a_record_absorbed_twice_goes_to_the_last_that_is_kept(manager):
    first, second = twins()
    third = ListingFactory(name="Relais du grand bocage", phone=PHONE)
    form = reverse("manage_records_edit", args=[first.pk])
    fields = read_form(manager.get(form), "data-record") | {"summary": ["Une phrase à moi."]}
    uniting.merge(*uniting.read([second.pk, first.pk], for_update=True), {}, by=None)
    uniting.merge(*uniting.read([third.pk, second.pk], for_update=True), {}, by=None)
    assert "Relais du grand bocage" in words(manager.post(form, fields))
    assert not Listing.objects.filter(summary="Une phrase à moi.", status="archive").exists()
