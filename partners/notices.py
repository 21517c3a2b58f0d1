"""Telling the people whom the directory names, when they did not give their details themselves.

GDPR, article 14: within one month of recording them, with where they come from and their rights.
"""

import calendar
import re
from dataclasses import dataclass
from smtplib import SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import get_connection
from django.db import IntegrityError, transaction
from django.utils import timezone

from partners import hours, mail
from partners.models import Contact, ContactNotice, NoticeText

Way = ContactNotice.Way
TOKEN = re.compile(r"\{([^{}\n]*)\}")
TOKENS = {
    "personne": "le nom de la personne",
    "fonction": "sa fonction, ou «\u00a0non précisée\u00a0»",
    "fiche": "le nom du partenaire",
    "source": "d'où viennent ses coordonnées",
    "date": "le jour où elles ont été relevées",
    "visible": "qui peut les voir",
    "bailleur": "le nom du bailleur",
    "contact": "à qui écrire pour ses droits",
}
IN_SUBJECT = {"bailleur"}
"""A subject line is read over a shoulder: it names neither the partner nor the person (rule R7)."""

SUBJECT = "Vos coordonnées professionnelles dans l'annuaire de {bailleur}"
BODY = """Bonjour,

{bailleur}, bailleur social, tient un annuaire de ses partenaires pour orienter ses locataires \
vers la bonne aide. Vous y figurez, {personne}, comme personne à joindre pour \
«\u00a0{fiche}\u00a0».

Ce que nous gardons\u00a0: votre nom, votre fonction ({fonction}), votre téléphone et votre \
courriel professionnels.
D'où cela vient\u00a0: {source}, relevé le {date}.
Pourquoi\u00a0: joindre la bonne personne quand un locataire a besoin d'aide. C'est notre intérêt \
légitime (article 6, paragraphe 1, f du RGPD).
Qui les voit\u00a0: {visible}, chez {bailleur} seulement. Elles ne sont ni publiées, ni remises à \
un locataire, ni transmises à un tiers.
Combien de temps\u00a0: tant que vous êtes notre interlocutrice ou interlocuteur\u00a0; nous le \
vérifions tous les ans.

Vous pouvez demander à les voir, à les corriger, à les faire effacer, ou vous y opposer, en \
écrivant à {contact}. Vous pouvez aussi saisir la CNIL (cnil.fr).
"""


@dataclass(frozen=True)
class Sent:
    """How a sending went: people told, people whose address was refused, whether it stopped."""

    told: list
    refused: list
    is_cut: bool


def to_tell():
    """The people not told yet, the longest waiting first."""
    rows = Contact.objects.filter(notice=None).select_related("listing")
    return rows.order_by("recorded_on", "pk")


def told():
    """The people told, the last first."""
    rows = Contact.objects.filter(notice__isnull=False)
    rows = rows.select_related("listing", "notice", "notice__done_by")
    return rows.order_by("-notice__done_on", "-pk")


def due_on(contact):
    """The last day to tell her (date): a month after her details were recorded."""
    day = contact.recorded_on
    year, month = day.year + day.month // 12, day.month % 12 + 1
    return day.replace(
        year=year, month=month, day=min(day.day, calendar.monthrange(year, month)[1])
    )


def text():
    """The letter as it is now (a `NoticeText`, saved or not)."""
    return NoticeText.objects.first() or NoticeText(subject=SUBJECT, body=BODY)


def unknown_tokens(written, known=frozenset(TOKENS)):
    """The words in braces (list of str) that mean nothing here."""
    return [token for token in TOKEN.findall(written) if token not in known]


def letter(contact, written):
    """(subject, body) for a person, from a `NoticeText`."""
    values = {
        "personne": contact.name,
        "fonction": contact.function or "non précisée",
        "fiche": contact.listing.name,
        "source": contact.source,
        "date": hours.format_date(contact.recorded_on),
        "visible": contact.get_visibility_display(),
        "bailleur": settings.LANDLORD_NAME,
        "contact": settings.DPO_CONTACT,
    }
    return tuple(
        TOKEN.sub(lambda found: values.get(found[1], found[0]), part)
        for part in (written.subject, written.body)
    )


def send(contacts, *, by):
    """Send the letter to those who have an e-mail and were not told; returns `Sent`.

    An address that is refused does not stop the others; a server that does not answer does.
    """
    written, told_now, refused = text(), [], []
    try:
        with get_connection() as connection:
            for contact in contacts:
                if _send_one(contact, written, connection, by):
                    told_now.append(contact)
                else:
                    refused.append(contact)
    except OSError:
        return Sent(told_now, refused, is_cut=True)
    return Sent(told_now, refused, is_cut=False)


def _send_one(contact, written, connection, by):
    subject, body = letter(contact, written)
    try:
        mail.send(to=contact.email, subject=subject, text=body, connection=connection)
    except SMTPRecipientsRefused:
        return False
    mark(contact, way=Way.MAIL, on=timezone.localdate(), by=by)
    return True


def mark(contact, *, way, on, by):
    """Note that a person was told; told twice, the first time stays."""
    try:
        with transaction.atomic():
            ContactNotice.objects.create(contact=contact, way=way, done_on=on, done_by=by)
    except IntegrityError:
        return False
    return True
