"""The account PostgreSQL runs under: it wants one that has a name, and is not root."""

import os
import pwd
import subprocess
from typing import NamedTuple

from cartographie.embedded.errors import NO_NAME, ROOT, EmbeddedError


class Launcher(NamedTuple):
    """A command prefix under which PostgreSQL agrees to run, and who must own its files (uid)."""

    prefix: list[str]
    owner: int


def launcher(files):
    """The Launcher for the cluster in `files` (Path, there or not).

    Raises EmbeddedError when this account cannot run PostgreSQL, not even under another name.
    """
    uid, account = os.geteuid(), plain_account()
    if uid != 0 and _has_name(uid):
        return Launcher([], uid)
    renamed = ["unshare", "--user", f"--map-user={account.pw_uid}"]
    if owner_of(files) in {uid, None} and _is_allowed(renamed):
        return Launcher(renamed, uid)
    if uid == 0 and _is_allowed(_dropped(account)):
        return Launcher(_dropped(account), account.pw_uid)
    raise EmbeddedError(ROOT if uid == 0 else NO_NAME.format(uid=uid))


def _dropped(account):
    """Where user namespaces are refused: a system account, with root's right to cross folders.

    So no folder on the way is opened to that account, whose other processes stay out.
    """
    ids = [f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
    return ["setpriv", *ids, "--inh-caps=+dac_override", "--ambient-caps=+dac_override"]


def plain_account():
    """The entry (pwd.struct_passwd) of an account other than root."""
    try:
        return pwd.getpwnam("nobody")
    except KeyError:
        return next(account for account in pwd.getpwall() if account.pw_uid != 0)


def _has_name(uid):
    try:
        return bool(pwd.getpwuid(uid))
    except KeyError:
        return False


def _is_allowed(prefix):
    try:
        done = subprocess.run([*prefix, "true"], capture_output=True, check=False)  # noqa: S603
    except FileNotFoundError:
        return False
    return done.returncode == 0


def owner_of(path):
    """The uid (int) that owns `path` (Path), None where nothing is."""
    return path.lstat().st_uid if path.exists() else None


def allowed_owners():
    """The uids whose files this process may run: its own and, for root, the account it falls to."""
    uid = os.geteuid()
    return {uid, plain_account().pw_uid} if uid == 0 else {uid}


def hand_over(folder, owner):
    """Give `folder` (Path) and what it holds to `owner` (uid)."""
    if owner_of(folder) == owner:
        return
    for path in [*folder.rglob("*"), folder]:
        os.chown(path, owner, -1, follow_symlinks=False)
