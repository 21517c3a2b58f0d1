"""Agencies, their sectors and referents, and the EPCI that are neighbours."""

from html import unescape

import pytest

from partners.models import (
    Agency,
    CoverageZone,
    InternalReferent,
    Neighbour,
    SectorCommune,
    Territory,
    User,
)
from partners.models.derived import stale
from tests.factories import (
    AgencyFactory,
    FolderFactory,
    ListingFactory,
    UserFactory,
    commune,
    territory,
)
from tests.sent_form import read_form

pytestmark = pytest.mark.django_db
LIST = "/gestion/agences/"
NEW = f"{LIST}nouvelle/"
POUZAUGES = "85182"
WHOLE = {"name": "Bureau de Pouzauges", "zone_ajout": POUZAUGES, "action": "enregistrer"}


@pytest.fixture
def manager(client):
    client.force_login(UserFactory(role=User.Role.MANAGER))
    return client


def address(agency):
    return f"{LIST}{agency.pk}/"


def send(client, where, **changes):
    fields = read_form(client.get(where), "data-record")
    return client.post(where, fields | {"action": "enregistrer"} | changes)


def words(response):
    return " ".join(unescape(response.content.decode()).split()).replace("\u00a0", " ")


def codes(agency):
    return set(agency.sector.communes.values_list("code", flat=True))


def created(client, **changes):
    answer = send(client, NEW, **(WHOLE | changes))
    assert answer.status_code == 302, words(answer)
    return Agency.objects.latest("pk")


def test_agency_is_created_with_its_sector_hours_and_referents(manager):
    epci = commune(POUZAUGES).epci
    agency = created(
        manager,
        zone_ajout=f"{epci.code}; Challans",
        phone="0261910001",
        commune="Pouzauges",
        jour_0="9h-12h / 14h-17h",
        rangs_0=["2", "-1"],
        ferme_feries="on",
        **{"loyer-name": "Chargée de recouvrement", "loyer-phone": "02 61 91 00 02"},
    )
    expected = set(Territory.objects.filter(epci=epci).values_list("code", flat=True)) | {"85047"}
    assert codes(agency) == expected
    assert agency.opening_hours == "Mo[2,-1] 09:00-12:00,14:00-17:00; PH off"
    assert (agency.phone, agency.commune.code) == ("+33261910001", POUZAUGES)
    referent = InternalReferent.objects.get(agency=agency)
    assert (referent.subject, referent.phone) == ("loyer", "+33261910002")
    assert "Bureau de Pouzauges" in words(manager.get(LIST))


def test_form_sent_back_as_it_is_changes_nothing(manager):
    agency = created(manager, **{"jour_0": "9h-12h", "social-name": "Équipe sociale"})
    Agency.objects.filter(pk=agency.pk).update(opening_hours="Mar-Oct Mo 09:00-12:00")
    fields = read_form(manager.get(address(agency)), "data-record")
    answer = manager.post(address(agency), fields, follow=True)
    assert "Rien n'a changé" in words(answer)
    agency.refresh_from_db()
    assert agency.opening_hours == "Mar-Oct Mo 09:00-12:00"


def test_commune_of_another_agency_is_taken_only_when_that_is_said(manager):
    first = created(manager, zone_ajout="Pouzauges; Challans")
    answer = send(
        manager, NEW, **(WHOLE | {"name": "Bureau de Challans", "zone_ajout": "Challans"})
    )
    assert answer.status_code == 422
    assert "Déjà dans un autre secteur : Challans (Bureau de Pouzauges)" in words(answer)
    second = created(manager, name="Bureau de Challans", zone_ajout="Challans", prendre="on")
    assert (codes(first), codes(second)) == ({POUZAUGES}, {"85047"})
    assert not stale().exists()


