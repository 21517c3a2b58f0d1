"""What the directory keeps of people, why, how long, who sees it: for the data-protection officer.

The tables and their fields are read in the models, so that the page cannot forget one: a model
that no entry holds is shown apart, and fails a test until somebody has said what it is for.
"""

from dataclasses import dataclass, field

from django.apps import apps

from partners.retention import RULES

CONTRACT = "intérêt légitime du bailleur\u00a0: faire travailler ses équipes (RGPD, article 6.1 f)"
DIRECTORY = "intérêt légitime du bailleur\u00a0: orienter ses locataires (RGPD, article 6.1 f)"
SECURITY = "intérêt légitime\u00a0: la sécurité de l'outil (RGPD, article 6.1 f)"
NOBODY = "sans objet\u00a0: aucune personne"
STAFF = "toutes les personnes qui ont un compte"
KEEPERS = "les responsables et l'administration"
ADMINISTRATORS = "l'administration"
ERASED = {rule.slug: rule.kept for rule in RULES}


@dataclass(frozen=True)
class Entry:
    """A kind of data: on whom, why, on which basis, how long, who sees it; its models."""

    title: str
    of_whom: str
    why: str
    basis: str
    how_long: str
    who_sees: str
    models: str
    tables: list = field(default_factory=list)


ENTRIES = [
    Entry(
        "Personnes nommées chez les partenaires",
        "professionnels des organismes partenaires",
        "joindre la bonne personne\u00a0; savoir d'où elle est connue, et qu'elle en est informée",
        DIRECTORY,
        "tant que la personne est interlocutrice\u00a0; retirées à sa demande, historique compris",
        "les responsables, ou toutes les équipes sauf la proximité, au choix pour chaque personne",
        "Contact ContactNotice NoticeText",
    ),
    Entry(
        "Fiches des partenaires",
        "des organismes\u00a0; une personne peut être nommée dans un texte",
        "trouver le partenaire qui dessert le lieu, et le joindre",
        DIRECTORY,
        "tant que le partenaire existe\u00a0; une fiche archivée se garde",
        f"{STAFF}\u00a0; la ligne des professionnels, pas la proximité",
        "Listing ListingSituation CoverageZone Permanence WayThere SchemeRole SearchEntry"
        " Verification SourceRecord Proposal ListingChange Merge Distinction",
    ),
    Entry(
        "Dispositifs et instances",
        "des organismes\u00a0; une personne peut être nommée dans un texte ou un document",
        "dire à qui s'adresse un dispositif, qui l'instruit, ce qu'il faut apporter, qui décide",
        DIRECTORY,
        "tant que le dispositif existe\u00a0; une fiche archivée se garde",
        STAFF,
        "SchemeDetails CriterionGroup Criterion EntryPoint Step Alternative Ceiling Document"
        " DocumentFile Paper Instance InstanceScheme Meeting",
    ),
    Entry(
        "Relation avec les partenaires",
        "des organismes\u00a0; une personne peut être nommée dans un texte",
        "savoir quand les recontacter, et ce que chacun attend de l'autre",
        DIRECTORY,
        "tant que le partenaire existe",
        KEEPERS,
        "Relation",
    ),
    Entry(
        "Imports de recensements",
        "des organismes\u00a0; une personne peut être nommée dans une ligne",
        "faire entrer un recensement, dire ce qu'il a changé, l'annuler",
        DIRECTORY,
        "le fichier, jusqu'à ce qu'il soit appliqué ou abandonné\u00a0; le compte rendu se garde",
        KEEPERS,
        "Upload UploadSheet UploadRow SavedMapping",
    ),
    Entry(
        "Campagnes auprès des partenaires",
        "organismes partenaires, parfois la personne derrière l'adresse",
        "leur faire relire leur fiche\u00a0; ne plus écrire à qui ne le veut pas",
        DIRECTORY,
        f"adresses, liens et mots des partenaires\u00a0: {ERASED['campagnes']}\u00a0; les nombres "
        "se gardent. Une adresse qui refuse nos messages, pour le respecter",
        KEEPERS,
        "Campaign Campaign_left_out Letter Reply OptOut",
    ),
    Entry(
        "Comptes des équipes",
        "salariés du bailleur",
        "entrer, avec les droits de son rôle\u00a0; savoir où l'on est connecté",
        CONTRACT,
        f"tant que le compte existe\u00a0; fermé, il se garde pour l'historique. Invitation\u00a0: "
        f"{ERASED['invitations']}\u00a0; appareils connectés\u00a0: {ERASED['sessions']}",
        f"la personne elle-même, {ADMINISTRATORS}",
        "User User_groups User_user_permissions Invitation Session ApiToken CalendarKey auth.Group"
        " auth.Group_permissions auth.Permission",
    ),
    Entry(
        "Référents et agences du bailleur",
        "salariés du bailleur, ou leur fonction",
        "«\u00a0chez nous d'abord\u00a0»\u00a0: à qui demander dans l'agence de la commune",
        CONTRACT,
        "tant que la personne tient cette fonction",
        STAFF,
        "Agency InternalReferent",
    ),
    Entry(
        "Pages remises aux locataires",
        "personne\u00a0: des numéros de fiches, sans compte ni besoin",
        "montrer des contacts publics derrière un QR code, sans mot de passe",
        NOBODY,
        ERASED["pages"],
        "qui a l'adresse, tirée au sort et connue de la feuille seule",
        "HandOut",
    ),
    Entry(
        "Saisies de fiches en cours",
        "organismes\u00a0; une personne peut être nommée parmi les contacts",
        "rendre ce qui était tapé après une panne ou un onglet fermé",
        DIRECTORY,
        f"jusqu'à l'enregistrement, {ERASED['saisies']} au plus",
        "la seule personne qui écrit",
        "FormDraft",
    ),
    Entry(
        "Signalements, manques, favoris",
        "salariés du bailleur qui les écrivent\u00a0; aucun locataire",
        "corriger l'annuaire, répondre à qui a signalé, retrouver ses fiches",
        CONTRACT,
        "tant que le compte existe\u00a0; les favoris, jusqu'à ce qu'on les retire",
        f"la personne elle-même, {KEEPERS}\u00a0; un dossier partagé, son agence",
        "Report Report_situations Gap Folder Favourite",
    ),
    Entry(
        "Visites sans réseau, sur l'appareil de chacun",
        "des organismes\u00a0; salariés du bailleur, par le numéro de leur compte",
        "chercher chez un locataire sans réseau, signaler une erreur\u00a0; hors de la base",
        DIRECTORY,
        "sur l'appareil, sept jours au plus ou jusqu'à la déconnexion\u00a0; la clé d'un "
        f"signalement, dans la base, {ERASED['accuses']}",
        "la personne qui tient l'appareil",
        "ReportReceipt",
    ),
    Entry(
        "Notes locales des agences",
        "salariés du bailleur qui les écrivent\u00a0; aucun locataire",
        "dire à son agence ce qu'elle sait d'un partenaire de son secteur",
        CONTRACT,
        f"un an sur la fiche\u00a0; effacées, historique compris\u00a0: {ERASED['notes']}",
        f"les comptes de l'agence, {KEEPERS}",
        "LocalNote",
    ),
    Entry(
        "Historique des modifications",
        "salariés du bailleur qui modifient, personnes nommées dans les fiches",
        "savoir qui a changé quoi, revenir en arrière",
        DIRECTORY,
        "tant que la fiche existe\u00a0; «\u00a0caviarder\u00a0» en retire une valeur pour de bon",
        KEEPERS,
        "pghistory.Context Redaction",
    ),
    Entry(
        "Traces de connexion",
        "salariés du bailleur",
        "repérer et bloquer qui essaie des mots de passe",
        SECURITY,
        ERASED["connexions"],
        ADMINISTRATORS,
        "axes.AccessAttempt axes.AccessAttemptExpiration axes.AccessFailureLog axes.AccessLog",
    ),
    Entry(
        "Chiffres d'usage",
        "personne\u00a0: des nombres par mois, sans compte ni heure, cachés sous cinq",
        "voir quelles aides manquent, et où",
        NOBODY,
        "sans limite",
        KEEPERS,
        "UseCount AgencyUse",
    ),
    Entry(
        "Mots et lieux publics",
        "personne",
        "comprendre une recherche, dire une zone",
        NOBODY,
        "sans limite",
        STAFF,
        "Territory SectorCommune TerritoryAlias Outline Neighbour Situation SituationHelpline"
        " DangerSign DangerSignHelpline Helpline GlossaryTerm CallGuide AgencyCallGuide",
    ),
    Entry(
        "Fonctionnement de l'outil",
        "salariés du bailleur, par le numéro de leur compte",
        "travaux de fond, administration technique, comptes rendus d'effacement",
        SECURITY,
        f"travaux de fond\u00a0: une semaine\u00a0; comptes rendus\u00a0: {ERASED['passages']}",
        ADMINISTRATORS,
        "PurgeRun admin.LogEntry contenttypes.ContentType procrastinate.ProcrastinateJob"
        " procrastinate.ProcrastinateEvent procrastinate.ProcrastinateWorker"
        " procrastinate.ProcrastinatePeriodicDefer",
    ),
]
REST = Entry("Reste à décrire", "?", "?", "?", "?", "?", "")
UNIONS = {"pghistory.Events", "pghistory.MiddlewareEvents"}


