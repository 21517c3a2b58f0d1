/* The star of a card: kept or not without leaving the list, and where it stands. Without this module
   the same button sends its form and the page comes back. */

const FAILED_MS = 2000;
const busy = new WeakSet();

function say(text) {
  const status = document.getElementById("annonce");
  if (status) status.textContent = text;
}

function replace(button, html) {
  const holder = document.createElement("template");
  holder.innerHTML = html.trim();
  const fresh = holder.content.querySelector("[data-star]");
  const hadFocus = document.activeElement === button;
  button.replaceWith(fresh);
  if (hadFocus) fresh.focus();
  say(fresh.dataset.said);
}

function fail(button) {
  const label = button.querySelector("[data-star-label]");
  const word = label.textContent;
  label.textContent = "Échec";
  say("Connexion perdue\u00a0: rien n'a changé dans vos favoris.");
  setTimeout(() => {
    label.textContent = word;
  }, FAILED_MS);
}

/* The page of the answer says why: a full folder, a session that ended. */
function sendWithPage(form, button) {
  if (location.search) form.elements.suite.value = location.pathname + location.search;
  button.removeAttribute("data-star");
  form.requestSubmit(button);
}

async function send(form, button) {
  const body = new FormData(form, button);
  const answer = await fetch(button.formAction, {
    method: "POST",
    body,
    headers: { "HX-Request": "true" },
  });
  const html = await answer.text();
  if (answer.ok && html.includes("data-star")) replace(button, html);
  else sendWithPage(form, button);
}

document.addEventListener("submit", async (event) => {
  const button = event.submitter;
  if (!button?.matches("[data-star]")) return;
  event.preventDefault();
  if (busy.has(button)) return;
  busy.add(button);
  try {
    await send(event.target, button);
  } catch {
    fail(button);
  } finally {
    busy.delete(button);
  }
});
