/* A Leaflet map of the same data as the list: numbered pins, the tenant's commune, and our own
   commune outlines and names, so that it stays a map when the base map does not answer (rule R13).

   <div id="carte" class="map" data-src="…json" data-outlines="…json" data-tiles data-attribution>

   Listens on its element: map:light {id|null}, map:show {id}, map:load {src}.
   Sends: map:pin {id} (a pin was chosen), map:card {id} (its card is asked for). */

const L = window.L;
const FRANCE = [
  [42.3, -5.2],
  [51.1, 8.3],
];
const FRAME_PADDING = [20, 20];
const TILE_FAILURES = 4;
const LABEL_HEIGHT = 16;
const LABEL_WIDTH_PER_LETTER = 7;
const PIN_REACH = 24;
const UNDER_PIN = 26;
const PIN =
  '<svg viewBox="0 0 30 38" aria-hidden="true"><path d="M15 1C7.3 1 1 7.2 1 14.9 1 25 15 37 15 37s14-12 14-22.1C29 7.2 22.7 1 15 1z"/></svg>';
const SQUARE_PIN =
  '<svg viewBox="0 0 30 38" aria-hidden="true"><path d="M2 2h26v26h-8l-5 9-5-9H2z"/></svg>';
const DOT = '<svg viewBox="0 0 14 14" aria-hidden="true"><path d="M7 1a6 6 0 1 1 0 12A6 6 0 0 1 7 1z"/></svg>';

const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;

async function fetchJson(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok || answer.redirected) throw new Error(`HTTP ${answer.status}`);
  return answer.json();
}

