/* The one box: an ARIA combobox with list autocomplete and manual selection.
   https://www.w3.org/WAI/ARIA/apg/patterns/combobox/
   What is typed is posted, never put in an address or kept (rule R3). Without this module, or when
   the network fails, the plain form does the same work. */

const DELAY_MS = 120;
const MIN_LENGTH = 2;
const LOST = "Connexion perdue\u00a0: tapez le nom entier puis Entrée.";
const EXPIRED = "Session expirée\u00a0: rechargez la page pour vous reconnecter.";

/* Whether the last page sent its box from the keyboard: known in this tab, until this page. */
const BY_KEY = "envoi-clavier";

function noteKey() {
  try {
    sessionStorage.setItem(BY_KEY, "oui");
  } catch {
    // Private browsing: the focus starts at the top, as on any page.
  }
}

function wasByKey() {
  try {
    const kept = sessionStorage.getItem(BY_KEY);
    sessionStorage.removeItem(BY_KEY);
    return kept !== null;
  } catch {
    return false;
  }
}

class Combobox {
  constructor(input) {
    this.input = input;
    this.form = input.form;
    this.row = input.closest(".box-row");
    this.field = input.closest(".box-field");
    this.template = this.form.querySelector("template[data-chip]");
    this.status = this.form.querySelector("[data-box-status]");
    this.options = [];
    this.active = -1;
    this.list = document.createElement("ul");
    this.prepare();
    this.listen();
  }

