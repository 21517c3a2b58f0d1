"""The manager writes what stands around a record: each part on its page."""

from datetime import date
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from partners.models import (
    Alternative,
    Ceiling,
    Document,
    DocumentFile,
    EntryPoint,
    Listing,
    Paper,
    SchemeDetails,
    Step,
    User,
)
from partners.uploads import handler
from tests.factories import ListingFactory, UserFactory
from tests.sent_form import read_form

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj\n%%EOF\n"


@pytest.fixture
def manager(client):
    client.force_login(UserFactory(role=User.Role.MANAGER))
    return client


@pytest.fixture
def scheme():
    return ListingFactory(kind=Listing.Kind.SCHEME, name="Fonds inventé", situations=["impayes"])


def address(listing, part):
    return f"/gestion/fiches/{listing.pk}/parties/{part}/"


def send(client, listing, part, row=0, **changes):
    where = address(listing, part)
    fields = read_form(client.get(where), "data-record")
    named = {f"lignes-{row}-{name}": value for name, value in changes.items() if name != "_"}
    return client.post(where, fields | named | changes.get("_", {}))


def words(response):
    return " ".join(unescape(response.content.decode()).split()).replace("\u00a0", " ")


def test_scheme_says_what_it_is(manager, scheme):
    where = f"/gestion/fiches/{scheme.pk}/dispositif/"
    fields = read_form(manager.get(where), "data-record")
    assert manager.post(where, fields | {"money": ["lingots"]}).status_code == 422
    sent = fields | {"objective": "Rester chez soi", "starts_on": "2026-01-01", "money": "pret"}
    assert manager.post(where, sent).status_code == 302
    assert scheme.details.objective == "Rester chez soi"
    assert scheme.details.money == ["pret"]
    again = read_form(manager.get(where), "data-record")
    answer = manager.post(where, again | {"ends_on": "2025-01-01"})
    assert answer.status_code == 422
    assert "finit après son début" in words(answer)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"legal_url": "ftp://example.org/loi"}, "page du web"),
        ({"legal_url": "https://[::1"}, "page du web"),
        ({"legal_date": "0001-01-01"}, "entre 1900 et 2099"),
    ],
)
def test_what_is_no_page_nor_day_is_refused(manager, scheme, change, said):
    where = f"/gestion/fiches/{scheme.pk}/dispositif/"
    fields = read_form(manager.get(where), "data-record")
    answer = manager.post(where, fields | change)
    assert answer.status_code == 422
    assert said in words(answer)
    assert not SchemeDetails.objects.exists()


@pytest.mark.parametrize(
    ("part", "row"),
    [
        ("qui-instruit", {"territory": "85", "label": "Guichet", "website": "ftp://example.org"}),
        ("documents", {"title": "Notice", "url": "ftp://example.org/notice.pdf"}),
        ("plafonds", {"label": "a", "montant_1": "1", "source_url": "ftp://example.org"}),
    ],
)
def test_link_of_a_part_that_no_browser_opens_is_refused(manager, scheme, part, row):
    answer = send(manager, scheme, part, **row)
    assert answer.status_code == 422
    assert "Écrivez l'adresse d'une page du web" in words(answer)


def test_details_of_somebody_else_are_not_overwritten_unseen(manager, scheme):
    details = SchemeDetails.objects.create(listing=scheme, objective="Avant")
    where = f"/gestion/fiches/{scheme.pk}/dispositif/"
    fields = read_form(manager.get(where), "data-record")
    details.objective = "Autre"
    details.save()
    answer = manager.post(where, fields | {"objective": "Moi"})
    assert answer.status_code == 409
    assert "Autre" in words(answer)


def test_structure_has_no_details_nor_steps(manager):
    structure = ListingFactory()
    assert manager.get(f"/gestion/fiches/{structure.pk}/dispositif/").status_code == 404
    assert manager.get(address(structure, "etapes")).status_code == 404
    assert manager.get(address(structure, "rien")).status_code == 404
    assert manager.get(address(structure, "papiers")).status_code == 200


