/* « Signaler une erreur » in one tap, without leaving the list: the buttons open under the link, and
   the answer takes their place. Without this module the link leads to a page with the same buttons. */

const busy = new WeakSet();
const links = new WeakMap();

function say(text) {
  const status = document.getElementById("annonce");
  if (status) status.textContent = text;
}

function panelOf(link) {
  const next = (link.closest(".card-foot, .actions") ?? link).nextElementSibling;
  return next?.matches("[data-report-panel]") ? next : null;
}

function close(panel) {
  const link = links.get(panel);
  panel.remove();
  link?.removeAttribute("aria-expanded");
  link?.focus();
}

function open(link) {
  const panel = document.createElement("div");
  panel.className = "report-panel not-printed";
  panel.dataset.reportPanel = "";
  panel.append(document.getElementById("signaler").content.cloneNode(true));
  panel.querySelector("form").action = link.href;
  links.set(panel, link);
  (link.closest(".card-foot, .actions") ?? link).after(panel);
  link.setAttribute("aria-expanded", "true");
  panel.querySelector("[tabindex]").focus();
}

function show(panel, html) {
  panel.innerHTML = html;
  const title = panel.querySelector("[role=alert], [tabindex]");
  title?.setAttribute("tabindex", "-1");
  title?.focus();
}

/* The session ended, or somebody dealt with it meanwhile: the page of the link says it better. */
async function send(panel, form, button) {
  const answer = await fetch(button?.getAttribute("formaction") ?? form.getAttribute("action"), {
    method: "POST",
    body: new FormData(form, button),
    headers: { "HX-Request": "true" },
  });
  const html = await answer.text();
  if (html.includes("data-reported")) show(panel, html);
  else if (answer.status === 422) say(html);
  else location.assign(links.get(panel).href);
}

document.addEventListener("click", (event) => {
  const closer = event.target.closest?.("[data-report-close]");
  if (closer) return close(closer.closest("[data-report-panel]"));
  const link = event.target.closest?.("a[data-report]");
  const isPlain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey);
  if (!link || !isPlain || !document.getElementById("signaler")) return;
  event.preventDefault();
  const panel = panelOf(link);
  if (panel) close(panel);
  else open(link);
});

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const panel = form.closest("[data-report-panel]");
  if (!panel || !form.matches("[data-report-form]")) return;
  event.preventDefault();
  if (busy.has(panel)) return;
  busy.add(panel);
  try {
    await send(panel, form, event.submitter);
  } catch {
    say("Connexion perdue\u00a0: rien n'est envoyé, touchez encore.");
  } finally {
    busy.delete(panel);
  }
});

document.addEventListener("keydown", (event) => {
  const panel = event.target.closest?.("[data-report-panel]");
  if (!panel || event.key !== "Escape") return;
  event.stopPropagation();
  close(panel);
});
