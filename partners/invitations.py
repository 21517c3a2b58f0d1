"""Inviting people by e-mail: a link that works once, for a week."""

from datetime import timedelta

import pghistory
from django.conf import settings
from django.core import signing
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from partners import guide, mail
from partners.models import Invitation, User
from partners.models.invitation import new_nonce

VALID = timedelta(days=7)
SALT = "partners.invitations"
SUBJECT = "Votre accès à l'annuaire des partenaires"
State = Invitation.State


def prepare(invitation):
    """Make an invitation, new or known, good for a week from now; its earlier links end."""
    invitation.nonce, invitation.state = new_nonce(), State.WAITING
    invitation.expires_at = timezone.now() + VALID
    invitation.save()


def address(invitation):
    """The whole address (str) of the link, which is the secret: to its e-mail and nowhere else."""
    token = signing.dumps([invitation.pk, invitation.nonce], salt=SALT)
    return mail.address_of(reverse("invitation", args=[token]))


def find(token):
    """The invitation of a link (str) as long as it is good, else None."""
    try:
        pk, nonce = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Invitation.objects.open().filter(pk=pk, nonce=nonce).select_related("agency").first()


def send(invitation):
    """Send the e-mail and note how it went; returns whether the server took it (bool)."""
    context = {
        "link": address(invitation),
        "invitation": invitation,
        "landlord_name": settings.LANDLORD_NAME,
        "help_contact": settings.HELP_CONTACT,
    }
    text = render_to_string("partners/mails/invitation.txt", context)
    try:
        mail.send(to=invitation.email, subject=SUBJECT, text=text)
    except OSError:
        invitation.state = State.REFUSED
    else:
        invitation.state = State.SENT
    invitation.save(update_fields=["state"])
    return invitation.state == State.SENT


@transaction.atomic
def accept(invitation, password):
    """The account (`User`) of an invitation, which is used up; None when it just was."""
    used = Invitation.objects.select_for_update().open().filter(pk=invitation.pk)
    if not used.filter(nonce=invitation.nonce).exists():
        return None
    is_administrator = invitation.role == User.Role.ADMINISTRATOR
    with pghistory.context(invited_by=invitation.invited_by_id):
        user = User.objects.create_user(
            invitation.email,
            password,
            role=invitation.role,
            agency=invitation.agency,
            is_staff=is_administrator,
            is_superuser=is_administrator,
            guide_step=guide.FIRST,
            is_demo=settings.DEMO,  # or the demonstration would not start again beside it
        )
    used.delete()
    return user
