/* After a button of a list has done its work, the page that comes back stays where one was: same
   height, the focus on the row that took the place of the one that is done with. Without this
   module one is at the top again, as after any form.

   Only a path and two numbers are kept, in the tab, until the next page. A press of the mouse that
   follows at once is the end of a double click: it must not fall on the next row. One of a key falls
   where the focus is. */

const KEY = "gestion-place";
const ROW = "li, tr, article, fieldset, section";
const DOUBLE_MS = 500;
const page = document.querySelector(".manage-page");

/* What says that two buttons do the same, each on its row. */
function kind(button) {
  return [...button.childNodes]
    .filter((node) => node.nodeType === Node.TEXT_NODE)
    .map((node) => node.textContent.trim())
    .join(" ");
}

function like(label) {
  return [...page.querySelectorAll("button")].filter((button) => kind(button) === label);
}

document.addEventListener("submit", ({ submitter }) => {
  if (!submitter || !page.contains(submitter)) return;
  const label = kind(submitter);
  const kept = { path: location.pathname, label, index: like(label).indexOf(submitter), top: scrollY };
  sessionStorage.setItem(KEY, JSON.stringify(kept));
});

function comeBack({ path, label, index, top }) {
  if (path !== location.pathname || location.hash || !label || page.querySelector("[aria-invalid=true]")) return;
  const row = like(label)
    .slice(0, index + 1)
    .at(-1)
    ?.closest(ROW);
  if (!row || !page.contains(row)) return;
  row.tabIndex = -1;
  row.focus({ preventScroll: true });
  scrollTo({ top, behavior: "instant" });
  document.querySelector("main > .messages")?.setAttribute("data-in-view", "");
  const until = performance.now() + DOUBLE_MS;
  const ignore = (event) => event.detail > 0 && performance.now() < until && event.preventDefault();
  document.addEventListener("click", ignore, { capture: true });
  setTimeout(() => document.removeEventListener("click", ignore, { capture: true }), DOUBLE_MS);
}

const kept = sessionStorage.getItem(KEY);
sessionStorage.removeItem(KEY);
if (kept) comeBack(JSON.parse(kept));
