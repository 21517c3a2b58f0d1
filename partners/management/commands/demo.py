"""`manage.py demo`: the whole product on this machine, with invented partners."""

import errno
import fcntl
import json
import secrets
import shutil
import socket
import time
from contextlib import contextmanager
from hashlib import sha256

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection, connections

from partners import exchanges
from partners.demo_server import serve
from partners.demo_worker import working
from partners.models import Agency, User
from partners.usage import invented as invented_use

FIXTURES = settings.BASE_DIR / "fixtures"
STAMP = settings.DATA_DIR / "demo.json"
ACCOUNTS = {
    "conseillere@example.org": User.Role.ADVISER,
    "responsable@example.org": User.Role.MANAGER,
    "agence@example.org": User.Role.AGENCY,
    "proximite@example.org": User.Role.FIELD,
    "admin@example.org": User.Role.ADMINISTRATOR,
}
FULL_DISK = {errno.ENOSPC, errno.EDQUOT}
LITTLE_SPACE = 20 * 1024 * 1024  # bytes
READ_ONLY = {errno.EROFS, errno.EACCES, errno.EPERM}


class Command(BaseCommand):
    help = "Installe la démonstration et la lance sur cette machine."
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=8000, help="port d'écoute (8000)")
        parser.add_argument(
            "--reset", action="store_true", help="efface la démonstration et la refait"
        )
        parser.add_argument(
            "--no-server", action="store_true", help="prépare tout, sans lancer le serveur"
        )

    def handle(self, *, port, reset, no_server, **options):
        try:
            if not no_server:
                _check_port(port)
            with _alone("demo.installing", wait=True):
                password = self.prepare(reset)
        except OSError as error:
            raise CommandError(_explain(error)) from error
        except OperationalError as error:
            raise CommandError(_explain_database(error)) from error
        self.welcome(port, password)
        if not no_server:
            connections.close_all()
            settings.SITE_URL = f"http://127.0.0.1:{port}"
            with _running(), working():
                serve(port)

    def prepare(self, reset):
        """Bring the demonstration up to date; return its password (str)."""
        _refuse_real_directory()
        if reset:
            with _alone("demo.running", wait=False):
                self.step("Remise à zéro", _empty_database)
        stamp = {} if reset else _read_stamp()
        if stamp.get("content") == _content() and _is_installed():
            return stamp["password"]
        password = stamp.get("password") or secrets.token_urlsafe(9)
        for label, work in _steps(password):
            self.step(label, work)
        _write_stamp({"content": _content(), "password": password})
        return password

    def step(self, label, work):
        self.stdout.write(f"{label}… ", ending="")
        self.stdout.flush()
        began = time.monotonic()
        work()
        self.stdout.write(f"fait ({time.monotonic() - began:.1f} s)".replace(".", ","))

    def welcome(self, port, password):
        self.stdout.write(f"\nCartographie est prête : http://127.0.0.1:{port}/\n\n")
        for email, role in ACCOUNTS.items():
            self.stdout.write(f"  {email:26} {role.label}")
        self.stdout.write(f"\nMot de passe : {password}\n")
        self.stdout.write("Partenaires et numéros sont inventés. Ctrl+C pour arrêter.\n")
        self.stdout.flush()


def _steps(password):
    quiet = {"verbosity": 0}
    census = [FIXTURES / "demo" / "census.csv"]
    town_halls = [FIXTURES / "town-halls-85.csv.gz"]
    return [
        ("Base de données", lambda: call_command("migrate", **quiet)),
        ("Communes de France", lambda: call_command("import_territories", **quiet)),
        ("Situations, numéros utiles, sigles", lambda: call_command("import_vocabulary", **quiet)),
        ("Agences (démonstration)", lambda: call_command("import_agencies", **quiet)),
        (
            "Mairies de la Vendée",
            lambda: call_command(
                "import_census", *town_halls, mapping=FIXTURES / "town-halls-85.toml", **quiet
            ),
        ),
        ("Partenaires (démonstration)", lambda: call_command("import_census", *census, **quiet)),
        ("Dispositifs", lambda: call_command("import_schemes", demo=True, **quiet)),
        ("Comptes", lambda: _create_accounts(password)),
        ("Usage (démonstration)", invented_use.write),
        ("Relations et notes (démonstration)", exchanges.write),
        (
            "Feuilles de style et scripts",
            lambda: call_command("collectstatic", "--noinput", **quiet),
        ),
    ]


