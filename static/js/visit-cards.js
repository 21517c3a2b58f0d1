/* One record of a pack as a card, and what it unfolds: hours, papers, what it does, where, a report. */

import { capital, items, keepIf, link, part, put, terms } from "./visit-fill.js";
import { smallMap } from "./visit-map.js";
import { comingDays } from "./visit-search.js";

const SVG = "http://www.w3.org/2000/svg";

function drawn(name, facts, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(facts)) made.setAttribute(key, value);
  if (text) made.textContent = text;
  return made;
}

/* From the outlines of the pack; no tile, so no network. */
function picture({ width, height, label, paths, names, dot }) {
  const svg = drawn("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label, class: "visit-map" });
  svg.append(
    ...paths.map((d) => drawn("path", { d })),
    ...names.map(({ x, y, text }) => drawn("text", { x, y }, text)),
    drawn("circle", { cx: dot.x, cy: dot.y, r: 6 }),
  );
  return svg;
}

function fillContact(card, record) {
  const number = keepIf(card, "[data-phone-row]", record.phone)?.querySelector("[data-phone]");
  if (number) link(number, record.href, record.phone);
  put(card, "[data-instructions]", record.phone && record.instructions);
  const mail = keepIf(card, "[data-email-row]", !record.phone && record.email)?.querySelector("[data-email]");
  if (mail) link(mail, `mailto:${record.email}`, record.email);
  keepIf(card, "[data-no-phone]", !record.phone);
}

function fillDoor(card, door) {
  const place = keepIf(card, "[data-door]", door);
  if (!place) return;
  put(place, "[data-door-name]", door.name);
  put(place, "[data-door-note]", door.note);
  const number = keepIf(place, "[data-door-phone-row]", door.phone)?.querySelector("[data-door-phone]");
  if (number) link(number, door.href, door.phone);
  put(place, "[data-door-instructions]", door.phone && door.instructions);
}

function fillVerdict(card, verdict) {
  const row = keepIf(card, "[data-verdict-row]", verdict);
  if (!row) return;
  card.dataset.verdict = row.dataset.verdict = verdict.kind;
  for (const icon of row.querySelectorAll("[data-verdict-icon]")) {
    if (icon.dataset.verdictIcon !== verdict.kind) icon.remove();
  }
  put(row, "[data-verdict-label]", verdict.label);
}

function fillNeeds(card, needs) {
  const sample = card.querySelector("[data-need]");
  for (const need of needs) {
    const item = sample.cloneNode(true);
    put(item, "span", `${need.label}${need.isCore ? "" : " (peut aider)"}`);
    sample.before(item);
  }
  sample.remove();
}

function fillFacts(card, result, showsNeeds) {
  const { record, opening } = result;
  const filters = record.filters ?? [];
  put(card, "[data-suspension]", result.suspension);
  put(card, "[data-notice]", result.notice);
  const said = opening?.label && opening.label + (opening.comment ? ` (${opening.comment})` : "");
  const row = keepIf(card, "[data-opening-row]", said);
  if (row) put(row, "[data-opening]", said).dataset.opening = opening.kind;
  put(card, "[data-permanence]", result.permanence);
  keepIf(card, "[data-home]", filters.includes("domicile"));
  keepIf(card, "[data-remote]", filters.includes("distance"));
  keepIf(card, "[data-agreement]", record.agreement);
  fillNeeds(card, showsNeeds ? result.needs : []);
}

/* The <li> of a result; `detail(result)` makes what « Voir la fiche » unfolds, once. */
export function cardOf(result, { showsNeeds, detail }) {
  const { record } = result;
  const made = part("card");
  const card = made.querySelector("[data-card]");
  card.dataset.card = record.id;
  put(card, "[data-name]", record.acronym ? `${record.name} (${record.acronym})` : record.name);
  put(card, "[data-summary]", record.summary);
  keepIf(card, "[data-first]", result.isFirst);
  keepIf(card, "[data-convention]", result.hasConvention);
  fillContact(card, record);
  fillVerdict(card, result.verdict);
  fillDoor(card, result.door);
  fillFacts(card, result, showsNeeds);
  put(card, "[data-freshness]", result.freshness).classList.toggle("has-fault", Boolean(record.fault));
  put(card, "[data-of]", ` de ${record.name}`);
  const more = card.querySelector("[data-more]");
  more.addEventListener("toggle", () => more.querySelector("[data-detail]").replaceChildren(detail(result)), { once: true });
  return made.firstElementChild;
}

/* What it unfolds */

function fillHours(root, pack, record, at) {
  const days = comingDays(pack, record.hours, at) ?? [];
  const note = [record.hours_note, record.appointment_label].filter(Boolean).map(capital).join(". ");
  const place = keepIf(root, "[data-hours]", days.length || note);
  if (!place) return;
  terms(place.querySelector("[data-hours-rows]"), days);
  put(place, "[data-hours-note]", note);
}

function permanenceSaid(pack, { place, where, address, hours, on_request: onRequest }) {
  const site = [place, address, where].filter(Boolean).join(", ");
  return `${capital(site)}\u00a0: ${[pack.hours[hours]?.said, onRequest && "sur rendez-vous"].filter(Boolean).join(", ")}`;
}

function fillLists(root, pack, record) {
  const { permanences = [], papers = [] } = record;
  const held = keepIf(root, "[data-permanences]", permanences.length);
  if (held) items(held.querySelector("[data-permanences-rows]"), permanences.map((one) => permanenceSaid(pack, one)));
  const brought = keepIf(root, "[data-papers]", papers.length);
  const told = ({ name, note }) => (note ? `${name}, ${note}` : name);
  if (brought) items(brought.querySelector("[data-papers-rows]"), papers.map(told));
}

const CALLERS = { usagers: "le locataire", professionnels: "un professionnel" };

function fillWhat(root, record) {
  const list = root.querySelector("[data-facts]");
  put(root, "[data-description]", record.description);
  const audiences = [(record.audiences ?? []).join(", "), record.audience_details].filter(Boolean).join(". ");
  const fees = [record.fees_label, record.fees_details].filter(Boolean).map(capital).join(". ");
  terms(list, [
    ["Publics", capital(audiences)],
    ["Conditions", record.conditions],
    ["Aide", capital((record.help ?? []).join(", "))],
    ["Frais", fees],
    ["Qui peut appeler", capital((record.callers ?? []).map((caller) => CALLERS[caller]).filter(Boolean).join(", "))],
    ["Que dire, que préparer", record.advice],
    ["Courriel", record.phone && record.email],
    ["À revérifier après le", record.recheck_after && new Date(record.recheck_after).toLocaleDateString("fr-FR")],
  ]);
  keepIf(root, "[data-what]", record.description || list.childElementCount);
}

function fillWhere(root, pack, record) {
  const address = record.is_confidential ? "Adresse confidentielle\u00a0: appeler." : (record.address ?? []).join(", ");
  const map = record.is_confidential ? null : smallMap(pack, record);
  const place = keepIf(root, "[data-where]", address || map);
  if (!place) return;
  put(place, "[data-address]", address);
  keepIf(place, "[data-map]", map)?.append(picture(map));
}

function fillReport(root, record, report) {
  const place = keepIf(root, "[data-report]", report);
  const buttons = place?.querySelectorAll("[data-kind]") ?? [];
  for (const one of buttons) {
    one.addEventListener("click", async () => {
      const said = place.querySelector("[data-reported]");
      said.textContent = await report(record, one.dataset.kind, one.textContent);
    });
  }
}

/* `report(record, kind, words)` notes it and returns what to say; null where one may not. */
export function detailOf(pack, result, at, report) {
  const made = part("detail");
  fillHours(made, pack, result.record, at);
  fillLists(made, pack, result.record);
  fillWhat(made, result.record);
  fillWhere(made, pack, result.record);
  fillReport(made, result.record, report);
  return made;
}
