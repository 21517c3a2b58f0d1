"""The database backend of the settings."""

import select

from django.db.backends.postgresql import base
from psycopg import ClientCursor
from psycopg.pq import TransactionStatus

from cartographie.postgresql import Prepared


class Cursor(base.ServerBindingCursor):
    """Binds values on the client, as Django does by default, but for a `Prepared` statement.

    Django's statements cannot all be bound on the server, and django-pghistory sends two at once.
    """

    def execute(self, query, params=None, **options):
        if isinstance(query, Prepared):
            return super().execute(query, params, prepare=True, **options)
        if params is not None:
            query, params = self.mogrify(query, params), None
        return super().execute(query, params, prepare=False, **options)

    def mogrify(self, query, params=None):
        """The statement (str) with its values, as django-pghistory asks for it."""
        return ClientCursor(self.connection).mogrify(query, params)

    def executemany(self, query, params_seq, **options):
        for params in params_seq:
            self.execute(query, params, **options)


class DatabaseWrapper(base.DatabaseWrapper):
    def get_connection_params(self):
        own = {"cursor_factory": Cursor, "prepare_threshold": 5}
        return super().get_connection_params() | own

    def is_usable(self):
        """Ask the server only when something happened: it said something, its end for one.

        Before each request, Django asks « SELECT 1 »: half a millisecond of every page.
        """
        if self.connection is None or self.connection.closed:
            return False
        is_failed = self.connection.info.transaction_status == TransactionStatus.INERROR
        return super().is_usable() if is_failed or self._has_news() else True

    def _has_news(self):
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return bool(poll.poll(0))