def _create_accounts(password):
    agency = Agency.objects.order_by("pk").first()
    for email, role in ACCOUNTS.items():
        user = User.objects.filter(email=email).first() or User(email=email)
        user.role, user.is_demo = role, True
        user.agency = agency if role == User.Role.AGENCY else None
        user.is_staff = user.is_superuser = role == User.Role.ADMINISTRATOR
        user.set_password(password)
        user.save()


# What is there already


def _content():
    """A fingerprint (str) of what the demonstration is made of: migrations, data, static files."""
    digest = sha256(str(settings.BASE_DIR).encode())
    parts = ("fixtures", "static", "partners/migrations", "partners/imports")
    for path in sorted(p for part in parts for p in (settings.BASE_DIR / part).rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _is_installed():
    tables = connection.introspection.table_names()
    return User._meta.db_table in tables and User.objects.filter(is_demo=True).exists()


def _read_stamp():
    try:
        return json.loads(STAMP.read_text())
    except (FileNotFoundError, ValueError):
        return {}


def _write_stamp(stamp):
    STAMP.parent.mkdir(parents=True, exist_ok=True)
    draft = STAMP.with_suffix(".draft")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(stamp))
    draft.replace(STAMP)


def _refuse_real_directory():
    """The demonstration never mixes with an installation where people work."""
    if User._meta.db_table not in connection.introspection.table_names():
        return
    if User.objects.filter(is_demo=False).exists():
        raise CommandError(
            "Cette base contient de vrais comptes : la démonstration ne s'y installe pas. "
            "Donnez-lui une base vide (DATABASE_URL), ou aucune."
        )


def _empty_database():
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")


# One at a time: the kernel's locks, which go with the process however it ends


@contextmanager
def _alone(name, *, wait):
    """Hold the lock `name` of the data folder; raises CommandError when somebody has it."""
    with _lock_file(name) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError as error:
            raise CommandError(
                "La démonstration tourne dans une autre fenêtre : arrêtez-la (Ctrl+C), "
                "puis relancez avec --reset."
            ) from error
        yield


@contextmanager
def _running():
    with _lock_file("demo.running") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield


def _lock_file(name):
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    return (settings.DATA_DIR / name).open("w")


# What goes wrong, in one sentence


def _check_port(port):
    if not 0 < port < 65536:
        raise CommandError(f"Le port {port} n'existe pas : choisissez entre 1024 et 65535.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CommandError(
                f"Le port {port} est déjà pris, ou interdit à ce compte. "
                f"Choisissez-en un autre : python3 manage.py demo --port {max(port + 1, 8001)}"
            ) from error


def _explain(error):
    if error.errno in FULL_DISK:
        return "Le disque est plein : libérez environ 500 Mo, puis relancez."
    if error.errno in READ_ONLY:
        return f"Impossible d'écrire dans « {settings.DATA_DIR} » : donnez-en le droit à ce compte."
    return f"Le système refuse : {error.strerror}."


def _explain_database(error):
    is_full = shutil.disk_usage(settings.BASE_DIR).free < LITTLE_SPACE
    if settings.DATA_DIR.exists():
        is_full |= shutil.disk_usage(settings.DATA_DIR).free < LITTLE_SPACE
    if is_full or "No space left" in str(error):
        return "Le disque est plein : libérez environ 500 Mo, puis relancez."
    return "La base de données ne répond pas. Vérifiez DATABASE_URL, ou relancez la commande."
