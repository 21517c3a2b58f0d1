/* Under the thumb: call, copy, itinerary and next, for one card at a time. */

import { results } from "./visit-results.js";

const bar = document.querySelector("[data-bar]");
const list = document.querySelector("[data-results]");
const REST_MS = 150;
let current = null;

/* Those of a block that is folded wait until one opens it. */
function cards() {
  return [...list.querySelectorAll("[data-card]")].filter((card) => !card.closest("details:not([open])"));
}

const KNOWS_GEO = !/iPhone|iPad|iPod/.test(navigator.userAgent); // there the link is an error

/* Where « Itinéraire » leads: whatever map the telephone has (RFC 5870, with Android's label). */
function geo({ point, record }) {
  if (!point || record.is_confidential || !KNOWS_GEO) return "";
  const [lat, lon] = point;
  return `geo:${lat},${lon}?q=${lat},${lon}(${encodeURIComponent(record.name)})`;
}

function offer(node, value, attribute) {
  node.hidden = !value;
  if (value) node.setAttribute(attribute, value);
}

function describe(card) {
  const all = cards();
  const result = results.get(card);
  const phone = result.record.phone ?? "";
  bar.querySelector("[data-bar-name]").textContent = `${all.indexOf(card) + 1}/${all.length} · ${result.record.name}`;
  offer(bar.querySelector("[data-bar-call]"), phone && result.record.href, "href");
  offer(bar.querySelector("[data-bar-copy]"), phone, "data-copy");
  offer(bar.querySelector("[data-bar-go]"), geo(result), "href");
}

function choose(card) {
  current?.removeAttribute("aria-current");
  current = card;
  card.setAttribute("aria-current", "true");
  describe(card);
}

function next() {
  const all = cards();
  const found = all[(all.indexOf(current) + 1) % all.length];
  choose(found);
  found.scrollIntoView({ block: "start" });
  document.getElementById("annonce").textContent = bar.querySelector("[data-bar-name]").textContent;
}

/* After each search: the first card is the current one. */
export function begin() {
  const [first] = cards();
  bar.hidden = !first;
  document.body.classList.toggle("has-visit-bar", Boolean(first));
  if (first) choose(first);
}

function follow(event) {
  const card = event.target.closest("[data-card]");
  if (card && card !== current) choose(card);
}

/* The bar calls nobody whose card is out of sight: once the page rests, the one seen most. */
function settle() {
  if (bar.hidden || share(current) > 0.5) return;
  const [found] = cards().sort((one, other) => share(other) - share(one));
  if (found && share(found) > share(current)) choose(found);
}

/* How much of the card is seen above the bar, or of what is seen is the card. */
function share(card) {
  const { top, bottom, height } = card.getBoundingClientRect();
  const floor = bar.getBoundingClientRect().top;
  const seen = Math.min(bottom, floor) - Math.max(top, 0);
  return Math.max(0, seen / (Math.min(height, floor) || 1));
}

let rest = 0;
addEventListener("scroll", () => {
  clearTimeout(rest);
  rest = setTimeout(settle, REST_MS);
}, { passive: true });
list.addEventListener("click", follow);
list.addEventListener("focusin", follow);
bar.querySelector("[data-bar-next]").addEventListener("click", next);
