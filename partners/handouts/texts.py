"""A sheet as a text to send, and what it costs as an SMS (pure Python).

The alphabet of an SMS and the lengths of its parts: 3GPP TS 23.038, 6.2.1, and TS 23.040, 9.2.3.24.
`static/js/handout.js` counts in the same way; `tests/handouts/sms.json` holds both to it.
"""

import unicodedata
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from partners import phones

SUBJECT = "Feuille de contacts"
ASK_US = "à demander à votre agence"

PLAIN = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
DOUBLE = "^{}\\[~]|€\f"
ALONE, JOINED = 160, 153
"""Characters of a part of the small alphabet: alone, or one of several."""

WIDE_ALONE, WIDE_JOINED = 70, 67
"""The same once a character is of no small alphabet."""

SAME = {
    "’": "'", "‘": "'", "«": '"', "»": '"', "“": '"', "”": '"', "–": "-", "—": "-", "…": "...",
    "œ": "oe", "Œ": "OE", "\u00a0": " ", "\u202f": " ", "°": "o", "•": "-",
}  # fmt: skip


@dataclass(frozen=True)
class Cost:
    """What a text costs: parts, units used (characters, or halves of UTF-16), and why if wide.

    `foreign`: the characters, each once, that make every other one twice as long.
    """

    parts: int
    units: int
    foreign: str


def cost(text: str) -> Cost:
    """Of a text of any length; nothing costs nothing."""
    foreign = "".join(dict.fromkeys(c for c in text if c not in PLAIN and c not in DOUBLE))
    if foreign:
        units = len(text.encode("utf-16-le")) // 2
        return Cost(_parts(units, WIDE_ALONE, WIDE_JOINED), units, foreign)
    units = len(text) + sum(character in DOUBLE for character in text)
    return Cost(_parts(units, ALONE, JOINED), units, "")


def _parts(units: int, alone: int, joined: int) -> int:
    if units <= alone:
        return int(units > 0)
    return -(-units // joined)


def plain(text: str) -> str:
    """The same text in the small alphabet: « bientôt, ça » becomes « bientot, ca »."""
    return "".join(character if _is_plain(character) else _nearest(character) for character in text)


def _is_plain(character: str) -> bool:
    return character in PLAIN or character in DOUBLE


def _nearest(character: str) -> str:
    if character in SAME:
        return SAME[character]
    bare = unicodedata.normalize("NFKD", character)
    return "".join(one for one in bare if _is_plain(one)) or "?"


@dataclass(frozen=True)
class Texts:
    """A sheet as an SMS, what it costs, and as an e-mail; the addresses that open them."""

    sms: str
    cost: Cost
    mail: str
    sms_link: str
    mail_link: str


def of_sheet(sheet: Any) -> Texts:
    """The texts of a `Sheet`: no heading, no need (rule R7)."""
    short, long = sms(sheet), mail(sheet)
    return Texts(short, cost(short), long, sms_link(short), mail_link(SUBJECT, long))


def sms(sheet: Any) -> str:
    """Names, numbers and the words for the switchboard, in the small alphabet."""
    lines = [_line(item.name, _reached(item), item.instructions) for item in sheet.items]
    if sheet.agency_phone:
        lines.append(_line(sheet.agency_name, sheet.agency_phone))
    return plain("\n".join(lines))


def mail(sheet: Any) -> str:
    """What the sheet says of each, as lines."""
    blocks = ["\n".join(_block(item)) for item in sheet.items]
    if sheet.agency_phone:
        blocks.append(f"Une question\u00a0? {sheet.agency_name}\u00a0: {sheet.agency_phone}")
    return "\n\n".join(["Vos contacts", *blocks])


def _block(item):
    where = "" if item.is_confidential else ", ".join(item.address)
    doors = [f"{door.name} {phones.display(door.phone)}".strip() for door in item.doors]
    papers = ", ".join(paper.name for paper in item.papers)
    lines = [
        item.name,
        item.warning,
        item.summary,
        f"Téléphone\u00a0: {item.phone} {item.instructions}".strip() if item.phone else item.email,
        *(f"Pour la demande\u00a0: {door}" for door in doors),
        f"Adresse\u00a0: {where}" if where else "",
        f"Sans voiture\u00a0: {item.without_car}" if item.without_car else "",
        *(f"{days}\u00a0: {times}" for days, times in item.days),
        *item.notes,
        f"À apporter\u00a0: {papers}" if papers else "",
        *(f"À lire\u00a0: {_leaflet(leaflet)}" for leaflet in item.leaflets),
    ]
    return [line for line in lines if line]


def _leaflet(leaflet):
    return f"{leaflet.title}, {leaflet.address or ASK_US}"


def _line(name, *words):
    return " ".join(filter(None, [f"{name}:", *words]))


def _reached(item):
    if item.phone or not item.doors:
        return item.phone or item.email
    return phones.display(item.doors[0].phone) or item.email


def sms_link(text: str) -> str:
    """Opens the messages of a telephone, without a number: both systems read this form."""
    return f"sms:?&body={quote(text)}"


def mail_link(subject: str, text: str) -> str:
    """Opens a message without a recipient; lines end as RFC 6068 wants."""
    return (
        f"mailto:?subject={quote(subject)}&body={quote(text.replace(chr(10), chr(13) + chr(10)))}"
    )
