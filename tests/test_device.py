"""The application on a telephone: installed, opened without a network, and what it sends later."""

import json
import re
import uuid
from datetime import timedelta
from pathlib import Path
from urllib.parse import urljoin

import pytest
import time_machine
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from partners import device_pass, retention
from partners.models import Listing, Merge, Report, ReportReceipt, Session, User
from tests.factories import ListingFactory, UserFactory
from tests.test_weight import IMPORTS, Page

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parent.parent
ADVISER, FIELD = User.Role.ADVISER, User.Role.FIELD
SHELL = re.compile(r"self\.SHELL = (\{.*\});")


@pytest.fixture
def adviser(client):
    client.force_login(UserFactory(role=ADVISER))
    return client


def shell(client):
    return json.loads(SHELL.search(client.get(reverse("service_worker")).content.decode())[1])


# Installed


def test_telephone_without_an_account_reads_how_to_install_it(client, settings):
    settings.LANDLORD_NAME, settings.LANDLORD_COLOR = "Vendée Habitat", "#aa0000"
    answer = client.get(reverse("manifest"))
    assert answer.headers["Content-Type"] == "application/manifest+json"
    facts = answer.json()
    assert facts["name"] == "Cartographie des partenaires – Vendée Habitat"
    assert (facts["start_url"], facts["scope"], facts["display"]) == ("/", "/", "standalone")
    assert facts["theme_color"] == "#aa0000"
    assert {icon["purpose"] for icon in facts["icons"]} == {"any", "maskable"}
    for icon in facts["icons"]:
        side = int(icon["sizes"].partition("x")[0])
        content = (ROOT / icon["src"].lstrip("/")).read_bytes()
        assert content[:8] == b"\x89PNG\r\n\x1a\n"
        width, height = int.from_bytes(content[16:20]), int.from_bytes(content[20:24])
        assert (width, height) == (side, side)


def test_manifest_is_linked_from_pages_of_accounts_only(adviser):
    link = f'<link rel="manifest" href="{reverse("manifest")}">'
    assert link in adviser.get(reverse("helplines")).content.decode()
    assert link not in Client().get(reverse("login")).content.decode()


# The service worker


def test_worker_is_asked_for_again_each_time_and_governs_the_whole_site(client):
    answer = client.get(reverse("service_worker"))
    assert reverse("service_worker").count("/") == 1
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


def test_worker_keeps_every_file_that_its_page_loads_and_no_page_of_an_account(client):
    kept = shell(client)["files"]
    page = client.get(reverse("visit_offline"))
    waiting, seen = Page(page.content.decode()).files, set()
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        if address.startswith("/static/js/"):
            text = (ROOT / address.lstrip("/")).read_text()
            waiting += [urljoin(address, found) for found in IMPORTS.findall(text)]
    assert seen
    assert seen <= set(kept)
    pages = [address for address in kept if not re.match(r"/static/|/theme\.css", address)]
    assert pages == [reverse("visit_offline"), reverse("hide")]
    for address in kept:
        if address.startswith("/static/"):
            assert (ROOT / address.lstrip("/")).exists(), address


def test_page_without_a_network_is_nobodys(client):
    account = UserFactory(role=ADVISER, email="claire@example.org")
    anonymous = client.get(reverse("visit_offline")).content
    client.force_login(account)
    answer = client.get(reverse("visit_offline"))
    assert b"claire" not in answer.content
    assert b"csrfmiddlewaretoken" not in anonymous
    assert reverse("hide").encode() in answer.content
    assert b'href="tel:15"' in anonymous


def test_worker_changes_with_what_its_page_says(client, settings):
    before = shell(client)["version"]
    assert shell(Client())["version"] == before
    settings.LANDLORD_NAME = "Un autre nom"
    assert shell(client)["version"] != before


def test_worker_that_is_turned_off_takes_itself_away(adviser, settings):
    settings.OFFLINE = False
    text = adviser.get(reverse("service_worker")).content.decode()
    assert "visit-worker-end.js" in text
    assert "visit-worker.js" not in text
    assert adviser.get(reverse("visit")).status_code == 404
    assert 'data-worker=""' in adviser.get(reverse("helplines")).content.decode()
    assert reverse("visit") not in adviser.get(reverse("helplines")).content.decode()


