"""What stops the demonstration, in one sentence each; the start itself is tested in a browser."""

import errno
import socket

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError

from partners.management.commands import demo
from tests.factories import UserFactory


def test_port_in_use_is_said_with_another_to_try():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"--port {port + 1}"):
            call_command("demo", port=port)


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_port_that_does_not_exist_is_said(port):
    with pytest.raises(CommandError, match="n'existe pas"):
        call_command("demo", port=port)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@pytest.mark.django_db
def test_directory_with_real_accounts_is_left_alone():
    UserFactory(is_demo=False)
    with pytest.raises(CommandError, match="vrais comptes"):
        call_command("demo", no_server=True, reset=True, port=free_port())


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "disque est plein"),
        (OSError(errno.EROFS, "Read-only file system"), "Impossible d'écrire"),
        (OSError(errno.EACCES, "Permission denied"), "Impossible d'écrire"),
        (OSError(errno.EIO, "Input/output error"), "Input/output error"),
    ],
)
def test_system_error_is_one_sentence(error, sentence):
    assert sentence in demo._explain(error)


def test_full_disk_of_the_server_is_one_sentence():
    error = OperationalError('could not extend file "base/1": No space left on device')
    assert "disque est plein" in demo._explain_database(error)


def test_password_survives_and_is_for_its_owner_only(tmp_path, monkeypatch):
    monkeypatch.setattr(demo, "STAMP", tmp_path / "données" / "demo.json")
    assert demo._read_stamp() == {}
    demo._write_stamp({"password": "secret"})
    assert demo._read_stamp() == {"password": "secret"}
    assert demo.STAMP.stat().st_mode & 0o777 == 0o600


def test_damaged_stamp_is_made_anew(tmp_path, monkeypatch):
    monkeypatch.setattr(demo, "STAMP", tmp_path / "demo.json")
    demo.STAMP.write_text("{")
    assert demo._read_stamp() == {}


@pytest.mark.django_db
def test_five_accounts_one_a_role_all_of_the_demonstration():
    demo._create_accounts("un mot de passe")
    users = list(demo.User.objects.filter(is_demo=True))
    assert {user.role for user in users} == set(demo.User.Role)
    assert all(user.check_password("un mot de passe") for user in users)
