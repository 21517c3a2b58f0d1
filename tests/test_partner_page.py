"""The page of a partner's link: its record, one click, corrections that wait for somebody."""

import pytest
from django.utils import timezone
from pghistory.models import Context

from cartographie.logs import LINK
from partners.campaigns import running
from partners.models import Letter, Listing, OptOut, Proposal, Reply, Verification
from tests.campaigns import letter_of, link_of, make_campaign, make_partner, sent_to, started
from tests.factories import PermanenceFactory, commune
from tests.sent_form import read_form

pytestmark = pytest.mark.django_db

ANSWER = "/votre-fiche/repondre/"


@pytest.fixture(autouse=True)
def no_one_before(settings):
    """The pace of each link is counted in a memory of its own."""
    from django.core.cache import cache

    cache.clear()


def token(name="relais"):
    return link_of(name).split("/")[2]


def page(client, name="relais"):
    return client.get(link_of(name))


def say(client, what, name="relais", **facts):
    listing = letter_of(name).replies.order_by("pk").first().listing_id
    known = {"jeton": token(name), "fiche": listing, "reponse": what}
    return client.post(ANSWER, known | facts)


def correct(client, name="relais", **changes):
    form = read_form(page(client, name), "data-reply")
    return client.post(ANSWER, form | {"reponse": "corriger"} | changes)


def checks(listing):
    return list(
        listing.verifications.order_by("pk").values_list(
            "scope", "method", "checked_by", "checked_on"
        )
    )


def proposed(listing):
    return {p.fact: p.cells for p in listing.proposals.all()}


# The link


def test_page_is_open_to_who_has_the_link_without_cookie_nor_trace(client):
    listing = sent_to("relais")
    answer = page(client)
    assert answer.status_code == 200
    assert listing.name in answer.content.decode()
    assert not answer.cookies
    assert "no-store" in answer["Cache-Control"]
    assert "noindex" in answer["X-Robots-Tag"]
    assert answer["Referrer-Policy"] == "no-referrer"


def test_reading_the_page_writes_nothing(client):
    sent_to("relais")
    page(client)
    assert letter_of("relais").opened_at is None


def test_browser_that_shows_the_page_is_counted_once(client):
    sent_to("relais")
    assert client.post("/votre-fiche/ouverte/", {"jeton": token()}).status_code == 204
    first = letter_of("relais").opened_at
    client.post("/votre-fiche/ouverte/", {"jeton": token()})
    assert letter_of("relais").opened_at == first


@pytest.mark.parametrize(
    "wrong", ["x", "a.b", "é😀", "<script>", "A" * 5000, "AAAAAAAAAAAAAAAAAAAAAA." + "B" * 43]
)
def test_guessed_link_opens_nothing(client, wrong):
    sent_to("relais")
    assert client.get(f"/votre-fiche/{wrong}/").status_code in {404, 414}
    assert client.post(ANSWER, {"jeton": wrong, "reponse": "rien"}).status_code == 404
    assert not Verification.objects.exists()


def test_key_of_the_database_alone_opens_nothing(client):
    sent_to("relais")
    assert client.get(f"/votre-fiche/{letter_of('relais').key}/").status_code == 404


def test_link_of_one_letter_does_not_answer_for_the_record_of_another(client):
    started("relais", "autre")
    other = letter_of("autre").replies.get().listing_id
    assert say(client, "rien", fiche=other).status_code == 404
    assert client.get(f"{link_of('relais')}{other}/").status_code == 404
    assert not Reply.objects.exclude(kind="").exists()


def test_link_ends_with_its_time_its_campaign_or_the_next_one(client):
    sent_to("relais")
    campaign = letter_of("relais").campaign
    Letter.objects.update(last_sent_at=timezone.now() - timezone.timedelta(days=61))
    assert page(client).status_code == say(client, "rien").status_code == 410
    Letter.objects.update(last_sent_at=timezone.now())
    assert page(client).status_code == 200
    old = link_of("relais")
    running.start(make_campaign())
    assert client.get(old).status_code == 410
    Letter.objects.update(revoked_at=None)
    running.close(campaign)
    assert client.get(old).status_code == 410


def test_too_many_requests_are_refused(client):
    sent_to("relais")
    codes = [page(client).status_code for _ in range(31)]
    assert codes == [200] * 30 + [429]
    wrong = [client.get("/votre-fiche/x.y/").status_code for _ in range(31)]
    assert wrong == [404] * 30 + [429]


