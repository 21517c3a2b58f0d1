"""The record of a scheme: who instructs it here, what to bring, what happens, who decides."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from partners import schemes
from partners.coverage import place_of_communes
from partners.models import (
    Alternative,
    Ceiling,
    Document,
    DocumentFile,
    EntryPoint,
    Instance,
    Listing,
    Paper,
    SchemeDetails,
    SchemeRole,
    Step,
    Territory,
    User,
)
from tests.factories import ListingFactory, UserFactory, commune, scheme_with_all

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n%%EOF\n"


@pytest.fixture
def adviser(client):
    client.force_login(UserFactory())
    return client


@pytest.fixture
def scheme():
    return ListingFactory(
        kind=Listing.Kind.SCHEME,
        name="Fonds inventé (démonstration)",
        commune=None,
        phone="+33261910001",
        situations=["impayes"],
        zones=[territory("departement", "85")],
    )


def territory(kind, code):
    return Territory.objects.get(kind=kind, code=code)


def door(scheme, kind, code, **facts):
    return EntryPoint.objects.create(scheme=scheme, territory=territory(kind, code), **facts)


def doors_of(scheme, code):
    place = place_of_communes([commune(code)])
    return schemes.whole(scheme, place, timezone.localdate()).doors


def read(client, scheme, code=""):
    answer = client.get(scheme.get_absolute_url() + (f"?commune={code}" if code else ""))
    assert answer.status_code == 200
    return (
        answer.content.decode()
        .replace("&nbsp;", "\u00a0")
        .replace("&#x27;", "'")
        .replace("&#39;", "'")
    )


# Who instructs it here


def test_most_local_door_answers_for_a_commune(adviser, scheme):
    door(scheme, "departement", "85", label="Le Département", phone="+33261910085")
    near = ListingFactory(name="Espace du Mont (démonstration)", phone="+33261910044")
    door(scheme, "epci", "248500464", structure=near)
    found = doors_of(scheme, "85182")
    assert [d.name for d in found.here] == ["Espace du Mont (démonstration)"]
    assert [d.name for d in found.wider] == ["Le Département"]
    text = read(adviser, scheme, "85182")
    assert text.index("02 61 91 00 44") < text.index('id="joindre"')
    away = doors_of(scheme, "85191")
    assert [d.name for d in away.here] == ["Le Département"]


def test_card_of_results_names_the_door_of_the_commune(adviser, scheme):
    door(scheme, "epci", "248500464", label="Espace du Mont", phone="+33261910044")
    here = adviser.get("/recherche/?situation=impayes&commune=85182").content.decode()
    away = adviser.get("/recherche/?situation=impayes&commune=85191").content.decode()
    assert "Espace du Mont" in here
    assert "02 61 91 00 44" in here
    assert "Espace du Mont" not in away


def test_record_that_is_out_of_service_instructs_nothing(adviser, scheme):
    closed = ListingFactory(name="Bureau fermé", status=Listing.Status.ARCHIVED)
    door(scheme, "epci", "248500464", structure=closed)
    assert "Bureau fermé" not in read(adviser, scheme, "85182")
    assert "Bureau fermé" not in read(adviser, scheme)


def test_office_of_its_own_number_stands_before_that_of_the_structure(scheme):
    near = ListingFactory(phone="+33261910044", phone_instructions="taper 2")
    door(scheme, "epci", "248500464", structure=near, phone="+33261910055")
    [found] = doors_of(scheme, "85182").here
    assert (found.phone, found.instructions) == ("+33261910055", "")


def test_confidential_structure_gives_no_site(scheme):
    hidden = ListingFactory(is_confidential=True, website="https://abri.example.org")
    door(scheme, "epci", "248500464", structure=hidden)
    [found] = doors_of(scheme, "85182").here
    assert found.website == ""


def test_without_a_commune_every_door_is_listed(adviser, scheme):
    door(scheme, "epci", "248500464", label="Espace du Mont")
    door(scheme, "commune", "85191", label="Espace du Yon")
    text = read(adviser, scheme)
    assert "Selon le lieu (2)" in text


def test_commune_without_a_door_says_so(adviser, scheme):
    door(scheme, "commune", "85191", label="Espace du Yon")
    assert "Personne n'est noté pour Pouzauges" in read(adviser, scheme, "85182")


# The rest of the record


def test_record_tells_papers_steps_and_what_follows_in_order(adviser, scheme):
    SchemeDetails.objects.create(
        listing=scheme,
        objective="Rester chez soi",
        after_no="Écrire au juge",
        legal_basis="Loi du 31 mai 1990",
        needs_agreement=True,
    )
    Paper.objects.create(listing=scheme, name="Bail", note="signé")
    sheet = Document.objects.create(listing=scheme, title="Argumentaire", text="Bonjour")
    Step.objects.create(scheme=scheme, order=2, title="Décision")
    Step.objects.create(scheme=scheme, order=1, title="Rendez-vous", document=sheet)
    other = ListingFactory(name="Autre aide (démonstration)")
    Alternative.objects.create(scheme=scheme, other=other, reason="c'est urgent")
    text = read(adviser, scheme)
    told = ["Rester chez soi", "Bail", "Rendez-vous", "Décision", "Écrire au juge", "Autre aide"]
    places = [text.index(said) for said in [*told, "Loi du 31 mai 1990"]]
    assert places == sorted(places)
    assert "Avec l'accord de la personne" in text


def test_structure_has_papers_and_documents_too(adviser):
    structure = ListingFactory()
    Paper.objects.create(listing=structure, name="Carte d'identité")
    Document.objects.create(listing=structure, title="Plaquette", url="https://example.org/p")
    text = read(adviser, structure)
    assert "Carte d'identité" in text
    assert "https://example.org/p" in text


def test_alternative_that_is_not_published_is_not_shown_to_advisers(adviser, scheme):
    draft = ListingFactory(name="Aide à vérifier", status=Listing.Status.TO_CHECK)
    Alternative.objects.create(scheme=scheme, other=draft, reason="x")
    assert "Aide à vérifier" not in read(adviser, scheme)


def test_next_meetings_give_the_last_day_for_a_file(adviser, scheme):
    body = Instance.objects.create(name="Commission inventée", rhythm="quinzaine", file_days=10)
    body.schemes.add(scheme)
    today = timezone.localdate()
    for days in (-7, 14, 28, 42, 56):
        body.meetings.create(held_on=today + timedelta(days=days))
    body.meetings.create(held_on=today + timedelta(days=1), is_cancelled=True)
    text = read(adviser, scheme)
    assert "Tous les quinze jours" in text
    assert text.count("dossiers jusqu'au") == 3


def test_ended_scheme_says_so(adviser, scheme):
    SchemeDetails.objects.create(listing=scheme, ends_on=date(2020, 1, 31))
    assert "Dispositif terminé le 31 janvier 2020" in read(adviser, scheme)


def test_record_says_in_what_form_money_comes(adviser, scheme):
    SchemeDetails.objects.create(listing=scheme, money=["garantie", "pret"])
    assert "<dd>Prêt\u00a0; garantie, caution</dd>" in read(adviser, scheme)


def test_first_of_the_month_is_written_as_one_says_it(adviser, scheme):
    SchemeDetails.objects.create(listing=scheme, ends_on=date(2020, 10, 1))
    assert "Dispositif terminé le 1er octobre 2020" in read(adviser, scheme)


def test_record_says_who_carries_runs_and_pays_a_scheme(adviser, scheme):
    fund, office = ListingFactory(name="A-payeur"), ListingFactory(name="Z-porteur")
    for structure, role in ((fund, "financeur"), (office, "operateur"), (office, "porteur")):
        SchemeRole.objects.create(scheme=scheme, structure=structure, role=role)
    text = read(adviser, scheme)
    assert text.index("porteur et opérateur") < text.index("A-payeur") < text.index("financeur")
    assert "en est porteur et opérateur" in read(adviser, office)


def test_record_says_which_branch_depends_on_which_structure(adviser):
    parent = ListingFactory(name="Maison mère")
    branch = ListingFactory(name="Antenne du port", parent=parent)
    assert "dont elle dépend" in read(adviser, branch)
    assert "antenne" in read(adviser, parent)


def test_record_of_a_scheme_takes_a_constant_number_of_queries(
    adviser, scheme, django_assert_max_num_queries
):
    for number in range(12):
        Paper.objects.create(listing=scheme, name=f"Papier {number}")
        Step.objects.create(scheme=scheme, title=f"Étape {number}")
        door(scheme, "epci", "248500464", label=f"Bureau {number}")
        Instance.objects.create(name=f"Instance {number}").schemes.add(scheme)
    adviser.get(scheme.get_absolute_url())
    with django_assert_max_num_queries(12):
        read(adviser, scheme, "85182")


# Ceilings


def ceiling(scheme, first, last=None, label="Ressources du mois"):
    return Ceiling.objects.create(
        scheme=scheme,
        label=label,
        amounts=[Decimal("800"), Decimal("1100.50")],
        valid_from=first,
        valid_until=last,
        source="Règlement inventé",
    )


def test_ceiling_is_shown_by_household_and_never_as_a_right(adviser, scheme):
    ceiling(scheme, date(2020, 1, 1))
    text = read(adviser, scheme)
    assert "1\u202f100,50\u00a0€" in text or "1\u00a0100,50\u00a0€" in text
    assert "Pour se repérer seulement" in text
    assert "Périmé" not in text


def test_ceiling_out_of_date_warns(adviser, scheme):
    ceiling(scheme, date(2019, 1, 1), date(2019, 12, 31))
    assert "Périmé depuis le 31 décembre 2019" in read(adviser, scheme)


def test_old_ceiling_goes_when_another_follows(adviser, scheme):
    ceiling(scheme, date(2019, 1, 1), date(2019, 12, 31))
    ceiling(scheme, date(2020, 1, 1))
    assert "Périmé" not in read(adviser, scheme)


@pytest.mark.parametrize(
    ("first", "last", "is_refused"),
    [
        (date(2020, 1, 1), None, True),
        (date(2019, 12, 31), date(2020, 6, 1), True),
        (date(2020, 1, 1), date(2020, 6, 1), False),
    ],
)
def test_ceilings_of_one_name_never_overlap(scheme, first, last, is_refused):
    ceiling(scheme, date(2019, 1, 1), date(2019, 12, 31))
    ceiling(scheme, date(2020, 7, 1))
    ceiling(scheme, date(2019, 1, 1), label="Autre tableau")
    if not is_refused:
        ceiling(scheme, first, last)
        return
    with pytest.raises(IntegrityError), transaction.atomic():
        ceiling(scheme, first, last)


# Documents


def test_worksheet_keeps_its_titles_and_loses_its_scripts(adviser, scheme):
    text = "# Titre\n\n<script>alert(1)</script> **gras**"
    sheet = Document.objects.create(listing=scheme, title="Fiche", text=text)
    page = adviser.get(f"/fiches/{scheme.pk}/documents/{sheet.pk}/").content.decode()
    assert "<h2>Titre</h2>" in page
    assert "<strong>gras</strong>" in page
    assert "<script>alert" not in page


def test_uploaded_file_is_only_ever_downloaded(adviser, scheme):
    sheet = Document.objects.create(listing=scheme, title="P", file_name="é l.pdf", file_size=9)
    DocumentFile.objects.create(document=sheet, content=PDF)
    page = f"/fiches/{scheme.pk}/documents/{sheet.pk}/"
    answer = adviser.get(adviser.get(page).url)
    assert answer.content == PDF
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]


def test_document_of_another_record_or_of_a_draft_is_not_found(adviser, scheme):
    sheet = Document.objects.create(listing=scheme, title="Fiche", text="Bonjour")
    other = ListingFactory()
    assert adviser.get(f"/fiches/{other.pk}/documents/{sheet.pk}/").status_code == 404
    assert adviser.get(f"/fiches/{scheme.pk}/documents/0/").status_code == 404
    Listing.objects.filter(pk=scheme.pk).update(status=Listing.Status.DRAFT)
    assert adviser.get(f"/fiches/{scheme.pk}/documents/{sheet.pk}/").status_code == 404


def test_document_has_one_form_only(scheme):
    for facts in ({}, {"text": "a", "url": "https://example.org"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Document.objects.create(listing=scheme, title="x", **facts)


def test_anonymous_reads_no_document(client, scheme):
    sheet = Document.objects.create(listing=scheme, title="Fiche", text="Bonjour")
    assert client.get(f"/fiches/{scheme.pk}/documents/{sheet.pk}/").status_code == 302


def test_field_staff_reads_the_record(client, scheme):
    client.force_login(UserFactory(role=User.Role.FIELD))
    assert "Fonds inventé" in read(client, scheme)


def test_structure_that_was_a_scheme_shows_no_more_of_it(client):
    client.force_login(UserFactory())
    listing = scheme_with_all()
    Listing.objects.filter(pk=listing.pk).update(kind="structure")
    page = client.get(listing.get_absolute_url(), {"commune": "85182"}).content.decode()
    for part in ("Rendez-vous", "Guichet", "Sans bail", "Plafond"):
        assert part not in page
    listing.refresh_from_db()
    assert not schemes.whole(listing, place_of_communes([]), timezone.localdate()).doors
