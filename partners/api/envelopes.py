"""The shapes of answers that hold more than a record, and of what asks for them."""

from rest_framework import serializers

from partners.api import query
from partners.api.fields import String
from partners.api.serializers import (
    CommuneSerializer,
    FicheSerializer,
    FoundSerializer,
    GlossarySerializer,
    HelplineSerializer,
    SituationSerializer,
    TerritorySerializer,
)
from partners.models import Subject, Territory

PAGE, MAX_PAGE = 100, 200
MAX_TEXT = 500


class ListParameters(query.Parameters):
    """With a commune, criteria of a search; without, the whole directory page by page."""

    modifie_depuis = serializers.DateTimeField(
        required=False,
        help_text="Les fiches changées depuis cet instant (le «\u00a0jusqu_a\u00a0» d'avant), leur "
        "démarche comprise.",
    )
    taille = serializers.IntegerField(
        required=False, min_value=1, max_value=MAX_PAGE, help_text="Fiches par page."
    )
    curseur = serializers.CharField(
        required=False, max_length=1000, help_text="Donné par «\u00a0suivant\u00a0»."
    )

    def get_fields(self):
        return query.filters(in_body=False) | super().get_fields()


class MapParameters(query.Parameters):
    """A box of the map, and at will one situation."""

    bbox = serializers.CharField(
        max_length=100, help_text="ouest,sud,est,nord en degrés\u00a0: -1.2,46.6,-0.6,46.9"
    )
    situation = serializers.CharField(required=False, max_length=100)
    curseur = serializers.CharField(required=False, max_length=1000)


class TerritoryParameters(query.Parameters):
    q = serializers.CharField(
        max_length=80,
        help_text="Un nom de lieu, son début, un code postal ou INSEE\u00a0; rien d'autre.",
    )
    type = serializers.ChoiceField(Territory.Kind.choices, required=False)


class NoParameters(query.Parameters):
    """For what takes none."""


class TextBody(query.Body):
    texte = String(
        max_length=MAX_TEXT, allow_blank=True, help_text="Ce que l'on tape. Jamais noté nulle part."
    )


class SearchBody(query.Body):
    """What is typed, and criteria; what both say is added up."""

    texte = String(required=False, max_length=MAX_TEXT, allow_blank=True)

    def get_fields(self):
        return super().get_fields() | query.filters(in_body=True)


class DangerEnvelope(serializers.Serializer):
    message = serializers.CharField()
    numeros = HelplineSerializer(many=True)


class ReferentSerializer(serializers.Serializer):
    """The landlord's own, to ask first: the name with the scope « contacts » only."""

    agence = serializers.CharField()
    sujet = serializers.ChoiceField(Subject.choices)
    nom = serializers.CharField(allow_null=True)
    telephone = serializers.CharField(allow_null=True)
    telephone_affiche = serializers.CharField(allow_null=True)
    courriel = serializers.CharField(allow_null=True)


class Understood(serializers.Serializer):
    situations = serializers.ListField(child=serializers.CharField())
    commune = CommuneSerializer(allow_null=True)
    choix = CommuneSerializer(many=True, help_text="Les communes entre lesquelles choisir.")
    mots = serializers.ListField(child=serializers.CharField(), help_text="Le reste.")
    danger = serializers.BooleanField()


class SearchEnvelope(serializers.Serializer):
    """The whole answer, in the order of the page."""

    fiches = FoundSerializer(many=True)
    total = serializers.IntegerField(help_text="Sans les généralistes.")
    reste = serializers.IntegerField(help_text="Celles que la limite laisse de côté.")
    lieu = serializers.CharField()
    regle = serializers.CharField(help_text="La règle de l'ordre.")
    danger = DangerEnvelope(allow_null=True)
    numeros_utiles = HelplineSerializer(many=True)
    referents = ReferentSerializer(many=True)


class TextSearchEnvelope(SearchEnvelope):
    compris = Understood(help_text="Ce qui a été compris du texte.")


class PageEnvelope(serializers.Serializer):
    """One page of the whole directory, or of what changed."""

    fiches = FicheSerializer(many=True)
    retirees = serializers.ListField(
        child=serializers.IntegerField(), help_text="Les id de celles qui ont quitté l'annuaire."
    )
    suivant = serializers.URLField(allow_null=True, help_text="La page suivante, s'il y en a une.")
    jusqu_a = serializers.DateTimeField(
        help_text="Tout changement d'avant cet instant est dans le parcours."
    )


class PointProperties(serializers.Serializer):
    fiche = serializers.IntegerField()
    nom = serializers.CharField()
    nature = serializers.CharField()
    telephone = serializers.CharField(allow_null=True)
    commune = serializers.CharField(allow_null=True)
    permanence = serializers.CharField(allow_null=True, help_text="Son lieu, si c'en est une.")
    lien = serializers.CharField()


class PointGeometry(serializers.Serializer):
    type = serializers.ChoiceField(["Point"])
    coordinates = serializers.ListField(
        child=serializers.FloatField(), min_length=2, max_length=2, help_text="Longitude, latitude."
    )


class Feature(serializers.Serializer):
    type = serializers.ChoiceField(["Feature"])
    geometry = PointGeometry()
    properties = PointProperties()


class FeatureCollection(serializers.Serializer):
    """A place where a record receives: its office, or a permanence (RFC 7946)."""

    type = serializers.ChoiceField(["FeatureCollection"])
    features = Feature(many=True)
    suivant = serializers.URLField(allow_null=True)
    message = serializers.CharField(allow_null=True)


class SituationsEnvelope(serializers.Serializer):
    situations = SituationSerializer(many=True)


class TerritoriesEnvelope(serializers.Serializer):
    territoires = TerritorySerializer(many=True)


class HelplinesEnvelope(serializers.Serializer):
    numeros_utiles = HelplineSerializer(many=True)


class GlossaryEnvelope(serializers.Serializer):
    sigles = GlossarySerializer(many=True)


class Problem(serializers.Serializer):
    """What went wrong (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    erreurs = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="Par champ ou paramètre, ce qui ne convient pas.",
    )
