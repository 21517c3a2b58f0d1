"""The files of a new cluster, and its database."""

import errno
import shutil
import subprocess
import tempfile
from pathlib import Path

from cartographie.embedded.account import hand_over, launcher
from cartographie.embedded.cluster import NAME, PORT
from cartographie.embedded.errors import NOT_A_CLUSTER, OTHER_VERSION, EmbeddedError, failure
from cartographie.embedded.server import binary, environment

# The first one this system knows: without UTF-8 here, trigrams lose every accented letter.
LOCALES = ["C.UTF-8", "en_US.UTF-8", "C"]


def create_files(cluster, starting):
    """Run initdb beside, then rename: files that are there are whole.

    initdb keeps the descriptor `starting` (int) open, so that its lock lasts even if we are killed
    and nobody sweeps under its feet. Raises EmbeddedError; does nothing on an existing cluster but
    compare versions.
    """
    if (cluster.files / "PG_VERSION").exists():
        return _check_version(cluster)
    for leftover in cluster.data_dir.glob("postgres.new-*"):
        shutil.rmtree(leftover)
    how = launcher(cluster.files)
    draft = Path(tempfile.mkdtemp(prefix="postgres.new-", dir=cluster.data_dir))
    try:
        hand_over(draft, how.owner)
        _initdb(draft, cluster, how.prefix, starting)
        _rename(draft, cluster.files)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _check_version(cluster):
    found = (cluster.files / "PG_VERSION").read_text().strip()
    said = subprocess.check_output([binary("postgres"), "--version"], text=True)  # noqa: S603
    wanted = said.split()[-1].split(".")[0]
    if found != wanted:
        sentence = OTHER_VERSION.format(folder=cluster.files, found=found, wanted=wanted)
        raise EmbeddedError(sentence)


def _initdb(draft, cluster, prefix, starting):
    for locale in LOCALES:
        done = subprocess.run(  # noqa: S603
            [*prefix, binary("initdb"), *_initdb_options(draft, locale)],
            cwd=draft,
            env=environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            pass_fds=[starting],
            check=False,
        )
        said = done.stderr.decode(errors="replace")
        if done.returncode == 0:
            return
        if "invalid locale" not in said:
            break
    raise failure(said, cluster)


def _initdb_options(draft, locale):
    """Names sort by code point everywhere, and letters have case as in Unicode."""
    names = ["-D", draft, "--username", NAME, "--auth", "trust", "--encoding", "UTF8"]
    order = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", f"--locale={locale}"]
    return [*names, *order, "--lc-messages=C", "--no-instructions"]


def _rename(draft, files):
    try:
        draft.rename(files)
    except OSError as error:
        if error.errno not in {errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR}:
            raise
        raise EmbeddedError(NOT_A_CLUSTER.format(folder=files)) from error


def create_database(cluster):
    """Create the product's database where it is not; raises EmbeddedError."""
    import psycopg

    where = {"host": str(cluster.socket_dir), "port": PORT, "user": NAME, "dbname": "postgres"}
    try:
        with psycopg.connect(**where, autocommit=True) as link:
            found = link.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME])
            if not found.fetchone():
                link.execute(f"CREATE DATABASE {NAME}")
    except psycopg.Error as error:
        raise failure(str(error), cluster) from error
