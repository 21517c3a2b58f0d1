"""The sheet that a tenant takes away: what it says and never says, and what nobody is asked."""

import re
from datetime import date, timedelta
from html.parser import HTMLParser

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from partners import handouts, hours, retention
from partners.coverage import place_of_communes
from partners.exports import handout as printed
from partners.handouts import maps, texts
from partners.matches import Moment
from partners.models import (
    Document,
    DocumentFile,
    EntryPoint,
    HandOut,
    Listing,
    Merge,
    Paper,
    SectorCommune,
    User,
    WayThere,
)
from tests.factories import (
    AgencyFactory,
    ListingFactory,
    PermanenceFactory,
    UserFactory,
    change,
    commune,
    verify,
)
from tests.pdf_text import page_count, text_of

pytestmark = pytest.mark.django_db

NOON = "2026-11-23 12:00:00+01:00"  # a Monday


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def adviser(client):
    agency = AgencyFactory(name="Agence du bocage", phone="+33261910000")
    client.force_login(UserFactory(role=User.Role.ADVISER, agency=agency))
    return client


def asked(listings, **facts):
    keys = ",".join(str(one.pk) for one in listings)
    return {"fiches": keys} | facts


def sheet(client, listings, **facts):
    answer = client.get(reverse("handout"), asked(listings, **facts))
    assert answer.status_code == 200
    return answer.content.decode()


def names(html):
    return re.findall(r'class="handout-name" translate="no">([^<]*)<', html)


def shelter():
    made = ListingFactory(
        name="Abri", address="3 rue Cachée", postal_code="85700", website="https://abri.example.org"
    )
    PermanenceFactory(listing=made, place="salle cachée")
    change(made, is_confidential=True)
    return made


SECRETS = ["Cachée", "cachée", "85700", "abri.example.org", "Pouzauges", "<svg xmlns"]


# What it says


def test_tenant_calls_the_agency_of_where_she_lives_first(adviser):
    made = [ListingFactory()]
    assert "02 61 91 00 00" in sheet(adviser, made, commune="85182")
    theirs = AgencyFactory(name="Agence de Pouzauges", phone="+33261910077")
    SectorCommune.objects.create(sector=theirs.sector, commune=commune("85182"))
    html = sheet(adviser, made, commune="85182")
    assert "Agence de Pouzauges" in html
    assert "02 61 91 00 77" in html
    assert "02 61 91 00 00" in sheet(adviser, made)


def test_sheet_says_whom_to_call_where_when_and_what_to_bring(adviser):
    made = ListingFactory(
        name="Écoute du bocage",
        phone="+33261910001",
        phone_instructions="taper 2",
        address="2 rue des Lilas",
        postal_code="85700",
        opening_hours="Mo-Fr 09:00-12:00",
        appointment=Listing.Appointment.REQUIRED,
    )
    verify(made, on=date(2026, 11, 3))
    Paper.objects.create(listing=made, name="Dernier avis d'imposition", note="les deux pages")
    html = sheet(adviser, [made])
    for words in [
        "02 61 91 00 01",
        "Taper 2",
        "2 rue des Lilas",
        "Du lundi 23 au vendredi 27 novembre",
        "de 9\u00a0h à 12\u00a0h",
        "Il faut un rendez-vous",
        "Dernier avis d&#x27;imposition",
        "locataire chez",
        "Agence du bocage",
        "02 61 91 00 00",
        "Le 23 novembre 2026",
        "vérifié le 3 novembre 2026. À vérifier après le 3 novembre 2027",
        "Petite carte",
    ]:
        assert words in html, words


def test_number_checked_too_long_ago_says_that_it_may_have_changed(adviser):
    fresh, old = ListingFactory(), ListingFactory()
    verify(fresh, on=date(2026, 11, 3))
    verify(old, on=date(2025, 11, 3))
    assert "À vérifier après le 3 novembre 2027." in sheet(adviser, [fresh])
    assert "vérifié le 3 novembre 2025\u00a0: il a pu changer depuis." in sheet(adviser, [old])


