"""The past of a record in the field's French words."""

from dataclasses import dataclass
from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models

from partners import hours, phones
from partners.imports.data_inclusion import labels
from partners.models import (
    Contact,
    Listing,
    ListingSituation,
    SchemeRole,
    Situation,
    Territory,
    User,
    Verification,
)
from partners.past import around
from partners.past.versions import COMMUNE, INSIDE, POINT, RELATIONS, row_facts

LABELS = {
    COMMUNE: "commune",
    POINT: "point sur la carte",
    "opening_hours": "horaires",
    "situations": "situations",
    "zones": "zone desservie",
    "permanences": "permanences",
    "contacts": "contacts nommés",
    "roles": "structures du dispositif",
    "verifications": "vérifications",
    "relation": "relation avec le partenaire",
} | around.LABELS
PHONES = {"phone", "professional_phone"}
SECRET = {
    "address", "address_extra", "postal_code", COMMUNE, POINT, "siret", "website",
    "accessibility_url", "mobilisation_url", "source_url", "permanences",
    "way_there",
}  # fmt: skip
"""What would show where a confidential shelter is (rule R7)."""

NOTHING = "(rien)"
HIDDEN = "(gardé secret\u00a0: adresse confidentielle)"
REPEATED = "verifications"
"""A fact that took place: told, never taken back."""


@dataclass(frozen=True)
class Change:
    """A part of a record that differs: what it said no longer, what it says since (texts)."""

    part: str
    label: str
    old: list[str]
    new: list[str]
    can_restore: bool


class Names:
    """The names of what rows designate by key: one query for each kind, for many changes."""

    def __init__(self, states):
        self._keys = {Territory: set(), Situation: set(), Listing: set()}
        self._documents = {}
        for state in states:
            self._note(state)
            self._note_around(state)
        for keys in self._keys.values():
            keys.discard(None)
        self._names = {
            model: model._base_manager.in_bulk(keys) for model, keys in self._keys.items()
        }

    def _note(self, state):
        parts = state.parts
        self._keys[Territory] |= {row["territory_id"] for row in parts["zones"].values()}
        self._keys[Territory] |= {row["commune_id"] for row in parts["permanences"].values()}
        self._keys[Territory] |= {parts[COMMUNE]} - {None}
        self._keys[Situation] |= {row["situation_id"] for row in parts["situations"].values()}
        self._keys[Listing] |= {row["structure_id"] for row in parts["roles"].values()}
        self._keys[Listing] |= {parts["parent_id"]} - {None}

    def _note_around(self, state):
        """What designates something in the rows that stand around a record."""
        parts = state.parts
        criteria = [row for group in parts["criteria"].values() for row in group[INSIDE]]
        doors = parts["doors"].values()
        self._keys[Territory] |= {row["territory_id"] for row in (*doors, *criteria)}
        self._keys[Listing] |= {row["structure_id"] for row in doors}
        self._keys[Listing] |= {row["other_id"] for row in parts["alternatives"].values()}
        self._keys[Listing] |= {row["redirect_id"] for row in criteria}
        self._documents |= {row["id"]: row["title"] for row in parts["documents"].values()}

    def document(self, pk):
        """The title of a document of the record, as its history last told it."""
        return self._documents.get(pk, f"(n°\u00a0{pk}, disparu)")

    def of(self, model, pk):
        found = self._names[model].get(pk)
        return str(found) if found else f"(n°\u00a0{pk}, disparu)"


def tell(before, after, names, *, is_secret=False):
    """The differences between two states of a record (list of `Change`), in French.

    `is_secret`: its address is confidential today, so what it was long ago is not told either.
    """
    is_secret = is_secret or any(s.parts["is_confidential"] for s in (before, after))
    return [
        _change(part, before.parts[part], after.parts[part], names, is_secret)
        for part in before.differences(after)
    ]


def _change(part, old, new, names, is_secret):
    if is_secret and part in SECRET:
        return Change(part, label(part), [HIDDEN], [HIDDEN], can_restore=False)
    if part == "details" and old and new:
        told = around.details_changed(*(next(iter(rows.values())) for rows in (old, new)))
    elif part == "criteria":
        told = around.criteria_changed(old, new, names)
    elif part in RELATIONS:
        old, new = _only_different(old, new)
        told = ([_row(part, row, names) for row in rows] for rows in (old, new))
    else:
        told = ([value(part, said, names)] for said in (old, new))
    lifted = part == "is_confidential" and is_secret
    return Change(part, label(part), *told, can_restore=part != REPEATED and not lifted)


def _only_different(old, new):
    """The rows of one that the other has not, in a fixed order."""
    known_old, known_new = ({row_facts(row): row for row in rows.values()} for rows in (old, new))
    return (
        _in_order([row for facts, row in known_old.items() if facts not in known_new]),
        _in_order([row for facts, row in known_new.items() if facts not in known_old]),
    )


def _in_order(rows):
    """By rank where rows have one, then always the same."""
    return sorted(rows, key=lambda row: (row.get("order", 0), row_facts(row)))


