"""A census brought by the workspace: its file, its columns, its plan, its writing, its undoing."""

import csv
import io
import zipfile
from datetime import date

import pghistory
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from openpyxl import Workbook

from partners.imports import reader
from partners.models import (
    Contact,
    Gap,
    Listing,
    Merge,
    Paper,
    Report,
    SavedMapping,
    Situation,
    Step,
    Upload,
    User,
    WayThere,
)
from partners.past.versions import RELATIONS
from partners.uploads import handler, receiving, undoing, work
from tests.factories import ListingFactory, UserFactory, change, commune, verify
from tests.jobs import run_jobs

pytestmark = pytest.mark.django_db

IMPORTS = "/gestion/imports/"
HEADERS = ["Organisme", "Tél.", "CP", "Ville", "Domaine", "Bidule"]
ROWS = [
    ["Relais du Lay", "02 61 91 40 01", "85700", "Pouzauges", "impayés", "x"],
    ["Entraide du Bocage", "02.61.91.40.02", "85700", "POUZAUGES", "isolement", "y"],
    ["Sans rien", "", "85700", "Nulle-Part-Ville", "isolement", ""],
]


@pytest.fixture
def manager(client):
    client.force_login(UserFactory(role=User.Role.MANAGER, email="lien@example.org"))
    return client


def as_csv(headers=HEADERS, rows=ROWS):
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([headers, *rows])
    return text.getvalue().encode()


def sent(client, content=None, name="recensement.csv", **options):
    file = SimpleUploadedFile(name, as_csv() if content is None else content)
    return client.post(IMPORTS, {"file": file}, **options)


def received(client, *args, **options):
    answer = sent(client, *args, **options)
    assert answer.status_code == 302, answer.content.decode()
    return Upload.objects.latest("pk")


def answers(client, upload, **changes):
    """What the form of the columns sends when nobody touches it, but for `changes`."""
    form = client.get(f"{IMPORTS}{upload.pk}/colonnes/").context["form"]
    given = {bound.html_name: bound.value() or "" for bound in form}
    return given | {"zone_eligibilite": "85", "situations_coeur": "isolement"} | changes


def planned(client, content=None, **changes):
    upload = received(client, content)
    answer = client.post(f"{IMPORTS}{upload.pk}/colonnes/", answers(client, upload, **changes))
    assert answer.status_code == 302, answer.content.decode()
    run_jobs()
    upload.refresh_from_db()
    assert upload.status == Upload.Status.PLANNED, upload.problem
    return upload


def applied(client, *args, **options):
    upload = planned(client, *args, **options)
    return write(client, upload)


def write(client, upload):
    client.post(f"{upload.get_absolute_url()}appliquer/", {"simulation": upload.plan})
    run_jobs()
    upload.refresh_from_db()
    assert upload.status == Upload.Status.APPLIED, upload.problem
    return upload


def undone(client, upload):
    client.post(f"{upload.get_absolute_url()}annuler/")
    run_jobs()
    upload.refresh_from_db()
    assert upload.status == Upload.Status.UNDONE, upload.problem
    return upload


def outcomes(upload):
    return dict(upload.lines.values_list("line", "outcome"))


def html(client, address, status=200):
    answer = client.get(address, follow=True)
    assert answer.status_code == status
    return answer.content.decode().replace("\N{NO-BREAK SPACE}", " ").replace("&nbsp;", " ")


def said(answer):
    return answer.content.decode().replace("\N{NO-BREAK SPACE}", " ").replace("&#x27;", "'")


# The file


def book(*rows, change=lambda book: None):
    made = Workbook()
    for row in rows:
        made.active.append(row)
    change(made)
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


