"""What travels: records, results, reference lists, in the words of data·inclusion."""

from datetime import date

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from partners import announcing, phones
from partners.api import fields
from partners.coverage import COVERS, OUTSIDE, UNSPECIFIED
from partners.imports import cells, writing
from partners.imports.columns import BY_HEADER
from partners.models import (
    Contact,
    Helpline,
    Listing,
    ListingSituation,
    Report,
    SchemeRole,
    Territory,
)
from partners.models.fields import NO_TENANT
from partners.models.way_there import without_car

CORE, HELPS = ListingSituation.Role.CORE, ListingSituation.Role.HELPS
STATUSES = (Listing.Status.DRAFT, Listing.Status.TO_CHECK, Listing.Status.PUBLISHED)
"""What a tool may ask; a record is suspended or archived by hand only."""

MOST_LINKS = 100
WAY = "venir_sans_voiture"
PEOPLE = ["contacts", *fields.PERSON_NAMES]
"""Names of what leaves with the scope « contacts » only (rule R6)."""


def slugs(about):
    """A list of slugs of situations."""
    child = fields.String(max_length=50)
    return serializers.ListField(
        child=child, required=False, max_length=MOST_LINKS, help_text=about
    )


class CommuneCode(fields.Text):
    """The INSEE code of `commune`; null where there is none."""

    def __init__(self, **options):
        about = "Code INSEE\u00a0; un ancien code est compris."
        super().__init__(cells.insee_code, max_length=5, help_text=about, **options)

    def get_attribute(self, instance):
        return instance.commune.code if instance.commune_id else None


class PermanenceSerializer(serializers.Serializer):
    """Where and when a partner receives away from its office."""

    code_insee = CommuneCode()
    commune = serializers.CharField(read_only=True, source="commune.name")
    lieu = fields.Text(cells.text(160), is_written=True, max_length=160, source="place")
    adresse = fields.Cell(cells.text(250), is_written=True, max_length=250, source="address")
    horaires = fields.Text(
        cells.opening_hours(300), max_length=300, source="hours", help_text="Syntaxe OpenStreetMap."
    )
    sur_rendez_vous = fields.Switch(source="is_by_appointment", required=False)


class ContactSerializer(serializers.Serializer):
    """A named person at a partner (rule R6): with the scope « contacts » only."""

    nom = fields.Text(cells.text(120), is_written=True, max_length=120, source="name")
    fonction = fields.Cell(cells.text(120), is_written=True, max_length=120, source="function")
    telephone = fields.Cell(cells.phone, max_length=20, source="phone")
    courriel = fields.Cell(cells.one_email, max_length=254, source="email")
    visibilite = serializers.ChoiceField(
        Contact.Visibility.choices, source="visibility", default=Contact.Visibility.MANAGERS
    )
    source = fields.Text(cells.text(120), is_written=True, max_length=120)
    releve_le = fields.Day(
        BY_HEADER["date_maj"].read, required=True, allow_null=False, source="recorded_on"
    )


class RoleSerializer(serializers.Serializer):
    """Who carries, funds, operates or prescribes a scheme."""

    role = serializers.ChoiceField(SchemeRole.Role.choices)
    structure = serializers.IntegerField(source="structure_id", help_text="Son id.")


class AnnouncementSerializer(serializers.Serializer):
    """What a record tells for a time; one that is over is no longer there."""

    fermeture = serializers.BooleanField(source="is_closure", help_text="Non\u00a0: un message.")
    texte = serializers.CharField(source="text")
    du = serializers.DateField(source="first", allow_null=True)
    au = serializers.DateField(source="last", allow_null=True)


