"""The census (recensement): each column once, in the order of the template and of the exports.

Headers are French and follow data·inclusion v1 wherever it has the word. Exporting is
`[column.write(listing) for column in COLUMNS]`, with listings from `writing.with_relations`.
"""

from partners.imports import cells, papers, writing
from partners.imports.column import (
    PERSON,
    PLACE,
    Column,
    at_most,
    field,
    line,
    link,
    one,
    paragraphs,
    sentence,
    several,
    values,
    yes,
)
from partners.models import (
    Audience,
    Contact,
    Fees,
    HelpKind,
    Listing,
    ListingSituation,
    MobilisationMode,
    Mobiliser,
    ReceptionMode,
    SchemeRole,
    StructureType,
    Verification,
    WayThere,
)

PERMANENCES = (1, 2, 3, 4)
CORE, HELPS = ListingSituation.Role.CORE, ListingSituation.Role.HELPS


class Statuses:
    """What a file may ask; a record is suspended or archived by hand only."""

    values = (Listing.Status.DRAFT, Listing.Status.TO_CHECK, Listing.Status.PUBLISHED)


SITUATION = cells.labels(80)
SITUATION_LIST = (
    "situations, par leur nom ou leur mot-clé (feuille «\u00a0Situations\u00a0»), séparées par |"
)
DAY = "AAAA-MM-JJ"
HOURS = "syntaxe OpenStreetMap"
WAY = WayThere._meta.get_field("without_car").max_length

IDENTITY = [
    one(
        "nature", "kind", Listing.Kind, "structure",
        "Une structure (un lieu, une équipe) ou un dispositif (une aide, un service).",
        default=Listing.Kind.STRUCTURE,
    ),
    line("source", "source", "Recensement 2026", "D'où vient la fiche."),
    line("id", "source_id", "ccas-pouzauges", "Identifiant stable de la fiche dans cette source."),
    link(
        "statut", values(Statuses), cells.choice(Listing.Status), writing.field("status"),
        "a-verifier", "Vide\u00a0: publiée si la fiche est complète, sinon à vérifier.",
    ),
    line("nom", "name", "CCAS de Pouzauges", "Le nom que l'on dit au téléphone."),
    line("sigle", "acronym", "CCAS", "Le sigle, s'il en a un."),
    sentence(
        "resume", "summary", "Aide sociale de la commune, aide alimentaire, dossiers.",
        "Ce que fait le partenaire, en une phrase.",
    ),
    paragraphs("description", "description", "", "Ce qu'il faut savoir de plus."),
    one("type_structure", "structure_type", StructureType, "ccas", "Le type de structure."),
    link(
        "structure_parente", "un identifiant de la même source", cells.text(120), writing.parent,
        "", "La structure dont celle-ci dépend.", is_text=True,
    ),
    field(
        "siret", "siret", "14 chiffres", cells.siret, "", "Le SIRET de l'établissement.",
        secrecy=PLACE,
    ),
]  # fmt: skip

PURPOSE = [
    link(
        "situations_coeur", SITUATION_LIST, SITUATION, writing.situations(CORE),
        "precarite-alimentation", "Les situations qui sont son cœur de métier.",
    ),
    link(
        "situations_aide", SITUATION_LIST, SITUATION, writing.situations(HELPS),
        "impayes|energie", "Celles où il peut aider.",
    ),
    link(
        "en_premier", SITUATION_LIST, SITUATION, writing.first_situations, "",
        "Celles, parmi les précédentes, où il est à faire en premier.",
    ),
    yes("generaliste", "is_generalist", "Il reçoit toutes les situations, ou oriente."),
    several("nature_aide", "help_kinds", HelpKind, "argent|demarches", "La nature de l'aide."),
    field(
        "thematiques", "themes", "mots-clés data·inclusion, séparés par |",
        cells.slugs(Listing._meta.get_field("themes").base_field.max_length), "",
        "Les thématiques data·inclusion.",
    ),
    several(
        "publics", "audiences", Audience, "tous-publics", "Pour qui.", read=cells.audiences
    ),
    sentence("publics_precisions", "audience_details", "", "Pour qui, en précisant."),
    paragraphs(
        "conditions_acces", "access_conditions", "Habiter la commune.",
        "Les conditions pour être reçu ou aidé.",
    ),
    link(
        "zone_eligibilite",
        "noms ou codes séparés par |\u00a0: commune, intercommunalité, département, "
        "region:52, france, secteur:nom-court\u00a0; ou non-precisee",
        cells.zones, writing.zones, "85182",
        "Le territoire desservi. Vide\u00a0: la zone manque et la fiche reste à vérifier.",
    ),
    yes("zone_stricte", "is_zone_strict", "Il ne reçoit jamais hors de sa zone."),
]  # fmt: skip

