/* The result page: cards and pins show each other, the list or the map on a phone, and what HTMX
   swaps. The map listens to events on its element and sends its own (see map.js). */

const page = document.querySelector(".results--map");
const map = document.getElementById("carte");

function send(name, detail) {
  map?.dispatchEvent(new CustomEvent(name, { detail }));
}

/* Cards → pins */

function cardOf(event) {
  return event.target.closest?.("[data-card]");
}

function light(event) {
  const card = cardOf(event);
  if (card) send("map:light", { id: Number(card.dataset.card) });
}

function unlight(event) {
  const card = cardOf(event);
  if (card && !card.contains(event.relatedTarget)) send("map:light", { id: null });
}

page?.addEventListener("pointerover", light);
page?.addEventListener("pointerout", unlight);
page?.addEventListener("focusin", light);
page?.addEventListener("focusout", unlight);

page?.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-show-pin]");
  if (!button) return;
  setView("map");
  send("map:show", { id: Number(button.dataset.showPin) });
});

/* Pins → cards */

function showCard(id) {
  const card = document.querySelector(`#resultats [data-card="${id}"]`);
  if (!card) return;
  const fold = card.closest("details");
  if (fold) fold.open = true;
  for (const shown of document.querySelectorAll(".card.is-shown")) shown.classList.remove("is-shown");
  card.classList.add("is-shown");
  card.scrollIntoView({ block: "nearest" });
}

map?.addEventListener("map:pin", (event) => showCard(event.detail.id));
map?.addEventListener("map:card", (event) => {
  setView("list");
  showCard(event.detail.id);
  document.querySelector(`#resultats [data-card="${event.detail.id}"] a`)?.focus();
});

/* The list or the map, on a phone */

const toggle = document.querySelector("[data-view-toggle]");

function setView(view) {
  if (!page) return;
  page.dataset.view = view;
  if (toggle) {
    const isMap = view === "map";
    toggle.querySelector("[data-to-map]").hidden = isMap;
    toggle.querySelector("[data-to-list]").hidden = !isMap;
  }
}

toggle?.addEventListener("click", () => {
  setView(page.dataset.view === "map" ? "list" : "map");
});

/* HTMX */

function say(text) {
  const status = document.getElementById("annonce");
  if (status) status.textContent = text;
}

document.addEventListener("htmx:beforeSwap", (event) => {
  // The session ended: the answer is the sign-in page, which is no part of this one.
  if (event.detail.target.id === "resultats" && !event.detail.serverResponse.includes('id="resultats"')) {
    event.preventDefault();
    location.reload();
  }
});

/* Words typed stay in this page: its address keeps the facts alone, so that Back has somewhere to go. */
function keepFactsOnly() {
  const { address } = document.getElementById("resultats")?.dataset ?? {};
  if (address) history.replaceState(null, "", address);
}

keepFactsOnly();

document.addEventListener("htmx:afterSettle", () => {
  keepFactsOnly();
  const list = document.getElementById("resultats");
  if (!list) return;
  say(list.dataset.total ?? "");
  if (map && list.dataset.map && list.dataset.map !== map.dataset.src) {
    send("map:load", { src: list.dataset.map });
  }
});

function lost() {
  say("Connexion perdue\u00a0: la liste affichée est celle d'avant.");
}

document.addEventListener("htmx:sendError", lost);
document.addEventListener("htmx:responseError", lost);

/* Back then Forward before this page had loaded: the address changed and htmx was not there yet to
   follow it. The list stays true to its address. A page of words typed has taken its own (above). */
document.addEventListener("DOMContentLoaded", () => {
  const [arrival] = performance.getEntriesByType("navigation");
  if (document.getElementById("resultats")?.dataset.address) return;
  if (arrival && new URL(arrival.name).search !== location.search) location.reload();
});
