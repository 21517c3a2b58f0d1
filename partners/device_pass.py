"""What a device shows, once signed out, to learn whether the pack that it keeps must go.

A session that ran its time leaves the pack, which has an end of its own; one that was ended (signed
out, from another device too, password changed, account closed) takes it away.
"""

from datetime import UTC, datetime, timedelta

from django.core import signing
from django.utils import timezone

from partners.models import Session, User
from partners.sessions import mark_of

SALT = "partners.device_pass"
LASTS = timedelta(days=8)
"""A day more than a pack."""


def issue(request):
    """The pass (str, signed) of a request's session: its account, its mark, when it runs out."""
    row = Session.objects.filter(session_key=request.session.session_key).first()
    ends = row.expire_date if row else timezone.now()
    facts = [request.user.pk, mark_of(request.session), int(ends.timestamp())]
    return signing.dumps(facts, salt=SALT)


def is_over(text):
    """Whether a device that shows this pass (str), signed out, must erase what it keeps."""
    if not text:
        return False
    try:
        account, mark, ends = signing.loads(text, salt=SALT, max_age=LASTS)
    except signing.BadSignature:
        return True
    user = User.objects.filter(pk=account, is_active=True).first()
    if user is None:
        return True
    has_run_out = datetime.fromtimestamp(ends, UTC) <= timezone.now()
    return not has_run_out and mark not in {mark_of(row) for row in user.sessions.all()}
