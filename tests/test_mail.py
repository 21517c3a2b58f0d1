"""Sending an e-mail: to a real server on this machine, and to none."""

import smtplib

import pytest
from django.core import mail as django_mail

from partners import mail


def test_text_arrives_with_its_accents_and_says_it_is_automatic(letterbox):
    mail.send(to="relais@example.org", subject="Votre fiche à relire", text="Déjà à jour ?")
    (envelope,) = letterbox.received
    assert envelope.rcpt_tos == ["relais@example.org"]
    assert b"Auto-Submitted: auto-generated" in envelope.content


def test_refused_address_is_an_error_of_the_system(letterbox):
    letterbox.refused = {"absent@example.org"}
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        mail.send(to="absent@example.org", subject="Votre fiche", text="…")
    assert issubclass(smtplib.SMTPException, OSError)


def test_line_end_in_a_subject_is_refused():
    with pytest.raises(ValueError, match="newline"):
        mail.send(to="relais@example.org", subject="Votre\nfiche", text="…")
    assert django_mail.outbox == []


def test_installation_without_a_server_says_that_it_sends_nothing(settings):
    assert not mail.is_available()
    settings.EMAIL_URL = "smtp://courrier.example.org"
    assert mail.is_available()
    assert not mail.is_in_files()


def test_address_in_an_e_mail_is_whole(settings):
    settings.SITE_URL = "https://cartographie.example.org"
    assert (
        mail.address_of("/fiches/1-relais/") == "https://cartographie.example.org/fiches/1-relais/"
    )
