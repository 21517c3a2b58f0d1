"""The answer of the only search, as JSON: the same cards, blocks and order as the page."""

from partners import phones
from partners.api import fiches
from partners.api.serializers import HelplineSerializer
from partners.models import Helpline, Listing
from partners.search import search

LIMIT = 200
"""Records of one answer at most; generalists are always among them (rule R9)."""


def answer(asked, request):
    """The data (dict) of the search for `asked`, its `Criteria`."""
    found = search(asked, limit=LIMIT)
    cards = _cards(found)
    return {
        "fiches": _fiches(cards, request),
        "total": found.total,
        "reste": found.total - sum(block != "generalistes" for _, block in cards),
        "lieu": asked.place.label,
        "regle": found.order_rule,
        "danger": _danger(found),
        "numeros_utiles": helplines(found.helplines),
        "referents": _referents(found, names=fiches.sees_people(request)),
    }


def helplines(lines):
    """[dict] of numbers."""
    loaded = Helpline.objects.select_related("zone").in_bulk([line.pk for line in lines])
    return HelplineSerializer([loaded[line.pk] for line in lines], many=True).data


def _cards(found):
    """[(card, slug of its block)] in the order of the page, `LIMIT` at most."""
    specialists = [(card, "danger") for card in found.danger_partners]
    always = []
    for block in found.blocks:
        cards = always if block.slug == "generalistes" else specialists
        cards += [(card, block.slug) for card in block.cards]
    return specialists[: LIMIT - len(always)] + always


def _fiches(cards, request):
    listings = Listing.objects.filter(pk__in=[card.listing.pk for card, _ in cards])
    loaded = fiches.with_relations(listings, request).in_bulk()
    rows = fiches.data([loaded[card.listing.pk] for card, _ in cards], request)
    return [row | _facts(*found) for row, found in zip(rows, cards, strict=True)]


def _facts(card, block):
    zone = card.verdict.zone
    return {
        "verdict": card.verdict.kind,
        "verdict_texte": card.verdict.label,
        "zone": zone.zone_label if zone else None,
        "distance_km": None if card.km is None else round(card.km, 1),
        "bloc": block,
        "ouvert": _is_open(card),
    }


def _is_open(card):
    if card.is_open:
        return True
    return None if card.opening.kind == "unknown" and not card.suspension else False


def _danger(found):
    if not (found.danger or found.danger_message):
        return None
    return {"message": found.danger_message, "numeros": helplines(found.danger)}


def _referents(found, *, names):
    """The landlord's own people: whom they are is for those who may read named contacts."""
    return [
        {
            "agence": person.agency_name,
            "sujet": person.subject,
            "nom": person.name if names else None,
            "telephone": person.phone or None,
            "telephone_affiche": phones.display(person.phone) or None,
            "courriel": (person.email or None) if names else None,
        }
        for person in [*found.referents, *found.team]
    ]