def test_whom_to_ask_stands_on_the_first_page_and_none_is_for_it_alone(adviser):
    made = [ListingFactory(name=f"Relais {n}", address="2 rue des Lilas") for n in range(3)]
    content = adviser.get(reverse("handout_pdf"), asked(made)).content
    text = " ".join(text_of(content).split())
    assert text.index("Agence du bocage") < text.index("Relais 0")
    assert text.count("Une question") == 1


def test_scheme_says_who_instructs_it_where_the_tenant_lives(adviser):
    scheme = ListingFactory(name="Fonds", kind=Listing.Kind.SCHEME)
    here, there = commune("85182").epci, commune("85047").epci
    for zone, name in ((here, "Bureau d'ici"), (there, "Bureau de là-bas")):
        EntryPoint.objects.create(scheme=scheme, territory=zone, label=name, phone="+33261910002")
    html = sheet(adviser, [scheme], commune="85182")
    assert "Bureau d&#x27;ici" in html
    assert "Bureau de là-bas" not in html


def test_order_is_the_one_chosen_and_nothing_stands_twice(adviser):
    made = [ListingFactory(name=name) for name in ("Un", "Deux", "Trois")]
    assert names(sheet(adviser, [made[2], made[0], made[2], made[1]])) == ["Trois", "Un", "Deux"]


def test_needs_part_the_sheet_those_that_meet_several_first(adviser):
    both = ListingFactory(name="Les deux", situations=["isolement", "addictions"])
    one = ListingFactory(name="Un seul", situations=["isolement"])
    other = ListingFactory(name="Rien", situations=["energie"])
    html = sheet(adviser, [one, other, both], situation=["isolement", "addictions"])
    assert names(html) == ["Les deux", "Un seul", "Rien"]
    assert "Pour plusieurs besoins" in html
    assert 'class="handout-need"' not in sheet(adviser, [one, other, both])


def test_way_there_is_said_in_every_form_but_of_a_secret_place(adviser):
    way = "bus 3, arrêt Mairie"
    listing, hidden = ListingFactory(), shelter()
    for one in (listing, hidden):
        WayThere.objects.create(listing=one, without_car=f"{way} de {one.pk}")
    both = [listing, hidden]
    for html in (sheet(adviser, both), sheet(adviser, both, simple="1")):
        assert html.count(f"Bus 3, arrêt Mairie de {listing.pk}.") == html.count("arrêt") > 0
    pdf = adviser.get(reverse("handout_pdf"), asked(both)).content
    assert " ".join(text_of(pdf).split()).count("Bus 3, arrêt Mairie") == 1


def test_partner_that_only_professionals_may_call_says_so(adviser):
    made = ListingFactory(mobilisable_by=["professionnels"], mobilisation_details="Note interne.")
    html = sheet(adviser, [made])
    assert "Un professionnel appelle pour vous" in html
    assert "Comment faire" in html
    assert "Que dire" not in html
    assert "Note interne" not in html


def leaflets(listing):
    """One for tenants of each form, one for professionals: {title: key}."""
    forms = {
        "Carnet": {"text": "# Mon carnet", "audience": "locataire"},
        "Plaquette": {"file_name": "p.pdf", "file_size": 8, "audience": "locataire"},
        "Site": {"url": "https://example.org/livret/", "audience": "locataire"},
        "Grille": {"text": "x", "audience": "professionnel"},
    }
    made = {
        title: Document.objects.create(listing=listing, title=title, **facts)
        for title, facts in forms.items()
    }
    DocumentFile.objects.create(document=made["Plaquette"], content=b"%PDF-1.7")
    return {title: document.pk for title, document in made.items()}


