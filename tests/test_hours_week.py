import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners import hours
from partners.hours import Rhythm, RhythmError, Week

SLOTS = st.sampled_from(["", "9h-12h", "9h-12h / 14h-17h30", "sur rendez-vous", "fermé", "à voir"])
RANKS = st.lists(st.sampled_from(hours.RANKS), unique=True, max_size=3).map(tuple)
WEEKS = st.builds(
    Week, st.tuples(*[SLOTS] * 7), st.booleans(), st.booleans(), st.tuples(*[RANKS] * 7)
)
RHYTHMS = st.builds(
    Rhythm,
    st.integers(0, 6),
    st.sampled_from(["9h-12h", "14h-17h30", "9h-12h / 14h-16h"]),
    RANKS,
    st.booleans(),
    st.booleans(),
)


def week(*days, ranks=(), **options):
    by_day = tuple(dict(ranks).get(day, ()) for day in range(7))
    return Week((*days, *[""] * (7 - len(days))), ranks=by_day, **options)


@pytest.mark.parametrize(
    ("osm", "expected"),
    [
        ("", week()),
        ("off", Week(("fermé",) * 7)),
        ("Mo,Tu 09:00-12:00", week("9h-12h", "9h-12h")),
        ("Mo 09:00-12:00; Tu 14:00-17:30", week("9h-12h", "14h-17h30")),
        ("Mo 09:00-12:00; PH off", week("9h-12h", is_closed_on_holidays=True)),
        ("Mo 09:00-12:00; SH off", week("9h-12h", is_closed_in_school_holidays=True)),
        ('Mo "sur rendez-vous"', week("sur rendez-vous")),
        ('Mo 09:00-12:00 "sur rendez-vous"', week("9h-12h sur rendez-vous")),
        ('Mo unknown "au cas par cas"', week("au cas par cas")),
        ("Tu[1,3] 09:00-12:00", week("", "9h-12h", ranks={1: (1, 3)})),
        ("Tu[1-3] 09:00-12:00", week("", "9h-12h", ranks={1: (1, 2, 3)})),
        ("Mo,Tu[-1] 09:00-12:00", week("9h-12h", "9h-12h", ranks={1: (-1,)})),
        (
            "Mo[1],Tu[1] 09:00-12:00; We 14:00-17:00; SH off",
            week(
                "9h-12h",
                "9h-12h",
                "14h-17h",
                ranks={0: (1,), 1: (1,)},
                is_closed_in_school_holidays=True,
            ),
        ),
    ],
)
def test_expression_is_read_as_a_week(osm, expected):
    assert hours.read_week(osm) == expected


@pytest.mark.parametrize(
    "osm",
    [
        "We[-2] 14:00-17:00",
        "We[1] 09:00-12:00; We[3] 14:00-17:00",
        "We 09:00-12:00; We[1] 09:00-17:00",
        "Mo-Fr 09:00-12:00; Mo 10:00-12:00",
        "Mo-Fr 09:00-12:00; Aug off",
        "Jul-Aug Mo 09:00-12:00",
        'Mo 09:00-12:00 "sonner deux fois"',
        'Mo unknown "9h-12h"',
        "Mo-Fr 09:00-12:00; Sa 09:00+",
        "not an expression",
    ],
)
def test_what_a_week_cannot_say_has_none(osm):
    assert hours.read_week(osm) is None


def test_week_closed_every_day_needs_no_word_on_holidays():
    assert hours.write_week(Week(("fermé",) * 7, is_closed_on_holidays=True)).osm == "off"


@given(WEEKS)
def test_week_that_is_written_then_read_means_the_same(typed):
    osm = hours.write_week(typed).osm
    read = hours.read_week(osm)
    assert read is not None
    assert hours.write_week(read).osm == osm


@given(WEEKS)
def test_week_that_is_read_means_what_was_written(typed):
    """The days a person sees open are those that she typed, of the same weeks of the month."""
    read = hours.read_week(hours.write_week(typed).osm)
    shut = {"", "fermé"}
    asked = [(set(typed.ranks[day]), day) for day in range(7) if typed.days[day] not in shut]
    shown = [(set(read.ranks[day]), day) for day in range(7) if read.days[day] not in shut]
    assert shown == asked


@given(st.text(max_size=60))
def test_reading_never_fails(text):
    hours.read_week(text)
    hours.read_rhythm(text)


@given(RHYTHMS)
def test_rhythm_that_is_written_then_read_is_the_same(rhythm):
    osm = hours.write_rhythm(rhythm)
    read = hours.read_rhythm(osm)
    assert read is not None
    assert hours.write_rhythm(read) == osm


@pytest.mark.parametrize(
    "osm", ["Tu[2,4] 14:00-17:00; Aug off", "Tu[-1] 09:00-10:00; PH off", "Mo 09:00-12:00"]
)
def test_expression_of_a_rhythm_comes_back_unchanged(osm):
    assert hours.write_rhythm(hours.read_rhythm(osm)) == osm


@pytest.mark.parametrize("osm", ["Mo-Fr 09:00-12:00", "Tu[2] 09:00-10:00; Jul off", "24/7", ""])
def test_what_no_rhythm_says_has_none(osm):
    assert hours.read_rhythm(osm) is None


@pytest.mark.parametrize("slots", ["", "le matin", "25h-30h", "9h-12h sur rendez-vous"])
def test_slots_that_are_no_hours_are_refused_in_french(slots):
    with pytest.raises(RhythmError):
        hours.write_rhythm(Rhythm(1, slots))
