"""The verdict of a scheme, its questions, what contradicts itself: pure, without a database."""

import dataclasses
import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.eligibility import checks, evaluate, kinds, logic, questions, reading, schemes
from partners.eligibility.reading import Parameters
from partners.eligibility.schemes import Criterion, Group, Question, Scheme, Test
from tests.eligibility import CASES, SCHEMES, TABLE, order

Test.__test__ = False  # it tests a household


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_shared_case(case):
    scheme = SCHEMES[case["scheme"]]
    found = evaluate(scheme, case["answers"], order(scheme)).as_json()
    assert {name: found[name] for name in case["expect"]} == case["expect"]


def test_table_is_large_and_uses_every_scheme_rule_strength_and_assessor():
    assert len(CASES) >= 80
    assert {case["scheme"] for case in CASES} == set(SCHEMES)
    groups = [group for scheme in SCHEMES.values() for group in scheme.groups]
    criteria = [criterion for group in groups for criterion in group.criteria]
    assert {group.rule for group in groups} == set(kinds.Rule)
    assert {criterion.strength for criterion in criteria} == set(kinds.Strength)
    assert {criterion.by for criterion in criteria} == set(kinds.Assessor)
    forms = {schemes.YES_NO, schemes.NUMBER, schemes.DATE, schemes.STAGE, schemes.CHOICE}
    assert {criterion.test.form for criterion in criteria} == forms


def test_scheme_survives_the_way_to_the_browser_and_back():
    for name, scheme in SCHEMES.items():
        sent = json.loads(json.dumps(schemes.as_json(scheme)))
        assert schemes.from_json(sent) == scheme
        assert sent.keys() >= TABLE["schemes"][name].keys()


# Logic

TRUTHS = st.lists(st.sampled_from([True, False, None]), max_size=5)


@given(TRUTHS)
def test_some_and_every_are_counts(values):
    assert logic.some(values) is (logic.at_least(1, values) if values else False)
    assert logic.every(values) is (logic.at_least(len(values), values) if values else True)


@given(TRUTHS, st.integers(1, 4))
def test_what_is_decided_stays_so_when_more_is_known(values, number):
    decided = logic.at_least(number, values)
    for known in (True, False):
        filled = [known if value is None else value for value in values]
        assert decided in (None, logic.at_least(number, filled))


# Questions


def asking_scheme(number, *groups):
    made = []
    for rule, *facts in groups:
        criteria = tuple(
            Criterion(place, fact, Test(schemes.YES_NO, (fact,)), strength=strength)
            for place, (fact, strength) in enumerate(facts)
        )
        made.append(Group(rule, criteria))
    return Scheme(number, str(number), tuple(made))


def test_questions_come_once_exclusions_first_then_what_most_schemes_ask():
    one = asking_scheme(
        1,
        ("toutes", ("accord", "bloquant"), ("age", "bloquant")),
        ("au-moins", ("isolement", "bloquant")),
        ("aucune", ("expulsion", "bloquant"), ("jardin", "indicatif")),
    )
    two = asking_scheme(2, ("toutes", ("priorite", "prioritaire"), ("age", "bloquant")))
    assert order(one, two) == ["expulsion", "age", "accord", "isolement", "jardin", "priorite"]
    assert order(two, one)[:3] == ["expulsion", "age", "accord"]


def test_same_fact_is_asked_by_the_strongest_of_its_criteria():
    one = asking_scheme(1, ("toutes", ("age", "indicatif"), ("accord", "bloquant")))
    two = asking_scheme(2, ("aucune", ("age", "bloquant")))
    assert order(one) == ["accord", "age"]
    assert order(one, two) == ["age", "accord"]


def test_question_that_nobody_wrote_is_left_out():
    scheme = asking_scheme(1, ("toutes", ("age", "bloquant"), ("accord", "bloquant")))
    known = {"accord": Question("accord", "D'accord ?")}
    assert [question.key for question in questions([scheme], known)] == ["accord"]


# A criterion as it is kept


