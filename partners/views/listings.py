"""A record, and what people report of it."""

from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Q
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from partners import atlas, favourites, notes, outlines, permissions, review, schemes
from partners.cards import cards_of
from partners.coverage import place_of_communes
from partners.forms import CriteriaForm
from partners.imports.proposals import waiting
from partners.matches import Moment
from partners.models import (
    Audience,
    Contact,
    HelpKind,
    ListingSituation,
    Mobiliser,
    Territory,
)
from partners.pins import encode
from partners.report_forms import ERRORS
from partners.views import eligibility
from partners.views.merged import follows_merges
from partners.views.returning import with_query


@require_safe
@never_cache
@follows_merges
def detail(request, pk, slug=""):
    form = CriteriaForm(request.GET)
    communes = form.cleaned_data["commune"] if form.is_valid() else []
    place = place_of_communes(communes[:1])
    card = _card_or_404(pk, place, request.user)
    listing = card.listing
    if slug != listing.slug:
        return redirect(with_query(listing.get_absolute_url(), form), permanent=True)
    return render(request, "partners/listing.html", _context(request, card, form, place))


@require_safe
@never_cache
@follows_merges
def map_data(request, pk):
    """Where a listing receives, and the communes of its zone."""
    card = _card_or_404(pk, place_of_communes([]), request.user)
    pins = [atlas.pin_of(pk, site, atlas.TERRITORY) for site in card.match.sites]
    zone = outlines.features(_zone_communes(card.listing))
    bounds = outlines.bounds_of([pin.point for pin in pins], zone)
    drawing = {"total": len(pins), "reperes": encode(pins)}
    return JsonResponse(drawing | {"communes": zone, "bornes": bounds})


def preview(request, pk):
    """The page of a record as an adviser will see it, for who is writing it."""
    place = place_of_communes([])
    card = _card_or_404(pk, place, request.user)
    contacts = card.listing.contacts.filter(visibility=Contact.Visibility.ALL)
    asides = {"is_preview": True, "map_url": "", "can_manage": False, "can_report": False}
    asides["can_see_relation"] = False
    context = _context(request, card, CriteriaForm({}), place) | asides | {"contacts": contacts}
    return render(request, "partners/listing.html", context | {"proposals": [], "notes": []})


def _context(request, card, form, place):
    """What the page of a record shows, seen from a place."""
    listing = card.listing
    whole = schemes.page(listing, place, request.user, card.day)
    return {
        "listing": listing,
        "card": card,
        "place": place,
        "whole": whole,
        "has_place": bool(form.is_valid() and form.cleaned_data["commune"]),
        "back_url": _results_url(form),
        "note_url": with_query(reverse("note", args=[listing.pk]), form),
        "report_url": with_query(reverse("report", args=[listing.pk]), form),
        "commune_query": urlencode({"commune": place.codes}, True),
        "mobilisable_by": _labels(Mobiliser, listing.mobilisable_by),
        "help_kinds": _labels(HelpKind, listing.help_kinds),
        "audiences": _labels(Audience, listing.audiences),
        "map_url": reverse("listing_map", args=[listing.pk]),
        "outlines_url": outlines.url_of(_departement_of(card)),
        "tiles": settings.TILE_LAYER,
        "contacts": _contacts(listing, request.user),
        "can_see_professional_line": permissions.can_see_professional_line(request.user),
        "can_report": permissions.can_report(request.user),
        "report_kinds": ERRORS,
        "checked_parts": review.checked_parts(whole.checks),
        "is_remembered": _is_remembered(listing, whole.needs),
        "kept": favourites.kept(request.user, among=[listing.pk]),
        "proposals": _proposals(listing, request.user),
        "notes": notes.of_listing(listing, request.user) if listing.has_notes else [],
        "can_write_note": permissions.can_write_note(listing, request.user),
        "can_remove_notes": permissions.can_write_notes(request.user),
        "panel": eligibility.of_record(listing, place if _is_one(form) else None),
    } | _relation(whole, request.user)


def _is_one(form):
    """Whether the address names one commune, not several of one name."""
    return form.is_valid() and len(form.cleaned_data["commune"]) == 1


def _card_or_404(pk, place, user):
    """The card of a record that this account may open, whole."""
    for card in cards_of([pk], Moment(place, timezone.localtime())):
        if permissions.can_open(card.listing, user):
            return card
    raise Http404


def _proposals(listing, user):
    """What open data proposes, for those who decide."""
    return waiting(listing) if listing.has_proposals and permissions.can_manage(user) else []


def _relation(whole, user):
    if not permissions.can_see_relation(user):
        return {}
    return {"can_see_relation": True, "relation": whole.relation}


def _contacts(listing, user):
    contacts = listing.contacts.all() if listing.has_contacts else listing.contacts.none()
    return permissions.visible_contacts(contacts, user)


def _zone_communes(listing):
    """The communes of a zone that is drawn: communes, EPCI, sectors; a département is the map."""
    zones = listing.zones.all()
    inside = Q(pk__in=zones) | Q(epci__in=zones) | Q(sectors__in=zones)
    return Territory.objects.communes().filter(inside).distinct()


def _departement_of(card):
    """The code of the département to draw around it, "" for the landlord's own."""
    return "" if card.listing.is_confidential else card.match.departement


def _is_remembered(listing, links):
    """Whether a tab may show it as seen lately: never what tells of a danger (rule R7).

    A generalist tells nothing of it.
    """
    if listing.is_confidential or listing.is_generalist:
        return not listing.is_confidential
    dangers = [link for link in links if link.situation.is_danger]
    is_core = any(link.role == ListingSituation.Role.CORE for link in dangers)
    return not (is_core or (dangers and len(dangers) == len(links)))


def _labels(choices, slugs):
    return [choices(slug).label for slug in slugs if slug in choices]


def _results_url(form):
    """Back to the results one came from, when the address holds them."""
    is_known = form.is_valid() and form.cleaned_data["situation"]
    return with_query(reverse("results"), form) if is_known else ""
