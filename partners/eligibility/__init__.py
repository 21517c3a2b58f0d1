"""Whether a scheme may suit a household: pure Python, no database.

`kinds` is what a criterion may speak of, `schemes` the shapes that Python and the browser share,
`logic` true, false and unknown, `evaluation` the verdict, `asking` the questions and their order,
`checks` what contradicts itself, `sentences` the French words. `static/js/eligibility-rules.js`
evaluates the same shapes in the browser, alone (rule R5); `tests/eligibility/cases.json` holds the
two to the same verdicts.
"""

from partners.eligibility.asking import questions
from partners.eligibility.evaluation import evaluate
from partners.eligibility.schemes import Criterion, Group, Scheme, Test, Verdict

__all__ = ["Criterion", "Group", "Scheme", "Test", "Verdict", "evaluate", "questions"]