PLACES = [
    line("adresse", "address", "1 place de la Mairie", "Numéro et voie.", secrecy=PLACE),
    line("complement_adresse", "address_extra", "", "Étage, bâtiment.", secrecy=PLACE),
    field(
        "code_postal", "postal_code", "5 chiffres", cells.postal_code, "85700", "Le code postal.",
        secrecy=PLACE,
    ),
    link(
        "code_insee", "5 caractères, un ancien code est compris", cells.insee_code,
        writing.commune("code"), "85182", "Le code INSEE de la commune.", secrecy=PLACE,
    ),
    link(
        "commune", at_most(120), cells.text(120), writing.commune("name"), "Pouzauges",
        "Son nom, utile avec le code postal quand le code INSEE est vide.",
        is_text=True, secrecy=PLACE,
    ),
    field(
        "latitude", "latitude", "degrés décimaux", cells.degrees(90), "46.7820",
        "Latitude. Vide\u00a0: le centre de la commune sert à la recherche.", secrecy=PLACE,
    ),
    field(
        "longitude", "longitude", "degrés décimaux", cells.degrees(180), "-0.8360",
        "Longitude.", secrecy=PLACE,
    ),
    yes(
        "adresse_confidentielle", "is_confidential",
        "Un lieu de mise à l'abri\u00a0: ni latitude, ni longitude, ni SIRET.",
    ),
    field(
        "accessibilite_lieu", "accessibility_url", "adresse web", cells.url, "",
        "La page qui décrit l'accessibilité du lieu.", secrecy=PLACE,
    ),
    link(
        "venir_sans_voiture", at_most(WAY), cells.text(WAY), writing.way_there, "",
        "Comment y venir sans voiture\u00a0: bus, arrêt, transport à la demande.",
        is_text=True, is_free=True, secrecy=PLACE,
    ),
]  # fmt: skip

REACHING = [
    field(
        "telephone", "phone", "un numéro", cells.phone, "02 61 91 00 00",
        "Le numéro que l'on peut donner à tous.",
    ),
    sentence("consigne_telephone", "phone_instructions", "taper 2", "Pour passer le standard."),
    field(
        "telephone_professionnels", "professional_phone", "un numéro", cells.phone, "",
        "La ligne des professionnels, jamais donnée au locataire.", secrecy=PERSON,
    ),
    field(
        "courriel", "email", "une adresse", cells.email, "ccas@example.org", "Le courriel.",
    ),
    field(
        "site_web", "website", "adresse web", cells.url, "https://www.example.org", "Le site.",
        secrecy=PLACE,
    ),
    field(
        "horaires_accueil", "opening_hours", HOURS, cells.opening_hours(500),
        "Mo-Fr 09:00-12:00,14:00-17:00; PH off", "Les horaires d'ouverture.",
    ),
    sentence("horaires_precisions", "opening_hours_note", "", "Les horaires, en précisant."),
    one(
        "rendez_vous", "appointment", Listing.Appointment, "les-deux",
        "Faut-il prendre rendez-vous\u00a0?",
    ),
    yes("a_domicile", "home_visits", "Il se déplace chez la personne."),
    one("frais", "fees", Fees, "gratuit", "Gratuit ou payant."),
    sentence("frais_precisions", "fees_details", "", "Ce que cela coûte."),
    several(
        "modes_accueil", "reception_modes", ReceptionMode, "en-presentiel", "Comment il reçoit.",
    ),
    several(
        "modes_mobilisation", "mobilisation_modes", MobilisationMode, "telephoner",
        "Comment le solliciter.",
    ),
    several(
        "mobilisable_par", "mobilisable_by", Mobiliser, "usagers|professionnels",
        "Qui peut le solliciter.",
    ),
    paragraphs(
        "mobilisation_precisions", "mobilisation_details", "", "Que dire, que préparer.",
    ),
    field(
        "lien_mobilisation", "mobilisation_url", "adresse web", cells.url, "",
        "La page où le solliciter.", secrecy=PLACE,
    ),
    link(
        "papiers", "papiers séparés par |, une précision entre parenthèses", papers.read,
        writing.papers, "Bail|Avis d'imposition (le dernier)|RIB (si possible)",
        "Les papiers à apporter, dans l'ordre.", is_text=True,
    ),
]  # fmt: skip

