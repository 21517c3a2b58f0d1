"""What « Usage » tells of the counters, and what it never does (rule R4)."""

import csv
import io
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from partners import charts, freshness
from partners.models import AgencyUse, Gap, Listing, Situation, Territory, UseCount, User
from partners.usage import figures
from partners.usage.tables import HIDDEN, TABLES
from tests.factories import (
    AgencyFactory,
    ListingFactory,
    UserFactory,
    commune,
    territory,
    verify,
)

pytestmark = pytest.mark.django_db

YEAR = timezone.localdate().year
MAY, JUNE = date(YEAR, 5, 1), date(YEAR, 6, 1)


def epci(code="85182"):
    return commune(code).epci


def add(number, *, kind="recherche", situation="isolement", area=None, month=MAY):
    UseCount.objects.create(
        month=month,
        kind=kind,
        situation=situation and Situation.objects.get(slug=situation),
        area=area or epci(),
        number=number,
    )


def year(number=YEAR):
    return figures.Year(number, territory("departement", "85"))


def line(lines, label):
    return next(found for found in lines if found.label == label)


@pytest.fixture
def manager(client):
    client.force_login(UserFactory(role=User.Role.MANAGER))
    return client


# Figures


def test_demands_are_told_by_situation_and_by_territory():
    add(12)
    add(8, area=epci("85191"), month=JUNE)
    add(20, situation="addictions")
    found = year()
    assert found.total.demands == 40
    assert line(found.by_situation, Situation.objects.get(slug="isolement").label).demands == 20
    assert line(found.by_area, epci().name).demands == 32
    assert dict(found.by_month)[MAY] == 32
    assert dict(found.by_month)[JUNE] == 8


def test_other_year_is_apart():
    add(12)
    add(30, month=date(YEAR - 1, 5, 1))
    assert year().total.demands == 12
    assert year(YEAR - 1).total.demands == 30
    assert figures.years() == [YEAR, YEAR - 1]


def test_numbers_copied_and_called():
    add(30)
    add(9, kind="copie")
    add(6, kind="appel")
    assert year().total.reached == 15
    assert year().reached == {"copie": 9, "appel": 6}


def test_few_calls_are_not_the_difference_of_two_figures():
    add(30)
    add(9, kind="copie")
    add(2, kind="appel")
    assert year().total.reached == 11
    assert year().reached == {"copie": None, "appel": None}


def test_danger_and_other_departements_have_columns_of_their_own():
    departement = territory("departement", "85")
    add(7, situation="violences", area=departement)
    add(9, area=commune("44109").epci)
    add(50)
    found = year()
    assert line(found.by_area, figures.WHOLE).demands == 7
    assert line(found.by_area, figures.ELSEWHERE).demands == 9
    violence = Situation.objects.get(slug="violences")
    areas = {c.area for c in found.cells if c.situation == violence and c.demands}
    assert areas == {departement}


def test_need_without_answer_says_where_and_how_often():
    add(30)
    add(12, situation="addictions")
    add(12, kind="sans-reponse", situation="addictions")
    [cell] = year().without_answer()
    assert (cell.situation.slug, cell.area, cell.unanswered, cell.demands) == (
        "addictions",
        epci(),
        12,
        12,
    )


def test_few_answered_are_not_the_difference_of_demands_and_unanswered():
    add(30)
    add(12, situation="addictions")
    add(10, kind="sans-reponse", situation="addictions")
    assert year().without_answer() == []


def test_deleted_situation_takes_its_counters_along():
    made = Situation.objects.create(slug="passagere", label="Passagère")
    add(9, situation="passagere")
    made.delete()
    assert year().total.demands is None


def archive(slug, into=None):
    Situation.objects.filter(slug=slug).update(archived_at=timezone.now(), merged_into=into)


def test_archived_situation_keeps_a_line_of_its_own_in_the_years_it_was_asked():
    add(40)
    add(7, kind="sans-reponse")
    archive("isolement")
    label = "Isolement et solitude (archivée)"
    assert line(year().by_situation, label).demands == 40
    assert year().without_answer() == []  # nothing that one could do about it
    assert [label, epci().name, 40, 7] in TABLES["besoins"](year())
    assert label not in {found.label for found in year(YEAR - 1).by_situation}


