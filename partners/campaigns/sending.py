"""Letters leave one after the other, gently; each address gets each message once at most.

A letter is marked before the server is spoken to, and that is committed. Whoever finds it so later
knows that nobody can tell whether it arrived, and leaves it to a person.
"""

import time
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from partners import mail
from partners.campaigns import wording
from partners.models import Campaign, Letter, OptOut

BATCH = 10
"""Letters that one job sends: another follows while some remain."""
MOST_TRIES = 4
WAIT = timedelta(minutes=30)
"""Before trying again an address that the server refused « for now »."""
DOWN = timedelta(minutes=10)
"""Before trying again a server that does not answer."""
LOCK = 7_306_001
Status = Letter.Status


def send_some(*, most: int = BATCH, pause: float | None = None) -> bool:
    """Send what waits in open campaigns, `pause` seconds apart (setting CAMPAIGN_PAUSE).

    Returns whether more may leave at once. Only one at a time sends: a second one leaves.
    """
    if not _take():
        return False
    try:
        _settle_cut()
        _cancel_opted_out()
        is_up = _send_batch(most, settings.CAMPAIGN_PAUSE if pause is None else pause)
    finally:
        _release()
    return is_up and _ready().exists()


def _send_batch(most, pause):
    """Whether the server still answers."""
    for number, letter in enumerate(_ready()[:most]):
        if number:
            time.sleep(pause)
        if not send(letter):
            return False
    return True


def _ready():
    """What may leave now, those who have waited longest first."""
    found = Letter.objects.waiting().filter(campaign__status=Campaign.Status.OPEN)
    found = found.filter(Q(not_before=None) | Q(not_before__lte=timezone.now()))
    return found.select_related("campaign").order_by("round", "pk")


def send(letter: Letter) -> bool:
    """Send one letter if it still waits; False when the server cannot be spoken to."""
    mine = Letter.objects.filter(
        pk=letter.pk, status=Status.WAITING, campaign__status=Campaign.Status.OPEN
    )
    if not mine.update(status=Status.SENDING, tries=F("tries") + 1, error=""):
        return True
    letter.refresh_from_db()
    subject, text, leave = wording.message(letter)
    try:
        mail.deliver(to=letter.email, subject=subject, text=text, leave=leave)
    except mail.Unavailable as error:
        _put_back(letter, error, DOWN, tries=letter.tries - 1)
        return False
    except mail.Later as error:
        _refused_for_now(letter, error)
    except mail.Refused as error:
        _mark(letter, Status.REFUSED, error)
    except mail.Unsure as error:
        _mark(letter, Status.UNSURE, error)
    else:
        _sent(letter)
    return True


def _sent(letter):
    now = timezone.now()
    _mark(letter, Status.SENT, "", first_sent_at=letter.first_sent_at or now, last_sent_at=now)


def _refused_for_now(letter, error):
    if letter.tries >= MOST_TRIES:
        _mark(letter, Status.REFUSED, error)
    else:
        _put_back(letter, error, WAIT, tries=letter.tries)


def _put_back(letter, error, delay, *, tries):
    _mark(letter, Status.WAITING, error, not_before=timezone.now() + delay, tries=tries)


def _mark(letter, status, error, **values):
    """A campaign that was stopped meanwhile keeps what became of this letter."""
    Letter.objects.filter(pk=letter.pk, status=Status.SENDING).update(
        status=status, error=str(error)[:300], **values
    )


def _settle_cut():
    """What is still marked while nobody else sends was cut in the middle."""
    Letter.objects.filter(status=Status.SENDING).update(
        status=Status.UNSURE, error="L'envoi a été interrompu."
    )


def _cancel_opted_out():
    asked = OptOut.objects.annotate(folded=Lower("email")).values("folded")
    waiting = Letter.objects.waiting().annotate(folded=Lower("email"))
    waiting.filter(folded__in=asked).update(
        status=Status.CANCELLED, error="A demandé à ne plus recevoir de message."
    )


def _take():
    """Held by this connection: whatever happens to the process, it goes with it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        return cursor.fetchone()[0]


def _release():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