# « Préparer une visite »


@pytest.mark.parametrize("role", User.Role.values)
def test_every_role_prepares_a_visit(client, role):
    client.force_login(UserFactory(role=role))
    answer = client.get(reverse("visit"))
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    html = answer.content.decode()
    assert '<option value="85" selected>Vendée</option>' in html
    assert 'name="situation" value="isolement"' in html


def test_page_of_visits_asks_for_an_account(client):
    assert client.get(reverse("visit")).status_code == 302
    client.force_login(UserFactory())
    assert client.post(reverse("visit")).status_code == 405


# Whose device it is


def test_device_learns_who_is_signed_in_and_gets_a_token(adviser):
    answer = adviser.get(reverse("visit_session"))
    assert "no-store" in answer.headers["Cache-Control"]
    facts = answer.json()
    assert facts["compte"] == adviser.session[SESSION_KEY]
    assert facts["signale"]
    page = adviser.get(reverse("helplines")).content.decode()
    assert f'data-account="{facts["compte"]}"' in page
    assert f'data-session="{facts["marque"]}"' in page
    assert adviser.session.session_key not in page


def passed(client):
    return client.get(reverse("visit_session")).json()["laissez_passer"]


def asked(text):
    """What a signed-out device that shows this pass is told."""
    answer = Client().get(reverse("visit_session"), headers={"Laissez-Passer": text})
    assert answer.status_code == 401
    return answer.json()["fini"]


def test_session_that_ran_its_time_leaves_the_pack(adviser):
    text = passed(adviser)
    assert not asked(text)
    Session.objects.update(expire_date=timezone.now() - timedelta(minutes=1))
    with time_machine.travel(timezone.now() + timedelta(hours=13)):
        assert not asked(text)
        retention.run()
        assert not asked(text)


def test_session_ended_from_another_device_takes_the_pack_away(adviser):
    text = passed(adviser)
    Session.objects.all().delete()
    assert asked(text)


def test_signing_out_takes_the_pack_away(adviser):
    text = passed(adviser)
    adviser.post(reverse("logout"))
    assert asked(text)


def test_account_that_was_closed_takes_the_pack_away(adviser):
    text = passed(adviser)
    User.objects.update(is_active=False)
    assert asked(text)


@pytest.mark.parametrize("text", ["x", "a:b:c", "é", "1" * 5000])
def test_forged_pass_takes_the_pack_away(text):
    assert device_pass.is_over(text)


def test_pass_is_worth_nothing_once_its_pack_is_old(adviser):
    text = passed(adviser)
    with time_machine.travel(timezone.now() + timedelta(days=9)):
        assert asked(text)


def test_device_without_a_pass_keeps_what_it_has(client):
    assert not client.get(reverse("visit_session")).json()["fini"]


# Reports sent later


def send(client, listing=None, *, key=None, kind="mauvais-numero", **facts):
    facts |= {"fiche": listing.pk} if listing else {}
    return client.post(reverse("visit_reports"), {"cle": key or uuid.uuid4(), "quoi": kind} | facts)


def test_report_that_is_sent_again_is_filed_once(adviser):
    listing, key = ListingFactory(), uuid.uuid4()
    first = send(adviser, listing, key=key)
    filed = Report.objects.get()
    assert (filed.listing, filed.kind, filed.message) == (listing, "mauvais-numero", "")
    assert filed.created_by_id == int(adviser.session[SESSION_KEY])
    Report.objects.update(status=Report.Status.DONE, closed_at=timezone.now())
    again = send(adviser, listing, key=key)
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json() == {"recu": str(key)}
    assert Report.objects.count() == 1


def test_report_taken_back_does_not_come_again(adviser):
    listing, key = ListingFactory(), uuid.uuid4()
    send(adviser, listing, key=key)
    Report.objects.all().delete()
    assert send(adviser, listing, key=key).status_code == 200
    assert not Report.objects.exists()


def test_report_that_came_is_received_even_when_its_record_is_gone_since(adviser):
    listing, key = ListingFactory(), uuid.uuid4()
    send(adviser, listing, key=key)
    Listing.objects.update(status=Listing.Status.ARCHIVED)
    again = send(adviser, listing, key=key)
    assert (again.status_code, again.json()) == (200, {"recu": str(key)})
    assert Report.objects.count() == 1