def test_year_that_is_over_says_the_same_before_and_after_a_merge():
    """The difference of the two tables would be a number that both hide."""
    last = date(YEAR - 1, 5, 1)
    add(12, situation="addictions", month=last)
    add(3, month=last)
    before = [line.numbers for line in year(YEAR - 1).by_situation]
    archive("isolement", into=Situation.objects.get(slug="addictions"))
    found = year(YEAR - 1)
    assert line(found.by_situation, "Addictions").demands == 12
    assert sorted(map(str, before)) == sorted(str(told.numbers) for told in found.by_situation)


def test_intercommunality_that_is_no_more_keeps_its_column_in_the_years_it_had():
    add(12)
    gone, heir = epci(), epci("85191")
    Territory.objects.filter(epci=gone).update(epci=heir)
    assert line(year().by_area, gone.name).demands == 12


def test_merged_situation_is_counted_with_the_one_that_took_its_records():
    add(9)
    add(20, situation="addictions")
    kept = Situation.objects.get(slug="addictions")
    archive("isolement", into=kept)
    assert line(year().by_situation, kept.label).demands == 29
    assert [kept.label, epci().name, 29, HIDDEN] in TABLES["besoins"](year())
    assert not any("archivée" in found.label for found in year().by_situation)


def every_number(found):
    """All that is published of a year, whatever the table."""
    lines = [*found.by_situation, *found.by_area, found.total]
    return [
        *(number for one in lines for number in one.numbers.values()),
        *(number for c in found.cells for number in (c.demands, c.unanswered)),
        *(number for _, number in found.by_month),
        *found.reached.values(),
        *(number for _, number in found.by_agency),
    ]


