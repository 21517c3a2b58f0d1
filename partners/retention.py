"""What is kept for a set time only, and its erasing (rule R8), with a report of counts alone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.apps import apps
from django.db import transaction
from django.db.models import CharField, Q, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils import timezone

from partners.models import (
    FormDraft,
    HandOut,
    Invitation,
    Letter,
    LocalNote,
    PurgeRun,
    Reply,
    ReportReceipt,
    Session,
)
from partners.redaction.pattern import MARK
from partners.uploads import receiving

SIGN_IN_TRACES = timedelta(days=183)
INVITATIONS = timedelta(days=30)
FORM_DRAFTS = timedelta(days=30)
NOTES = LocalNote.SHOWN_FOR + timedelta(days=30)
REMOVED_NOTES = timedelta(days=30)
REPORTS = timedelta(days=731)
LETTERS = timedelta(days=365)
LONGEST_LINK = timedelta(days=180)
"""Of a campaign that nobody closed: after the last message, as long as its link may open."""

FORGOTTEN = "retire-"
"""Begins the key of a letter that no longer says whom it went to."""


@dataclass(frozen=True)
class Rule:
    """Something that is erased: `erase` does it and returns how many rows went (int)."""

    slug: str
    label: str
    kept: str
    erase: Callable[[], int]


@transaction.atomic
def run():
    """Apply every rule; returns the report (`PurgeRun`), counts by slug and nothing else."""
    return PurgeRun.objects.create(counts={rule.slug: rule.erase() for rule in RULES})


def last_runs(number):
    """The latest reports, each [(rule, count or None when the rule came later)]."""
    runs = PurgeRun.objects.all()[:number]
    return [(run, [(rule, run.counts.get(rule.slug)) for rule in RULES]) for run in runs]


def _sign_in_traces():
    before = timezone.now() - SIGN_IN_TRACES
    models = (AccessAttempt, AccessFailureLog, AccessLog)
    return sum(_gone(model.objects.filter(attempt_time__lt=before)) for model in models)


def _sessions():
    return _gone(Session.objects.filter(expire_date__lt=timezone.now()))


def _invitations():
    return _gone(Invitation.objects.filter(expires_at__lt=timezone.now() - INVITATIONS))


def _form_drafts():
    return _gone(FormDraft.objects.filter(saved_at__lt=timezone.now() - FORM_DRAFTS))


def _hand_outs():
    return _gone(HandOut.objects.filter(expires_on__lt=timezone.localdate()))


def _receipts():
    before = timezone.now() - ReportReceipt.KEPT
    return _gone(ReportReceipt.objects.filter(received_at__lt=before))


def _notes():
    """With what their history told of them."""
    now = timezone.now()
    last = Coalesce("decided_at", "written_at")
    asked = Q(last__lt=now - NOTES) | Q(removed_at__lt=now - REMOVED_NOTES)
    keys = list(LocalNote.objects.alias(last=last).filter(asked).values_list("pk", flat=True))
    gone = _gone(LocalNote.objects.filter(pk__in=keys))
    apps.get_model("partners.LocalNoteEvent").objects.filter(pgh_obj_id__in=keys).delete()
    return gone


def _letters():
    """Addresses and words go, the row stays: it counts in the figures of its campaign.

    Not while what the partner answered waits to be read.
    """
    now = timezone.now()
    is_over = Q(campaign__closed_at__lt=now - LETTERS)
    is_over |= Q(last_sent_at__lt=now - LONGEST_LINK - LETTERS)
    waiting = Reply.objects.to_settle().values("letter")
    old = Letter.objects.filter(is_over).exclude(pk__in=waiting)
    keys = list(old.exclude(key__startswith=FORGOTTEN).values_list("pk", flat=True))
    Reply.objects.filter(letter__in=keys).update(message="", zone_words="")
    number = Cast("pk", CharField())
    return Letter.objects.filter(pk__in=keys).update(
        email=Concat(Value(f"{MARK} "), number),
        key=Concat(Value(FORGOTTEN), number),
        error="",
        revoked_at=Coalesce("revoked_at", now),
    )


def _reports():
    return _gone(PurgeRun.objects.filter(ran_at__lt=timezone.now() - REPORTS))


def _gone(rows):
    return rows.delete()[0]


RULES = [
    Rule("connexions", "traces de connexion", "six mois", _sign_in_traces),
    Rule("sessions", "sessions terminées", "jusqu'à leur fin", _sessions),
    Rule(
        "invitations", "invitations restées sans réponse", "30 jours après leur fin", _invitations
    ),
    Rule("imports", "imports jamais appliqués", "30 jours", receiving.abandon_old),
    Rule("saisies", "saisies de fiches jamais enregistrées", "30 jours", _form_drafts),
    Rule("pages", "pages remises à des locataires", "90 jours", _hand_outs),
    Rule("accuses", "accusés de réception de signalements", "90 jours", _receipts),
    Rule("notes", "notes locales des agences", "treize mois, un mois une fois retirées", _notes),
    Rule(
        "campagnes",
        "adresses et messages des campagnes",
        "un an après leur clôture, ou dix-huit mois après le dernier message",
        _letters,
    ),
    Rule("passages", "comptes rendus d'effacement", "deux ans", _reports),
]
