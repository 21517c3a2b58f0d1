"""« Caviarder »: once removed, a value is nowhere in the database (rule R6)."""

from datetime import date

import pytest
from django.db import connection
from django.urls import reverse
from hypothesis import example, given
from hypothesis import strategies as st

from partners.imports import reader
from partners.models import (
    Campaign,
    Contact,
    Gap,
    Listing,
    Redaction,
    Report,
    Situation,
    Upload,
    User,
)
from partners.models.derived import stale
from partners.past import versions
from partners.redaction import candidates
from partners.redaction.pattern import MARK, Pattern
from tests.factories import ListingFactory, UserFactory, change, commune, refresh

pytestmark = pytest.mark.django_db
NAME, PHONE, MAIL = "Hélène Brûlé-Tessier", "+33261914242", "helene.brule@example.org"
TABLES = """
    SELECT table_name FROM information_schema.tables
    WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
    AND table_name <> 'partners_outline'
"""
"""All but the drawings of the communes, which are numbers."""


def where(*words):
    """The tables (set of str) of the whole database where one of these words stands."""
    found = set()
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        for (table,) in cursor.fetchall():
            asked = [f"%{word}%" for word in words]
            cursor.execute(
                f'SELECT 1 FROM "{table}" t WHERE t::text ILIKE ANY(%s) LIMIT 1', [asked]
            )
            found |= {table for _ in cursor.fetchall()}
    return found


@pytest.fixture
def boss():
    return UserFactory(role=User.Role.MANAGER)


@pytest.fixture
def manager(client, boss):
    client.force_login(boss)
    return client


@pytest.fixture
def listing():
    """A record that names somebody in all the ways there are, today and in its past."""
    listing = ListingFactory(
        name="Relais du Bocage (démonstration)",
        phone=PHONE,
        summary=f"Demander {NAME} au 02.61.91.42.42.",
        description="Demander Mme Zwoboda.",
    )
    change(listing, description=f"Avec BRULE TESSIER, HÉLÈNE\nou {MAIL}.")
    contact = Contact.objects.create(
        listing=listing, name=NAME, phone=PHONE, email=MAIL, source="elle", recorded_on=date.today()
    )
    contact.function = f"adjointe de {NAME.upper()}"
    contact.save()
    listing.proposals.create(
        fact="resume",
        cells={"resume": f"Voir {NAME}", "tel": ["0261914242", {NAME: 1}]},
        source="x",
        proposed_on=date.today(),
    )
    Report.objects.create(listing=listing, kind="autre", message=f"{NAME} est partie", answer=NAME)
    refresh(listing)
    return listing


def choose(listing, what, current=True):
    return next(c for c in candidates.of(listing) if c.what == what and c.is_current == current)


def address(listing):
    return reverse("manage_records_redact", args=[listing.pk])


def send(client, listing, candidate=None, **more):
    facts = {"choix": candidate.key if candidate else "autre", "etape": "retirer", "certaine": "on"}
    return client.post(address(listing), facts | more)


def html(response):
    return response.content.decode()


# Nowhere


def test_person_is_nowhere_afterwards(manager, listing):
    assert where("tessi") >= {
        "partners_contact",
        "partners_contactevent",
        "partners_listing",
        "partners_listingevent",
        "partners_proposal",
        "partners_proposalevent",
        "partners_report",
        "partners_reportevent",
        "partners_searchentry",
    }
    send(manager, listing, choose(listing, "contact nommé"))
    assert (
        where("hélène brûlé", "helene", "hélèn", "brule tes", "brûlé-t", "tessi", "helen") == set()
    )


# A file that waits to be imported


def upload_of(text, **values):
    facts = {"file_name": "forum.csv", "fingerprint": "a", "size": 1, "rows": 1}
    return Upload.objects.create(**facts | {"content": text.encode(), "status": "simule"} | values)


