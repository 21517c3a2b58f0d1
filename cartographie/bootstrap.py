"""The first installation: a `.venv` in the checkout with the locked dependencies, then on with it.

Standard library only. Nothing happens where the running Python has what it needs: on a production
server, in a container, in an environment of one's own.
"""

import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
VENV = BASE_DIR / ".venv"
COMMAND_EXTRAS = {"test": {"test"}, "check_all": {"test"}, "lint": {"dev"}}
NOTHING_LEFT = 1024 * 1024  # bytes
IS_USABLE = "import pip, sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))"
PIP = ["-I", "-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--no-color"]
PIP_OPTIONS = ["--progress-bar=off", "--retries=2", "--require-hashes", "--only-binary=:all:"]

WINDOWS = (
    "Cette installation automatique demande Linux ou macOS : sous Windows, passez par WSL, "
    "ou installez vous-même les dépendances."
)
NO_VENV = (
    "Il manque à Python de quoi créer un environnement : installez le paquet python3-venv "
    "(sous Debian ou Ubuntu : sudo apt install python{0}.{1}-venv), puis relancez la commande."
)
INTERRUPTED = "Installation interrompue : relancez la même commande pour la reprendre."
FULL = "Le disque est plein : libérez environ 1 Go pour « {base} », puis relancez la commande."
READ_ONLY = (
    "Impossible d'écrire dans « {base} » : donnez à votre compte le droit d'y écrire, "
    "ou copiez Cartographie dans un dossier à vous."
)
NO_NETWORK = (
    "Impossible de joindre le dépôt des paquets Python : vérifiez la connexion à Internet "
    "(ou le proxy : HTTPS_PROXY=…), puis relancez la commande."
)
BAD_HASH = (
    "Un paquet téléchargé n'a pas l'empreinte attendue, rien n'a été installé de douteux : "
    "relancez la commande et, si cela recommence, vérifiez le dépôt ou le proxy utilisé."
)
FAILED = "L'installation a échoué ({reason}) : le détail est dans « {log} »."
SYMPTOMS = [  # the first that is found in pip's words wins
    (r"No space left on device|Errno 28|Disk quota exceeded", FULL),
    (r"Read-only file system|Permission denied|Errno 13|Errno 30", READ_ONLY),
    (r"DO NOT MATCH THE HASHES", BAD_HASH),
    (r"NewConnectionError|NameResolution|Connection\w*Error|ConnectTimeout|timed out", NO_NETWORK),
    (r"ProxyError|SSLError|Network is unreachable|Connection refused|HTTPError", NO_NETWORK),
]


class InstallError(RuntimeError):
    """The installation cannot go on; the message is one sentence for whoever typed the command."""


def prepare(arguments):
    """Return (None) where this Python can run the command in `arguments` (sys.argv).

    Otherwise install what is missing and start again in `.venv`, without returning; on a failure,
    say it and return the exit status (int).
    """
    extras = wanted_extras(arguments)
    if is_equipped(extras):
        return None
    try:
        _install_missing(extras)
    except (InstallError, KeyboardInterrupt, OSError) as error:
        sys.stderr.write(f"\n{_sentence(error)}\n")
        return 1
    return _start_again()


def wanted_extras(arguments):
    """The extras (set of str) that a command needs beside the dependencies."""
    command = arguments[1] if len(arguments) > 1 else ""
    has_server = command == "lint" or bool(os.environ.get("DATABASE_URL", "").strip())
    return COMMAND_EXTRAS.get(command, set()) | (set() if has_server else {"embedded"})


def _start_again():
    """Does not return."""
    python = str(_python())
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(python, [python, *sys.orig_argv[1:]])  # noqa: S606


def _python():
    return VENV / "bin" / "python"


# What is there


def is_equipped(extras):
    """Whether this Python has the dependencies and `extras` (set of str).

    In the `.venv` made here, its stamp tells. Elsewhere the packages do, and a missing embedded
    server is left for the database to explain: a server's own environment is not ours to change.
    """
    if _is_inside() and (_stamp().exists() or _marker().exists()):
        return is_complete(extras)
    return all(_is_installed(name) for name in required_names(extras - {"embedded"}))


def _is_inside():
    return VENV.exists() and os.path.samefile(sys.prefix, VENV)


def _is_installed(name):
    try:
        return bool(metadata.version(name))
    except metadata.PackageNotFoundError:
        return False


def is_complete(extras):
    """Whether `.venv` was installed to the end, from this very lock, with `extras` (set of str)."""
    stamp = read_stamp()
    is_current = stamp.get("lock") == lock_digest() and not _marker().exists()
    return is_current and extras <= set(stamp.get("extras", [])) and _python().exists()


def read_stamp():
    """What `.venv` holds: {"lock": sha256, "extras": [names]}, or {} when that is unknown."""
    try:
        return json.loads(_stamp().read_text())
    except (OSError, ValueError):
        return {}


def lock_digest():
    """The sha256 (hexadecimal str) of requirements.lock."""
    return hashlib.sha256((BASE_DIR / "requirements.lock").read_bytes()).hexdigest()


def _stamp():
    return VENV / "cartographie.json"


def _marker():
    """A file that is there while an installation is under way, or was cut."""
    return VENV / "cartographie.installing"


