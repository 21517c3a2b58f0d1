"""The one place that sends an e-mail. Its subject never names a situation (rule R7)."""

import smtplib
from contextlib import suppress

from django.conf import settings
from django.core.mail import EmailMessage, get_connection


def is_available():
    """Whether this installation sends e-mails (EMAIL_URL); the demonstration does."""
    return bool(settings.EMAIL_URL) or settings.DEMO


def is_in_files():
    """Whether they are written in EMAIL_DIR, as in the demonstration, and reach nobody."""
    return settings.DEMO


def folder():
    """Where they are written then (str)."""
    return str(settings.EMAIL_DIR)


def sender():
    """Whom they come from (str)."""
    return settings.DEFAULT_FROM_EMAIL


def address_of(path):
    """The whole address (str) of a path of this site, as an e-mail needs it."""
    return f"{settings.SITE_URL}{path}"


def send(*, to, subject, text, connection=None):
    """Send a plain text to one address; raises OSError (smtplib's errors are) when it is refused.

    `connection` is one of `django.core.mail.get_connection`, kept open by who sends many.
    """
    _message(to, subject, text, connection).send()


class NotSent(Exception):
    """Why a message did not leave, in the words of the server when it has some (French or not)."""


class Unavailable(NotSent):
    """The server cannot be spoken to, or lets us send nothing: no message left."""


class Later(NotSent):
    """The server refuses this one for now."""


class Refused(NotSent):
    """The server refuses this one for good."""


class Unsure(NotSent):
    """Cut in the middle: it may have arrived."""


def deliver(*, to, subject, text, leave):
    """As `send`, for one among many; raises one of `NotSent`, which says what is known of it.

    `leave` is the address where one asks to be written to no more. A connection of its own: what
    fails before it is open has sent nothing.
    """
    connection = get_connection()
    try:
        connection.open()
    except OSError as error:
        raise Unavailable(_said(error)) from None
    message = _message(to, subject, text, connection)
    message.extra_headers["List-Unsubscribe"] = f"<{leave}>"
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as error:
        [(code, said)] = error.recipients.values()
        raise _refusal(code, said) from None
    except smtplib.SMTPDataError as error:
        raise _refusal(error.smtp_code, error.smtp_error) from None
    except (smtplib.SMTPResponseException, smtplib.SMTPNotSupportedError) as error:
        raise Unavailable(_said(error)) from None
    except OSError as error:
        raise Unsure(_said(error)) from None
    except ValueError as error:  # an address or a subject that cannot be written in a header
        raise Refused("Cette adresse ne peut pas être écrite.") from error
    finally:
        _close(connection)


def _refusal(code, said):
    kind = Later if 400 <= code < 500 else Refused
    return kind(f"{code} {_text(said)}".strip())


def _said(error):
    if isinstance(error, TimeoutError) or "timed out" in str(error):  # smtplib rewords it
        return "Le serveur d'envoi met trop de temps à répondre."
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}".strip()
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return "Le serveur d'envoi a coupé la connexion."
    return "Le serveur d'envoi ne répond pas."


def _text(said):
    return said.decode(errors="replace") if isinstance(said, bytes) else str(said)


def _close(connection):
    with suppress(OSError):  # what the server had to say is known
        connection.close()


def _message(to, subject, text, connection):
    message = EmailMessage(subject, text, to=[to], connection=connection)
    message.extra_headers["Auto-Submitted"] = "auto-generated"
    return message