def said(kind, **facts):
    return Parameters(kind, **facts)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        (said("age", minimum=Decimal(75), has_low=False), "plus de 75 ans"),
        (said("age", minimum=Decimal(70), maximum=Decimal(75)), "de 70 à 75 ans"),
        (said("age", minimum=Decimal(60)), "60 ans ou plus"),
        (said("age", maximum=Decimal(26), has_high=False), "moins de 26 ans"),
        (said("menage", minimum=Decimal(2), maximum=Decimal(2)), "2 personnes"),
        (said("ressources", maximum=Decimal("1250.50")), "1 250,50 € par mois au plus"),
        (said("menage", values=("seul", "couple")), "seule ou en couple, sans enfant"),
        (said("droits", values=("rsa",)), "RSA"),
        (said("procedure", first_stage="expulsion:quitter"),
         "procédure d'expulsion : à partir de « commandement de quitter les lieux »"),
        (said("procedure", last_stage="surendettement:depose"),
         "dossier de surendettement : jusqu'à « dossier déposé »"),
        (said("dates", first_day=date(2026, 1, 31), question="Quand ?"), "à partir du 31/01/2026"),
        (said("territoire", territory=("epci:244400404", "Nantes Métropole")), "Nantes Métropole"),
        (said("accord", question="D'accord ?"), ""),
    ],
)  # fmt: skip
def test_typed_criterion_is_told_in_french(parameters, words):
    plain = reading.words(parameters).replace("\u00a0", " ").replace("\u202f", " ")
    assert plain == words
    assert reading.faults(parameters) == {}


def keys(parameters):
    return [question.key for question in reading.read(parameters)[0]]


def test_two_age_bands_ask_one_question():
    band = said("age", minimum=Decimal(70), maximum=Decimal(75))
    over = said("age", minimum=Decimal(75), has_low=False)
    assert keys(band) == keys(over) == ["age"]


def test_same_question_in_other_letters_is_the_same_fact_whatever_the_kind():
    one = said("accord", question="Est-elle d'accord ?")
    other = said("libre", question="EST-ELLE D’ACCORD")
    assert keys(one) == keys(other)
    assert keys(one) != keys(said("accord", question="Est-elle d'accord pour l'atelier ?"))


def test_own_question_is_another_number():
    own = said("dettes", minimum=Decimal(2), question="Combien de mois d'eau restent dus ?")
    assert keys(own) != keys(said("dettes", minimum=Decimal(2)))


def test_each_right_is_a_question_of_its_own():
    asked, test = reading.read(said("droits", values=("rsa", "aah")))
    assert [question.key for question in asked] == list(test.facts) == ["droits:rsa", "droits:aah"]


@pytest.mark.parametrize("who", ["operateur", "instance"])
def test_what_the_operator_assesses_asks_nothing(who):
    asked, test = reading.read(said("age", minimum=Decimal(60), assessor=who))
    assert asked == ()
    assert test.facts == ()


@pytest.mark.parametrize("kind", kinds.SUBJECTS)
def test_every_kind_can_be_a_yes_or_no_question(kind):
    asked, test = reading.read(said(kind, question="Et cela ?"))
    assert [question.form for question in asked] == [test.form] == ["oui-non"]


@pytest.mark.parametrize("kind", [k for k, s in kinds.SUBJECTS.items() if s.values])
def test_every_answer_of_a_kind_can_be_ticked_and_asked(kind):
    for value in kinds.SUBJECTS[kind].values:
        parameters = said(kind, values=(value,))
        assert reading.faults(parameters) == {}
        assert reading.read(parameters)[0]


@pytest.mark.parametrize("stage", [stage for stage, _ in kinds.stage_choices()])
def test_every_stage_can_be_a_bound(stage):
    _, test = reading.read(said("procedure", first_stage=stage, last_stage=stage))
    assert test.low == test.high


# What contradicts itself


