"""What is wrong in national open data is refused or laid aside, and said; nothing half written."""

import gzip
import json
import tracemalloc
from datetime import date, timedelta

import pyarrow as pa
import pytest
from data_inclusion.schema import v1
from django.core.management import CommandError, call_command
from django.db import DataError
from hypothesis import example, given
from hypothesis import strategies as st
from pyarrow import parquet
from pydantic import ValidationError

from partners.imports.data_inclusion import reading, schema
from partners.imports.data_inclusion.drafts import cut, summary
from partners.imports.data_inclusion.facts import mark
from partners.imports.data_inclusion.keeping import Verdict, settle
from partners.imports.errors import ImportRefused
from partners.models import Listing
from tests.open_data import SERVICE, STRUCTURE, Files, counts, reasons

MODELS = {"structure": v1.Structure, "dispositif": v1.Service}
TOMORROW = (date.today() + timedelta(days=1)).isoformat()


@pytest.fixture
def load(tmp_path):
    files = Files(tmp_path)

    def run(structures=(STRUCTURE,), services=(SERVICE,), **options):
        files.write(structures, services)
        return files.run(**options)

    return run


def read(path):
    return list(reading.rows(path))


# What the official models refuse

BAD_STRUCTURES = [
    {"source": None}, {"id": None}, {"nom": None}, {"nom": "ab"}, {"nom": "a" * 151}, {"nom": 12},
    {"date_maj": None}, {"date_maj": TOMORROW}, {"date_maj": "1999-12-31"}, {"date_maj": "hier"},
    {"date_maj": "20250214"}, {"date_maj": 253402300800000000},
    {"description": "abc"}, {"description": "a" * 10_001}, {"description": ["a"]},
    {"siret": "1234"}, {"siret": "1234567890123a"}, {"siret": 12345678901234},
    {"code_postal": "857"}, {"code_postal": 85700}, {"code_insee": "8518"}, {"code_insee": "8518 "},
    {"longitude": "est"}, {"latitude": [46]}, {"telephone": 261910001}, {"commune": 1},
    {"courriel": "a"}, {"courriel": "a@b"}, {"courriel": "a b@example.org"},
    {"courriel": "a@example.test"}, {"courriel": "@example.org"}, {"courriel": "a@example..org"},
    {"courriel": "a@localhost"},
    {"site_web": "example.org"}, {"site_web": "ftp://example.org"}, {"site_web": "http://"},
    {"site_web": "https://exa mple.org"}, {"site_web": "https://example.org:99999"},
    {"site_web": "https://1.2.3.999"}, {"site_web": "https://example.org/" + "a" * 2083},
    {"lien_source": "javascript:alert(1)"}, {"accessibilite_lieu": 1},
    {"horaires_accueil": {"lundi": 9}},
    {"reseaux_porteurs": ["club"]}, {"reseaux_porteurs": "ccas-cias"}, {"reseaux_porteurs": [1]},
]  # fmt: skip
BAD_SERVICES = [
    {"structure_id": None}, {"description": None}, {"description": "abc"},
    {"thematiques": ["bonheur"]}, {"thematiques": ["numerique"]}, {"thematiques": {"a": 1}},
    {"type": "club"}, {"type": ["atelier"]}, {"frais": "cher"}, {"frais": ["gratuit"]},
    {"publics": ["chats"]}, {"publics": ["tous-publics", "femmes"]},
    {"modes_accueil": ["a-cheval"]}, {"modes_mobilisation": ["crier"]},
    {"mobilisable_par": ["voisins"]}, {"zone_eligibilite": ["Vendée!"]},
    {"zone_eligibilite": ["850000"]}, {"zone_eligibilite": "85"}, {"zone_eligibilite": [85]},
    {"lien_mobilisation": "www"}, {"volume_horaire_hebdomadaire": -1},
    {"volume_horaire_hebdomadaire": "peu"}, {"nombre_semaines": 0}, {"nombre_semaines": 1.5},
    {"contact_nom_prenom": 1}, {"mobilisation_precisions": {"a": 1}},
]  # fmt: skip
BAD = [("structure", STRUCTURE | bad) for bad in BAD_STRUCTURES] + [
    ("dispositif", SERVICE | bad) for bad in BAD_SERVICES
]
GOOD = [
    ("structure", STRUCTURE),
    ("dispositif", SERVICE),
    ("dispositif", SERVICE | {"volume_horaire_hebdomadaire": 2.5, "nombre_semaines": "3"}),
    ("structure", STRUCTURE | {"site_web": "https://my_site.fr:8080/é?x=1#y", "nom": "Relais."}),
    (
        "structure",
        STRUCTURE | {"latitude": "46.78", "date_maj": 1_700_000_000_000 // 86_400_000 * 86_400_000},
    ),
]


def officially(kind, row):
    try:
        MODELS[kind].model_validate(row)
    except ValidationError as error:
        return {str(fault["loc"][0]) for fault in error.errors()}
    return set()


@pytest.mark.parametrize(("kind", "row"), BAD, ids=lambda value: str(value)[-60:])
def test_what_the_official_model_refuses_is_refused_for_the_same_key(kind, row):
    refused = officially(kind, row)
    assert refused
    assert {fault.column for fault in schema.checked(kind, row)[1]} == refused


@pytest.mark.parametrize(("kind", "row"), GOOD)
def test_what_the_official_model_takes_is_taken(kind, row):
    assert not officially(kind, row)
    assert not schema.checked(kind, row)[1]


def test_closed_lists_are_those_of_the_official_schema():
    lists = {
        "thematiques": v1.Thematique, "publics": v1.Public, "frais": v1.Frais,
        "modes_accueil": v1.ModeAccueil, "modes_mobilisation": v1.ModeMobilisation,
        "mobilisable_par": v1.PersonneMobilisatrice, "types": v1.TypeService,
        "reseaux_porteurs": v1.ReseauPorteur,
    }  # fmt: skip
    assert {name: set(values) for name, values in schema.VALUES.items()} == {
        name: {str(item.value) for item in values} for name, values in lists.items()
    }


def test_words_of_themes_and_networks_are_those_of_the_official_schema():
    lists = {"thematiques": v1.Thematique, "reseaux_porteurs": v1.ReseauPorteur}
    official = {
        name: {str(item.value): item.label for item in values} for name, values in lists.items()
    }
    assert official == schema.LABELS


@given(st.text(st.sampled_from("ab.@-_\"'é 1[]+"), max_size=12) | st.emails())
@example("a@b.c1")
def test_address_refused_officially_is_refused(address):
    row = STRUCTURE | {"courriel": address}
    if address.strip() and officially("structure", row):
        assert schema.checked("structure", row)[1]


@given(st.text(st.sampled_from("ab.:/@-_é 1[]%?#\\<"), max_size=12))
def test_web_address_refused_officially_is_refused(rest):
    row = STRUCTURE | {"site_web": f"https://{rest}"}
    if officially("structure", row):
        assert schema.checked("structure", row)[1]


@given(
    st.dictionaries(
        st.sampled_from(sorted(schema.KEYS)),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
            lambda inner: (
                st.lists(inner, max_size=2)
                | st.dictionaries(st.text(max_size=2), inner, max_size=2)
            ),
        ),
    )
)
def test_no_row_makes_the_check_crash(row):
    for kind in MODELS:
        schema.checked(kind, row)


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("['ccas-cias', 'caf']", ["caf", "ccas-cias"]),
        ('["caf"]', ["caf"]),
        (["caf", "caf"], ["caf"]),
        ("", None),
        ([], None),
        ("__import__('os').system('true')", "liste de textes attendue"),
        ("[" * 5000, "liste de textes attendue"),
    ],
)
def test_lists_are_read_as_json_or_python(raw, found):
    values, faults = schema.checked("structure", STRUCTURE | {"reseaux_porteurs": raw})
    assert (faults[0].reason if faults else values["reseaux_porteurs"]) == found