function element(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

function pinIcon(point) {
  const numbered = point.n != null;
  const shape = numbered ? (point.permanence ? SQUARE_PIN : PIN) : DOT;
  return L.divIcon({
    className: `pin pin--${point.bloc ?? "pres"}`,
    html: `${shape}${numbered ? `<span>${Number(point.n)}</span>` : ""}`,
    iconSize: numbered ? [30, 38] : [16, 16],
    iconAnchor: numbered ? [15, 37] : [8, 8],
    popupAnchor: numbered ? [0, -32] : [0, -6],
  });
}

function clusterIcon(cluster) {
  return L.divIcon({
    className: "pin-cluster",
    html: `<span title="Plusieurs partenaires au même endroit">${cluster.getChildCount()}</span>`,
    iconSize: [36, 36],
  });
}

/* « Recentrer »: back to the frame of the results. */
function recentreControl(onClick, icons) {
  const Control = L.Control.extend({
    onAdd() {
      const bar = element("div", { className: "leaflet-bar" });
      const button = element("button", { type: "button", title: "Recentrer" });
      button.setAttribute("aria-label", "Recentrer la carte");
      button.innerHTML = icons
        ? `<svg class="icon" aria-hidden="true"><use href="${icons}#icon-locate-fixed"></use></svg>`
        : "◎";
      bar.append(button);
      L.DomEvent.disableClickPropagation(bar);
      button.addEventListener("click", onClick);
      return bar;
    },
  });
  return new Control({ position: "topleft" });
}

class PartnerMap {
  constructor(container) {
    this.container = container;
    this.notice = document.getElementById(`${container.id}-avis`);
    this.markers = new Map();
    this.points = [];
    this.names = [];
    this.tenants = new Set();
    this.build();
    this.listen();
    this.observeSize();
  }

  build() {
    this.map = L.map(this.container, {
      zoomControl: false,
      zoomSnap: 0.5,
      scrollWheelZoom: false,
      zoomAnimation: !isStill,
      fadeAnimation: false,
      markerZoomAnimation: !isStill,
      attributionControl: false,
      minZoom: 6,
      maxZoom: 18,
    });
    // Whoever asked for less movement gets none: Leaflet moves the map for a popup by itself.
    const { panBy } = L.Map.prototype;
    if (isStill) this.map.panBy = (by, options) => panBy.call(this.map, by, { ...options, animate: false });
    L.control
      .attribution({ prefix: false, position: "bottomleft" })
      .addAttribution(this.container.dataset.attribution ?? "")
      .addTo(this.map);
    L.control.zoom({ zoomInTitle: "Zoomer", zoomOutTitle: "Dézoomer" }).addTo(this.map);
    recentreControl(() => this.recentre(), this.container.dataset.icons).addTo(this.map);
    this.map.createPane("contours").classList.add("pane-outlines");
    this.map.getPane("contours").style.zIndex = 300;
    this.map.getPane("contours").style.pointerEvents = "none";
    this.map.createPane("noms").style.zIndex = 450;
    this.map.getPane("noms").style.pointerEvents = "none";
    // Nothing is drawn, and no tile asked for, before the first frame is known.
    this.map.whenReady(() => this.container.querySelector(".map-loading")?.remove());
    this.addTiles();
    this.addPins();
  }

  addPins() {
    // Markers stay out of the tab order: the list is the keyboard's way (rule R12).
    L.MarkerCluster?.mergeOptions({ keyboard: false });
    this.pins = L.markerClusterGroup({
      chunkedLoading: true,
      chunkInterval: 20,
      // Numbered pins stay apart as long as they can be read; a whole territory groups sooner.
      maxClusterRadius: "dense" in this.container.dataset ? 60 : 30,
      showCoverageOnHover: false,
      animate: !isStill,
      spiderfyOnMaxZoom: true,
      iconCreateFunction: clusterIcon,
    }).addTo(this.map);
  }

  /* Tiles are a comfort: after a few failures they go, and our outlines and names remain. */
  addTiles() {
    const { tiles } = this.container.dataset;
    if (!tiles) return;
    let failures = 0;
    const layer = L.tileLayer(tiles, { maxZoom: 18, maxNativeZoom: 18, referrerPolicy: "strict-origin" });
    layer.on("tileload", () => {
      failures = 0;
      this.container.classList.add("has-tiles");
    });
    layer.on("tileerror", () => {
      failures += 1;
      if (failures < TILE_FAILURES) return;
      layer.remove();
      this.container.classList.remove("has-tiles");
      this.say("Fond de carte indisponible\u00a0: contours des communes seuls.");
    });
    layer.addTo(this.map);
  }

  listen() {
    const on = (name, react) => this.container.addEventListener(name, (event) => react(event.detail));
    on("map:light", ({ id }) => this.light(id));
    on("map:show", ({ id }) => this.show(id));
    on("map:load", ({ src }) => this.load(src));
    this.map.on("zoomend moveend", () => this.placeNames());
    this.map.on("focus", () => this.map.scrollWheelZoom.enable());
    this.map.on("blur", () => this.map.scrollWheelZoom.disable());
    this.map.on("popupopen", ({ popup }) => {
      const close = popup.getElement().querySelector(".leaflet-popup-close-button");
      close?.setAttribute("aria-label", "Fermer");
      close?.setAttribute("title", "Fermer");
    });
  }

  /* On a phone the map is built hidden: it is framed when it first shows. */
  observeSize() {
    new ResizeObserver(() => {
      this.map.invalidateSize({ animate: false, pan: false });
      if (this.isWaiting) this.recentre();
      this.placeNames();
    }).observe(this.container);
  }

  async start() {
    const outlines = this.loadOutlines();
    await this.load(this.container.dataset.src);
    await outlines;
    if (!this.map._loaded) this.recentre();
  }

  async loadOutlines() {
    const address = this.container.dataset.outlines;
    if (!address) return;
    try {
      const collection = await fetchJson(address);
      this.outlines = L.geoJSON(collection, {
        pane: "contours",
        interactive: false,
        style: { className: "outline" },
      }).addTo(this.map);
      this.names = collection.features
        .filter((feature) => feature.properties.centre)
        .map(({ properties }) => ({ ...properties, marker: null }));
      this.tenantLayer?.bringToFront();
      this.placeNames();
    } catch {
      // The list and the pins remain.
    }
  }

  async load(src) {
    this.container.dataset.src = src;
    let data;
    try {
      data = await fetchJson(src);
    } catch {
      this.say("Carte indisponible pour l'instant\u00a0: la liste reste complète.");
      return;
    }
    if (this.container.dataset.src === src) this.draw(data);
  }

  draw(data) {
    const communes = data.communes ?? [];
    const codes = communes.map((feature) => feature.properties.code).join();
    const isSamePlace = this.frame && codes === this.codes;
    this.codes = codes;
    this.tenants = new Set(communes.map((feature) => feature.properties.code));
    this.tenantLayer?.remove();
    this.tenantLayer = L.geoJSON(communes, {
      pane: "contours",
      interactive: false,
      style: { className: "outline-tenant" },
    }).addTo(this.map);
    this.drawPins(data.points ?? []);
    this.frame = data.bornes ?? null;
    if (!isSamePlace && (this.frame || this.outlines)) this.recentre();
    this.placeNames();
  }

  drawPins(points) {
    this.points = points;
    this.pins.clearLayers();
    this.markers.clear();
    const layers = points.map((point) => {
      const marker = L.marker([point.lat, point.lon], {
        icon: pinIcon(point),
        keyboard: false,
        title: point.nom,
        riseOnHover: true,
      });
      marker.bindPopup(() => this.popup(point), { maxWidth: 260, autoPanPadding: [12, 12] });
      marker.on("click", () => this.emit("map:pin", point.id));
      marker.on("add", () => marker.getElement()?.classList.toggle("is-shown", this.lit === point.id));
      if (!this.markers.has(point.id)) this.markers.set(point.id, marker);
      return marker;
    });
    this.pins.addLayers(layers);
  }

  popup(point) {
    const box = element("div", {}, element("strong", { textContent: point.nom }));
    if (point.tel) {
      const call = element("a", { className: "phone-number", href: point.href, textContent: point.tel });
      box.append(element("p", {}, call));
    }
    if (point.verdict) box.append(element("p", { textContent: point.verdict }));
    const link = element("a", { href: point.url, textContent: "Voir la fiche" });
    if (document.querySelector(`[data-card="${Number(point.id)}"]`)) {
      link.textContent = "Voir dans la liste";
      link.addEventListener("click", (event) => {
        event.preventDefault();
        this.map.closePopup();
        this.emit("map:card", point.id);
      });
    }
    box.append(element("p", {}, link));
    return box;
  }

  emit(name, id) {
    this.container.dispatchEvent(new CustomEvent(name, { detail: { id } }));
  }

  light(id) {
    this.container.querySelectorAll(".is-shown").forEach((pin) => pin.classList.remove("is-shown"));
    this.lit = id;
    const marker = this.markers.get(id);
    const visible = marker && this.map._loaded && this.pins.getVisibleParent(marker);
    visible?.getElement()?.classList.add("is-shown");
  }

  show(id) {
    const marker = this.markers.get(id);
    if (!marker || !this.map._loaded) return;
    this.container.scrollIntoView({ block: "nearest" });
    this.map.invalidateSize({ animate: false, pan: false });
    this.pins.zoomToShowLayer(marker, () => marker.openPopup());
    this.light(id);
  }

  recentre() {
    this.isWaiting = this.container.clientWidth === 0;
    if (this.isWaiting) return;
    const bounds = L.latLngBounds(this.frame ?? this.outlines?.getBounds() ?? FRANCE);
    if (this.frame && this.tenantLayer) bounds.extend(this.tenantLayer.getBounds());
    if (!bounds.isValid()) return;
    this.map.fitBounds(bounds, { animate: false, padding: FRAME_PADDING, maxZoom: 13 });
  }

  /* Names of communes, the tenant's first, then the most peopled, as many as fit without covering
     one another; under the pins where there are some. */
  placeNames() {
    if (!this.map._loaded || this.container.clientWidth === 0) return;
    const view = this.map.getBounds().pad(0.1);
    const pins = this.points
      .filter((point) => view.contains([point.lat, point.lon]))
      .map((point) => this.map.latLngToContainerPoint([point.lat, point.lon]));
    const taken = [];
    for (const name of this.byImportance()) {
      const fits = view.contains(name.centre) && this.reserve(name, taken, pins);
      if (fits) this.showName(name);
      else name.marker?.remove();
    }
  }

  byImportance() {
    const weight = ({ code, population }) => (this.tenants.has(code) ? Infinity : (population ?? 0));
    return [...this.names].sort((a, b) => weight(b) - weight(a) || 0);
  }

  reserve(name, taken, pins) {
    const at = this.map.latLngToContainerPoint(name.centre);
    const half = (name.nom.length * LABEL_WIDTH_PER_LETTER) / 2;
    name.isUnderPin = pins.some((pin) => Math.abs(pin.x - at.x) < half && Math.abs(pin.y - at.y) < PIN_REACH);
    const y = at.y + (name.isUnderPin ? UNDER_PIN : 0);
    const box = [at.x - half, y - LABEL_HEIGHT / 2, at.x + half, y + LABEL_HEIGHT / 2];
    const isFree = taken.every((t) => box[2] < t[0] || box[0] > t[2] || box[3] < t[1] || box[1] > t[3]);
    if (isFree) taken.push(box);
    return isFree;
  }

  showName(name) {
    name.marker ??= L.marker(name.centre, {
      pane: "noms",
      interactive: false,
      keyboard: false,
      icon: L.divIcon({
        className: "place-name",
        html: element("span", { textContent: name.nom }).outerHTML,
        iconSize: [0, 0],
      }),
    });
    name.marker.addTo(this.map);
    const { classList } = name.marker.getElement();
    classList.toggle("place-name--tenant", this.tenants.has(name.code));
    classList.toggle("place-name--under", name.isUnderPin);
  }

  say(text) {
    if (this.notice) this.notice.textContent = text;
  }
}

for (const container of document.querySelectorAll(".map[data-src]")) {
  new PartnerMap(container).start();
}
