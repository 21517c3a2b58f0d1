"""Points of a map as columns: nothing lost, few bytes."""

import gzip
import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.pins import Pin, decode, encode

degrees = st.integers(-9_000_000, 9_000_000).map(lambda step: step / 100_000)
one = st.builds(
    Pin,
    st.integers(1, 10**9),
    degrees,
    degrees,
    st.sampled_from(["pres", "deplace"]),
    st.booleans(),
)


@given(st.lists(one))
def test_pins_are_read_back_as_they_were(pins):
    assert decode(json.loads(json.dumps(encode(pins)))) == sorted(pins)


def test_position_is_rounded_to_a_metre():
    (pin,) = decode(encode([Pin(7, 46.123456789, -1.000004, "pres")]))
    assert pin == Pin(7, 46.12346, -1.0, "pres")


def test_a_listing_may_receive_at_several_places():
    pins = [Pin(7, 46.1, -1, "pres"), Pin(7, 46.2, -1, "pres", True)]
    assert encode(pins)["ids"] == [7, 0]
    assert decode(encode(pins)) == pins


def test_too_many_genres_are_refused():
    with pytest.raises(ValueError, match="37 genres"):
        encode(Pin(n, 46, -1, f"bloc-{n}") for n in range(37))


def test_scattered_pins_take_at_most_fifteen_bytes_each_once_compressed():
    drawn = random.Random(1)
    pins = [
        Pin(
            pk,
            drawn.uniform(42, 51),
            drawn.uniform(-5, 8),
            drawn.choice(["pres", "deplace", "hors-zone"]),
            drawn.random() < 0.1,
        )
        for pk in drawn.sample(range(1_000_000), 10_000)
    ]
    packed = gzip.compress(json.dumps(encode(pins), separators=(",", ":")).encode(), 6)
    assert len(packed) / len(pins) <= 15