# Files


@pytest.mark.parametrize("form", ["jsonl", "array", "array-one-line", "gzip", "bom", "parquet"])
def test_same_rows_from_every_format(tmp_path, form):
    rows = [STRUCTURE | {"id": f"annuaire--{n}"} for n in range(3)]
    path = tmp_path / "file"
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    match form:
        case "jsonl":
            path.write_text(lines)
        case "bom":
            path.write_text("\ufeff" + lines)
        case "gzip":
            path.write_bytes(gzip.compress(lines.encode()))
        case "array":
            path.write_text(json.dumps(rows, indent=2))
        case "array-one-line":
            path.write_text(json.dumps(rows))
        case "parquet":
            parquet.write_table(pa.Table.from_pylist(rows), path)
    found = read(path)
    assert [row for _, row in found] == rows
    assert [line for line, _ in found] == [1, 2, 3]


def test_parquet_dates_and_lists_are_read(tmp_path):
    path = tmp_path / "file.parquet"
    day, networks = date(2026, 2, 14), ["ccas-cias"]
    row = STRUCTURE | {"date_maj": day, "reseaux_porteurs": networks, "score": 0.5}
    parquet.write_table(pa.Table.from_pylist([row]), path)
    [(_, found)] = read(path)
    values, faults = schema.checked("structure", found)
    assert not faults
    assert (values["date_maj"], values["reseaux_porteurs"]) == (day, networks)
    assert "score" not in found


