"""The one place that sends an e-mail. Its subject never names a situation (rule R7)."""

from django.conf import settings
from django.core.mail import EmailMessage


def is_available():
    """Whether this installation sends e-mails (EMAIL_URL); the demonstration does."""
    return bool(settings.EMAIL_URL) or settings.DEMO


def is_in_files():
    """Whether they are written in EMAIL_DIR, as in the demonstration, and reach nobody."""
    return settings.DEMO and not settings.EMAIL_URL


def address_of(path):
    """The whole address (str) of a path of this site, as an e-mail needs it."""
    return f"{settings.SITE_URL}{path}"


def send(*, to, subject, text, connection=None):
    """Send a plain text to one address; raises OSError (smtplib's errors are) when it is refused.

    `connection` is one of `django.core.mail.get_connection`, kept open by who sends many.
    """
    message = EmailMessage(subject, text, to=[to], connection=connection)
    message.extra_headers["Auto-Submitted"] = "auto-generated"
    message.send()
