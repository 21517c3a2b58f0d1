"""Every form of the workspace, sent what no form expects: refused in words, never an error."""

import os
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from django.db import transaction
from django.urls import resolve

from tests import test_manage_large as large

pytestmark = pytest.mark.django_db

addresses, records, towns = large.addresses, large.records, large.towns

SCRIPT = "<script>alert(1)</script>"
HOSTILE = [
    SCRIPT + "\N{WAVING HAND SIGN}\N{RIGHT-TO-LEFT OVERRIDE}" + "é" * 20_000,
    "99999999999999999999999",
    "\0' OR 1=1 -- \N{WAVING HAND SIGN}=HYPERLINK(1)",
]
TYPED = {"text", "search", "email", "tel", "url", "number", "date", "time", "password", ""}
KEPT = {"csrfmiddlewaretoken"}


class Forms(HTMLParser):
    """The forms of a page that are posted: [(action, {name: kind of field})]."""

    def __init__(self):
        super().__init__()
        self.found, self.templates = [], 0

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.templates += tag == "template"
        if tag == "form" and attrs.get("method", "").lower() == "post":
            self.found.append((attrs.get("action") or "", {}))
        elif self.found and not self.templates and attrs.get("name"):
            kind = attrs.get("type", "") if tag == "input" else tag
            if tag in {"input", "textarea", "select", "button"}:
                self.found[-1][1].setdefault(attrs["name"], (kind, attrs.get("value") or ""))

    def handle_endtag(self, tag):
        self.templates -= tag == "template"


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr(large, "RECORDS", 8)
    monkeypatch.setattr(large, "FEWER", 4)


def filled(fields, hostile, *, with_hidden):
    """What a hand, or one who forges the page, would send of a form."""

    def value(kind, given):
        is_forged = kind in TYPED | {"textarea"} or (with_hidden and kind != "button")
        return hostile if is_forged else given

    return {name: value(*field) for name, field in fields.items() if name not in KEPT}


def sent(client, where, data):
    """The answer, once all that it wrote is taken back."""
    with transaction.atomic():
        answer = client.post(where, data)
        transaction.set_rollback(True)
    return answer


@pytest.fixture
def forms(client, addresses):
    """{(what a form is sent to, names of its fields): (address, its fields)}, over all pages."""
    found = {}
    for where in addresses.values():
        page = client.get(where)
        if page.status_code == 200 and "html" in page.headers["Content-Type"]:
            reader = Forms()
            reader.feed(page.content.decode())
            for action, fields in reader.found:
                if (aim := urljoin(where, action)).startswith("/gestion/"):
                    name = resolve(urlsplit(aim).path).url_name
                    found.setdefault((name, frozenset(fields)), (aim, fields))
    return found


def test_no_form_answers_with_an_error_or_gives_a_script_back(client, forms):
    """One trial of a form, each in its turn; with HOSTILE=1 in the environment, all of them."""
    trials = [(text, with_hidden) for text in HOSTILE for with_hidden in (False, True)]
    wrong = []
    for place, (aim, fields) in enumerate(forms.values()):
        mine = trials if os.environ.get("HOSTILE") else [trials[place % len(trials)]]
        for text, with_hidden in mine:
            answer = sent(client, aim, filled(fields, text, with_hidden=with_hidden))
            if answer.status_code >= 500 or SCRIPT.encode() in answer.content:
                wrong.append((aim, text[:20], with_hidden, answer.status_code))
    assert wrong == []
    assert len(forms) > 50
