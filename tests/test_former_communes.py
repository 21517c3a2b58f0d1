"""A former commune that is named: its code travels, distances are told from its own centre."""

import html
import json
import re

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from partners import box, places
from partners.completion import complete
from partners.imports import centres
from partners.models import TerritoryAlias
from tests.api_client import Scope, api
from tests.factories import ListingFactory, UserFactory, commune
from tests.served import saying, serving

pytestmark = pytest.mark.django_db
SEVREMONT, SAINT_MICHEL, FLOCELLIERE = "85090", "85257", "85090"
CHATELLIERS = "85063"
NAMED = "Saint-Michel-Mont-Mercure (Sèvremont)"
MOST_QUERIES = 12


@pytest.fixture
def adviser(client):
    client.force_login(UserFactory())
    return client


@pytest.fixture
def partner():
    """Eleven kilometres south of the centre of Sèvremont, one from that of Saint-Michel."""
    at = commune(SEVREMONT)
    return ListingFactory(
        commune=at, zones=[at], latitude=at.latitude - 0.1, longitude=at.longitude
    )


@pytest.fixture
def placed(partner):
    row = TerritoryAlias.objects.get(code=SAINT_MICHEL)
    row.latitude, row.longitude = partner.latitude + 0.02, partner.longitude
    row.save()
    return row


def page(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def title(found):
    return re.search(r'<h1 id="resultats-titre">(.*?)</h1>', found)[1].strip()


# From what is typed to an address


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("isolement saint michel mont mercure", (SAINT_MICHEL,)),
        ("st michel mont mercur", (SAINT_MICHEL,)),
        ("85257", (SAINT_MICHEL,)),
        ("Saint-Michel-Mont-Mercure 85700", (SAINT_MICHEL,)),
        ("sevremont", (SEVREMONT,)),
        ("la flocellière", (FLOCELLIERE,)),  # has the code of the commune of today
        ("saint michel mont mercure, sevremont", (SEVREMONT,)),  # by two of its names
        ("les chatelliers chateaumur et saint michel mont mercure", (SEVREMONT,)),
        ("ardelay pouzauges", ("85007", "85182")),
    ],
)
def test_text_names_a_former_commune(text, codes):
    read = box.read(text, departement="85")
    assert sorted(read.codes) == sorted(codes)
    assert {one.code for one in read.communes} <= {SEVREMONT, "85109", "85182"}


def test_its_code_travels_from_the_box_to_the_results(adviser, placed):
    answer = adviser.post(reverse("search_form"), {"texte": "isolement st michel mont mercure"})
    assert answer.url == f"/recherche/?situation=isolement&commune={SAINT_MICHEL}"
    found = page(adviser, answer.url)
    assert title(found) == f"{NAMED}\u00a0: 1 partenaire"
    assert f'value="{SAINT_MICHEL}" checked><span data-chip-label>{NAMED}</span>' in found


def test_completion_proposes_it_by_its_code():
    options = complete("isolement st michel mont m", departement="85").options
    assert [(one.value, one.label) for one in options if one.kind == "commune"] == [
        (SAINT_MICHEL, NAMED)
    ]
    understood = complete("isolement st michel mont mercure", departement="85").understood
    assert understood == ("Isolement et solitude", NAMED)


# What is told from there


@pytest.mark.parametrize(("code", "km"), [(SAINT_MICHEL, 2), (SEVREMONT, 11), (CHATELLIERS, 11)])
def test_distance_is_from_its_centre_when_that_is_known(adviser, partner, placed, code, km):
    """Les Châtelliers have no centre here: that of today's commune is taken."""
    verdict = f"Dessert Sèvremont · zone\u00a0: Sèvremont · à {km} km"
    assert verdict in page(adviser, f"/recherche/?situation=isolement&commune={code}")
    assert verdict in page(adviser, f"{partner.get_absolute_url()}?commune={code}")
    popup = reverse("map_popup") + f"?fiche={partner.pk}&commune={code}"
    assert verdict in page(adviser, popup)


def test_pages_keep_the_code_from_one_to_the_next(adviser, partner, placed):
    found = page(adviser, f"/recherche/?situation=isolement&commune={SAINT_MICHEL}")
    for start in ("/fiche/", "/feuille/", "/carte/"):
        links = re.findall(rf'"({start}[^"]*commune=[^"]*)"', found)
        assert all(f"commune={SAINT_MICHEL}" in link for link in links), links
    assert f"{partner.get_absolute_url()}?commune={SAINT_MICHEL}" in found
    record = page(adviser, f"{partner.get_absolute_url()}?commune={SAINT_MICHEL}")
    assert f"/feuille/?fiches={partner.pk}&commune={SAINT_MICHEL}" in record


def test_two_names_of_one_commune_are_the_whole_of_it(adviser, partner, placed):
    both = f"commune={SAINT_MICHEL}&commune={CHATELLIERS}"
    found = page(adviser, f"/recherche/?situation=isolement&{both}")
    assert title(found) == "Sèvremont\u00a0: 1 partenaire"
    assert "· à 11 km" in found
    assert f"commune={SAINT_MICHEL}" not in found


def test_coverage_of_several_is_as_by_the_codes_of_today(placed):
    """What holds them is read together: a sector of one is that of the other."""
    former = places.communes_by_code([SAINT_MICHEL, "85182", "85999"])
    assert [former[code].code for code in (SAINT_MICHEL, "85182")] == [SEVREMONT, "85182"]
    assert "85999" not in former
    assert former["85182"].former is None


