"""The whole directory page by page and what changed since: nothing lost, nothing twice."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from partners.api import walk
from partners.models import Listing, ListingChange, Territory
from tests.api_client import Scope, api, refused
from tests.factories import ListingFactory, PermanenceFactory, commune, territory, verify


@pytest.fixture(autouse=True)
def fresh_rates():
    cache.clear()


@pytest.fixture
def reader(db):
    return api(Scope.READ)


def ids(answer):
    return [fiche["id"] for fiche in answer["fiches"]]


def pages(client, answer):
    """The ids of each page of a walk, from its first answer."""
    yield ids(answer)
    while answer["suivant"]:
        answer = client.follow(answer["suivant"])
        yield ids(answer)


def changes(client, since, **query):
    return client.get("fiches", modifie_depuis=since, **query).json()


def test_walk_gives_each_record_once_by_pages(reader):
    listings = ListingFactory.create_batch(5)
    ListingFactory(status=Listing.Status.DRAFT)
    ListingFactory(status=Listing.Status.ARCHIVED)
    first = reader.get("fiches", taille=2).json()
    assert list(pages(reader, first)) == [
        [listings[0].pk, listings[1].pk],
        [listings[2].pk, listings[3].pk],
        [listings[4].pk],
    ]


def test_walk_keeps_to_a_situation(reader):
    ListingFactory()
    listing = ListingFactory(situations=["addictions"])
    assert ids(reader.get("fiches", situation="addictions").json()) == [listing.pk]


def test_walk_is_whole_when_records_change_and_leave_meanwhile(transactional_db):
    reader = api(Scope.READ)
    listings = ListingFactory.create_batch(6)
    answer = reader.get("fiches", taille=2).json()
    Listing.objects.filter(pk=listings[0].pk).update(name="Déjà lue, changée")
    gone = listings[3].pk
    listings[3].delete()
    late = ListingFactory()
    kept = [listing.pk for listing in listings if listing is not listings[3]]
    seen = [pk for page in pages(reader, answer) for pk in page]
    assert seen == [*kept, late.pk]
    after = changes(reader, answer["jusqu_a"])
    assert ids(after) == [listings[0].pk, late.pk]
    assert after["retirees"] == [gone]


CHANGES = {
    "name": lambda listing: Listing.objects.filter(pk=listing.pk).update(name="Autre nom"),
    "zone": lambda listing: listing.zone_links.create(territory=territory("departement", "85")),
    "zone removed": lambda listing: listing.zone_links.all().delete(),
    "situation": lambda listing: listing.situation_links.update(role="peut-aider"),
    "permanence": lambda listing: PermanenceFactory(listing=listing),
    "verification": verify,
    "contact": lambda listing: listing.contacts.create(
        name="Alix Martin", source="test", recorded_on=timezone.localdate()
    ),
    "role": lambda listing: listing.scheme_roles.create(structure=ListingFactory(), role="porteur"),
}


def test_change_of_any_part_of_a_record_is_told(transactional_db):
    reader, (listing, other) = api(Scope.READ), ListingFactory.create_batch(2)
    untold = []
    for name, change in CHANGES.items():
        since = walk.horizon().isoformat()
        change(listing)
        told = ids(changes(reader, since))
        if listing.pk not in told or other.pk in told:
            untold.append(name)
    assert not untold


def criterion(scheme, **facts):
    return scheme.criterion_groups.create(title="Avant").criteria.create(kind="libre", **facts)


AROUND = {
    "criterion group": (lambda s: criterion(s, label="Un").group, {"title": "Conditions"}),
    "criterion": (lambda s: criterion(s, label="Deux"), {"help_text": "Au premier janvier."}),
    "entry point": (
        lambda s: s.entry_points.create(territory=territory("departement", "85"), label="Un"),
        {"phone": "+33261910042"},
    ),
    "paper": (lambda s: s.papers.create(name="Bail"), {"is_required": False}),
    "step": (lambda s: s.steps.create(title="Rendez-vous"), {"delay": "dix jours"}),
    "document": (
        lambda s: s.documents.create(title="Notice", text="a", audience="locataire"),
        {"version": "2"},
    ),
}
"""Each part of « démarche »: how a row is made, and what changes in it."""


class Client:
    """A program that follows what « démarche » shows of a scheme."""

    def __init__(self, scheme):
        self.api, self.key = api(Scope.READ), scheme.pk
        self.instant, self.seen = walk.horizon().isoformat(), self._read()

    def news(self):
        """Since last time: (is the scheme among the changes, does it show something else)."""
        answer, before = changes(self.api, self.instant), self.seen
        self.instant, self.seen = answer["jusqu_a"], self._read()
        return self.key in ids(answer), self.seen != before

    def _read(self):
        return self.api.get(f"fiches/{self.key}/demarche").json()


NEWS, NOTHING = (True, True), (False, False)


def test_change_of_any_part_of_a_procedure_is_told_and_no_change_is_not(transactional_db):
    scheme = ListingFactory(kind=Listing.Kind.SCHEME)
    client, told = Client(scheme), {}
    for name, (make, facts) in AROUND.items():
        row = make(scheme)
        told[name] = [client.news()]
        type(row).objects.filter(pk=row.pk).update(**facts)
        told[name].append(client.news())
        row.refresh_from_db()
        row.save()
        told[name].append(client.news())
        row.delete()
        told[name].append(client.news())
    assert told == {name: [NEWS, NEWS, NOTHING, NEWS] for name in AROUND}


def test_office_and_other_record_that_a_procedure_names_are_told_with_it(transactional_db):
    scheme = ListingFactory(kind=Listing.Kind.SCHEME)
    office, other = ListingFactory.create_batch(2)
    scheme.entry_points.create(territory=territory("departement", "85"), structure=office)
    criterion(scheme, label="Un", redirect=other)
    client = Client(scheme)
    for record, facts, expected in [
        (office, {"phone": "+33261910043"}, NEWS),
        (office, {"description": "Que le dispositif ne montre pas."}, NOTHING),
        (office, {"status": Listing.Status.ARCHIVED}, NEWS),
        (other, {"name": "Autre nom"}, NEWS),
        (other, {"name": "Autre nom"}, NOTHING),
    ]:
        Listing.objects.filter(pk=record.pk).update(**facts)
        assert client.news() == expected, facts


def test_territory_that_a_procedure_names_is_told_with_it_once_renamed(transactional_db):
    scheme = ListingFactory(kind=Listing.Kind.SCHEME)
    door, criterion_of = territory("epci", "248500464"), territory("departement", "85")
    scheme.entry_points.create(territory=door, label="Guichet")
    scheme.criterion_groups.create().criteria.create(kind="territoire", territory=criterion_of)
    client = Client(scheme)
    for place, facts, expected in [
        (door, {"name": "Pays renommé"}, NEWS),
        (door, {"name": "Pays renommé", "population": 1}, NOTHING),
        (criterion_of, {"name": "Département renommé"}, NEWS),
        (territory("departement", "44"), {"name": "Ailleurs"}, NOTHING),
    ]:
        Territory.objects.filter(pk=place.pk).update(**facts)
        assert client.news() == expected, facts


def test_commune_renamed_is_told_with_those_who_receive_there_unless_it_is_a_secret(
    transactional_db,
):
    here, visits, secret, _ = ListingFactory.create_batch(4)
    Listing.objects.exclude(pk=here.pk).update(commune=commune("85003"))
    Listing.objects.filter(pk=secret.pk).update(is_confidential=True, commune=here.commune)
    for listing in (visits, secret):
        PermanenceFactory(listing=listing, commune=here.commune)
    reader, since = api(Scope.READ), walk.horizon().isoformat()
    Territory.objects.filter(pk=here.commune_id).update(name="Nouvelle commune")
    assert ids(changes(reader, since)) == [here.pk, visits.pk]


@pytest.mark.parametrize("status", ["brouillon", "archive"])
def test_record_that_leaves_publication_is_told_by_its_key_alone(reader, status):
    listing = ListingFactory(name="Relais qui ferme")
    Listing.objects.filter(pk=listing.pk).update(status=status)
    answer = changes(reader, ListingChange.objects.get().changed_at.isoformat())
    assert (answer["fiches"], answer["retirees"]) == ([], [listing.pk])


def test_record_that_was_never_published_is_told_to_those_who_were_given_it(reader):
    """Suspended ones are given to all; a deleted one is told by what history keeps of it."""
    draft, dropped, suspended, left = ListingFactory.create_batch(4, status="brouillon")
    for status in ("suspendu", "archive"):
        Listing.objects.filter(pk=suspended.pk).update(status=status)
    for status in ("publie", "brouillon"):
        Listing.objects.filter(pk=left.pk).update(status=status)
    gone = [dropped.pk, left.pk]
    for listing in (dropped, left):
        listing.delete()
    since = (timezone.now() - timedelta(hours=1)).isoformat()
    assert changes(reader, since)["retirees"] == [suspended.pk, gone[1]]
    writer = changes(api(Scope.READ, Scope.WRITE), since)
    assert (sorted(ids(writer)), writer["retirees"]) == ([draft.pk, suspended.pk], gone)


def test_changes_come_by_pages_and_one_that_changes_again_comes_next_time(reader):
    listings = ListingFactory.create_batch(5)
    start = timezone.now() - timedelta(hours=1)
    for minute, listing in enumerate(listings):
        moment = start + timedelta(minutes=minute)
        ListingChange.objects.filter(pk=listing.pk).update(changed_at=moment)
    first = changes(reader, start.isoformat(), taille=2)
    ListingChange.objects.filter(pk=listings[4].pk).update(changed_at=timezone.now())
    assert list(pages(reader, first)) == [
        [listings[0].pk, listings[1].pk],
        [listings[2].pk, listings[3].pk],
    ]
    assert ids(changes(reader, first["jusqu_a"])) == [listings[4].pk]


def test_instant_is_included_and_so_tells_all_changes_of_one_moment(reader):
    listings = ListingFactory.create_batch(3)
    moment = timezone.now() - timedelta(hours=1)
    ListingChange.objects.update(changed_at=moment)
    first = changes(reader, moment.isoformat(), taille=1)
    assert [pk for page in pages(reader, first) for pk in page] == [
        listing.pk for listing in listings
    ]


@pytest.mark.parametrize(
    "query",
    [
        {"situation": "addictions"},
        {"modifie_depuis": "2026-01-01T00:00:00Z"},
    ],
)
def test_cursor_of_another_query_is_refused(reader, query):
    ListingFactory.create_batch(2)
    url = reader.get("fiches", taille=1).json()["suivant"]
    cursor = url.split("curseur=")[1]
    problem = refused(reader.get("fiches", curseur=cursor, **query), 400)
    assert "suivant" in problem["erreurs"]["curseur"][0]


@pytest.mark.parametrize("alter", [lambda c: c[:-1], lambda c: "x" + c, lambda c: "e30:a:b"])
def test_forged_cursor_is_refused(reader, alter):
    ListingFactory.create_batch(2)
    cursor = reader.get("fiches", taille=1).json()["suivant"].split("curseur=")[1]
    refused(reader.get("fiches", curseur=alter(cursor)), 400)
    refused(reader.get("fiches.geojson", bbox="-2,46,0,47", curseur=cursor), 400)


@pytest.fixture
def elsewhere(transactional_db):
    """Another connection, in a transaction of its own."""
    other = connection.copy()
    other.set_autocommit(False)
    yield other
    other.rollback()
    other.close()


def test_change_that_is_not_committed_yet_is_told_later(elsewhere):
    reader, listing = api(Scope.READ), ListingFactory()
    start = reader.get("fiches").json()["jusqu_a"]
    with elsewhere.cursor() as cursor:
        cursor.execute("UPDATE partners_listing SET name = 'Autre' WHERE id = %s", [listing.pk])
    recent = ListingFactory()
    during = changes(reader, start)
    assert ids(during) == []
    elsewhere.commit()
    assert ids(changes(reader, during["jusqu_a"])) == [listing.pk, recent.pk]


def test_one_transaction_marks_a_record_once_and_the_next_one_again(elsewhere):
    listing = ListingFactory()
    before = ListingChange.objects.get().changed_at
    query = "UPDATE partners_listing SET name = name || '.' WHERE id = %s"

    def mark(cursor):
        cursor.execute("SELECT changed_at FROM partners_listingchange")
        return cursor.fetchone()[0]

    with elsewhere.cursor() as cursor:
        cursor.execute(query, [listing.pk])
        first = mark(cursor)
        cursor.execute(query, [listing.pk])
        assert mark(cursor) == first > before
    elsewhere.commit()
    with elsewhere.cursor() as cursor:
        cursor.execute(query, [listing.pk])
        assert mark(cursor) > first
