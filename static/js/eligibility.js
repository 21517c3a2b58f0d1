/* « Est-ce pour ce locataire ? »: answers in, verdicts out, in this page alone (rule R5). Nothing is
   asked of the server, nothing is stored, and the answers go when the page does: until then a panel
   that a filter replaced, or that was closed, finds them again. */

import { DONT_KNOW, evaluate, isAsked } from "./eligibility-rules.js";

const WHO = { personne: "la personne", operateur: "l'opérateur", instance: "l'instance qui décide" };
const WANTED = { toutes: "Il faudrait", "au-moins": "Il faudrait l'un de ces points", aucune: "Ne va pas avec" };
const WAITING = "Répondez à une question";

function element(name, text = "", facts = {}) {
  return Object.assign(document.createElement(name), { textContent: text }, facts);
}

/* The answer of a question, undefined while there is none. */
function answerOf(fieldset) {
  if (fieldset.querySelector("[data-unknown]:checked")) return DONT_KNOW;
  const typed = fieldset.querySelector("[data-typed]");
  const text = typed ? typed.value : fieldset.querySelector(":checked")?.value;
  if (!text) return undefined;
  if (text === DONT_KNOW) return DONT_KNOW;
  switch (fieldset.dataset.form) {
    case "oui-non":
      return text === "oui";
    case "nombre":
    case "etape":
      return Number.isFinite(Number(text)) && Number(text) >= 0 ? Number(text) : undefined;
    default:
      return text;
  }
}

/* What the fields of each question hold, by its key: the memory of this page. */
const memory = new Map();

function heldBy(fieldset) {
  const checked = [...fieldset.querySelectorAll(":checked")].map((field) => field.value);
  return { typed: fieldset.querySelector("[data-typed]")?.value ?? "", checked };
}

function hold(fieldset, { typed, checked }) {
  const field = fieldset.querySelector("[data-typed]");
  if (field) field.value = typed;
  for (const box of fieldset.querySelectorAll("[type=radio], [type=checkbox]")) box.checked = checked.includes(box.value);
}

class Panel {
  constructor(root) {
    const facts = JSON.parse(root.querySelector("script[type='application/json']").textContent);
    Object.assign(this, facts, { root, said: new Map() });
    this.fieldsets = new Map([...root.querySelectorAll("[data-question]")].map((one) => [one.dataset.question, one]));
    for (const list of root.querySelectorAll("[data-criteria]")) list.open = !this.fieldsets.size;
    root.addEventListener("input", (event) => this.onInput(event.target));
    root.addEventListener("click", (event) => this.onClick(event.target));
    this.clear();
    this.recall();
  }

  onInput(field) {
    const fieldset = field.closest("[data-question]");
    const typed = fieldset?.querySelector("[data-typed]");
    if (typed && field.matches("[data-unknown]:checked")) typed.value = "";
    if (typed && field === typed) fieldset.querySelector("[data-unknown]").checked = false;
    if (fieldset) memory.set(fieldset.dataset.question, heldBy(fieldset));
    this.show();
  }

  recall() {
    for (const [key, held] of memory) {
      const fieldset = this.fieldsets.get(key);
      if (fieldset) hold(fieldset, held);
    }
    this.show();
  }

  onClick(target) {
    if (target.closest("[data-clear]")) {
      memory.clear();
      this.clear();
      this.fieldsets.get(this.order[0])?.focus();
    }
    const key = target.closest("[data-go]")?.dataset.go;
    const field = key && this.fieldsets.get(key)?.querySelector("input");
    field?.focus();
  }

  /* As it was opened: no answer but those that the commune gives. */
  clear() {
    for (const field of this.root.querySelectorAll("[data-question] input")) {
      if (field.matches("[data-typed]")) field.value = "";
      else field.checked = false;
    }
    for (const [key, value] of Object.entries(this.given)) {
      const field = this.fieldsets.get(key)?.querySelector(`[value=${value ? "oui" : "non"}]`);
      if (field) field.checked = true;
    }
    this.show();
  }

  answers() {
    const found = {};
    for (const [key, fieldset] of this.fieldsets) {
      const answer = answerOf(fieldset);
      if (answer !== undefined) found[key] = answer;
    }
    return found;
  }

  show() {
    const answers = this.answers();
    const useful = new Set();
    const changes = [];
    for (const scheme of this.schemes) {
      const found = evaluate(scheme, answers, this.order);
      for (const key of keysLeft(scheme, found)) useful.add(key);
      const words = this.showVerdict(scheme, found, answers);
      if (this.said.has(scheme.id) && this.said.get(scheme.id) !== words) changes.push(`${scheme.name}\u00a0: ${words}`);
      this.said.set(scheme.id, words);
    }
    for (const [key, fieldset] of this.fieldsets) {
      fieldset.toggleAttribute("data-needless", !useful.has(key) && !(key in answers));
    }
    const status = document.getElementById("annonce");
    if (status && changes.length) status.textContent = changes.join(". ");
  }