def test_leaflets_for_tenants_are_on_every_form_and_never_those_for_professionals(adviser):
    made = ListingFactory()
    leaflets(made)
    said = [sheet(adviser, [made], **facts) for facts in ({}, {"simple": "1"}, {"gros": "1"})]
    said.append(text_of(adviser.get(reverse("handout_pdf"), asked([made])).content))
    moment = Moment(place_of_communes([]), timezone.localtime())
    choice = handouts.choose([made.pk], moment)
    found = handouts.sheet_of(choice, moment.place, UserFactory(), moment.at)
    said.append(texts.mail(found))
    for text in said:
        assert "Carnet" in text
        assert "Plaquette" in text
        assert "example.org/livret" in text
        assert "Grille" not in text


def test_leaflets_of_a_page_open_without_a_login_and_no_other_document(adviser):
    made, other = ListingFactory(), ListingFactory()
    found, others = leaflets(made), leaflets(other)
    address = hand_out(adviser, [made])
    assert f'href="documents/{found["Carnet"]}/"' in Client().get(address).text
    text = Client().get(f"{address}documents/{found['Carnet']}/")
    assert "Mon carnet</h" in text.text
    assert "noindex" in text.headers["X-Robots-Tag"]
    file = Client().get(f"{address}documents/{found['Plaquette']}/")
    assert file.content == b"%PDF-1.7"
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert Client().get(f"{address}documents/{found['Site']}/").url == "https://example.org/livret/"
    for key in (found["Grille"], others["Carnet"], 999_999):
        assert Client().get(f"{address}documents/{key}/").status_code == 410
    with time_machine.travel(timezone.now() + timedelta(days=91), tick=False):
        assert Client().get(f"{address}documents/{found['Carnet']}/").status_code == 410


def test_leaflet_of_who_helps_in_a_danger_is_not_named(adviser):
    made = ListingFactory(situations=["violences"])
    leaflets(made)
    assert "Carnet" not in sheet(adviser, [made])


def test_page_to_translate_has_no_image_and_says_its_language(adviser):
    html = sheet(adviser, [ListingFactory(address="2 rue des Lilas")], simple="1")
    assert '<html lang="fr"' in html
    assert "<svg" not in html
    assert "<img" not in html
    assert 'translate="no"' in html


# What it never says


@pytest.mark.parametrize("facts", [{}, {"simple": "1"}, {"gros": "1"}])
def test_confidential_record_keeps_its_number_and_never_its_place(adviser, facts):
    made = shelter()
    html = sheet(adviser, [made], **facts)
    shown = html[html.index("<h1>") :]
    assert "L'adresse est secrète" in shown or "adresse est secrète" in shown
    assert texts.phones.display(made.phone) in shown
    for secret in SECRETS:
        assert secret not in shown, secret
    pdf = adviser.get(reverse("handout_pdf"), asked([made], **facts))
    for secret in SECRETS[:-1]:
        assert secret not in text_of(pdf.content)


@pytest.mark.parametrize("facts", [{}, {"simple": "1"}])
def test_neither_people_nor_the_line_for_professionals_are_handed_over(adviser, facts):
    made = ListingFactory(professional_phone="+33261910009")
    made.contacts.create(name="Camille Inventée", source="test", recorded_on=date(2026, 1, 1))
    html = sheet(adviser, [made], **facts)
    assert "Camille" not in html
    assert "91 00 09" not in html


@pytest.mark.parametrize("status", ["brouillon", "archive", "a-verifier"])
def test_record_out_of_service_is_left_out_and_told(client, status):
    client.force_login(UserFactory(role=User.Role.MANAGER))
    kept, gone = ListingFactory(name="Reste"), ListingFactory(name="Parti")
    change(gone, status=status)
    html = sheet(client, [kept, gone])
    assert names(html) == ["Reste"]
    assert "n'est plus dans l'annuaire" in html
    assert "Parti" not in html
    assert f'data-tray-now="{kept.pk}"' in html


def test_absorbed_record_gives_way_to_the_one_that_answers_for_it(adviser):
    kept, absorbed = ListingFactory(name="Reste"), ListingFactory(name="Absorbée")
    Merge.objects.create(absorbed=absorbed, kept=kept, merged_by=UserFactory())
    change(absorbed, status="archive")
    assert names(sheet(adviser, [absorbed])) == ["Reste"]


