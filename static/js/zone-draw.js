/* Drawing an area on a Leaflet map: by clicks, or with the keyboard, where a cross stands in the
   middle of the map, arrows move the map under it, Enter puts a corner there. A second one at the
   same place (a double click, Enter twice), or one on the first, ends it.

   new ZoneDraw(map, bar, { say, close }) with `bar` the buttons of templates/partners/manage/
   _zone_draw.html. `say(text)` tells what happened to who cannot see it. `close(geojson)` is given
   the Polygon drawn (text), which POSTed as `dessin` to `manage_zones_drawn` gives its communes; it
   resolves to true when the drawing is done with, false when it is to be mended.
   While `isOn`, clicks on the map are corners. */

const L = window.L;
const FEWEST = 3;
const DECIMALS = 5;
const SAME_PX = 10;
const KEYS = {
  Enter: "corner",
  " ": "corner",
  Backspace: "undo",
  Delete: "undo",
  Escape: "cancel",
};

export class ZoneDraw {
  constructor(map, bar, { say, close }) {
    Object.assign(this, { map, bar, say, close });
    this.corners = [];
    this.isOn = false;
    this.container = map.getContainer();
    this.area = L.polygon([], { className: "zone-drawing", interactive: false });
    this.dots = L.layerGroup();
    bar.addEventListener("click", ({ target }) => this.act(target.closest("[data-draw]")?.dataset.draw));
    map.on("click", ({ latlng }) => this.isOn && this.add(latlng));
    // Before Leaflet and the page: an Escape that ends a drawing is not one that hides the page.
    this.container.addEventListener("keydown", (event) => this.onKey(event), { capture: true });
    this.container.closest("form")?.addEventListener("submit", (event) => this.onSubmit(event), { capture: true });
    this.show();
  }

  act(name) {
    if (name === "start") this.start();
    else if (this.isOn && name === "corner") this.add(this.map.getCenter());
    else if (this.isOn && name === "undo") this.undo();
    else if (this.isOn && name === "close") this.finish();
    else if (this.isOn && name === "cancel") this.leave("Dessin abandonné.");
  }

  onKey(event) {
    if (!this.isOn || event.target !== this.container || !KEYS[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    this.act(KEYS[event.key]);
  }

  /* A drawing that nobody ended is nothing that the server knows: it would be lost. */
  onSubmit(event) {
    if (!this.isOn || this.corners.length === 0) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.container.scrollIntoView({ block: "center" });
    this.bar.querySelector("[data-draw=close]:enabled, [data-draw=cancel]").focus({ preventScroll: true });
    this.say("Rien n'est encore enregistré\u00a0: prenez d'abord les communes dessinées, ou abandonnez le dessin.");
  }

  start() {
    this.isOn = true;
    this.corners = [];
    this.area.addTo(this.map);
    this.dots.addTo(this.map);
    this.map.doubleClickZoom.disable();
    this.show();
    this.container.focus({ preventScroll: true });
    this.container.scrollIntoView({ block: "nearest" });
    this.say("Dessin commencé\u00a0: posez les coins de la zone.");
  }

  add(latlng) {
    const [first, last] = [this.corners[0], this.corners.at(-1)];
    const isEnough = this.corners.length >= FEWEST;
    if (this.isAt(last, latlng) || (isEnough && this.isAt(first, latlng))) {
      if (isEnough) this.finish();
      return;
    }
    this.corners.push(latlng);
    this.show();
    this.say(`Coin ${this.corners.length} posé.`);
  }

  isAt(corner, latlng) {
    if (!corner) return false;
    const [one, other] = [corner, latlng].map((point) => this.map.latLngToContainerPoint(point));
    return one.distanceTo(other) <= SAME_PX;
  }

  undo() {
    if (!this.corners.pop()) return;
    this.show();
    this.say(`Dernier coin retiré, il en reste ${this.corners.length}.`);
  }

  async finish() {
    if (this.corners.length < FEWEST) {
      this.say("Posez trois coins au moins.");
      return;
    }
    if (this.isClosing) return;
    this.isClosing = true;
    const isDone = await this.close(this.geojson());
    this.isClosing = false;
    if (isDone && this.isOn) this.leave();
  }

  /* The drawing goes; what was said of it stays. */
  leave(text) {
    this.isOn = false;
    this.corners = [];
    this.area.remove();
    this.dots.remove();
    this.map.doubleClickZoom.enable();
    this.show();
    this.bar.querySelector("[data-draw=start]").focus({ preventScroll: true });
    this.say(text ?? "");
  }

  geojson() {
    const ring = [...this.corners, this.corners[0]].map(({ lng, lat }) => [rounded(lng), rounded(lat)]);
    return JSON.stringify({ type: "Polygon", coordinates: [ring] });
  }

  show() {
    this.bar.toggleAttribute("data-drawing", this.isOn);
    this.container.toggleAttribute("data-drawing", this.isOn);
    this.area.setLatLngs(this.corners);
    this.dots.clearLayers();
    for (const corner of this.corners) {
      L.circleMarker(corner, { radius: 5, className: "zone-corner", interactive: false }).addTo(this.dots);
    }
    const enough = { undo: 1, close: FEWEST };
    for (const [name, least] of Object.entries(enough)) {
      this.bar.querySelector(`[data-draw=${name}]`).disabled = this.corners.length < least;
    }
  }
}

function rounded(degrees) {
  return Number(degrees.toFixed(DECIMALS));
}
