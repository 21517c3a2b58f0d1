"""The rows that look like a record that we have: a person says which they are.

A decision is kept by line: `NEW`, `LEFT_OUT`, or `same` of a record's key. Without one, a row that
may be a record is left out: a duplicate is worse than a row to bring again.
"""

from dataclasses import asdict, dataclass, replace

from partners import likeness
from partners.imports import marks
from partners.imports.matching import Match
from partners.models import Listing

NEW, LEFT_OUT, SAME = "nouvelle", "ecartee", "fiche:"
TO_DECIDE = "ressemble à une fiche de l'annuaire\u00a0: à décider"
DECIDED_OUT = "laissée de côté, à votre demande"


ARCHIVED = "fiche archivée"
FACTS = ("name", "kind", "siret", "phone", "professional_phone", "structure_type")
FACTS += ("latitude", "longitude", "is_confidential")
IDENTIFIER = ("source", "source_id", "pk")


@dataclass(frozen=True)
class Alike:
    """A record that a row may be, with what speaks for it and against, in French."""

    pk: int
    name: str
    reasons: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


def find(drafts):
    """By line, the records that drafts may be, by `likeness`: {line: [`Alike`]}."""
    if not drafts:
        return {}
    keys = _keys({reference for draft in drafts for reference in _references(draft)})
    found = likeness.of_each({draft.line: _facts(draft, keys) for draft in drafts})
    return {line: [_alike(pair) for pair in pairs] for line, pairs in found.items()}


def _facts(draft, keys):
    told = {name: draft.fields[name] for name in FACTS if name in draft.fields}
    linked = [keys[reference] for reference in _references(draft) if reference in keys]
    return told | {"commune": draft.commune_code, "linked": linked}


def _keys(references):
    """{reference: key of the record that we have}."""
    own = {reference: marks.own_key(reference[1]) for reference in references}
    named = Listing.objects.filter(source_id__in={identifier for _, identifier in references})
    named = named.filter(source__in={source for source, _ in references}, source_id__gt="")
    stored = {(source, its): pk for source, its, pk in named.values_list(*IDENTIFIER)}
    return stored | {reference: key for reference, key in own.items() if key}


def _references(draft):
    parent = [draft.parent] if draft.parent else []
    return parent + [reference for _, reference in draft.roles or ()]


def _alike(pair):
    record = pair.second
    archived = _archived(record.status)
    return Alike(record.pk, record.name, (*pair.reasons, *archived), pair.doubts)


def _named(pks):
    """The records of these keys: {key: `Alike`}."""
    rows = Listing.objects.filter(pk__in=pks).values_list("pk", "name", "status")
    return {pk: Alike(pk, name, _archived(status)) for pk, name, status in rows}


def _archived(status):
    return (ARCHIVED,) if status == Listing.Status.ARCHIVED else ()


def same(pk):
    return f"{SAME}{pk}"


def record_of(choice):
    """The key of the record that a decision designates, None for another decision."""
    number = choice.removeprefix(SAME)
    return int(number) if choice.startswith(SAME) and number.isdigit() else None


class Judge:
    """Decides what each row is, for `imports.plan.build`; remembers the doubts it had.

    `alike` is {line: [`Alike`]}; `undecided` and `left_out` are sets of lines.
    """

    def __init__(self, decisions):
        self.decisions = {int(line): choice for line, choice in decisions.items()}
        self.alike, self.undecided, self.left_out = {}, set(), set()

    def __call__(self, drafts, matches):
        valid = [draft for draft in drafts if draft.line in matches]
        self.alike = self._likely(valid, matches)
        decided = {line: self._decided(line, match) for line, match in matches.items()}
        return _once(decided)

    def _likely(self, drafts, matches):
        new = [d for d in drafts if _is_new(matches[d.line])]
        found = find(new)
        names = _named({pk for match in matches.values() for pk in match.likely})
        for line, match in matches.items():
            if match.likely:
                found[line] = [names[pk] for pk in match.likely if pk in names]
        return found

    def _decided(self, line, match):
        choice = self.decisions.get(line, "")
        if choice == LEFT_OUT:
            self.left_out.add(line)
            return Match(refusal=DECIDED_OUT)
        if line not in self.alike:
            return match
        if choice == NEW:
            return Match()
        if record_of(choice) in {one.pk for one in self.alike[line]}:
            return Match(record_of(choice))
        if match.number:
            return match
        self.undecided.add(line)
        return Match(refusal=TO_DECIDE)

    def of(self, line):
        """The records that a row may be, as JSON."""
        return [asdict(one) for one in self.alike.get(line, [])]


def _is_new(match):
    return match.number is None and not match.refusal


def _once(matches):
    """No record is two rows: the second is refused."""
    owners = {}
    for line, match in sorted(matches.items()):
        first = owners.setdefault(match.number, line) if match.number else line
        if first != line:
            matches[line] = replace(
                match, number=None, refusal=f"même fiche que la ligne {first}", warning=""
            )
    return matches