def test_neither_history_nor_log_keeps_the_link(client):
    sent_to("relais")
    say(client, "rien")
    assert Context.objects.count()
    assert token() not in str(list(Context.objects.values_list("metadata", flat=True)))
    assert token() not in LINK.sub(r"\1…", f"Internal Server Error: {link_of('relais')}merci/")


# « Rien à changer »


def test_nothing_to_change_is_one_click_that_verifies_and_changes_nothing(client):
    listing = sent_to("relais")
    before = Listing.objects.filter(pk=listing.pk).values().get()
    assert say(client, "rien").url == f"{link_of('relais')}merci/"
    assert client.get(f"{link_of('relais')}merci/").status_code == 200
    today = timezone.localdate()
    assert checks(listing) == [("fiche", "partenaire", None, today)]
    assert Listing.objects.filter(pk=listing.pk).values().get() == before
    reply = Reply.objects.get()
    assert (reply.kind, bool(reply.settled_at)) == ("rien", True)


def test_double_click_verifies_once(client):
    listing = sent_to("relais")
    say(client, "rien")
    say(client, "rien")
    assert len(checks(listing)) == 1


def test_form_sent_as_it_stands_is_nothing_to_change(client):
    listing = sent_to("relais")
    Listing.objects.filter(pk=listing.pk).update(
        opening_hours="Mo-Fr 09:00-12:00; PH off",
        audiences=["seniors", "jeunes"],
        access_conditions="Deux\nlignes.",
    )
    assert correct(client).status_code == 302
    assert Reply.objects.get().kind == "rien"
    assert not Proposal.objects.exists()


# Corrections


def test_corrections_wait_and_nothing_is_published(client):
    listing = sent_to("relais")
    answer = correct(
        client,
        phone="02 61 91 00 42",
        jour_0="9h-12h",
        rangs_0=["1", "3"],
        address="2 rue de la Gare",
        commune="Challans",
        zone_words="Tout le canton.",
        message="Fermé en août.",
    )
    assert answer.status_code == 302
    reply = Reply.objects.get()
    assert (reply.kind, reply.settled_at) == ("changements", None)
    assert (reply.zone_words, reply.message) == ("Tout le canton.", "Fermé en août.")
    assert proposed(listing) == {
        "phone": {"telephone": "+33261910042"},
        "opening_hours": {"horaires_accueil": "Mo[1,3] 09:00-12:00"},
        "address": {"adresse": "2 rue de la Gare"},
        "commune_id": {"code_insee": commune("85047").code},
    }
    assert checks(listing) == []
    assert Listing.objects.get(pk=listing.pk).phone == listing.phone


def test_what_staff_changed_meanwhile_is_not_proposed_back(client):
    listing = sent_to("relais")
    form = read_form(page(client), "data-reply")
    Listing.objects.filter(pk=listing.pk).update(summary="Une phrase toute neuve.")
    client.post(ANSWER, form | {"reponse": "corriger", "jour_1": "14h-17h"})
    assert list(proposed(listing)) == ["opening_hours"]


