"""The message of a campaign: the model that staff edit, and the text that one partner gets."""

import re
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from partners import box, hours, mail, privacy
from partners.campaigns import links
from partners.models import Letter, Listing

SUBJECT = "Votre fiche dans notre annuaire est-elle à jour\u00a0?"
BODY = """Bonjour,

[bailleur] tient un annuaire de ses partenaires, pour que ses équipes donnent toujours le bon numéro.

Nous y avons inscrit\u00a0:
[fiches]

Est-ce toujours exact\u00a0? S'il n'y a rien à changer, un clic suffit. Sinon, dites-nous ce qui a changé\u00a0:
[lien]

Il n'y a ni compte à créer ni mot de passe. Ce lien sert jusqu'au [date].

Merci de votre aide,
L'équipe du lien social, [bailleur]
"""  # noqa: E501
FOOT = """
-- \nCe lien est pour vous\u00a0: ne le faites pas suivre hors de votre structure.
Ne plus recevoir ces messages\u00a0: {leave}
"""
REMINDER = "Rappel\u00a0: "
NEUTRAL = "votre structure"
"""Stands for the name of a record whose address is confidential (rule R7)."""
WORD = re.compile(r"\[([^\[\]\n]{1,30})\]")
HARMLESS = re.compile(r"\bfiches?\b|\b(?:mise?s?\s+)?à\s+jour\b", re.IGNORECASE)
"""What a subject says of a record: the box would hear who is « fiché », or late with the rent."""
KNOWN = ("bailleur", "fiches", "lien", "date")
MOST_NAMES = 12
SAMPLE_LINK = "/votre-fiche/exemple/"


def situations_of(text: str) -> list[str]:
    """The situations that a subject tells of, by their label: it must tell of none (rule R7)."""
    found = box.read(HARMLESS.sub(" ", text), departement=settings.DEFAULT_DEPARTEMENT)
    told = [situation.label for situation in found.situations]
    return told or ["danger"] * bool(found.dangers)


def unknown_words(body: str) -> list[str]:
    """What stands in square brackets and means nothing, as written."""
    return [f"[{word}]" for word in WORD.findall(body) if word not in KNOWN]


def suspicions(*texts: str) -> list[str]:
    """Sentences on what looks like a person's name (rule R2)."""
    return [said for text in texts for said in privacy.suspicions(text)]


def message(letter: Letter) -> tuple[str, str, str]:
    """(subject, text, address to be written to no more) of what a letter is sent now."""
    campaign = letter.campaign
    listings = [reply.listing for reply in letter.replies.select_related("listing").order_by("pk")]
    leave = links.address(letter, "partner_leave")
    text = filled(
        campaign.body,
        listings=listings,
        link=links.address(letter),
        until=timezone.localdate() + timedelta(days=campaign.link_days),
    )
    subject = f"{REMINDER}{campaign.subject}" if letter.round else campaign.subject
    return subject, text + FOOT.format(leave=leave), leave


def sample(campaign, listings) -> tuple[str, str]:
    """(subject, text) as partners get them, with links that lead to nothing."""
    link = mail.address_of(SAMPLE_LINK)
    until = timezone.localdate() + timedelta(days=campaign.link_days)
    text = filled(campaign.body, listings=listings, link=link, until=until)
    return campaign.subject, text + FOOT.format(leave=link)


def filled(body: str, *, listings: list[Listing], link: str, until) -> str:
    """The body, its words in square brackets replaced; the link ends it when it has none."""
    values = {
        "bailleur": settings.LANDLORD_NAME,
        "fiches": _names(listings),
        "lien": link,
        "date": hours.format_date(until),
    }
    text = body if "[lien]" in body else f"{body.rstrip()}\n\n[lien]\n"
    return WORD.sub(lambda found: values.get(found[1], found[0]), text.replace("\r\n", "\n"))


def _names(listings):
    names = [NEUTRAL if found.is_confidential else found.name for found in listings]
    shown = [f"- {name}" for name in names[:MOST_NAMES]]
    if len(names) > MOST_NAMES:
        shown.append(f"- et {len(names) - MOST_NAMES} autres")
    return "\n".join(shown)