def test_danger_is_neither_in_the_address_nor_in_a_heading_and_has_no_qr_code(adviser):
    made = [ListingFactory(situations=["violences"]), ListingFactory(situations=["isolement"])]
    address = reverse("handout")
    answer = adviser.get(address, asked(made, situation=["violences", "isolement"]))
    assert answer.status_code == 302
    assert "violences" not in answer.url
    html = adviser.get(answer.url).content.decode()
    assert "<title>Feuille de contacts" in html
    assert "Violence" not in html
    assert "Quelqu'un lit-il votre téléphone" in html
    assert reverse("handout_open") not in html
    assert 'class="handout-need"' not in html


def test_danger_on_the_page_one_came_from_is_enough(adviser):
    html = sheet(adviser, [ListingFactory()], discret="1")
    assert "Quelqu'un lit-il votre téléphone" in html
    assert reverse("handout_open") not in html


def test_words_that_would_tell_of_a_danger_are_not_on_the_sheet(adviser):
    made = ListingFactory(summary="Aide les victimes.", situations=["violences"])
    other = ListingFactory(summary="Rend visite.", helps=["violences"])
    for facts in ({}, {"simple": "1"}):
        html = sheet(adviser, [made, other], **facts)
        assert "Rend visite." in html
        assert "victimes" not in html
    assert "victimes" not in text_of(adviser.get(reverse("handout_pdf"), asked([made])).content)


# Nothing of the household is asked, or kept


class Fields(HTMLParser):
    """The names of what the forms of the page's main part send, and who is asked what."""

    def __init__(self, html):
        super().__init__()
        self.sent, self.typed = set(), []
        self.feed(html[html.index("<main") : html.index("</main")])

    def handle_starttag(self, tag, attrs):
        facts = dict(attrs)
        if tag in {"input", "textarea", "select"}:
            if "name" in facts:
                self.sent.add(facts["name"])
            if tag != "input" or facts.get("type", "text") not in {"hidden", "checkbox"}:
                self.typed.append(facts.get("name"))


def test_forms_of_the_sheet_send_keys_and_known_words_alone(adviser):
    made = [ListingFactory(situations=["isolement", "addictions"]) for _ in range(2)]
    found = Fields(sheet(adviser, made, situation="isolement", commune="85182"))
    assert found.sent == {"csrfmiddlewaretoken", "fiches", "commune", "situation", "plus"}
    assert found.typed == ["plus", None, None]  # a number; two texts that are never sent


def test_hand_out_keeps_no_user_no_need_and_no_hour():
    kept = {field.name for field in HandOut._meta.get_fields()}
    assert kept == {"id", "digest", "listing_ids", "expires_on"}
    assert not hasattr(HandOut, "pgh_event_model")


def test_reading_a_sheet_writes_nothing(adviser):
    made = ListingFactory(situations=["isolement"])
    adviser.get(reverse("handout"), asked([made]))
    for name in ("handout", "handout_pdf"):
        with CaptureQueriesContext(connection) as captured:
            adviser.get(reverse(name), asked([made], situation="isolement"))
        verbs = {query["sql"].split()[0] for query in captured if query["sql"]}
        assert verbs <= {"SELECT", "WITH", "SAVEPOINT", "RELEASE"}, verbs


# Bad input


@pytest.mark.parametrize(
    "facts",
    [
        {"fiches": "abc"},
        {"fiches": "1;DROP"},
        {"fiches": "-1"},
        {"fiches": "1," * 400},
        {"fiches": "99999999999999"},
        {"fiches": "🙂"},
        {"fiches": "1", "situation": "inconnue"},
        {"fiches": "1", "commune": "99999"},
        {"fiches": "1", "page": "../x"},
    ],
)
@pytest.mark.parametrize("name", ["handout", "handout_pdf"])
def test_address_that_cannot_be_read_says_so(adviser, name, facts):
    answer = adviser.get(reverse(name), facts)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()


