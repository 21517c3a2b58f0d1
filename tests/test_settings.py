"""Settings: safe by default, and a clear sentence when one is missing or wrong."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from cartographie.secret import secret_key
from partners.checks import check_settings

PRODUCTION = {
    "DATABASE_URL": "postgres://u:p@127.0.0.1/x",
    "SECRET_KEY": "d5X0nQ2mV7Lr9Kc4Zt8Wb3Yh6Jf1Gs_Pe-UaIoRqTxNvMzBkCwDy",
    "ALLOWED_HOSTS": "cartographie.example.org",
}


def run(*arguments, **environment):
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env=kept | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_settings_of_the_readme_are_clean():
    done = run("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert done.returncode == 0, done.stderr


def test_production_without_a_secret_key_is_refused_in_one_sentence():
    done = run("check", **PRODUCTION | {"SECRET_KEY": ""})
    assert done.returncode == 1
    assert "SECRET_KEY manque" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("name", "value", "identifier"),
    [
        ("LANDLORD_COLOR", "bleu", "partners.E001"),
        ("TILES", "licorne", "partners.E002"),
        ("DEFAULT_DEPARTEMENT", "Vendée", "partners.E003"),
        ("API_RATE", "souvent", "partners.E004"),
    ],
)
def test_wrong_setting_is_an_error_with_a_hint(settings, name, value, identifier):
    setattr(settings, name, value)
    (error,) = check_settings(None)
    assert error.id == identifier
    assert error.hint


def test_secret_key_is_generated_once_and_for_its_owner_only(tmp_path):
    first = secret_key("", data_dir=tmp_path / "données", may_generate=True)
    assert len(first) >= 50
    assert secret_key("", data_dir=tmp_path / "données", may_generate=True) == first
    assert (tmp_path / "données" / "secret_key").stat().st_mode & 0o777 == 0o600


def test_secret_key_given_is_the_one_used(tmp_path):
    assert secret_key("donnée", data_dir=tmp_path, may_generate=False) == "donnée"


def test_secret_key_is_never_invented_in_production(tmp_path):
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY manque"):
        secret_key("", data_dir=tmp_path, may_generate=False)
    assert not list(tmp_path.iterdir())