  showVerdict(scheme, found, answers) {
    const place = this.root.querySelector(`[data-scheme="${scheme.id}"]`);
    const line = place.querySelector("[data-verdict]");
    if (!line) return "";
    const isWaiting = found.verdict === "verifier" && !isBegun(scheme, answers);
    line.dataset.verdict = isWaiting ? "attente" : found.verdict;
    const words = isWaiting ? WAITING : wordsOf(scheme, found);
    line.querySelector("[data-words]").textContent = words;
    place.querySelector("[data-why]").replaceChildren(...(isWaiting ? [] : this.reasons(scheme, found)));
    return words;
  }

  reasons(scheme, found) {
    const labels = (ids) => criteriaOf(scheme).filter(({ id }) => ids.includes(id)).map(({ label }) => label);
    const said = scheme.groups.flatMap((group) => {
      const ids = group.criteria.map(({ id }) => id).filter((id) => found.because.includes(id));
      return ids.length ? [element("p", `${WANTED[group.rule]}\u00a0: ${labels(ids).join("\u00a0; ")}.`)] : [];
    });
    if (found.verdict === "non") said.push(...elsewhere(scheme, found));
    if (found.ask) said.push(this.nextQuestion(found));
    else said.push(...stillUnknown(scheme, found));
    if (found.priority.length) said.push(element("p", `Priorité\u00a0: ${labels(found.priority).join("\u00a0; ")}.`));
    if (found.remarks.length) {
      said.push(element("p", `À noter, sans exclure\u00a0: ${labels(found.remarks).join("\u00a0; ")}.`, { className: "quiet" }));
    }
    return said;
  }

  nextQuestion({ ask }) {
    const text = this.fieldsets.get(ask).querySelector("legend").textContent;
    const line = element("p", "Reste à demander\u00a0: ");
    const button = element("button", text, { type: "button", className: "button--link" });
    button.dataset.go = ask;
    line.append(button);
    return line;
  }
}

const criteriaOf = (scheme) => scheme.groups.flatMap(({ criteria }) => criteria);

function isBegun(scheme, answers) {
  return criteriaOf(scheme).some(({ test }) => test.facts.some((key) => key in answers));
}

/* The questions that can still change a verdict, or what is told beside it. */
function keysLeft(scheme, found) {
  if (found.verdict === "non") return [];
  return criteriaOf(scheme)
    .filter(({ id, strength }) => found.pending.includes(id) || strength !== "bloquant")
    .flatMap(({ test }) => test.facts);
}

function wordsOf(scheme, found) {
  const { verdict, check_with } = found;
  if (verdict === "semble") return "Semble correspondre";
  if (verdict === "non") return whereElse(scheme, found).length ? "Non, voir plutôt" : "Non, pas ce dispositif";
  const names = check_with.map((who) => {
    const known = who === "operateur" && scheme.operators.length ? ` (${scheme.operators.join(", ")})` : "";
    return WHO[who] + known;
  });
  return `À vérifier avec ${names.join(" et ")}`;
}

/* Where to turn instead: what the criteria say, else what the scheme says for everyone. A record that
   is out of service is not told, so a criterion may have nothing to say. */
function whereElse(scheme, { instead }) {
  const told = instead.map((id) => scheme.instead[id]).filter(Boolean);
  return told.length ? told : scheme.others;
}

function elsewhere(scheme, found) {
  const list = element("ul");
  for (const { text, name, url } of whereElse(scheme, found)) {
    const item = element("li", text ? (name ? `${text} ` : text) : "");
    if (name) item.append(element("a", name, { href: url }));
    if (item.hasChildNodes()) list.append(item);
  }
  return list.hasChildNodes() ? [list] : [];
}

/* What nobody could say; what the operator assesses is not named, since the tenant may read it. */
function stillUnknown(scheme, { pending }) {
  const asked = criteriaOf(scheme).filter((one) => pending.includes(one.id) && isAsked(one));
  const said = asked.map(({ label }) => label);
  return said.length ? [element("p", `Reste à savoir\u00a0: ${said.join("\u00a0; ")}.`)] : [];
}

const panels = [];

/* Make the panel of an element work; answers go with the page, even when it is shown again. */
export function start(root) {
  panels.push(new Panel(root));
}

addEventListener("pagehide", () => {
  memory.clear();
  for (const panel of panels) panel.clear();
});

for (const root of document.querySelectorAll("[data-eligibility]")) start(root);