def test_rows_are_added_ordered_and_taken_away(manager, scheme):
    send(manager, scheme, "papiers", name="Bail")
    send(manager, scheme, "papiers", row=1, name="Avis d'imposition", order="0")
    assert [p.name for p in scheme.papers.all()] == ["Avis d'imposition", "Bail"]
    send(manager, scheme, "papiers", row=1, order="1", _={"lignes-0-order": "2"})
    assert [p.name for p in scheme.papers.all()] == ["Bail", "Avis d'imposition"]
    send(manager, scheme, "papiers", DELETE="on")
    assert [p.name for p in scheme.papers.all()] == ["Avis d'imposition"]
    assert Paper.pgh_event_model.objects.filter(pgh_label="delete").count() == 1


def test_choice_that_may_be_blank_says_it_in_a_word(manager, scheme):
    page = words(manager.get(f"/gestion/fiches/{scheme.pk}/dispositif/"))
    assert ">non précisé</option>" in page
    assert "-----" not in page


def test_rows_of_many_fields_are_folded_until_one_is_wrong(manager, scheme):
    Step.objects.create(scheme=scheme, title="Demander l'accord", order=1)
    closed, opened = '<details class="line-fold">', '<details class="line-fold" open>'
    page = manager.get(address(scheme, "etapes")).content.decode()
    assert page.count(closed) == 1  # the blank row and its model are open
    page = send(manager, scheme, "etapes", title="x" * 200).content.decode()
    assert closed not in page
    assert page.count(opened) == 3


def test_criteria_stand_among_the_parts_of_a_scheme(manager, scheme):
    assert f"/gestion/fiches/{scheme.pk}/criteres/" in words(
        manager.get(address(scheme, "papiers"))
    )


def test_nothing_changed_writes_nothing(manager, scheme):
    send(manager, scheme, "papiers", name="Bail")
    before = Paper.pgh_event_model.objects.count()
    answer = send(manager, scheme, "papiers")
    assert answer.status_code == 302
    assert Paper.pgh_event_model.objects.count() == before


def test_wrong_row_is_told_beside_its_field_and_nothing_is_saved(manager, scheme):
    answer = send(manager, scheme, "papiers", name="", note="trois mois")
    assert answer.status_code == 422
    assert "1 point à corriger" in words(answer)
    send(manager, scheme, "papiers", name="Bail")
    answer = send(manager, scheme, "papiers", row=1, name="Bail")
    assert answer.status_code == 422
    assert "déjà dans la liste" in words(answer)
    assert scheme.papers.count() == 1


def test_rows_of_somebody_else_are_not_overwritten_unseen(manager, scheme):
    where = address(scheme, "papiers")
    fields = read_form(manager.get(where), "data-record")
    Paper.objects.create(listing=scheme, name="Le sien")
    sent = fields | {"lignes-0-name": "Le mien"}
    answer = manager.post(where, sent)
    assert answer.status_code == 409
    assert "Le sien" in words(answer)
    assert "Le mien" in words(answer)
    assert scheme.papers.count() == 1


def test_name_of_a_tenant_warns_once(manager, scheme):
    answer = send(manager, scheme, "papiers", name="Bail de Madame Durand")
    assert answer.status_code == 422
    assert not scheme.papers.exists()
    answer = send(manager, scheme, "papiers", name="Bail de Madame Durand", _={"confirme": "on"})
    assert answer.status_code == 302


def test_row_of_another_record_is_never_taken(manager, scheme):
    theirs = Paper.objects.create(listing=ListingFactory(), name="À eux")
    send(manager, scheme, "papiers", name="À nous", id=str(theirs.pk))
    theirs.refresh_from_db()
    assert theirs.name == "À eux"
    assert scheme.papers.get().name == "À nous"


def test_step_names_a_worksheet_of_its_own_record(manager, scheme):
    theirs = Document.objects.create(listing=ListingFactory(), title="À eux", text="x")
    ours = Document.objects.create(listing=scheme, title="À nous", text="x")
    assert send(manager, scheme, "etapes", title="Un", document=str(theirs.pk)).status_code == 422
    assert send(manager, scheme, "etapes", title="Un", document=str(ours.pk)).status_code == 302
    assert Step.objects.get().document == ours


