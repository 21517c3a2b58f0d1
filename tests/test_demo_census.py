"""The demonstration census: invented from end to end, and full enough to show every case."""

import csv
import gzip
import io
import json
import re
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core.management import call_command
from shapely.geometry import Point, shape

from partners import geo, hours, privacy
from partners.imports import france
from partners.imports.columns import COLUMNS
from partners.models import (
    Audience,
    Contact,
    Fees,
    HelpKind,
    Listing,
    MobilisationMode,
    Mobiliser,
    ReceptionMode,
    SchemeRole,
    StructureType,
    Verification,
)

FIXTURES = settings.BASE_DIR / "fixtures"
FILE = FIXTURES / "demo" / "census.csv"
TODAY = date(2026, 11, 21)
NEAR_KM = 25
ILE_D_YEU, RE, CLISSON = "85113", "241700459", "44043"
NBSP = "\N{NO-BREAK SPACE}"
TEXTS = (
    "resume", "description", "publics_precisions", "conditions_acces", "complement_adresse",
    "horaires_precisions", "frais_precisions", "mobilisation_precisions",
)  # fmt: skip


@cache
def rows():
    with FILE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


@cache
def territories():
    return france.read(france.FOLDER)


@cache
def communes():
    return {place.code: place for place in territories().communes}


@cache
def vendee():
    return [place for place in communes().values() if place.departement == "85"]


@cache
def situations():
    entries = json.loads((FIXTURES / "vocabulary" / "situations.json").read_text(encoding="utf-8"))
    return {entry["slug"]: entry for entry in entries}


@cache
def touching():
    found = defaultdict(set)
    for one, other, _ in territories().links:
        found[one].add(other)
        found[other].add(one)
    return found


def values(row, column):
    return [value for value in row[column].split("|") if value]


def structures():
    return [row for row in rows() if row["nature"] == "structure"]


def schemes():
    return [row for row in rows() if row["nature"] == "dispositif"]


def served(row):
    return {*values(row, "situations_coeur"), *values(row, "situations_aide")}


def permanences(row):
    """(INSEE code, place, hours, by appointment) of each."""
    names = ("code_insee", "lieu", "horaires", "sur_rendez_vous")
    found = (tuple(row[f"permanence_{n}_{name}"] for name in names) for n in (1, 2, 3, 4))
    return [permanence for permanence in found if any(permanence)]


def by_id(identifier):
    return next(row for row in rows() if row["id"] == identifier)


def said(row, message):
    return f"{row['id']} {row['nom']} : {message}"


def faults(check):
    """What `check` says of each row, when it says something."""
    return [said(row, message) for row in rows() for message in check(row)]


# Fiction, and saying so


def test_every_name_says_demonstration_and_stands_once():
    assert not faults(lambda row: [] if "(démonstration)" in row["nom"] else ["ne le dit pas"])
    names = Counter(row["nom"] for row in rows())
    assert not [name for name, times in names.items() if times > 1]


def test_every_phone_is_a_number_kept_for_fiction_and_given_once():
    columns = ("telephone", "telephone_professionnels", "contact_telephone")
    agencies = json.loads((FIXTURES / "demo" / "agencies.json").read_text(encoding="utf-8"))
    offices = [part["telephone"] for agency in agencies for part in (agency, *agency["referents"])]
    phones = [row[column] for row in rows() for column in columns if row[column]] + offices
    assert not [phone for phone in phones if not re.fullmatch(r"02 61 91 \d\d \d\d", phone)]
    assert not [phone for phone, times in Counter(phones).items() if times > 1]


def test_every_address_of_the_net_is_at_example_org():
    label = r"(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+example\.org"

    def check(row):
        for column in ("courriel", "contact_courriel"):
            if row[column] and not re.fullmatch(rf"[a-z0-9.-]+@{label}", row[column]):
                yield row[column]
        for column in ("site_web", "lien_mobilisation", "accessibilite_lieu"):
            if row[column] and not re.fullmatch(rf"https://{label}(?:/[a-z0-9-]+)?", row[column]):
                yield row[column]

    assert not faults(check)


