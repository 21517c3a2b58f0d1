/* Keeps the form of a record on the server while one types, for after a crash or a closed tab.

   <form data-draft="/gestion/fiches/brouillon/"> with an input named « brouillon », and
   [data-draft-said], which tells when. */

const STILL_MS = 3000;
const MOST_KEPT_ALIVE = 60_000; // bytes that a browser sends of a page that goes
const LOST = "Saisie non gardée\u00a0: pas de réponse du serveur.";
const EXPIRED = "Saisie non gardée\u00a0: votre session est fermée. Enregistrez, rien ne sera perdu.";

class Draft {
  constructor(form) {
    this.form = form;
    this.said = form.querySelector("[data-draft-said]");
    form.addEventListener("input", () => this.schedule());
    form.addEventListener("submit", ({ submitter }) => {
      if (!submitter?.matches("[data-preview]")) this.stop();
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden" && this.isWaiting) this.keep({ isLeaving: true });
    });
  }

  schedule() {
    this.stop();
    this.isWaiting = true;
    this.timer = setTimeout(() => this.keep(), STILL_MS);
  }

  stop() {
    clearTimeout(this.timer);
    this.request?.abort();
    this.isWaiting = false;
  }

  async keep({ isLeaving = false } = {}) {
    this.stop();
    const body = new URLSearchParams(new FormData(this.form));
    const request = (this.request = new AbortController());
    const keepalive = isLeaving && String(body).length < MOST_KEPT_ALIVE;
    try {
      const answer = await fetch(this.form.dataset.draft, {
        method: "POST",
        body,
        keepalive,
        signal: request.signal,
      });
      if (answer.redirected || answer.status === 403) {
        this.say(EXPIRED);
        return;
      }
      const { dit, erreur } = await answer.json();
      this.say(dit ?? erreur);
    } catch {
      if (!isLeaving && !request.signal.aborted) this.say(LOST);
    }
  }

  say(text) {
    this.said.textContent = text;
  }
}

for (const form of document.querySelectorAll("form[data-draft]")) new Draft(form);