@settings(max_examples=20)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(1, 9)), max_size=12))
def test_nothing_under_five_is_ever_published(counts):
    UseCount.objects.all().delete()
    slugs = ["isolement", "addictions", "impayes", "energie"]
    areas = [epci(), epci("85191"), epci("85092"), territory("departement", "85")]
    seen = {}
    for situation, area, number in counts:
        seen[situation, area] = number
    for (situation, area), number in seen.items():
        add(number, situation=slugs[situation], area=areas[area])
        add((number + 1) // 2, kind="sans-reponse", situation=slugs[situation], area=areas[area])
    found = every_number(year())
    assert all(number is None or number >= 5 for number in found)


# Agencies


def test_agency_of_three_accounts_has_its_line():
    assert figures.grouped([("A", 40, 4), ("B", 30, 3)], 12, 5) == [
        ("A", 40),
        ("B", 30),
        (figures.OTHERS, 12),
    ]


def test_agency_of_two_accounts_is_in_the_line_of_the_others():
    assert figures.grouped([("A", 40, 4), ("B", 30, 2)], 12, 5) == [("A", 40), (figures.OTHERS, 42)]


def test_line_of_the_others_is_never_about_one_small_agency():
    assert figures.grouped([("A", 40, 4), ("B", 30, 3), ("C", 9, 2)], 0, 0) == [
        ("A", 40),
        (figures.OTHERS, 39),
    ]


def test_nothing_is_told_when_all_are_too_few():
    assert figures.grouped([("A", 40, 2)], 0, 0) == []


agencies = st.lists(st.tuples(st.integers(1, 60), st.integers(0, 6)), max_size=6)


@given(agencies, st.integers(0, 20), st.integers(0, 6))
def test_lines_of_agencies_add_up_and_keep_few_searches_and_few_accounts_apart(
    counts, others, other_accounts
):
    known = [(f"Agence {n}", number, accounts) for n, (number, accounts) in enumerate(counts)]
    lines = figures.grouped(known, others, other_accounts)
    if not lines:
        return
    assert sum(number for _, number in lines) == others + sum(number for number, _ in counts)
    named = {name for name, _ in lines}
    rest = [agency for agency in known if agency[0] not in named]
    assert all(n >= 5 and accounts >= 3 for name, n, accounts in known if name in named)
    assert all(number >= 5 for _, number in lines)
    if figures.OTHERS in named:
        assert other_accounts + sum(accounts for *_, accounts in rest) >= 3


def test_agency_that_lost_its_accounts_is_told_no_more():
    agency = AgencyFactory()
    users = [UserFactory(agency=agency, last_login=timezone.now()) for _ in range(3)]
    for _ in range(3):
        UserFactory(last_login=timezone.now())
    AgencyUse.objects.create(month=MAY, agency=agency, number=20)
    AgencyUse.objects.create(month=MAY, number=8)
    assert year().by_agency == [(agency.name, 20), (figures.OTHERS, 8)]
    User.objects.filter(pk=users[0].pk).update(is_active=False)
    assert year().by_agency == [(figures.OTHERS, 28)]


# Freshness, over time


def test_freshness_of_each_kind_month_after_month():
    """One was checked 400 days ago, the other 100: both at once for some weeks only."""
    old, new = ListingFactory(), ListingFactory()
    Listing.objects.update(created_at="2020-01-01T00:00Z")
    today = timezone.localdate()
    verify(old, on=today - timezone.timedelta(days=400))
    verify(new, on=today - timezone.timedelta(days=100))
    courses = {course.label: course for course in freshness.kinds_over_time()}
    percents = courses["Structures"].percents
    assert (len(percents), percents[0], max(percents), percents[-1]) == (12, 50, 100, 50)
    assert courses["Dispositifs"].months == []
    helplines = courses["Numéros utiles"].months[-1].share.total
    assert helplines == freshness.by_kind()[-1].total


# Charts


def test_hidden_month_has_a_bar_of_no_height_and_no_number():
    hidden, shown = charts.columns(["01", "02"], [None, 10])
    assert (hidden.number, hidden.height) == (None, 0)
    assert shown.height == charts.HEIGHT - 20
    assert charts.columns(["01"], [None])[0].height == 0


def test_line_of_percents_goes_from_bottom_to_top():
    assert charts.spark([0, 100]) == "0,26 120,2"
    assert charts.spark([None, 50]) == "120,14"
    assert charts.shares([10, None, 5]) == [100, 0, 50]


# The page


def test_page_of_nothing_says_what_will_be_there(manager):
    page = manager.get(reverse("manage_usage")).content.decode()
    assert "Moins de cinq demandes comptées" in page


def test_page_tells_figures_and_leads_to_the_register(manager):
    add(31)
    add(12, situation="addictions", area=epci("85191"))
    add(12, kind="sans-reponse", situation="addictions", area=epci("85191"))
    page = manager.get(reverse("manage_usage")).content.decode()
    assert "12 sans réponse sur 12" in page
    address = f"situation=addictions&amp;territoire={epci('85191').pk}"
    assert f"{reverse('manage_gaps_new')}?{address}" in page


def test_need_already_in_the_register_says_so(manager):
    add(12)
    add(12, kind="sans-reponse")
    gap = Gap.objects.create(
        situation=Situation.objects.get(slug="isolement"), territory=epci(), status="etudie"
    )
    page = manager.get(reverse("manage_usage")).content.decode()
    assert f'href="{gap.get_absolute_url()}">Au registre' in page


@pytest.mark.parametrize("asked", ["1999", "", "abc", "2026 or 1", "🙂"])
def test_year_without_figures_is_not_found(manager, asked):
    assert manager.get(reverse("manage_usage"), {"annee": asked}).status_code == 404


@pytest.mark.parametrize("table", TABLES)
def test_each_table_is_taken_away_as_csv(manager, table):
    add(31)
    add(3, situation="addictions")
    answer = manager.get(reverse("manage_usage_csv", args=[table]))
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert "violence" not in answer.headers["Content-Disposition"]
    assert {len(row) for row in rows} == {len(rows[0])}


def test_what_the_screen_hides_the_csv_hides(manager):
    add(31)
    add(3, situation="addictions")
    answer = manager.get(reverse("manage_usage_csv", args=["situations"])).content.decode()
    label = Situation.objects.get(slug="addictions").label
    assert f"{label};{HIDDEN};" in answer
    assert "Total;34;" in answer


def test_unknown_table_is_not_found(manager):
    assert manager.get(reverse("manage_usage_csv", args=["rien"])).status_code == 404


def test_page_asks_as_many_things_whatever_the_number_of_counters(manager):
    def asked():
        with CaptureQueriesContext(connection) as captured:
            assert manager.get(reverse("manage_usage")).status_code == 200
        return len(captured)

    add(31)
    few = asked()
    for area in Territory.objects.filter(kind="epci", departement__code="85")[:8]:
        if area != epci():
            for kind in ("recherche", "sans-reponse", "copie"):
                add(20, area=area, kind=kind)
    assert asked() == few < 15
