"""The 2,845 France services places of August 2024, as ANCT published them, through a mapping."""

import csv
import json
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import phonenumbers
import pytest
from django.core.management import call_command
from django.db import transaction

from partners import hours
from partners.models import Listing, derived

FILE = Path(__file__).parents[2] / "shared" / "data" / "reel" / "liste-fs-20240801.csv"
MAPPING = Path(__file__).parent / "mappings" / "france-services.toml"
DAYS = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"]
PLAIN = re.compile(r"\d\d:\d\d - \d\d:\d\d(?: / \d\d:\d\d - \d\d:\d\d)*")
NBSP = "\N{NO-BREAK SPACE}"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not FILE.exists(), reason=f"{FILE} is not here"),
]


def load(report):
    call_command("import_census", FILE, mapping=MAPPING, report=report, verbosity=0)
    return json.loads(report.read_text())


@pytest.fixture(scope="module")
def imported(django_db_setup, django_db_blocker, tmp_path_factory):
    """The report of a first import with all of France, and where a second one may write its own."""
    report = tmp_path_factory.mktemp("census") / "report.json"
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("import_territories", verbosity=0)
        yield load(report), report
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def rows():
    with FILE.open(encoding="utf-8-sig", newline="") as file:
        return {row["id_fs"]: row for row in csv.DictReader(file)}


def remarks(report, column):
    return [
        (row["id"], remark["reason"].replace(NBSP, " "))
        for row in report["rows"]
        for remark in row["warnings"]
        if remark["column"].startswith(column)
    ]


def test_every_place_comes_in(imported):
    report, _ = imported
    assert report["counts"] == {"created": 2845, "changed": 0, "unchanged": 0, "refused": 0}
    assert Counter(Listing.objects.values_list("status", flat=True)) == {
        "publie": 2842,
        "a-verifier": 3,
    }
    assert not derived.stale().exists()


def test_what_the_file_says_of_all_is_on_each(imported):
    assert set(
        Listing.objects.values_list("source", "fees", "is_generalist", "is_zone_unspecified")
    ) == {("ANCT, France services", "gratuit", True, True)}
    assert Counter(Listing.objects.values_list("appointment", flat=True)) == {
        "sans": 1853,
        "sur-rendez-vous": 992,
    }


def test_former_and_district_codes_are_resolved(imported, rows):
    found = remarks(imported[0], "code_insee")
    assert len(found) == 32
    assert all(reason.startswith("ancien code, devenu ") for _, reason in found)
    assert not Listing.objects.filter(commune=None).exists()
    listings = Listing.objects.values_list("source_id", "commune__code")
    moved = [pk for pk, code in listings if code != rows[pk]["insee_com"]]
    assert len(moved) == 32


def test_cells_with_several_mails_keep_the_first_and_say_so(imported):
    found = remarks(imported[0], "courriel")
    assert [reason.partition(" : ")[2].partition(",")[0] for _, reason in found] == [
        "france-service@carct.fr",
        "mairie@dourgne.fr",
    ]
    assert Listing.objects.filter(email="").count() == 4


def test_every_telephone_is_normalised_with_the_region_of_its_departement(imported, rows):
    assert remarks(imported[0], "telephone") == []
    stored = dict(Listing.objects.values_list("source_id", "phone"))
    assert [pk for pk, phone in stored.items() if not phone] == [
        pk for pk in stored if not rows[pk]["telephone"]
    ]
    codes = Counter(phone[:4] for phone in stored.values() if phone and phone[:3] != "+33")
    assert codes == {"+262": 43, "+590": 33, "+594": 23, "+596": 20}
    assert sum(is_wrong_in_mainland(row["telephone"]) for row in rows.values()) == 94


def test_plain_hours_are_converted_without_loss(imported, rows):
    """What the expression evaluates to is what the cells say, day by day."""
    checked = 0
    for pk, osm in Listing.objects.values_list("source_id", "opening_hours"):
        assert osm == hours.validate(osm)
        for number, day in enumerate(DAYS):
            slots = plain_slots(rows[pk][f"h_{day}"])
            if slots is not None:
                assert slots_of(osm, number) == slots, (pk, day, osm)
                checked += 1
    assert checked == sum(
        plain_slots(row[f"h_{day}"]) is not None for row in rows.values() for day in DAYS
    )


def test_odd_hours_are_merged_or_dropped_and_reported(imported, rows):
    odd = {
        (pk, day)
        for pk, row in rows.items()
        for day in DAYS
        if plain_slots(row[f"h_{day}"]) is None
    }
    said = {
        (pk, reason.partition(" : ")[0].lower())
        for pk, reason in remarks(imported[0], "horaires_accueil")
    }
    assert said == odd


def test_importing_again_changes_nothing(imported):
    before = list(Listing.objects.order_by("pk").values())
    report = load(imported[1])
    assert report["counts"] == {"created": 0, "changed": 0, "unchanged": 2845, "refused": 0}
    assert list(Listing.objects.order_by("pk").values()) == before


def is_wrong_in_mainland(text):
    return bool(text) and not phonenumbers.is_valid_number(phonenumbers.parse(text, "FR"))


def plain_slots(cell):
    """[(start, end), …] of a cell that holds slots in order and apart, None when it is odd."""
    if cell and not PLAIN.fullmatch(cell):
        return None
    times = re.findall(r"\d\d:\d\d", cell)
    is_ordered = all(first < second for first, second in pairwise(times))
    return list(zip(times[::2], times[1::2], strict=True)) if is_ordered else None


def slots_of(osm, day):
    """The slots of a weekday (0 is Monday), read from the text of an expression of plain rules."""
    codes = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]
    for rule in filter(None, osm.split("; ")):
        days, _, spans = rule.partition(" ")
        covered = set()
        for part in days.split(","):
            first, _, last = part.partition("-")
            covered |= set(range(codes.index(first), codes.index(last or first) + 1))
        if day in covered:
            return [tuple(span.split("-")) for span in spans.split(",")]
    return []