def test_entry_point_is_named_by_words(manager, scheme):
    office = ListingFactory(name="Espace du Mont")
    row = {"territory": "Pouzauges", "structure": "Espace du Mont", "phone": "02 61 91 00 44"}
    assert send(manager, scheme, "qui-instruit", **row).status_code == 302
    found = EntryPoint.objects.get()
    assert (found.structure, found.territory.code) == (office, "85182")
    assert found.phone == "+33261910044"
    assert send(manager, scheme, "qui-instruit").status_code == 302
    row["phone"] = "06"
    answer = send(manager, scheme, "qui-instruit", row=1, **row)
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"territory": "Nullepart", "label": "x"}, "Nullepart"),
        ({"territory": "Pouzauges"}, "Dites qui instruit"),
        ({"territory": "Pouzauges", "structure": "Inconnue"}, "Inconnue"),
        ({"label": "Bureau"}, "obligatoire"),
    ],
)
def test_wrong_entry_point_says_why(manager, scheme, row, said):
    answer = send(manager, scheme, "qui-instruit", **row)
    assert answer.status_code == 422
    assert said in words(answer)


def test_scheme_sends_to_another_record_but_not_to_itself(manager, scheme):
    other = ListingFactory(kind=Listing.Kind.SCHEME, name="Autre aide")
    reason = "la dette est petite"
    where = {"other": f"fiche {other.pk}", "reason": reason}
    assert send(manager, scheme, "voir-plutot", **where).status_code == 302
    assert Alternative.objects.get().other == other
    answer = send(manager, scheme, "voir-plutot", row=1, other=scheme.name, reason=reason)
    assert "elle-même" in words(answer)
    answer = send(manager, scheme, "voir-plutot", row=1, other="Autre aide", reason=reason)
    assert "déjà proposée" in words(answer)


TABLE = {
    "label": "Ressources du mois",
    "montant_1": "1 200,50 €",
    "montant_2": "1500",
    "valid_from": "2026-01-01",
    "valid_until": "2026-12-31",
    "source": "Règlement intérieur",
}


def test_ceiling_is_written_as_people_write_euros(manager, scheme):
    assert send(manager, scheme, "plafonds", **TABLE).status_code == 302
    found = Ceiling.objects.get()
    assert [str(amount) for amount in found.amounts] == ["1200.50", "1500.00"]
    before = Ceiling.pgh_event_model.objects.count()
    assert send(manager, scheme, "plafonds").status_code == 302
    assert Ceiling.pgh_event_model.objects.count() == before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, "vaut déjà à ces dates"),
        ({"valid_from": "2026-12-31", "valid_until": ""}, "vaut déjà à ces dates"),
        ({"valid_from": "2028-01-01"}, "finit après son début"),
        ({"montant_2": "", "montant_3": "3", "label": "b"}, "Ce montant manque"),
        ({"montant_1": "", "montant_2": "", "label": "b"}, "une personne seule"),
        ({"montant_1": "beaucoup", "label": "b"}, "nombre"),
        ({"montant_1": "-1", "label": "b"}, "supérieure ou égale"),
        ({"valid_until": "9999-12-31", "label": "b"}, "Vérifiez l'année"),
    ],
)
def test_wrong_ceiling_says_why_and_nothing_is_saved(manager, scheme, change, said):
    send(manager, scheme, "plafonds", **TABLE)
    answer = send(manager, scheme, "plafonds", row=1, **(TABLE | change))
    assert answer.status_code == 422
    assert said in words(answer)
    assert Ceiling.objects.count() == 1


@pytest.mark.parametrize("typed", ["sNaN", "NaN", "Infinity"])
def test_amount_that_is_no_number_is_told_of_a_ceiling_that_is_there(manager, scheme, typed):
    send(manager, scheme, "plafonds", **TABLE)
    answer = send(manager, scheme, "plafonds", montant_1=typed)
    assert answer.status_code == 422
    assert "Saisissez un nombre" in words(answer)


def test_page_that_lost_its_rows_takes_none_away(manager, scheme):
    send(manager, scheme, "papiers", name="Bail")
    answer = send(manager, scheme, "papiers", _={"lignes-TOTAL_FORMS": "-1"})
    assert answer.status_code == 422
    assert "arrivée incomplète" in words(answer)
    assert scheme.papers.count() == 1