@pytest.mark.parametrize("status", ["recu", "simulation", "simule", "application"])
def test_import_that_waits_with_the_value_is_dropped_and_the_person_told(manager, listing, status):
    upload = upload_of("nom;contact;prenom\nRelais;Brule Tessier;Hélène\n", status=status)
    upload.lines.create(line=2, name="Relais", outcome="creee", changes=[{"new": NAME}])
    other = upload_of("nom;contact\nRelais;Camille\n")
    candidate = choose(listing, "contact nommé")
    page = html(manager.post(address(listing), {"choix": candidate.key}))
    assert "forum.csv" in page
    assert "il sera abandonné et son fichier effacé" in page
    answer = manager.get(send(manager, listing, candidate).url)
    assert "cet import est abandonné et son fichier effacé" in html(answer)
    upload.refresh_from_db()
    assert (upload.status, upload.content, upload.lines.count()) == ("abandonne", None, 0)
    other.refresh_from_db()
    assert (other.status, bytes(other.content)[:3]) == ("simule", b"nom")
    assert where("tessi") == set()


def test_value_that_stands_in_a_sheet_of_a_waiting_workbook_only_is_found(manager, listing):
    upload = upload_of("", status="recu")
    for position, text in enumerate(["rien", "zwoboda, 02 61 91 77 77"]):
        content = reader.compressed([["nom", "texte"], ["Relais", text]])
        upload.sheets.create(position=position, name=text, content=content)
    send(manager, listing, texte="0261917777")
    upload.refresh_from_db()
    assert (upload.status, upload.sheets.count()) == ("abandonne", 0)


def test_people_keep_the_number_of_the_organisation(manager, listing):
    send(manager, listing, choose(listing, "contact nommé"))
    listing.refresh_from_db()
    assert listing.phone == PHONE
    assert listing.summary == f"Demander {MARK} au 02.61.91.42.42."
    assert listing.status == Listing.Status.PUBLISHED


def test_number_is_nowhere_however_it_was_written(manager, listing):
    send(manager, listing, choose(listing, "téléphone"))
    assert where("261914242", "02.61.91.42.42", "61 91 42 42") == set()


def test_address_written_to_in_a_campaign_leaves_it_and_gets_nothing_more(manager, listing):
    change(listing, email=MAIL)
    campaign = Campaign.objects.create(name="Été", subject="x", body="y")
    letter = campaign.letters.create(email=MAIL)
    letter.replies.create(listing=listing)
    send(manager, listing, choose(listing, "courriel"))
    letter.refresh_from_db()
    assert (letter.email, letter.status) == (f"{MARK} {letter.pk}", "annule")
    assert where("helene.brule@") == set()


def test_reports_of_imports_forget_it_whatever_became_of_the_line(manager, listing):
    upload = Upload.objects.create(
        file_name="recensement.csv", fingerprint="x", size=1, rows=2, remarks=[f"Voir {NAME}"]
    )
    upload.lines.create(line=2, outcome="modifiee", listing=listing, changes=[["a", NAME, "b"]])
    upload.lines.create(line=3, outcome="refusee", name=NAME, refusals=[f"{NAME} : inconnu"])
    assert where("tessier") >= {"partners_upload", "partners_uploadrow"}
    send(manager, listing, choose(listing, "contact nommé"))
    assert where("tessier") == set()


def test_old_value_leaves_the_history_and_not_the_record(manager, listing):
    send(manager, listing, choose(listing, "description", current=False))
    assert where("zwoboda") == set()
    listing.refresh_from_db()
    assert MAIL in listing.description


def test_words_typed_leave_every_text(manager, listing):
    send(manager, listing, texte="brulé tessier")
    assert where("tessier", "brule-t", "brûlé-t") == set()
    assert Contact.objects.get().name == f"Hélène {MARK}"


def test_search_no_longer_finds_the_value_and_agrees_with_its_source(manager, listing):
    send(manager, listing, texte=NAME)
    assert not stale().exists()


