/* The result page: cards and pins show each other, the list or the map on a phone. The map listens to
   events on its element and sends its own (see map.js). */

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

/* « Aller aux résultats »: past the filters */

document.querySelector("[data-skip-to-results]")?.addEventListener("click", (event) => {
  const start = document.querySelector("#resultats [data-start]");
  if (!start) return;
  event.preventDefault();
  setView("list");
  start.focus();
});
