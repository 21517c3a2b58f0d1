/* One pin on a map, to put where a partner is: by a click, by dragging it, or with the arrow keys
   when it has the focus (Shift goes further).

   Listens on its element: place:show {point, centre} ([lat, lon] or null each): `point` is where it
   is, `centre` where the pin waits without one. Sends: place:ready, place:moved {point}. */

import { PartnerMap as PointMap } from "./map-view.js";

const L = window.L;
const NEAR_ZOOM = 15;
const TOWN_ZOOM = 12;
const STEP_PX = 4;
const LONG_STEP_PX = 40;
const STEPS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
const PIN = '<svg viewBox="0 0 30 38" aria-hidden="true"><path d="M15 1C7.3 1 1 7.2 1 14.9 1 25 15 37 15 37s14-12 14-22.100C29 7.200 22.700 1 15 1z"/></svg>';
const LABEL = "Le lieu. Les flèches le déplacent, avec Majuscule plus loin.";

export class PartnerMap extends PointMap {
  listen() {
    super.listen();
    this.container.addEventListener("place:show", ({ detail }) => this.place(detail));
    this.map.on("click", ({ latlng }) => this.move(latlng));
  }

  async load() {
    await this.outlining;
    this.recentre();
    this.send("place:ready", {});
  }

  place({ point, centre }) {
    const at = L.latLng(point ?? centre ?? this.map.getCenter());
    this.pin ??= this.makePin(at);
    this.pin.setLatLng(at);
    this.pin.getElement().classList.toggle("pin--waiting", !point);
    if (point || centre) this.bring(at, point ? NEAR_ZOOM : TOWN_ZOOM);
    this.names.place();
    this.container.dataset.state = "drawn";
  }

  /* The map comes to the pin the first time, or when it is out of sight. */
  bring(at, zoom) {
    if (this.isAimed && this.map.getBounds().contains(at)) return;
    this.map.setView(at, this.isAimed ? this.map.getZoom() : zoom, { animate: false });
    this.isAimed = true;
  }

  makePin(at) {
    const icon = L.divIcon({ className: "pin", html: PIN, iconSize: [30, 38], iconAnchor: [15, 37] });
    const pin = L.marker(at, { icon, draggable: true, keyboard: true, title: LABEL }).addTo(this.map);
    const element = pin.getElement();
    element.setAttribute("aria-label", LABEL);
    element.addEventListener("keydown", (event) => this.onKey(event));
    pin.on("dragend", () => this.move(pin.getLatLng()));
    return pin;
  }

  onKey(event) {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const length = event.shiftKey ? LONG_STEP_PX : STEP_PX;
    const from = this.map.latLngToContainerPoint(this.pin.getLatLng());
    this.move(this.map.containerPointToLatLng(from.add(L.point(step).multiplyBy(length))));
  }

  move(latlng) {
    const { lat, lng } = latlng.wrap();
    this.isAimed = true;
    this.place({ point: [lat, lng], centre: null });
    this.send("place:moved", { point: [lat, lng] });
  }

  send(name, detail) {
    this.container.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