@pytest.mark.parametrize("keys", ["", "999999", "999999,999998"])
def test_sheet_of_nobody_says_how_to_fill_it(adviser, keys):
    answer = adviser.get(reverse("handout"), {"fiches": keys})
    assert answer.status_code == 200
    assert "Cette feuille est vide" in answer.content.decode()
    assert adviser.get(reverse("handout_pdf"), {"fiches": keys}).status_code == 302


def test_seventh_record_is_left_aside_and_told(adviser):
    made = [ListingFactory() for _ in range(7)]
    html = sheet(adviser, made)
    assert len(names(html)) == handouts.MOST
    assert "six contacts au plus" in html


def test_number_typed_adds_a_record_to_the_address(adviser):
    one, two = ListingFactory(), ListingFactory()
    answer = adviser.get(reverse("handout"), asked([one], plus=str(two.pk)))
    assert answer.status_code == 302
    assert answer.url == f"{reverse('handout')}?fiches={one.pk},{two.pk}"


def test_sheet_is_for_those_who_have_an_account(client):
    for name in ("handout", "handout_pdf"):
        assert client.get(reverse(name)).status_code == 302
    assert client.post(reverse("handout_open")).status_code == 302
    assert not HandOut.objects.exists()


@pytest.mark.parametrize("role", User.Role)
def test_every_role_hands_over(client, role):
    client.force_login(UserFactory(role=role))
    assert names(sheet(client, [ListingFactory(name="Un")])) == ["Un"]


def test_sheet_asks_few_queries_and_no_more_for_each_record_than_its_surroundings(adviser):
    def queries(listings):
        with CaptureQueriesContext(connection) as captured:
            sheet(adviser, listings)
        return len(captured)

    made = [ListingFactory() for _ in range(6)]
    sheet(adviser, made)
    assert queries(made) - queries(made[:1]) <= 5  # the outlines around each
    assert queries(made[:1]) <= 12


# The PDF


@pytest.mark.parametrize(
    ("name", "printed_name"),
    [("Épicerie 🍎 solidaire \x01", "Épicerie solidaire"), ("中文 🎉", "…"), ('😀 "é"', '"é"')],
)
def test_sign_that_no_font_has_is_left_out_of_the_pdf(adviser, name, printed_name):
    made = ListingFactory(name=name)
    answer = adviser.get(reverse("handout_pdf"), asked([made]))
    assert answer.status_code == 200
    assert f" {printed_name} " in text_of(answer.content)


def test_pdf_reads_as_the_sheet_and_its_name_tells_nothing(adviser):
    made = [
        ListingFactory(name="Écoute #1 *du* bocage", phone="+33261910001", address="2 rue $x @y"),
        ListingFactory(name="Deux", phone="+33261910002", situations=["violences"]),
    ]
    answer = adviser.get(reverse("handout_pdf"), asked(made))
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="feuille-de-contacts.pdf"'
    text = text_of(answer.content)
    for words in ["Feuille de contacts", "Écoute #1 *du* bocage", "02 61 91 00 01", "2 rue $x @y"]:
        assert words in text, words
    assert text.index("Écoute") < text.index("Deux")
    assert b"/StructTreeRoot" in answer.content
    assert b"/Lang" in answer.content
    assert "iolence" not in text


def test_large_print_takes_more_pages(adviser):
    made = [ListingFactory(opening_hours="Mo-Fr 09:00-12:00") for _ in range(6)]
    pages = [
        page_count(adviser.get(reverse("handout_pdf"), asked(made, **facts)).content)
        for facts in ({}, {"gros": "1"})
    ]
    assert pages[0] < pages[1]


def test_record_longer_than_a_page_is_printed_to_its_last_word(adviser):
    made = ListingFactory()
    for number in range(60):
        Paper.objects.create(listing=made, order=number, name=f"Papier {number}")
    for facts in ({}, {"gros": "1"}):
        content = adviser.get(reverse("handout_pdf"), asked([made], **facts)).content
        assert "Papier 59" in text_of(content)
        assert page_count(content) > 1


# The page behind the QR code


