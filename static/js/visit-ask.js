/* What is searched in a pack: typed or chosen in a list, as chips that one removes. What is typed
   stays in its field (rule R3); it is kept nowhere and leaves once it is understood. */

import { button, many } from "./visit-fill.js";
import { communeAt, complete, understand } from "./visit-search.js";

const MOST_SITUATIONS = 6;
const form = document.querySelector("[data-search]");
const text = form.querySelector("[data-text]");
const proposals = form.querySelector("[data-proposals]");
const chosen = form.querySelector("[data-chosen]");
const filters = form.querySelector("[data-filters]");
const lists = form.querySelectorAll("[data-list]");

const NOTHING = { situations: [], communes: [], dangers: [], audience: "", filters: [], opened: [] };
let asked = NOTHING;
let pack = null;
let find = null;

function say(words) {
  document.getElementById("annonce").textContent = words;
}

function union(one, other) {
  return [...new Set([...one, ...other])];
}

/* Chips */

function chip(label, remove) {
  const item = button(`${label} ×`, remove);
  item.firstElementChild.setAttribute("aria-label", `Retirer ${label}`);
  return item;
}

const nameOf = ({ label, name }) => label ?? name;

function showChosen() {
  const situations = asked.situations.map((slug) =>
    chip(nameOf(pack.situations.find((one) => one.slug === slug)), () => ask({ situations: asked.situations.filter((other) => other !== slug) })),
  );
  const communes = asked.communes.map((code) =>
    chip(nameOf(communeAt(pack, code)), () => ask({ communes: asked.communes.filter((other) => other !== code) })),
  );
  const publics = asked.audience ? [chip(`Public\u00a0: ${pack.publics[asked.audience]}`, () => ask({ audience: "" }))] : [];
  const all = [...situations, ...communes, ...publics];
  if (all.length || asked.dangers.length) all.push(button("Tout effacer", startAgain));
  chosen.replaceChildren(...all);
  chosen.hidden = !all.length;
  filters.hidden = !all.length;
  for (const one of filters.querySelectorAll("button")) one.setAttribute("aria-pressed", asked.filters.includes(one.value));
}

/* Search with what is asked already and these `changes`. */
export function ask(changes) {
  asked = { ...asked, opened: [], ...changes };
  asked.situations = asked.situations.slice(0, MOST_SITUATIONS);
  showChosen();
  find(asked);
}

/* The numbers of one household never wait for the next. */
export function clear() {
  asked = NOTHING;
  text.value = "";
  proposals.hidden = true;
  if (pack) showChosen();
}

function startAgain() {
  clear();
  ask({});
  text.focus();
}

/* Typed */

function take({ situations, communes, audience }) {
  text.value = "";
  proposals.hidden = true;
  const places = communes.length ? communes : asked.communes;
  ask({ situations: union(asked.situations, situations), communes: places, audience: audience || asked.audience });
  focusResults();
}

function focusResults() {
  const place = document.querySelector("[data-results]");
  place.querySelector("h2[tabindex]")?.focus({ preventScroll: true });
  place.scrollIntoView({ block: "start" }); // a danger stands above the title
}

function propose() {
  const found = text.value.trim() ? complete(pack, text.value) : [];
  const shown = found.map((one) => {
    const item = button(one.detail ? `${one.label} · ${one.detail}` : one.label, () => take(one));
    return item;
  });
  proposals.replaceChildren(...shown);
  proposals.hidden = !shown.length;
  if (shown.length) say(`${shown.length} proposition${many(shown.length)}.`);
}

function submit(event) {
  event.preventDefault();
  if (!text.value.trim()) return;
  const read = understand(pack, text.value);
  const isUnderstood = read.situations.length || read.communes.length || read.dangers.length || read.audience;
  const told = isUnderstood ? "" : "Rien de connu ici\u00a0: choisissez dans la liste.";
  form.querySelector("[data-not-understood]").textContent = read.rest
    ? `«\u00a0${read.rest}\u00a0» n'est pas dans ce que cet appareil garde. ${told}`
    : told;
  if (!isUnderstood) return;
  asked = { ...asked, dangers: union(asked.dangers, read.dangers) };
  take(read);
}

/* Chosen in a list */

function fillList(list, rows) {
  const options = rows.map(({ value, label }) => Object.assign(document.createElement("option"), { value, textContent: label }));
  list.replaceChildren(list.options[0], ...options);
}

function choose({ target }) {
  if (!target.value) return;
  const isSituation = target.dataset.list === "situation";
  take(isSituation ? { situations: [target.value], communes: [] } : { situations: [], communes: [target.value] });
  target.value = "";
}

function toggle({ target }) {
  if (!target.value) return;
  const others = asked.filters.filter((one) => one !== target.value);
  ask({ filters: others.length < asked.filters.length ? others : [...others, target.value] });
}

/* A pack is there: `show(asked)` searches in it. */
export function offer(newPack, show) {
  [pack, find] = [newPack, show];
  fillList(lists[0], pack.situations.map(({ slug, label }) => ({ value: slug, label })));
  fillList(lists[1], pack.communes.map(({ code, name }) => ({ value: code, label: name })));
  asked = {
    ...asked,
    situations: asked.situations.filter((slug) => pack.situations.some((one) => one.slug === slug)),
    communes: asked.communes.filter((code) => communeAt(pack, code)),
  };
  ask({});
}

form.addEventListener("submit", submit);
text.addEventListener("input", propose);
for (const list of lists) list.addEventListener("change", choose);
filters.addEventListener("click", toggle);
addEventListener("pageshow", (event) => event.persisted && location.reload());