def with_member(content, name, data):
    """The workbook with one more member, or another in its place."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(result, "w", 8) as new:
        for info in old.infolist():
            if info.filename != name:
                new.writestr(info, old.read(info))
        new.writestr(name, data)
    return result.getvalue()


def many_rows(count):
    return as_csv(["nom", "telephone"], ([f"Relais {n}", ""] for n in range(count)))


BAD_FILES = {
    "empty": (b"", "Le fichier est vide"),
    "header alone": (b"nom;telephone\r\n", "aucune ligne sous son en-tête"),
    "pdf": (b"%PDF-1.7 rien", "Ce n'est pas un tableau lisible"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(500), "Ce n'est pas un tableau lisible"),
    "old workbook": (b"\xd0\xcf\x11\xe0" + bytes(600), "ancien classeur Excel (.xls)"),
    "broken workbook": (b"PK\x03\x04" + b"rien" * 40, "Le classeur .xlsx est abîmé"),
    "unknown encoding": (b"nom;ville\nCaf\x81\x8d;x", "L'encodage du texte n'est pas reconnu"),
    "open quote": (b'nom;ville\n"Relais;x\n', "Le CSV est mal formé"),
    "no header": (b";ville\nRelais;x\n", "n'a pas d'en-tête"),
    "same header": (b"nom;nom\nRelais;x\n", "le même en-tête"),
    "too many rows": (many_rows(50_001), "trop de lignes : 50000 au plus"),
}


@pytest.mark.parametrize(("content", "message"), BAD_FILES.values(), ids=BAD_FILES.keys())
def test_file_that_is_no_census_is_refused_with_the_reason(manager, content, message):
    answer = sent(manager, content, name="fichier.csv")
    assert answer.status_code == 422
    assert message in said(answer)
    assert not Upload.objects.exists()


def test_zip_bomb_disguised_as_a_workbook_is_refused(manager):
    bomb = with_member(book(["nom"], ["Relais"]), "xl/media/a.xml", bytes(101 * 1024 * 1024))
    assert len(bomb) < 1_000_000
    answer = sent(manager, bomb, name="petit.xlsx")
    assert "Le classeur décompressé dépasse 100 Mo" in said(answer)


def test_workbook_with_macros_is_refused(manager):
    content = with_member(book(["nom"], ["Relais"]), "xl/vbaProject.bin", b"macro")
    assert "Le classeur contient des macros" in said(sent(manager, content, name="m.xlsx"))


def test_nothing_sent_asks_for_a_file(manager):
    answer = manager.post(IMPORTS, {})
    assert answer.status_code == 422
    assert "Choisissez un fichier." in said(answer)


def test_file_that_is_too_big_is_not_kept_while_it_arrives(manager, monkeypatch):
    monkeypatch.setattr(handler, "MAX_BYTES", 1000)
    answer = sent(manager, b"nom\n" + b"a" * 200_000)
    assert answer.status_code == 422
    assert "Le fichier est trop gros" in said(answer)
    assert not Upload.objects.exists()


@pytest.mark.parametrize("name", ["../../etc/passwd.csv", "a\nb.csv", "é" * 200 + ".csv", "😀.csv"])
def test_any_file_name_is_shown_as_one(manager, name):
    upload = received(manager, name=name)
    assert "/" not in upload.file_name
    assert upload.file_name.isprintable()
    assert len(upload.file_name) <= 120
    html(manager, IMPORTS)


def test_double_click_brings_one_import(manager):
    assert received(manager) == received(manager)
    assert Upload.objects.count() == 1


# A workbook that takes long to read


@pytest.fixture
def slow(monkeypatch):
    """Every workbook is: the limit is one of time."""
    monkeypatch.setattr(reader, "SLOW_BYTES", 0)


def two_sheets():
    def add(made):
        made.create_sheet("Partenaires").append(["organisme", "ville"])
        made["Partenaires"].append(["Relais\ndu Lay", "Pouzauges"])
        made["Partenaires"].append([])
        made["Partenaires"].append(["Entraide; « du » Bocage", "Pouzauges"])

    return book(["nom", "cp"], ["À propos", 85700], change=add)


def test_large_workbook_is_read_in_the_background_and_then_as_any_other(manager, slow):
    content = two_sheets()  # a workbook bears the second at which it was made
    upload = received(manager, content, name="forum.xlsx")
    assert "Lecture en cours" in html(manager, upload.get_absolute_url())
    assert received(manager, content, name="forum.xlsx") == upload
    run_jobs()
    upload.refresh_from_db()
    assert (upload.status, upload.rows, bytes(upload.content)) == ("recu", 1, b"")
    assert upload.mapping["options"]["source"] == "forum"
    address = f"{IMPORTS}{upload.pk}/colonnes/"
    assert "<option>Partenaires</option>" in html(manager, address)
    manager.post(address, {"feuille": "Partenaires"})
    upload.refresh_from_db()
    assert upload.mapping["columns"] == {"nom": "organisme", "commune": "ville"}
    manager.post(address, answers(manager, upload))
    run_jobs()
    assert outcomes(upload) == {2: "creee", 4: "creee"}
    upload.refresh_from_db()
    write(manager, upload)
    names = {listing.name for listing in Listing.objects.all()}
    assert names == {"Relais du Lay", "Entraide; « du » Bocage"}
    assert not upload.sheets.exists()


def test_large_workbook_read_in_the_background_gives_the_cells_of_one_read_at_once(
    manager, slow, monkeypatch
):
    content = book(["nom", "jour", "nombre", "vrai"], ["=1+1", date(2026, 3, 1), 3.0, True])
    upload = received(manager, content, name="forum.xlsx")
    run_jobs()
    upload.refresh_from_db()
    assert receiving.table(upload) == reader.parse(content, "forum.xlsx")


def test_large_workbook_that_is_no_census_is_dropped_and_the_reason_is_shown(manager, slow):
    upload = received(manager, book(["nom"]), name="vide.xlsx")
    run_jobs()
    upload.refresh_from_db()
    assert (upload.status, upload.content) == ("abandonne", None)
    assert "aucune ligne sous son en-tête" in html(manager, upload.get_absolute_url())


def test_large_workbook_that_cannot_be_one_is_refused_at_once(manager, slow):
    answer = sent(manager, with_member(book(["nom"]), "mimetype", b"x"), name="a.xlsx")
    assert answer.status_code == 422
    assert "LibreOffice" in said(answer)


def test_abandoned_large_workbook_leaves_no_sheet(manager, slow):
    upload = received(manager, two_sheets(), name="forum.xlsx")
    run_jobs()
    manager.post(f"{upload.get_absolute_url()}abandonner/")
    assert not upload.sheets.exists()


# Choices that were kept

KEPT = "/gestion/imports/correspondances/"


@pytest.fixture
def kept():
    content = {"columns": {"nom": "Organisme"}, "hours": {"lundi": "Lun."}}
    return SavedMapping.objects.create(name="Forum", signature="a", content=content)


def test_kept_choices_are_listed_with_their_columns(manager, kept):
    page = html(manager, KEPT)
    assert "Forum" in page
    assert "« Organisme » est « nom »" in page
    assert "« Lun. » est « horaires du lundi »" in page
    kept.delete()
    assert "Aucun choix gardé" in html(manager, KEPT)


def test_kept_choices_are_renamed_and_another_name_is_not_taken(manager, kept):
    SavedMapping.objects.create(name="Annuaire", signature="b", content={})
    answer = manager.post(f"{KEPT}{kept.pk}/renommer/", {"name": "Annuaire"})
    assert answer.status_code == 422
    assert "porte déjà ce nom" in said(answer)
    assert manager.post(f"{KEPT}{kept.pk}/renommer/", {"name": " "}).status_code == 422
    assert manager.post(f"{KEPT}{kept.pk}/renommer/", {"name": "x" * 81}).status_code == 422
    manager.post(f"{KEPT}{kept.pk}/renommer/", {"name": "Forum 2026"})
    kept.refresh_from_db()
    assert kept.name == "Forum 2026"


def test_kept_choices_are_deleted_and_twice_is_once(manager, kept):
    for _ in range(2):
        assert manager.post(f"{KEPT}{kept.pk}/supprimer/").status_code == 302
    assert not SavedMapping.objects.exists()


# Its columns


def guessed(client, headers, *rows):
    upload = received(client, as_csv(headers, rows))
    return {theirs: ours for ours, theirs in upload.mapping["columns"].items()}


def test_columns_are_recognised_by_their_names_and_synonyms(manager):
    found = guessed(manager, HEADERS, *ROWS)
    assert found == {
        "Organisme": "nom",
        "Tél.": "telephone",
        "CP": "code_postal",
        "Ville": "commune",
        "Domaine": "situations_coeur",
    }


def test_columns_are_recognised_by_their_values_when_the_header_says_nothing(manager):
    row = ["Relais du Lay", "02 61 91 40 01", "lay@example.org", "85700", "Pouzauges"]
    other = ["Entraide", "+33 2 61 91 40 02", "aide@example.org", "85600", "Montaigu-Vendée"]
    found = guessed(manager, ["A", "B", "C", "D", "E"], row, other)
    assert found == {
        "A": "nom",
        "B": "telephone",
        "C": "courriel",
        "D": "code_postal",
        "E": "commune",
    }


def test_header_that_its_cells_deny_is_not_believed(manager):
    found = guessed(manager, ["Nom", "Numéro"], ["Relais", "A-17"], ["Entraide", "A-18"])
    assert "Numéro" not in found


def test_dates_and_numbers_are_not_taken_for_names_whatever_their_header_says(manager):
    headers = ["Nom", "Dernier contact", "Nombre de contacts", "Maj", "Convention jusqu'au"]
    rows = [
        ["Relais", "12/03/2025", "4", "2025-01-02", "oui"],
        ["Club", "3 mars 2024", "2", "", ""],
    ]
    assert guessed(manager, headers, *rows) == {"Nom": "nom", "Maj": "date_maj"}


def test_misspelt_header_and_days_of_the_week_are_recognised(manager):
    upload = received(
        manager, as_csv(["Nom", "Téléfone", "Lundi"], [["Relais", "02 61 91 40 01", "9h-12h"]])
    )
    assert upload.mapping["columns"]["telephone"] == "Téléfone"
    assert upload.mapping["hours"] == {"lundi": "Lundi"}


def test_screen_shows_samples_and_the_choice_of_each_column(manager):
    upload = received(manager)
    page = html(manager, f"{IMPORTS}{upload.pk}/colonnes/")
    assert "Entraide du Bocage" in page
    assert 'value="nom" selected' in page


def test_column_taken_twice_is_said_beside_it(manager):
    upload = received(manager)
    given = answers(manager, upload, **{"col-5": "nom"})
    answer = manager.post(f"{IMPORTS}{upload.pk}/colonnes/", given)
    assert answer.status_code == 422
    assert "Déjà prise par la colonne « Organisme »" in said(answer)


def test_another_sheet_of_a_workbook_can_be_read(manager):
    def add(made):
        made.create_sheet("Partenaires").append(["organisme", "ville"])
        made["Partenaires"].append(["Relais", "Pouzauges"])

    content = book(["à propos"], ["rien"], change=add)
    upload = received(manager, content, name="forum.xlsx")
    address = f"{IMPORTS}{upload.pk}/colonnes/"
    assert "<option>Partenaires</option>" in html(manager, address)
    manager.post(address, {"feuille": "Partenaires"})
    upload.refresh_from_db()
    assert upload.mapping["columns"] == {"nom": "organisme", "commune": "ville"}
    answer = manager.post(address, {"feuille": "Nulle part"}, follow=True)
    assert "n'a pas de feuille « Nulle part »" in said(answer)


def test_columns_without_a_name_are_refused(manager):
    upload = received(manager)
    given = answers(manager, upload, **{"col-0": ""})
    answer = manager.post(f"{IMPORTS}{upload.pk}/colonnes/", given)
    assert "quelle colonne est le nom" in said(answer)


@pytest.mark.parametrize("value", ["inconnu", "x" * 5000, "<script>", "😀"])
def test_choice_that_does_not_exist_is_refused(manager, value):
    upload = received(manager)
    given = answers(manager, upload, **{"col-0": value})
    assert manager.post(f"{IMPORTS}{upload.pk}/colonnes/", given).status_code == 422


def test_word_of_a_closed_list_is_translated_for_the_whole_file(manager):
    rows = [["Relais", "Club", "Chats perdus"], ["Entraide", "Association", "Chats perdus"]]
    content = as_csv(["nom", "type de structure", "domaine"], rows)
    upload = received(manager, content)
    assert "« Chats perdus »" in html(manager, f"{IMPORTS}{upload.pk}/colonnes/")
    upload = planned(manager, content, **{"mot-0": "isolement", "mot-1": "-", "name": "Forum"})
    assert outcomes(upload) == {2: "creee", 3: "creee"}
    write(manager, upload)
    made = {listing.name: listing for listing in Listing.objects.all()}
    assert made["Relais"].structure_type == ""
    assert made["Entraide"].situation_links.get().situation.slug == "isolement"
    again = received(manager, as_csv(["nom", "type de structure", "domaine"], rows[:1]))
    page = html(manager, f"{IMPORTS}{again.pk}/colonnes/")
    assert 'value="isolement" selected' in page


def test_words_of_a_column_named_by_hand_are_asked_with_what_is_understood_of_them(manager):
    rows = [["Relais A", "violences conjugales"], ["Relais B", "xyzzy"]]
    upload = received(manager, as_csv(["Nom", "Truc"], rows))
    address = f"{IMPORTS}{upload.pk}/colonnes/"
    asked = answers(manager, upload, **{"col-1": "situations_coeur"})
    page = manager.post(address, asked, follow=True)
    upload.refresh_from_db()
    assert upload.status == Upload.Status.RECEIVED  # nothing is planned before she has read them
    assert "des mots de ce fichier ne sont pas ceux de l" in page.content.decode()
    words = {field.label: field.initial for field in page.context["form"] if "mot-" in field.name}
    assert words == {"violences conjugales": "violences", "xyzzy": None}
    manager.post(address, answers(manager, upload))  # a word may stay without an answer
    run_jobs()
    assert outcomes(upload) == {2: "creee", 3: "refusee"}


def test_several_unknown_words_of_a_cell_are_each_understood(manager):
    rows = [["A", "violences conjugales, xyzzy"], ["B", "isolement, violences conjugales"]]
    rows += [["C", "dettes de loyer et violences conjugales"]]
    content = as_csv(["Nom", "Domaine"], rows)
    form = manager.get(f"{IMPORTS}{received(manager, content).pk}/colonnes/").context["form"]
    words = {field.label: field.initial for field in form if "mot-" in field.name}
    both = words.pop("dettes de loyer et violences conjugales")
    assert words == {"violences conjugales": "violences", "xyzzy": None}
    assert set(both.split("|")) == {"impayes", "violences"}
    upload = planned(manager, content, **{"mot-1": "-"})
    write(manager, upload)
    made = {listing.name: listing.situations.order_by("slug") for listing in Listing.objects.all()}
    assert {name: [s.slug for s in found] for name, found in made.items()} == {
        "A": ["violences"],
        "B": ["isolement", "violences"],
        "C": ["impayes", "violences"],
    }


def test_separator_of_situations_is_recognised(manager):
    content = as_csv(["nom", "domaine"], [["Relais", "isolement, impayes"]])
    upload = planned(manager, content)
    write(manager, upload)
    links = Listing.objects.get().situation_links.all()
    assert {link.situation.slug for link in links} == {"isolement", "impayes"}


def test_mapping_kept_under_a_name_is_proposed_for_the_same_header(manager):
    planned(manager, **{"name": "Forum", "col-5": "sigle"})
    other = as_csv([header.upper() for header in HEADERS], ROWS[:1])
    upload = received(manager, other)
    assert upload.mapping["columns"]["sigle"] == "BIDULE"
    assert "« Forum »" in html(manager, f"{IMPORTS}{upload.pk}/colonnes/")
    assert SavedMapping.objects.get().name == "Forum"


def test_expired_session_gives_back_the_chosen_columns(manager):
    upload = received(manager)
    given = answers(manager, upload)
    manager.logout()
    answer = manager.post(f"{IMPORTS}{upload.pk}/colonnes/", given)
    assert answer.status_code == 403
    assert 'name="col-0"' in said(answer)


# The plan


def test_plan_says_what_each_row_would_become_and_writes_no_record(manager):
    known = ListingFactory(name="Relais du Lay", phone="+33261914999")
    upload = planned(manager)
    assert outcomes(upload) == {2: "modifiee", 3: "creee", 4: "refusee"}
    page = html(manager, upload.get_absolute_url())
    assert "02 61 91 49 99" in page
    assert "02 61 91 40 01" in page
    assert "aucune commune ne s'appelle" in page.replace("&#x27;", "'")
    known.refresh_from_db()
    assert known.phone == "+33261914999"
    assert Listing.objects.count() == 1


def test_label_of_a_closed_list_is_understood_as_its_keyword(manager):
    content = as_csv(["nom", "type de structure"], [["Relais", "Association"]])
    upload = planned(manager, content)
    assert outcomes(upload) == {2: "creee"}


def test_suspect_row_is_told_and_not_refused(manager):
    content = as_csv(["nom", "description"], [["Relais", "Connaît bien Mme Durand"]])
    upload = planned(manager, content)
    page = html(manager, f"{upload.get_absolute_url()}?etat=suspectes")
    assert "Ligne suspecte" in page
    assert outcomes(upload) == {2: "creee"}


def test_plan_is_narrowed_by_state_and_paged(manager):
    rows = [[f"Relais {n}", "", "85700", "Pouzauges", "isolement", ""] for n in range(120)]
    upload = planned(manager, as_csv(rows=rows))
    assert "Page 1 sur 3" in html(manager, upload.get_absolute_url())
    assert "Aucune ligne dans cet état" in html(
        manager, f"{upload.get_absolute_url()}?etat=refusee"
    )
    html(manager, f"{upload.get_absolute_url()}?etat=rien&page=abc")


def test_refused_rows_are_carried_away_with_the_reason_and_come_back(manager):
    upload = planned(manager, name="Forum")
    answer = manager.get(f"{upload.get_absolute_url()}lignes-refusees.csv")
    text = answer.content.decode("utf-8-sig")
    [header, row] = csv.reader(io.StringIO(text), delimiter=";")
    assert header == [*HEADERS, "raison du refus"]
    assert row[0] == "Sans rien"
    assert "aucune commune" in row[-1]
    again = received(manager, text.replace("Nulle-Part-Ville", "Pouzauges").encode())
    assert again.mapping["options"]["source"] == upload.mapping["options"]["source"]
    assert "raison du refus" not in again.mapping["columns"].values()


def test_formula_in_a_refused_row_is_disarmed(manager):
    content = as_csv(["nom", "ville"], [["=cmd()", "Pouzauges"]])
    upload = planned(manager, content)
    text = manager.get(f"{upload.get_absolute_url()}lignes-refusees.csv").content.decode()
    assert "'=cmd()" in text


# Rows that look like records


@pytest.fixture
def doubt(manager):
    """An import whose only row has the name, nearly, and the commune of a record."""
    known = ListingFactory(name="Relais du Lai", summary="Rend visite.")
    upload = planned(manager, as_csv(rows=ROWS[:1]))
    assert outcomes(upload) == {2: "doute"}
    return known, upload


def decide(client, upload, **given):
    data = {"simulation": upload.plan, "others": ""} | given
    client.post(f"{upload.get_absolute_url()}decider/", data)
    run_jobs()
    upload.refresh_from_db()
    return outcomes(upload)


def test_row_that_looks_like_a_record_waits_for_a_decision(manager, doubt):
    _, upload = doubt
    page = html(manager, upload.get_absolute_url())
    assert "C&#x27;est « Relais du Lai » (nom très proche, même commune)" in page
    assert "Rien à écrire" in page


def test_row_that_looks_like_several_records_is_told_why_and_what_speaks_against(manager):
    near = ListingFactory(name="Relais du Lai", structure_type="ccas", phone="+33261914001")
    far = ListingFactory(name="Relais du Lay", kind="dispositif")
    headers = ["nom", "type_structure", "telephone", "code_insee"]
    rows = [["Relais du Lay", "association", "02 61 91 40 01", "85182"]]
    upload = planned(manager, as_csv(headers, rows))
    [row] = upload.lines.all()
    assert [one["pk"] for one in row.alike] == [near.pk, far.pk]
    page = html(manager, upload.get_absolute_url()).replace("&#x27;", "'")
    assert (
        "C'est « Relais du Lai » (même téléphone, nom très proche, même commune, mais types "
        "différents)" in page
    )
    assert "(même nom, même commune, mais une structure et un dispositif)" in page


def test_row_of_a_branch_is_not_taken_for_the_structure_it_names(manager):
    ListingFactory(name="Association", source="Forum", source_id="a", phone="+33261914001")
    headers = ["source", "id", "nom", "telephone", "code_insee", "structure_parente"]
    row = ["Forum", "b", "Antenne de jour", "02 61 91 40 01", "85182"]
    assert outcomes(planned(manager, as_csv(headers, [[*row, ""]]))) == {2: "doute"}
    assert outcomes(planned(manager, as_csv(headers, [[*row, "a"]]))) == {2: "creee"}


def test_same_record_is_changed(manager, doubt):
    known, upload = doubt
    assert decide(manager, upload, **{"ligne-2": f"fiche:{known.pk}"}) == {2: "modifiee"}
    write(manager, upload)
    known.refresh_from_db()
    assert known.name == "Relais du Lay"
    assert Listing.objects.count() == 1


def test_new_record_is_created_beside_the_one_it_looks_like(manager, doubt):
    _, upload = doubt
    assert decide(manager, upload, **{"ligne-2": "nouvelle"}) == {2: "creee"}
    write(manager, upload)
    assert Listing.objects.count() == 2


def test_row_left_out_stays_so(manager, doubt):
    _, upload = doubt
    assert decide(manager, upload, **{"ligne-2": "ecartee"}) == {2: "ecartee"}


def test_one_decision_for_all_the_others(manager, doubt):
    _, upload = doubt
    assert decide(manager, upload, others="nouvelle") == {2: "creee"}


@pytest.mark.parametrize("choice", ["fiche:999999", "fiche:", "fiche:x", "rien", "x" * 3000, "😀"])
def test_decision_that_makes_no_sense_decides_nothing(manager, doubt, choice):
    _, upload = doubt
    assert decide(manager, upload, **{"ligne-2": choice, "ligne-7": "nouvelle"}) == {2: "doute"}


def test_decision_on_a_plan_made_again_meanwhile_decides_nothing(manager, doubt):
    _, upload = doubt
    stale = "00000000-0000-4000-8000-000000000000"
    assert decide(manager, upload, simulation=stale, others="nouvelle") == {2: "doute"}


def test_two_rows_cannot_be_the_same_record(manager):
    known = ListingFactory(name="Relais du Lai")
    rows = [ROWS[0], ["Relais du Laye", *ROWS[0][1:]]]
    upload = planned(manager, as_csv(rows=rows))
    chosen = {"ligne-2": f"fiche:{known.pk}", "ligne-3": f"fiche:{known.pk}"}
    assert decide(manager, upload, **chosen) == {2: "modifiee", 3: "refusee"}
    assert "même fiche que la ligne 2" in html(manager, upload.get_absolute_url())


def test_same_name_and_commune_may_all_the_same_be_another(manager):
    ListingFactory(name="Relais du Lay")
    upload = planned(manager, as_csv(rows=ROWS[:1]))
    assert outcomes(upload) == {2: "modifiee"}
    assert decide(manager, upload, **{"ligne-2": "nouvelle"}) == {2: "creee"}


# Writing


def test_applied_import_writes_records_and_says_who_in_the_history(manager):
    upload = applied(manager)
    listing = Listing.objects.get(name="Relais du Lay")
    assert (listing.phone, listing.commune.name) == ("+33261914001", "Pouzauges")
    assert listing.situation_links.get().situation.slug == "impayes"
    page = html(manager, f"/gestion/fiches/{listing.pk}/historique/")
    assert "lien@example.org" in page
    assert "import « recensement.csv »" in page
    assert upload.applied_by.email == "lien@example.org"


def test_applied_import_forgets_its_file_and_keeps_its_fingerprint(manager):
    rows = [["Relais", "Connaît bien Mme Durand", ""], ["Entraide", "", "chez Durand"]]
    content = as_csv(["nom", "description", "domaine"], rows)
    upload = applied(manager, content)
    assert upload.content is None
    assert upload.mapping == {}
    for row in upload.lines.all():
        assert "Durand" not in repr((row.changes, row.refusals, row.warnings))
    assert "la situation «\u00a0…\u00a0» n'existe pas" in row.refusals[0]["reason"]
    again = received(manager, content)
    assert again.fingerprint == upload.fingerprint
    assert "Ce même fichier a déjà été appliqué" in html(manager, again.get_absolute_url())


def test_same_file_again_changes_nothing(manager):
    content = as_csv(rows=ROWS[:2])
    applied(manager, content)
    upload = planned(manager, content)
    assert outcomes(upload) == {2: "inchangee", 3: "inchangee"}
    assert "Rien à écrire" in html(manager, upload.get_absolute_url())


def test_what_changed_since_the_plan_is_planned_again_and_told(manager):
    upload = planned(manager, as_csv(rows=ROWS[:2]))
    ListingFactory(name="Relais du Lay")
    write(manager, upload)
    assert outcomes(upload) == {2: "modifiee", 3: "creee"}
    assert list(upload.lines.filter(is_replanned=True).values_list("line", flat=True)) == [2]
    assert "L'annuaire avait changé" in html(manager, upload.get_absolute_url())


def test_plan_that_was_not_read_is_not_applied(manager):
    upload = planned(manager)
    stale = "00000000-0000-4000-8000-000000000000"
    for plan in (stale, "", "x" * 300):
        manager.post(f"{upload.get_absolute_url()}appliquer/", {"simulation": plan})
    assert run_jobs() == 0
    assert not Listing.objects.exists()


def test_double_click_applies_once(manager):
    upload = planned(manager)
    for _ in range(2):
        manager.post(f"{upload.get_absolute_url()}appliquer/", {"simulation": upload.plan})
    assert run_jobs() == 1
    assert Listing.objects.count() == 2


def test_job_that_runs_again_does_nothing_more(manager):
    upload = applied(manager)
    work.plan(upload.pk)
    work.apply(upload.pk)
    assert Listing.objects.count() == 2
    undone(manager, upload)
    undoing.undo(upload.pk)
    assert not Listing.objects.exists()


def test_file_that_can_no_longer_be_read_goes_back_to_its_columns(manager):
    upload = received(manager)
    given = answers(manager, upload)
    Upload.objects.filter(pk=upload.pk).update(
        status="simulation", mapping={"columns": {"nom": "?"}}
    )
    work.plan(upload.pk)
    upload.refresh_from_db()
    assert upload.status == Upload.Status.RECEIVED
    assert "n'est pas dans le fichier" in upload.problem
    assert given


def test_waiting_page_tells_how_far_the_work_is(manager):
    upload = received(manager)
    Upload.objects.filter(pk=upload.pk).update(
        status="application", progress=42, asked_at=upload.created_at
    )
    assert 'value="42"' in html(manager, upload.get_absolute_url())
    answer = manager.get(f"{upload.get_absolute_url()}avancement.json")
    assert answer.json() == {"en_cours": True, "avancement": 42}


# Abandoning


def test_abandoned_import_forgets_file_and_rows(manager):
    upload = planned(manager)
    manager.post(f"{upload.get_absolute_url()}abandonner/")
    upload.refresh_from_db()
    assert (upload.status, upload.content, upload.lines.count()) == ("abandonne", None, 0)
    assert "Import abandonné" in html(manager, upload.get_absolute_url())


def test_applied_import_is_not_abandoned(manager):
    upload = applied(manager)
    manager.post(f"{upload.get_absolute_url()}abandonner/")
    upload.refresh_from_db()
    assert upload.status == "applique"


def test_import_left_for_a_month_is_forgotten(manager, time_machine):
    upload = received(manager)
    assert receiving.abandon_old() == 0
    time_machine.move_to(upload.created_at + receiving.ABANDONED_AFTER * 1.01)
    assert receiving.abandon_old() == 1


# Undoing


def age():
    """Make what was written older, as another transaction would have: a test is one instant."""
    with connection.cursor() as cursor:
        for model in (Listing, *RELATIONS.values()):
            table = f"partners_{model.__name__.lower()}event"
            cursor.execute(f"UPDATE {table} SET pgh_created_at = pgh_created_at - interval '1 day'")


def edit(listing, **values):
    """A change by somebody else: in a test's one transaction, it needs a context of its own."""
    with pghistory.context(url="/gestion/fiches/"):
        change(listing, **values)


