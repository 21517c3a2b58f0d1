"""The words of the field: situations, helplines, danger signs and acronyms, from the fixtures.

What staff edit is theirs: a row that exists is left alone, unless asked, and then field by field.
Only words that an installation never had are added to it: those of a newer version, not those that
staff took away or gave to another row. Nothing here says that a number was verified: a person must
check each one.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path

import pghistory
from django.conf import settings
from django.db import transaction

from partners.imports import france
from partners.models import (
    CallGuide,
    DangerSign,
    DangerSignHelpline,
    GlossaryTerm,
    Helpline,
    Situation,
    SituationHelpline,
    Territory,
)

FOLDER = settings.BASE_DIR / "fixtures" / "vocabulary"
NULLABLE = {"is_free"}

# Field of the model: its key in the file. The first is what a row is known by.
HELPLINE = {
    "slug": "slug",
    "name": "name",
    "number": "number",
    "href": "href",
    "channels": "channels",
    "kind": "kind",
    "status": "status",
    "audience": "for",
    "hours": "hours",
    "is_free": "free",
    "is_danger": "danger_strip",
    "order": "order",
    "staff_note": "note",
    "source": "source",
}
SITUATION = {
    "slug": "slug",
    "label": "label",
    "description": "description",
    "icon": "icon",
    "order": "order",
    "is_home_tile": "home_tile",
    "is_danger": "danger",
    "internal_subject": "internal_subject",
    "synonyms": "synonyms",
    "typical_partners": "typical_partners",
    "themes": "data_inclusion_thematiques_v1",
}
SIGN = {
    "slug": "slug",
    "label": "label",
    "words": "words",
    "message": "message",
    "alarms": "alarms",
    "calms": "calms",
}
GLOSSARY_TERM = {
    "acronym": "acronym",
    "expansion": "expansion",
    "definition": "definition",
    "category": "category",
    "ambiguous_with": "ambiguous_with",
    "aliases": "aliases",
    "source": "source",
}
WORDS = {Situation: "synonyms", DangerSign: "words"}
"""The words by which a text is understood."""
GUIDE = ["opening", "questions", "red_flags", "not_to_promise", "escalate_to"]
"""The words of a call guide, in the order of a call."""


class MissingTerritoryError(LookupError):
    """The zone of a helpline (its argument) is not among the territories."""


@dataclass(frozen=True)
class Difference:
    """A field whose value in the database (`before`) is not the one of the file (`after`)."""

    row: str
    field: str
    before: object
    after: object


@dataclass
class Report:
    """What became of one sort of rows, the words that existing ones learnt, how they still differ
    from the file."""

    label: str
    created: int = 0
    unchanged: int = 0
    words: int = 0
    differences: list[Difference] = field(default_factory=list)

    @property
    def different(self) -> list[str]:
        """The rows that differ, by slug or acronym."""
        return list(dict.fromkeys(difference.row for difference in self.differences))


def load(*, folder: Path = FOLDER, update: bool = False) -> list[Report]:
    """Create the rows that are missing, teach existing ones new words, in one transaction; change
    them otherwise only if `update`.

    Raises MissingTerritoryError before the territories are loaded, ValidationError for a wrong
    value in a file.
    """
    with transaction.atomic(), pghistory.context(origine="vocabulaire fourni"):
        return [
            _load_helplines(folder, update),
            _load_linked(
                Situation, SITUATION, SituationHelpline, folder / "situations.json", update
            ),
            _load_linked(
                DangerSign, SIGN, DangerSignHelpline, folder / "danger-signs.json", update
            ),
            _load_terms(folder, update),
            _load_guides(folder),
        ]


def _rows(path):
    return json.loads(path.read_text(encoding="utf-8"))


def _values(names, row):
    """Field values from a row of a file; an absent text is an empty one, as Django has it."""
    values = {name: row[key] for name, key in names.items()}
    return {
        name: "" if value is None and name not in NULLABLE else value
        for name, value in values.items()
    }


def _load_helplines(folder, update):
    report = Report("numéros utiles")
    rows = _rows(folder / "helplines.json")
    for row in sorted(rows, key=lambda row: "redirect" in row):  # what replaces comes first
        values = _values(HELPLINE, row) | {"zone": _zone(row["zone"]), "replaced_by": None}
        if "redirect" in row:
            values["replaced_by"] = Helpline.objects.get(slug=row["redirect"])
        _load_row(Helpline, values, report, update)
    return report


def _zone(name):
    """The territory that a file calls « France », by a département's code or a région's name."""
    by_kind = {"kind": Territory.Kind.REGION, "name": name}
    if name == "France":
        by_kind = {"kind": Territory.Kind.COUNTRY, "code": france.COUNTRY}
    elif name[:1].isdigit():
        by_kind = {"kind": Territory.Kind.DEPARTEMENT, "code": name}
    zone = Territory.objects.filter(**by_kind).first()
    if zone is None:
        raise MissingTerritoryError(name)
    return zone


def _load_linked(model, names, link_model, path, update):
    """Rows with helplines in order: situations, danger signs."""
    report = Report(str(model._meta.verbose_name_plural))
    lines = {line.slug: line for line in Helpline.objects.all()}
    if not update:
        report.words = _teach(model, _rows(path))
    for row in _rows(path):
        links = [lines[slug] for slug in row["helplines"]]
        _load_row(model, _values(names, row), report, update, link_model, links)
    return report


def _teach(model, rows):
    """Add to each row of a model the words of the file that it never had and that no other row has,
    unless the file gives them to both; how many."""
    name = WORDS[model]
    known = {row.slug: row for row in model._base_manager.all()}
    given = {row["slug"]: _lower(row[name]) for row in rows}
    taught = 0
    for row in rows:
        asked = known.get(row["slug"])
        if asked is None:
            continue
        there = _holder(asked)
        had = _ever(there, name) | _ever(asked, name)
        for slug, other in known.items():
            if slug != there.slug:
                had |= _lower(getattr(other, name)) - given.get(slug, set())
        new = [word for word in row[name] if word.lower() not in had]
        if new:
            setattr(there, name, [*getattr(there, name), *new])
            there.clean_fields()
            there.save(update_fields=[name])
            taught += len(new)
    return taught


def _holder(row):
    """The row whose words lead where those of this one did: what a situation was merged into, when
    it took its words, its label among them."""
    into = getattr(row, "merged_into", None)
    return into if into and row.label in into.synonyms else row


def _ever(row, name):
    """The words (lower case) that a row has or had, as its history tells."""
    past = row.pgh_event_model.objects.filter(pgh_obj_id=row.pk).values_list(name, flat=True)
    return _lower(word for held in [getattr(row, name), *past] for word in held)


def _lower(said):
    return {word.lower() for word in said}


def _load_terms(folder, update):
    report = Report("sigles")
    for row in _rows(folder / "glossary.json"):
        _load_row(GlossaryTerm, _values(GLOSSARY_TERM, row), report, update)
    return report


def _load_guides(folder):
    """Proposals: one that is there is the manager's, whatever it says, and `update` leaves it."""
    report = Report("guides d'appel")
    situations = {situation.slug: situation for situation in Situation.everything.all()}
    written = set(CallGuide.objects.values_list("situation__slug", flat=True))
    for row in _rows(folder / "call-guides.json"):
        if row["situation"] in written:
            report.unchanged += 1
            continue
        guide = CallGuide(
            situation=situations[row["situation"]],
            is_proposed=True,
            **{name: row[name] for name in GUIDE},
        )
        guide.full_clean()
        guide.save(force_insert=True)
        report.created += 1
    return report


