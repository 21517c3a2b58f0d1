"""What `manage.py` does once the environment is there: the database, then the command."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from cartographie import embedded

BASE_DIR = Path(__file__).resolve().parent.parent
UNWRITABLE = (
    "Impossible d'écrire dans « {0} » ({1}) : donnez à votre compte le droit d'y écrire, "
    "ou choisissez un autre dossier avec DATA_DIR=…"
)
UNREACHABLE = (
    "La base de données ne répond pas ou refuse ce compte : vérifiez DATABASE_URL "
    "(serveur, nom, mot de passe)."
)
WITHOUT_DATABASE = {"", "help", "version", "collectstatic", "findstatic", "lint"}
ASKS_FOR_HELP = {"-h", "--help", "--version"}


def run(arguments):
    """Run the command in `arguments` (sys.argv); returns the exit status (int)."""
    command = arguments[1] if len(arguments) > 1 else ""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cartographie.settings")
    if command == "demo":
        os.environ.setdefault("DEMO", "1")
    _end_cleanly_on_signals()
    if problem := _problem(arguments):
        sys.stderr.write(f"{problem}\n")
        return 1
    if command in OWN:
        return OWN[command](arguments[2:])
    return _execute(arguments)


def _execute(arguments):
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    try:
        execute_from_command_line(arguments)
    except OperationalError:
        sys.stderr.write(f"{UNREACHABLE}\n")
        return 1
    return 0


def needs_database(arguments):
    """Whether the command in `arguments` (sys.argv) may ask the database something (bool)."""
    command = arguments[1] if len(arguments) > 1 else ""
    return command not in WITHOUT_DATABASE and not ASKS_FOR_HELP & set(arguments)


def _problem(arguments):
    """Read the settings and start the embedded server if it is needed.

    Returns a sentence (str) when that cannot be, or None.
    """
    if not needs_database(arguments):
        return None
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured

    try:
        data_dir = settings.DATA_DIR
        if embedded.is_wanted():
            embedded.start(data_dir)
    except (embedded.EmbeddedError, ImproperlyConfigured) as error:
        return str(error)
    except OSError as error:
        return UNWRITABLE.format(error.filename, error.strerror)
    return None


def _end_cleanly_on_signals():
    """So that the last one out stops the embedded server, a closed terminal included."""
    for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, lambda number, frame: sys.exit(128 + number))


def _test(arguments):
    """pytest in processes of its own, while this one holds the embedded server.

    The tests of a file in the same one, which share what its fixtures load, and so those of a
    folder, which share a demonstration: conftest.py says how many and in what order.
    """
    own = ["-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder"]
    spread = [] if "-n" in arguments else own
    pytest = [sys.executable, "-m", "pytest", *spread, *arguments]
    return subprocess.run(pytest, cwd=BASE_DIR, check=False).returncode  # noqa: S603


def _lint(arguments):
    results = [_passes(name, check) for name, check in _checks().items()]
    return 0 if all(results) else 1


def _checks():
    """Each check by the name under which people know it."""
    tools = Path(sys.executable).parent
    every = sorted(BASE_DIR.glob("templates/**/*.html"))
    templates = [path for path in every if path.parent.name != "jinja"]
    return {
        "ruff check": [tools / "ruff", "check", "."],
        "ruff format": [tools / "ruff", "format", "--check", "."],
        "djade": [tools / "djade", "--check", "--target-version", "5.2", *templates],
        "import-linter": [tools / "lint-imports", "--no-cache"],
        "mypy": [tools / "mypy"],
    }


def _passes(name, command):
    began = time.monotonic()
    done = subprocess.run(command, cwd=BASE_DIR, capture_output=True, text=True, check=False)  # noqa: S603
    seconds = f"{time.monotonic() - began:.1f}".replace(".", ",")
    is_fine = done.returncode == 0
    sys.stdout.write(f"{'✓' if is_fine else '✗'} {name} ({seconds} s)\n")
    if not is_fine:
        sys.stdout.write(done.stdout + done.stderr)
    sys.stdout.flush()
    return is_fine


OWN = {"test": _test, "lint": _lint}