def test_no_siret_no_tenant_and_one_source():
    assert {row["source"] for row in rows()} == {"demonstration"}
    assert not any(row["siret"] for row in rows())
    assert not faults(
        lambda row: [found for text in TEXTS for found in privacy.suspicions(row[text])]
    )


# Well formed


def test_columns_are_those_of_the_importer_in_its_order():
    known = [column.header for column in COLUMNS]
    found = list(rows()[0])
    assert found == [header for header in known if header in found]


def test_identifiers_are_sorted_and_say_structure_or_scheme():
    identifiers = [row["id"] for row in rows()]
    assert identifiers == sorted(set(identifiers))
    letter = {"structure": "s", "dispositif": "d"}
    assert not faults(
        lambda row: (
            []
            if re.fullmatch(rf"demo-{letter[row['nature']]}-\d{{3}}", row["id"])
            else ["identifiant"]
        )
    )


@pytest.mark.parametrize(
    ("column", "choices"),
    [
        ("nature", Listing.Kind.values),
        ("statut", [Listing.Status.TO_CHECK, Listing.Status.PUBLISHED]),
        ("type_structure", StructureType.values),
        ("nature_aide", HelpKind.values),
        ("publics", Audience.values),
        ("rendez_vous", Listing.Appointment.values),
        ("frais", Fees.values),
        ("modes_accueil", ReceptionMode.values),
        ("modes_mobilisation", MobilisationMode.values),
        ("mobilisable_par", Mobiliser.values),
        ("contact_visibilite", Contact.Visibility.values),
        ("telephone_verifie_par", Verification.Method.values),
    ],
)
def test_values_are_among_those_of_the_model(column, choices):
    assert not faults(lambda row: [v for v in values(row, column) if v not in choices])


def test_yes_and_no_are_written_in_french():
    columns = ("generaliste", "zone_stricte", "adresse_confidentielle", "a_domicile", "convention")
    assert {row[column] for row in rows() for column in columns} == {"oui", "non"}


def test_summaries_fit_a_card_and_no_text_is_used_twice():
    assert not faults(lambda row: [] if 0 < len(row["resume"]) <= 140 else ["résumé"])
    for column in ("resume", "description", "mobilisation_precisions"):
        texts = Counter(row[column] for row in rows())
        assert not [text for text, times in texts.items() if times > 1]


def test_french_typography():
    plain_space = re.compile(r" [:;!?»]|« ")
    assert not faults(lambda row: [text for text in TEXTS if plain_space.search(row[text])])


def test_hours_are_canonical_expressions_that_fit_their_columns():
    def check(row):
        cells = [(row["horaires_accueil"], 500), *((found[2], 300) for found in permanences(row))]
        for text, limit in cells:
            if len(text) > limit or hours.validate(text) != text:
                yield text

    assert not faults(check)


def test_no_day_is_said_twice_since_the_last_rule_would_hide_the_first():
    day = re.compile(r"(Mo|Tu|We|Th|Fr|Sa|Su)(?:-(Mo|Tu|We|Th|Fr|Sa|Su))?(?!\[)\b")
    order = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")

    def check(row):
        for text in (row["horaires_accueil"], *(found[2] for found in permanences(row))):
            ranges = [found.groups() for found in day.finditer(re.sub(r'"[^"]*"', "", text))]
            days = [
                name
                for first, last in ranges
                for name in order[order.index(first) : order.index(last or first) + 1]
            ]
            if len(days) > len(set(days)):
                yield text

    assert not faults(check)


def test_permanences_stand_in_a_commune_at_a_place_and_a_time():
    assert not faults(
        lambda row: [
            found
            for found in permanences(row)
            if found[0] not in communes() or not found[1] or not found[2]
        ]
    )
    for row in rows():
        assert len(permanences(row)) == len(set(permanences(row)))


def test_zones_are_codes_that_exist():
    epcis = {place.code for place in territories().epcis}
    known = {"85", "44", "non-precisee"} | epcis | communes().keys()
    assert not faults(
        lambda row: [code for code in values(row, "zone_eligibilite") if code not in known]
    )
    assert not faults(lambda row: [] if row["zone_eligibilite"] else ["sans zone"])


