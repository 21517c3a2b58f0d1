"""PostgreSQL writes while Python reads on: an import spends as long waiting for one as the other.

Inside `behind`, what `send` is given is done by a second thread over the same connection, hence in
the same transaction, in order. Any other statement of the connection waits for what was sent.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection

MOST = 12
"""Jobs in waiting: about two chunks of rows, so that memory does not grow when Python is ahead."""

Job = Callable[[Any], None]


class Queue:
    """`keys`: primary keys taken ahead, by model; `taken`: how many, those that were used too."""

    def __init__(self) -> None:
        self.keys: dict[type, list[int]] = defaultdict(list)
        self.taken: Counter[type] = Counter()
        self._waiting: deque[Future[None]] = deque()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="behind")
        self._link = connection.connection

    def send(self, job: Job) -> None:
        self._waiting.append(self._thread.submit(job, self._link))
        self.wait(MOST)

    def wait(self, left: int = 0) -> None:
        """Until no more than `left` jobs wait; raises what one of them raised."""
        with connection.wrap_database_errors:
            while len(self._waiting) > left:
                self._waiting.popleft().result()

    def wait_first(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        """Django's wrapper of statements."""
        self.wait()
        return execute(*arguments)

    def close(self) -> None:
        """The connection is free once the job that runs is done; the others are dropped."""
        self._thread.shutdown(cancel_futures=True)


_open: ContextVar[Queue | None] = ContextVar("behind", default=None)


@contextmanager
def behind() -> Iterator[None]:
    """Have what is sent done by another thread, all of it before the end."""
    connection.ensure_connection()
    queue = Queue()
    token = _open.set(queue)
    try:
        with connection.execute_wrapper(queue.wait_first):
            yield
            queue.wait()
    finally:
        queue.close()
        _open.reset(token)


def queue() -> Queue | None:
    """Where to send, None outside `behind`."""
    return _open.get()


def send(job: Job) -> None:
    """Have `job` done with the connection of psycopg: at once, or behind."""
    found = queue()
    if found:
        found.send(job)
        return
    connection.ensure_connection()
    with connection.wrap_database_errors:
        job(connection.connection)
