"""« Fiches »: the list of records of the workspace."""

import pytest
from django.urls import reverse

from partners.models import Listing, User
from tests.factories import ListingFactory, PermanenceFactory, UserFactory, change, commune

pytestmark = pytest.mark.django_db
LIST = "/gestion/fiches/"


@pytest.fixture
def manager(client):
    client.force_login(UserFactory(role=User.Role.MANAGER))
    return client


def names(response):
    return {listing.name for listing in response.context["found"]}


def test_list_shows_drafts_and_hides_archives_until_asked(manager):
    ListingFactory(name="Publiée")
    change(ListingFactory(name="Brouillon"), status=Listing.Status.DRAFT)
    change(ListingFactory(name="Archivée"), status=Listing.Status.ARCHIVED)
    assert names(manager.get(LIST)) == {"Publiée", "Brouillon"}
    assert names(manager.get(LIST, {"statut": "archive"})) == {"Archivée"}


@pytest.mark.parametrize(
    "typed",
    ["relais du boc", "BOCAGE", "rdb", "02 61 91 00 42", "0261910042", "775 672 272", "00 42"],
)
def test_words_or_numbers_typed_find_a_record(manager, typed):
    ListingFactory(
        name="Relais du Bocage", acronym="RDB", phone="+33261910042", siret="77567227224553"
    )
    ListingFactory(name="Autre")
    answer = manager.post(LIST, {"texte": typed})
    assert names(answer) == {"Relais du Bocage"}


def test_words_typed_never_reach_an_address(manager):
    for number in range(50):
        ListingFactory(name=f"Relais {number:02d}")
    ListingFactory(name="Autre")
    answer = manager.post(LIST, {"texte": "relais"})
    assert answer.status_code == 200
    assert "texte=" not in answer.content.decode()
    second = manager.post(LIST, {"texte": "relais", "page": "2"})
    assert len(names(second)) == 10
    assert names(manager.get(LIST, {"texte": "Autre"})) != {"Autre"}


def test_facts_asked_for_become_an_address(manager):
    answer = manager.post(LIST, {"texte": "", "statut": "brouillon", "lieu": "Pouzauges"})
    assert answer.status_code == 302
    assert answer.url == f"{LIST}?statut=brouillon&lieu=85182"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"nature": "dispositif"}, {"Dispositif"}),
        ({"situation": "impayes"}, {"Impayés"}),
        ({"manque": "telephone"}, {"Sans téléphone"}),
        ({"manque": "zone"}, {"Sans zone"}),
        ({"lieu": "85047"}, {"Challans"}),
        ({"lieu": "85"}, {"Dispositif", "Impayés", "Sans téléphone", "Sans zone", "Challans"}),
    ],
)
def test_facts_narrow_the_list(manager, query, expected):
    ListingFactory(name="Dispositif", kind=Listing.Kind.SCHEME)
    ListingFactory(name="Impayés", situations=["impayes"])
    ListingFactory(name="Sans téléphone", phone="", email="a@example.org")
    ListingFactory(name="Sans zone", zones=[])
    ListingFactory(name="Challans", commune=commune("85047"))
    assert names(manager.get(LIST, query)) == expected


def test_confidential_record_is_in_no_place(manager):
    ListingFactory(name="Maison secrète", is_confidential=True)
    answer = manager.get(LIST)
    assert names(answer) == {"Maison secrète"}
    assert "Pouzauges" not in answer.content.decode()
    assert names(manager.get(LIST, {"lieu": "85182"})) == set()


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"statut": "inconnu"}, 404),
        ({"situation": "rien"}, 404),
        ({"lieu": "Nulle-Part"}, 404),
        ({"page": "abc"}, 200),
        ({"page": "99999"}, 200),
    ],
)
def test_bad_address_is_answered(manager, query, status):
    assert manager.get(LIST, query).status_code == status


@pytest.mark.parametrize("typed", ["x" * 121, "a\0b"])
def test_bad_words_are_refused(manager, typed):
    assert manager.post(LIST, {"texte": typed}).status_code == 422


@pytest.mark.parametrize("typed", ["🙂", "---", "<script>"])
def test_words_that_mean_nothing_find_nothing(manager, typed):
    ListingFactory()
    assert names(manager.post(LIST, {"texte": typed})) == set()


def test_number_of_queries_does_not_grow(manager, django_assert_max_num_queries):
    for number in range(10):
        PermanenceFactory(listing=ListingFactory(helps=["impayes"]), place=f"lieu {number}")
    with django_assert_max_num_queries(9):
        manager.get(LIST)


def test_list_leads_to_the_form_and_the_day_to_the_list(manager):
    listing = change(ListingFactory(), status=Listing.Status.TO_CHECK) or Listing.objects.get()
    assert reverse("manage_records_edit", args=[listing.pk]) in manager.get(LIST).content.decode()
    assert f"{LIST}?statut=a-verifier" in manager.get("/gestion/").content.decode()
