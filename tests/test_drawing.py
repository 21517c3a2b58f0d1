"""Communes that a drawing takes in."""

import json

import pytest
import shapely
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from partners import drawing
from partners.models import Outline, Territory, User
from tests.factories import UserFactory, commune

ADDRESS = reverse("manage_zones_drawn")
MARSH = [[-2.02, 46.75], [-1.75, 46.75], [-1.75, 46.95], [-2.02, 46.95]]
"""Around Challans."""
JUNK = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)
SHAPES = st.fixed_dictionaries(
    {"type": st.sampled_from(["Polygon", "MultiPolygon", "Point"]), "coordinates": JUNK}
)


def polygon(corners):
    return json.dumps({"type": "Polygon", "coordinates": [[*corners, corners[0]]]})


def circle(corners, radius=0.1):
    return polygon(shapely.Point(-1.4, 46.7).buffer(radius, corners // 4).exterior.coords[:-1])


def names(communes):
    return [commune.name for commune in communes]


def take(corners):
    return drawing.take(drawing.read(polygon(corners)))


@pytest.fixture
def manager(client):
    client.force_login(UserFactory(role=User.Role.MANAGER))
    return client


# The rule


@pytest.mark.django_db
def test_commune_is_taken_when_half_of_it_is_covered():
    territory = commune("85182")
    outline = shapely.geometry.shape(territory.outline.geometry)
    west, south, _, north = outline.bounds
    middle = outline.centroid.x

    def is_taken(shift):
        edge = middle + shift
        found = take([[west, south], [edge, south], [edge, north], [west, north]])
        return territory in found.communes, territory in found.touched

    assert is_taken(-0.03) == (False, True)
    assert is_taken(+0.03) == (True, False)


@pytest.mark.django_db
def test_two_drawings_that_share_a_border_share_the_communes_out():
    west, east, south, north, border = -2.6, -0.3, 46.1, 47.2, -1.37
    left = take([[west, south], [border, south], [border, north], [west, north]])
    right = take([[border, south], [east, south], [east, north], [border, north]])
    drawn = Territory.objects.communes().filter(outline__isnull=False)
    assert len(left.communes) > 50
    assert len(left.communes) + len(right.communes) == drawn.count()
    assert not set(left.communes) & set(right.communes)


@pytest.mark.django_db
def test_communes_are_told_by_name():
    assert names(take(MARSH).communes)[:2] == ["Bois-de-Céné", "Challans"]


@pytest.mark.django_db
def test_commune_without_an_outline_is_told_and_not_taken():
    around_clisson = [[-1.40, 47.02], [-1.20, 47.02], [-1.20, 47.14], [-1.40, 47.14]]
    found = take(around_clisson)
    assert "Clisson" in names(found.without_outline)
    assert "Clisson" not in names(found.communes)
    assert "sans contour ici (Loire-Atlantique" in drawing.describe(found)


@pytest.mark.django_db
def test_reading_what_is_drawn_takes_one_count_and_two_queries(django_assert_num_queries):
    area = drawing.read(polygon(MARSH))
    with django_assert_num_queries(3):
        drawing.describe(drawing.take(area))


# What is no drawing


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", drawing.UNREADABLE),
        ("{", drawing.UNREADABLE),
        ("[" * 20_000, drawing.UNREADABLE),
        ('{"type": "Point", "coordinates": [0, 46]}', drawing.UNREADABLE),
        ('{"type": "Polygon", "coordinates": [[[NaN, 46], [1, 46], [1, 47]]]}', drawing.UNREADABLE),
        ('{"type": "Polygon", "coordinates": [[["a", "b"]]]}', drawing.UNREADABLE),
        ('{"type": "Polygon", "coordinates": []}', drawing.TOO_FEW),
        (polygon([[-1, 46], [-1.5, 46.5], [-1, 46]]), drawing.TOO_FEW),
        (polygon([[0, 46], [1, 47], [1, 46], [0, 47]]), drawing.CROSSING),
        (polygon([[0, 46], [1, 46], [2, 46]]), drawing.CROSSING),
        (polygon([[0, 46], [900, 46], [900, 47]]), drawing.OFF_THE_GLOBE),
        (circle(1200), drawing.TOO_MANY),
        (circle(10_000), drawing.TOO_MANY),
        ("x" * 3_000_000, drawing.TOO_MANY),
    ],
)
def test_what_is_no_drawing_is_refused_in_french(text, message):
    with pytest.raises(drawing.Unusable, match=message[:20]) as refusal:
        drawing.read(text)
    assert str(refusal.value) == message


@given(JUNK | SHAPES)
def test_any_content_is_an_area_or_is_refused(content):
    try:
        area = drawing.read(json.dumps(content))
    except drawing.Unusable:
        return
    assert area.is_valid
    assert area.area > 0


# Asked by the map


@pytest.mark.django_db
def test_map_gets_communes_and_a_sentence(manager):
    answer = manager.post(ADDRESS, {"dessin": polygon(MARSH)})
    found = answer.json()
    assert {"code": "85047", "nom": "Challans"} in found["communes"]
    assert found["dit"].startswith(f"{len(found['communes'])} communes")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("corners", "said"),
    [
        ([[-1.43, 46.66], [-1.42, 46.66], [-1.42, 46.67]], "la moitié d'aucune commune"),
        ([[-20, 30], [-19, 30], [-19, 31]], "aucune commune de France"),
    ],
)
def test_drawing_that_takes_nothing_says_why(manager, corners, said):
    answer = manager.post(ADDRESS, {"dessin": polygon(corners)})
    assert answer.status_code == 200
    assert answer.json()["communes"] == []
    assert said in answer.json()["dit"]


@pytest.mark.django_db
@pytest.mark.parametrize("sent", [{}, {"dessin": "🙂"}, {"dessin": circle(10_000)}])
def test_bad_drawing_is_refused_with_a_sentence(manager, sent):
    answer = manager.post(ADDRESS, sent)
    assert answer.status_code == 422
    assert answer.json()["erreur"].endswith(".")


@pytest.mark.django_db
def test_drawing_over_too_many_communes_is_sent_to_names(manager, monkeypatch):
    monkeypatch.setattr(drawing, "MOST_COMMUNES", 5)
    answer = manager.post(ADDRESS, {"dessin": polygon(MARSH)})
    assert answer.json() == {"erreur": drawing.TOO_WIDE}


@pytest.mark.django_db
def test_outline_without_any_area_takes_no_part(manager):
    Outline.objects.filter(territory__code="85047").update(
        geometry={"type": "MultiPolygon", "coordinates": []}
    )
    assert "Challans" not in names(take(MARSH).communes)
