"""Where the files of one embedded server are, and how to reach it."""

import hashlib
import os
from pathlib import Path
from typing import NamedTuple

NAME = "cartographie"  # of the database and of its role
PORT = "5432"  # only names the socket


class Cluster(NamedTuple):
    """The server of one data folder (a resolved Path)."""

    data_dir: Path

    @property
    def files(self):
        return self.data_dir / "postgres"

    @property
    def log(self):
        return self.data_dir / "postgres.log"

    @property
    def socket_dir(self):
        """A short path, since a socket's has 107 bytes at most; one for each folder and account.

        Not under XDG_RUNTIME_DIR: cron and `su` do not have it, and logging out empties it.
        """
        uid = os.geteuid() if hasattr(os, "geteuid") else 0
        seed = os.fsencode(self.data_dir) + b"\0%d" % uid
        return Path(f"/tmp/{NAME}-{uid}-{hashlib.sha256(seed).hexdigest()[:12]}")  # noqa: S108
