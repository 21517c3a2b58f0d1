/* The place of a record: two fields, latitude and longitude, and a map that says the same. An
   address gives places to choose from; without any, the centre of the commune serves. A
   confidential address is sent nowhere and shows no map (rule R7). */

const DECIMALS = 6;
const LOST = "Pas de réponse du serveur. Le centre de la commune sert en attendant.";
const PLACED = "Point placé à la main. Enregistrez pour le garder.";
const CENTRE = "Point de la commune\u00a0: aucun n'est placé, son centre sert à la recherche";
const OF_COMMUNE = "à la commune";

class Place {
  constructor(root) {
    this.root = root;
    this.form = root.closest("form");
    this.fields = ["latitude", "longitude"].map((name) => this.form.elements[name]);
    this.secret = this.form.elements.is_confidential;
    this.found = root.querySelector("[data-place-found]");
    this.said = root.querySelector("[data-place-said]");
    this.map = root.querySelector(".map");
    this.centre = root.dataset.centre ? root.dataset.centre.split(",").map(Number) : null;
    this.listen();
    this.hideSecret();
  }

  listen() {
    this.secret.addEventListener("change", () => this.hideSecret());
    for (const field of this.fields) field.addEventListener("change", () => this.showOnMap());
    this.root.querySelector("[data-place-search]").addEventListener("click", () => this.search());
    this.root.querySelector("[data-place-commune]").addEventListener("click", () => this.toCommune());
    this.found.addEventListener("click", ({ target }) => {
      const button = target.closest("button");
      if (button) this.choose(button);
    });
    this.map?.addEventListener("place:ready", () => this.showOnMap());
    this.map?.addEventListener("place:moved", ({ detail }) => {
      this.write(detail.point);
      this.say(PLACED);
    });
  }

  hideSecret() {
    this.root.hidden = this.secret.checked;
    if (this.secret.checked) this.found.replaceChildren();
  }

  point() {
    const [lat, lon] = this.fields.map((field) => parseFloat(field.value.replace(",", ".")));
    const isPoint = Math.abs(lat) <= 90 && Math.abs(lon) <= 180;
    return isPoint ? [lat, lon] : null;
  }

  write(point) {
    this.fields.forEach((field, index) => {
      field.value = point ? String(Number(point[index].toFixed(DECIMALS))) : "";
    });
    this.form.dispatchEvent(new Event("input", { bubbles: true }));
  }

  showOnMap() {
    const detail = { point: this.point(), centre: this.centre };
    this.map?.dispatchEvent(new CustomEvent("place:show", { detail }));
  }

  async search() {
    const found = await this.ask();
    if (!found) return;
    this.found.replaceChildren(...found.lieux.map(choice));
    this.say(found.dit);
    if (!this.point()) this.showOnMap();
    this.found.querySelector("button")?.focus();
  }

  choose(button) {
    const { latitude, longitude, precision, name } = button.dataset;
    this.write([Number(latitude), Number(longitude)]);
    this.found.replaceChildren();
    this.showOnMap();
    const placed = precision === OF_COMMUNE ? "point de la commune, pas de l'adresse" : `point placé ${precision}`;
    this.say(`${name}\u00a0: ${placed}. Vous pouvez le déplacer.`);
    this.root.querySelector("[data-place-search]").focus();
  }

  async toCommune() {
    const found = await this.ask({ adresse: "" });
    this.found.replaceChildren();
    this.write(null);
    this.showOnMap();
    if (found) this.say(found.commune ? `${CENTRE} (${found.commune.nom}).` : found.dit);
  }

  async ask(change = {}) {
    const { address, postal_code: postal, commune, csrfmiddlewaretoken } = this.form.elements;
    const body = new URLSearchParams({
      adresse: address.value,
      code_postal: postal.value,
      commune: commune.value,
      fiche: this.root.dataset.listing,
      confidentielle: this.secret.checked ? "1" : "",
      csrfmiddlewaretoken: csrfmiddlewaretoken.value,
      ...change,
    });
    this.say("Recherche…");
    try {
      const answer = await fetch(this.root.dataset.place, { method: "POST", body });
      if (answer.redirected) throw new Error("signed out");
      const found = await answer.json();
      if (!answer.ok) {
        this.say(found.erreur);
        return null;
      }
      if (found.commune) this.centre = [found.commune.latitude, found.commune.longitude];
      return found;
    } catch {
      this.say(LOST);
      return null;
    }
  }

  say(text) {
    this.said.textContent = text;
  }
}

function choice({ nom, latitude, longitude, precision }) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "button--quiet", textContent: `${nom} (${precision})` });
  Object.assign(button.dataset, { latitude, longitude, precision, name: nom });
  const item = document.createElement("li");
  item.append(button);
  return item;
}

for (const root of document.querySelectorAll("[data-place]")) new Place(root);