def written(tmp_path, content):
    path = tmp_path / "file"
    path.write_bytes(content)
    return path


def truncated_parquet(tmp_path):
    path = tmp_path / "whole.parquet"
    parquet.write_table(pa.Table.from_pylist([STRUCTURE] * 100), path)
    return path.read_bytes()[:-200]


LINE = json.dumps(STRUCTURE).encode()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (truncated_parquet, "Parquet illisible"),
        (b"PAR1", "Parquet illisible"),
        (LINE + b"\n" + LINE[:50], "Ligne 2, la dernière, incomplète"),
        (b"[" + LINE + b"," + LINE[:50], "JSON illisible après la fiche 1"),
        (b'{"id": "' + b"a" * 50_000_000 + b'"}', "La ligne 1 a plus de 4 Mo"),
        (b"id;nom\n1;Relais\n", "n'est pas un fichier data·inclusion"),
        (b"\xff\xfe\x00\x01binaire", "n'est pas un fichier data·inclusion"),
        (gzip.compress(LINE * 1000)[:-30], "coupé ou abîmé"),
    ],
    ids=["parquet", "magic", "lines", "array", "50MB", "csv", "binary", "gzip"],
)
def test_broken_file_is_refused_with_one_message(tmp_path, content, said):
    data = content(tmp_path) if callable(content) else content
    with pytest.raises(reading.ImportRefused, match=said):
        read(written(tmp_path, data))


