"""What every test finds: the real territory and vocabulary, and no way out to the network."""

import gc
import ipaddress
import os
import re
import signal
import socket
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import hypothesis
import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from factory.django import DjangoModelFactory
from xdist.scheduler import LoadScopeScheduling

from cartographie import embedded
from tests import letterbox as letterbox_module
from tests.copied import Copies

NEARBY = ["85", "44", "49", "79", "17"]
LOCAL_NAMES = {"", "localhost", socket.gethostname()}
IS_LOADED = pytest.StashKey()
FLUSHING_FIXTURES = {"transactional_db", "live_server", "django_db_reset_sequences"}


# A run started in the background ignores Ctrl+C, and so would every program that tests interrupt


def pytest_configure():
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish():
    """What is loaded by now stays to the end: no need to look for garbage there at each turn."""
    gc.collect()
    gc.freeze()


# A slow machine is no fault of the code: figures come from benchmarks

hypothesis.settings.register_profile(
    "project", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("project")


# What a factory makes depends on its test alone, not on how many ran before


@pytest.fixture(autouse=True)
def numbers_begin_again():
    from tests import factories

    for factory in vars(factories).values():
        if isinstance(factory, type) and issubclass(factory, DjangoModelFactory):
            factory.reset_sequence(0, force=True)


# The territory and the vocabulary, loaded once


@pytest.fixture(scope="session")
def copies(tmp_path_factory):
    """What the processes of a run share; None where there is one process."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return None
    return Copies(tmp_path_factory.getbasetemp().parent)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings, copies):
    from django.conf import settings

    if embedded.is_wanted():
        embedded.start(settings.DATA_DIR)
    if copies:
        copies.begin()


# A session that a test's own process or thread left open would keep the database from being dropped
END_OTHER_SESSIONS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


def pytest_itemcollected(item):
    """pytest-django makes a database for the tests that say they use one: all of these do."""
    if "demonstration" in getattr(item, "fixturenames", ()):
        item.add_marker(pytest.mark.django_db)


@pytest.fixture(scope="session")
def django_db_setup(request, django_db_setup, django_db_blocker, copies):
    assert connection.settings_dict["NAME"].startswith("test_"), "mark this test with django_db"
    with django_db_blocker.unblock():
        if not (copies and copies.is_copied):
            _load()
        if copies:
            copies.end()
    request.config.stash[IS_LOADED] = True
    yield
    request.config.stash[IS_LOADED] = False
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(END_OTHER_SESSIONS)
        if copies:
            copies.forget()


def pytest_xdist_auto_num_workers():
    """One process more than cores: the one of the browser waits for pages half of its time."""
    return (os.cpu_count() or 1) + 1


class Together(LoadScopeScheduling):
    """The tests of a file in one process, and so those of all the files of a folder."""

    def _split_scope(self, nodeid):
        file = nodeid.split("::")[0]
        folder = file.rpartition("/")[0]
        return file if folder == "tests" else folder


@pytest.hookimpl(tryfirst=True)
def pytest_xdist_make_scheduler(config, log):
    return Together(config, log) if config.getvalue("dist") == "loadfile" else None


SLOW = [
    "browser",
    "test_embedded.py",  # asks nothing of the database, which another process makes meanwhile
    "demonstration",
    "test_bootstrap.py",
    "test_import_france_services.py",
]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """The slow ones first, whatever the order of the others: workers then end together."""
    place = {name: number for number, name in enumerate(SLOW)}

    def rank(item):
        return min(place.get(part, len(SLOW)) for part in item.path.parts[-2:])

    items.sort(key=rank)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item):
    """A test that commits ends by emptying every table: put back what all tests count on."""
    yield
    if item.config.stash.get(IS_LOADED, False) and _flushes(item):
        from pytest_django.plugin import blocking_manager_key

        with item.config.stash[blocking_manager_key].unblock():
            _put_back()


def _flushes(item):
    marker = item.get_closest_marker("django_db")
    if marker and marker.kwargs.get("transaction"):
        return True
    return not FLUSHING_FIXTURES.isdisjoint(getattr(item, "fixturenames", ()))


def _reference_tables():
    from partners import models

    kept = [
        models.Territory,
        models.TerritoryAlias,
        models.Outline,
        models.Neighbour,
        models.Helpline,
        models.Situation,
        models.SituationHelpline,
        models.CallGuide,
        models.DangerSign,
        models.DangerSignHelpline,
        models.GlossaryTerm,
    ]
    return [model._meta.db_table for model in kept]


def _load():
    call_command("import_territories", departement=NEARBY, verbosity=0)
    call_command("import_vocabulary", verbosity=0)
    _analyze()
    _keep_aside()


def _analyze():
    """What a database does by itself within minutes: plans are those of empty tables before."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _keep_aside():
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS aside CASCADE; CREATE SCHEMA aside")
        for table in _reference_tables():
            cursor.execute(f"CREATE TABLE aside.{table} AS TABLE public.{table}")


def _put_back():
    with transaction.atomic(), connection.cursor() as cursor:
        for table in _reference_tables():
            cursor.execute(
                f"INSERT INTO {table} SELECT * FROM aside.{table} ON CONFLICT DO NOTHING"
            )


# No network (rule R13)


@pytest.fixture(autouse=True)
def block_network(monkeypatch):
    """Fail any test that connects beyond this machine; yields the addresses it tried."""
    tried = []
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex
    getaddrinfo = socket.getaddrinfo

    def check(host, address):
        if not _is_local(host):
            tried.append(address)
            raise ConnectionRefusedError(f"no network in tests: {address}")

    def guard(method):
        def guarded(self, address):
            if self.family in (socket.AF_INET, socket.AF_INET6):
                check(address[0], address)
            return method(self, address)

        return guarded

    def guarded_getaddrinfo(host, *args, **options):
        check(host, host)
        return getaddrinfo(host, *args, **options)

    monkeypatch.setattr(socket.socket, "connect", guard(connect))
    monkeypatch.setattr(socket.socket, "connect_ex", guard(connect_ex))
    monkeypatch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)
    yield tried
    if tried:
        pytest.fail(f"this test tried to reach {tried}")


