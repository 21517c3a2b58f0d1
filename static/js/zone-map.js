/* The communes on a map, to take and leave: by a touch, by a drawing, or with the keyboard (arrows
   move the map under a cross, Enter takes the commune there). The list beside it is the truth.

   Listens on its element: zone:show {codes} (INSEE codes taken), zone:area {outlines} (the address of
   the outlines of another département).
   Sends: zone:ready, zone:touch {code}, zone:drawn {geojson, done(isDone)}. */

import { PartnerMap as PointMap } from "./map-view.js";
import { ZoneDraw } from "./zone-draw.js";

const L = window.L;
const STILL_MS = 400;
const PAN_PX = 30; // Leaflet triples it with Shift
const MOST_NAMED = 12; // names of what is taken come first while they are few

export class PartnerMap extends PointMap {
  mapOptions() {
    return { keyboardPanDelta: PAN_PX };
  }

  outlineOptions() {
    return { interactive: true };
  }

  build() {
    super.build();
    this.map.getPane("contours").style.pointerEvents = "auto";
    this.container.append(cross());
    this.taken = new Set();
  }

  listen() {
    super.listen();
    this.container.addEventListener("zone:show", ({ detail }) => this.showTaken(detail.codes));
    this.container.addEventListener("zone:area", ({ detail }) => this.changeArea(detail.outlines));
    this.container.addEventListener("keydown", (event) => this.onKey(event));
    this.map.on("moveend", () => this.tellSoon());
    const bar = this.container.closest("[data-zone]")?.querySelector("[data-zone-bar]");
    if (!bar) return;
    this.draw = new ZoneDraw(this.map, bar, {
      say: (text) => this.say(text),
      close: (geojson) => new Promise((done) => this.send("zone:drawn", { geojson, done })),
    });
  }

  /* No points: the outlines, and what is taken of them. */
  async load() {
    await this.outlining;
    if (!this.outlines) {
      this.say("Carte indisponible pour l'instant\u00a0: les territoires se choisissent par leur nom.");
      return;
    }
    this.outlines.on("click", ({ layer }) => this.touch(layer));
    this.send("zone:ready", {});
  }

  async changeArea(address) {
    this.outlines?.remove();
    this.outlines = null;
    this.isFramed = false;
    this.names.clear();
    this.container.dataset.outlines = address;
    this.outlining = this.loadOutlines();
    await this.load();
  }

  touch(layer) {
    if (!this.draw?.isOn) this.send("zone:touch", { code: layer.feature.properties.code });
  }

  onKey(event) {
    if (event.target !== this.container || (event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    const layer = this.layerAt(this.map.getCenter());
    if (layer) this.touch(layer);
    else this.say("Aucune commune de la carte sous la croix.");
  }

  showTaken(codes) {
    this.taken = new Set(codes);
    if (!this.isFramed) this.frameTaken();
    this.outlines?.eachLayer((layer) => this.mark(layer));
    this.names.setTenants(codes.length > MOST_NAMED ? [] : codes);
    this.names.place();
    this.container.dataset.state = "drawn";
  }

  mark(layer) {
    const isTaken = this.taken.has(layer.feature.properties.code);
    layer.getElement()?.classList.toggle("is-taken", isTaken);
    if (isTaken) layer.bringToFront();
  }

  /* At first the map frames what is taken; then it stays where it is. */
  frameTaken() {
    this.isFramed = true;
    const bounds = this.outlines
      .getLayers()
      .filter((layer) => this.taken.has(layer.feature.properties.code))
      .map((layer) => layer.getBounds());
    this.frame = bounds.length ? bounds.reduce((all, one) => all.extend(one), L.latLngBounds([])) : null;
    this.recentre();
  }

  /* The commune under the cross, once the map is still, for who moves it with the keyboard. */
  tellSoon() {
    clearTimeout(this.telling);
    if (document.activeElement !== this.container) return;
    this.telling = setTimeout(() => {
      const layer = this.layerAt(this.map.getCenter());
      if (layer) this.say(`Sous la croix\u00a0: ${this.nameOf(layer)}`);
    }, STILL_MS);
  }

  nameOf({ feature: { properties } }) {
    return `${properties.nom}${this.taken.has(properties.code) ? ", prise" : ""}.`;
  }

  layerAt(point) {
    const layers = this.outlines?.getLayers() ?? [];
    return layers.find((layer) => layer.getBounds().contains(point) && holds(layer.getLatLngs(), point));
  }

  send(name, detail) {
    this.container.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  }
}

/* Whether rings (nested as Leaflet nests them) hold a point: even-odd rule, holes included. */
function holds(rings, { lat, lng }) {
  let isInside = false;
  for (const ring of ringsOf(rings)) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
      const [a, b] = [ring[i], ring[j]];
      const crosses = a.lat > lat !== b.lat > lat;
      if (crosses && lng < ((b.lng - a.lng) * (lat - a.lat)) / (b.lat - a.lat) + a.lng) isInside = !isInside;
    }
  }
  return isInside;
}

function ringsOf(rings) {
  return Array.isArray(rings[0]) ? rings.flatMap(ringsOf) : [rings];
}

function cross() {
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  drawing.setAttribute("class", "map-cross");
  drawing.setAttribute("viewBox", "0 0 40 40");
  drawing.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(drawing.namespaceURI, "path");
  path.setAttribute("d", "M20 2v13m0 10v13M2 20h13m10 0h13");
  for (const [name, value] of [["stroke", "currentColor"], ["stroke-width", "3"], ["fill", "none"]]) {
    path.setAttribute(name, value);
  }
  drawing.append(path);
  return drawing;
}
