"""Accounts of the teams: their role, agency, address, and closing them. Never deleted (rule R8)."""

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from partners import mail
from partners.accounts import locked_name
from partners.models import ApiToken, CalendarKey, Session, User


class LastAdministrator(Exception):
    """Nobody could administer the tool any more."""


@transaction.atomic
def change(user, *, role, agency, email):
    """Give an account a role, an agency and an address. Raises `LastAdministrator`.

    Administrators also open the technical administration (`/administration/`).
    """
    if role != User.Role.ADMINISTRATOR:
        _keep_one_administrator(user)
    user.role, user.agency, user.email = role, agency, email.strip().lower()
    user.is_staff = user.is_superuser = role == User.Role.ADMINISTRATOR
    user.save(update_fields=["role", "agency", "email", "is_staff", "is_superuser"])


@transaction.atomic
def deactivate(user):
    """Close an account at once: its sessions end, its API tokens are revoked, its work stays.

    Raises `LastAdministrator`.
    """
    _keep_one_administrator(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    ApiToken.objects.filter(user=user, revoked_at=None).update(revoked_at=timezone.now())
    CalendarKey.objects.revoke(user)
    end_sessions(user)


def reactivate(user):
    """Let an account sign in again, with its password; its API tokens stay revoked."""
    User.objects.filter(pk=user.pk).update(is_active=True)


def end_sessions(user, *, but=None):
    """Sign an account out everywhere, `but` the session of this key."""
    ended = Session.objects.filter(user=user).exclude(session_key=but or "")
    return ended.delete()[0]


def forget_failures(user):
    """Open the sign-in of an account that too many wrong passwords had locked."""
    name = locked_name(None, {"username": user.email})
    AccessAttempt.objects.filter(username=name).delete()


def send_reset(user):
    """Send the link for a new password; raises OSError when the server refuses it."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    path = reverse("reset", args=[uid, default_token_generator.make_token(user)])
    text = _text("reset", link=mail.address_of(path))
    mail.send(to=user.email, subject="Votre mot de passe", text=text)


def tell_new_address(*, old, new):
    """Tell both addresses that one took the other's place; returns those that refused it."""
    text, refused = _text("new_address", old=old, new=new), []
    for email in (old, new):
        try:
            mail.send(to=email, subject="L'adresse de votre compte a changé", text=text)
        except OSError:
            refused.append(email)
    return refused


def _text(name, **context):
    known = {"landlord_name": settings.LANDLORD_NAME, "help_contact": settings.HELP_CONTACT}
    return render_to_string(f"partners/mails/{name}.txt", known | context)


def _keep_one_administrator(user):
    """Locks all of them, so that two who leave together do not both pass."""
    known = User.objects.filter(role=User.Role.ADMINISTRATOR, is_active=True)
    keys = set(known.select_for_update().order_by("pk").values_list("pk", flat=True))
    if keys == {user.pk}:
        raise LastAdministrator