@pytest.mark.parametrize("content", [b"[" * 200_000, b"[" + b'{"a":' * 100_000, b"[[]" + b"]" * 9])
def test_brackets_without_end_are_refused_without_taking_the_memory(tmp_path, content):
    path = tmp_path / "deep.json"
    path.write_bytes(content)
    tracemalloc.start()
    with pytest.raises(ImportRefused, match="JSON illisible"):
        read(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20 * 1024 * 1024


def test_array_of_fifty_megabytes_on_one_line_is_read_as_it_comes(tmp_path):
    row = json.dumps(STRUCTURE | {"description": "a" * 9_000})
    path = written(tmp_path, ("[" + ",".join([row] * 5_500) + "]").encode())
    assert path.stat().st_size > 50_000_000
    assert sum(1 for _ in reading.rows(path)) == 5_500


@pytest.mark.django_db
@pytest.mark.parametrize("missing", ["absent.jsonl", "."])
def test_missing_file_or_folder_is_said(tmp_path, missing):
    with pytest.raises(CommandError, match=r"n'existe pas|est un dossier"):
        call_command("import_data_inclusion", tmp_path / missing, tmp_path / missing)


@pytest.mark.django_db
def test_broken_services_leave_nothing_of_the_structures(load):
    with pytest.raises(CommandError, match="incomplète"):
        load(services=[SERVICE, json.dumps(SERVICE)[:40]])
    assert not Listing.objects.exists()


@pytest.mark.django_db
def test_report_that_cannot_be_written_stops_the_import(tmp_path):
    files = Files(tmp_path)
    files.write([STRUCTURE], [SERVICE])
    with pytest.raises(CommandError, match="ne peut pas être écrit"):
        call_command(
            "import_data_inclusion", files.structures, files.services, report=tmp_path / "no/r.json"
        )
    assert not Listing.objects.exists()


# Rows


@pytest.mark.django_db
def test_rows_at_fault_are_said_by_line_and_the_others_go_in(load):
    structures = [
        STRUCTURE,
        STRUCTURE | {"nom": "x"},
        STRUCTURE | {"id": "annuaire--3", "nom": "x"},
        '"texte"',
        "{pas du json",
        STRUCTURE | {"id": 12},
    ]
    services = [
        SERVICE,
        SERVICE | {"id": "annuaire--2", "structure_id": "annuaire--9"},
        SERVICE | {"id": "annuaire--3", "structure_id": "annuaire--3"},
        SERVICE | {"id": "annuaire--4", "date_maj": TOMORROW},
    ]
    report = load(structures, services)
    assert reasons(report) == [
        (2, "id", "même identifiant que la ligne 1"),
        (3, "nom", "1 caractères : entre 3 et 150 attendus"),
        (4, "", "ce n'est pas un objet JSON"),
        (5, "", "ce n'est pas un objet JSON"),
        (6, "id", "texte attendu"),
        (2, "structure_id",
         "aucune structure n'a cet identifiant, ni dans le fichier ni dans l'annuaire"),
        (3, "structure_id", "la structure a été refusée (ligne 3 de son fichier)"),
        (4, "date_maj", "cette date est dans le futur"),
    ]  # fmt: skip
    assert counts(report, "structure") == {"created": 1, "refused": 5}
    assert counts(report, "dispositif") == {"created": 1, "refused": 3}


@pytest.mark.django_db
def test_what_the_database_would_refuse_is_refused_by_line_before(load):
    bad = [
        {"id": "a\0b"}, {"id": "a\ud800"}, {"id": "b", "source": "s\ud800"},
        {"id": "c", "courriel": "x" * 300 + "@a.fr"},
    ]  # fmt: skip
    services = [{"id": "d", "structure_id": "a\0b"}, {"id": "e", "structure_id": "a\udfff"}]
    busy = {"id": "f", "volume_horaire_hebdomadaire": 9999.96}
    report = load(
        [STRUCTURE, *(STRUCTURE | row for row in bad)],
        [SERVICE, *(SERVICE | row for row in (*services, busy))],
    )
    assert reasons(report) == [
        (2, "id", "caractère interdit"),
        (3, "id", "caractère interdit"),
        (4, "source", "caractère interdit"),
        (5, "courriel", "adresse de courriel non valable"),
        (2, "structure_id", "caractère interdit"),
        (3, "structure_id", "caractère interdit"),
    ]
    assert counts(report, "structure") == {"created": 1, "refused": 4}
    assert counts(report, "dispositif") == {"created": 2, "refused": 2}


@pytest.mark.django_db
def test_files_given_the_wrong_way_round_or_twice_write_nothing(load):
    load()
    before = list(Listing.objects.values_list("pk", "name", "status"))
    for structures, services in (([SERVICE], [STRUCTURE]), ([SERVICE], [SERVICE])):
        with pytest.raises(CommandError, match="contient des services"):
            load(structures, services)
    assert list(Listing.objects.values_list("pk", "name", "status")) == before


@pytest.mark.django_db
def test_refusal_of_the_database_is_told_without_the_row(load, monkeypatch):
    def refused(*args, **options):
        raise DataError("value too long: Durand")

    monkeypatch.setattr("partners.imports.data_inclusion.load.run", refused)
    with pytest.raises(CommandError, match="rien n'a été importé") as told:
        load()
    assert "Durand" not in str(told.value)
    assert told.value.__suppress_context__


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("bad", "column", "said", "kept"),
    [
        ({"latitude": -0.836, "longitude": 46.782}, "latitude", "échangées", (46.782, -0.836)),
        ({"latitude": 46.0, "longitude": -5.0}, "latitude", "loin de Pouzauges", (None, None)),
        ({"latitude": 0, "longitude": 0}, "latitude", "loin de Pouzauges", (None, None)),
        ({"latitude": 460, "longitude": "nan"}, "latitude", "loin de", (None, None)),
        ({"code_insee": "99999", "commune": None}, "code_insee", "aucune commune", (None, None)),
    ],
)
def test_doubtful_place_is_mended_or_left_out_and_said(load, bad, column, said, kept):
    report = load(services=[SERVICE | bad])
    found = Listing.objects.get(kind="dispositif")
    assert (found.latitude, found.longitude) == kept
    assert any(c == column and said in reason for _, c, reason in reasons(report, "warnings"))