def hand_out(client, listings, **facts):
    """The address of the page of these records, as their sheet tells it."""
    answer = client.post(reverse("handout_open"), asked(listings, **facts), follow=True)
    return re.search(r'href="http://testserver(/p/[^"]*)"', answer.text)[1]


def test_qr_code_leads_to_a_page_without_a_login(adviser):
    made = [ListingFactory(name="Deux"), ListingFactory(name="Un")]
    answer = adviser.post(reverse("handout_open"), asked(made, gros="1"), follow=True)
    html = answer.content.decode()
    [address] = re.findall(r'href="http://testserver(/p/[\w-]{22}/)"', html)
    assert 'class="handout-qr"' in html
    page = Client().get(address)
    assert names(page.content.decode()) == ["Deux", "Un"]
    assert "no-store" in page.headers["Cache-Control"]
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert not page.cookies
    assert "Agence du bocage" not in page.content.decode()


def test_page_says_who_instructs_and_who_receives_where_the_tenant_lives(adviser):
    scheme = ListingFactory(name="Fonds", kind=Listing.Kind.SCHEME)
    for number, code in enumerate(("85047", "85092", "85194", "85182")):
        label, zone = f"Bureau {code}", commune(code).epci
        EntryPoint.objects.create(
            scheme=scheme, territory=zone, label=label, phone=f"+3326191000{number}"
        )
    partner = ListingFactory(commune=commune("85047"))
    PermanenceFactory(listing=partner, place="salle du conseil")
    document = Document.objects.create(
        listing=scheme, title="Carnet", text="# Mon carnet", audience="locataire"
    )
    paper = sheet(adviser, [scheme, partner], commune="85182")
    address = hand_out(adviser, [scheme, partner], commune="85182")
    page = Client().get(address).text
    for html in (paper, page):
        assert "Bureau 85182" in html
        assert "02 61 91 00 03" in html
        assert "Permanence à Pouzauges, salle du conseil" in html
        assert "Bureau 85047" not in html
    leaflet = re.search(r'href="(documents/[^"]*)"', page)[1]
    assert leaflet == f"documents/{document.pk}/?commune=85182"
    back = Client().get(f"{address.partition('?')[0]}{leaflet}").text
    assert f'href="{address}"' in back


@pytest.mark.parametrize("told", ["?commune=99999", "?commune=", "?autre=1"])
def test_page_of_an_unknown_commune_is_the_page_of_none(adviser, told):
    address = hand_out(adviser, [ListingFactory(name="Un")])
    assert names(Client().get(f"{address}{told}").text) == ["Un"]


def test_two_pages_of_the_same_records_have_two_addresses_and_none_is_kept(adviser):
    made = ListingFactory()
    addresses = {hand_out(adviser, [made]) for _ in range(2)}
    assert len(addresses) == 2
    for kept in HandOut.objects.all():
        assert not any(kept.digest in address for address in addresses)
        assert kept.expires_on == date(2027, 2, 21)


@pytest.mark.parametrize("make", [shelter, lambda: ListingFactory(helps=["violences"])])
def test_danger_and_secret_places_have_no_page(adviser, make):
    answer = adviser.post(reverse("handout_open"), asked([ListingFactory(), make()]))
    assert "page=" not in answer.url.replace("page-remise", "")
    assert not HandOut.objects.exists()


@pytest.mark.parametrize("facts", [{"discret": "1"}, {"situation": "violences"}, {"fiches": ""}])
def test_no_page_when_the_call_is_about_a_danger_or_of_nobody(adviser, facts):
    adviser.post(reverse("handout_open"), asked([ListingFactory()]) | facts)
    assert not HandOut.objects.exists()


def test_page_says_what_is_public_today(adviser):
    first, second, third = (ListingFactory(name=name) for name in ("Un", "Deux", "Trois"))
    address = hand_out(adviser, [first, second, third])
    change(first, phone="+33261914321")
    change(second, is_confidential=True)
    change(third, status="archive")
    html = Client().get(address).content.decode()
    assert names(html) == ["Un"]
    assert "02 61 91 43 21" in html