def test_next_ceiling_begins_when_the_last_one_ends(manager, scheme):
    send(manager, scheme, "plafonds", **TABLE)
    follows = TABLE | {"valid_from": "2027-01-01", "valid_until": ""}
    assert send(manager, scheme, "plafonds", row=1, **follows).status_code == 302
    assert Ceiling.objects.filter(valid_from=date(2027, 1, 1), valid_until=None).exists()


def upload(content=PDF, name="..\\..//plaquette <b>é.PDF"):
    return SimpleUploadedFile(name, content, "application/pdf")


def test_pdf_is_kept_and_its_name_made_safe(manager, scheme):
    row = {"title": "Plaquette", "kind": "plaquette", "fichier": upload()}
    assert send(manager, scheme, "documents", **row).status_code == 302
    found = Document.objects.get()
    assert (found.file_name, found.file_size) == ("plaquette bé.pdf", len(PDF))
    assert bytes(DocumentFile.objects.get().content) == PDF
    assert send(manager, scheme, "documents", sans_fichier="on", text="Un texte").status_code == 302
    found.refresh_from_db()
    assert (found.file_name, found.text) == ("", "Un texte")
    assert not DocumentFile.objects.exists()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"fichier": upload(b"<html>bonjour</html>", "plaquette.pdf")}, "pas un PDF entier"),
        ({"fichier": upload(b"MZ" + PDF)}, "pas un PDF entier"),
        ({"fichier": upload(b"%PDF-1.7 coup")}, "pas un PDF entier"),
        ({"fichier": upload(b"")}, "vide"),
        ({"fichier": upload(PDF + b" " * 5 * 1024 * 1024 + PDF)}, "dépasse 5 Mo"),
        ({"fichier": upload(), "text": "et un texte"}, "l'un des trois"),
        ({}, "l'un des trois"),
        ({"url": "pas une adresse"}, "page du web"),
    ],
)
def test_wrong_document_says_why(manager, scheme, row, said):
    answer = send(manager, scheme, "documents", title="Plaquette", **row)
    assert answer.status_code == 422
    assert said in words(answer)
    assert not Document.objects.exists()


def test_file_that_never_all_came_is_said_to_be_too_big(manager, scheme, monkeypatch):
    monkeypatch.setattr(handler, "MAX_BYTES", 1000)
    row = {"title": "Plaquette", "fichier": upload(PDF + b" " * 200_000 + PDF)}
    answer = send(manager, scheme, "documents", **row)
    assert answer.status_code == 422
    assert "le fichier est trop gros" in words(answer)
    assert not Document.objects.exists()


def test_file_of_a_page_that_comes_back_is_to_be_chosen_again(manager, scheme):
    send(manager, scheme, "documents", title="Plaquette", fichier=upload(name="avant.pdf"))
    after = upload(name="après.pdf")
    answer = send(manager, scheme, "documents", title="", fichier=after)
    assert answer.status_code == 422
    assert "Choisissez de nouveau le fichier « après.pdf »" in words(answer)


def test_expired_session_asks_for_the_file_again(client, scheme):
    sent = {"lignes-0-title": "Plaquette", "lignes-0-fichier": upload(name="après.pdf")}
    answer = client.post(address(scheme, "documents"), sent)
    assert answer.status_code == 403
    assert "Choisissez de nouveau le fichier « après.pdf »" in words(answer)
    assert '<input type="file" name="lignes-0-fichier">' in answer.content.decode()


def test_expired_session_gives_back_what_was_typed(client, scheme):
    answer = client.post(address(scheme, "papiers"), {"lignes-0-name": "Bail"})
    assert answer.status_code == 403
    assert "Bail" in words(answer)


def test_pages_ask_no_more_with_rows(manager, scheme, django_assert_max_num_queries):
    for number in range(20):
        EntryPoint.objects.create(scheme=scheme, territory=scheme.commune, label=f"Bureau {number}")
    with django_assert_max_num_queries(12):
        manager.get(address(scheme, "qui-instruit"))