def test_undone_import_removes_what_it_created(manager):
    upload = undone(manager, applied(manager))
    assert not Listing.objects.exists()
    assert set(upload.lines.exclude(undone="").values_list("undone", flat=True)) == {"retiree"}
    assert "Import annulé" in html(manager, upload.get_absolute_url())


def test_undone_import_puts_back_what_it_changed_relations_included(manager):
    known = ListingFactory(name="Relais du Lay", phone="+33261914999", situations=["energie"])
    age()
    upload = applied(manager, as_csv(rows=ROWS[:1]))
    known.refresh_from_db()
    assert known.phone == "+33261914001"
    undone(manager, upload)
    known.refresh_from_db()
    assert known.phone == "+33261914999"
    assert [link.situation.slug for link in known.situation_links.all()] == ["energie"]
    assert known.source == "test"
    history = html(manager, f"/gestion/fiches/{known.pk}/historique/")
    assert "annulation de l'import « recensement.csv »" in history.replace("&#x27;", "'")


def test_undone_import_puts_back_papers_and_the_way_there(manager):
    known = ListingFactory(name="Relais du Lay", commune=commune("85182"))
    known.papers.create(order=1, name="Bail")
    age()
    row = ["Relais du Lay", "85182", "Bail|RIB (si possible)", "Bus 3, arrêt Mairie"]
    headers = ["nom", "code_insee", "papiers", "venir_sans_voiture"]
    upload = applied(manager, as_csv(headers, [row]))
    assert [paper.name for paper in known.papers.all()] == ["Bail", "RIB"]
    assert WayThere.objects.get(listing=known).without_car == "Bus 3, arrêt Mairie"
    undone(manager, upload)
    assert [paper.name for paper in known.papers.all()] == ["Bail"]
    assert not WayThere.objects.exists()
    assert upload.lines.get().undone == "revenue"