def test_links_lead_to_structures_of_the_file():
    known = {row["id"] for row in structures()}

    def check(row):
        if row["structure_parente"] and row["structure_parente"] not in known - {row["id"]}:
            yield "structure_parente"
        for link in values(row, "roles"):
            role, _, identifier = link.partition("=")
            if role not in SchemeRole.Role.values or identifier not in known:
                yield link

    assert not faults(check)
    assert not any(row["roles"] for row in structures())
    assert all(values(row, "roles")[0].startswith("porteur=") for row in schemes())


def test_themes_are_those_of_the_situations_or_of_their_family():
    themes = {theme for row in rows() for theme in values(row, "thematiques")}
    assert all(re.fullmatch(r"[a-z-]+--[a-z-]+", theme) for theme in themes)
    known = {t for entry in situations().values() for t in entry["data_inclusion_thematiques_v1"]}
    assert len(themes & known) >= len(themes) - 3


# Places


@cache
def outlines():
    path = FIXTURES / "territories" / "contours-communes-85.geojson.gz"
    features = json.loads(gzip.decompress(path.read_bytes()))["features"]
    return {feature["properties"]["code"]: shape(feature["geometry"]) for feature in features}


def test_points_are_inside_their_commune_and_apart():
    def check(row):
        if row["latitude"] and row["code_insee"] in outlines():
            point = Point(float(row["longitude"]), float(row["latitude"]))
            if not outlines()[row["code_insee"]].contains(point):
                yield row["commune"]

    assert not faults(check)
    points = Counter((row["latitude"], row["longitude"]) for row in rows() if row["latitude"])
    assert set(points.values()) == {1}


def test_points_beyond_the_vendee_are_near_their_town():
    for row in rows():
        if row["latitude"] and not row["code_insee"].startswith("85"):
            town = communes()[row["code_insee"]]
            assert geo.distance_km(
                float(row["latitude"]), float(row["longitude"]), town.latitude, town.longitude
            ) < 1, row["nom"]  # fmt: skip


def test_an_address_goes_with_its_commune():
    def check(row):
        if row["code_insee"]:
            commune = communes()[row["code_insee"]]
            if row["commune"] != commune.name or row["code_postal"] not in commune.postal_codes:
                yield row["commune"]
        if bool(row["latitude"]) != bool(row["adresse"]):
            yield "adresse sans point, ou point sans adresse"

    assert not faults(check)


# Enough, and of all sorts


def test_there_are_enough_partners_schemes_and_permanences():
    assert len(structures()) >= 160
    assert len(schemes()) >= 45
    assert sum(len(permanences(row)) for row in rows()) >= 40
    assert 3 <= sum(row["statut"] == "a-verifier" for row in rows()) <= 4


def test_partners_are_in_every_epci_and_of_every_type():
    places = {communes()[row["code_insee"]] for row in structures() if row["latitude"]}
    assert {place.epci for place in places} >= {place.epci for place in vendee()}
    assert ILE_D_YEU in {place.code for place in places}
    assert {row["type_structure"] for row in structures()} == set(StructureType.values)


def test_situations_are_known_and_all_served_as_core_and_as_help():
    for column in ("situations_coeur", "situations_aide"):
        assert {slug for row in rows() for slug in values(row, column)} == situations().keys()
    assert not faults(
        lambda row: set(values(row, "situations_coeur")) & set(values(row, "situations_aide"))
    )
    assert not faults(lambda row: set(values(row, "en_premier")) - served(row))


def test_at_most_two_listings_are_pinned_for_a_situation():
    pins = Counter(slug for row in rows() for slug in values(row, "en_premier"))
    assert pins.keys() == situations().keys()
    assert max(pins.values()) == 2


def test_conventions():
    signed = [row for row in rows() if row["convention"] == "oui"]
    ends = [date.fromisoformat(row["convention_jusqu_au"]) for row in signed]
    assert len(signed) == 8
    assert sum(end < TODAY for end in ends) == 1
    police = [row for row in signed if row["type_structure"] == "police-gendarmerie"]
    barracks = [row for row in police if "type gendarmerie" in row["nom"]]
    assert {row["commune"] for row in barracks} == {"Pouzauges", "Luçon"}
    assert len(police) > len(barracks)