class FicheSerializer(serializers.Serializer):
    """A record: a structure or a scheme. `people` in the context lets rule R6's fields out."""

    id = serializers.IntegerField(read_only=True, source="pk")
    lien = serializers.SerializerMethodField(help_text="La page de la fiche.")
    statut = serializers.ChoiceField(
        Listing.Status.choices,
        source="status",
        required=False,
        help_text="À l'écriture\u00a0: brouillon, a-verifier ou publie.",
    )
    telephone_affiche = serializers.SerializerMethodField(help_text="Comme on le dit.")
    code_insee = CommuneCode(required=False, allow_null=True)
    commune = serializers.CharField(
        read_only=True, source="commune.name", default=None, allow_null=True, help_text="Son nom."
    )
    situations_coeur = slugs("Les situations qui sont son cœur de métier.")
    situations_aide = slugs("Celles où il peut aider.")
    en_premier = slugs("Celles, parmi les précédentes, où il est à faire en premier.")
    zone_eligibilite = serializers.ListField(
        child=fields.String(max_length=50),
        required=False,
        max_length=1000,
        help_text="Le territoire desservi. " + BY_HEADER["zone_eligibilite"].expects,
    )
    structure_parente = serializers.IntegerField(
        source="parent_id", required=False, allow_null=True, min_value=1, max_value=2**31 - 1
    )
    permanences = PermanenceSerializer(many=True, required=False, max_length=MOST_LINKS)
    contacts = ContactSerializer(
        many=True,
        required=False,
        max_length=MOST_LINKS,
        help_text="Absent sans la portée «\u00a0contacts\u00a0».",
    )
    roles = RoleSerializer(many=True, read_only=True, source="scheme_roles")
    venir_sans_voiture = serializers.SerializerMethodField(
        help_text=BY_HEADER["venir_sans_voiture"].help
    )
    telephone_verifie_le = serializers.SerializerMethodField()
    telephone_verifie_par = serializers.SerializerMethodField()
    annonces = serializers.SerializerMethodField(
        help_text="Fermeture temporaire, message\u00a0: du premier jour au dernier, compris."
    )

    def get_fields(self):
        """Those of the census after « statut »; without rule R6's where the reader may not."""
        declared = super().get_fields()
        first = {name: declared.pop(name) for name in ("id", "lien", "statut")}
        columns = fields.FIELD_COLUMNS.items()
        found = first | {name: fields.of_column(name, column) for name, column in columns}
        found |= declared
        if self.context.get("people") is False:
            return {name: found[name] for name in found if name not in PEOPLE}
        return found

    def to_representation(self, listing):
        data = super().to_representation(listing)
        data |= {
            "zone_eligibilite": _zones(listing),
            "situations_coeur": _situations(listing, role=CORE),
            "situations_aide": _situations(listing, role=HELPS),
            "en_premier": _situations(listing, is_first=True),
        }
        if listing.is_confidential:
            data |= dict.fromkeys([*fields.UNTOLD, "commune", WAY])
            data["permanences"] = []
        return data

    def get_lien(self, listing) -> str:
        return self.context["request"].build_absolute_uri(listing.get_absolute_url())

    def get_telephone_affiche(self, listing) -> str | None:
        return phones.display(listing.phone) or None

    def get_telephone_verifie_le(self, listing) -> date | None:
        check = _phone_check(listing)
        return check and check.checked_on

    def get_venir_sans_voiture(self, listing) -> str | None:
        return without_car(listing) or None

    @extend_schema_field(AnnouncementSerializer(many=True))
    def get_annonces(self, listing):
        return AnnouncementSerializer(announcing.standing(listing), many=True).data

    def get_telephone_verifie_par(self, listing) -> str | None:
        check = _phone_check(listing)
        return check and check.method


class NewFicheSerializer(FicheSerializer):
    """A record to create: it has a name at least."""

    def get_fields(self):
        found = super().get_fields()
        found["nom"].required = True
        return found


class FoundSerializer(FicheSerializer):
    """A record in the answer of a search: how it serves the place that was asked."""

    verdict = serializers.ChoiceField([COVERS, UNSPECIFIED, OUTSIDE])
    verdict_texte = serializers.CharField(help_text="La phrase des pages.")
    zone = serializers.CharField(
        allow_null=True, help_text="La zone la plus locale qui comprend le lieu demandé."
    )
    distance_km = serializers.FloatField(
        allow_null=True, help_text="Depuis le centre de la commune jusqu'au lieu le plus proche."
    )
    bloc = serializers.CharField(help_text="Le groupe de la page\u00a0: pres, deplace…")
    ouvert = serializers.BooleanField(allow_null=True, help_text="null\u00a0: horaires inconnus.")