def test_undone_import_leaves_what_was_edited_since_and_says_so(manager):
    known = ListingFactory(name="Relais du Lay", phone="+33261914999", situations=["energie"])
    age()
    upload = applied(manager, as_csv(rows=ROWS[:1]))
    age()
    edit(known, phone="+33261914555")
    page = html(manager, f"{upload.get_absolute_url()}annuler/")
    assert "1 fiche a changé depuis" in page
    undone(manager, upload)
    known.refresh_from_db()
    assert known.phone == "+33261914555"
    assert [link.situation.slug for link in known.situation_links.all()] == ["energie"]
    [row] = upload.lines.all()
    assert (row.undone, row.undo_notes) == ("en-partie", ["modifié depuis\u00a0: téléphone"])


def test_created_record_that_was_edited_since_is_left(manager):
    upload = applied(manager, as_csv(rows=ROWS[:2]))
    edit(Listing.objects.get(name="Relais du Lay"), summary="Reçoit sur rendez-vous.")
    undone(manager, upload)
    assert [listing.name for listing in Listing.objects.all()] == ["Relais du Lay"]
    assert upload.lines.get(line=2).undone == "gardee"
    assert "Pas tout à fait annulées" in html(manager, upload.get_absolute_url())


def test_created_record_that_was_given_steps_or_papers_since_is_left(manager):
    upload = applied(manager, as_csv(rows=ROWS[:2]))
    first, second = Listing.objects.order_by("pk")
    with pghistory.context(user=1):
        Step.objects.create(scheme=first, title="Rendez-vous")
        Paper.objects.create(listing=second, name="Bail")
    undone(manager, upload)
    assert list(Listing.objects.order_by("pk")) == [first, second]
    assert set(upload.lines.values_list("undone", flat=True)) == {"gardee"}