def test_most_zones_are_smaller_than_the_departement_and_some_are_unknown():
    wide = [row for row in rows() if "85" in values(row, "zone_eligibilite")]
    assert len(wide) < len(rows()) / 4
    assert 6 <= sum(row["zone_eligibilite"] == "non-precisee" for row in rows()) <= 10


@pytest.mark.parametrize(
    ("kind", "size"), [("ccas", 5), ("cias", 9), ("departement", None), ("mairie", 5)]
)
def test_public_bodies_keep_to_their_zone(kind, size):
    for row in structures():
        if row["type_structure"] == kind:
            assert row["zone_stricte"] == "oui", row["nom"]
            zone = values(row, "zone_eligibilite")
            assert size is None or ([len(code) for code in zone] == [size]), row["nom"]


def test_a_confidential_place_tells_nothing_of_where_it_is():
    [shelter] = [row for row in rows() if row["adresse_confidentielle"] == "oui"]
    where = ("adresse", "complement_adresse", "code_postal", "code_insee", "commune", "latitude",
             "longitude", "site_web", "accessibilite_lieu", "lien_mobilisation")  # fmt: skip
    assert not any(shelter[column] for column in where)
    assert "violences" in served(shelter)
    assert not permanences(shelter)


def test_ways_to_be_helped_are_varied():
    assert sum(row["a_domicile"] == "oui" for row in rows()) >= 30
    assert any(row["modes_accueil"] == "a-distance" for row in rows())
    assert sum(not row["latitude"] for row in schemes()) >= 20
    assert 5 <= sum(bool(row["contact_nom"]) for row in rows()) <= 30
    assert {row["contact_visibilite"] for row in rows() if row["contact_nom"]} == set(
        Contact.Visibility.values
    )


def test_phones_were_verified_for_two_thirds_and_not_all_lately():
    days = [row["telephone_verifie_le"] for row in rows() if row["telephone_verifie_le"]]
    assert 0.6 < len(days) / len(rows()) < 0.8
    days = [date.fromisoformat(day) for day in days]
    assert date(2025, 6, 1) <= min(days) < TODAY - timedelta(days=365)
    assert max(days) <= TODAY


# Every situation, everywhere


def places(row):
    """(latitude, longitude, commune) of the address and of the permanences."""
    if row["latitude"]:
        yield float(row["latitude"]), float(row["longitude"]), communes()[row["code_insee"]]
    for code, *_ in permanences(row):
        place = communes()[code]
        yield place.latitude, place.longitude, place


def covers(row, commune):
    zone = values(row, "zone_eligibilite")
    return not {commune.code, commune.epci, "85"}.isdisjoint(zone)


def is_near(row, commune):
    """Within 25 km and not across water: same commune, same EPCI or one that touches it."""
    for latitude, longitude, place in places(row):
        on_this_side = place.code == commune.code or (
            commune.epci
            and place.epci
            and (place.epci == commune.epci or place.epci in touching()[commune.epci])
        )
        distance = geo.distance_km(commune.latitude, commune.longitude, latitude, longitude)
        if on_this_side and distance <= NEAR_KM:
            return True
    return False


@cache
def published(slug, *, as_core):
    return [
        row
        for row in rows()
        if row["statut"] == "publie"
        and slug in (values(row, "situations_coeur") if as_core else served(row))
    ]


@pytest.mark.parametrize("slug", sorted(situations()))
def test_situation_is_served_in_every_commune(slug):
    core = published(slug, as_core=True)
    wide = any(
        row["nature"] == "dispositif" and "85" in values(row, "zone_eligibilite") for row in core
    )
    alone = [
        commune.name
        for commune in vendee()
        if not any(covers(row, commune) and is_near(row, commune) for row in core)
    ]
    assert wide or not alone
    assert len(alone) < 20, alone  # a scheme answers there, but most people find a place