def test_second_answer_replaces_the_first(client):
    listing = sent_to("relais")
    correct(client, phone="02 61 91 00 42", message="Bientôt.")
    correct(client, jour_0="10h-12h")
    assert list(proposed(listing)) == ["opening_hours"]
    assert Reply.objects.get().message == ""
    say(client, "rien")
    assert not Proposal.objects.exists()


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("phone", "abc", "abc"),
        ("phone", "02 61 91", "02 61 91"),
        ("email", "pas une adresse", "adresse"),
        ("summary", "x" * 141, "140"),
        ("summary", "=1+1", "="),
        ("commune", "Nulleville", "Nulleville"),
        ("message", "x" * 1001, "abrégez"),
        ("jour_0", "25h-26h", "25h-26h"),
        ("postal_code", "abcde", "chiffres"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_nothing_is_lost(client, field, text, said):
    sent_to("relais")
    answer = correct(client, zone_words="Le canton 😀", **{field: text})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'class="error"' in html
    assert "Le canton 😀" in html
    assert said in html
    assert not Reply.objects.exclude(kind="").exists()


def test_name_of_a_person_is_asked_about_once(client):
    listing = sent_to("relais")
    answer = correct(client, message="Mme Durand ne répond plus.")
    assert answer.status_code == 422
    assert "ne parle d'aucun locataire" in answer.content.decode()
    assert correct(client, message="Mme Durand.", confirme="on").status_code == 302
    assert listing.replies.get().message == "Mme Durand."


def test_forged_memory_of_the_page_is_no_error(client):
    listing = sent_to("relais")
    correct(client, vu="n'importe quoi", phone="02 61 91 00 42")
    assert list(proposed(listing)) == ["phone"]


# Goodbyes


@pytest.mark.parametrize("kind", ["n-existe-plus", "pas-moi"])
def test_goodbye_waits_for_a_manager_and_changes_nothing(client, kind):
    listing = sent_to("relais")
    assert say(client, "partir", motif=kind, mot="Depuis juin.").status_code == 302
    reply = listing.replies.get()
    assert (reply.kind, reply.message, reply.settled_at) == (kind, "Depuis juin.", None)
    assert checks(listing) == []
    assert Listing.objects.get(pk=listing.pk).status == listing.status


def test_goodbye_without_a_reason_or_too_long_is_asked_again(client):
    sent_to("relais")
    assert say(client, "partir", mot="Adieu.").status_code == 422
    answer = say(client, "partir", motif="pas-moi", mot="x" * 1001)
    assert answer.status_code == 422
    assert "x" * 1001 in answer.content.decode()
    assert say(client, "n'importe quoi").status_code == 404


def test_to_be_left_alone_is_asked_then_done_and_taken_back(client):
    sent_to("relais")
    running.close(letter_of("relais").campaign)
    address = f"{link_of('relais')}ne-plus-ecrire/"
    assert client.get(address).status_code == 200
    assert not OptOut.objects.exists()
    for _ in range(2):
        client.post("/votre-fiche/ne-plus-ecrire/", {"jeton": token()})
    assert [out.email for out in OptOut.objects.all()] == ["relais@example.org"]
    assert "C'est noté" in client.get(address).content.decode()
    client.post("/votre-fiche/ne-plus-ecrire/", {"jeton": token(), "annuler": "1"})
    assert not OptOut.objects.exists()


# Permanences


def test_partner_reads_its_permanences_before_saying_that_all_is_right(client):
    listing = sent_to("relais")
    PermanenceFactory(listing=listing, place="mairie annexe", is_by_appointment=True)
    html = page(client).content.decode()
    assert "Mairie annexe, Pouzauges<br>2e mardi du mois, 14 h – 17 h, sur rendez-vous" in (
        html.replace("\u00a0", " ")
    )
    Listing.objects.filter(pk=listing.pk).update(is_confidential=True)
    assert "annexe" not in page(client).content.decode()


# Several records, a confidential one


def test_address_with_several_records_sees_them_one_after_the_other(client):
    first, second = make_partner("relais"), make_partner("relais")
    running.start(make_campaign())
    html = page(client).content.decode()
    assert first.name in html
    assert second.name in html
    assert client.get(f"{link_of('relais')}{second.pk}/").status_code == 200
    say(client, "rien", fiche=first.pk)
    thanks = client.get(f"{link_of('relais')}merci/").content.decode()
    assert second.name in thanks
    assert first.name not in thanks
    assert checks(second) == []


def test_record_that_left_the_directory_is_not_shown(client):
    listing = sent_to("relais")
    Listing.objects.filter(pk=listing.pk).update(status="archive")
    assert page(client).status_code == 410


def test_confidential_record_tells_neither_where_nor_what_it_is(client):
    secret = {
        "address": "7 rue des Lilas",
        "postal_code": "85700",
        "website": "https://refuge.example.org/lieu",
        "summary": "Met à l'abri après des violences.",
    }
    listing = make_partner("relais", is_confidential=True, situations=["violences"], **secret)
    running.start(make_campaign())
    html = page(client).content.decode()
    for text in (*secret.values(), "Pouzauges", "iolences", "85700"):
        assert text not in html
    form = read_form(page(client), "data-reply")
    client.post(
        ANSWER, form | {"reponse": "corriger", "address": "8 rue", "phone": "02 61 91 00 42"}
    )
    assert list(proposed(listing)) == ["phone"]
    say(client, "rien")
    assert {scope for scope, *_ in checks(listing)} == {"telephone", "horaires", "criteres"}
