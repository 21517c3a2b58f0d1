"""How far a job is, told on its own connection: its transaction shows nothing before the end."""

from contextlib import contextmanager, suppress

from django.db import OperationalError, connection

STEPS = 40
"""How often, at most, it is told of one part of the work."""

EVERY, MOST = 500, 95
"""Rows between two figures of a reading, and the most that it tells before it is done."""

TELL = "UPDATE partners_upload SET progress = %s WHERE id = %s"


class Progress:
    """`part(rows, start, end)` goes through rows while the bar goes from one figure to another."""

    def __init__(self, pk, link):
        self.pk, self.link = pk, link

    def part(self, rows, start, end):
        rows = list(rows)
        every = max(1, len(rows) // STEPS)
        for number, row in enumerate(rows):
            if number % every == 0:
                self.tell(start + (end - start) * number // len(rows))
            yield row

    def counting(self, rows, said):
        """Rows of which the number is what a file says of itself (0 unknown), or maybe not."""
        for number, row in enumerate(rows, start=1):
            if number % EVERY == 0:
                self.tell(MOST * number // max(said, number + EVERY))
            yield row

    def tell(self, figure):
        """A figure out of 100; one that cannot be told does not stop the work."""
        with suppress(OperationalError), self.link.cursor() as cursor:
            cursor.execute(TELL, [figure, self.pk])


@contextmanager
def of(upload_pk):
    """The progress of the upload of this key, for the time of a job."""
    link = connection.copy()
    try:
        with suppress(OperationalError), link.cursor() as cursor:
            cursor.execute("SET lock_timeout = '1s'")
        yield Progress(upload_pk, link)
    finally:
        link.close()
