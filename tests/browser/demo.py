"""The real thing: `manage.py demo` in a process of its own, with a database of its own."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parents[2]
SECONDS_TO_START = 240
SECONDS_TO_STOP = 30
# Whatever the machine that tests has set, the demonstration is the one of the README.
SETTINGS = {
    "ALLOWED_HOSTS",
    "BEHIND_PROXY",
    "CSRF_TRUSTED_ORIGINS",
    "DATABASE_URL",
    "DEBUG",
    "DEFAULT_DEPARTEMENT",
    "DEMO",
    "DJANGO_ALLOW_ASYNC_UNSAFE",
    "DJANGO_SETTINGS_MODULE",
    "EMAIL_URL",
    "HTTPS",
    "LANDLORD_COLOR",
    "LANDLORD_NAME",
    "LOG_LEVEL",
    "OFFLINE",
    "SECRET_KEY",
    "TILES",
}


class Demo:
    """The demonstration: its address, its password, what it says."""

    def __init__(self, folder):
        self.folder = folder
        self.words = folder / "said.txt"
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self):
        command = [sys.executable, "manage.py", "demo", "--port", str(self.port)]
        kept = {name: value for name, value in os.environ.items() if name not in SETTINGS}
        with self.words.open("w") as words:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=kept | {"DATA_DIR": str(self.folder / "data")},
                stdout=words,
                stderr=subprocess.STDOUT,
            )
        self.password = self._wait_for(self._read_password)
        self._wait_for(self._answers)

    def said(self):
        return self.words.read_text()

    def stop(self):
        """End it as systemd would; return the exit status (int)."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise

    def postmaster(self):
        """The process (int) of its database, None when it has ended."""
        with contextlib.suppress(FileNotFoundError):
            return int((self.folder / "data/postgres/postmaster.pid").read_text().split()[0])
        return None

    def kill_postmaster(self):
        if process := self.postmaster():
            os.kill(process, signal.SIGQUIT)

    def _wait_for(self, look):
        until = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < until:
            if found := look():
                return found
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        self.process.kill()
        raise RuntimeError(f"the demonstration did not start:\n{self.said()}")

    def _read_password(self):
        found = re.search(r"^Mot de passe : (\S+)$", self.said(), re.MULTILINE)
        return found and found[1]

    def _answers(self):
        with contextlib.suppress(OSError):
            return urllib.request.urlopen(f"{self.url}/sante/", timeout=5).status == 200
        return False


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
