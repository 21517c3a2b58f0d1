"""The yearly « état des besoins »: needs, gaps, trends, with small numbers hidden (rule R4)."""

import csv
import io
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from partners.exports.needs import GROWS, HIDDEN, HOLDS, SHRINKS, Needs, share_of_year, trend
from partners.models import Gap, Situation, UseCount, User
from tests.factories import ListingFactory, UserFactory, commune

pytestmark = pytest.mark.django_db

YEAR = timezone.localdate().year


def add(number, *, year=YEAR, kind="recherche", situation="isolement", area="85182"):
    UseCount.objects.create(
        month=date(year, 5, 1),
        kind=kind,
        situation=Situation.objects.get(slug=situation),
        area=commune(area).epci,
        number=number,
    )


def label(slug):
    return Situation.objects.get(slug=slug).label


def part(title):
    parts = {part["titre"]: part for part in Needs(YEAR).data()["parties"]}
    return {line[0]: line[1:] for line in parts[title]["lignes"]}


@pytest.fixture
def manager(client):
    client.force_login(UserFactory(role=User.Role.MANAGER))
    return client


def test_needs_of_the_year_stand_beside_those_of_the_year_before(time_machine):
    time_machine.move_to(timezone.now().replace(year=YEAR, month=12, day=30))
    add(40)
    add(20, year=YEAR - 1)
    add(8, area="85191")
    assert part("Par situation")[label("isolement")] == ["48", "20", GROWS, HIDDEN]
    assert part("Par territoire")[commune("85182").epci.name] == ["40", "20", GROWS, HIDDEN]


@pytest.mark.parametrize(
    ("now", "before", "word"),
    [(20, 10, GROWS), (10, 20, SHRINKS), (105, 100, HOLDS), (None, 9, HIDDEN), (9, None, HIDDEN)],
)
def test_trend_in_a_word(now, before, word):
    assert trend(now, before) == word


def test_year_that_is_not_over_is_compared_with_as_much_of_the_one_before():
    assert trend(50, 100, share=0.5) == HOLDS
    assert trend(70, 100, share=0.5) == GROWS
    assert trend(9, 100, share=0.05) == HIDDEN
    assert share_of_year(2025, date(2026, 7, 2)) == 1
    assert 0.49 < share_of_year(2026, date(2026, 7, 2)) < 0.51


def test_few_demands_are_neither_printed_nor_in_the_csv():
    add(40)
    add(3, situation="addictions")
    assert label("addictions") not in part("Par situation")
    rows = list(csv.reader(io.StringIO(Needs(YEAR).csv().decode("utf-8-sig")), delimiter=";"))
    told = [row[3:6] for row in rows[1:] if row[0] == "demandes"]
    assert all(number == "" or int(number) >= 5 for row in told for number in row)


def test_need_without_answer_and_register_are_told():
    add(40)
    add(12, situation="addictions")
    add(12, kind="sans-reponse", situation="addictions")
    place = commune("85182").epci
    Gap.objects.create(
        situation=Situation.objects.get(slug="addictions"), territory=place, note="Mme X a dit"
    )
    need = f"{label('addictions')}, {place}"
    assert part("Demandes sans réponse") == {need: ["12", "12"]}
    assert part("Manques suivis") == {need: ["signalé", ""]}
    assert "Mme X" not in str(Needs(YEAR).data())


def test_inhabitants_without_a_partner_are_those_of_the_coverage_board():
    ListingFactory(zones=[commune("85182").departement], situations=["isolement"])
    told = part("Habitants sans partenaire")
    place = commune("85182").epci
    assert f"{label('addictions')}, {place}" in told
    assert f"{label('isolement')}, {place}" not in told


@pytest.mark.parametrize(("form", "start"), [("pdf", b"%PDF"), ("csv", b"\xef\xbb\xbfrubrique;")])
def test_manager_takes_it_away(manager, form, start):
    add(40)
    answer = manager.get(reverse("manage_records_needs", args=[YEAR, form]))
    assert answer.content.startswith(start)
    assert f'filename="etat-des-besoins-{YEAR}.{form}"' in answer.headers["Content-Disposition"]


def test_year_without_anything_is_printed_all_the_same(manager):
    answer = manager.get(reverse("manage_records_needs", args=[YEAR, "pdf"]))
    assert answer.content.startswith(b"%PDF")


@pytest.mark.parametrize(("year", "form"), [(1999, "pdf"), (YEAR, "exe")])
def test_unknown_year_or_form_is_not_found(manager, year, form):
    assert manager.get(reverse("manage_records_needs", args=[year, form])).status_code == 404


def test_page_offers_each_year(manager):
    add(40, year=YEAR - 1)
    page = manager.get(reverse("manage_records_take")).content.decode()
    for year in (YEAR, YEAR - 1):
        assert reverse("manage_records_needs", args=[year, "pdf"]) in page