@pytest.mark.parametrize("change", ["account", "kind", "record"])
def test_another_report_under_a_key_that_was_used_is_not_said_to_be_received(adviser, change):
    listing, other, key = ListingFactory(), ListingFactory(name="Autre"), uuid.uuid4()
    send(adviser, listing, key=key)
    if change == "account":
        adviser.force_login(UserFactory(role=User.Role.ADVISER))
    kind = "ferme" if change == "kind" else "mauvais-numero"
    answer = send(adviser, other if change == "record" else listing, key=key, kind=kind)
    assert answer.status_code == 422
    assert "Refaites-le" in answer.json()["raison"]
    assert Report.objects.count() == 1


def test_gap_found_at_the_door_is_filed(adviser):
    answer = send(adviser, kind="manque", situation="isolement", commune="85182")
    assert answer.status_code == 200
    found = Report.objects.gaps().get()
    assert found.territory.code == "85182"
    assert [one.slug for one in found.situations.all()] == ["isolement"]


def test_report_on_an_absorbed_record_goes_to_the_one_that_answers_for_it(adviser):
    gone, kept = ListingFactory(status=Listing.Status.ARCHIVED), ListingFactory()
    Merge.objects.create(absorbed=gone, kept=kept)
    assert send(adviser, gone).status_code == 200
    assert Report.objects.get().listing == kept


def reason(answer):
    assert answer.status_code == 422
    assert not Report.objects.exists()
    assert not ReportReceipt.objects.exists()
    return answer.json()["raison"]


def test_report_on_a_record_archived_since_is_refused_with_the_reason(adviser):
    gone = ListingFactory(status=Listing.Status.ARCHIVED)
    assert reason(send(adviser, gone)) == "Cette fiche n'est plus dans l'annuaire."


@pytest.mark.parametrize(
    "facts",
    [
        {"key": "x"},
        {"kind": "inconnu"},
        {"kind": ""},
        {"fiche": "abc"},
        {"fiche": str(2**40)},
        {"fiche": ""},
        {"kind": "manque"},
        {"kind": "manque", "situation": "inconnue"},
        {"kind": "manque", "commune": "99999"},
    ],
    ids=str,
)
def test_report_that_says_nothing_known_is_refused_in_french(adviser, facts):
    said = reason(send(adviser, **facts))
    assert re.search("Ce signalement|Ce motif|existe pas|entier|inférieure", said), said


def test_words_sent_with_a_report_are_not_kept(adviser):
    send(adviser, ListingFactory(), message="Mme Durand est seule")
    assert Report.objects.get().message == ""


def test_field_staff_and_strangers_report_nothing(client):
    listing = ListingFactory()
    assert send(client, listing).status_code == 401
    client.force_login(UserFactory(role=FIELD))
    refused = send(client, listing)
    assert refused.status_code == 403
    assert refused.json()["raison"] == "Votre compte ne fait pas de signalement."
    assert not client.get(reverse("visit_session")).json()["signale"]
    assert not Report.objects.exists()


def test_report_without_the_token_of_the_session_is_not_taken():
    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory(role=ADVISER))
    token = client.get(reverse("visit_session")).json()["jeton"]
    facts = {"cle": uuid.uuid4(), "quoi": "ferme", "fiche": ListingFactory().pk}
    address = reverse("visit_reports")
    assert client.post(address, facts).status_code == 403
    assert client.post(address, facts, headers={"X-CSRFToken": token}).status_code == 200
    assert client.get(address).status_code == 405


def test_receipts_go_after_ninety_days(adviser):
    send(adviser, ListingFactory())
    for days, left in ((89, 1), (91, 0)):
        ReportReceipt.objects.update(received_at=timezone.now() - timedelta(days=days))
        retention.run()
        assert ReportReceipt.objects.count() == left
    assert Report.objects.exists()


# Addresses that the scripts know


def test_scripts_name_the_addresses_of_the_site():
    scripts = "".join((ROOT / "static/js" / name).read_text() for name in SCRIPTS)
    for name in ("visit_pack", "visit_session", "visit_reports", "visit"):
        assert f'"{reverse(name)}"' in scripts


SCRIPTS = ["visit-queue.js", "visit-pack.js", "visit-sync.js"]
