"""Records as the API gives them: what is loaded, who reads what, in one place."""

from django.db.models import Prefetch

from partners import permissions
from partners.api.serializers import FicheSerializer
from partners.models import Contact, CoverageZone, Listing, ListingSituation, Permanence


def with_relations(listings, request):
    """`listings` with all that this request may read of them: a fixed number of queries."""
    contacts = permissions.visible_contacts(Contact.objects.order_by("name", "pk"), request.user)
    return listings.select_related("commune", "way_there").prefetch_related(
        Prefetch("situation_links", ListingSituation.objects.with_situation()),
        Prefetch("zone_links", CoverageZone.objects.select_related("territory")),
        Prefetch("permanences", Permanence.objects.select_related("commune")),
        "verifications",
        "scheme_roles",
        *([Prefetch("contacts", contacts)] if sees_people(request) else []),
    )


def visible(request):
    """The records that this request may read, with their relations."""
    listings = permissions.visible_api(Listing.objects.all(), request.user, request.auth)
    return with_relations(listings, request)


def sees_people(request):
    return permissions.can_see_people_api(request.user, request.auth)


def context(request):
    """What the serializers need to know of who reads."""
    return {"request": request, "people": sees_people(request)}


def data(listings, request):
    """[dict] of listings from `visible` or `with_relations`."""
    return FicheSerializer(listings, many=True, context=context(request)).data


def is_dangerous(listing):
    """Whether a cache may keep nothing of it: it answers a danger, or hides where it is."""
    links = listing.situation_links.all()
    return listing.is_confidential or any(link.situation.is_danger for link in links)
