/* What a search of a pack finds, on the page: the blocks and the order of visit-search.js. */

import { cardOf } from "./visit-cards.js";
import { button, capital, items, keepIf, link, many, part, put } from "./visit-fill.js";

/* A number, and whether it takes messages alone. */
function fillLink(made, { number, href, channels = ["voix"] }) {
  link(made.querySelector("[data-href]"), href);
  put(made, "[data-number]", number);
  keepIf(made, "[data-sms]", !channels.includes("voix"));
}

function fillNumber(line) {
  const made = part("number");
  fillLink(made, line);
  put(made, "[data-name]", line.name);
  put(made, "[data-hours]", line.hours || "Horaires à vérifier");
  return made;
}

function fillDanger(root, danger, make) {
  const { message, helplines = [], partners = [] } = danger ?? {};
  const place = keepIf(root, "[data-danger]", helplines.length || partners.length);
  if (!place) return;
  put(place, "[data-danger-message]", message);
  place.querySelector("[data-danger-numbers]").append(...helplines.map(fillNumber));
  keepIf(place, "[data-danger-partners-title]", partners.length);
  keepIf(place, "[data-danger-partners]", partners.length)?.append(...partners.map(make));
}

function fillGuide(guide) {
  const made = part("guide");
  put(made, "[data-label]", guide.label);
  put(made, "[data-opening]", guide.opening && `«\u00a0${guide.opening}\u00a0»`);
  for (const [selector, texts] of [["[data-questions]", guide.questions], ["[data-red-flags]", guide.red_flags]]) {
    const place = keepIf(made, selector, texts?.length);
    if (place) items(place.querySelector("ul"), texts);
  }
  for (const [selector, text] of [["[data-not-to-promise]", guide.not_to_promise], ["[data-escalate-to]", guide.escalate_to]]) {
    const place = keepIf(made, selector, text);
    if (place) put(place, "p", text);
  }
  keepIf(made, "[data-proposed]", guide.is_proposed);
  return made;
}

function fillLine(name, audience, hours, line) {
  const made = part("line");
  put(made, "[data-name]", name);
  put(made, "[data-audience]", audience);
  put(made, "[data-hours]", hours);
  fillLink(made, line);
  return made;
}

const personLine = (person) =>
  fillLine(capital(person.label), "", person.agency, { number: person.phone, href: person.href });

const helpline = (line) => {
  const hours = line.hours || "Horaires à vérifier";
  return fillLine(line.name, line.audience, line.is_free ? `${hours} · gratuit` : hours, line);
};

function fillCalls(root, calls) {
  const place = keepIf(root, "[data-calls]", calls?.length);
  if (!place) return;
  const title = calls.length === 1 ? "Un seul appel peut suffire" : `${calls.length} appels peuvent suffire`;
  put(place, "[data-calls-title]", title);
  const rows = calls.map(({ record, needs }) => {
    const made = part("call");
    put(made, "[data-name]", record.name);
    put(made, "[data-needs]", needs.map((need) => need.label).join(", "));
    link(made.querySelector("[data-href]"), record.href, record.phone);
    return made;
  });
  place.querySelector("[data-calls-rows]").append(...rows);
}

/* Folded, its title is the summary. */
function fillTitle(made, block, content) {
  const title = `${block.title} (${block.results.length})`;
  const folded = keepIf(made, "[data-folded]", block.isFolded);
  put(made, "[data-title]", block.isFolded ? "" : title);
  if (!folded) return;
  put(folded, "[data-folded-title]", title);
  folded.append(content);
}

function fillBlock(block, make, open) {
  const { results: found, shown } = block;
  const made = part("block");
  const content = made.querySelector("[data-content]");
  fillTitle(made, block, content);
  put(content, "[data-intro]", block.intro);
  content.querySelector("[data-cards]").append(...found.slice(0, shown).map(make));
  const hidden = found.length - shown;
  const more = put(content, "[data-more-cards]", hidden > 0 && `Voir ${hidden} autre${many(hidden)}`);
  more.addEventListener("click", () => open(block.slug));
  return made;
}

function titleOf(found) {
  return `${found.place.label}\u00a0: ${found.total} partenaire${many(found.total)}`;
}

/* Several communes of one name, or of one postal code: all at once, and one keeps the one. */
function fillPlaces(root, place, narrow) {
  const communes = place.isExact ? (place.communes ?? []) : [];
  const list = keepIf(root, "[data-narrow]", communes.length > 1);
  list?.append(...communes.map(({ code, name, label }) => button(`${label ?? name} seulement`, () => narrow(code))));
}

function fillRows(root, name, rows) {
  keepIf(root, `[data-${name}]`, rows.length)?.querySelector(`[data-${name}-rows]`).append(...rows);
}

function fillGap(root, gap) {
  const missing = keepIf(root, "[data-gap]", gap);
  missing?.querySelector("button").addEventListener("click", async () => {
    missing.querySelector("[data-gap-said]").textContent = await gap();
  });
}

/* The result behind a card of the page. */
export const results = new WeakMap();

/* What a search found, in `place`. `detail(result)` is what a card unfolds, `narrow(code)` keeps one
   commune, `open(slug)` shows the rest of a block, `gap()` reports that nobody answers (or null). */
export function show(place, found, { detail, narrow, open, gap }) {
  const make = (result) => {
    const made = cardOf(result, { showsNeeds: found.situations.length > 1, detail });
    results.set(made.querySelector("[data-card]"), result);
    return made;
  };
  const root = part("results");
  fillDanger(root, found.danger, make);
  put(root, "[data-title]", titleOf(found));
  fillPlaces(root, found.place, narrow);
  fillRows(root, "guides", [...found.guides.map(fillGuide), ...found.team.map(personLine)]);
  fillRows(root, "referents", found.referents.map(personLine));
  fillCalls(root, found.calls);
  keepIf(root, "[data-nothing]", !found.total);
  root.querySelector("[data-blocks]").append(...found.blocks.map((block) => fillBlock(block, make, open)));
  fillRows(root, "helplines", found.helplines.map(helpline));
  fillGap(root, gap);
  put(root, "[data-rule]", found.orderRule);
  place.replaceChildren(root);
  place.hidden = false;
}
