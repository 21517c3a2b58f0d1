"""What stands around a record, as JSON: whom it is for, who instructs it here, what to bring."""

from rest_framework import serializers

from partners import criteria, phones, schemes
from partners.api import query
from partners.api.fields import String
from partners.coverage import place_of_communes
from partners.models import Criterion, CriterionGroup, Document


class ProcedureParameters(query.Parameters):
    """Where the household lives, so that « qui instruit ici » names one office."""

    commune = String(required=False, max_length=100, help_text="Code INSEE de la commune.")


class CriterionSerializer(serializers.Serializer):
    texte = serializers.CharField(source="__str__", help_text="Le critère, tel qu'on le lit.")
    precision = serializers.CharField(source="help_text")
    apprecie_par = serializers.ChoiceField(Criterion.Assessor.choices, source="assessor")
    force = serializers.ChoiceField(Criterion.Strength.choices, source="strength")
    sinon = serializers.SerializerMethodField(help_text="Où se tourner quand il n'est pas rempli.")
    source = serializers.CharField()

    def get_sinon(self, row) -> str:
        told = criteria.instead(row) or {}
        return " ".join(filter(None, (told.get("text"), told.get("name"))))


class GroupSerializer(serializers.Serializer):
    """Groups are joined by « et »."""

    titre = serializers.CharField(source="title")
    regle = serializers.ChoiceField(CriterionGroup.Rule.choices, source="rule")
    au_moins = serializers.IntegerField(
        source="least", allow_null=True, help_text="Combien, pour «\u00a0au-moins\u00a0»."
    )
    phrase = serializers.CharField(source="sentence", help_text="Le groupe, en une phrase.")
    criteres = CriterionSerializer(many=True, source="criteria.all")


class DoorSerializer(serializers.Serializer):
    nom = serializers.CharField(source="name")
    territoire = serializers.CharField(source="territory")
    fiche = serializers.SerializerMethodField(help_text="L'id de sa fiche, s'il en a une.")
    telephone = serializers.SerializerMethodField()
    telephone_affiche = serializers.SerializerMethodField()
    consigne = serializers.CharField(source="instructions")
    courriel = serializers.CharField(source="email")
    site_web = serializers.CharField(source="website")
    a_savoir = serializers.CharField(source="note")

    def get_fiche(self, door) -> int | None:
        return door.listing_id or None

    def get_telephone(self, door) -> str | None:
        return door.phone or None

    def get_telephone_affiche(self, door) -> str | None:
        return phones.display(door.phone) or None


class DoorsSerializer(serializers.Serializer):
    ici = DoorSerializer(many=True, source="here", help_text="Les plus locaux de la commune.")
    plus_large = DoorSerializer(many=True, source="wider", help_text="Ceux qui la servent aussi.")
    ailleurs = DoorSerializer(many=True, source="others", help_text="Tous, sans commune.")


class PaperSerializer(serializers.Serializer):
    nom = serializers.CharField(source="name")
    precision = serializers.CharField(source="note")
    indispensable = serializers.BooleanField(source="is_required")


class StepSerializer(serializers.Serializer):
    rang = serializers.IntegerField()
    etape = serializers.CharField(source="title")
    qui = serializers.CharField(source="actor")
    objet = serializers.CharField(source="aim")
    delai = serializers.CharField(source="delay")
    lieu = serializers.CharField(source="place")


class DocumentSerializer(serializers.Serializer):
    titre = serializers.CharField(source="title")
    nature = serializers.ChoiceField(Document.Kind.choices, source="kind")
    version = serializers.CharField()
    date = serializers.DateField(source="dated_on", allow_null=True)
    lien = serializers.SerializerMethodField(help_text="Ailleurs, ou une page d'ici (avec compte).")

    def get_lien(self, document) -> str:
        own = document.url or document.get_absolute_url()
        return self.context["request"].build_absolute_uri(own)


class ProcedureSerializer(serializers.Serializer):
    """Empty lists for what nobody said; amounts of ceilings and inner documents stay here."""

    criteres = GroupSerializer(many=True)
    qui_instruit = DoorsSerializer()
    papiers = PaperSerializer(many=True)
    etapes = StepSerializer(many=True)
    documents = DocumentSerializer(many=True, help_text="Ceux qui se remettent au locataire.")


def data(listing, commune, request, day):
    """The data (dict) around a record that this request may read; `commune` may be None."""
    place = place_of_communes([commune] if commune else [])
    whole = schemes.whole(listing, place, day)
    for rank, step in enumerate(whole.steps, start=1):
        step.rang = rank
    documents = [document for document in whole.documents if document.is_for_tenants]
    groups = listing.criterion_groups.prefetch_related("criteria__territory", "criteria__redirect")
    hidden = listing.is_confidential
    found = {
        "criteres": groups,
        "qui_instruit": whole.doors,
        "papiers": whole.papers,
        "etapes": whole.steps,
        "documents": [one for one in documents if not (hidden and one.url)],
    }
    return ProcedureSerializer(found, context={"request": request}).data
