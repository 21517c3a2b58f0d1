"""« À vérifier »: what falls due this month, « rien à changer » in one click, and the figures."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.core.checks import run_checks
from django.urls import reverse
from django.utils import timezone

from partners import freshness, reports, review
from partners.models import Helpline, Listing, Report, User, Verification
from tests.factories import AgencyFactory, ListingFactory, UserFactory, commune, verify

pytestmark = pytest.mark.django_db

Scope = Verification.Scope


@pytest.fixture
def manager(client):
    client.user = UserFactory(role=User.Role.MANAGER)
    client.force_login(client.user)
    return client


def age(listing, days):
    """Make it come in so many days ago."""
    Listing.objects.filter(pk=listing.pk).update(created_at=timezone.now() - timedelta(days=days))


def ago(days):
    return timezone.localdate() - timedelta(days=days)


def listed(selection="mois"):
    return {item.pk for item in review.items(selection, review.LISTING)}


def check(client, thing, **body):
    kind = "helpline" if isinstance(thing, Helpline) else "listing"
    address = reverse(f"manage_review_{kind}", args=[thing.pk])
    return client.post(address, {"method": "appel"} | body)


def page(client, query="", name="manage_review"):
    return client.get(reverse(name) + query).content.decode().replace("&nbsp;", " ")


# What falls due


def test_record_checked_long_ago_falls_due_and_one_checked_lately_does_not():
    old, recent = ListingFactory(), ListingFactory()
    verify(old, on=ago(400), scope=Scope.RECORD)
    verify(recent, on=ago(20), scope=Scope.RECORD)
    assert old.pk in listed()
    assert recent.pk not in listed()


def test_danger_falls_due_after_six_months_and_the_rest_after_twelve():
    usual, urgent = ListingFactory(), ListingFactory(situations=["violences"])
    for listing in (usual, urgent):
        verify(listing, on=ago(183), scope=Scope.RECORD)
    assert urgent.pk in listed()
    for part in review.parts_of(usual):
        assert part.due_on > timezone.localdate() - timedelta(days=1)


def test_periods_are_settings(settings):
    listing = ListingFactory()
    verify(listing, on=ago(40), scope=Scope.RECORD)
    assert listing.pk not in listed()
    settings.REVIEW_MONTHS = 1
    assert listing.pk in listed()


@pytest.mark.parametrize("months", [0, -3, 61])
def test_impossible_period_is_said_at_start(settings, months):
    settings.URGENT_REVIEW_MONTHS = months
    assert "partners.E005" in [error.id for error in run_checks()]


def test_never_checked_falls_due_within_a_period_of_coming_in():
    listing = ListingFactory()
    age(listing, 800)
    assert listing.pk in listed()
    assert listing.pk in listed("jamais")


def test_what_was_checked_together_does_not_fall_due_together():
    day, due = date(2026, 1, 1), set()
    for listing in ListingFactory.create_batch(12):
        listing.verifications.create(scope=Scope.RECORD, method="appel", checked_on=day)
        due |= {review.parts_of(listing)[0].due_on}
    assert len({(d.year, d.month) for d in due}) >= 4
    assert min(due) >= day + timedelta(days=180)
    assert max(due) <= day + timedelta(days=366)


def test_each_part_has_its_own_date():
    listing = ListingFactory()
    verify(listing, on=ago(3), scope=Scope.PHONE)
    verify(listing, on=ago(500), scope=Scope.HOURS)
    parts = {part.scope: part for part in review.parts_of(listing)}
    assert parts[Scope.PHONE].last.checked_on == ago(3)
    assert not parts[Scope.PHONE].is_late
    assert parts[Scope.HOURS].is_late
    assert parts[Scope.ZONE].last is None
    item = next(i for i in review.items("mois", review.LISTING) if i.pk == listing.pk)
    assert item.checked_on == ago(3)  # the phone's, as on the card
    assert "horaires" in item.late_parts


def test_drafts_and_archives_are_not_reviewed():
    for status in ("brouillon", "a-verifier", "archive"):
        age(ListingFactory(status=status), 900)
    assert not listed("toutes")


def test_reported_record_comes_first():
    first, last = ListingFactory(), ListingFactory()
    for listing in (first, last):
        age(listing, 900)
    reports.file(last, Report.Kind.CLOSED, by=UserFactory())
    items = review.items("mois", review.LISTING)
    assert (items[0].pk, items[0].reports) == (last.pk, 1)


def test_helplines_are_reviewed_too(manager):
    count = Helpline.objects.active().count()
    assert review.counts(review.HELPLINE)["jamais"] == count > 0
    line = Helpline.objects.active().first()
    check(manager, line)
    assert review.counts(review.HELPLINE)["jamais"] == count - 1
    assert line.verifications.get().checked_by == manager.user


def test_list_of_numbers_says_when_each_was_checked(manager):
    check(manager, Helpline.objects.active().first())
    text = page(manager, name="helplines")
    assert text.count("Vérifié le") == 1
    assert text.count("Jamais vérifié") == Helpline.objects.active().count() - 1
    manager.force_login(UserFactory())  # who calls in an emergency needs no such doubt
    text = page(manager, name="helplines")
    assert (text.count("Vérifié le"), text.count("Jamais vérifié")) == (1, 0)


# One click


def test_one_click_says_that_nothing_is_to_be_changed(manager):
    listing = ListingFactory()
    answer = check(manager, listing, method="courriel")
    assert answer.url == reverse("manage_review")
    made = listing.verifications.get()
    assert (made.scope, made.method, made.checked_on, made.checked_by) == (
        Scope.RECORD,
        "courriel",
        timezone.localdate(),
        manager.user,
    )
    listing.refresh_from_db()
    assert listing.entry.phone_checked_on == timezone.localdate()


def test_double_click_verifies_once(manager):
    listing = ListingFactory()
    check(manager, listing)
    check(manager, listing)
    assert listing.verifications.count() == 1


def test_click_is_undone_and_the_search_forgets_it(manager):
    listing = ListingFactory()
    back = manager.get(check(manager, listing).url).content.decode()
    key = str(listing.verifications.get().pk)
    assert f'name="verifications" value="{key}"' in back
    undo = reverse("manage_review_undo")
    assert manager.post(undo, {"verifications": key}).status_code == 302
    assert not listing.verifications.exists()
    listing.refresh_from_db()
    assert listing.entry.phone_checked_on is None
    assert manager.post(undo, {"verifications": key}).status_code == 302  # a second tap


def test_verification_of_a_colleague_or_an_old_one_is_not_undone(manager):
    listing = ListingFactory()
    theirs = verify(listing)
    mine = listing.verifications.create(
        scope=Scope.ZONE, method="site", checked_on=ago(30), checked_by=manager.user
    )
    events = Verification.pgh_event_model.objects.filter(pgh_obj_id=mine.pk)
    events.update(pgh_created_at=timezone.now() - timedelta(days=30))
    body = {"verifications": f"{theirs.pk},{mine.pk}"}
    manager.post(reverse("manage_review_undo"), body)
    assert listing.verifications.count() == 2


@pytest.mark.parametrize("keys", ["", "x", "1;2", "1,", "9" * 30, ",".join("1" * 20)])
def test_undo_of_what_cannot_be_is_refused(manager, keys):
    answer = manager.post(reverse("manage_review_undo"), {"verifications": keys})
    assert answer.status_code == 400


def test_some_parts_are_verified_alone(manager):
    listing = ListingFactory()
    check(manager, listing, scopes=["horaires", "zone"], on=ago(2).isoformat())
    found = listing.verifications.values_list("scope", "checked_on")
    assert set(found) == {("horaires", ago(2)), ("zone", ago(2))}


def test_all_parts_together_are_the_whole_record(manager):
    listing = ListingFactory()
    check(manager, listing, scopes=list(review.PARTS))
    assert listing.verifications.get().scope == Scope.RECORD


@pytest.mark.parametrize(
    "body",
    [
        {"method": "pigeon"},
        {"method": ""},
        {"scopes": ["tout"]},
        {"on": "demain"},
        {"on": "2999-01-01"},
        {"on": "1900-01-01"},
    ],
)
def test_wrong_verification_is_refused_beside_its_field(manager, body):
    listing = ListingFactory()
    answer = check(manager, listing, **body)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not listing.verifications.exists()


def test_draft_and_unknown_record_are_not_verified(manager):
    assert check(manager, ListingFactory(status="brouillon")).status_code == 404
    assert manager.post(reverse("manage_review_listing", args=[999999])).status_code == 404
    assert manager.post(reverse("manage_review_helpline", args=[999999])).status_code == 404


def test_verifying_ends_no_report_and_says_so(manager):
    listing = ListingFactory()
    reports.file(listing, Report.Kind.NO_ANSWER, by=UserFactory())
    assert "encore ouverts" in manager.get(check(manager, listing).url).content.decode()
    assert Report.objects.open().count() == 1


def test_record_page_says_which_parts_were_checked(manager):
    listing = ListingFactory()
    verify(listing, on=date(2026, 10, 5), scope=Scope.HOURS)
    text = manager.get(listing.get_absolute_url()).content.decode()
    assert "horaires le 5 octobre 2026 (appel)" in text


# The page


def test_work_list_shows_number_last_check_and_reports_on_a_line(manager):
    listing = ListingFactory(phone="+33261910012")
    verify(listing, on=date(2025, 6, 3))
    reports.file(listing, Report.Kind.NO_ANSWER, by=UserFactory())
    text = page(manager, "?quoi=fiches")
    assert "02 61 91 00 12" in text
    assert "Vérifié le 3 juin 2025" in text
    assert "1 signalement" in text


@pytest.mark.parametrize("query", ["?liste=x", "?quoi=x", "?par=x", "?liste="])
def test_choice_that_does_not_exist_is_not_found(manager, query):
    assert manager.get(reverse("manage_review") + query).status_code == 404


def test_list_is_paged_and_asks_as_many_queries_for_many(manager, django_assert_max_num_queries):
    ListingFactory.create_batch(45, situations=[], zones=[])
    with django_assert_max_num_queries(10):
        text = page(manager, "?liste=toutes&quoi=fiches&page=2")
    assert "Page 2 sur 2" in text
    assert text.count('class="review-row"') == 5
    assert "Page 2 sur 2" in page(manager, "?liste=toutes&quoi=fiches&page=99")


# Figures


@pytest.mark.parametrize(
    ("total", "checked", "percent"),
    [(0, 0, None), (255, 0, 0), (255, 2, 1), (3, 2, 67), (255, 254, 99), (255, 255, 100)],
)
def test_only_none_says_0_and_only_all_say_100(total, checked, percent):
    assert freshness.Share("", total, checked).percent == percent


def test_shares_count_by_kind_sector_and_month(manager):
    agency = AgencyFactory(name="Bocage inventé")
    agency.sector.communes.add(commune("85182"))
    checked, late = ListingFactory(), ListingFactory()
    verify(checked, on=ago(5))
    verify(late, on=ago(400))
    kinds = {share.label: (share.total, share.checked) for share in freshness.by_kind()}
    assert kinds["Structures"] == (2, 1)
    assert kinds["Numéros utiles"][1] == 0
    assert freshness.by_sector() == [freshness.Share("Bocage inventé", 2, 1)]
    assert freshness.by_sector()[0].percent == 50
    assert len(freshness.by_month()) == 1  # nothing was there before
    age(late, 400)
    assert len(freshness.by_month()) == 12
    assert freshness.by_month()[-1].share == freshness.Share("", 2, 1)
    assert "Bocage inventé" in page(manager, name="manage_review_figures")


def test_csv_says_the_same_and_holds_no_formula(manager):
    AgencyFactory(name="=cmd()").sector.communes.add(commune("85182"))
    verify(ListingFactory(), on=ago(5))
    answer = manager.get(reverse("manage_review_csv"))
    text = answer.content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert rows[0] == ["regroupement", "nom", "total", "verifies_12_mois", "pourcentage"]
    assert ["nature", "Structures", "1", "1", "100"] in rows
    assert ["secteur", "'=cmd()", "1", "1", "100"] in rows
