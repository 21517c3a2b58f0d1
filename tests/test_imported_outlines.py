"""Outlines from files and from geo.api.gouv.fr (recorded answers, served on this machine)."""

import copy
import gzip
import json
import socket
import threading

import pytest
import shapely
from django.core.management import CommandError, call_command

from partners.imports import outlines
from partners.models import Outline, Territory
from tests.served import RECORDED, recorded, serving

LEGE = ["44081", "44087", "44156"]
SQUARE = [[[-1.0, 46.0], [-0.9, 46.0], [-0.9, 46.1], [-1.0, 46.1], [-1.0, 46.0]]]


def collection(*features):
    return {"type": "FeatureCollection", "features": list(features)}


def feature(coordinates, *, kind="Polygon", **properties):
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def encoded(content):
    return json.dumps(content).encode()


# Reading


@pytest.mark.parametrize("name", ["code", "INSEE_COM", "insee", "codgeo", "CODE_INSEE"])
def test_the_code_is_found_under_its_usual_names(name):
    assert list(outlines.parse(encoded(collection(feature(SQUARE, **{name: "85182"}))))) == [
        "85182"
    ]


def test_a_code_that_lost_its_zero_is_mended():
    assert list(outlines.parse(encoded(collection(feature(SQUARE, code=1004))))) == ["01004"]


def test_a_crossed_outline_is_made_valid():
    bow_tie = [[[0, 46], [1, 47], [1, 46], [0, 47], [0, 46]]]
    (geometry,) = outlines.parse(encoded(collection(feature(bow_tie, code="85182")))).values()
    assert geometry["type"] == "MultiPolygon"
    assert shapely.geometry.shape(geometry).is_valid


def test_an_outline_in_several_pieces_is_joined():
    other = [[[-0.9, 46.0], [-0.8, 46.0], [-0.8, 46.1], [-0.9, 46.1], [-0.9, 46.0]]]
    content = collection(feature(SQUARE, code="85182"), feature(other, code="85182"))
    (geometry,) = outlines.parse(encoded(content)).values()
    assert shapely.geometry.shape(geometry).bounds == (-1.0, 46.0, -0.8, 46.1)


def test_altitudes_are_dropped():
    raised = [[[*point, 12.5] for point in SQUARE[0]]]
    (geometry,) = outlines.parse(encoded(collection(feature(raised, code="85182")))).values()
    assert {len(point) for point in geometry["coordinates"][0]} == {2}


def test_features_that_are_no_outline_are_left_out():
    content = collection(
        feature(SQUARE, code="85182"),
        feature(SQUARE, nom="sans code"),
        feature([-1, 46], kind="Point", code="85001"),
        feature([[["a", "b"]]], code="85002"),
        feature([], code="85003"),
        {"type": "Feature", "properties": {"code": "85004"}, "geometry": None},
        {"type": "Feature", "properties": None, "geometry": None},
        "rien",
    )
    assert list(outlines.parse(encoded(content))) == ["85182"]


def test_a_heavy_file_is_simplified_and_shared_edges_stay_shared():
    edge = [[-0.9 + 0.0003 * (n % 2), 46 + n * 0.0005] for n in range(201)]
    west = [[[-1.0, 46.0], *edge, [-1.0, 46.1], [-1.0, 46.0]]]
    east = [[*edge, [-0.8, 46.1], [-0.8, 46.0], edge[0]]]
    content = collection(feature(west, code="85001"), feature(east, code="85002"))
    one, other = map(shapely.geometry.shape, outlines.parse(encoded(content)).values())
    assert shapely.get_num_coordinates(one) < 30
    assert one.intersection(other).area == 0
    assert one.union(other).area == pytest.approx(0.2 * 0.1, rel=0.001)


