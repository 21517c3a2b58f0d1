/* Names of communes, the tenant's first, then the most peopled, as many as fit without covering
   one another or a pin: on the town, else under it, else above it. */

const L = window.L;
const LABEL_HEIGHT = 16;
const LABEL_WIDTH_PER_LETTER = 7;
const PIN_RADIUS = 15;
const BESIDE_PIN = 26;
/* [class, how far down]; the style sheet moves the name as much. */
const SPOTS = [
  ["", 0],
  ["place-name--under", BESIDE_PIN],
  ["place-name--above", -BESIDE_PIN],
];

export class PlaceNames {
  constructor(map) {
    this.map = map;
    this.names = [];
    this.tenants = new Set();
    map.createPane("noms").style.zIndex = 450;
    map.getPane("noms").style.pointerEvents = "none";
  }

  read(collection) {
    this.names = collection.features
      .filter((feature) => feature.properties.centre)
      .map(({ properties }) => ({ ...properties, marker: null }));
    this.sort();
  }

  clear() {
    for (const { marker } of this.names) marker?.remove();
    this.names = [];
  }

  setTenants(codes) {
    this.tenants = new Set(codes);
    this.sort();
  }

  sort() {
    const weight = ({ code, population }) => (this.tenants.has(code) ? Infinity : (population ?? 0));
    this.names.sort((a, b) => weight(b) - weight(a) || 0);
  }

  /* Once a frame at most, however many events ask for it. */
  place() {
    this.waiting ??= requestAnimationFrame(() => {
      this.waiting = null;
      if (this.map._loaded && this.map.getContainer().clientWidth > 0) this.placeNow();
    });
  }

  placeNow() {
    const view = this.map.getBounds().pad(0.1);
    const taken = this.drawnPins(view);
    for (const name of this.names) {
      const spot = view.contains(name.centre) && this.reserve(name, taken);
      if (spot) this.show(name, spot);
      else name.marker?.remove();
    }
  }

  /* The boxes of pins and groups: those on the screen only, never the thousands behind a group. */
  drawnPins(view) {
    const boxes = [];
    this.map.eachLayer((layer) => {
      if (!(layer instanceof L.Marker) || layer.options.pane !== "markerPane") return;
      if (view.contains(layer.getLatLng())) boxes.push(this.boxOfPin(layer));
    });
    return boxes;
  }

  boxOfPin(marker) {
    const { x, y } = this.map.latLngToContainerPoint(marker.getLatLng());
    return [x - PIN_RADIUS, y - PIN_RADIUS, x + PIN_RADIUS, y + PIN_RADIUS];
  }

  /* The first spot that is free, which it takes; the tenant's commune is named whatever it covers. */
  reserve(name, taken) {
    const { x, y } = this.map.latLngToContainerPoint(name.centre);
    const half = (name.nom.length * LABEL_WIDTH_PER_LETTER) / 2;
    const boxAt = ([, down]) => [x - half, y + down - LABEL_HEIGHT / 2, x + half, y + down + LABEL_HEIGHT / 2];
    const isFree = (spot) => {
      const box = boxAt(spot);
      return taken.every((t) => box[2] < t[0] || box[0] > t[2] || box[3] < t[1] || box[1] > t[3]);
    };
    const spot = SPOTS.find(isFree) ?? (this.tenants.has(name.code) ? SPOTS[1] : null);
    if (spot) taken.push(boxAt(spot));
    return spot;
  }

  show(name, [spot]) {
    const label = Object.assign(document.createElement("span"), { textContent: name.nom });
    name.marker ??= L.marker(name.centre, {
      pane: "noms",
      interactive: false,
      keyboard: false,
      icon: L.divIcon({ className: "place-name", html: label, iconSize: [0, 0] }),
    });
    name.marker.addTo(this.map);
    const { classList } = name.marker.getElement();
    classList.toggle("place-name--tenant", this.tenants.has(name.code));
    for (const [name] of SPOTS.slice(1)) classList.toggle(name, name === spot);
  }
}