def label(part):
    """The name of a part of a record, as its form says it."""
    if part in LABELS:
        return LABELS[part]
    return str(_field(part).verbose_name)


def _field(part):
    return Listing._meta.get_field(part.removesuffix("_id") if part == "parent_id" else part)


def value(part, said, names):
    """A field's value in French, from its JSON."""
    if part == POINT:
        return NOTHING if said[0] is None else f"{said[0]:.5f}, {said[1]:.5f}"
    if said in (None, "", []):
        return NOTHING
    if part == COMMUNE:
        return names.of(Territory, said)
    if part == "parent_id":
        return names.of(Listing, said)
    if part in PHONES:
        return phones.display(said)
    if part == "opening_hours":
        return _hours(said)
    if part in labels.BY_FIELD:
        return "\u00a0; ".join(labels.said(part, slug) for slug in said)
    return _plain(_field(part), said)


def _plain(found, said):
    if isinstance(found, ArrayField):
        return ", ".join(_choice(found.base_field, item) for item in said)
    if isinstance(found, models.BooleanField):
        return "oui" if said else "non"
    if isinstance(found, models.DateField):
        return f"{date.fromisoformat(said):%d/%m/%Y}"
    return (
        _choice(found, said).replace(".", ",") if isinstance(said, float) else _choice(found, said)
    )


def _choice(found, said):
    return str(dict(found.flatchoices).get(said, said))


def _hours(osm):
    return "\u00a0; ".join(f"{days}\u00a0: {slots}" for days, slots in hours.describe(osm))


def _row(part, row, names):
    return ROWS[part](row, names)


def _situation(row, names):
    role = ListingSituation.Role(row["role"]).label
    first = ", à faire en premier" if row["is_first"] else ""
    return f"{names.of(Situation, row['situation_id'])} ({role}{first})"


def _zone(row, names):
    return names.of(Territory, row["territory_id"])


def _permanence(row, names):
    rule = hours.describe_permanence(row["hours"])
    mode = ", sur rendez-vous" if row["is_by_appointment"] else ""
    place = f"{row['place']}, {names.of(Territory, row['commune_id'])}"
    return f"{place}\u00a0: {rule}{mode}"


def _contact(row, names):
    facts = [row["name"], row["function"], phones.display(row["phone"]), row["email"]]
    seen = Contact.Visibility(row["visibility"]).label
    return f"{', '.join(filter(None, facts))} (visible par {seen})"


def _role(row, names):
    return f"{SchemeRole.Role(row['role']).label}\u00a0: {names.of(Listing, row['structure_id'])}"


def _verification(row, names):
    scope, method = Verification.Scope(row["scope"]), Verification.Method(row["method"])
    return f"{scope.label}, {method.label}, le {date.fromisoformat(row['checked_on']):%d/%m/%Y}"


def _relation(row, names):
    days = {"dernier contact le": "last_contact_on", "à recontacter le": "next_contact_on"}
    texts = {"ils attendent": "expected_of_us", "nous attendons": "we_expect"}
    said = [
        f"{words} {date.fromisoformat(row[name]):%d/%m/%Y}"
        for words, name in days.items()
        if row[name]
    ]
    said += [f"{words}\u00a0: {row[name]}" for words, name in texts.items() if row[name]]
    return "\u00a0; ".join(said) or NOTHING


ROWS = {
    "situations": _situation,
    "zones": _zone,
    "permanences": _permanence,
    "contacts": _contact,
    "roles": _role,
    "verifications": _verification,
    "relation": _relation,
} | around.ROWS


# Who, and how it came


def authors(versions):
    """{key of an account: it} of those who made these versions."""
    keys = {version.context.get("user") for version in versions}
    return User.objects.in_bulk([key for key in keys if isinstance(key, int)])


def who(version, accounts):
    """The account that made a version, "" when nobody did it by hand."""
    key = version.context.get("user")
    if key is None:
        return ""
    return accounts[key].email if key in accounts else "un compte supprimé"


def how(version):
    """By which way a version came, in French."""
    context = version.context
    if "retour" in context:
        return "retour en arrière"
    if "fusion" in context:
        return "fusion de deux fiches"
    if "fusion_defaite" in context:
        return "fusion défaite"
    if "annulation" in context:
        return f"annulation de l'import «\u00a0{context['annulation']}\u00a0»"
    if "import" in context:
        return f"import «\u00a0{context['import']}\u00a0»"
    if context.get("origine") == "api":
        return "par l'API"
    if "origine" in context:
        return str(context["origine"])
    return _by_page(context.get("url", ""))


def _by_page(url):
    pages = {
        "/administration/": "dans l'administration",
        "/gestion/": "dans la gestion",
        "/fiches/propositions/": "proposition d'une source reprise",
        "/fiches/": "depuis la fiche",
    }
    found = (words for start, words in pages.items() if url.startswith(start))
    return next(found, "commande ou traitement")