@pytest.mark.parametrize(
    ("parameters", "field", "words"),
    [
        (said("age", minimum=Decimal(75), maximum=Decimal(70)), "maximum", "se contredisent"),
        (said("age", minimum=Decimal(70), maximum=Decimal(70), has_low=False), "maximum",
         "se contredisent"),
        (said("age", minimum=Decimal(70), maximum=Decimal(71), has_low=False, has_high=False),
         "maximum", "se contredisent"),
        (said("age", minimum=Decimal(-1)), "minimum", "négative"),
        (said("mobilite", minimum=Decimal(1), question="?"), "minimum", "ne se compte pas"),
        (said("age", values=("seul",)), "values", "pas de celles"),
        (said("menage", values=("seul",), minimum=Decimal(1)), "values", "pas les deux"),
        (said("age", first_day=date(2026, 1, 1)), "first_day", "n'a pas de dates"),
        (said("age", last_stage="expulsion:jugement"), "last_stage", "n'a pas d'étapes"),
        (said("libre", question="Ici ?", territory=("epci:1", "Ici")), "territory", "videz-le"),
        (said("dates", first_day=date(2026, 2, 1), last_day=date(2026, 1, 1), question="Quand ?"),
         "last_day", "se contredisent"),
        (said("dates", first_day=date(2026, 2, 1)), "question", "de quelle date"),
        (said("procedure", first_stage="expulsion:jugement", last_stage="surendettement:depose"),
         "last_stage", "deux procédures"),
        (said("procedure", first_stage="expulsion:jugement", last_stage="expulsion:aucune"),
         "last_stage", "se contredisent"),
        (said("procedure", first_stage="expulsion:jugement", question="Où ?"), "question",
         "déjà écrite"),
        (said("droits", values=("rsa",), question="Le RSA ?"), "question", "déjà écrite"),
        (said("libre", assessor="operateur", question="Malade ?"), "question",
         "ne se demande jamais"),
        (said("libre"), "question", "Écrivez la question"),
        (said("libre", question="???"), "question", "avec des mots"),
    ],
)  # fmt: skip
def test_criterion_that_contradicts_itself_says_so_beside_its_field(parameters, field, words):
    assert words in reading.faults(parameters)[field].replace("\u00a0", " ")


def test_day_bounds_do_not_need_the_question_to_be_told():
    dated = said("dates", first_day=date(2026, 2, 1), question="Depuis quand habite-t-elle ici ?")
    assert reading.faults(dated) == {}


def test_resources_may_be_between_two_whole_numbers():
    narrow = said("ressources", minimum=Decimal(70), maximum=Decimal(71), has_low=False,
                  has_high=False)  # fmt: skip
    assert reading.faults(narrow) == {}


def scheme_of(*groups):
    return Scheme(1, "Essai", groups)


def criterion(number, test, **facts):
    return Criterion(number, f"critère {number}", test, **facts)


def yes(fact):
    return Test(schemes.YES_NO, (fact,))


def age(low=None, high=None, **flags):
    return Test(schemes.NUMBER, ("age",), low, high, **flags)


def told(*groups):
    found = checks.faults(scheme_of(*groups))
    return [(f.group, f.criterion, f.message.replace("\u00a0", " ")) for f in found]


def test_at_least_n_of_fewer_than_n_says_how_many_there_are():
    one = criterion(1, yes("a"))
    aside = criterion(2, yes("b"), strength="indicatif")
    assert told(Group("au-moins", (one, aside), 2)) == [
        (0, None, "« Au moins 2 » : ce groupe n'a qu'un seul critère bloquant.")
    ]
    assert told(Group("au-moins", (one, criterion(3, yes("c"))), 2)) == []


def test_empty_group_and_repeated_criterion_are_told():
    assert told(Group("toutes", ())) == [(0, None, checks.NO_CRITERION.replace("\u00a0", " "))]
    twice = (criterion(1, yes("a")), criterion(2, yes("a")))
    assert told(Group("au-moins", twice, 1)) == [(0, 1, checks.TWICE)]


def test_two_criteria_of_the_operator_are_not_the_same():
    both = tuple(criterion(n, Test(schemes.YES_NO, ()), by="operateur") for n in (1, 2))
    assert told(Group("aucune", both)) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (age(75, has_low=False), age(high=70)),
        (age(75, has_low=False), age(70, 75)),
        (Test(schemes.CHOICE, ("m",), values=("seul",)),
         Test(schemes.CHOICE, ("m",), values=("couple", "famille"))),
        (Test(schemes.STAGE, ("p",), 3), Test(schemes.STAGE, ("p",), None, 2)),
        (Test(schemes.DATE, ("d",), "2026-02-01"), Test(schemes.DATE, ("d",), None, "2026-01-01")),
    ],
)  # fmt: skip
def test_two_required_criteria_that_nobody_can_meet_are_told(first, second):
    groups = [Group("toutes", (criterion(1, first),)), Group("toutes", (criterion(2, second),))]
    [(group, row, message)] = told(*groups)
    assert (group, row) == (1, 0)
    assert "Contredit « critère 1 »" in message
    alternatives = Group("au-moins", (criterion(1, first), criterion(2, second)), 1)
    assert told(alternatives) == []


