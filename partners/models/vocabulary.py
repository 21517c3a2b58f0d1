"""Closed lists of values. data·inclusion v1 slugs wherever that schema has the word (v1.0.10)."""

from django.db.models import TextChoices


class Audience(TextChoices):
    """Publics of data·inclusion v1."""

    EVERYONE = "tous-publics", "tous publics"
    WORKERS = "actifs", "actifs"
    MINIMUM_INCOME = "beneficiaires-des-minimas-sociaux", "bénéficiaires des minima sociaux"
    JOB_SEEKERS = "demandeurs-emploi", "demandeurs d'emploi"
    STUDENTS = "etudiants", "étudiants"
    FAMILIES = "familles", "familles"
    WOMEN = "femmes", "femmes"
    YOUTH = "jeunes", "jeunes"
    DISABLED = "personnes-en-situation-de-handicap", "personnes en situation de handicap"
    EMERGENCY = "personnes-en-situation-durgence", "personnes en situation d'urgence"
    LEGAL = (
        "personnes-en-situation-juridique-specifique",
        "personnes en situation juridique spécifique",
    )
    EXILED = "personnes-exilees", "personnes exilées"
    PRIORITY_AREAS = "residents-qpv-frr", "habitants d'un quartier ou d'une zone prioritaire"
    SENIORS = "seniors", "seniors"


class Fees(TextChoices):
    FREE = "gratuit", "gratuit"
    PAID = "payant", "payant"


class ReceptionMode(TextChoices):
    REMOTE = "a-distance", "à distance"
    ON_SITE = "en-presentiel", "sur place"


class MobilisationMode(TextChoices):
    EMAIL = "envoyer-un-courriel", "envoyer un courriel"
    VISIT = "se-presenter", "se présenter"
    PHONE = "telephoner", "téléphoner"
    LINK = "utiliser-lien-mobilisation", "utiliser le lien en ligne"


class Mobiliser(TextChoices):
    """Who may make the first contact."""

    PERSON = "usagers", "la personne elle-même"
    PROFESSIONAL = "professionnels", "un professionnel"


class HelpKind(TextChoices):
    """Nature of help: ours, finer than the service types of data·inclusion."""

    LISTENING = "ecoute", "écoute"
    VISITS = "visites", "visites"
    MONEY = "argent", "aide financière"
    GOODS = "biens", "aide matérielle"
    HOUSING = "logement", "logement, hébergement"
    MEDIATION = "mediation", "médiation"
    PROCEDURES = "demarches", "démarches"
    CARE = "soins", "soins"
    COLLECTIVE = "collectif", "activité collective"
    SUPPORT = "accompagnement", "accompagnement"
    INFORMATION = "information", "information, conseil"
    HOME_HELP = "domicile", "aide à domicile"
    PROTECTION = "protection", "protection"


class StructureType(TextChoices):
    CCAS = "ccas", "CCAS"
    CIAS = "cias", "CIAS"
    TOWN_HALL = "mairie", "mairie"
    DEPARTEMENT = "departement", "Département (MDSF)"
    ASSOCIATION = "association", "association"
    HEALTH = "sante", "santé"
    JUSTICE = "justice", "justice"
    POLICE = "police-gendarmerie", "police, gendarmerie"
    FRANCE_SERVICES = "france-services", "France services"
    LANDLORD = "bailleur", "bailleur"
    EMPLOYMENT = "emploi", "emploi, insertion"
    SOCIAL_SECURITY = "protection-sociale", "CAF, MSA, assurance maladie, retraite"
    SOCIAL_CENTRE = "centre-social", "centre social"
    HOME_CARE = "aide-a-domicile", "aide à domicile"
    STATE = "etat", "service de l'État"
    OTHER = "autre", "autre"
