/* The zone of a record: its list and its map say the same. Each change goes to the server, which
   answers with the list redrawn and the communes to colour; changes follow one another. The list is
   what the form sends: without this module one writes names, and unticks.

   <div data-zone="/gestion/zones/choisir/" data-departement="85"> … [data-zone-list], [data-zone-said],
   [data-zone-undo], input[name=zone_ajout], #zone-agence, the map (zone-map.js). */

const LOST = "Pas de réponse du serveur\u00a0: rien n'a changé. Réessayez.";
const EXPIRED = "Votre session est fermée\u00a0: enregistrez, ce que vous avez tapé est gardé.";

class ZoneChoice {
  constructor(root) {
    this.root = root;
    this.form = root.closest("form");
    this.list = root.querySelector("[data-zone-list]");
    this.said = root.querySelector("[data-zone-said]");
    this.undoButton = root.querySelector("[data-zone-undo]");
    this.map = root.querySelector(".map");
    this.past = [];
    this.turn = Promise.resolve();
    this.known = this.codes();
    this.listen();
  }

  listen() {
    this.list.addEventListener("change", () => this.ask({}, { said: "Retiré de la zone." }));
    this.undoButton.addEventListener("click", () => this.undo());
    this.root.addEventListener("click", ({ target }) => {
      if (target.closest("[data-zone-agency]")) this.ask({ agence: this.root.querySelector("#zone-agence").value });
      if (target.closest("[data-zone-add]")) this.addNamed();
    });
    this.root.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !event.target.matches("input[name=zone_ajout]")) return;
      event.preventDefault();
      this.addNamed();
    });
    this.root.addEventListener("change", ({ target }) => {
      if (target.matches("[data-zone-departement]")) this.showDepartement(target);
    });
    this.map?.addEventListener("zone:ready", () => this.ask({}));
    this.map?.addEventListener("zone:touch", ({ detail }) => this.ask({ commune: detail.code }));
    this.map?.addEventListener("zone:drawn", async ({ detail }) => {
      detail.done(await this.ask({ dessin: detail.geojson }));
    });
  }

  showDepartement({ value, selectedOptions: [option] }) {
    this.root.dataset.departement = value;
    this.map.dispatchEvent(new CustomEvent("zone:area", { detail: { outlines: option.dataset.outlines } }));
  }

  codes() {
    const boxes = this.list.querySelectorAll("input[name=zones]");
    return [...boxes].filter((box) => box.type === "hidden" || box.checked).map((box) => box.value).join("|");
  }

  async addNamed() {
    const fields = [...this.root.querySelectorAll("input[name=zone_ajout]")];
    const names = fields.map((field) => field.value.trim()).filter(Boolean).join(";");
    if (!names) {
      this.say("Écrivez d'abord un nom.");
      fields[0].focus();
      return;
    }
    if (!(await this.ask({ nom: names }))) return;
    for (const field of fields) field.value = "";
    fields[0].focus();
  }

  undo() {
    const before = this.past.pop();
    if (before === undefined) return;
    this.ask({}, { codes: before, said: "Dernier changement annulé.", isUndo: true });
  }

  /* One change: true when it was made. Waits for those before it, and starts from what they left. */
  ask(change, options = {}) {
    const made = this.turn.then(() => this.askNow(change, options));
    this.turn = made.catch(() => {});
    return made;
  }

  async askNow(change, { codes = this.codes(), said = "", isUndo = false }) {
    const body = new URLSearchParams({
      zones: codes,
      departement: this.root.dataset.departement,
      csrfmiddlewaretoken: this.form.elements.csrfmiddlewaretoken.value,
      ...change,
    });
    let answer;
    let found;
    try {
      answer = await fetch(this.root.dataset.zone, { method: "POST", body });
      if (answer.redirected || answer.status === 403) throw new Error(EXPIRED);
      found = await answer.json();
    } catch (error) {
      this.say(error.message === EXPIRED ? EXPIRED : LOST);
      return false;
    }
    if (!answer.ok) {
      this.say(found.erreur);
      return false;
    }
    this.show(found, isUndo);
    this.say(found.dit || said);
    return true;
  }

  show(found, isUndo) {
    const hadFocus = this.list.contains(document.activeElement);
    this.list.innerHTML = found.liste;
    if (hadFocus) (this.list.querySelector("input") ?? this.root.querySelector("input")).focus();
    const now = this.codes();
    if (now !== this.known) {
      if (!isUndo) this.past.push(this.known);
      this.known = now;
      this.form.dispatchEvent(new Event("input", { bubbles: true }));
    }
    this.undoButton.hidden = this.past.length === 0;
    const unspecified = this.form.elements.is_zone_unspecified;
    if (now && unspecified?.checked) unspecified.checked = false;
    this.map?.dispatchEvent(new CustomEvent("zone:show", { detail: { codes: found.communes } }));
  }

  say(text) {
    this.said.textContent = text;
  }
}

for (const root of document.querySelectorAll("[data-zone]")) new ZoneChoice(root);