def requirements(extras):
    """The requirements (list of str) of pyproject.toml for the base and `extras` (set of str)."""
    try:
        project = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]
    except FileNotFoundError:  # installed as a package: pip saw to it
        return []
    groups = project["optional-dependencies"]
    return project["dependencies"] + [item for extra in sorted(extras) for item in groups[extra]]


def required_names(extras):
    """The names alone (list of str) of those of `requirements(extras)` that this platform wants."""
    items = [item.partition(";") for item in requirements(extras)]
    return [
        re.match(r"[\w.-]+", name)[0]
        for name, _, condition in items
        if not condition or f"'{sys.platform}'" in condition
    ]


def locked_block(name, lock):
    """The lines (str) of the requirement `name` with its hashes, in `lock` (str).

    Raises LookupError when the lock does not have it.
    """
    found = re.search(rf"^{re.escape(name)}==(?:.*\\\n)*.*\n", lock, re.MULTILINE)
    if found is None:
        raise LookupError(name)
    return found[0]


# Installing


def _install_missing(extras):
    with _alone():
        if is_complete(extras):  # another process has just seen to it
            return
        _refuse_what_cannot_be()
        extras = extras | set(read_stamp().get("extras", []))
        _create_venv()
        _marker().touch()
        _upgrade_pip()
        _say(f"Dépendances : {len(requirements(extras))} paquets et ce qu'ils demandent…")
        lock = ["-c", str(BASE_DIR / "requirements.lock")]
        _run([*_pip(), *lock, *requirements(extras)], shows_packages=True)
        _write_stamp(extras)
        _say("Installation terminée.")


@contextlib.contextmanager
def _alone():
    """Two commands started together install once.

    pip inherits the kernel's lock: one that outlives us is waited for by the next command.
    """
    if os.name == "nt":
        raise InstallError(WINDOWS)
    import fcntl

    folder = os.open(BASE_DIR, os.O_RDONLY)
    os.set_inheritable(folder, True)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _refuse_what_cannot_be():
    if not os.access(VENV if VENV.exists() else BASE_DIR, os.W_OK):
        raise InstallError(READ_ONLY)
    if find_spec("ensurepip") is None:
        raise InstallError(NO_VENV.format(*sys.version_info[:2]))


def _create_venv():
    """Make `.venv`, anew where the one that is there was cut short or has lost its Python."""
    with contextlib.suppress(OSError):
        check = [_python(), "-I", "-c", IS_USABLE]
        if subprocess.run(check, capture_output=True, check=False).returncode == 0:  # noqa: S603
            return
    _say(f"Première installation, dans « {VENV} » (quelques minutes, une seule fois).")
    base = getattr(sys, "_base_executable", sys.executable)
    _run([base, "-I", "-m", "venv", "--clear", str(VENV)])


def _upgrade_pip():
    """Older ones refuse a constraint file with hashes beside names without a version."""
    block = locked_block("pip", (BASE_DIR / "requirements.lock").read_text())
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(block)
        file.flush()
        _run([*_pip(), "-r", file.name])


def _pip():
    return [str(_python()), *PIP, *PIP_OPTIONS]


def _write_stamp(extras):
    draft = _stamp().with_suffix(".new")
    draft.write_text(json.dumps({"lock": lock_digest(), "extras": sorted(extras)}))
    draft.replace(_stamp())
    _marker().unlink()


def _run(command, *, shows_packages=False):
    """Run one step, its words kept for the failure; raises InstallError."""
    with _process(command) as process:
        said = []
        for line in process.stdout:
            said.append(line)
            if shows_packages:
                _show(line)
    _show("")
    if process.returncode:
        raise InstallError(explain("".join(said)))


def _process(command):
    """pip's own settings stay (index, proxy), but those that would install elsewhere."""
    kept = {k: v for k, v in os.environ.items() if k not in {"PIP_TARGET", "PIP_PREFIX"}}
    return subprocess.Popen(  # noqa: S603
        command,
        env=kept | {"PIP_USER": "0"},
        close_fds=False,  # the lock of _alone()
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )


def _show(line):
    """On a terminal, the package at hand, on one line that the next replaces."""
    if not sys.stderr.isatty():
        return
    found = re.match(r"(Collecting|Installing)( [\w.-]+)?", line)
    if found or not line:
        words = {"Collecting": "téléchargement :", "Installing": "mise en place…"}
        now = f"  {words[found[1]]}{found[2] or ''}" if found else ""
        sys.stderr.write(f"\r\033[K{now[:70]}")
        sys.stderr.flush()


def _say(sentence):
    sys.stderr.write(f"{sentence}\n")


# What went wrong


def explain(said):
    """The sentence (str) for what pip or venv wrote (str) before failing."""
    if shutil.disk_usage(BASE_DIR).free < NOTHING_LEFT:  # venv hides the words of what it runs
        return FULL
    for pattern, sentence in SYMPTOMS:
        if re.search(pattern, said):
            return sentence
    lines = [line.strip() for line in said.splitlines() if line.strip()] or ["sans un mot"]
    errors = [line for line in lines if line.startswith("ERROR:")] or lines[-1:]
    return FAILED.format(reason=errors[0], log=_keep(said))


def _keep(said):
    with tempfile.NamedTemporaryFile(
        "w", prefix="cartographie-", suffix=".log", delete=False
    ) as log:
        log.write(said)
    return log.name


def _sentence(error):
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED
    sentence = str(error) if isinstance(error, InstallError) else explain(str(error))
    return sentence.replace("{base}", str(BASE_DIR))
