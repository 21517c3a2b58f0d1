/* Words tried as they are typed: the form goes in the body of a request, the answer is a part of
   the page (rule R3). Without it, the button « Essayer » does the same. */

const DELAY_MS = 400;

function watch(form) {
  const shown = form.querySelector("[data-trial]");
  let timer, request;
  async function ask() {
    request?.abort();
    request = new AbortController();
    try {
      const body = new URLSearchParams(new FormData(form));
      const answer = await fetch(form.dataset.words, { method: "POST", body, signal: request.signal });
      if (!answer.ok || answer.redirected) return;
      const isOpen = shown.querySelector(".words-known")?.open;
      shown.innerHTML = await answer.text();
      if (isOpen) shown.querySelector(".words-known")?.setAttribute("open", "");
    } catch {
      // A trial is a help: what is typed is saved without it.
    }
  }
  form.addEventListener("input", ({ target }) => {
    if (!["synonyms", "label", "essai", "is_danger", "words", "alarms", "calms"].includes(target.name)) return;
    clearTimeout(timer);
    timer = setTimeout(ask, DELAY_MS);
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.name !== "essai") return;
    event.preventDefault();
    clearTimeout(timer);
    ask();
  });
  form.addEventListener("click", (event) => {
    if (!event.target.closest("button[value=essayer]")) return;
    event.preventDefault();
    clearTimeout(timer);
    ask();
  });
}

for (const form of document.querySelectorAll("form[data-words]")) watch(form);
