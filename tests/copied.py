"""A database made once and copied: each process of a run has its own, within two seconds.

The first process keeps the others waiting while it makes one, and leaves a copy of it, which goes
with that process.
"""

import fcntl

from django.db import connection

MODEL = "test_cartographie_model"


class Copies:
    """What the processes of a run, which share `folder` (Path), know of each other."""

    def __init__(self, folder):
        self.lock = folder / "database.lock"
        self.left = folder / "database.left"
        self.is_copied = self.is_mine = False

    def begin(self):
        """Wait for one's turn; Django then makes a copy, where one was left."""
        self.turn = self.lock.open("w")
        fcntl.flock(self.turn, fcntl.LOCK_EX)
        self.is_copied = self.left.exists()
        if self.is_copied:
            connection.settings_dict["TEST"]["TEMPLATE"] = MODEL

    def end(self):
        """One's database is ready: leave a copy of it, and their turn to the others."""
        if not self.is_copied:
            own = connection.settings_dict["NAME"]
            connection.close()
            _elsewhere(
                f"DROP DATABASE IF EXISTS {MODEL}", f"CREATE DATABASE {MODEL} TEMPLATE {own}"
            )
            self.left.touch()
            self.is_mine = True
        self.turn.close()

    def forget(self):
        """Drop the copy with the process that left it: who comes later makes another."""
        if self.is_mine:
            with self.lock.open("w") as turn:
                fcntl.flock(turn, fcntl.LOCK_EX)
                self.left.unlink()
                _elsewhere(f"DROP DATABASE {MODEL}")


def _elsewhere(*statements):
    """Run in another database than the one that is copied."""
    with connection._nodb_cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