def test_created_record_to_which_something_is_attached_is_archived(manager):
    upload = applied(manager, as_csv(rows=ROWS[:2]))
    first, second = Listing.objects.order_by("pk")
    Report.objects.create(kind=Report.Kind.CLOSED, listing=first)
    Gap.objects.create(
        situation=Situation.objects.get(slug="isolement"),
        territory=commune("85182"),
        status="comble",
        closed_by=second,
    )
    undone(manager, upload)
    assert {listing.status for listing in Listing.objects.all()} == {"archive"}


def test_created_record_that_was_merged_since_is_left(manager):
    old = ListingFactory(name="Le Phare", commune=commune("85092"))
    upload = applied(manager, as_csv(rows=ROWS[:2]))
    Merge.objects.create(absorbed=old, kept=Listing.objects.get(name="Relais du Lay"))
    undone(manager, upload)
    assert Listing.objects.get(name="Relais du Lay").status != "archive"
    assert upload.lines.get(line=2).undone == "gardee"


def test_import_of_branches_and_contacts_goes_as_it_came(manager):
    headers = ["id", "nom", "structure_parente", "contact_nom", "telephone_verifie_le"]
    headers.append("telephone_verifie_par")
    rows = [
        ["a", "Siège", "", "Camille", "2026-01-05", "appel"],
        ["b", "Antenne", "a", "", "", ""],
    ]
    upload = applied(manager, as_csv(headers, rows))
    assert Listing.objects.get(name="Antenne").parent.name == "Siège"
    undone(manager, upload)
    assert not Listing.objects.exists()
    assert not Contact.objects.exists()


