"""The shared table of cases: what Python and the browser must both say (`cases.json`).

A case gives a scheme, answers, and what is expected of the verdict: the parts that it names.
"""

import json
from pathlib import Path

from partners.eligibility import asking, schemes

TABLE = json.loads((Path(__file__).parent / "cases.json").read_text())
SCHEMES = {name: schemes.from_json(facts) for name, facts in TABLE["schemes"].items()}
CASES = TABLE["cases"]


def order(*asked):
    """The keys of the questions of schemes, in the order in which they are asked."""
    facts = {
        fact
        for scheme in asked
        for group in scheme.groups
        for criterion in group.criteria
        for fact in criterion.test.facts
    }
    known = {fact: schemes.Question(fact, fact) for fact in facts}
    return [question.key for question in asking.questions(asked, known)]
