"""Do we have this new record already? Its telephone, its SIRET, its name in the commune."""

from django.db.models import Q
from rapidfuzz import fuzz

from partners import words
from partners.models import Listing

NEAR_NAME = 85
"""Out of 100, of rapidfuzz's ratio of words whatever their order, over folded names."""
MOST = 6


def alike(facts):
    """Records that the one of these facts may be: [(listing, reasons in French)], likeliest first.

    Those archived too: one may be brought back.
    """
    found = {}
    for listing in _candidates(facts):
        reasons = [said for said, is_so in _reasons(facts, listing) if is_so]
        if reasons:
            found[listing] = reasons
    return sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0].pk))[:MOST]


def _candidates(facts):
    asked = Q(search_key=words.fold(facts["name"])[:240])
    for name in ("phone", "siret"):
        if facts[name]:
            asked |= Q(**{name: facts[name]})
    if facts["phone"]:
        asked |= Q(professional_phone=facts["phone"])
    if facts["commune"]:
        asked |= Q(commune__code=facts["commune"], is_confidential=False)
    return Listing.objects.filter(asked).select_related("commune").order_by("pk")[:2000]


def _reasons(facts, listing):
    commune = listing.commune.code if listing.commune_id else ""
    numbers = {listing.phone, listing.professional_phone}
    here = not facts["commune"] or commune == facts["commune"]
    yield "même téléphone", bool(facts["phone"]) and facts["phone"] in numbers
    yield "même SIRET", bool(facts["siret"]) and facts["siret"] == listing.siret
    yield "nom très proche", here and _is_near(words.fold(facts["name"]), listing.search_key)


def _is_near(name, other):
    return fuzz.token_sort_ratio(name, other) >= NEAR_NAME