def entries():
    """The entries (list of `Entry`), each with its tables: [(name, labels of its fields)].

    Those of no entry come last, under « Reste à décrire ».
    """
    found = []
    for entry in ENTRIES:
        models = [apps.get_model(label) for label in labels(entry)]
        found.append(_with_tables(entry, models))
    rest = undescribed()
    return [*found, _with_tables(REST, rest)] if rest else found


def labels(entry):
    """The labels of its models, whole (« partners.Contact »)."""
    return [name if "." in name else f"partners.{name}" for name in entry.models.split()]


def undescribed():
    """The models that no entry holds; the history of a model goes with it."""
    known = {label for entry in ENTRIES for label in labels(entry)} | UNIONS
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if not (model._meta.proxy or hasattr(model, "pgh_tracked_model"))
        and model._meta.label not in known
    ]


def _with_tables(entry, models):
    tables = [(_name(model), _fields(model)) for model in models]
    kept = {name: getattr(entry, name) for name in entry.__dataclass_fields__}
    return Entry(**kept | {"tables": tables})


NAMES = {
    "pghistory.Context": "Auteur et moment d'un changement",
    "axes.AccessAttemptExpiration": "Fin d'un blocage",
    "procrastinate.ProcrastinateJob": "Travail de fond",
    "procrastinate.ProcrastinateEvent": "Étape d'un travail de fond",
    "procrastinate.ProcrastinateWorker": "Processus de fond",
    "procrastinate.ProcrastinatePeriodicDefer": "Travail périodique",
}
"""{label of a library's model: its name in French, when it has none}."""
MACHINERY = "colonnes techniques"
WITHOUT_WORDS = {"partners.SearchEntry", "partners.Session"}
"""Of our models, those whose columns nobody reads."""


def _name(model):
    known = model._meta
    if known.auto_created:
        ends = [
            field.related_model._meta.verbose_name for field in known.fields if field.is_relation
        ]
        return " – ".join(map(str, ends)).capitalize()
    return NAMES.get(known.label) or str(known.verbose_name).capitalize()


def _fields(model):
    """In French: those that have words of their own, or designate something; the rest in one."""
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    known = [label for label in map(_label, fields) if label]
    return known if len(known) == len(fields) else [*known, MACHINERY]


def _label(field):
    """Nothing when nobody gave it French words, as in a library's models."""
    is_named = field.verbose_name != field.name.replace("_", " ")
    if field.is_relation and not is_named:
        return str(field.related_model._meta.verbose_name)
    known = field.model._meta
    is_ours = known.app_label == "partners" and known.label not in WITHOUT_WORDS
    return str(field.verbose_name) if is_ours or is_named else ""
