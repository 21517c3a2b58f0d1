/* « Est-ce pour ce locataire ? » on a page of results: the panel opens under its button, and again
   when a filter changes the list; its answers stay in the page (eligibility.js). Without this module the button leads to the page that holds the same panel. */

const OPENER = "a[data-eligibility-open]";
let isOpen = false;

function close(link, panel) {
  panel.remove();
  isOpen = false;
  link.setAttribute("aria-expanded", "false");
  link.focus();
}

async function open(link) {
  const answer = await fetch(link.href, { headers: { "HX-Request": "true" } });
  const html = await answer.text();
  if (!answer.ok || !html.includes("data-eligibility")) throw new Error("no panel");
  const panel = document.createElement("div");
  panel.className = "panel eligibility-panel not-printed";
  panel.tabIndex = -1;
  panel.setAttribute("role", "group");
  panel.setAttribute("aria-label", link.textContent.trim());
  panel.innerHTML = html;
  const { start } = await import(link.closest("[data-eligibility-module]").dataset.eligibilityModule);
  if (!link.isConnected) return null; // the list changed again meanwhile
  link.closest("p").after(panel);
  link.setAttribute("aria-expanded", "true");
  start(panel.querySelector("[data-eligibility]"));
  isOpen = true;
  return panel;
}

/* The list was replaced, its panel with it: the same for the schemes that it has now. */
document.addEventListener("htmx:afterSwap", () => {
  const link = document.querySelector(OPENER);
  if (isOpen && link && !document.querySelector(".eligibility-panel")) open(link).catch(() => {});
});

document.addEventListener("click", async (event) => {
  const link = event.target.closest?.(OPENER);
  const isPlain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey);
  if (!link || !isPlain) return;
  event.preventDefault();
  if (link.dataset.busy) return;
  const panel = link.closest("p").nextElementSibling;
  if (panel?.matches(".eligibility-panel")) return close(link, panel);
  link.dataset.busy = "1";
  try {
    (await open(link))?.focus();
  } catch {
    location.assign(link.href);
  } finally {
    delete link.dataset.busy;
  }
});

document.addEventListener("keydown", (event) => {
  const panel = event.target.closest?.(".eligibility-panel");
  if (!panel || event.key !== "Escape") return;
  event.stopPropagation();
  close(panel.previousElementSibling.querySelector(OPENER), panel);
});