def test_what_is_required_and_excluded_at_once_is_told():
    required = Group("toutes", (criterion(1, age(70, 75)),))
    assert "personne n'irait" in told(required, Group("aucune", (criterion(2, age(60)),)))[0][2]
    assert told(required, Group("aucune", (criterion(2, age(75)),))) == []
    same = Group("toutes", (criterion(1, yes("a")),)), Group("aucune", (criterion(2, yes("a")),))
    assert len(told(*same)) == 1


# Any scheme, any answers

FACTS = ["a", "b", "c", "age", "stage", "day", "choice"]


@st.composite
def any_test(draw):
    form = draw(st.sampled_from([schemes.YES_NO, schemes.NUMBER, schemes.DATE, schemes.CHOICE]))
    if form == schemes.YES_NO:
        return Test(form, tuple(draw(st.lists(st.sampled_from("abc"), min_size=1, max_size=2))))
    if form == schemes.CHOICE:
        return Test(form, ("choice",), values=tuple(draw(st.lists(st.sampled_from("xyz")))))
    bound = st.integers(0, 5) if form == schemes.NUMBER else DAYS
    fact = "age" if form == schemes.NUMBER else "day"
    ends = [draw(st.none() | bound) for _ in range(2)]
    return Test(form, (fact,), *ends, draw(st.booleans()), draw(st.booleans()))


DAYS = st.dates(date(2026, 1, 1), date(2026, 1, 6)).map(date.isoformat)


@st.composite
def any_scheme(draw):
    """A scheme of a few groups over seven facts, its criteria numbered."""
    groups, number = [], 0
    for _ in range(draw(st.integers(0, 3))):
        criteria = []
        for _ in range(draw(st.integers(0, 4))):
            number += 1
            by = draw(st.sampled_from(list(kinds.Assessor)))
            is_asked = by in kinds.ASKED
            test = draw(any_test()) if is_asked else Test(schemes.YES_NO, ())
            strength = str(draw(st.sampled_from(list(kinds.Strength))))
            criteria.append(Criterion(number, "", test, strength, str(by), draw(st.booleans())))
        rule = draw(st.sampled_from(list(kinds.Rule)))
        least = draw(st.integers(1, 3)) if rule == kinds.Rule.AT_LEAST else None
        groups.append(Group(str(rule), tuple(criteria), least))
    return Scheme(1, "", tuple(groups))


def any_answers():
    values = st.one_of(
        st.booleans(), st.integers(-1, 6), st.floats(0, 6), st.sampled_from(["?", "x", "y", ""]),
        DAYS,
    )  # fmt: skip
    return st.dictionaries(st.sampled_from(FACTS), values, max_size=6)


@given(any_scheme(), any_answers())
def test_any_verdict_is_coherent(scheme, answers):
    found = evaluate(scheme, answers, order(scheme))
    assert bool(found.because) <= (found.verdict == schemes.NO)
    assert (found.verdict == schemes.TO_CHECK) == bool(found.pending) == bool(found.check_with)
    assert set(found.instead) <= set(found.because)
    assert found.ask is None or found.ask not in answers


@given(any_scheme(), any_answers(), st.sampled_from(FACTS))
def test_one_more_answer_never_turns_a_verdict_that_is_made(scheme, answers, fact):
    without = {key: value for key, value in answers.items() if key != fact}
    before = evaluate(scheme, without, order(scheme))
    after = evaluate(scheme, answers, order(scheme))
    assert before.verdict in (schemes.TO_CHECK, after.verdict)


@given(any_scheme(), any_answers())
def test_indicative_and_priority_criteria_never_change_a_verdict(scheme, answers):
    bare = dataclasses.replace(
        scheme,
        groups=tuple(
            dataclasses.replace(group, criteria=group.blocking) for group in scheme.groups
        ),
    )
    asked = order(scheme)
    found, other = evaluate(scheme, answers, asked), evaluate(bare, answers, asked)
    assert dataclasses.replace(found, priority=(), remarks=()) == other