def test_a_light_file_keeps_its_points():
    content = json.loads(gzip.decompress(outlines.SHIPPED.read_bytes()))
    given = {f["properties"]["code"]: f["geometry"] for f in content["features"]}
    kept = outlines.read_file(outlines.SHIPPED)
    assert len(kept) == 253
    for code, geometry in kept.items():
        before, after = shapely.geometry.shape(given[code]), shapely.geometry.shape(geometry)
        assert before.symmetric_difference(after).area < 1e-8


def test_latitudes_and_longitudes_have_five_decimals():
    (geometry,) = outlines.parse(
        encoded(collection(feature([[[0.123456789, 46], [1, 46], [1, 47]]], code="85182")))
    ).values()
    assert [0.12346, 46.0] in geometry["coordinates"][0]


# Wrong files


LAMBERT = [[[350000.0, 6620000.0], [351000.0, 6620000.0], [351000.0, 6621000.0]]]
WRONG = {
    "vide.geojson": (b"", outlines.NOT_JSON),
    "texte.geojson": (b"code;nom\n85182;Pouzauges\n", outlines.NOT_JSON),
    "image.geojson": (b"\x89PNG\r\n\x1a\n\xff\xfe", outlines.NOT_TEXT),
    "nul.geojson": (b'{"features": "\0"}', outlines.NOT_TEXT),
    "latin.geojson": ('{"nom": "Réaumur"}'.encode("latin-1"), outlines.NOT_TEXT),
    "profond.geojson": (b"[" * 200_000, outlines.NOT_JSON),
    "nan.geojson": (b'{"features": [NaN]}', outlines.NOT_JSON),
    "liste.geojson": (b"[1, 2]", outlines.NOT_GEOJSON),
    "sans.geojson": (b'{"type": "FeatureCollection"}', outlines.NOT_GEOJSON),
    "aucun.geojson": (encoded(collection()), outlines.NOT_GEOJSON),
    "points.geojson": (
        encoded(collection(feature([-1, 46], kind="Point", code="85182"))),
        outlines.NO_OUTLINE,
    ),
    "sans-code.geojson": (encoded(collection(feature(SQUARE, nom="x"))), outlines.NO_OUTLINE),
    "lambert.geojson": (encoded(collection(feature(LAMBERT, code="85182"))), outlines.PROJECTED),
    "infini.geojson": (
        encoded(collection(feature(SQUARE, code="85182"))).replace(b"46.1", b"1e400"),
        outlines.PROJECTED,
    ),
    "coupe.geojson.gz": (gzip.compress(b"{}" * 500)[:-9], outlines.NOT_TEXT),
    "faux.geojson.gz": (b"{}", outlines.NOT_TEXT),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_is_refused_in_one_sentence_and_nothing_is_written(tmp_path, name):
    content, sentence = WRONG[name]
    wrong, right = tmp_path / name, tmp_path / "bon.geojson"
    wrong.write_bytes(content)
    right.write_bytes(encoded(collection(feature(SQUARE, code="44081"))))
    before = Outline.objects.count()
    with pytest.raises(CommandError) as raised:
        call_command("import_territories", right, wrong, verbosity=0)
    assert str(raised.value) == f"{name}\u00a0: {sentence}"
    assert Outline.objects.count() == before


@pytest.mark.django_db
def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(CommandError, match="ne peut pas être lu"):
        call_command("import_territories", tmp_path / "absent.geojson", verbosity=0)
    with pytest.raises(CommandError, match="ne peut pas être lu"):
        call_command("import_territories", tmp_path, verbosity=0)


# Storing


@pytest.mark.django_db
def test_a_file_adds_outlines_and_names_the_codes_it_does_not_know(tmp_path, capsys):
    path = tmp_path / "contours.geojson"
    path.write_bytes(
        encoded(collection(feature(SQUARE, code="44081"), feature(SQUARE, code="75056")))
    )
    call_command("import_territories", path)
    out = capsys.readouterr().out
    assert "Contours (contours.geojson)\u00a0: 1 ajout, 0 changement, 0 à l'identique" in out
    assert "laissés de côté\u00a0: 75056" in out
    assert "Communes" not in out
    assert Outline.objects.get(territory__code="44081").geometry["type"] == "Polygon"


@pytest.mark.django_db
def test_storing_again_changes_only_what_differs():
    given = outlines.parse((RECORDED / "geo-api-44.json").read_bytes())
    first, again = outlines.store(given), outlines.store(given)
    assert (first.created, again.unchanged) == (3, 3)
    moved = copy.deepcopy(given)
    moved["44081"] = {"type": "Polygon", "coordinates": SQUARE}
    report = outlines.store(moved)
    assert (report.created, report.changed, report.unchanged) == (0, 1, 2)


@pytest.mark.django_db
def test_an_outline_under_a_former_code_does_not_replace_that_of_today():
    before = Outline.objects.get(territory__code="85146").geometry
    report = outlines.store({"85027": {"type": "Polygon", "coordinates": SQUARE}})
    assert report.unknown == ["85027"]
    assert Outline.objects.get(territory__code="85146").geometry == before


# geo.api.gouv.fr


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")


@pytest.mark.django_db
def test_a_departement_is_fetched_and_stored(capsys):
    with serving(recorded("geo-api-44.json")) as (address, asked):
        call_command("import_territories", outlines_of=["44"], geo_api=address)
    assert asked == ["/departements/44/communes?format=geojson&geometry=contour&fields=code,nom"]
    assert "Contours (département 44)\u00a0: 3 ajouts" in capsys.readouterr().out
    assert Territory.objects.filter(code__in=LEGE, outline__isnull=False).count() == 3


def test_an_error_of_the_service_is_told_with_its_code():
    with (
        serving(recorded("geo-api-404.json", 404)) as (address, _),
        pytest.raises(outlines.OutlineError, match=r"répondu par une erreur \(code 404\)"),
    ):
        outlines.fetch(departement="44", base_url=address)


def test_an_empty_success_is_an_error():
    with (
        serving(lambda handler: (handler.send_response(204), handler.end_headers())) as found,
        pytest.raises(outlines.OutlineError, match="code 204"),
    ):
        outlines.fetch(departement="44", base_url=found[0])


def test_a_page_instead_of_outlines_is_told():
    with (
        serving(recorded("geo-api-maintenance.json")) as (address, _),
        pytest.raises(outlines.OutlineError, match=r"n'est pas celle attendue.*JSON"),
    ):
        outlines.fetch(departement="44", base_url=address)


def test_a_refused_connection_is_told():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(outlines.OutlineError, match="n'a pas répondu"):
        outlines.fetch(departement="44", base_url=f"http://127.0.0.1:{port}")


def test_a_service_that_says_nothing_is_given_up():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(outlines.OutlineError, match="n'a pas répondu"):
            outlines.fetch(departement="44", base_url=address, timeout=0.2)


def test_a_service_that_trickles_is_given_up():
    over = threading.Event()

    def trickle(handler):
        handler.send_response(200)
        handler.end_headers()
        while not over.wait(0.02):
            try:
                handler.wfile.write(b" ")
            except OSError:
                return

    with (
        serving(trickle) as (address, _),
        pytest.raises(outlines.OutlineError, match="n'a pas répondu"),
    ):
        outlines.fetch(departement="44", base_url=address, timeout=0.3)
    over.set()


def test_a_cut_answer_is_told():
    def cut(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b'{"type"')

    with serving(cut) as (address, _), pytest.raises(outlines.OutlineError):
        outlines.fetch(departement="44", base_url=address)


@pytest.mark.django_db
def test_without_network_the_command_writes_nothing(tmp_path):
    before = Outline.objects.count()
    with pytest.raises(CommandError, match="Vérifiez l'accès à internet"):
        call_command(
            "import_territories", outlines_of=["44"], geo_api="http://127.0.0.1:9", verbosity=0
        )
    assert Outline.objects.count() == before
