"""The printed directory of a sector: who is in it, what it never tells, and that it is readable."""

import re
import zlib
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from partners.exports import directory, printed
from partners.models import Listing, SectorCommune, Territory, User
from tests.factories import (
    AgencyFactory,
    ListingFactory,
    PermanenceFactory,
    UserFactory,
    change,
    commune,
    verify,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def agency():
    made = AgencyFactory(name="Bocage inventé")
    SectorCommune.objects.create(sector=made.sector, commune=commune("85182"))
    return made


@pytest.fixture
def sector(agency):
    return agency.sector


def records(sector):
    """{name: block} of the directory of a sector."""
    parts = directory.data(sector)["parties"]
    return {one["nom"]: one for part in parts for one in part["fiches"]}


def streams(content):
    """The text (bytes) of what a PDF holds, unpacked."""
    found = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL)
    plain = []
    for one in found:
        try:
            plain.append(zlib.decompress(one))
        except zlib.error:
            plain.append(one)
    return b"\n".join([content, *plain])


# Who is in it


def test_those_who_serve_the_sector_are_in_it_local_ones_first(sector):
    ListingFactory(name="Ici")
    ListingFactory(name="Département", zones=[commune("85182").departement])
    ListingFactory(name="Ailleurs", commune=commune("85191"))
    ListingFactory(name="Sans zone", zones=[])
    titles = {
        part["titre"]: [one["nom"] for one in part["fiches"]]
        for part in directory.data(sector)["parties"]
    }
    assert list(titles.values()) == [["Ici", "Sans zone"], ["Département"]]


@pytest.mark.parametrize("status", ["brouillon", "a-verifier", "archive"])
def test_what_is_not_in_service_is_not_printed(sector, status):
    change(ListingFactory(), status=status)
    assert records(sector) == {}


def test_block_says_how_to_reach_whom_and_where(sector):
    made = ListingFactory(
        name="Ici",
        acronym="ICI",
        phone="+33261910001",
        phone_instructions="taper 2",
        opening_hours="Mo-Fr 09:00-12:00",
        address="1 place de la Mairie",
        postal_code="85700",
    )
    PermanenceFactory(listing=made)
    block = records(sector)["Ici (ICI)"]
    assert (block["telephone"], block["consigne"]) == ("02 61 91 00 01", "taper 2")
    assert block["adresse"] == "1 place de la Mairie, 85700 Pouzauges"
    assert "Lundi au vendredi" in block["horaires"][0]
    assert block["permanences"][0].startswith("Pouzauges, mairie\u00a0: 2e mardi du mois")
    assert block["zone"] == commune("85182").epci.name


def test_number_says_after_which_day_it_must_be_checked_again(sector):
    verify(ListingFactory(name="Vérifié"), on=date(2026, 3, 3))
    verify(ListingFactory(name="Danger", situations=["violences"]), on=date(2026, 3, 3))
    ListingFactory(name="Jamais")
    told = {name: block["fraicheur"] for name, block in records(sector).items()}
    assert told["Vérifié"].endswith("à vérifier après le 3 mars 2027.")
    assert "septembre 2026" in told["Danger"]
    assert told["Jamais"].startswith("Jamais vérifié")


def test_record_closed_for_a_time_says_so(sector):
    today = timezone.localdate()
    made = ListingFactory(name="Fermé")
    change(made, suspended_from=today, suspended_until=today, suspension_message="Travaux")
    assert records(sector)["Fermé"]["message"] == "Travaux"


def test_index_goes_by_situation_and_ends_with_generalists(sector):
    ListingFactory(name="Un", situations=["isolement"], helps=["addictions"])
    ListingFactory(name="Deux", situations=[], is_generalist=True)
    index = {
        one["situation"]: [item["nom"] for item in one["fiches"]]
        for one in directory.data(sector)["index"]
    }
    assert list(index.values()) == [["Un"], ["Un"], ["Deux"]]
    assert list(index)[-1] == "Généralistes"


# What it never tells