PARTNERSHIP = [
    yes("convention", "has_convention", "Partenaire sous convention."),
    field(
        "convention_jusqu_au", "convention_until", DAY, cells.day, "", "La fin de la convention.",
    ),
    link(
        "roles",
        "role=id séparés par |\u00a0; rôles\u00a0: porteur, financeur, operateur, prescripteur",
        cells.references(SchemeRole.Role), writing.roles, "",
        "Pour un dispositif\u00a0: qui le porte, le paie, l'assure, le prescrit.",
    ),
]  # fmt: skip


def _permanence(number: int) -> list[Column]:
    start = f"permanence_{number}"
    return [
        link(
            f"{start}_code_insee", "5 caractères", cells.insee_code,
            writing.permanence(number, "commune"), "", "La commune de la permanence.",
            secrecy=PLACE,
        ),
        link(
            f"{start}_lieu", at_most(160), cells.text(160), writing.permanence(number, "place"),
            "", "Le lieu\u00a0: mairie, maison de santé.", is_text=True, secrecy=PLACE,
        ),
        link(
            f"{start}_horaires", HOURS, cells.opening_hours(300),
            writing.permanence(number, "hours"), "", "Tu[2] 14:00-17:00\u00a0: le 2e mardi.",
        ),
        link(
            f"{start}_sur_rendez_vous", "oui ou non", cells.boolean,
            writing.permanence(number, "is_by_appointment"), "",
            "Faut-il prendre rendez-vous\u00a0?",
        ),
    ]  # fmt: skip


CONTACT = [
    link(
        "contact_nom", at_most(120), cells.text(120), writing.contact("name"), "",
        "Une personne du partenaire, avec son accord.", is_text=True, secrecy=PERSON,
    ),
    link(
        "contact_fonction", at_most(120), cells.text(120), writing.contact("function"), "",
        "Sa fonction.", is_text=True, secrecy=PERSON,
    ),
    link(
        "contact_telephone", "un numéro", cells.phone, writing.contact("phone"), "",
        "Son téléphone.", secrecy=PERSON,
    ),
    link(
        "contact_courriel", "une adresse", cells.email, writing.contact("email"), "",
        "Son courriel.", secrecy=PERSON,
    ),
    link(
        "contact_visibilite", values(Contact.Visibility),
        cells.choice(Contact.Visibility, default=Contact.Visibility.MANAGERS),
        writing.contact("visibility"), "", "Qui la voit. Vide\u00a0: les responsables.",
        secrecy=PERSON,
    ),
]  # fmt: skip

ORIGIN = [
    link(
        "telephone_verifie_le", DAY, cells.past_day, writing.phone_check("checked_on"), "",
        "Quand le numéro a été vérifié. S'ajoute aux vérifications déjà connues.",
    ),
    link(
        "telephone_verifie_par", values(Verification.Method), cells.choice(Verification.Method),
        writing.phone_check("method"), "", "Comment il l'a été.",
    ),
    field("date_maj", "source_updated_on", DAY, cells.past_day, "", "La date de la source."),
    field("lien_source", "source_url", "adresse web", cells.url, "", "La page de la source."),
    field(
        "reseaux_porteurs", "networks", "textes séparés par |", cells.labels(60), "",
        "Les réseaux dont il fait partie.", is_text=True,
    ),
]  # fmt: skip

COLUMNS = [
    *IDENTITY,
    *PURPOSE,
    *PLACES,
    *REACHING,
    *PARTNERSHIP,
    *(column for number in PERMANENCES for column in _permanence(number)),
    *CONTACT,
    *ORIGIN,
]
BY_HEADER = {column.header: column for column in COLUMNS}
