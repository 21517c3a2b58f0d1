"""What waits for the manager: kinds of work, and how much there is of each."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Q, Value

from partners import likeness, notices, review
from partners.models import Listing, LocalNote, Proposal, Relation, Reply, Report, Upload


@dataclass(frozen=True)
class Task:
    """Some work: how many, in which words, and the page where it is done (its name, or "").

    `query`: what narrows that page to it (« ?statut=brouillon »). `is_least`: there may be more.
    """

    count: int
    label: str
    help: str
    url_name: str = ""
    query: str = ""
    is_least: bool = False


def tasks():
    """The work of the day (list of `Task`), the most pressing first, in few queries."""
    statuses = Listing.objects.order_by().values_list("status")
    records = Counter(dict(statuses.annotate(Count("pk"))))
    marked = Report.objects.marking().count()
    reported, missing = _reports()
    doubles = likeness.count()
    proposals, uploads = _counts(
        Proposal.objects.filter(status=Proposal.Status.NEW, reply=None),
        Upload.objects.filter(status__in=[Upload.Status.RECEIVED, Upload.Status.PLANNED]),
    )
    return [
        Task(
            marked,
            "fiches signalées plusieurs fois",
            "Au moins deux appels pour rien\u00a0: leur carte prévient tout le monde.",
            "manage_reports",
        ),
        Task(
            reported,
            "signalements à traiter",
            "Un conseiller a vu une erreur\u00a0: le numéro, une fermeture, un public.",
            "manage_reports",
        ),
        Task(
            review.counts()["mois"],
            "vérifications du mois",
            "Un appel, un courriel\u00a0: «\u00a0rien à changer\u00a0» tient en un clic.",
            "manage_review",
        ),
        Task(
            missing,
            "manques signalés",
            "Une situation, un lieu, et personne pour y répondre.",
            "manage_reports_gaps",
        ),
        Task(
            notices.to_tell().count(),
            "personnes à informer",
            "Nommées dans une fiche\u00a0: elles doivent le savoir dans le mois.",
            "manage_data_contacts",
        ),
        Task(
            LocalNote.objects.waiting().count(),
            "notes d'agence à relire",
            "Ce qu'une agence sait d'un partenaire\u00a0: ses collègues le lisent après vous.",
            "manage_reports_notes",
        ),
        Task(
            Reply.objects.to_settle().count(),
            "réponses de partenaires à relire",
            "Ils ont corrigé leur fiche\u00a0: rien ne paraît sans vous.",
            "manage_campaigns_answers",
        ),
        Task(
            Relation.objects.due().count(),
            "partenaires à recontacter",
            "Le jour que vous aviez choisi est venu\u00a0: prenez de leurs nouvelles.",
            "manage_records_due",
        ),
        Task(
            proposals,
            "propositions à relire",
            "Les données ouvertes disent autre chose que la fiche.",
            "manage_campaigns_answers",
            "?de=sources",
        ),
        Task(
            doubles,
            "doublons probables",
            "Deux fiches pour un même partenaire\u00a0: l'une vieillit sans qu'on le voie.",
            "manage_merge",
            is_least=doubles.is_least,
        ),
        Task(
            uploads,
            "imports à terminer",
            "Un fichier déposé, pas encore appliqué ni abandonné.",
            "manage_imports",
        ),
        Task(
            records[Listing.Status.TO_CHECK],
            "fiches à publier",
            "Importées ou incomplètes, pas encore publiées.",
            "manage_records",
            f"?statut={Listing.Status.TO_CHECK}",
        ),
        Task(
            records[Listing.Status.DRAFT],
            "brouillons",
            "Commencés, jamais publiés.",
            "manage_records",
            f"?statut={Listing.Status.DRAFT}",
        ),
    ]


def _counts(*querysets):
    """How many rows each has (list), in one query."""
    counted = [
        rows.order_by().values(part=Value(number)).annotate(rows=Count("pk"))
        for number, rows in enumerate(querysets)
    ]
    found = dict(counted[0].union(*counted[1:], all=True).values_list("part", "rows"))
    return [found.get(number, 0) for number in range(len(querysets))]


def _reports():
    """(those on a record, gaps) that are open, in one query."""
    is_gap = Q(kind=Report.Kind.MISSING)
    found = Report.objects.open().aggregate(
        reported=Count("pk", filter=Q(listing__isnull=False)), missing=Count("pk", filter=is_gap)
    )
    return found["reported"], found["missing"]