def _load_row(model, values, report, update, link_model=None, links=()):
    """Create this row, or compare it with the one there is, and change that one if `update`."""
    key = next(iter(values))
    row = model._base_manager.filter(**{key: values[key]}).first()
    if row is None:
        row = model(**values)
        row.clean_fields()
        row.save(force_insert=True)
        _link(row, link_model, links)
        report.created += 1
        return
    found = _compare(row, values, link_model, links)
    report.differences += found
    report.unchanged += not found
    if found and update:
        _update(row, values, link_model, links, {difference.field for difference in found})


def _compare(row, values, link_model, links):
    key = next(iter(values))
    pairs = {name: (getattr(row, name), value) for name, value in values.items()}
    if link_model:
        there = row.helpline_links.select_related("helpline")
        pairs["helplines"] = [link.helpline.slug for link in there], [line.slug for line in links]
    return [
        Difference(values[key], name, before, after)
        for name, (before, after) in pairs.items()
        if before != after and not (name in WORDS.values() and set(before) == set(after))
    ]


def _update(row, values, link_model, links, differing):
    for name in differing - {"helplines"}:
        setattr(row, name, values[name])
    row.clean_fields()
    if differing - {"helplines"}:
        row.save()
    if "helplines" in differing:
        row.helpline_links.all().delete()
        _link(row, link_model, links)


def _link(row, link_model, links):
    """Give `row` these helplines, in this order."""
    if link_model:
        owner = link_model._meta.fields[1].name
        link_model.objects.bulk_create(
            link_model(**{owner: row}, helpline=line, order=order)
            for order, line in enumerate(links, start=1)
        )
