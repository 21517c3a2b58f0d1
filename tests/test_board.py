"""The coverage board counts what the search finds, and nothing else."""

import csv
import io
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from partners import board
from partners.board import Board, View
from partners.coverage import place_of_territory
from partners.models import Listing, Situation, User
from tests.factories import ListingFactory, UserFactory, change, commune, territory

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 24, 10, tzinfo=ZoneInfo("Europe/Paris"))
POUZAUGES, LE_BOUPERE, LA_ROCHE, YEU = "85182", "85031", "85191", "85113"
PAYS_DE_POUZAUGES = "248500464"
VENDEE = ("departement", "85")


def make(**view):
    return Board(place_of_territory(territory(*VENDEE)), AT, View(**view))


def cell(slug="isolement", code=PAYS_DE_POUZAUGES, **view):
    made = make(**view)
    situation = Situation.objects.get(slug=slug) if slug else None
    return made.cell(situation, made.area(code))


def told(found):
    return found.level, found.short, found.partners


# What counts


def test_nobody_is_zero():
    assert told(cell()) == (board.NONE, "0", 0)


def test_partner_of_the_whole_epci_counts_for_each_inhabitant():
    ListingFactory()
    found = cell()
    assert told(found) == (board.ONE, "1", 1)
    assert (found.share, found.missing) == (100, 0)


def test_two_partners_of_different_zones_both_count():
    ListingFactory(zones=[territory(*VENDEE)])
    ListingFactory(zones=[territory("pays", "france")])
    assert told(cell()) == (board.SEVERAL, "2", 2)


def test_partner_of_one_commune_counts_for_its_inhabitants_only():
    ListingFactory(zones=[commune(POUZAUGES)])
    found = cell()
    share = round(100 * commune(POUZAUGES).population / found.area.population)
    assert told(found) == (board.PART, f"{share}\u00a0%", 1)
    assert found.missing == found.area.population - commune(POUZAUGES).population


def test_communes_served_by_several_do_not_hide_one_that_nobody_serves():
    inside = make().area(PAYS_DE_POUZAUGES).communes
    for _ in range(2):
        ListingFactory(zones=inside[1:])
    found = cell()
    assert (found.level, found.least, found.partners) == (board.PART, 0, 2)
    assert found.missing == inside[0].population


def test_nearly_everyone_is_never_said_to_be_everyone():
    smallest = min(make().area(PAYS_DE_POUZAUGES).communes, key=lambda c: c.population)
    ListingFactory(zones=[smallest])
    assert cell().share >= 1
    others = [c for c in make().area(PAYS_DE_POUZAUGES).communes if c != smallest]
    ListingFactory(zones=others[:-1])
    assert cell().share <= 99


def test_unspecified_zone_is_counted_apart_and_never_covers():
    ListingFactory(zones=[])
    found = cell()
    assert (*told(found), found.unspecified) == (board.NONE, "0", 0, 1)


def test_generalist_is_counted_apart():
    ListingFactory(is_generalist=True, situations=["isolement"])
    assert told(cell()) == (board.NONE, "0", 0)
    assert told(cell(None)) == (board.ONE, "1", 1)


@pytest.mark.parametrize("status", set(Listing.Status) - {Listing.Status.PUBLISHED})
def test_record_that_is_not_published_does_not_count(status):
    ListingFactory(status=status)
    assert told(cell()) == (board.NONE, "0", 0)


def test_partner_that_is_suspended_today_does_not_count():
    listing = ListingFactory()
    change(listing, suspended_from=date(2026, 11, 1), suspended_until=date(2026, 11, 30))
    assert told(cell()) == (board.NONE, "0", 0)
    change(listing, suspended_until=date(2026, 11, 10))
    assert told(cell()) == (board.ONE, "1", 1)


