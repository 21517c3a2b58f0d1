"""Sessions in the database that say whose they are (setting SESSION_ENGINE)."""

import hashlib
from datetime import date, timedelta

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from partners import accounts, devices

KEPT = timedelta(days=30)
DEVICE, BEGAN, IS_KEPT = "device", "began", "kept"


class SessionStore(DatabaseStore):
    """As Django's; the day it was last used is written once a day, at most."""

    @classmethod
    def get_model_class(cls):
        from partners.models import Session

        return Session

    def create_model_instance(self, data):
        row = super().create_model_instance(data)
        today = timezone.localdate()
        row.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        row.device = data.get(DEVICE, "")
        row.is_kept = data.get(IS_KEPT, False)
        row.began_on = date.fromisoformat(data[BEGAN]) if BEGAN in data else today
        row.seen_on = today
        return row

    def load(self):
        """With the account in the same query: see `accounts.session`."""
        opened = accounts.session(self.session_key, timezone.now())
        if opened is None:
            self._session_key = None
            return {}
        if opened.user_id and opened.seen_on != timezone.localdate():
            self.modified = True
        return self.decode(opened.session_data)


def describe(request, *, is_kept):
    """Say of a session just opened on what device it is, and for how long.

    `is_kept`: thirty days, whatever happens; else until the browser is closed or a working day
    (setting SESSION_COOKIE_AGE).
    """
    session = request.session
    session[DEVICE] = devices.in_words(request.headers.get("User-Agent", ""))
    session[BEGAN] = timezone.localdate().isoformat()
    session[IS_KEPT] = is_kept
    if is_kept:
        session.set_expiry(timezone.now() + KEPT)


def mark_of(session):
    """What designates a session in a page (str): its key is a secret, this is not."""
    return hashlib.sha256(session.session_key.encode()).hexdigest()[:16]
