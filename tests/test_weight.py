"""What the results page weighs, and how its files are packed when collected."""

import gzip
import json
import re
from contextlib import contextmanager
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlencode, urljoin

import brotli
import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.template.autoreload import reset_loaders
from django.test import Client, override_settings
from django.urls import reverse

from cartographie.staticfiles import OURS, packed
from partners import jinja
from partners.models import User
from partners.views.theme import theme_url
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parent.parent
MOST = 45_000  # bytes
BROWSER = {"accept-encoding": "gzip, deflate, br, zstd"}
UNPACK = {None: bytes, "gzip": gzip.decompress, "br": brotli.decompress}
PACKED = {"staticfiles": {"BACKEND": "cartographie.staticfiles.PackedStorage"}}
FULL_PAGE = urlencode({"situation": "isolement", "commune": "85092"})
IMPORTS = re.compile(r"""\b(?:from|import)\s*\(?\s*"(\.[^"]+)["]""")


# Files under their own names, collected once


@contextmanager
def packed_files(folder):
    """Static files as they are served."""
    with override_settings(STORAGES=settings.STORAGES | PACKED, STATIC_ROOT=folder):
        forget_addresses()
        yield
    forget_addresses()


def forget_addresses():
    """Of static files, which a template holds once it was read."""
    jinja.icon.cache_clear()
    reset_loaders()


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """The folder of all static files but the administration's and Swagger's."""
    folder = tmp_path_factory.mktemp("static")
    with packed_files(folder):
        others = ["admin", "drf_spectacular_sidecar"]
        call_command("collectstatic", "--noinput", ignore_patterns=others, verbosity=0)
    return folder


@pytest.fixture
def site(collected):
    """Signed in on the site as it is installed; takes what browsers take."""
    with packed_files(collected):
        client = Client(headers=BROWSER)
        client.force_login(UserFactory(role=User.Role.ADVISER))
        yield client


def fetch(site, address):
    """What travels (bytes), its headers, and the text (str)."""
    answer = site.get(address)
    assert answer.status_code == 200, address
    travels = b"".join(answer)  # and closes the file
    unpack = UNPACK[answer.headers.get("Content-Encoding")]
    return travels, answer.headers, unpack(travels).decode()


# What a page loads by itself


class Page(HTMLParser):
    """The style sheets and scripts of a page; what waits in a data attribute is asked for later."""

    def __init__(self, html):
        super().__init__()
        self.files = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        facts = dict(attrs)
        if tag == "script" and "src" in facts:
            self.files.append(facts["src"])
        if tag == "link" and set(facts["rel"].split()) & {"stylesheet", "preload", "modulepreload"}:
            self.files.append(facts["href"])


def loaded(site, html):
    """What the page (str) loads by itself, modules' imports included: {address: bytes}.

    All of it compressed, and kept by browsers for ever.
    """
    sizes, waiting = {}, Page(html).files
    while waiting:
        address = waiting.pop()
        if address in sizes:
            continue
        travels, headers, text = fetch(site, address)
        assert "immutable" in headers["Cache-Control"], address
        if address.startswith("/static/"):
            assert headers["Content-Encoding"] == "br", address
        sizes[address] = len(travels)
        waiting += [urljoin(address, found) for found in IMPORTS.findall(text)]
    return sizes


@pytest.mark.usefixtures("demonstration")
def test_results_page_weighs_at_most_45_kb(site):
    travels, headers, html = fetch(site, f"{reverse('results')}?{FULL_PAGE}")
    assert headers["Content-Encoding"] == "gzip"
    assert html.count('<article class="card"') == 26
    sizes = loaded(site, html)
    assert any("/css/app." in address for address in sizes)
    assert any("/js/combobox." in address for address in sizes)
    heaviest = sorted(sizes.items(), key=lambda item: -item[1])
    assert len(travels) + sum(sizes.values()) <= MOST, (len(travels), heaviest)


@pytest.mark.usefixtures("demonstration")
def test_map_and_htmx_wait_until_the_list_is_there(site):
    html = fetch(site, f"{reverse('results')}?{FULL_PAGE}")[2]
    files = " ".join(loaded(site, html))
    for name in ("leaflet", "markercluster", "map-view", "css/map.", "htmx"):
        assert name in html
        assert name not in files


def test_sheet_of_the_colour_without_its_version_is_asked_for_again(client):
    answer = client.get(reverse("theme"))
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert "--landlord: #" in answer.content.decode()


def test_address_of_the_colour_changes_with_it(client, settings):
    addresses = set()
    for color in ("#0b5c8a", "#aa0000"):
        settings.LANDLORD_COLOR = color
        address = theme_url()
        addresses.add(address)
        assert color in client.get(address).content.decode()
    assert len(addresses) == 2


# How ours are packed


@pytest.mark.skipif(find_spec("rcssmin") is None, reason="no minifier on this platform")
def test_our_files_lose_comments_and_keep_what_they_say(collected):
    sheet = _hashed(collected, "css/app.css")
    assert "/*" not in sheet
    assert "--landlord" in sheet
    assert "light-dark(" in sheet
    assert len(sheet) < 0.8 * (ROOT / "static/css/app.css").stat().st_size
    module = _hashed(collected, "js/combobox.js")
    assert "class Combobox" in module
    assert "ARIA combobox" not in module


def test_modules_import_each_other_by_names_that_change_with_them(collected):
    found = IMPORTS.findall(_hashed(collected, "js/map-view.js"))
    assert len(found) == 4
    for address in found:
        assert re.fullmatch(r"\./map-\w+\.[0-9a-f]{12}\.js", address)
        assert (collected / "js" / address).exists()


@pytest.mark.parametrize("name", ["vendor/htmx/htmx.min.js", "vendor/pico/pico.min.css"])
def test_what_others_published_is_served_as_it_is(collected, name):
    assert _hashed(collected, name) == (ROOT / "static" / name).read_text()


def test_every_file_of_ours_is_served_compressed(collected):
    for folder in OURS:
        for path in (ROOT / "static" / folder).iterdir():
            name = _names(collected)[f"{folder}/{path.name}"]
            text = (collected / name).read_bytes()
            assert text
            assert brotli.decompress((collected / f"{name}.br").read_bytes()) == text


def test_file_that_is_not_ours_is_left_alone():
    content = ContentFile(b"/* theirs */ a { color: red }")
    assert packed("admin/css/base.css", content) is content
    assert packed("js/data.json", content) is content


def _names(collected):
    return json.loads((collected / "staticfiles.json").read_text())["paths"]


def _hashed(collected, name):
    """The text (str) of the file `name` under the name that changes with it."""
    return (collected / _names(collected)[name]).read_text()