@pytest.mark.parametrize("is_everywhere", [True, False])
def test_other_records_are_asked_about(manager, listing, is_everywhere):
    other = ListingFactory(description=f"Voir aussi {NAME}.")
    Contact.objects.create(listing=other, name=NAME, source="x", recorded_on=date.today())
    person = choose(listing, "contact nommé")
    page = html(manager.post(address(listing), {"choix": person.key}))
    assert other.name in page
    send(manager, listing, person, **({"partout": "on"} if is_everywhere else {}))
    assert ("partners_contact" in where("tessier")) == (not is_everywhere)
    assert (where("tessier") == set()) == is_everywhere


def test_notes_of_no_record_are_cleaned_when_asked(manager, listing):
    situation = Situation.objects.first()
    Gap.objects.create(
        situation=situation, territory=commune("85182").departement, note=f"Selon {NAME}"
    )
    person = choose(listing, "contact nommé")
    assert "manque 1" in html(manager.post(address(listing), {"choix": person.key}))
    send(manager, listing, person, partout="on")
    assert where("tessier") == set()


def test_names_of_places_and_situations_are_never_touched(manager, listing):
    change(listing, description="À Pouzauges, le mardi.")
    send(manager, listing, texte="Pouzauges", partout="on")
    assert commune("85182").name == "Pouzauges"
    listing.refresh_from_db()
    assert listing.description == f"À {MARK}, le mardi."


# The trace, and what comes after


def test_trace_says_who_when_what_and_not_the_value(manager, boss, listing):
    send(manager, listing, choose(listing, "contact nommé"))
    done = Redaction.objects.get()
    assert (done.listing, done.done_by, done.what) == (listing, boss, "contact nommé")
    page = html(manager.get(reverse("manage_records_history", args=[listing.pk])))
    assert "«\u00a0contact nommé\u00a0» caviardé" in page.replace("&nbsp;", "\u00a0")
    assert boss.email in page
    assert "Tessier" not in page


def test_history_can_still_be_read_and_gone_back_in(manager, listing, later):
    first = later()
    send(manager, listing, choose(listing, "contact nommé"))
    later()
    change(listing, summary="Reçoit sur rendez-vous.")
    last = later()
    found = versions.read(listing)
    assert [version.key for version in found] == [first, last]
    assert all(version.after.parts["contacts"] == {} for version in found)
    path = reverse("manage_records_history_restore", args=[listing.pk, first])
    assert manager.post(path, {"vu": last}).status_code == 302
    assert where("tessier") == set()


def test_record_that_lacks_something_waits_to_be_checked(manager, listing):
    change(listing, email="", website="")
    answer = send(manager, listing, choose(listing, "téléphone"))
    assert "attend d&#x27;être complétée" in html(manager.get(answer.url))
    listing.refresh_from_db()
    assert listing.status == Listing.Status.TO_CHECK
    assert not stale().exists()


def test_name_of_a_record_is_marked_since_it_may_not_be_empty(manager):
    listing = ListingFactory(name="Cabinet Tessier", source_id="cabinet-tessier")
    send(manager, listing, texte="cabinet tessier")
    listing.refresh_from_db()
    assert (listing.name, listing.search_key) == (MARK, "retire")
    assert where("tessier") == set()


def test_part_of_an_address_takes_the_whole_of_it(manager, listing):
    change(listing, email=MAIL)
    send(manager, listing, texte="helene.brule")
    listing.refresh_from_db()
    assert listing.email == ""


# Two steps, and mistakes


def test_nothing_is_removed_before_being_sure(manager, listing):
    person = choose(listing, "contact nommé")
    first = manager.post(address(listing), {"choix": person.key})
    assert "ne se défait pas" in html(first)
    unsure = manager.post(address(listing), {"choix": person.key, "etape": "retirer"})
    assert (unsure.status_code, Contact.objects.count()) == (422, 1)
    assert "Cochez" in html(unsure)


