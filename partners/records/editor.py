"""The whole form of a record: its fields and its rows, what is wrong and where."""

from dataclasses import dataclass

from django.db.models import Prefetch
from django.utils.functional import cached_property

from partners.hours import french
from partners.imports import status as gate
from partners.models import CoverageZone, Listing, ListingSituation, Permanence, SchemeRole
from partners.records import facts as facts_of
from partners.records.form import RecordForm
from partners.records.rows import (
    ContactRows,
    PermanenceRows,
    RoleRows,
    initial_contact,
    initial_permanence,
    initial_role,
)

ANCHORS = {
    "nom": "id_name",
    "resume": "id_summary",
    "telephone": "id_phone",
    "situations_coeur": "situations",
    "zone_eligibilite": "zones",
    "source": "id_source",
}
"""Where on the page is settled what `imports.status.lacking` says, by column."""


@dataclass(frozen=True)
class Fault:
    """Something to mend, and the id of the element where it is mended."""

    anchor: str
    where: str
    message: str


def rows_of_form():
    """What a `RecordForm` shows of a record's situations and places, to prefetch."""
    return [
        Prefetch("situation_links", ListingSituation.objects.with_situation()),
        Prefetch("zone_links", CoverageZone.objects.select_related("territory")),
        Prefetch("permanences", Permanence.objects.select_related("commune").order_by("pk")),
    ]


def with_rows(listings):
    """`listings` with all that an `Editor` shows: a fixed number of queries."""
    found = listings.select_related("commune__departement", "parent", "way_there")
    return found.prefetch_related(
        *rows_of_form(),
        Prefetch("scheme_roles", SchemeRole.objects.select_related("structure").order_by("pk")),
        "contacts",
    )


class Editor:
    """A record opened, or sent back (`data`, a POST). `before`: the facts when it was opened."""

    def __init__(self, listing, data=None, *, before=None):
        self.listing, self.is_bound = listing, data is not None
        self.now = facts_of.of_listing(listing)
        self.before = self.now if before is None else before
        known_hours = [self.before.get("opening_hours", "")]
        self.form = RecordForm(data, listing=listing, known_hours=known_hours)
        rows = listing if listing.pk else None
        self.permanences = PermanenceRows(
            data,
            prefix="permanences",
            initial=[initial_permanence(row) for row in rows.permanences.all()] if rows else [],
        )
        self.contacts = ContactRows(
            data,
            prefix="contacts",
            initial=[initial_contact(row) for row in rows.contacts.all()] if rows else [],
        )
        self.roles = RoleRows(
            data,
            prefix="roles",
            initial=[initial_role(row) for row in rows.scheme_roles.all()] if rows else [],
        )

    @property
    def row_sets(self):
        return [self.permanences, self.contacts, self.roles]

    def is_valid(self):
        """Whether every field and row may be saved; all are checked."""
        checked = [self.form.is_valid(), *(rows.is_valid() for rows in self.row_sets)]
        if self.form.cleaned_data.get("kind") == Listing.Kind.STRUCTURE and self.roles.kept():
            self.form.add_error(
                "kind", "Seul un dispositif a des rôles\u00a0: retirez-les d'abord."
            )
            return False
        return all(checked)

    @cached_property
    def facts(self):
        """The facts of a valid form."""
        return facts_of.of_form(
            self.form, permanences=self.permanences, contacts=self.contacts, roles=self.roles
        )

    def faults(self):
        """What is wrong (list of `Fault`), in the order of the page."""
        faults = _faults(self.form) if self.form.is_bound else []
        for rows in self.row_sets:
            if rows.is_bound:
                faults += [fault for form in rows.forms for fault in _faults(form)]
                faults += [Fault(rows.prefix, "", str(said)) for said in rows.non_form_errors()]
        return faults


def lacking(facts):
    """What a record of these facts lacks to be published (list of `Fault`): the importer's gate."""
    told = {
        name: facts[name] for name in ("name", "summary", "phone", "email", "website", "source")
    }
    record = Listing(
        **told,
        is_generalist=facts["is_generalist"] == "oui",
        is_zone_unspecified=False,
    )
    needs = gate.lacking(
        record, has_situation=bool(facts["situations"]), has_zone=bool(facts["zones"])
    )
    return [
        Fault(ANCHORS[column], "", WORDS.get(column, french.capitalise(need)))
        for column, need in needs.items()
    ]


WORDS = {"zone_eligibilite": "Une zone, ou «\u00a0zone non précisée\u00a0»"}


def _faults(form):
    return [
        Fault(
            _anchor(form, name),
            french.capitalise(str(form.fields[name].label or "")) if name in form.fields else "",
            " ".join(errors),
        )
        for name, errors in form.errors.items()
    ]


def _anchor(form, name):
    if name in {"zones", "zone_ajout"}:
        return "zones"
    return form[name].id_for_label or form[name].auto_id if name in form.fields else "fiche"
