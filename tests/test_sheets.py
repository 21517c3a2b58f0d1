"""A page brings the style sheets of what it shows; what one kind of page needs is in no other."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES, SHEETS = ROOT / "templates", ROOT / "static/css"
OF_PAGES = ["favourites", "home", "record", "reference", "territory"]
PARTS = re.compile(r'{% (?:include|extends) "((?:partners/|base)[^"]+)"')


def first_classes(sheet):
    """The class with which each selector of the sheet begins, by name (set of str)."""
    css = re.sub(r"/\*.*?\*/", "", (SHEETS / f"{sheet}.css").read_text(), flags=re.DOTALL)
    selectors = [one for found in re.findall(r"([^{}]+){", css) for one in found.split(",")]
    classes = [re.search(r"\.([a-z][\w-]*)", one) for one in selectors if "@" not in one]
    return {found[1] for found in classes if found}


def whole(name):
    """The text (str) of a template with those that it includes or extends."""
    text = (TEMPLATES / name).read_text()
    return text + "".join(whole(part) for part in PARTS.findall(text))


def pages():
    every = TEMPLATES.glob("partners/**/*.html")
    return sorted(str(p.relative_to(TEMPLATES)) for p in every if not p.name.startswith("_"))


@pytest.mark.parametrize("sheet", OF_PAGES)
def test_page_that_shows_it_has_its_sheet(sheet):
    own = first_classes(sheet) - first_classes("app")
    assert own
    for name in pages():
        text = whole(name)
        shown = own & set(" ".join(re.findall(r'class="([^"]*)"', text)).split())
        assert not shown or f"css/{sheet}.css" in text, (name, shown)
