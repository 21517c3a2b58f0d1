"""The rows that look like a record that we have: a person says which they are.

A decision is kept by line: `NEW`, `LEFT_OUT`, or `same` of a record's key. Without one, a row that
may be a record is left out: a duplicate is worse than a row to bring again.
"""

from dataclasses import asdict, replace

from partners.imports import likely
from partners.imports.matching import Match

NEW, LEFT_OUT, SAME = "nouvelle", "ecartee", "fiche:"
TO_DECIDE = "ressemble à une fiche de l'annuaire\u00a0: à décider"
DECIDED_OUT = "laissée de côté, à votre demande"


def same(pk):
    return f"{SAME}{pk}"


def record_of(choice):
    """The key of the record that a decision designates, None for another decision."""
    number = choice.removeprefix(SAME)
    return int(number) if choice.startswith(SAME) and number.isdigit() else None


class Judge:
    """Decides what each row is, for `imports.plan.build`; remembers the doubts it had.

    `alike` is {line: [`likely.Alike`]}; `undecided` and `left_out` are sets of lines.
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
        found = likely.find(new)
        named = likely.named({pk for match in matches.values() for pk in match.likely})
        for line, match in matches.items():
            if match.likely:
                found[line] = [named[pk] for pk in match.likely if pk in named]
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