def test_communes_and_referents_left_out_are_removed(manager):
    agency = created(manager, zone_ajout="Pouzauges; Challans", **{"loyer-name": "Une fonction"})
    send(manager, address(agency), zones=[POUZAUGES], **{"loyer-name": ""})
    assert codes(agency) == {POUZAUGES}
    assert not InternalReferent.objects.exists()
    event = SectorCommune.pgh_event_model.objects.filter(pgh_label="delete").latest("pgh_id")
    assert event.pgh_context.metadata["user"] == User.objects.get().pk


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": ""}, "obligatoire"),
        ({"name": "😀"}, "Donnez un nom avec des lettres"),
        ({"phone": "abc"}, "n'est pas un numéro"),
        ({"email": "abc"}, "mail"),
        ({"zone_ajout": ""}, "Donnez au moins une commune"),
        ({"zone_ajout": "Nulle-Part"}, "Aucun territoire"),
        ({"zone_ajout": "France · pays"}, "est trop grand"),
        ({"commune": "Nulle-Part"}, "Aucune commune"),
        ({"zones": ["<script>"], "zone_ajout": ""}, "Donnez au moins une commune"),
        ({"jour_2": "9h-7h"}, "Mercredi"),
        ({"loyer-phone": "02 61 91 00 02"}, "Dites qui répond"),
        ({"address": "x" * 201}, "200 caractères"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_saved(manager, changes, told):
    answer = send(manager, NEW, **(WHOLE | changes))
    assert answer.status_code == 422
    assert told.lower() in words(answer).lower()
    assert not Agency.objects.exists()
    assert not Territory.objects.filter(kind="secteur").exists()


def test_a_second_click_creates_nothing_more(manager):
    fields = read_form(manager.get(NEW), "data-record") | WHOLE
    assert [manager.post(NEW, fields).status_code for _ in range(2)] == [302, 422]


def test_second_of_two_who_write_at_once_sees_what_the_first_wrote(manager):
    agency = created(manager)
    fields = read_form(manager.get(address(agency)), "data-record")
    send(manager, address(agency), phone="02 61 91 00 44")
    answer = manager.post(address(agency), fields | {"address": "1 rue inventée"})
    assert answer.status_code == 409
    assert "1 rue inventée" in words(answer)


def test_closed_agency_hands_over_its_accounts_and_its_folders(manager):
    closing, other = AgencyFactory(), AgencyFactory()
    member = UserFactory(role=User.Role.AGENCY, agency=closing)
    folder = FolderFactory(owner=member, shared_with=closing)
    listing = ListingFactory(zones=[closing.sector])
    page = words(manager.get(f"{address(closing)}fermer/"))
    assert "1 compte change d'agence, dont 1 compte d'agence, qui doit en avoir une" in page
    refused = manager.post(f"{address(closing)}fermer/", {"into": ""})
    assert "dites où les rattacher" in words(refused)
    manager.post(f"{address(closing)}fermer/", {"into": other.pk})
    for row in (member, folder):
        row.refresh_from_db()
    assert (member.agency, folder.shared_with) == (other, other)
    assert CoverageZone.objects.get(listing=listing).territory == closing.sector
    assert not stale().exists()


def test_sector_that_nothing_names_goes_with_its_agency(manager):
    agency = AgencyFactory()
    manager.post(f"{address(agency)}fermer/", {"into": ""})
    assert not Territory.objects.filter(pk=agency.sector_id).exists()
    assert manager.get(address(agency)).status_code == 404


def test_neighbours_are_added_and_parted_in_both_directions(manager):
    one, other = territory("epci", "200071629"), territory("epci", "248500464")
    assert not Neighbour.objects.filter(territory=one, other=other).exists()
    where = f"{LIST}voisinages/"
    manager.post(where, {"one": one.code, "other": other.code, "link": "pont"})
    assert Neighbour.objects.get(territory=other, other=one).link == "pont"
    manager.post(f"{where}{other.pk}/{one.pk}/retirer/")
    assert not Neighbour.objects.filter(territory=one, other=other).exists()
    manager.post(f"{where}{other.pk}/{one.pk}/remettre/")
    assert Neighbour.objects.get(territory=one, other=other).link == "pont"
    assert manager.post(f"{where}1/999999/remettre/").status_code == 302


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ("200071629", "200071629", "C'est la même"),
        ("Pouzauges", "200071629", "n'est pas une intercommunalité"),
        ("", "", "obligatoire"),
        ("abc", "def", "Aucun territoire"),
    ],
)
def test_what_cannot_be_neighbours_is_refused(manager, one, other, told):
    answer = manager.post(f"{LIST}voisinages/", {"one": one, "other": other, "link": "pont"})
    assert answer.status_code == 422
    assert told in words(answer)


def test_pages_ask_few_things(manager, django_assert_max_num_queries):
    agency = created(manager, zone_ajout=commune(POUZAUGES).epci.code)
    AgencyFactory.create_batch(3)
    for where in (LIST, NEW, address(agency), f"{address(agency)}fermer/", f"{LIST}voisinages/"):
        with django_assert_max_num_queries(14):
            assert manager.get(where).status_code == 200