def test_verification_told_by_an_undone_import_goes_with_it(manager):
    known = ListingFactory(source="Forum", source_id="a", situations=["isolement"])
    headers = ["source", "id", "nom", "telephone_verifie_le", "telephone_verifie_par"]
    rows = [["Forum", "a", known.name, "2026-01-05", "appel"]]
    upload = applied(
        manager, as_csv(headers, rows), situations_coeur="", zone_eligibilite="", source="Forum"
    )
    assert known.verifications.count() == 1
    undone(manager, upload)
    assert known.verifications.count() == 0


def test_number_of_a_file_is_not_the_one_that_was_checked_until_the_import_is_undone(manager):
    known = ListingFactory(name="Relais du Lay", phone="+33261914999", situations=["energie"])
    verify(known, scope="fiche", on=date(2026, 1, 5))
    age()
    upload = applied(manager, as_csv(rows=ROWS[:1]))
    scopes = known.verifications.values_list("scope", flat=True).order_by("scope")
    assert list(scopes) == ["criteres", "horaires", "zone"]
    undone(manager, upload)
    assert list(scopes.all()) == ["fiche"]


def test_record_that_may_not_go_back_is_told_and_the_others_go_back(manager):
    stuck = ListingFactory(name="Relais du Lay", situations=["energie"])
    free = ListingFactory(name="Entraide du Bocage", phone="+33261914999", situations=["impayes"])
    age()
    upload = applied(manager, as_csv(rows=ROWS[:2]))
    age()
    Situation.objects.filter(slug="energie").update(archived_at=upload.applied_at)
    undone(manager, upload)
    rows = {row.listing_id: row for row in upload.lines.filter(outcome="modifiee")}
    assert rows[stuck.pk].undone == "gardee"
    assert "est archivée" in rows[stuck.pk].undo_notes[0]
    assert rows[free.pk].undone == "revenue"
    stuck.refresh_from_db()
    free.refresh_from_db()
    assert (stuck.phone, free.phone) == ("+33261914001", "+33261914999")
    assert [link.situation.slug for link in stuck.situation_links.all()] == ["impayes"]


