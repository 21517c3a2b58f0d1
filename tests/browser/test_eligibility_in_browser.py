"""« Est-ce pour ce locataire ? » in the browser: the verdicts of Python, and not one request."""

import re

from hypothesis import HealthCheck, Phase, given, settings
from playwright.sync_api import expect

from partners.eligibility import evaluate
from partners.eligibility.schemes import as_json
from tests.browser.conftest import PHONE
from tests.browser.steps import filter_link, storage, wait_for_map
from tests.browser.test_axe import expect_no_violation
from tests.eligibility import CASES, SCHEMES, order
from tests.test_eligibility import any_answers, any_scheme

ARREARS = "/recherche/?situation=impayes&commune=85182"
REMOBILISATION = "Mon Logement, J'y Reste (démonstration)"
RANDOM = 300
EVALUATE_ALL = """async (asked) => {
    const files = performance.getEntriesByType("resource").map((file) => file.name);
    const rules = files.find((name) => /eligibility-rules[^/]*[.]js/.test(name));
    const { evaluate } = await import(rules);
    return asked.map(([scheme, answers, order]) => evaluate(scheme, answers, order));
}"""

ANSWER_ALL = """(answers) => {
    document.querySelector("[data-clear]").click();
    const questions = [...document.querySelectorAll("[data-question]")];
    for (const [words, answer] of answers) {
        const isAsked = (one) => one.querySelector("legend").textContent.includes(words);
        const labels = [...questions.find(isAsked).querySelectorAll("label")];
        labels.find((label) => label.textContent.trim() === answer).click();
    }
}"""
"""Presses what a person would, all of a branch at once."""

YES = {
    "À quel titre": "Locataire, le bail est à son nom",
    "Chez quel bailleur": "Chez nous",
    "à la fois un suivi individuel": "Oui",
    "se déplacer seule": "Oui",
    "Où en est la procédure d'expulsion": "Aucune procédure",
    "perdu à la fois": "Non",
}
NONE_OF_FOUR = {
    "budget": "Non",
    "s'approprier": "Non",
    "repliée": "Non",
    "Un travailleur social": "Oui",
}
OK = YES | NONE_OF_FOUR | {"repliée": "Oui"}
WITH_OPERATOR = "À vérifier avec l'opérateur"
BRANCHES = [
    ({}, "Répondez à une question", ""),
    ({"perdu à la fois": "Oui"}, "Non, voir plutôt", "Ne va pas avec"),
    ({"Où en est": "Commandement de quitter les lieux"}, "Non, voir plutôt", "CCAPEX"),
    (YES, "À vérifier avec la personne et l'opérateur", "Reste à demander"),
    (YES | {"budget": "Oui"}, WITH_OPERATOR, ""),
    (YES | NONE_OF_FOUR, "Non, voir plutôt", "Il faudrait l'un de ces points"),
    (YES | NONE_OF_FOUR | {"s'approprier": "Oui"}, WITH_OPERATOR, ""),
    (YES | NONE_OF_FOUR | {"Un travailleur social": "Non, jamais"}, WITH_OPERATOR, ""),
    (OK, WITH_OPERATOR, ""),
    (OK | {"à la fois un suivi individuel": "Non"}, "Non, voir plutôt", "Il faudrait"),
    (OK | {"se déplacer seule": "Non"}, "Non, voir plutôt", "peut se déplacer seule"),
    (OK | {"Chez quel bailleur": "Chez un bailleur privé"}, "Non, voir plutôt", "chez nous"),
    (OK | {"À quel titre": "Hébergée"}, "Non, voir plutôt", "locataire en titre"),
    (OK | {"perdu à la fois": "Je ne sais pas"}, "personne et l'opérateur", "Reste à savoir"),
]
"""(answers by the words of their question, the verdict, what its reason says)."""


def test_browser_says_what_python_says_and_sends_nothing(desk):
    open_panel(desk)
    asked = [(SCHEMES[case["scheme"]], case["answers"]) for case in CASES] + at_random()
    expected = [evaluate(*facts, order(facts[0])).as_json() for facts in asked]
    sent = [[as_json(scheme), answers, order(scheme)] for scheme, answers in asked]
    quiet = len(desk.watch.requests)
    kept = storage(desk)
    assert desk.evaluate(EVALUATE_ALL, sent) == expected
    place = scheme(desk)
    for answers, verdict, reason in BRANCHES:
        desk.evaluate(ANSWER_ALL, list(answers.items()))
        expect(place.locator("[data-words]")).to_contain_text(verdict)
        expect(place.locator("[data-why]")).to_contain_text(reason)
        expect(place.locator("[data-why]")).not_to_contain_text("mentale")
    by_keyboard(desk, place)
    assert desk.watch.urls()[quiet:] == []
    assert storage(desk) == kept
    expect_no_violation(desk)
    desk.set_viewport_size(PHONE["viewport"])
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")
    desk.reload()
    expect(place.locator("[data-words]")).to_have_text("Répondez à une question")
    assert desk.locator("[data-question] :checked").count() == 0


def open_panel(page):
    """From the results, with the schemes of the page; then that of one scheme alone."""
    page.goto(ARREARS)
    opener = page.get_by_role("link", name="Est-ce pour ce locataire ?")
    opener.click()
    expect(page.locator(".eligibility-panel")).to_be_focused()
    assert page.locator(".eligibility-panel [data-scheme]").count() > 1
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()
    expect(page.locator(".eligibility-panel")).to_have_count(0)
    opener.click()
    expect_kept_by_filters(page)
    page.locator(".eligibility-panel").get_by_role("link", name=REMOBILISATION).click()
    page.locator("#est-ce-pour > summary").click()
    wait_for_map(page)
    page.wait_for_load_state("networkidle")


def expect_kept_by_filters(page):
    """What was answered stands when a filter brings the panel again, and is in no request."""
    answer = page.locator(".eligibility-panel [type=radio][value=nous]")
    answer.check()
    filter_link(page, "domicile").click()
    expect(page).to_have_url(re.compile("domicile=1"))
    expect(answer).to_be_checked()
    filter_link(page, "domicile").click()
    expect(page).not_to_have_url(re.compile("domicile"))
    expect(answer).to_be_checked()
    assert not any("nous" in url for url in page.watch.urls())


def scheme(page):
    return page.locator("[data-scheme]", has_text=re.compile(re.escape(REMOBILISATION)))


def question(page, words):
    return page.locator("[data-question]", has=page.locator("legend", has_text=words))


def by_keyboard(page, place):
    """The button of the question that is left leads to it; an arrow answers."""
    page.get_by_role("button", name="Effacer les réponses").click()
    question(page, "perdu à la fois").get_by_label("Non", exact=True).check()
    place.locator("[data-go]").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowUp")
    expect(place.locator("[data-words]")).to_contain_text("À vérifier")
    expect(page.locator("[data-question] :checked")).to_have_count(2)


def at_random():
    """Schemes and answers (list of pairs) that Hypothesis draws."""
    drawn = []

    @settings(
        max_examples=RANDOM,
        phases=[Phase.generate],
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(any_scheme(), any_answers())
    def draw(made, answers):
        drawn.append((made, answers))

    draw()
    return drawn
