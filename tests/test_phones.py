"""Telephone numbers as written, stored, shown and dialled."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners import phones

STORED = [
    ("02 51 94 60 46", "", "+33251946046"),
    ("02.51.94.60.46", "85", "+33251946046"),
    ("02-51-94-60-46", "", "+33251946046"),
    ("02/51/94/60/46", "", "+33251946046"),
    ("0251946046", "", "+33251946046"),
    ("251946046", "", "+33251946046"),  # a spreadsheet took the zero
    ("+33 (0)2 51 94 60 46", "", "+33251946046"),
    ("0033 2 51 94 60 46", "", "+33251946046"),
    ("Tél : 02 51 94 60 46 (secrétariat)", "", "+33251946046"),
    ("02 61 91 12 34", "", "+33261911234"),  # kept for fiction
    ("0 800 47 47 88", "", "+33800474788"),
    ("06 12 34 56 78", "", "+33612345678"),
    ("0590 20 92 00", "971", "+590590209200"),
    ("0590 20 92 00", "", "+590590209200"),
    ("0596 59 55 00", "972", "+596596595500"),
    ("0594 29 86 00", "973", "+594594298600"),
    ("0262 41 11 11", "974", "+262262411111"),
    ("0269 61 12 34", "976", "+262269611234"),
    ("05 08 41 12 34", "975", "+508411234"),
    ("41 12 34", "975", "+508411234"),
    ("26 31 23", "988", "+687263123"),
    ("40 50 12 34", "987", "+68940501234"),
    ("02 51 94 60 46", "974", "+33251946046"),  # a mainland number, from overseas
    ("15", "", "15"),
    ("115", "", "115"),
    ("39 19", "", "3919"),
    ("3114", "", "3114"),
    ("116 006", "", "116006"),
    ("118 712", "", "118712"),
    ("", "", ""),
    ("   ", "", ""),
]


@pytest.mark.parametrize(("text", "departement", "stored"), STORED)
def test_number_is_stored_in_one_form(text, departement, stored):
    assert phones.normalise(text, departement=departement) == stored


@pytest.mark.parametrize(
    "text", ["abc", "12", "02 51 94", "06 39 98 00 11", "02 51 94 60 46 99", "--", "20", "00"]
)
def test_what_is_no_number_is_refused_in_french(text):
    with pytest.raises(phones.PhoneError, match="n'est pas un numéro"):
        phones.normalise(text)


@pytest.mark.parametrize(
    "text",
    [
        "02 51 94 60 46 / 06 12 34 56 78",
        "02 51 94 60 46 ou 06 12 34 56 78",
        "02 51 94 60 46;06 12 34 56 78",
        "02 51 94 60 46 - 06 12 34 56 78",
        "02 51 94 60 46\n06 12 34 56 78",
    ],
)
def test_several_numbers_in_a_cell_are_told_apart_and_the_first_is_kept(text):
    assert phones.candidates(text) == ["02 51 94 60 46", "06 12 34 56 78"]
    assert phones.normalise(text) == "+33251946046"


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("+33251946046", "02 51 94 60 46"),
        ("+33800474788", "0 800 47 47 88"),
        ("+590590209200", "0590 20 92 00"),
        ("+262262411111", "0262 41 11 11"),
        ("+508411234", "+508 41 12 34"),
        ("115", "115"),
        ("15", "15"),
        ("3919", "39 19"),
        ("116006", "116 006"),
        ("", ""),
        ("appeler la mairie", "appeler la mairie"),
    ],
)
def test_number_is_shown_as_it_is_said(stored, shown):
    assert phones.display(stored) == shown


def test_link_dials_the_stored_number():
    assert phones.href("+33251946046") == "tel:+33251946046"
    assert phones.href("115") == "tel:115"
    assert phones.href("") == ""


@given(st.from_regex(r"0[1-5]\d{8}", fullmatch=True))
def test_what_is_shown_reads_back_as_the_same_number(text):
    try:
        stored = phones.normalise(text)
    except phones.PhoneError:
        return
    assert phones.normalise(phones.display(stored)) == stored


@given(st.text(max_size=60))
def test_any_text_is_a_number_or_a_refusal(text):
    try:
        stored = phones.normalise(text)
    except phones.PhoneError:
        return
    assert stored == "" or phones.display(stored)
