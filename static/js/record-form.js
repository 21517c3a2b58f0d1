/* The form of a record: names proposed while one types, rows added, folds opened where something
   is wrong, and a word before leaving what is not saved. Without it the form does the same, one
   blank row at a time. What is typed is posted, never put in an address (rule R3). */

const DELAY_MS = 150;
const MIN_LENGTH = 2;

class Proposals {
  constructor(form) {
    this.form = form;
    this.list = document.createElement("datalist");
    this.list.id = "propositions";
    form.append(this.list);
    form.addEventListener("focusin", ({ target }) => this.take(target));
    form.addEventListener("input", ({ target }) => this.schedule(target));
  }

  kindOf(input) {
    return input.matches("input[type=text]") ? input.closest("[data-suggest]")?.dataset.suggest : null;
  }

  take(input) {
    if (!this.kindOf(input)) return;
    this.list.replaceChildren();
    input.setAttribute("list", this.list.id);
  }

  schedule(input) {
    const kind = this.kindOf(input);
    if (!kind) return;
    clearTimeout(this.timer);
    this.request?.abort();
    // Of several names, the last one is being typed.
    const cut = kind === "zone" ? input.value.lastIndexOf(";") + 1 : 0;
    const typed = input.value.slice(cut).trim();
    if (typed.length < MIN_LENGTH) return;
    this.timer = setTimeout(() => this.ask(kind, typed, input.value.slice(0, cut)), DELAY_MS);
  }

  async ask(kind, typed, before) {
    const request = (this.request = new AbortController());
    const body = new URLSearchParams({
      quoi: kind,
      texte: typed,
      csrfmiddlewaretoken: this.form.elements.csrfmiddlewaretoken.value,
    });
    try {
      const answer = await fetch(this.form.dataset.propose, { method: "POST", body, signal: request.signal });
      if (!answer.ok || answer.redirected) return;
      const { propositions } = await answer.json();
      this.list.replaceChildren(
        ...propositions.map((name) => Object.assign(document.createElement("option"), { value: before + name })),
      );
    } catch {
      // Proposals are a help: the name typed whole is understood without them.
    }
  }
}

function addRow(rows) {
  const total = rows.querySelector("input[name$=-TOTAL_FORMS]");
  const html = rows.querySelector("template").innerHTML.replaceAll("__prefix__", total.value);
  const list = rows.querySelector("ol");
  list.insertAdjacentHTML("beforeend", html);
  total.value = Number(total.value) + 1;
  list.lastElementChild.querySelector("input:not([type=hidden])").focus();
}

/* A field that the browser refuses cannot say why in a folded part. */
function openRefused({ target }) {
  openAround(target);
}

function openFaults(form) {
  for (const wrong of form.querySelectorAll(".error, [aria-invalid=true]")) openAround(wrong);
  const faults = form.querySelector(".record-faults, .record-clash, .record-twins, .record-missing[role]");
  faults?.scrollIntoView({ block: "start" });
}

function openAround(element) {
  for (let fold = element?.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
}

/* A preview opens beside: the form stays, and is still to send. */
function isPreview({ submitter }) {
  return Boolean(submitter?.matches("[data-preview]"));
}

function watchLeaving(form) {
  let isChanged = Boolean(form.querySelector(".record-faults, .record-clash, .record-twins"));
  form.addEventListener("input", () => (isChanged = true));
  form.addEventListener("submit", (event) => (isChanged &&= isPreview(event)));
  addEventListener("beforeunload", (event) => {
    if (isChanged) event.preventDefault();
  });
}

function sendOnce(form) {
  let sentAt = 0;
  form.addEventListener("submit", (event) => {
    if (isPreview(event)) return;
    if (Date.now() - sentAt < 3000) event.preventDefault();
    else sentAt = Date.now();
  });
  addEventListener("pageshow", () => (sentAt = 0));
}

for (const form of document.querySelectorAll("form[data-record]")) {
  new Proposals(form);
  form.addEventListener("invalid", openRefused, true);
  openFaults(form);
  sendOnce(form);
  watchLeaving(form);
  form.addEventListener("click", ({ target }) => {
    const rows = target.closest("[data-add-row]")?.closest("[data-rows]");
    if (rows) addRow(rows);
    const link = target.closest("a[href^='#']");
    const aim = link && document.getElementById(link.hash.slice(1));
    if (aim) {
      openAround(aim);
      aim.focus();
    }
  });
}
