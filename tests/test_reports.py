"""An adviser reports an error or a gap in one tap, undoes it, and hears what became of it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from partners import reports
from partners.cards import cards_of
from partners.coverage import place_of_communes
from partners.matches import Moment
from partners.models import Report, Situation, User
from tests.factories import ListingFactory, UserFactory, commune, verify

pytestmark = pytest.mark.django_db

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def adviser(client):
    client.user = UserFactory()
    client.force_login(client.user)
    return client


def tap(client, listing, kind="mauvais-numero", **headers):
    return client.post(reverse("report", args=[listing.pk]), {"kind": kind}, **headers)


def card(listing):
    return cards_of([listing.pk], Moment(place_of_communes([]), timezone.localtime()))[0]


def texts(response):
    return response.content.decode().replace("\u00a0", " ").replace("&nbsp;", " ")


# One tap


def test_one_tap_reports_an_error_for_its_author(adviser):
    listing = ListingFactory()
    answer = tap(adviser, listing)
    report = Report.objects.get()
    assert answer.url == reverse("reported", args=[report.pk])
    assert (report.listing, report.kind) == (listing, "mauvais-numero")
    assert (report.created_by, report.status) == (adviser.user, Report.Status.NEW)


def test_page_without_script_offers_each_kind_as_a_button(adviser):
    page = texts(adviser.get(reverse("report", args=[ListingFactory().pk])))
    for kind in Report.Kind:
        assert (f'value="{kind}"' in page) == (kind != Report.Kind.MISSING)


def test_page_without_script_leads_back_to_the_record_with_its_commune(adviser):
    listing = ListingFactory()
    home = f"{listing.get_absolute_url()}?commune=85182"
    address = f"{reverse('report', args=[listing.pk])}?commune=85182"
    assert f'href="{address}"' in adviser.get(home).content.decode()
    asked = adviser.get(f"{address}&q=Mme+Durand").content.decode()
    assert f'action="{address}"' in asked
    assert asked.count(f'href="{home}"') == 2
    told = adviser.post(address, {"kind": "mauvais-numero"}).url
    report = Report.objects.get()
    assert told == f"{reverse('reported', args=[report.pk])}?commune=85182"
    page = adviser.get(told).content.decode()
    assert f'action="{told}"' in page
    assert page.count(f'href="{home}"') == 2
    assert f'name="suite" value="{home}"' in page
    assert adviser.post(told, {"message": "Occupé.", "suite": home}).url == home


def test_second_tap_on_the_same_day_is_the_same_report(adviser):
    listing = ListingFactory()
    assert tap(adviser, listing).url == tap(adviser, listing).url
    assert Report.objects.count() == 1
    tap(adviser, listing, "ferme")
    assert Report.objects.count() == 2


def test_card_gets_the_answer_alone(adviser):
    answer = tap(adviser, ListingFactory(), **HTMX)
    assert "C'est noté : mauvais numéro" in texts(answer)
    assert "<html" not in texts(answer)


@pytest.mark.parametrize("kind", ["", "licorne", "manque", "x" * 200])
def test_unknown_kind_of_report_is_refused(adviser, kind):
    assert tap(adviser, ListingFactory(), kind).status_code == 422
    assert not Report.objects.exists()


def test_tap_is_undone_by_its_author(adviser):
    tap(adviser, ListingFactory())
    undo = reverse("withdraw_report", args=[Report.objects.get().pk])
    assert adviser.post(undo, **HTMX).status_code == 200
    assert not Report.objects.exists()
    assert adviser.post(undo, **HTMX).status_code == 200  # a second tap on « Annuler »


def test_report_that_somebody_deals_with_is_no_longer_undone(adviser):
    tap(adviser, ListingFactory())
    report = Report.objects.get()
    reports.take(report, UserFactory(role=User.Role.MANAGER))
    answer = adviser.post(reverse("withdraw_report", args=[report.pk]), **HTMX)
    assert (answer.status_code, Report.objects.count()) == (422, 1)
    assert "s'en occupe déjà" in texts(answer)


def test_words_are_added_after_the_tap(adviser):
    said = adviser.post(tap(adviser, ListingFactory()).url, {"message": "Sonne occupé."})
    assert Report.objects.get().message == "Sonne occupé."
    assert said.status_code == 302


def test_words_that_name_somebody_warn_once_and_never_block(adviser):
    address = tap(adviser, ListingFactory()).url
    body = {"message": "Mme Durand y est allée."}
    assert "semble nommer quelqu'un" in texts(adviser.post(address, body, **HTMX))
    assert Report.objects.get().message == ""
    adviser.post(address, body | {"confirme": "on"}, **HTMX)
    assert Report.objects.get().message == "Mme Durand y est allée."


def test_words_too_long_are_refused_and_kept_in_their_field(adviser):
    answer = adviser.post(tap(adviser, ListingFactory()).url, {"message": "z" * 1001})
    assert answer.status_code == 422
    assert "z" * 1001 in texts(answer)


def test_report_of_another_is_not_found(adviser):
    theirs = reports.file(ListingFactory(), Report.Kind.CLOSED, by=UserFactory())
    assert adviser.get(reverse("reported", args=[theirs.pk])).status_code == 404
    assert adviser.post(reverse("reported", args=[theirs.pk]), {"message": "x"}).status_code == 404
    adviser.post(reverse("withdraw_report", args=[theirs.pk]))
    assert Report.objects.filter(pk=theirs.pk, message="").exists()


def test_field_staff_cannot_report(client):
    client.force_login(UserFactory(role=User.Role.FIELD))
    listing = ListingFactory()
    assert tap(client, listing).status_code == 403
    for name in ("report_gap", "reports"):
        assert client.get(reverse(name)).status_code == 403
    assert reverse("reports") not in texts(client.get("/"))
    assert "data-report" not in texts(client.get(listing.get_absolute_url()))


def test_draft_is_not_reported_by_those_who_do_not_see_it(adviser):
    assert tap(adviser, ListingFactory(status="brouillon")).status_code == 404


# What the card says


def test_one_report_is_told_and_does_not_mark_the_card(adviser):
    listing = ListingFactory()
    verify(listing)
    tap(adviser, listing)
    assert not card(listing).has_fault
    assert "signalé le" in card(listing).freshness
    assert "Téléphone vérifié" in card(listing).freshness


def test_reports_of_two_people_mark_the_card():
    listing = ListingFactory()
    for kind in (Report.Kind.NO_ANSWER, Report.Kind.WRONG_NUMBER):
        reports.file(listing, kind, by=UserFactory())
    assert card(listing).has_fault
    assert card(listing).freshness.startswith("Signalé 2 fois")
    assert list(Report.objects.marking()) == [{"listing": listing.pk}]


def test_two_reports_of_one_person_on_a_day_do_not_mark_the_card(adviser):
    listing = ListingFactory()
    tap(adviser, listing, "ne-repond-pas")
    tap(adviser, listing, "mauvais-numero")
    assert not card(listing).has_fault
    assert not Report.objects.marking()


def test_same_person_on_two_days_marks_the_card(adviser):
    listing = ListingFactory()
    tap(adviser, listing)
    Report.objects.update(created_at=timezone.now() - timedelta(days=2))
    tap(adviser, listing)
    assert card(listing).has_fault
    assert len(Report.objects.marking()) == 1


@pytest.mark.parametrize("kind", ["delai", "autre"])
def test_what_is_no_failure_does_not_mark_the_card(kind):
    listing = ListingFactory()
    for _ in range(2):
        reports.file(listing, kind, by=UserFactory())
    assert not card(listing).has_fault


def test_closed_reports_no_longer_mark_the_card():
    listing, manager = ListingFactory(), UserFactory(role=User.Role.MANAGER)
    for _ in range(2):
        last = reports.file(listing, Report.Kind.CLOSED, by=UserFactory())
    reports.close(last, by=manager, status=Report.Status.DONE, with_others=True)
    assert not card(listing).has_fault
    assert not Report.objects.open().exists()


# What became of it


def closed(user, **values):
    report = reports.file(ListingFactory(), Report.Kind.CLOSED, by=user)
    reports.close(report, by=UserFactory(), status=Report.Status.DONE, **values)
    return report


def test_answer_waits_at_home_until_it_was_seen(adviser):
    closed(adviser.user, answer="Le nouveau numéro est sur la fiche.")
    assert "Le nouveau numéro est sur la fiche." in texts(adviser.get("/"))
    assert adviser.post(reverse("reports_seen"), {"suite": "/"}).url == "/"
    assert "Le nouveau numéro" not in texts(adviser.get("/"))
    assert "Le nouveau numéro" in texts(adviser.get(reverse("reports")))


def test_answer_to_another_is_not_shown(adviser):
    closed(UserFactory(), answer="Réponse à une autre.")
    assert "Réponse à une autre." not in texts(adviser.get("/"))
    assert "Réponse à une autre." not in texts(adviser.get(reverse("reports")))


def test_list_of_own_reports_asks_as_many_queries_for_one_as_for_ten(
    adviser, django_assert_max_num_queries
):
    for kind in Report.NEGATIVE:
        for _ in range(3):
            reports.file(ListingFactory(), kind, by=adviser.user)
    with django_assert_max_num_queries(8):
        assert adviser.get(reverse("reports")).status_code == 200


# Gaps


def gap(client, **body):
    return client.post(reverse("report_gap"), body)


def test_gap_takes_situation_and_commune_from_the_search(adviser):
    page = texts(adviser.get(reverse("report_gap") + "?situation=isolement&commune=85182"))
    assert 'name="situation" value="isolement"' in page
    assert "Pouzauges" in page


def test_gap_is_kept_and_leads_back_to_the_results(adviser):
    answer = gap(adviser, situation="isolement", commune="85182", message="Personne ne visite.")
    assert answer.url == reverse("results") + "?situation=isolement&commune=85182"
    report = Report.objects.get()
    assert (report.kind, report.territory) == (Report.Kind.MISSING, commune("85182"))
    assert [s.slug for s in report.situations.all()] == ["isolement"]


def test_gap_from_nowhere_chooses_its_situation_and_writes_its_commune(adviser):
    page = texts(adviser.get(reverse("report_gap")))
    assert '<option value="isolement">' in page
    gap(adviser, situation="isolement", lieu="pouzauges")
    assert Report.objects.get().territory == commune("85182")


@pytest.mark.parametrize("place", ["Nulle-Part-les-Bains", "85700", "\U0001f984", "<script>"])
def test_commune_that_is_unknown_or_several_is_said_beside_its_field(adviser, place):
    answer = gap(adviser, situation="isolement", lieu=place)
    assert answer.status_code == 422
    assert "commune" in texts(answer).lower()
    assert 'role="alert"' in texts(answer)
    assert not Report.objects.exists()


def test_same_gap_twice_on_a_day_is_one(adviser):
    for _ in range(2):
        gap(adviser, situation="isolement", commune="85182")
    assert Report.objects.count() == 1
    gap(adviser, situation="addictions", commune="85182")
    assert Report.objects.count() == 2


def test_gap_is_undone_from_the_message(adviser):
    back = adviser.get(gap(adviser, situation="isolement", commune="85182").url)
    undo = reverse("withdraw_report", args=[Report.objects.get().pk])
    assert undo in texts(back)
    adviser.post(undo, {"suite": "/sigles/"})
    assert not Report.objects.exists()


def test_gap_of_an_unknown_situation_is_not_found(adviser):
    assert adviser.get(reverse("report_gap") + "?situation=licorne").status_code == 404


def test_gap_that_says_nothing_is_refused(adviser):
    assert gap(adviser, situation="", lieu=" ").status_code == 422
    assert not Report.objects.exists()


@pytest.mark.parametrize("situation", ["x\0", "licorne"])
def test_gap_of_a_situation_that_cannot_be_is_refused(adviser, situation):
    assert gap(adviser, situation=situation).status_code == 422
    assert not Report.objects.exists()


@pytest.mark.parametrize(("partners", "is_offered"), [(0, True), (2, True), (3, False)])
def test_thin_result_offers_to_report_the_missing_partner(adviser, partners, is_offered):
    for _ in range(partners):
        ListingFactory(situations=["addictions"])
    page = texts(adviser.get("/recherche/?situation=addictions&commune=85182&gratuit="))
    assert ("Signaler un partenaire manquant" in page) is is_offered
    assert "/signaler-un-manque/?situation=addictions&amp;commune=85182" in page


# The register of gaps


def test_gaps_are_counted_by_situation_and_territory():
    isolation, drink = (Situation.objects.get(slug=slug) for slug in ("isolement", "addictions"))
    for _ in range(2):
        reports.file_gap([isolation], commune("85182"), by=UserFactory())
    reports.file_gap([isolation, drink], None, by=UserFactory(), message="x")
    rows = [(r["situations__slug"], r["territory__name"], r["total"]) for r in reports.gaps()]
    assert rows[0] == ("isolement", "Pouzauges", 2)
    assert set(rows[1:]) == {("isolement", None, 1), ("addictions", None, 1)}
    assert len(reports.gap_reports("isolement", commune("85182").pk)) == 2
