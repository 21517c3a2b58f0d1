/* Counts the search of this page, and each number copied or called from it: which need, in which
   part of the territory, never who nor when. The server signed what is sent back. A page shown
   again (reload, back) is not a new demand. */

const page = document.querySelector("[data-use]");
const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value;
const told = new Set();

function count(what, number = "") {
  if (!page?.dataset.use || !token || told.has(what + number)) return;
  told.add(what + number);
  const body = new FormData();
  body.set("csrfmiddlewaretoken", token);
  body.set("ticket", page.dataset.use);
  body.set("quoi", what);
  navigator.sendBeacon(page.dataset.useUrl, body);
}

const [shown] = performance.getEntriesByType("navigation");
if (shown?.type === "navigate") count("recherche");

document.addEventListener("click", (event) => {
  const copy = event.target.closest?.("main button[data-copy]");
  const call = event.target.closest?.("main a[href^='tel:']");
  if (copy) count("copie", copy.dataset.copy);
  if (call) count("appel", call.href);
});
