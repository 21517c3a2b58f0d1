"""« Premiers pas »: three invented calls to try, on the home page of a new account."""

from dataclasses import dataclass

from django.db.models import F

from partners.models import Territory, User

DONE, FIRST = 0, 1


@dataclass(frozen=True)
class Call:
    """What somebody says, what to type (with the place of `in_`), what to look at then."""

    said: str
    typed: str
    look: str
    situation: str

    def in_(self, commune):
        """What to type (str) when the call comes from there."""
        return f"{self.typed} {commune.name}"


CALLS = [
    Call(
        "Bonjour, ma voisine a 82 ans et ne voit plus personne. Qui peut passer la voir\u00a0?",
        "isolement",
        "Le premier numéro est celui à donner. Sous le nom, «\u00a0Dessert…\u00a0» dit que le "
        "partenaire vient bien dans cette commune.",
        "isolement",
    ),
    Call(
        "Je n'arrive plus à payer mon loyer, j'ai peur de perdre mon logement.",
        "impayé",
        "«\u00a0Chez nous d'abord\u00a0» est en haut\u00a0: pour un impayé, la première réponse "
        "est dans la maison. Les partenaires suivent.",
        "impayes",
    ),
    Call(
        "Mon mari boit beaucoup, je ne sais plus à qui en parler.",
        "alcool",
        "Un numéro ne répond pas, ou il est faux\u00a0? «\u00a0Signaler une erreur\u00a0», sur la "
        "carte. Puis «\u00a0Nouvel appel\u00a0» efface tout\u00a0: rien ne passe au suivant.",
        "addictions",
    ),
]


@dataclass(frozen=True)
class Step:
    """A call to try: which one of how many, and what to type."""

    call: Call
    number: int
    total: int
    typed: str


def of(user, territory):
    """The step (`Step`) that the home page of this account shows, None most of the time.

    `territory`: where its searches begin; the call comes from its largest commune.
    """
    if not DONE < user.guide_step <= len(CALLS):
        return None
    commune = _commune_of(territory)
    if commune is None:
        return None
    call = CALLS[user.guide_step - 1]
    return Step(call, user.guide_step, len(CALLS), call.in_(commune))


def go_to(user, step):
    """Show this step next, none after the last one."""
    user.guide_step = step if step <= len(CALLS) else DONE
    User.objects.filter(pk=user.pk).update(guide_step=user.guide_step)


def _commune_of(territory):
    if territory is None:
        return None
    communes = Territory.objects.filter(kind=Territory.Kind.COMMUNE)
    if territory.kind == Territory.Kind.SECTOR:
        communes = communes.filter(sector_memberships__sector=territory)
    else:
        communes = communes.filter(departement=territory)
    return communes.order_by(F("population").desc(nulls_last=True), "pk").first()
