"""« Campagnes » in the workspace: choose, write, send, follow."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from partners.campaigns import choosing, figures, running, wording
from partners.models import Campaign, Letter, Listing, OptOut, Reply, Situation, User
from tests.campaigns import letter_of, make_campaign, make_partner, send_all, started
from tests.factories import AgencyFactory, ListingFactory, UserFactory, commune, territory, verify
from tests.jobs import run_jobs

pytestmark = pytest.mark.django_db

HOME, NEW = "/gestion/campagnes/", "/gestion/campagnes/nouvelle/"
MOST_QUERIES = 15


@pytest.fixture(autouse=True)
def no_pause(settings):
    settings.CAMPAIGN_PAUSE = 0


@pytest.fixture
def manager(client):
    client.force_login(UserFactory(role=User.Role.MANAGER, email="lien@example.org"))
    return client


def form(**changes):
    return {
        "name": "Printemps",
        "selection": "toutes",
        "situation": "",
        "place": "",
        "structure_type": "",
        "subject": wording.SUBJECT,
        "body": wording.BODY,
        "link_days": "60",
        "reminders": "1",
        "reminder_days": "14",
    } | changes


def names(listings):
    return {listing.email.partition("@")[0] for listing in listings}


# Whom it goes to


def test_choice_by_situation_place_and_type():
    make_partner("ici", situations=["impayes"])
    make_partner("la", situations=["impayes"], commune=commune("85047"))
    make_partner("autre", structure_type="ccas")
    impayes = Situation.objects.get(slug="impayes")
    epci = territory("epci", "248500464")
    sector = AgencyFactory().sector
    sector.communes.add(commune("85047"))
    chosen = choosing.reachable
    assert names(chosen(make_campaign(situation=impayes))) == {"ici", "la"}
    assert names(chosen(make_campaign(situation=impayes, place=epci))) == {"ici"}
    assert names(chosen(make_campaign(place=sector))) == {"la"}
    assert names(chosen(make_campaign(structure_type="ccas"))) == {"autre"}


def test_choice_by_what_is_to_be_verified():
    verify(make_partner("verifie"), on=timezone.localdate(), scope="fiche")
    make_partner("jamais")
    make_partner("brouillon", status="brouillon")
    assert names(choosing.reachable(make_campaign(selection="jamais"))) == {"jamais"}
    month = choosing.reachable(make_campaign(selection="mois"))
    assert "verifie" not in names(month)


def test_choice_of_who_did_not_answer_the_last_campaign():
    old = started("muet", "parlant")
    letter_of("parlant").replies.update(kind="rien", answered_at=timezone.now())
    make_partner("nouveau")
    campaign = make_campaign(selection="sans-reponse")
    assert names(choosing.reachable(campaign)) == {"muet"}
    running.start(campaign)
    campaign.refresh_from_db()
    assert choosing.before(campaign) == old


def test_records_without_address_or_left_alone_are_to_be_called():
    make_partner("relais")
    ListingFactory(email="")
    make_partner("las")
    OptOut.objects.create(email="LAS@example.org")
    aside = make_partner("cote")
    campaign = make_campaign()
    campaign.left_out.add(aside)
    assert choosing.counts(campaign) == choosing.Counts(1, 1, 1, 1, 1)
    assert choosing.to_call(campaign).count() == 2


# Preparing


def test_campaign_is_prepared_and_nothing_leaves(manager):
    make_partner("relais")
    answer = manager.post(NEW, form())
    campaign = Campaign.objects.get()
    assert answer.url == campaign.get_absolute_url()
    html = manager.get(answer.url).content.decode()
    assert "1 message, pour 1 fiche" in html
    assert wording.SUBJECT in html
    assert not Letter.objects.exists()


def test_text_of_the_last_campaign_is_kept_for_the_next(manager):
    make_campaign(subject="Un objet à nous", body="Bonjour [lien]")
    html = manager.get(NEW).content.decode()
    assert "Un objet à nous" in html
    assert "Bonjour [lien]" in html


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": " "}, "obligatoire"),
        ({"name": "x" * 81}, "80"),
        ({"subject": ""}, "obligatoire"),
        ({"body": "Bonjour."}, "Il manque [lien]"),
        ({"body": "Voir [lein] [lien]"}, "[lein] ne veut rien dire"),
        ({"body": "[lien]" + "x" * 4000}, "4000"),
        ({"subject": "Votre fiche [lien]"}, "crochets"),
        ({"link_days": "6"}, "7"),
        ({"link_days": "abc"}, "entier"),
        ({"reminders": "9"}, "9"),
        ({"reminder_days": "1"}, "3"),
        ({"situation": "inconnue"}, "n&#x27;existe pas"),
        ({"place": "999999"}, "pas l&#x27;un des vôtres"),
        ({"selection": "tout"}, "tout"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(manager, changes, said):
    answer = manager.post(NEW, form(body="Bonjour 😀 [lien]") | changes)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'class="error"' in html
    assert said in html
    assert "body" in changes or "Bonjour 😀" in html
    assert not Campaign.objects.exists()


@pytest.mark.parametrize(
    "subject",
    [
        "Violences conjugales : votre fiche",
        "Votre fiche impayés de loyer",
        "Addictions, êtes-vous à jour ?",
        "Accueil des femmes battues",
    ],
)
def test_subject_that_tells_a_situation_is_refused(manager, subject):
    answer = manager.post(NEW, form(subject=subject))
    assert answer.status_code == 422
    assert "laisse deviner une situation" in answer.content.decode()


def test_every_situation_is_refused_in_a_subject_by_its_own_name():
    told = {
        s.label: wording.situations_of(f"Votre fiche : {s.label}") for s in Situation.objects.all()
    }
    assert [label for label, found in told.items() if not found] == []
    assert wording.situations_of(wording.SUBJECT) == []


def test_line_end_in_a_subject_is_a_space(manager):
    manager.post(NEW, form(subject="Votre fiche\r\nBcc: autre@example.org"))
    assert Campaign.objects.get().subject == "Votre fiche Bcc: autre@example.org"


def test_message_that_names_somebody_is_asked_about_once(manager):
    text = form(body="Mme Durand attend. [lien]")
    answer = manager.post(NEW, text)
    assert "ne parle d'aucun locataire" in answer.content.decode()
    assert manager.post(NEW, text | {"confirme": "on"}).status_code == 302


def test_what_was_typed_comes_back_when_the_session_is_over(client):
    answer = client.post(NEW, form(name="Automne"))
    assert answer.status_code == 403
    assert "Automne" in answer.content.decode()


def test_record_is_set_aside_and_taken_back(manager):
    listing = make_partner("relais")
    campaign = make_campaign()
    address = f"{campaign.get_absolute_url()}ne-pas-ecrire/"
    manager.post(address, {"fiche": listing.pk})
    assert choosing.counts(campaign).addresses == 0
    manager.post(address, {"fiche": listing.pk, "garder": "1"})
    assert choosing.counts(campaign).addresses == 1
    assert manager.post(address, {"fiche": "abc"}).status_code == 400


def test_message_comes_to_oneself_to_see(manager, letterbox):
    make_partner("relais", name="Relais du bocage")
    manager.post(f"{make_campaign().get_absolute_url()}essai/")
    [envelope] = letterbox.received
    assert envelope.rcpt_tos == ["lien@example.org"]
    assert b"Relais du bocage" in envelope.content
    assert not Letter.objects.exists()


def test_message_to_oneself_that_is_refused_says_why(manager, letterbox):
    letterbox.refused = {"lien@example.org"}
    answer = manager.post(f"{make_campaign().get_absolute_url()}essai/", follow=True)
    assert "Unknown recipient" in answer.content.decode()


def test_draft_is_removed_and_a_started_one_is_not(manager):
    draft, running_one = make_campaign(), started("relais")
    manager.post(f"{draft.get_absolute_url()}supprimer/")
    assert manager.post(f"{running_one.get_absolute_url()}supprimer/").status_code == 404
    assert manager.post(f"{running_one.get_absolute_url()}modifier/").status_code == 404
    assert list(Campaign.objects.all()) == [running_one]


# Sending


def test_it_says_to_how_many_then_sends_once_for_a_double_click(manager, letterbox):
    make_partner("relais")
    make_partner("autre")
    campaign = make_campaign()
    address = f"{campaign.get_absolute_url()}lancer/"
    assert "Envoyer 2 messages" in manager.get(address).content.decode()
    manager.post(address)
    answer = manager.post(address, follow=True)
    assert "déjà lancée" in answer.content.decode()
    run_jobs()
    assert len(letterbox.received) == 2
    assert "Tout le monde" not in manager.get(campaign.get_absolute_url()).content.decode()


def test_nobody_to_write_to_or_no_server_says_so(manager, settings):
    empty = make_campaign(situation=Situation.objects.get(slug="nuisibles-habitat"))
    settings.EMAIL_URL = "smtp://127.0.0.1:1"
    answer = manager.post(f"{empty.get_absolute_url()}lancer/")
    assert (answer.status_code, "personne à qui écrire" in answer.content.decode()) == (422, True)
    make_partner("relais")
    settings.EMAIL_URL = ""
    answer = manager.post(f"{make_campaign().get_absolute_url()}lancer/")
    assert answer.status_code == 422
    assert "pas de serveur d'envoi" in answer.content.decode()


def test_gestures_of_a_running_campaign(manager, letterbox):
    letterbox.refused = {"absent@example.org"}
    campaign = started("absent", "relais")
    gestures = f"{campaign.get_absolute_url()}gestes/"
    manager.post(f"{gestures}arreter/")
    send_all()
    assert letterbox.received == []
    manager.post(f"{gestures}reprendre/")
    run_jobs()
    html = manager.get(campaign.get_absolute_url()).content.decode()
    assert "Unknown recipient" in html
    letterbox.refused = set()
    manager.post(f"{gestures}renvoyer/", {"message": letter_of("absent").pk})
    run_jobs()
    assert sorted(letterbox.reached()) == ["absent@example.org", "relais@example.org"]
    manager.post(f"{gestures}rappels/", {"reminders": "0", "reminder_days": "20"})
    manager.post(f"{gestures}rappels/", {"reminders": "2", "reminder_days": "1"})
    campaign.refresh_from_db()
    assert (campaign.reminders, campaign.reminder_days) == (0, 20)
    manager.post(f"{gestures}clore/")
    campaign.refresh_from_db()
    assert campaign.status == "close"
    assert manager.post(f"{gestures}inconnu/").status_code == 404
    assert manager.get(campaign.get_absolute_url()).status_code == 200


def test_letters_of_another_campaign_are_not_sent_again(manager, letterbox):
    mine, other = started("mien"), None
    make_partner("sien")
    other = make_campaign(selection="jamais")
    running.start(other)
    Letter.objects.update(status="refuse")
    manager.post(f"{mine.get_absolute_url()}gestes/renvoyer/", {"message": letter_of("sien").pk})
    assert letter_of("sien").status == "refuse"


def test_who_asks_by_telephone_to_be_left_alone(manager):
    address = "/gestion/campagnes/refus/"
    manager.post(address, {"email": "las@example.org"})
    assert manager.post(address, {"email": "LAS@example.org"}).status_code == 422
    assert manager.post(address, {"email": "pas une adresse"}).status_code == 422
    manager.post(f"{address}{OptOut.objects.get().pk}/")
    assert not OptOut.objects.exists()


def test_spreadsheet_has_who_to_call_and_no_secret_place(manager):
    campaign = started("muet", "parlant")
    letter_of("parlant").replies.update(kind="rien", answered_at=timezone.now())
    ListingFactory(name="=Formule", email="", phone="+33261910077")
    ListingFactory(name="Tilleul", email="", is_confidential=True)
    answer = manager.get(f"{campaign.get_absolute_url()}a-appeler.csv")
    text = answer.content.decode("utf-8-sig")
    assert "muet@example.org" in text
    assert "parlant@example.org" not in text
    assert "'=Formule;Pouzauges;02 61 91 00 77;;sans courriel" in text
    assert next(line for line in text.splitlines() if "Tilleul" in line).split(";")[1] == ""


# Many


@pytest.mark.parametrize("is_started", [False, True])
def test_pages_ask_as_much_for_one_record_as_for_many(manager, is_started, letterbox):
    def count(address):
        with CaptureQueriesContext(connection) as captured:
            assert manager.get(address).status_code == 200
        return len(captured)

    letterbox.refused = {"p0@example.org", "p3@example.org"}
    make_partner("p0")
    campaigns = [_campaign(is_started)]
    addresses = [HOME, campaigns[0].get_absolute_url()]
    few = [count(address) for address in addresses]
    for number in range(1, 6):
        make_partner(f"p{number}")
    campaigns.append(_campaign(is_started))
    many = [count(HOME), count(campaigns[1].get_absolute_url())]
    assert many == few
    assert max(many) <= MOST_QUERIES


def test_records_of_the_month_are_looked_for_once_a_page(manager):
    """Never verified, one falls due within the period from the day it came in."""
    for number in range(3):
        make_partner(f"p{number}")
    Listing.objects.update(created_at=timezone.now() - timedelta(days=400))
    campaign = make_campaign(selection="mois")
    with CaptureQueriesContext(connection) as captured:
        html = manager.get(campaign.get_absolute_url()).content.decode()
    assert "3 messages, pour 3 fiches" in html
    assert len(captured) <= MOST_QUERIES


def _campaign(is_started):
    campaign = make_campaign()
    if is_started:
        running.start(campaign)
        send_all()
    return campaign


def test_figures_count_letters_and_answers(manager):
    campaign = started("rien", "change", "ferme", "muet")
    letters = campaign.letters
    letters.update(status="envoye", first_sent_at=timezone.now())
    letters.filter(email="muet@example.org").update(status="refuse", first_sent_at=None)
    letters.filter(email="rien@example.org").update(opened_at=timezone.now() - timedelta(days=1))
    for name, kind in [("rien", "rien"), ("change", "changements"), ("ferme", "n-existe-plus")]:
        letter_of(name).replies.update(kind=kind, answered_at=timezone.now())
    found = figures.of_campaigns([campaign])[campaign.pk]
    assert (found.letters, found.sent, found.opened, found.refused) == (4, 3, 1, 1)
    assert (found.listings, found.answered, found.nothing, found.changes, found.gone) == (
        4, 3, 1, 1, 1,
    )  # fmt: skip
    assert Reply.objects.to_settle().count() == 3
