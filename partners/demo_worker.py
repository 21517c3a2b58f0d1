"""The demonstration's worker: a process that begins and ends with it, and comes back if killed."""

import os
import subprocess
import sys
import threading
from contextlib import contextmanager

from django.conf import settings

SECONDS_TO_STOP = 25
SECONDS_BEFORE_AGAIN = 2


@contextmanager
def working():
    """Have the jobs of the queue done meanwhile.

    The processes that the server forks leave by here too: the worker is not theirs to stop.
    """
    owner, stopping = os.getpid(), threading.Event()
    running = [_start()]
    threading.Thread(target=_put_back, args=(running, stopping), daemon=True).start()
    try:
        yield
    finally:
        if os.getpid() == owner:
            stopping.set()
            _stop(running[0])


def _start():
    command = [sys.executable, "manage.py", "worker", "--until-input-ends"]
    return subprocess.Popen(  # noqa: S603
        command,
        cwd=settings.BASE_DIR,
        env=os.environ | {"SITE_URL": settings.SITE_URL, "DEMO": "1"},
        stdin=subprocess.PIPE,
    )


def _put_back(running, stopping):
    while not stopping.is_set():
        running[0].wait()
        if not stopping.wait(SECONDS_BEFORE_AGAIN):
            running[0] = _start()


def _stop(process):
    process.stdin.close()
    try:
        process.wait(SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        process.kill()
