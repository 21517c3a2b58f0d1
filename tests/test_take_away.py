"""What is taken away comes back unchanged, and never tells what is confidential (rules R6, R7)."""

import csv
import io
import json
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from partners.exports import census, geojson, sheets
from partners.imports import cells, load, mapping, marks, plan, reader
from partners.imports.columns import COLUMNS
from partners.imports.draft import RowReader
from partners.imports.lookups import Lookups
from partners.models import Listing, SchemeRole, User, WayThere
from tests.factories import (
    ListingFactory,
    PermanenceFactory,
    UserFactory,
    change,
    commune,
    refresh,
    verify,
)

pytestmark = pytest.mark.django_db

MAKERS = {"csv": census.as_csv, "xlsx": census.as_xlsx}
SECRETS = [
    "Bus 9, arrêt du Secret",
    "3 rue Cachée",
    "35600000000048",
    "https://abri.example.org",
    "85182",
    "Pouzauges",
]


@pytest.fixture
def manager(client):
    client.force_login(UserFactory(role=User.Role.MANAGER))
    return client


def everyone():
    return Listing.objects.order_by("pk")


def planned(tmp_path, form, content):
    path = tmp_path / f"fiches.{form}"
    path.write_bytes(content)
    table = reader.read(path)
    return plan.build(table, mapping.native(table))


def comes_back(tmp_path):
    """Both files, read again, change nothing; the rows that would are told."""
    for form in MAKERS:
        found = planned(tmp_path, form, MAKERS[form](everyone()))
        told = [
            (row.record.name, row.outcome, row.changes, row.draft.refusals, row.attrs)
            for row in found.rows
            if str(row.outcome) != "unchanged"
        ]
        assert not told
        assert len(found.rows) == everyone().count()
    return True


def shelter(**values):
    made = ListingFactory(
        address=SECRETS[1],
        website=SECRETS[3],
        source_url="https://abri.example.org/adresse",
        commune=commune("85182"),
        zones=[commune("85191").departement],
    )
    WayThere.objects.create(listing=made, without_car=SECRETS[0])
    change(made, is_confidential=True, **values)
    return made


def camille(listing):
    listing.contacts.create(name="Camille Inventée", source="test", recorded_on=date(2026, 1, 1))


# Round trip


def test_record_with_everything_comes_back_unchanged(tmp_path):
    parent = ListingFactory(name="Maison mère", source="autre", source_id="")
    rich = ListingFactory(
        name="L'« Étape » ; suite",
        description="Deux lignes\n\nau moins",
        parent=parent,
        networks=["Réseau A", "Réseau B"],
        professional_phone="+33261910009",
        latitude=46.78,
        longitude=-0.836,
        postal_code="01000",
        siret="35600000000048",
        convention_until=date(2027, 1, 31),
        helps=["addictions"],
    )
    PermanenceFactory(listing=rich)
    camille(rich)
    verify(rich)
    WayThere.objects.create(listing=rich, without_car="Bus 3, arrêt Mairie")
    scheme = ListingFactory(kind=Listing.Kind.SCHEME, source_id="", name="Dispositif")
    for structure in (parent, rich):
        SchemeRole.objects.create(scheme=scheme, structure=structure, role="porteur")
    refresh(scheme)
    assert comes_back(tmp_path)


def test_papers_come_back_in_order_whatever_they_say(tmp_path):
    listing = ListingFactory()
    papers = [
        ("RIB (IBAN)", "", True),
        ("Bail | copie", "", True),
        ("Avis", "le dernier", False),
        ("Quittance (2025)", "", True),
        ("Quittance (2026)", "", True),
    ]
    for order, (name, note, is_required) in enumerate(papers, start=3):
        listing.papers.create(order=order, name=name, note=note, is_required=is_required)
    [row] = census.rows(everyone())
    said = row[census.headers().index("papiers")]
    assert said == (
        "RIB (IBAN)|Bail / copie|Avis (le dernier, si possible)|Quittance (2025)|Quittance (2026)"
    )
    assert comes_back(tmp_path)


def test_papers_and_the_way_of_a_file_are_written_and_taken_back(tmp_path):
    listing = ListingFactory(source="Essai", source_id="1")
    listing.papers.create(order=1, name="Bail")
    listing.papers.create(order=2, name="RIB")
    cells = {"papiers": "RIB (si possible)|Avis (le dernier)", "venir_sans_voiture": "Bus 3"}
    [row] = sent(tmp_path, cells)
    assert {change.column: change.new for change in row.changes} == cells
    assert [(p.name, p.note, p.is_required) for p in listing.papers.all()] == [
        ("RIB", "", False),
        ("Avis", "le dernier", True),
    ]
    assert listing.way_there.without_car == "Bus 3"
    sent(tmp_path, {"papiers": "", "venir_sans_voiture": ""})
    assert not listing.papers.exists()
    assert not WayThere.objects.exists()


