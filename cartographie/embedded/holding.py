"""Who uses the server: the first to come starts it, the last to leave stops it.

Each process holds a shared lock on `postgres.lock` for its whole life; the one that starts the
server holds `postgres.starting` meanwhile. Both are the kernel's locks: they go with the process,
however it ends.
"""

import atexit
import contextlib
import fcntl
import os
import stat

from cartographie.embedded import creation, server
from cartographie.embedded.account import allowed_owners, owner_of
from cartographie.embedded.cluster import Cluster
from cartographie.embedded.errors import EmbeddedError, explained, other_owner

_held = {}  # data folder (Path) → descriptor (int) of this process's shared lock


def hold(cluster):
    """Have the server of `cluster` running until this process ends; raises EmbeddedError.

    Again from a process that holds it already, it brings back a server that was killed.
    """
    with explained(cluster):
        if cluster.data_dir in _held:
            _have_running(cluster)
            return
        _prepare_data_dir(cluster)
        _held[cluster.data_dir] = _lock(cluster.data_dir / "postgres.lock", fcntl.LOCK_SH)
        try:
            _have_running(cluster)
        except BaseException:
            _leave(cluster)
            raise


def _prepare_data_dir(cluster):
    cluster.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    if owner_of(cluster.files) not in {None, *allowed_owners()}:
        raise EmbeddedError(other_owner(cluster.files))


def _have_running(cluster):
    starting = _lock(cluster.data_dir / "postgres.starting", fcntl.LOCK_EX)
    try:
        _prepare_socket_dir(cluster.socket_dir)
        if not server.is_answering(cluster):
            creation.create_files(cluster, starting)
            server.start(cluster)
        creation.create_database(cluster)
    finally:
        os.close(starting)


def _prepare_socket_dir(folder):
    """With `trust`, whoever reaches the socket is superuser."""
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise EmbeddedError(other_owner(folder))
    folder.chmod(0o700)


def _lock(path, kind):
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, kind)
    return descriptor


def _leave(cluster):
    """Let go of the server; stop it when nobody else holds it."""
    descriptor = _held.pop(cluster.data_dir)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        server.stop(cluster)  # whoever comes meanwhile waits for the lock
        cluster.socket_dir.rmdir()
    except OSError:  # others hold it, or the folder is not ours or not empty
        pass
    finally:
        os.close(descriptor)


@atexit.register
def _leave_all():
    for data_dir in list(_held):
        _leave(Cluster(data_dir))


def _hold_again():
    """After a fork, take locks of our own: the inherited ones are the parent's to give up."""
    for data_dir, inherited in list(_held.items()):
        del _held[data_dir]
        with contextlib.suppress(OSError):
            os.close(inherited)
            _held[data_dir] = _lock(data_dir / "postgres.lock", fcntl.LOCK_SH | fcntl.LOCK_NB)


os.register_at_fork(after_in_child=_hold_again)