def test_situations_are_served_by_specialists_and_not_by_generalists_only():
    missing = [
        (commune.name, slug)
        for slug in situations()
        for commune in vendee()
        if not any(
            covers(row, commune) and is_near(row, commune)
            for row in published(slug, as_core=True)
            if row["generaliste"] == "non"
        )
    ]
    assert len(missing) < 0.01 * len(vendee()) * len(situations())


# The paper calls have what they need


def find(*, slug, zone=None, commune=None, kind=None):
    return [
        row
        for row in rows()
        if slug in values(row, "situations_coeur")
        and (zone is None or zone in values(row, "zone_eligibilite"))
        and (commune is None or row["code_insee"] == commune)
        and (kind is None or row["type_structure"] == kind)
    ]


def test_pouzauges_has_specialists_of_its_own_for_lonely_seniors():
    found = find(slug="isolement", zone="248500464", commune="85182")
    both = [row for row in found if "personnes-agees" in values(row, "situations_coeur")]
    assert [row["nom"] for row in both[:2]] == [
        "Relais Bocage Seniors (démonstration) – type CLIC",
        "Les Bavardes du Bocage (démonstration)",
    ]


def test_the_island_has_a_permanence_and_a_health_place_for_alcohol():
    found = [
        row
        for row in rows()
        if "addictions" in served(row) and ILE_D_YEU in row["zone_eligibilite"]
    ]
    on_island = [row for row in found if row["code_insee"] == ILE_D_YEU]
    assert {row["type_structure"] for row in on_island} >= {"sante", "association"}
    assert any(
        code == ILE_D_YEU for row in found for code, *_ in permanences(row) if "CSAPA" in row["nom"]
    )
    assert any(
        row["modes_accueil"] == "a-distance" and "85" in values(row, "zone_eligibilite")
        for row in find(slug="addictions")
    )


def test_partners_of_the_ile_de_re_serve_that_island_only():
    found = [row for row in rows() if row["code_insee"].startswith("17")]
    assert len(found) == 2
    assert {row["zone_eligibilite"] for row in found} == {RE}
    assert not {place.epci for place in vendee() if place.epci} & touching()[RE]


def test_clisson_covers_cugand_or_does_not_say_or_refuses():
    found = [row for row in rows() if row["code_insee"] == CLISSON]
    zones = [values(row, "zone_eligibilite") for row in found]
    assert sum("85076" in zone for zone in zones) == 1
    assert zones.count(["non-precisee"]) == 1
    [strict] = [row for row in found if row["zone_stricte"] == "oui"]
    assert strict["zone_eligibilite"] == "44"


def test_fontenay_has_many_generalists_and_one_fund_to_try_first():
    generalists = [
        row
        for row in rows()
        if row["generaliste"] == "oui" and row["code_insee"] == "85092" and "energie" in served(row)
    ]
    assert len(generalists) >= 6
    [fund] = [row for row in rows() if row["sigle"] == "FSL"]
    assert {"impayes", "energie"} <= set(values(fund, "en_premier"))
    assert (fund["generaliste"], fund["zone_eligibilite"], fund["zone_stricte"]) == (
        "non",
        "85",
        "oui",
    )


@pytest.mark.parametrize(
    ("name", "is_open"),
    [
        ("Poste de Protection du Marais Breton", True),
        ("Veilleuse du Soir", True),
        ("Les Volets Ouverts", False),
        ("Maison du Tilleul", True),
    ],
)
def test_challans_on_a_tuesday_at_half_past_six(name, is_open):
    [row] = [row for row in rows() if row["nom"].startswith(name)]
    at = datetime(2026, 11, 24, 18, 30, tzinfo=ZoneInfo("Europe/Paris"))
    assert (hours.state(row["horaires_accueil"], at).kind == "open") is is_open


# The importer takes it whole


@pytest.mark.django_db
def test_the_importer_refuses_no_row_and_changes_nothing_the_second_time(tmp_path):
    for created in (len(rows()), 0):
        report = tmp_path / "plan.json"
        out = io.StringIO()
        call_command("import_census", FILE, report=report, stdout=out)
        assert " 0 refusée" in out.getvalue()
        assert f"{created} créée" in out.getvalue()
    assert Listing.objects.published().count() == sum(row["statut"] == "publie" for row in rows())
