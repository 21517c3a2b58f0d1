"""Records: searched from a commune, walked through, read, written, reported."""

from datetime import datetime

from django.db import transaction
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from partners import permissions
from partners.api import cursors, envelopes, fiches, query, results, walk, writing
from partners.api.examples import FICHE_BODY, PAGE, RECORD, REPORT_BODY, SEARCH
from partners.api.merged import MOVED, MOVED_TOO, follows_merges
from partners.api.problems import Changed, VersionWanted
from partners.api.renderers import etag_of
from partners.api.serializers import (
    FicheSerializer,
    NewFicheSerializer,
    ReportSerializer,
    WrittenSerializer,
)
from partners.api.view import ApiView, danger, versioned
from partners.models import Listing, ListingSituation

WALK_ONLY = ("modifie_depuis", "taille", "curseur")
WALK_FILTERS = ("situation", *WALK_ONLY)
NOT_WITH_COMMUNE = "Une recherche par commune donne toute la réponse d'un coup."
COMMUNE_WANTED = "Ce filtre demande une commune\u00a0: sans elle, l'annuaire se lit page par page."
ANSWERS = PolymorphicProxySerializer(
    component_name="Fiches",
    serializers=[envelopes.SearchEnvelope, envelopes.PageEnvelope],
    resource_type_field_name=None,
)


class Listings(ApiView):
    rules = {"GET": permissions.can_read_api, "POST": permissions.can_write_api}

    @extend_schema(
        parameters=[envelopes.ListParameters], responses=ANSWERS, examples=[SEARCH, PAGE]
    )
    def get(self, request):
        """Avec une commune, la recherche des pages : même ordre, mêmes blocs, 200 fiches au plus.

        Sans commune, tout l'annuaire par pages (« suivant ») ; `modifie_depuis` ne donne que ce
        qui a changé, et les id de ce qui a quitté l'annuaire.
        """
        facts = envelopes.ListParameters.of(request)
        given = set(request.query_params)
        if "commune" in given:
            _refuse(given.intersection(WALK_ONLY), NOT_WITH_COMMUNE)
            criteria = query.criteria_form(facts).criteria(request.user)
            response, is_danger = Response(results.answer(criteria, request)), criteria.is_danger
        else:
            _refuse(given.difference(WALK_FILTERS), COMMUNE_WANTED)
            response, is_danger = _page(facts, request)
        return danger(response) if is_danger else response

    @extend_schema(
        request=NewFicheSerializer, responses={201: WrittenSerializer}, examples=[FICHE_BODY]
    )
    def post(self, request):
        """Crée une fiche, en brouillon ou publiée (« statut »). La réponse porte son ETag."""
        listing, warnings = writing.create(request)
        response = _written(listing, warnings, request, status=201)
        response["Location"] = request.build_absolute_uri(f"{request.path}/{listing.pk}")
        return response


class Detail(ApiView):
    rules = {"GET": permissions.can_read_api, "PATCH": permissions.can_write_api}

    @extend_schema(responses={200: FicheSerializer, **MOVED}, examples=[RECORD])
    @follows_merges
    def get(self, request, pk):
        """Une fiche. Son ETag sert à la modifier."""
        envelopes.NoParameters.of(request)
        listing = get_object_or_404(fiches.visible(request), pk=pk)
        response = Response(fiches.data([listing], request)[0])
        return danger(response) if fiches.is_dangerous(listing) else response

    @extend_schema(
        request=FicheSerializer,
        responses={200: WrittenSerializer, **MOVED_TOO},
        examples=[FICHE_BODY],
    )
    @follows_merges
    @transaction.atomic
    def patch(self, request, pk):
        """Change les champs donnés et eux seuls ; une liste est remplacée en entier.

        L'en-tête `If-Match` reprend l'ETag de la fiche lue (`*` : quelle que soit sa version).
        """
        envelopes.NoParameters.of(request)
        get_object_or_404(Listing.objects.filter(merge=None).select_for_update(of=("self",)), pk=pk)
        listing = get_object_or_404(fiches.visible(request), pk=pk)
        _check_version(listing, request)
        listing, warnings = writing.change(listing, request)
        return _written(listing, warnings, request, status=200)


class Reports(ApiView):
    rules = {"POST": permissions.can_report_api}

    @extend_schema(
        request=ReportSerializer,
        responses={201: ReportSerializer, **MOVED_TOO},
        examples=[REPORT_BODY],
    )
    @follows_merges
    def post(self, request, pk):
        """Signale une erreur à la responsable du lien social."""
        envelopes.NoParameters.of(request)
        listing = get_object_or_404(
            permissions.visible_api(Listing.objects.all(), request.user, request.auth), pk=pk
        )
        return Response(writing.report(listing, request), status=201)


def _refuse(names, reason):
    if names:
        raise ValidationError({name: [reason] for name in sorted(names)})


def _page(facts, request):
    """(answer, is_danger) of a page of the directory, or of what changed.

    Its version leaves out the instant of the answer, which an older one gives as well.
    """
    form = query.criteria_form({"situation": facts.get("situation", [])})
    situations = form.cleaned_data["situation"]
    listings = fiches.visible(request)
    if situations:
        links = ListingSituation.objects.filter(situation__in=situations)
        listings = listings.filter(pk__in=links.values("listing_id"))
    since = facts.get("modifie_depuis")
    asked = [[situation.slug for situation in situations], since and since.isoformat()]
    statuses = permissions.statuses_api(request.user, request.auth)
    page = _walked(listings, statuses, since, asked, facts)
    data = {
        "fiches": fiches.data(page.listings, request),
        "retirees": page.gone,
        "suivant": page.last and _next(page, asked, request),
        "jusqu_a": page.until.isoformat(),
    }
    told = [data["fiches"], page.gone, page.last]
    response = versioned(Response(data), told)
    return response, any(situation.is_danger for situation in situations)


def _walked(listings, statuses, since, asked, facts):
    """The page that a cursor leads to, the first without one. Cursors hold `jusqu_a` too."""
    last, until = None, walk.horizon()
    if "curseur" in facts:
        last, until = cursors.read(facts["curseur"], asked)
        until = datetime.fromisoformat(until)
    size = facts.get("taille", envelopes.PAGE)
    if since:
        after = last and (datetime.fromisoformat(last[0]), last[1])
        found = {"since": since, "after": after, "until": until, "size": size}
        return walk.changes(listings, statuses=statuses, **found)
    return walk.everything(listings, after=last[0] if last else 0, until=until, size=size)


def _next(page, asked, request):
    return cursors.next_url(request, cursors.write(asked, [page.last, page.until.isoformat()]))


def _check_version(listing, request):
    """Compare If-Match with the record as this client reads it. Raises what refuses the change.

    « W/ » is dropped: it is only what compression on the way adds.
    """
    asked = request.headers.get("If-Match", "").strip()
    if not asked:
        raise VersionWanted
    known = {tag.strip().removeprefix("W/") for tag in asked.split(",")}
    if asked != "*" and etag_of(fiches.data([listing], request)[0]) not in known:
        raise Changed


def _written(listing, warnings, request, *, status):
    """The record as it is now, with the ETag that reading it would give."""
    data = fiches.data([listing], request)[0]
    response = Response(data | {"avertissements": warnings}, status=status)
    response["ETag"] = etag_of(data)
    return response