def test_two_papers_of_one_name_are_told_apart_by_what_follows(tmp_path):
    listing = ListingFactory(source="Essai", source_id="1")
    sent(tmp_path, {"papiers": "Bail|Bail (copie)|Bail"})
    assert [(p.name, p.note) for p in listing.papers.all()] == [("Bail", ""), ("Bail (copie)", "")]


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("a" * 161, "161 caractères, 160 au plus"),
        ("|".join(map(str, range(61))), "61 papiers, 60 au plus"),
    ],
)
def test_papers_that_cannot_be_are_refused_with_the_reason(tmp_path, cell, said):
    ListingFactory(source="Essai", source_id="1")
    [row] = sent(tmp_path, {"papiers": cell})
    assert said in row.draft.refusals[0].reason


def sent(tmp_path, cells):
    """The rows of a file that says these cells of the record « 1 », once written."""
    path = tmp_path / "fiches.csv"
    path.write_text(
        "\n".join([";".join(["source", "id", *cells]), ";".join(["Essai", "1", *cells.values()])])
    )
    table = reader.read(path)
    return load.run(table, mapping.native(table), label="essai").rows


def test_namesakes_without_an_identifier_come_back_as_themselves(tmp_path):
    for _ in range(2):
        ListingFactory(name="Même nom", source_id="", phone="+33261910001")
    assert comes_back(tmp_path)


@pytest.mark.parametrize("status", Listing.Status)
def test_record_in_any_state_comes_back_unchanged(tmp_path, status):
    change(ListingFactory(), status=status)
    assert comes_back(tmp_path)


def test_confidential_record_comes_back_with_its_place(tmp_path):
    PermanenceFactory(listing=shelter())
    assert comes_back(tmp_path)


def test_overseas_and_short_numbers_come_back(tmp_path):
    for phone in ("+262262910000", "+590590910000", "115", "3919", "+33800910000"):
        ListingFactory(phone=phone)
    assert comes_back(tmp_path)


line = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"]), max_size=40).map(
    lambda text: " ".join(text.split())
)
SIGNS = ["=", "+", "-", "@", "'", "''=", "|", ";", '"']
begun = st.builds(str.__add__, st.sampled_from(SIGNS), line)
texts = st.one_of(line, begun).map(lambda text: " ".join(text.split()))


def test_texts_that_look_like_formulas_come_back(tmp_path):
    texts = ("@x", "'=y", "-z")
    for is_confidential in (False, True):
        made = ListingFactory(name="=1+1", acronym=texts[0], description=texts[1])
        change(made, audience_details=texts[2], is_confidential=is_confidential)
    assert comes_back(tmp_path)


OWN_FIELDS = [column for column in census.TAKEN if column.attr]
WRITTEN = ["name", "acronym", "summary", "description", "audience_details", "phone_instructions"]


DEGREES = st.floats(-60, 60).map(lambda degrees: round(degrees, 9))


@pytest.fixture
def read_back(tmp_path):
    """What the importer reads (values by attribute) in a file of one record's own columns."""
    lookups = Lookups()

    def read(listing, form):
        header = [column.header for column in OWN_FIELDS]
        row = [census.cell_of(column, listing) for column in OWN_FIELDS]
        path = tmp_path / f"une.{form}"
        path.write_bytes({"csv": sheets.as_csv, "xlsx": census.workbook}[form]([header, row]))
        table = reader.read(path)
        drafts = RowReader(mapping=mapping.native(table), lookups=lookups, source="")
        return drafts.read(table.rows[0])

    return read


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(texts, min_size=6, max_size=6), st.one_of(st.none(), DEGREES))
@example(["=1+1", "@x", "'=y", "-z", "+1", "''="], -0.0001)
def test_whatever_staff_wrote_is_read_back_as_it_was(read_back, written, degrees):
    values = dict(zip(WRITTEN, written, strict=True)) | {"name": f"{written[0]}é"}
    listing = Listing(pk=1, **values, latitude=degrees, longitude=degrees, source="test")
    for form in MAKERS:
        draft = read_back(listing, form)
        assert not draft.refusals
        assert {name: draft.fields[name] for name in values} == values
        assert (draft.fields["latitude"], draft.own_key) == (degrees, 1)


@given(st.one_of(st.text(max_size=12), begun))
def test_apostrophe_against_formulas_is_taken_off_again(text):
    written = marks.neutral(text)
    assert marks.plain(written) == text
    assert not written.startswith(("=", "@", "+", "\t", "\r"))
    assert not written.startswith("-") or marks.NUMBER.fullmatch(written)


def test_change_made_in_the_spreadsheet_is_the_only_one(tmp_path):
    made = ListingFactory()
    content = census.as_csv(everyone()).decode().replace(made.summary, "Autre phrase.")
    [row] = planned(tmp_path, "csv", content.encode()).rows
    assert [(c.column, c.new) for c in row.changes] == [("resume", "Autre phrase.")]


def test_own_designation_of_no_record_is_refused(tmp_path):
    content = sheets.as_csv([["id", "nom"], ["fiche:999999", "Personne"]])
    [row] = planned(tmp_path, "csv", content).rows
    assert row.is_refused