def test_page_past_its_date_says_so_and_is_erased(adviser):
    address = hand_out(adviser, [ListingFactory(name="Un")])
    with time_machine.travel(timezone.now() + timedelta(days=90), tick=False):
        assert Client().get(address).status_code == 200
        retention.run()
        assert HandOut.objects.count() == 1
    with time_machine.travel(timezone.now() + timedelta(days=91), tick=False):
        over = Client().get(address)
        assert over.status_code == 410
        assert "Cette page n'est plus là" in over.content.decode()
        assert "Un" not in names(over.content.decode())
        assert retention.run().counts["pages"] == 1
    assert Client().get(address).status_code == 410


@pytest.mark.parametrize("token", ["x", "a" * 22, "é🙂", "a" * 400])
def test_address_of_no_page_says_the_same(token):
    assert Client().get(reverse("handout_page", args=[token])).status_code == 410


def test_qr_code_goes_when_the_records_change(adviser):
    one, two = ListingFactory(), ListingFactory()
    token = hand_out(adviser, [one]).split("/")[2]
    assert 'class="handout-qr"' in sheet(adviser, [one], page=token)
    html = sheet(adviser, [one, two], page=token)
    assert 'class="handout-qr"' not in html
    assert "refaites le QR code" in html


# Its parts


def test_map_names_the_commune_and_escapes_what_it_writes():
    found = commune("85182")
    point = (found.latitude, found.longitude)
    drawn = maps.svg(maps.Ground([point]), point, 'Carte "<x>"', found.pk)
    assert ">Pouzauges</text>" in drawn
    assert "<path" in drawn
    assert "style=" not in drawn
    assert "&lt;x&gt;" in drawn
    assert len(drawn) < 20_000


def test_map_far_from_every_outline_is_a_dot():
    paris = (48.85, 2.35)
    drawn = maps.svg(maps.Ground([paris]), paris, "Carte")
    assert "<circle" in drawn
    assert "<path" not in drawn


@pytest.mark.parametrize(
    ("osm", "lines"),
    [
        ("", []),
        ("n'importe quoi", []),
        ("24/7", []),
        (
            "Mo-Fr 09:00-12:00,14:00-17:30",
            [
                (
                    "Du lundi 23 au vendredi 27 novembre",
                    "de 9\u00a0h à 12\u00a0h et de 14\u00a0h à 17\u00a0h\u00a030",
                ),
                ("Samedi 28 et dimanche 29 novembre", "fermé"),
            ],
        ),
        (
            "Tu 18:00-24:00",
            [
                ("Lundi 23 novembre", "fermé"),
                ("Mardi 24 novembre", "de 18\u00a0h à minuit"),
                ("Du mercredi 25 au dimanche 29 novembre", "fermé"),
            ],
        ),
    ],
)
def test_days_to_come_are_said_in_words(osm, lines):
    assert hours.coming(osm, timezone.localtime()) == lines


def test_public_holiday_is_not_said_to_be_open():
    with time_machine.travel("2026-12-24 09:00:00+01:00", tick=False):
        lines = hours.coming("Mo-Fr 09:00-12:00", timezone.localtime())
    assert ("Vendredi 25 décembre", "jour férié, appelez avant de venir") in lines


def test_text_of_a_sheet_has_numbers_and_no_need(adviser):
    made = ListingFactory(name="Relais", phone="+33261910001", situations=["isolement"])
    html = sheet(adviser, [made], situation="isolement")
    assert "Relais: 02 61 91 00 01" in html
    assert "sms:?&amp;body=Relais%3A" in html
    assert "mailto:?subject=Feuille%20de%20contacts" in html


def test_pdf_has_the_qr_code_with_a_text_instead(adviser):
    made = ListingFactory()
    token = hand_out(adviser, [made]).split("/")[2]
    with_code = adviser.get(reverse("handout_pdf"), asked([made], page=token)).content
    assert "Le QR code ouvre" in text_of(with_code)
    assert printed.LARGE > printed.USUAL