  prepare() {
    Object.assign(this.list, { id: `${this.input.id}-liste`, className: "suggestions", hidden: true });
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "Propositions");
    this.row.append(this.list);
    const attributes = {
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": this.list.id,
    };
    for (const [name, value] of Object.entries(attributes)) this.input.setAttribute(name, value);
  }

  listen() {
    this.input.addEventListener("input", () => this.schedule());
    this.input.addEventListener("keydown", (event) => this.onKey(event));
    this.input.addEventListener("blur", () => this.close());
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.choose(option);
    });
    this.field.addEventListener("change", (event) => {
      const chip = event.target.closest(".chip");
      if (chip && !event.target.checked) this.removeChip(chip);
    });
    this.field.addEventListener("click", (event) => {
      if (event.target === this.field) this.input.focus();
    });
    // Enter in a field, or on a button, is a click of no pointer.
    this.form.addEventListener("click", ({ detail }) => (this.isByKey = detail === 0), { capture: true });
    this.form.addEventListener("submit", () => {
      this.stop();
      if (this.isByKey) noteKey();
    });
    document.addEventListener("pointermove", (event) => this.onPointer(event));
    document.addEventListener("pointerdown", (event) => this.onPointer(event));
  }

  /* On her way to a tile: a list that opened now would cover it. A touch does not always blur. */
  onPointer({ type, target }) {
    if (this.row.contains(target)) return;
    if (type === "pointerdown") this.close();
    else if (this.list.hidden && target.closest?.("a, button")) this.stop();
  }

  schedule() {
    this.stop();
    if (this.input.value.trim().length < MIN_LENGTH) {
      this.close();
      this.say("");
      return;
    }
    this.timer = setTimeout(() => this.fetch(), DELAY_MS);
  }

  stop() {
    clearTimeout(this.timer);
    this.request?.abort();
  }

  async fetch() {
    const request = (this.request = new AbortController());
    const body = new URLSearchParams({
      [this.input.name]: this.input.value,
      csrfmiddlewaretoken: this.form.elements.csrfmiddlewaretoken?.value ?? "",
    });
    try {
      const answer = await fetch(this.input.dataset.complete, {
        method: "POST",
        body,
        signal: request.signal,
        headers: { "X-Requested-With": "fetch" },
      });
      const html = await answer.text();
      if (request.signal.aborted || !this.isAwaited(body)) return;
      if (answer.redirected || answer.status === 403) this.fail(EXPIRED);
      else if (!answer.ok) this.fail(LOST);
      else this.show(html);
    } catch (error) {
      if (error.name !== "AbortError") this.fail(LOST);
    }
  }

  /* The answer may come when she has moved on, or typed more. */
  isAwaited(body) {
    return document.activeElement === this.input && body.get(this.input.name) === this.input.value;
  }

  fail(message) {
    this.close();
    this.say(message, { visible: true });
  }

  show(html) {
    const parsed = new DOMParser().parseFromString(html, "text/html");
    const chosen = new Set([...this.field.querySelectorAll(".chip input")].map((i) => `${i.name}=${i.value}`));
    this.options = [...parsed.querySelectorAll("[role=option][data-kind][data-value]")].filter(
      (option) => !chosen.has(`${option.dataset.kind}=${option.dataset.value}`),
    );
    this.options.forEach((option, index) => {
      option.id = `${this.list.id}-${index}`;
      option.setAttribute("aria-selected", "false");
    });
    this.list.replaceChildren(...this.options);
    this.activate(-1);
    this.setOpen(this.options.length > 0);
    const count = this.options.length;
    const proposed = count ? `${count} proposition${count > 1 ? "s" : ""}` : "Aucune proposition";
    const read = this.options.find((option) => option.dataset.kind === "tout");
    this.say(read ? `${proposed}. Compris\u00a0: ${read.dataset.label}` : proposed);
  }

  close() {
    this.stop();
    this.setOpen(false);
    this.activate(-1);
  }

  setOpen(isOpen) {
    this.list.hidden = !isOpen;
    this.input.setAttribute("aria-expanded", String(isOpen));
  }

  activate(index) {
    this.options[this.active]?.setAttribute("aria-selected", "false");
    this.active = index;
    const option = this.options[index];
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) this.input.setAttribute("aria-activedescendant", option.id);
    else this.input.removeAttribute("aria-activedescendant");
  }

  onKey(event) {
    if (event.isComposing) return;
    const isOpen = !this.list.hidden;
    const count = this.options.length;
    if (event.key === "ArrowDown" && isOpen) {
      event.preventDefault();
      this.activate((this.active + 1) % count);
    } else if (event.key === "ArrowUp" && isOpen) {
      event.preventDefault();
      this.activate(this.active <= 0 ? count - 1 : this.active - 1);
    } else if (event.key === "Enter" && isOpen && this.active >= 0) {
      event.preventDefault();
      this.isByKey = true;
      this.choose(this.options[this.active]);
    } else if (event.key === "Escape" && isOpen) {
      // Closing the list is not the first of the two Escapes that hide the page.
      event.preventDefault();
      event.stopPropagation();
      this.close();
    } else if (event.key === "Backspace" && this.input.value === "") {
      const last = [...this.field.querySelectorAll(".chip")].at(-1);
      if (last) this.removeChip(last);
    }
  }

  choose(option) {
    const { kind, value, label, rest, href } = option.dataset;
    this.close();
    if (kind === "tout") {
      this.form.requestSubmit();
      return;
    }
    if (kind === "fiche") {
      location.assign(href + this.facts());
      return;
    }
    if (kind === "mot") {
      this.input.value = `${rest} ${value} `.trimStart();
      this.say(`Mot choisi\u00a0: ${label}`);
    } else {
      this.addChip(kind, value, label);
      this.input.value = rest && `${rest} `;
      this.say(`Ajouté\u00a0: ${label}`);
    }
    this.input.focus();
  }

  addChip(name, value, label) {
    const chip = this.template.content.firstElementChild.cloneNode(true);
    Object.assign(chip.querySelector("input"), { name, value, checked: true });
    chip.querySelector("[data-chip-label]").textContent = label;
    this.input.before(chip);
  }

  /* The situations and communes chosen, for the address of a record. */
  facts() {
    const chosen = [...this.field.querySelectorAll(".chip input")].map((i) => [i.name, i.value]);
    return chosen.length ? `?${new URLSearchParams(chosen)}` : "";
  }

  removeChip(chip) {
    const label = chip.querySelector("[data-chip-label]").textContent.trim();
    chip.remove();
    this.say(`Retiré\u00a0: ${label}`);
    this.input.focus();
  }

  say(text, { visible = false } = {}) {
    this.status.textContent = text;
    this.status.classList.toggle("visually-hidden", !visible);
  }
}

for (const input of document.querySelectorAll("input[data-complete]")) {
  new Combobox(input);
  // At a desk the adviser types at once; on a phone the keyboard would cover the tiles.
  if ("focusFirst" in input.dataset && matchMedia("(pointer: fine)").matches && !location.hash) {
    input.focus({ preventScroll: true });
  }
}

/* Tab then goes on from the title of the first numbers. Not under a thumb, which needs no focus. */
const start = document.querySelector("#resultats [data-start]");
if (wasByKey() && matchMedia("(pointer: fine)").matches) start?.focus({ preventScroll: true });