def test_shelter_is_there_without_its_place(sector):
    made = ListingFactory(
        name="Abri", address="3 rue Cachée", website="https://abri.example.org", postal_code="85700"
    )
    PermanenceFactory(listing=made, place="salle cachée")
    change(made, is_confidential=True)
    block = records(sector)["Abri"]
    assert block["adresse"] == "lieu confidentiel"
    for secret in ("Cachée", "cachée", "85700", "abri.example.org"):
        assert secret not in str(block)


def test_neither_people_nor_the_line_for_professionals_are_printed(sector):
    made = ListingFactory(professional_phone="+33261910009")
    made.contacts.create(name="Camille Inventée", source="test", recorded_on=date(2026, 1, 1))
    assert "Camille" not in str(directory.data(sector))
    assert "00 09" not in str(directory.data(sector))


# The PDF


def test_it_is_a_tagged_pdf_in_our_font_and_in_french(sector):
    ListingFactory(name="Écoute « du » #bocage *inventé* $1 @x <y>", summary="\\ ] [ // _a_ = b")
    content = streams(directory.pdf(sector))
    assert content.startswith(b"%PDF-1.7")
    assert b"pdfuaid" in content
    assert b"/StructTreeRoot" in content
    assert b"/Lang" in content
    fonts = set(re.findall(rb"/BaseFont\s*/[A-Z]{6}\+([\w-]+)", content))
    assert {name.split(b"-")[0] for name in fonts} == {b"AtkinsonHyperlegible"}


def test_font_that_is_missing_is_an_error_and_not_another_font(sector, monkeypatch, tmp_path):
    monkeypatch.setattr(printed, "FONTS", tmp_path)
    with pytest.raises(printed.Unprintable, match="atkinson hyperlegible"):
        directory.pdf(sector)


def test_sector_without_anyone_prints_all_the_same(sector):
    assert directory.pdf(sector).startswith(b"%PDF")


# Who may print it


def get(client, user, pk):
    client.force_login(user)
    return client.get(reverse("directory", args=[pk]))


@pytest.mark.parametrize("role", [User.Role.MANAGER, User.Role.ADMINISTRATOR])
def test_those_who_keep_the_directory_print_any_sector(client, role, sector):
    ListingFactory(situations=["violences"])
    answer = get(client, UserFactory(role=role), sector.pk)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == (
        f'attachment; filename="annuaire-bocage-invente-{timezone.localdate()}.pdf"'
    )


def test_agency_prints_its_own_sector_alone(client, agency):
    other = AgencyFactory()
    user = UserFactory(role=User.Role.AGENCY, agency=agency)
    assert get(client, user, agency.sector_id).status_code == 200
    assert get(client, user, other.sector_id).status_code == 403
    page = client.get("/situations/").content.decode()
    assert reverse("directory", args=[agency.sector_id]) in page


@pytest.mark.parametrize("role", [User.Role.ADVISER, User.Role.FIELD, User.Role.AGENCY])
def test_other_accounts_print_nothing(client, role, sector):
    assert get(client, UserFactory(role=role), sector.pk).status_code == 403


def test_stranger_is_sent_to_sign_in(client, sector):
    assert client.get(reverse("directory", args=[sector.pk])).status_code == 302


def test_what_is_no_sector_is_not_found(client):
    user = UserFactory(role=User.Role.MANAGER)
    assert get(client, user, commune("85182").pk).status_code == 404
    assert get(client, user, 999_999_999).status_code == 404


def test_page_lists_the_sectors(client, sector):
    client.force_login(UserFactory(role=User.Role.MANAGER))
    page = client.get(reverse("manage_records_take")).content.decode()
    assert reverse("directory", args=[sector.pk]) in page


def test_records_are_read_in_as_many_queries_whatever_their_number(
    sector, django_assert_max_num_queries
):
    for _ in range(6):
        PermanenceFactory(listing=ListingFactory())
    assert Listing.objects.count() == 6
    assert Territory.objects.filter(pk=sector.pk).exists()
    with django_assert_max_num_queries(20):
        directory.data(sector)