def test_undo_asks_as_many_questions_for_many_records_as_for_one(
    manager, django_assert_max_num_queries
):
    rows = [[f"Relais {n}", "", "85700", "Pouzauges", "isolement", ""] for n in range(20)]
    for row in rows:
        ListingFactory(name=row[0])
    age()
    upload = applied(manager, as_csv(rows=rows))
    Upload.objects.filter(pk=upload.pk).update(status="annulation")
    with django_assert_max_num_queries(110):
        undoing.undo(upload.pk)
    assert upload.lines.filter(undone="revenue").count() == 20


def test_undo_of_the_older_of_two_imports_leaves_what_the_newer_wrote(manager):
    known = ListingFactory(name="Relais du Lay", phone="+33261914999")
    age()
    first = applied(manager, as_csv(rows=ROWS[:1]))
    age()
    other = [["Relais du Lay", "02 61 91 40 77", *ROWS[0][2:]]]
    applied(manager, as_csv(rows=other))
    undone(manager, first)
    known.refresh_from_db()
    assert known.phone == "+33261914077"


def test_undone_import_can_be_brought_again(manager):
    content = as_csv(rows=ROWS[:2])
    undone(manager, applied(manager, content))
    upload = planned(manager, content)
    assert outcomes(upload) == {2: "creee", 3: "creee"}
    assert "puis annulé" in html(manager, upload.get_absolute_url())


