/* The verdict of a scheme from answers, in the browser alone (rule R5): no request, nothing kept.
   partners/eligibility/evaluation.py says the same, and why; tests/eligibility/cases.json and
   schemes made at random hold the two together. Unknown is null. */

const ASKED = ["conseillere", "declaration"];
const ORDER = ["personne", "operateur", "instance"];
const DAY = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;

export const DONT_KNOW = "?";

const negation = (value) => (value === null ? null : !value);

function every(values) {
  if (values.includes(false)) return false;
  return values.includes(null) ? null : true;
}

const some = (values) => negation(every(values.map(negation)));

function atLeast(number, values) {
  const known = values.filter((value) => value === true).length;
  if (known >= number) return true;
  return known + values.filter((value) => value === null).length >= number ? null : false;
}

export const isAsked = ({ by = "conseillere" }) => ASKED.includes(by);
const isBlocking = ({ strength = "bloquant" }) => strength === "bloquant";
const isExclusion = ({ rule }) => rule === "aucune";

function isBetween({ low = null, high = null, has_low = true, has_high = true }, answer) {
  const isOver = low === null || answer > low || (has_low && answer === low);
  return isOver && (high === null || answer < high || (has_high && answer === high));
}

function holds(test, answer) {
  const type = typeof answer;
  if (answer === undefined || answer === null || answer === DONT_KNOW) return null;
  if (test.form === "oui-non") return type === "boolean" ? answer : null;
  if (test.form === "choix") return type === "string" ? (test.values ?? []).includes(answer) : null;
  if (test.form === "date") return type === "string" && DAY.test(answer) ? isBetween(test, answer) : null;
  return type === "number" ? isBetween(test, answer) : null;
}

/* Whether a criterion is true of the household; null: unknown, or never asked. */
function valueOf(criterion, answers) {
  if (!isAsked(criterion)) return null;
  return some(criterion.test.facts.map((key) => holds(criterion.test, answers[key])));
}

function stateOf(group, answers) {
  const values = group.criteria.filter(isBlocking).map((criterion) => valueOf(criterion, answers));
  if (isExclusion(group)) return negation(some(values));
  return group.rule === "au-moins" ? atLeast(group.least ?? 1, values) : every(values);
}

const ids = (criteria) => criteria.map(({ id }) => id);

function told(scheme, answers, strength, isMet) {
  return scheme.groups.flatMap((group) =>
    ids(
      group.criteria.filter(
        (criterion) =>
          criterion.strength === strength && valueOf(criterion, answers) === (isMet !== isExclusion(group)),
      ),
    ),
  );
}

function nextOf(pending, answers, order) {
  const keys = new Set(pending.filter(isAsked).flatMap(({ test }) => test.facts));
  return order.find((key) => keys.has(key) && (answers[key] ?? null) === null) ?? null;
}

function whoKnows(pending) {
  const known = new Set(pending.map((one) => (isAsked(one) ? "personne" : one.by)));
  return ORDER.filter((who) => known.has(who));
}

/* {verdict, because, instead, pending, ask, check_with, priority, remarks}, as in Python. `answers`:
   {key: true, false, number, text, or DONT_KNOW}; `order`: the keys as they are asked. */
export function evaluate(scheme, answers, order) {
  const found = {
    verdict: "semble",
    because: [],
    instead: [],
    pending: [],
    ask: null,
    check_with: [],
    priority: told(scheme, answers, "prioritaire", true),
    remarks: told(scheme, answers, "indicatif", false),
  };
  const states = scheme.groups.map((group) => stateOf(group, answers));
  const inState = (state) => scheme.groups.filter((_, place) => states[place] === state);
  const blocking = (groups, value) =>
    groups.flatMap((group) =>
      group.criteria.filter((one) => isBlocking(one) && valueOf(one, answers) === value(group)),
    );
  if (states.includes(false)) {
    const because = blocking(inState(false), isExclusion);
    const instead = ids(because.filter((criterion) => criterion.instead));
    return { ...found, verdict: "non", because: ids(because), instead };
  }
  const pending = blocking(inState(null), () => null);
  if (!pending.length) return found;
  const ask = nextOf(pending, answers, order);
  return { ...found, verdict: "verifier", pending: ids(pending), ask, check_with: whoKnows(pending) };
}
