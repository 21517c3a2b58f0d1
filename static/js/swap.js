/* What changes the list without a new page: filters, « Voir d'autres », words typed. htmx does it, and
   comes with the first of them that is pointed at: most calls need the numbers alone. A click that is
   faster waits for it. Without htmx the same link, or form, leads to the same list.

   <div data-htmx="…"> … <a href="…" hx-get="…"> … <form hx-post="…"> */

import { addScript, pageLoaded } from "./map.js";

const page = document.querySelector("[data-htmx]");
const map = document.getElementById("carte");

/* htmx itself */

const ASKS = "a[hx-get], button[form=mots-tapes]";
let isHere = false;
let coming = null;

/* After the page: htmx starts with it, or once it is complete, and at no other moment. */
async function bring() {
  await pageLoaded();
  await addScript(page.dataset.htmx);
  isHere = true;
}

function ask() {
  coming ??= bring().catch(() => {
    coming = null;
  });
  return coming;
}

for (const type of ["pointerover", "touchstart", "focusin"]) {
  const foresee = ({ target }) => target.closest(ASKS) && ask();
  page?.addEventListener(type, foresee, { passive: true });
}

/* The same click once htmx is there; on its own when it could not come. */
const onTheirOwn = new WeakSet();

async function repeat(asked) {
  await ask();
  if (!isHere && !navigator.onLine) {
    lost();
    return;
  }
  if (!isHere) onTheirOwn.add(asked);
  asked.click();
}

page?.addEventListener("click", (event) => {
  const asked = event.target.closest(ASKS);
  if (!asked || isHere || onTheirOwn.has(asked)) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  repeat(asked);
});

/* What it swaps */

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
    map.dispatchEvent(new CustomEvent("map:load", { detail: { src: list.dataset.map } }));
  }
});

function lost() {
  say("Connexion perdue\u00a0: la liste affichée est celle d'avant.");
}

document.addEventListener("htmx:sendError", lost);
document.addEventListener("htmx:responseError", lost);

/* Back or Forward while htmx was not there to follow: the list stays true to its address. A page of
   words typed has taken its own (above). */
addEventListener("popstate", (event) => {
  if (!isHere && event.state?.htmx) location.reload();
});

document.addEventListener("DOMContentLoaded", () => {
  const [arrival] = performance.getEntriesByType("navigation");
  if (document.getElementById("resultats")?.dataset.address) return;
  if (arrival && new URL(arrival.name).search !== location.search) location.reload();
});
