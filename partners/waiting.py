"""What waits for the manager: kinds of work, and how much there is of each."""

from dataclasses import dataclass

from partners.models import Listing, Proposal, Report


@dataclass(frozen=True)
class Task:
    """Some work: how many, in which words, and the page where it is done (its name, or "")."""

    count: int
    label: str
    help: str
    url_name: str = ""


def tasks():
    """The work of the day (list of `Task`), the most pressing first; counts in one query each."""
    reports = Report.objects.filter(status=Report.Status.NEW)
    return [
        Task(
            reports.exclude(kind=Report.Kind.MISSING).count(),
            "signalements à traiter",
            "Un conseiller a vu une erreur\u00a0: le numéro, une fermeture, un public.",
        ),
        Task(
            reports.filter(kind=Report.Kind.MISSING).count(),
            "manques signalés",
            "Une situation, un lieu, et personne pour y répondre.",
            "manage_gaps",
        ),
        Task(
            Proposal.objects.filter(status=Proposal.Status.NEW).count(),
            "propositions à relire",
            "Les données ouvertes disent autre chose que la fiche.",
        ),
        Task(
            Listing.objects.filter(status=Listing.Status.TO_CHECK).count(),
            "fiches à vérifier",
            "Importées ou incomplètes, pas encore publiées.",
        ),
        Task(
            Listing.objects.filter(status=Listing.Status.DRAFT).count(),
            "brouillons",
            "Commencés, jamais publiés.",
        ),
    ]