def test_clicked_twice_it_is_removed_once(manager, listing):
    person = choose(listing, "contact nommé")
    send(manager, listing, person)
    assert send(manager, listing, person).status_code == 422
    assert Redaction.objects.count() == 1


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({}, "Choisissez ce qui doit disparaître"),
        ({"choix": "💥"}, "plus dans la fiche"),
        ({"choix": "x" * 500}, "16"),
        ({"choix": "autre"}, "au moins quatre lettres"),
        ({"choix": "autre", "texte": "a.b"}, "au moins quatre lettres"),
        ({"choix": "autre", "texte": "é" * 5000}, "4000"),
    ],
)
def test_bad_choice_is_said_and_nothing_goes(manager, listing, facts, said):
    answer = manager.post(address(listing), facts | {"etape": "retirer", "certaine": "on"})
    assert answer.status_code == 422
    assert said in html(answer)
    assert not Redaction.objects.exists()


@pytest.mark.parametrize(
    "texte", ["introuvable ici", "<script>alert(1)</script>", "(((((", "[a-z]+"]
)
def test_value_that_stands_nowhere_removes_nothing(manager, listing, texte):
    answer = manager.post(address(listing), {"choix": "autre", "texte": texte})
    assert answer.status_code in {302, 422}
    assert where("tessier")
    assert not Redaction.objects.exists()


def test_person_asked_for_from_the_record_comes_first(manager, listing):
    contact = Contact.objects.get()
    page = html(manager.get(address(listing), {"contact": contact.pk}))
    assert f'value="{choose(listing, "contact nommé").key}" checked' in page
    assert manager.get(address(listing), {"contact": "x" * 50}).status_code == 200


def test_confidential_place_is_not_shown(manager):
    listing = ListingFactory(is_confidential=True)
    change(listing, address="3 rue du Tilleul")
    assert "Tilleul" not in html(manager.get(address(listing)))


def test_page_asks_the_same_number_of_things_whatever_the_past(
    manager, listing, django_assert_max_num_queries
):
    for number in range(20):
        change(listing, description=f"Version {number} de la description")
    with django_assert_max_num_queries(15):
        manager.get(address(listing))


# The pattern


@pytest.mark.parametrize(
    ("value", "text", "left"),
    [
        ("Anne Dupont", "Voir DUPONT  Anne, ou anne-dupont.", f"Voir {MARK}, ou {MARK}."),
        ("Anne Dupont", "Jeanne Dupont", "Jeanne Dupont"),
        ("Élise", "elise et Élisée", f"{MARK} et Élisée"),
        ("02 61 91 00 01", "+33 2 61 91 00 01 ou 0261910001", f"{MARK} ou {MARK}"),
        ("+33261910001", "02-61-91-00-01", ""),
        ("0261910001", "102619100013", "102619100013"),
        ("a.b@example.org", "écrire à A.B@Example.org.", f"écrire à {MARK}."),
        ("a.b@example.org", "ca.b@example.org", "ca.b@example.org"),
    ],
)
def test_value_goes_however_it_is_written(value, text, left):
    assert Pattern(value).without(text) == left


@example("\N{CJK COMPATIBILITY IDEOGRAPH-F900}", "", "")
@example("He\N{COMBINING ACUTE ACCENT}le\N{COMBINING GRAVE ACCENT}ne", "", "")
@given(st.text(min_size=1, max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_value_is_never_left_between_spaces(value, before, after):
    if not any(character.isalnum() for character in value):
        return
    text = f"{before} {value} {after}"
    assert Pattern(value).is_in(text)
    assert not Pattern(value).is_in(Pattern(value).without(text).replace(MARK, "·"))


@pytest.mark.parametrize(
    "value", [NAME, PHONE, MAIL, "l'Œuvre", "N°12-3", "a\\b(c)[d]", "100 % vrai"]
)
def test_database_sees_what_the_pattern_sees(value):
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s ~ %s", [f"avant {value} après", Pattern(value).hint])
        assert cursor.fetchone() == (True,)
