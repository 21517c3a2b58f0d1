"""The sheet of contacts, as data for `templates/typst/handout.typ` and as its PDF."""

from typing import Any

from django.conf import settings

from partners import hours, phones
from partners.exports import printed
from partners.handouts import Item, Sheet, qr, texts

Row = dict[str, Any]
USUAL, LARGE = 13, 20
"""Points."""


def pdf(sheet: Sheet, *, is_large: bool = False, address: str = "") -> bytes:
    """The PDF of a sheet; `address`: of the page that its QR code leads to, "" for none.

    Raises `printed.Unprintable`.
    """
    return printed.pdf("handout.typ", data(sheet, is_large=is_large, address=address))


def data(sheet: Sheet, *, is_large: bool = False, address: str = "") -> Row:
    """What the template is filled with; the title tells no need (rule R7)."""
    return {
        "titre": "Feuille de contacts",
        "lieu": settings.LANDLORD_NAME,
        "date": hours.format_date(sheet.day),
        "corps": LARGE if is_large else USUAL,
        "agence": sheet.agency_name,
        "telephone_agence": sheet.agency_phone,
        "qr": qr.svg(address) if address else "",
        "parties": [
            {"titre": heading, "fiches": [_row(item) for item in items]}
            for heading, items in sheet.parts
        ],
    }


def _row(item: Item) -> Row:
    return {
        "nom": item.name,
        "attention": item.warning,
        "resume": item.summary,
        "telephone": item.phone or item.email or item.website,
        "consigne": item.instructions,
        "titre_dire": item.say_heading,
        "dire": [line for line in (item.say, item.advice) if line],
        "demande": [_door(door) for door in item.doors],
        "adresse": ["L'adresse est secrète\u00a0: appelez."]
        if item.is_confidential
        else item.address,
        "sans_voiture": item.without_car,
        "carte": item.map,
        "carte_dit": f"Petite carte\u00a0: {item.name}",
        "jours": [f"{days}\u00a0: {times}" for days, times in item.days],
        "notes": item.notes,
        "horaires_a_gauche": item.has_room_beside,
        "papiers": [_paper(paper) for paper in item.papers],
        "plaquettes": [
            f"{leaflet.title}, {leaflet.short_address or texts.ASK_US}" for leaflet in item.leaflets
        ],
        "verifie": item.freshness,
    }


def _door(door: Any) -> Row:
    words = [door.instructions, door.note]
    return {
        "nom": door.name,
        "lieu": door.territory,
        "telephone": phones.display(door.phone),
        "note": ". ".join(filter(None, words)),
    }


def _paper(paper: Any) -> str:
    note = f", {paper.note}" if paper.note else ""
    return f"{paper.name}{note}{'' if paper.is_required else ' (si vous l’avez)'}"