class WrittenSerializer(FicheSerializer):
    """A record that was just written, and what it would be good to look at again."""

    avertissements = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        help_text="Par champ, ce qui ressemble à un nom de locataire, ou n'a pas été gardé.",
    )


def _zones(listing):
    codes = [cells.NO_ZONE] if listing.is_zone_unspecified else []
    return codes + sorted(writing.zone_code(link.territory) for link in listing.zone_links.all())


def _situations(listing, **wanted):
    return [
        link.situation.slug
        for link in listing.situation_links.all()
        if all(getattr(link, name) == value for name, value in wanted.items())
    ]


def _phone_check(listing):
    return next((v for v in listing.verifications.all() if v.is_of_phone), None)


# Reference lists


class TerritorySerializer(serializers.Serializer):
    type = serializers.ChoiceField(Territory.Kind.choices, source="kind")
    code = serializers.CharField(help_text="INSEE, SIREN, ou nom court d'un secteur.")
    nom = serializers.CharField(source="name")
    codes_postaux = serializers.ListField(child=serializers.CharField(), source="postal_codes")
    departement = serializers.CharField(source="departement.code", default=None, allow_null=True)
    latitude = serializers.FloatField(allow_null=True)
    longitude = serializers.FloatField(allow_null=True)


class CommuneSerializer(serializers.Serializer):
    code_insee = serializers.CharField(source="code")
    nom = serializers.CharField(source="name")


class HelplineSerializer(serializers.Serializer):
    """A number that anyone may call. `staff_note` stays here."""

    id = serializers.SlugField(source="slug")
    nom = serializers.CharField(source="name")
    numero = serializers.CharField(source="number")
    lien = serializers.CharField(source="href", help_text="tel:115, sms:114")
    canaux = serializers.ListField(
        child=serializers.ChoiceField(Helpline.Channel.choices), source="channels"
    )
    type = serializers.ChoiceField(Helpline.Kind.choices, source="kind")
    pour = serializers.CharField(source="audience")
    horaires = serializers.CharField(source="hours")
    zone = serializers.CharField(source="zone.name")
    gratuit = serializers.BooleanField(source="is_free", allow_null=True)
    danger = serializers.BooleanField(source="is_danger")


class SituationSerializer(serializers.Serializer):
    slug = serializers.SlugField()
    nom = serializers.CharField(source="label")
    description = serializers.CharField()
    danger = serializers.BooleanField(source="is_danger")
    accueil = serializers.BooleanField(source="is_home_tile", help_text="Sur la page d'accueil.")
    synonymes = serializers.ListField(child=serializers.CharField(), source="synonyms")
    thematiques = serializers.ListField(child=serializers.CharField(), source="themes")
    numeros_utiles = serializers.SerializerMethodField(help_text="Leurs id, dans l'ordre.")

    def get_numeros_utiles(self, situation) -> list[str]:
        return [link.helpline.slug for link in situation.helpline_links.all()]


class GlossarySerializer(serializers.Serializer):
    sigle = serializers.CharField(source="acronym")
    signification = serializers.CharField(source="expansion")
    definition = serializers.CharField()
    categorie = serializers.CharField(source="category")
    ne_pas_confondre = serializers.CharField(source="ambiguous_with")
    autres_ecritures = serializers.ListField(child=serializers.CharField(), source="aliases")


class ReportSerializer(serializers.Serializer):
    """« Signaler une erreur » on a record."""

    type = serializers.ChoiceField(
        [choice for choice in Report.Kind.choices if choice[0] != Report.Kind.MISSING],
        source="kind",
    )
    message = fields.Cell(cells.paragraphs, max_length=1000, help_text=NO_TENANT)
    id = serializers.IntegerField(read_only=True)
    avertissements = serializers.ListField(
        child=serializers.CharField(), read_only=True, help_text="Ce qui ressemble à un nom."
    )