@pytest.mark.django_db
def test_former_commune_and_unknown_zone_are_said(load):
    report = load(services=[SERVICE | {"zone_eligibilite": ["85", "999999999", "99999"]}])
    found = Listing.objects.get(kind="dispositif")
    assert [zone.code for zone in found.zones.all()] == ["85"]
    said = "territoire inconnu, laissé de côté"
    assert [r for _, c, r in reasons(report, "warnings") if c == "zone_eligibilite"] == [said, said]


@pytest.mark.django_db
def test_values_that_a_record_cannot_hold_are_laid_aside(load):
    report = load(services=[SERVICE | {
        "telephone": "à venir", "frais_precisions": "mot " * 200,
        "description": "Reçoit Mme Durand.\0",
        "volume_horaire_hebdomadaire": 99_999, "nombre_semaines": 99_999,
    }])  # fmt: skip
    found = Listing.objects.get(kind="dispositif")
    assert (found.phone, found.weekly_hours, found.weeks) == ("", None, None)
    assert len(found.fees_details) <= 300
    assert found.description == "Reçoit Mme Durand."
    columns = {column for _, column, _ in reasons(report, "warnings")}
    assert columns == {"telephone", "frais_precisions", "description"}


# Pure parts


@given(st.text())
@example("a" * 141)
@example("Une phrase. " + "b" * 200)
def test_summary_and_cut_fit(text):
    assert len(summary(text)) <= 140
    assert len(cut(text, 30)) <= 30
    assert "\n" not in summary(text)


VALUES = st.sampled_from(["", "a", "b", "c"])


@given(VALUES, VALUES, VALUES, st.booleans())
def test_staffs_value_is_never_overwritten(theirs, ours, written, is_born_here):
    verdict = settle(theirs, ours, mark(written), is_born_here=is_born_here)
    if verdict == Verdict.WRITE:
        assert ours == written
        assert not is_born_here
    if verdict == Verdict.PROPOSE:
        assert theirs not in ("", ours)
    if theirs == ours:
        assert verdict == Verdict.KEEP


def test_what_is_not_seen_is_left_out():
    values, _ = schema.checked("structure", STRUCTURE | {"nom": "Relais\u202e du\u200b Lay"})
    assert values["nom"] == "Relais du Lay"