def test_questions_asked_do_not_grow_much(adviser, partner, placed, django_assert_max_num_queries):
    address = f"/recherche/?situation=isolement&commune={SAINT_MICHEL}&commune=85007&commune=85182"
    page(adviser, address)
    with django_assert_max_num_queries(MOST_QUERIES):
        page(adviser, address)


def test_api_tells_the_same_distance(partner, placed):
    reader = api(Scope.READ)
    found = reader.get(f"fiches?situation=isolement&commune={SAINT_MICHEL}").json()
    assert found["lieu"] == NAMED
    assert round(found["fiches"][0]["distance_km"]) == 2
    typed = reader.post("fiches/recherche", {"texte": "isolement st michel mont mercure"}).json()
    assert round(typed["fiches"][0]["distance_km"]) == 2
    assert typed["compris"]["commune"] == {"code_insee": SEVREMONT, "nom": "Sèvremont"}


# Where the centres come from


def row(code, longitude, latitude):
    return {"code": code, "centre": {"type": "Point", "coordinates": [longitude, latitude]}}


@pytest.fixture
def near():
    at = commune(SEVREMONT)
    return at.latitude + 0.03, at.longitude - 0.02


def test_centres_of_a_departement_are_fetched_and_stored(near, capsys, monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    body = json.dumps([row(SAINT_MICHEL, near[1], near[0]), row("44999", -1.5, 47.2)]).encode()
    with serving(saying(body)) as (address, asked):
        call_command("import_territories", centres_of=["85"], geo_api=address)
    assert asked == ["/communes_associees_deleguees?codeDepartement=85&fields=code,centre"]
    told = capsys.readouterr().out
    assert "(département 85)\u00a0: 1 ajout, 0 connus déjà" in told
    assert "Codes sans ancienne commune ici, laissés de côté\u00a0: 44999" in told
    found = TerritoryAlias.objects.get(code=SAINT_MICHEL)
    assert (found.latitude, found.longitude) == near


def test_centres_of_a_file_and_outlines_do_not_reload_france(near, tmp_path, capsys):
    file = tmp_path / "centres.json"
    file.write_text(json.dumps([row(SAINT_MICHEL, near[1], near[0])]))
    call_command("import_territories", centres=[file])
    told = capsys.readouterr().out
    assert "(centres.json)\u00a0: 1 ajout" in told
    assert "Communes\u00a0:" not in told


def test_centre_that_is_known_stays(placed, near):
    before = placed.latitude
    report = centres.store({SAINT_MICHEL: near, CHATELLIERS: near})
    assert (report.created, report.unchanged) == (1, 1)
    placed.refresh_from_db()
    assert placed.latitude == before
    assert centres.store({SAINT_MICHEL: near, CHATELLIERS: near}).created == 0


def test_swapped_point_is_left_out(near):
    report = centres.store({SAINT_MICHEL: (near[1], near[0])})
    assert (report.created, report.far) == (0, ["Saint-Michel-Mont-Mercure"])
    assert not TerritoryAlias.objects.get(code=SAINT_MICHEL).has_point


@pytest.mark.parametrize(
    "body",
    [
        b"<html>maintenance</html>", b"\xff\xfe", b"", b"{}", b"null", b"3", b"[[]]", b"[{}]",
        b'[{"code": "85257"}]', b'[{"code": "85257", "centre": []}]',
        b'[{"code": 85257, "centre": {"coordinates": [-0.9, 46.8]}}]',
        b'[{"code": "85257", "centre": {"coordinates": ["a", "b"]}}]',
        b'[{"code": "85257", "centre": {"coordinates": [-0.9, 146.8]}}]',
        b'[{"code": "85257", "centre": {"coordinates": [NaN, 46.8]}}]',
        b"[" * 100_000,
    ],
)  # fmt: skip
def test_what_holds_no_centre_is_told(body, tmp_path, monkeypatch):
    with pytest.raises(centres.CentreError):
        centres.parse(body)
    file = tmp_path / "centres.json"
    file.write_bytes(body)
    with pytest.raises(CommandError, match=r"^centres.json"):
        call_command("import_territories", centres=[file])
    monkeypatch.setenv("no_proxy", "*")
    with serving(saying(body)) as found, pytest.raises(CommandError, match="n'est pas celle"):
        call_command("import_territories", centres_of=["85"], geo_api=found[0])
    assert not TerritoryAlias.objects.exclude(latitude=None).exists()


def test_departement_without_former_communes_is_no_error(monkeypatch, capsys):
    monkeypatch.setenv("no_proxy", "*")
    with serving(saying(b"[]")) as (address, _):
        call_command("import_territories", centres_of=["75"], geo_api=address)
    assert "0 ajout" in capsys.readouterr().out


def test_without_network_it_says_so():
    with pytest.raises(CommandError, match="Vérifiez l'accès à internet"):
        call_command("import_territories", centres_of=["85"], geo_api="http://127.0.0.1:9")


def test_half_a_point_is_refused(placed):
    with pytest.raises(IntegrityError), transaction.atomic():
        TerritoryAlias.objects.filter(pk=placed.pk).update(latitude=None)


def test_an_administrator_corrects_a_centre(client, placed):
    client.force_login(UserFactory(is_staff=True, is_superuser=True, role="administration"))
    address = reverse("admin:partners_territory_change", args=[placed.territory_id])
    found = page(client, address)
    assert NAMED.split(" (")[0] in found
    assert 'name="aliases-0-latitude"' in found
    assert 'name="aliases-0-name"' not in found
