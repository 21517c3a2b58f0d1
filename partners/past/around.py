"""What stands around a record, in French words: a line for each of its rows, in the past as now."""

from datetime import date
from decimal import Decimal

from django.contrib.postgres.fields import ArrayField

from partners import phones
from partners.eligibility import reading, sentences
from partners.models import Criterion, Document, Listing, SchemeDetails, Territory
from partners.past.versions import INSIDE

LABELS = {
    "way_there": "venir sans voiture",
    "details": "précisions du dispositif",
    "doors": "qui instruit ici",
    "papers": "papiers à apporter",
    "documents": "documents",
    "steps": "étapes",
    "alternatives": "voir plutôt",
    "ceilings": "plafonds",
    "criteria": "critères",
}
LONGEST = 300
"""Characters of a text that the history shows."""

NB = "\u00a0"
STRENGTHS = {
    Criterion.Strength.PRIORITY.value: "priorité",
    Criterion.Strength.INDICATIVE.value: "indicatif",
}
DECIMALS = ("minimum", "maximum")
DAYS = ("first_day", "last_day")


def details(row, names):
    said = {field: row.get(field.attname) for field in SchemeDetails._meta.concrete_fields}
    told = (
        f"{field.verbose_name}{NB}: {_plain(field, value)}"
        for field, value in said.items()
        if value and not (field.primary_key or field.is_relation)
    )
    return "\u00a0; ".join(told)


def details_changed(old, new):
    """Only what differs between two rows of details: (texts of one, texts of the other)."""
    differing = {name for name in old if old[name] != new.get(name)}
    kept = ({name: row[name] for name in row if name in differing} for row in (old, new))
    return tuple([text] if (text := details(row, None)) else [] for row in kept)


def door(row, names):
    who = row["label"] or names.of(Listing, row["structure_id"])
    reached = [phones.display(row["phone"]), row["email"], row["website"], row["note"]]
    return _joined(f"{names.of(Territory, row['territory_id'])}{NB}: {who}", *reached)


def paper(row, names):
    note = f" ({row['note']})" if row["note"] else ""
    return f"{row['order']}. {row['name']}{note}{'' if row['is_required'] else ', si possible'}"


def document(row, names):
    kind = Document.Kind(row["kind"]).label
    who = Document.Audience(row["audience"]).label
    dated = f"du {_day(row['dated_on'])}" if row["dated_on"] else ""
    version = f"version {row['version']}" if row["version"] else ""
    held = row["url"] or row["file_name"] or f"«{NB}{_short(row['text'])}{NB}»"
    start = f"{row['order']}. {row['title']} ({kind}, {who})"
    return f"{_joined(start, version, dated)}{NB}: {held}"


def step(row, names):
    worksheet = row["document_id"] and f"fiche outil{NB}: {names.document(row['document_id'])}"
    facts = [row["actor"], row["delay"], row["place"], _short(row["aim"]), worksheet]
    return _joined(f"{row['order']}. {row['title']}", *facts)


def alternative(row, names):
    return f"{row['order']}. {names.of(Listing, row['other_id'])}{NB}: {row['reason']}"


def ceiling(row, names):
    amounts = [f"{size}{NB}pers. {_euros(a)}" for size, a in enumerate(row["amounts"], start=1)]
    if row["extra_person"] is not None:
        amounts.append(f"par personne en plus {_euros(row['extra_person'])}")
    until = f" au {_day(row['valid_until'])}" if row["valid_until"] else ""
    start = f"{row['label']}, du {_day(row['valid_from'])}{until}"
    return f"{start}{NB}: {', '.join(amounts)} (source{NB}: {row['source']})"


def criteria_changed(old, new, names):
    """Of the groups of two states ({key: row}), the lines of one that the other has not."""
    told = [list(_criteria(groups.values(), names)) for groups in (old, new)]
    return tuple(
        [line for line in lines if line not in others] for lines, others in (told, told[::-1])
    )


def _criteria(groups, names):
    """A line for each criterion, after its group."""
    for row in groups:
        rows, place = row[INSIDE], row["order"]
        heading = sentences.heading(row["rule"], row["least"], len(rows)).lower()
        start = f"Groupe {place}, {row['title']}" if row["title"] else f"Groupe {place}"
        for said in rows:
            yield f"{start} ({heading}), {said['order']}{NB}: {_criterion(said, names)}"
        if not rows:
            yield f"{start} ({heading}), vide"


def _criterion(row, names):
    words = row["label"] or reading.words(_parameters(row, names)) or row["question"]
    asked = f"«{NB}{row['question']}{NB}»" if row["question"] and row["question"] != words else ""
    instead = row["redirect_text"] or (row["redirect_id"] and names.of(Listing, row["redirect_id"]))
    otherwise = f"sinon {instead}" if instead else ""
    never = "" if row["assessor"] in {"conseillere", "declaration"} else "jamais demandé"
    notes = [asked, STRENGTHS.get(row["strength"]), never, otherwise, row["source"]]
    told = ", ".join(filter(None, notes))
    return f"{words} ({told})" if told else words


def _parameters(row, names):
    numbers = {n: None if row[n] is None else Decimal(str(row[n])) for n in DECIMALS}
    days = {name: row[name] and date.fromisoformat(row[name]) for name in DAYS}
    place = row["territory_id"]
    return reading.Parameters(
        kind=row["kind"],
        has_low=row["is_minimum_included"],
        has_high=row["is_maximum_included"],
        first_stage=row["first_stage"],
        last_stage=row["last_stage"],
        values=tuple(row["values"]),
        territory=("", names.of(Territory, place)) if place else None,
        **numbers,
        **days,
    )


def _plain(field, value):
    if value is True:
        return "oui"
    if isinstance(field, ArrayField):
        return ", ".join(_plain(field.base_field, one) for one in value)
    if field.get_internal_type() == "DateField":
        return _day(value)
    return str(dict(field.flatchoices).get(value, _short(value)))


def _joined(*facts):
    return ", ".join(filter(None, facts))


def _short(text):
    flat = " ".join(text.split())
    return flat if len(flat) <= LONGEST else f"{flat[:LONGEST]}… ({len(text)}{NB}caractères)"


def _day(said):
    return f"{date.fromisoformat(said):%d/%m/%Y}"


def _euros(amount):
    return f"{sentences.number(Decimal(str(amount)))}{NB}€"


ROWS = {
    "way_there": lambda row, names: row["without_car"],
    "details": details,
    "doors": door,
    "papers": paper,
    "documents": document,
    "steps": step,
    "alternatives": alternative,
    "ceilings": ceiling,
}