def test_import_that_wrote_nothing_has_nothing_to_undo(manager):
    content = as_csv(rows=ROWS[:2])
    applied(manager, content)
    upload = planned(manager, content)
    Upload.objects.filter(pk=upload.pk).update(status="application")
    work.apply(upload.pk)
    answer = manager.get(f"{upload.get_absolute_url()}annuler/")
    assert answer.status_code == 302


# Many


def queries(manager, django_assert_max_num_queries, address):
    with django_assert_max_num_queries(14):
        assert manager.get(address).status_code == 200


def test_pages_stay_light_with_many_rows_and_imports(manager, django_assert_max_num_queries):
    rows = [[f"Relais {n}", "", "85700", "Pouzauges", "isolement", ""] for n in range(300)]
    upload = planned(manager, as_csv(rows=rows))
    queries(manager, django_assert_max_num_queries, upload.get_absolute_url())
    queries(manager, django_assert_max_num_queries, f"{IMPORTS}{upload.pk}/colonnes/")
    write(manager, upload)
    queries(manager, django_assert_max_num_queries, upload.get_absolute_url())
    queries(manager, django_assert_max_num_queries, f"{upload.get_absolute_url()}annuler/")
    Upload.objects.bulk_create(
        Upload(file_name=f"{n}.csv", fingerprint=str(n), size=1, rows=1) for n in range(60)
    )
    queries(manager, django_assert_max_num_queries, IMPORTS)
    assert "Page 1 sur 3" in html(manager, IMPORTS)