def test_same_record_twice_is_refused_the_second_time(tmp_path):
    made = ListingFactory(source_id="")
    content = sheets.as_csv([["id", "nom"], *[[marks.own(made), made.name]] * 2])
    outcomes = [row.is_refused for row in planned(tmp_path, "csv", content).rows]
    assert outcomes == [False, True]


# What a file never tells


@pytest.mark.parametrize("make", [census.as_csv, census.as_xlsx, geojson.as_geojson])
def test_confidential_place_is_in_no_file(make):
    PermanenceFactory(listing=shelter(), place="salle cachée")
    content = make(everyone())
    if make is census.as_xlsx:
        rows = load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)
        content = "\n".join(str(cell) for row in rows for cell in row).encode()
    for secret in [*SECRETS, "salle cachée", "abri.example.org", "46.7", "-0.83"]:
        assert secret not in content.decode()
    assert "Relais inventé" in content.decode()


def test_people_and_the_line_for_professionals_are_in_no_file():
    made = ListingFactory(professional_phone="+33261910009")
    camille(made)
    for make in (census.as_csv, geojson.as_geojson):
        content = make(everyone()).decode()
        assert "Camille" not in content
        assert "91 00 09" not in content
    assert set(census.headers()) < {column.header for column in COLUMNS}


def test_formula_is_never_one_in_a_spreadsheet():
    change(ListingFactory(), name="=HYPERLINK(1)", acronym="@SUM", summary="+1 place")
    cell = load_workbook(io.BytesIO(census.as_xlsx(everyone()))).active
    assert {one.data_type for row in cell.iter_rows() for one in row} <= {"s", "inlineStr", "n"}
    text = io.StringIO(census.as_csv(everyone()).decode("utf-8-sig"))
    [row] = list(csv.DictReader(text, delimiter=";"))
    assert (row["nom"], row["sigle"], row["resume"]) == ("'=HYPERLINK(1)", "'@SUM", "'+1 place")


def test_map_has_a_point_for_each_record_and_says_how_precise():
    ListingFactory(name="Ici", latitude=46.5, longitude=-1.5)
    ListingFactory(name="Par là")
    shelter(name="Nulle part")
    found = json.loads(geojson.as_geojson(everyone()))["features"]
    told = {f["properties"]["nom"]: (f["geometry"], f["properties"]["precision"]) for f in found}
    centre = commune("85182")
    assert told["Ici"] == ({"type": "Point", "coordinates": [-1.5, 46.5]}, "adresse")
    assert told["Par là"][0]["coordinates"] == [centre.longitude, centre.latitude]
    assert told["Nulle part"] == (None, "")


# The pages


@pytest.mark.parametrize("form", ["csv", "xlsx", "geojson"])
def test_file_holds_what_the_list_shows(manager, form):
    ListingFactory(name="Écoute du bocage")
    ListingFactory(name="Autre chose")
    address = reverse("manage_records_take_file", args=[form])
    answer = manager.post(address, {"texte": "bocage"})
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="fiches-20')
    assert "bocage" not in answer.headers["Content-Disposition"]
    if form != "xlsx":
        assert "Écoute du bocage" in answer.content.decode()
        assert "Autre chose" not in answer.content.decode()


def test_situation_is_not_in_the_name_of_the_file(manager):
    ListingFactory(situations=["violences"])
    answer = manager.get(
        reverse("manage_records_take_file", args=["csv"]), {"situation": "violences"}
    )
    assert "violence" not in answer.headers["Content-Disposition"]
    assert answer.content.decode().count("\n") == 2


@pytest.mark.parametrize(
    ("asked", "status"),
    [({"situation": "rien"}, 422), ({"lieu": "🙂"}, 422), ({"statut": "x" * 500}, 422)],
)
def test_wrong_choice_is_told_beside_its_field(manager, asked, status):
    answer = manager.post(reverse("manage_records_take_file", args=["csv"]), asked)
    assert answer.status_code == status
    assert 'class="error"' in answer.content.decode()


def test_unknown_kind_of_file_is_not_found(manager):
    assert manager.get(reverse("manage_records_take_file", args=["exe"])).status_code == 404


def test_list_and_page_offer_the_three_files(manager):
    ListingFactory()
    for name in ("manage_records", "manage_records_take"):
        page = manager.get(reverse(name)).content.decode()
        for form in ("csv", "xlsx", "geojson"):
            assert reverse("manage_records_take_file", args=[form]) in page


@pytest.mark.parametrize("form", ["csv", "geojson"])
def test_file_asks_as_many_things_whatever_the_number_of_records(manager, form):
    def asked():
        with CaptureQueriesContext(connection) as captured:
            manager.get(reverse("manage_records_take_file", args=[form]))
        return len(captured)

    ListingFactory()
    few = asked()
    for _ in range(8):
        PermanenceFactory(listing=ListingFactory())
    assert asked() <= few + 2
    assert few < 20


def test_cells_of_a_phone_are_those_one_dials():
    made = ListingFactory(phone="+33261910000")
    [row] = list(census.rows(everyone()))
    assert dict(zip(census.headers(), row, strict=True))["telephone"] == "02 61 91 00 00"
    assert cells.phone("02 61 91 00 00", cells.Reading()) == made.phone
