"""The lists one reads: situations, places, numbers, acronyms."""

from django.conf import settings
from django.db.models import Prefetch, Q
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from partners import places, words
from partners.api import envelopes
from partners.api.examples import GLOSSARY, HELPLINES, SITUATIONS, TERRITORIES
from partners.api.serializers import (
    GlossarySerializer,
    HelplineSerializer,
    SituationSerializer,
    TerritorySerializer,
)
from partners.api.view import ApiView
from partners.models import GlossaryTerm, Helpline, Situation, SituationHelpline, Territory

MOST_TERRITORIES = 20


class Situations(ApiView):
    @extend_schema(responses=envelopes.SituationsEnvelope, examples=[SITUATIONS])
    def get(self, request):
        """Les situations, dans l'ordre de l'accueil."""
        envelopes.NoParameters.of(request)
        links = SituationHelpline.objects.select_related("helpline").order_by("order", "pk")
        rows = (
            Situation.objects.with_words()
            .order_by("order", "pk")
            .prefetch_related(Prefetch("helpline_links", links))
        )
        return Response({"situations": SituationSerializer(rows, many=True).data})


class Territories(ApiView):
    @extend_schema(
        parameters=[envelopes.TerritoryParameters],
        responses=envelopes.TerritoriesEnvelope,
        examples=[TERRITORIES],
    )
    def get(self, request):
        """Les lieux d'un nom ou d'un code : communes d'abord, puis le reste. Vingt au plus."""
        asked = envelopes.TerritoryParameters.of(request)
        found = _territories(asked["q"], asked.get("type", ""))
        return Response({"territoires": TerritorySerializer(found, many=True).data})


class Helplines(ApiView):
    @extend_schema(responses=envelopes.HelplinesEnvelope, examples=[HELPLINES])
    def get(self, request):
        """Les numéros utiles en service, dans l'ordre de la page."""
        envelopes.NoParameters.of(request)
        lines = Helpline.objects.active().select_related("zone").order_by("order", "pk")
        return Response({"numeros_utiles": HelplineSerializer(lines, many=True).data})


class Glossary(ApiView):
    @extend_schema(responses=envelopes.GlossaryEnvelope, examples=[GLOSSARY])
    def get(self, request):
        """Les sigles."""
        envelopes.NoParameters.of(request)
        terms = GlossaryTerm.objects.order_by("acronym", "pk")
        return Response({"sigles": GlossarySerializer(terms, many=True).data})


def _territories(text, kind):
    found = []
    if kind in ("", Territory.Kind.COMMUNE):
        own = settings.DEFAULT_DEPARTEMENT
        matches = places.find_communes(text, limit=MOST_TERRITORIES, departement=own)
        found = [match.territory for match in matches]
    return [*found, *_others(text, kind)][:MOST_TERRITORIES]


def _others(text, kind):
    """EPCI, départements, régions, sectors: by code, or by the words of their name."""
    name = words.fold_place(text)
    holds = Q(code__iexact=text)
    if name:
        holds |= Q(search_key__startswith=name) | Q(search_key__contains=f" {name}")
    rows = Territory.objects.exclude(kind=Territory.Kind.COMMUNE).filter(holds)
    rows = rows.filter(kind=kind) if kind else rows
    return rows.select_related("departement").order_by("search_key", "pk")[:MOST_TERRITORIES]