def _is_local(host):
    host = host.decode() if isinstance(host, bytes) else host
    if host is None or host in LOCAL_NAMES:
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


# The same site whatever the environment: HTTP, static files as they stand, no demonstration


@pytest.fixture(autouse=True)
def plain_site(settings, tmp_path):
    settings.SECURE_SSL_REDIRECT = settings.DEMO = False
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
    settings.STATIC_ROOT = tmp_path
    settings.GEOCODER_URL = ""


# A past for what a test writes


STARTED = datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def later():
    """Make what was just written older: a test is one transaction, at one instant."""
    from partners.past import versions

    tables = [versions._event_model(model)._meta.db_table for model in versions.TRACKED]
    days = iter(range(1000))

    def move():
        at = STARTED + timedelta(days=next(days))
        with connection.cursor() as cursor:
            for table in tables:
                cursor.execute(
                    f"UPDATE {table} SET pgh_created_at = %s WHERE pgh_created_at = now()", [at]
                )
        return versions.key_of(at)

    return move


# E-mails that go through a server, for the tests that ask for it


@pytest.fixture
def letterbox(settings):
    """The `Letterbox` that receives what this test sends."""
    with letterbox_module.serving() as (box, host, port):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_URL = f"smtp://{host}:{port}"
        settings.EMAIL_HOST, settings.EMAIL_PORT = host, port
        yield box


# The whole demonstration, for the tests that look at a full directory


@pytest.fixture(scope="module")
def demonstration(django_db_setup, django_db_blocker):
    """Agencies, town halls and the demonstration census, gone after the module."""
    with django_db_blocker.unblock(), loaded_demonstration():
        yield


@contextmanager
def loaded_demonstration():
    fixtures = Path(__file__).parents[1] / "fixtures"
    with transaction.atomic():
        call_command("import_agencies", verbosity=0)
        mapping = fixtures / "town-halls-85.toml"
        call_command(
            "import_census", fixtures / "town-halls-85.csv.gz", mapping=mapping, verbosity=0
        )
        call_command("import_census", fixtures / "demo" / "census.csv", verbosity=0)
        _analyze()
        yield
        transaction.set_rollback(True)


# A client that refuses what the content policy would (rule R13) and a template left unrendered


class StrictClient(Client):
    """Fails on inline script or style, on a script without a source, and on a stray « {{ »."""

    def request(self, **request):
        response = super().request(**request)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            self.check(response.content.decode())
        return response

    def check(self, html):
        for script in SCRIPTS.findall(html):
            assert "src=" in script or 'type="application/json"' in script, script
        for sign in FORBIDDEN:
            assert not sign.search(html), sign.pattern


SCRIPTS = re.compile(r"<script\b[^>]*>")
FORBIDDEN = [
    re.compile(pattern)
    for pattern in (
        r"<style\b",
        r"<[^>]*\sstyle=",
        r"<[^>]*\son[a-z]+=",
        r"\{\{|\{%",
        r"javascript:",
    )
]


@pytest.fixture
def client():
    return StrictClient()
