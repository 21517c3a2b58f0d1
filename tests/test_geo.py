"""Distances, boxes, GeoJSON."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from partners import geo

POUZAUGES = (46.78242, -0.83794)
LA_ROCHE_SUR_YON = (46.67, -1.4267)

latitudes = st.floats(-90, 90)
longitudes = st.floats(-180, 180)
points = st.tuples(latitudes, longitudes)
TOLERANCE_KM = 1e-3


def test_known_distances():
    assert geo.distance_km(*POUZAUGES, *LA_ROCHE_SUR_YON) == pytest.approx(46.5, abs=0.2)
    paris, marseille = (48.8566, 2.3522), (43.2965, 5.3698)
    assert geo.distance_km(*paris, *marseille) == pytest.approx(660.5, abs=1)


def test_one_degree_of_meridian_and_half_the_globe():
    assert geo.distance_km(0, 0, 1, 0) == pytest.approx(math.pi * geo.EARTH_RADIUS_KM / 180)
    assert geo.distance_km(0, 0, 0, 180) == pytest.approx(math.pi * geo.EARTH_RADIUS_KM)
    assert geo.distance_km(90, 10, -90, 50) == pytest.approx(math.pi * geo.EARTH_RADIUS_KM)


@given(points, points)
def test_distance_is_symmetric_and_within_half_the_globe(first, second):
    there, back = geo.distance_km(*first, *second), geo.distance_km(*second, *first)
    assert there == pytest.approx(back, abs=1e-6)
    assert 0 <= there <= math.pi * geo.EARTH_RADIUS_KM + TOLERANCE_KM


@given(points)
def test_distance_to_itself_is_zero(place):
    assert geo.distance_km(*place, *place) == 0


@given(points, points, points)
def test_distance_keeps_the_triangle_inequality(first, second, third):
    direct = geo.distance_km(*first, *third)
    detour = geo.distance_km(*first, *second) + geo.distance_km(*second, *third)
    assert direct <= detour + TOLERANCE_KM


@given(points, st.floats(0, 25_000), points)
def test_every_point_within_radius_is_in_the_box(center, radius, other):
    south, west, north, east = geo.bounding_box(*center, radius)
    assert -90 <= south <= north <= 90
    assert -180 <= west <= east <= 180
    if geo.distance_km(*center, *other) <= radius:
        assert south <= other[0] <= north
        assert west <= other[1] <= east


@given(points, st.floats(0.001, 500), st.floats(0, 2 * math.pi), st.floats(0, 0.999999))
def test_points_reached_from_the_center_are_in_the_box(center, radius, bearing, share):
    """Random pairs are rarely near: walk a share of the radius instead."""
    angle = radius * share / geo.EARTH_RADIUS_KM
    phi, lam = map(math.radians, center)
    sin_phi = math.sin(phi) * math.cos(angle) + math.cos(phi) * math.sin(angle) * math.cos(bearing)
    lat = math.degrees(math.asin(max(-1, min(1, sin_phi))))
    step = math.atan2(
        math.sin(bearing) * math.sin(angle) * math.cos(phi),
        math.cos(angle) - math.sin(phi) * sin_phi,
    )
    lon = (math.degrees(lam + step) + 540) % 360 - 180
    south, west, north, east = geo.bounding_box(*center, radius)
    assert south <= lat <= north
    assert west <= lon <= east


def test_box_is_tight():
    south, west, north, east = geo.bounding_box(*POUZAUGES, 25)
    for lat, lon in ((south, POUZAUGES[1]), (north, POUZAUGES[1])):
        assert geo.distance_km(*POUZAUGES, lat, lon) == pytest.approx(25, abs=0.001)
    assert geo.distance_km(*POUZAUGES, POUZAUGES[0], west) == pytest.approx(25, abs=0.1)
    assert east - POUZAUGES[1] == pytest.approx(POUZAUGES[1] - west)


@pytest.mark.parametrize("center", [(89.9, 0), (-90, 0), (0, 179.99), (-16.5, -179.95)])
def test_box_at_a_pole_or_the_antimeridian_takes_all_longitudes(center):
    _, west, _, east = geo.bounding_box(*center, 50)
    assert (west, east) == (-180, 180)


@pytest.mark.parametrize(
    ("lat", "lon", "radius"),
    [(91, 0, 1), (0, 181, 1), (0, 0, -1), (math.nan, 0, 1), (0, 0, math.nan)],
)
def test_box_of_nonsense_is_refused(lat, lon, radius):
    with pytest.raises(ValueError, match="no box"):
        geo.bounding_box(lat, lon, radius)


@pytest.mark.parametrize(
    ("km", "band"),
    [(0, 0), (4.99, 0), (5, 1), (9.99, 1), (10, 2), (20, 3), (40, 3), (40.01, 4), (3000, 4)],
)
def test_distance_bands(km, band):
    assert geo.distance_bands(np.array([km])).tolist() == [band]


@given(st.lists(st.floats(0, 20_100)))
def test_bands_never_decrease(kms):
    bands = geo.distance_bands(np.array(sorted(kms))).tolist()
    assert bands == sorted(bands)
    assert set(bands) <= set(range(geo.FAR_BAND + 1))


@pytest.mark.parametrize(
    ("lat", "lon", "is_valid"),
    [
        (46.7, -0.8, True),
        (90, 180, True),
        (90.1, 0, False),
        (0, -180.1, False),
        (None, 1, False),
        (1, None, False),
        (math.nan, 0, False),
        (0, math.inf, False),
    ],
)
def test_valid_point(lat, lon, is_valid):
    assert geo.valid_point(lat, lon) is is_valid


def test_features_write_longitude_first_with_five_decimals():
    found = geo.feature(geo.point(46.782421234, -0.837941234), {"nom": "CCAS"}, feature_id=3)
    assert found == {
        "type": "Feature",
        "id": 3,
        "geometry": {"type": "Point", "coordinates": [-0.83794, 46.78242]},
        "properties": {"nom": "CCAS"},
    }


def test_feature_without_a_place():
    assert geo.feature(None, {}) == {"type": "Feature", "geometry": None, "properties": {}}


def test_feature_rounds_outlines_and_leaves_its_source_alone():
    outline = {"type": "Polygon", "coordinates": [[[1.1234567, 2.0], [3, 4], [1.1234567, 2.0]]]}
    rounded = geo.feature(outline, {})["geometry"]["coordinates"]
    assert rounded == [[[1.12346, 2.0], [3, 4], [1.12346, 2.0]]]
    assert outline["coordinates"][0][0][0] == 1.1234567


def test_feature_collection():
    found = geo.feature_collection(geo.feature(None, {"rang": rank}) for rank in range(2))
    assert found["type"] == "FeatureCollection"
    assert [f["properties"]["rang"] for f in found["features"]] == [0, 1]


def test_bounds_of_each_type():
    ring = [[-1.0, 46.0], [-0.5, 46.0], [-0.5, 46.5], [-1.0, 46.0]]
    island = [[-2.4, 46.6], [-2.3, 46.7], [-2.4, 46.8], [-2.4, 46.6]]
    assert geo.geometry_bounds(geo.point(46.7, -0.8)) == (46.7, -0.8, 46.7, -0.8)
    assert geo.geometry_bounds({"type": "Polygon", "coordinates": [ring]}) == (46, -1, 46.5, -0.5)
    both = {"type": "MultiPolygon", "coordinates": [[ring], [island]]}
    assert geo.geometry_bounds(both) == (46, -2.4, 46.8, -0.5)


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "LineString", "coordinates": [[0, 0], [1, 1]]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Point", "coordinates": []},
        {},
    ],
)
def test_bounds_of_nothing_are_refused(geometry):
    with pytest.raises(ValueError, match="no bounds"):
        geo.geometry_bounds(geometry)


# Boxes as people and programs write them


def test_box_is_written_as_in_geojson():
    assert geo.parse_box("-2.5, 46,-0.8,47.25") == (46.0, -2.5, 47.25, -0.8)


@given(points, points)
def test_box_is_read_as_it_was_written(first, second):
    south, north = sorted((round(first[0], 5), round(second[0], 5)))
    west, east = sorted((round(first[1], 5), round(second[1], 5)))
    assume(south < north and west < east)
    assert geo.parse_box(geo.format_box((south, west, north, east))) == (south, west, north, east)


def test_box_of_the_whole_globe_is_a_box():
    assert geo.parse_box("-180,-90,180,90") == (-90, -180, 90, 180)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1,46,-1,47", "à l'envers"),
        ("-1,47,1,46", "à l'envers"),
        ("1,46,1,47", "à l'envers"),
        ("170,40,-170,50", "à l'envers"),
        ("-1,46,1,91", "sort du globe"),
        ("-181,46,1,47", "sort du globe"),
        ("-1,46,1", "quatre nombres"),
        ("-1,46,1,47,5", "quatre nombres"),
        ("a,b,c,d", "quatre nombres"),
        ("nan,46,1,47", "quatre nombres"),
        ("-1,46,inf,47", "quatre nombres"),
        ("-1,46,1e1,47", "quatre nombres"),
        ("-1,٤٦,1,47", "quatre nombres"),
        ("", "quatre nombres"),
    ],
)
def test_wrong_box_says_why(text, sentence):
    with pytest.raises(ValueError, match=sentence):
        geo.parse_box(text)


def test_edges_of_a_box_are_inside():
    box = (46, -2, 47, -1)
    assert geo.is_inside(46, -1, box)
    assert not geo.is_inside(46.5, -0.99, box)
