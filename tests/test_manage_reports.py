"""The queue of reports: who takes one, how it ends, and what who reported hears."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from partners import reports
from partners.models import Report, Situation, User
from tests.factories import ListingFactory, UserFactory, commune

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client):
    client.user = UserFactory(role=User.Role.MANAGER)
    client.force_login(client.user)
    return client


def filed(listing=None, kind=Report.Kind.WRONG_NUMBER, **values):
    return reports.file(listing or ListingFactory(), kind, by=UserFactory(), **values)


def act(client, verb, report):
    return client.post(reverse(f"manage_reports_{verb}", args=[report.pk]))


def end(client, report, **body):
    address = reverse("manage_reports_detail", args=[report.pk])
    return client.post(address, {"status": "traite", "answer": ""} | body)


def page(client, query="", name="manage_reports"):
    return client.get(reverse(name) + query).content.decode().replace("&nbsp;", " ")


def state(report):
    report.refresh_from_db()
    return report.status


def test_queue_begins_with_records_that_several_reported_then_the_oldest(manager):
    old, marked = ListingFactory(name="Ancien"), ListingFactory(name="Marqué")
    filed(old)
    Report.objects.update(created_at=timezone.now() - timedelta(days=9))
    filed(marked)
    filed(marked, Report.Kind.CLOSED)
    names = [report.listing.name for report in reports.open_queue()]
    assert names == ["Marqué", "Marqué", "Ancien"]
    assert page(manager).index("Marqué") < page(manager).index("Ancien")
    assert page(manager).count("carte marquée") == 2


def test_manager_takes_a_report_and_gives_it_back(manager):
    report = filed()
    act(manager, "take", report)
    assert state(report) == Report.Status.TAKEN
    assert report.taken_by == manager.user
    act(manager, "release", report)
    assert state(report) == Report.Status.NEW
    assert report.taken_by is None


def test_end_keeps_who_when_and_the_answer(manager):
    report = filed()
    assert end(manager, report, answer="Corrigé.").url == reverse("manage_reports")
    assert state(report) == Report.Status.DONE
    assert (report.taken_by, report.answer, report.days_to_close) == (manager.user, "Corrigé.", 0)
    assert report.listing.name not in page(manager)
    assert "Corrigé." in page(manager, "?etat=traite")


def test_report_may_end_without_effect(manager):
    report = filed()
    end(manager, report, status="sans-suite")
    assert state(report) == Report.Status.DROPPED
    assert report.listing.name in page(manager, "?etat=sans-suite")


def test_other_reports_of_the_record_end_together_when_asked(manager):
    listing = ListingFactory()
    report, other, elsewhere = filed(listing), filed(listing), filed()
    end(manager, report, with_others="on", answer="Nouveau numéro.")
    assert state(other) == Report.Status.DONE
    assert other.answer == "Nouveau numéro."
    assert state(elsewhere) == Report.Status.NEW


def test_end_is_undone_from_the_message(manager):
    report = filed()
    back = manager.get(end(manager, report, answer="Trop vite.").url).content.decode()
    assert reverse("manage_reports_reopen", args=[report.pk]) in back
    act(manager, "reopen", report)
    assert state(report) == Report.Status.TAKEN
    assert (report.answer, report.closed_at) == ("", None)


def test_second_end_says_that_somebody_was_first(manager):
    report = filed()
    reports.close(report, by=UserFactory(), status=Report.Status.DROPPED, answer="Déjà vu.")
    answer = manager.get(end(manager, report, answer="Moi aussi.").url)
    assert "occupé entre-temps" in answer.content.decode()
    report.refresh_from_db()
    assert (report.status, report.answer) == (Report.Status.DROPPED, "Déjà vu.")


def test_closed_report_is_not_taken(manager):
    report = filed()
    end(manager, report)
    act(manager, "take", report)
    assert state(report) == Report.Status.DONE


@pytest.mark.parametrize(
    "body", [{"status": ""}, {"status": "nouveau"}, {"status": "x"}, {"answer": "a" * 301}]
)
def test_wrong_end_is_refused_and_keeps_what_was_typed(manager, body):
    report = filed()
    answer = end(manager, report, **({"answer": "Une phrase."} | body))
    assert answer.status_code == 422
    assert body.get("answer", "Une phrase.") in answer.content.decode()
    assert state(report) == Report.Status.NEW


def test_answer_that_names_somebody_warns_once(manager):
    report = filed()
    answer = end(manager, report, answer="Dites à Mme Durand de rappeler.")
    assert "semble nommer" in answer.content.decode()
    assert state(report) == Report.Status.NEW
    end(manager, report, answer="Dites à Mme Durand de rappeler.", confirme="on")
    assert state(report) == Report.Status.DONE


def test_unknown_report_and_state_are_not_found(manager):
    assert manager.get(reverse("manage_reports_detail", args=[999999])).status_code == 404
    assert manager.get(reverse("manage_reports") + "?etat=x").status_code == 404
    query = reverse("manage_reports_gap") + "?situation=licorne"
    assert manager.get(query).status_code == 404
    query = reverse("manage_reports_gap") + "?situation=isolement&commune=x"
    assert manager.get(query).status_code == 404


def test_mean_delay_is_told(manager):
    report = filed()
    Report.objects.update(created_at=timezone.now() - timedelta(days=3))
    end(manager, report)
    assert reports.delay()["count"] == 1
    assert round(reports.delay()["days"]) == 3
    assert "en 3 jours en moyenne" in page(manager)


def test_queue_is_paged_and_asks_as_many_queries_for_many(manager, django_assert_max_num_queries):
    listing = ListingFactory()
    for _ in range(45):
        filed(listing)
    with django_assert_max_num_queries(12):
        assert "Page 2 sur 2" in page(manager, "?page=2")


def test_report_shows_the_record_and_leads_to_its_correction_and_check(manager):
    report = filed(message="Sonne chez un particulier.")
    text = manager.get(reverse("manage_reports_detail", args=[report.pk])).content.decode()
    assert "Sonne chez un particulier." in text
    assert report.listing.get_absolute_url() in text
    for name in ("manage_records_edit", "manage_review_listing"):
        assert reverse(name, args=[report.listing_id]) in text


def test_gaps_have_their_own_list_with_need_place_and_number(manager):
    need = Situation.objects.get(slug="isolement")
    for _ in range(2):
        made = reports.file_gap([need], commune("85182"), by=UserFactory())
    text = page(manager, name="manage_reports_gaps")
    assert "Pouzauges" in text
    assert need.label in text
    assert "dont 2 nouveaux" in text
    query = f"?situation=isolement&commune={made.territory_id}"
    assert reverse("manage_reports_detail", args=[made.pk]) in page(
        manager, query, "manage_reports_gap"
    )
    assert end(manager, made).url == reverse("manage_reports_gaps")
    assert "dont 1 nouveau" in page(manager, name="manage_reports_gaps")
    assert "Pouzauges" not in page(manager)  # the queue of errors


def test_work_of_the_day_counts_reports_and_checks(manager, django_assert_max_num_queries):
    listing = ListingFactory()
    filed(listing)
    filed(listing)
    with django_assert_max_num_queries(15):
        text = page(manager, name="manage_home")
    assert "fiches signalées plusieurs fois" in text.lower()
    assert reverse("manage_review") in text