def test_views_keep_those_that_offer_what_is_asked():
    ListingFactory(opening_hours="Mo-Fr 09:00-19:00", appointment="sans")
    ListingFactory(opening_hours="Mo-Fr 09:00-12:00", appointment="sur-rendez-vous")
    assert cell().least == 2
    assert cell(is_open_late=True).least == 1
    assert cell(is_without_appointment=True).least == 1


def test_core_trade_and_local_zone_may_be_asked_alone():
    ListingFactory(situations=[], helps=["isolement"], zones=[territory(*VENDEE)])
    assert (cell().least, cell(is_core=True).least, cell(is_local=True).least) == (1, 0, 0)
    ListingFactory()
    assert (cell().least, cell(is_core=True).least, cell(is_local=True).least) == (2, 1, 1)


def test_commune_without_epci_is_an_area_of_its_own():
    ListingFactory(commune=commune(YEU), zones=[commune(YEU)])
    assert told(cell(code=YEU)) == (board.ONE, "1", 1)


def test_every_inhabitant_is_in_one_area():
    made = make()
    everyone = board.population(made.place.communes)
    assert sum(area.population for area in made.areas) == everyone > 600_000


# The pages

BOARD = "/gestion/couverture/"


@pytest.fixture
def manager(client):
    client.force_login(UserFactory(role=User.Role.MANAGER))
    return client


def html(client, address, status=200):
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def test_table_leads_from_an_empty_cell_to_who_is_there_and_to_the_register(manager):
    listing = ListingFactory(zones=[commune(POUZAUGES)])
    asked = ListingFactory(zones=[])
    table = html(manager, f"{BOARD}?coeur=1")
    assert f'href="isolement/{PAYS_DE_POUZAUGES}/?coeur=1"' in table
    assert "habitants seulement" in table
    assert "sans aucun partenaire avec ces filtres" in table
    assert "avec ces filtres" not in html(manager, BOARD)
    page = html(manager, f"{BOARD}isolement/{PAYS_DE_POUZAUGES}/")
    assert listing.get_absolute_url() in page
    assert page.index("Zone à demander") < page.index(asked.get_absolute_url())
    pk = territory("epci", PAYS_DE_POUZAUGES).pk
    assert f"/gestion/manques/nouveau/?situation=isolement&amp;territoire={pk}" in page


@pytest.mark.parametrize(
    "address",
    [
        "isolement/85182/",
        "isolement/000000000/",
        "inconnue/248500464/",
        "carte/?situation=inconnue",
    ],
)
def test_unknown_situation_or_territory_is_not_found(manager, address):
    html(manager, BOARD + address, status=404)


def test_without_a_departement_there_is_no_board(manager, settings):
    settings.DEFAULT_DEPARTEMENT = "99"
    html(manager, BOARD, status=404)


def test_map_and_list_tell_the_same_numbers(manager):
    ListingFactory(zones=[commune(POUZAUGES)])
    data = manager.get(f"{BOARD}carte.json?situation=isolement").json()["communes"]
    assert (data[POUZAUGES], data[LE_BOUPERE]) == (1, 0)
    assert len(data) > 250
    assert "Voisinage" not in html(manager, f"{BOARD}carte/?situation=isolement")[:600]


def test_spreadsheet_has_a_line_for_each_cell_with_the_same_numbers(manager):
    ListingFactory(zones=[commune(POUZAUGES)])
    answer = manager.get(f"{BOARD}couverture.csv")
    assert answer["Content-Disposition"] == 'attachment; filename="couverture.csv"'
    lines = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert len(lines) == (Situation.objects.count() + 1) * len(make().areas)
    [line] = [
        line
        for line in lines
        if (line["situation"], line["code"]) == ("Isolement et solitude", PAYS_DE_POUZAUGES)
    ]
    found = cell()
    assert int(line["habitants_sans_partenaire"]) == found.missing
    assert line["partenaires_par_habitant_au_moins"] == "0"
    assert line["partenaires_en_tout_ou_partie"] == "1"
    assert int(line["part_desservie_pour_cent"]) == found.share
