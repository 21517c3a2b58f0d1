"""Agencies, their sectors and their referents, from a file."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from partners import hours
from partners.imports import agencies
from partners.imports.errors import ImportRefused
from partners.models import Agency, InternalReferent, SectorCommune, Subject, Territory

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows():
    return json.loads(agencies.SHIPPED.read_text(encoding="utf-8"))


@pytest.fixture
def load(tmp_path):
    def write_and_load(content):
        path = tmp_path / "agences.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return {counts.label: counts for counts in agencies.load(path)}

    return write_and_load


def run(*args):
    out = io.StringIO()
    call_command("import_agencies", *args, stdout=out)
    return out.getvalue().splitlines()


# Those of the demonstration


def test_sectors_share_out_the_253_communes_of_the_vendee():
    run()
    memberships = SectorCommune.objects.values_list("commune__code", flat=True)
    vendee = Territory.objects.communes().of_departement("85").values_list("code", flat=True)
    assert len(vendee) == 253
    assert sorted(memberships) == sorted(vendee)


def test_each_group_of_communes_is_a_whole_epci(rows):
    epcis = {}
    for commune in Territory.objects.communes().of_departement("85").select_related("epci"):
        code = commune.epci.code if commune.epci else ""
        epcis.setdefault(code, set()).add(commune.code)
    groups = [group for row in rows for group in row["secteur"]["communes"].items()]
    assert len(groups) == len(epcis)
    for label, codes in groups:
        siren = label.rpartition("(")[2].rstrip(")") if "(" in label else ""
        assert set(codes) == epcis[siren], label


def test_each_agency_answers_for_the_four_subjects_and_says_it_is_invented():
    run()
    assert Agency.objects.count() == 6
    for agency in Agency.objects.prefetch_related("referents"):
        assert agency.name.startswith("Bureau Conseil Logement")
        assert agency.name.endswith("(démonstration)")
        assert {referent.subject for referent in agency.referents.all()} == set(Subject.values)
        assert hours.validate(agency.opening_hours) == agency.opening_hours != ""
        phones = [agency.phone, *(referent.phone for referent in agency.referents.all())]
        assert all(phone.startswith("+33261910") for phone in phones)
        assert agency.sector.sector_members.filter(commune=agency.commune).exists()


# Loading


def test_command_counts_and_changes_nothing_the_second_time():
    assert run() == [
        "Agences : 6 ajouts, 0 changement, 0 à l'identique",
        "Secteurs : 6 ajouts, 0 changement, 0 à l'identique",
        "Communes : 253 ajouts, 0 changement, 0 à l'identique",
        "Référents internes : 24 ajouts, 0 changement, 0 à l'identique",
    ]
    events = InternalReferent.pgh_event_model.objects.count()
    assert run()[0] == "Agences : 0 ajout, 0 changement, 6 à l'identique"
    assert InternalReferent.pgh_event_model.objects.count() == events


def test_command_is_silent_when_asked():
    out = io.StringIO()
    call_command("import_agencies", verbosity=0, stdout=out)
    assert out.getvalue() == ""


def test_what_differs_is_changed_and_the_rest_is_left(load, rows):
    load(rows)
    rows[0]["telephone"] = "02 61 91 00 99"
    rows[0]["referents"][0]["nom"] = "Chargée de loyer"
    counts = load(rows)
    assert (counts["agences"].changed, counts["agences"].unchanged) == (1, 5)
    assert (counts["référents internes"].changed, counts["référents internes"].unchanged) == (1, 23)
    assert Agency.objects.get(slug=rows[0]["slug"]).phone == "+33261910099"


def test_a_commune_moves_from_one_sector_to_another(load, rows):
    load(rows)
    here, there = (row["secteur"]["communes"] for row in rows[:2])
    codes = next(iter(here.values()))
    moved = codes.pop()
    next(iter(there.values())).append(moved)
    load(rows)
    [membership] = SectorCommune.objects.filter(commune__code=moved)
    assert membership.sector.code == rows[1]["secteur"]["code"]


def test_a_sector_drawn_for_something_else_keeps_its_communes(load, rows):
    other = Territory.objects.create(kind=Territory.Kind.SECTOR, code="tournee", name="Tournée")
    pouzauges = Territory.objects.communes().get(code="85182")
    SectorCommune.objects.create(sector=other, commune=pouzauges)
    load(rows)
    assert other.sector_members.count() == 1


def test_an_agency_that_the_file_does_not_name_is_left_alone(load, rows):
    load(rows)
    load(rows[:1])
    assert Agency.objects.count() == 6
    assert SectorCommune.objects.count() == 253


# Refusing


def break_phone(rows):
    rows[0]["telephone"] = "02 51"


def break_hours(rows):
    rows[0]["horaires"] = "lundi matin"


def forget_name(rows):
    del rows[1]["nom"]


def forget_sector(rows):
    del rows[1]["secteur"]


def invent_subject(rows):
    rows[0]["referents"][0]["sujet"] = "jardin"


def invent_commune(rows):
    rows[0]["secteur"]["communes"]["x"] = ["85999"]


def repeat_commune(rows):
    rows[0]["secteur"]["communes"]["x"] = ["85182"]


def flatten_group(rows):
    rows[0]["secteur"]["communes"]["x"] = "85182"


def repeat_agency(rows):
    rows[1]["slug"] = rows[0]["slug"]


def repeat_subject(rows):
    rows[0]["referents"][1]["sujet"] = "loyer"


def break_mail(rows):
    rows[5]["courriel"] = "pas une adresse"


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (break_phone, "Challans"),
        (break_hours, "Horaires illisibles"),
        (forget_name, "Agence n°\u00a02\u00a0: il manque «\u00a0nom\u00a0»."),
        (forget_sector, "il manque «\u00a0secteur\u00a0»"),
        (invent_subject, "Possibles\u00a0: loyer, technique, voisinage, social"),
        (invent_commune, "Communes inconnues\u00a0: 85999."),
        (repeat_commune, "La commune 85182 figure deux fois"),
        (flatten_group, "il manque «\u00a0x\u00a0»"),
        (repeat_agency, "Le nom court challans figure deux fois"),
        (repeat_subject, "le sujet loyer figure deux fois"),
        (break_mail, "Fontenay-le-Comte"),
    ],
)
def test_a_wrong_file_is_refused_whole_and_says_why(load, rows, spoil, message):
    spoil(rows)
    with pytest.raises(ImportRefused) as refusal:
        load(rows)
    assert message in str(refusal.value)
    assert not Agency.objects.exists()
    assert not Territory.objects.filter(kind=Territory.Kind.SECTOR).exists()


@pytest.mark.parametrize("content", ["", "{", "{}", "[]", '"agences"', "[3]", '[{"nom": 3}]'])
def test_what_is_not_a_list_of_agencies_is_refused(load, content):
    with pytest.raises(ImportRefused):
        load(content)


def test_command_says_it_without_a_trace(tmp_path):
    with pytest.raises(CommandError, match="ne peut pas être lu"):
        run(tmp_path / "absent.json")
