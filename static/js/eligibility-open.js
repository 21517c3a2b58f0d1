/* « Est-ce pour ce locataire ? » on a page of results: the panel opens under its button, and closes
   with its answers. Without this module the button leads to the page that holds the same panel. */

const OPENER = "a[data-eligibility-open]";

function close(link, panel) {
  panel.remove();
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
  link.closest("p").after(panel);
  link.setAttribute("aria-expanded", "true");
  start(panel.querySelector("[data-eligibility]"));
  panel.focus();
}

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
    await open(link);
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
