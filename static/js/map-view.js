/* A Leaflet map of the same data as the list: numbered pins, the tenant's commune, and our own
   commune outlines and names, so that it stays a map when the base map does not answer (rule R13).
   Above some number of points the server sends bubbles by territory for the part in sight.

   Listens on its element: map:light {id|null}, map:show {id}, map:load {src}.
   Sends: map:pin {id} (a pin was chosen), map:card {id} (its card is asked for). */

import { searchHereControl, recentreControl } from "./map-controls.js";
import { PlaceNames } from "./map-names.js";
import { bubbleMarkers, makeGroup, pileMarkers, readPiles } from "./map-points.js";
import { cardName, cardOf, popupList } from "./map-popup.js";

const L = window.L;
const FRANCE = [
  [42.3, -5.2],
  [51.1, 8.3],
];
const FRAME_PADDING = [20, 20];
const TILE_FAILURES = 4;
const MARGIN_IN_SIGHT = 0.5;
const STILL_MS = 150;
/* Up to which zoom the bubbles stand for which territories; beyond, the points themselves. */
const LEVELS = [
  [8.5, "departement"],
  [10.5, "epci"],
  [12.5, "commune"],
  [Infinity, "repere"],
];

const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;

async function fetchJson(address, options = {}) {
  const answer = await fetch(address, { headers: { Accept: "application/json" }, ...options });
  if (!answer.ok || answer.redirected) throw new Error(`HTTP ${answer.status}`);
  return answer.json();
}

/* Words typed are no part of an address: they go in a body, as the page's own form sends them. */
function typedWords() {
  const form = document.getElementById("mots-tapes");
  return form ? { method: "POST", body: new FormData(form) } : {};
}

export class PartnerMap {
  constructor(container) {
    this.container = container;
    this.notice = document.getElementById(`${container.id}-avis`);
    this.isDense = "dense" in container.dataset;
    this.markers = new Map();
    this.filling = Promise.resolve();
    this.draws = 0;
    this.build();
    this.listen();
    this.observeSize();
  }

  /* What a map of another kind does otherwise. */
  mapOptions() {
    return {};
  }

  outlineOptions() {
    return { interactive: false };
  }

  build() {
    this.map = L.map(this.container, {
      ...this.mapOptions(),
      zoomControl: false,
      zoomSnap: 0.5,
      scrollWheelZoom: false,
      zoomAnimation: !isStill,
      fadeAnimation: false,
      markerZoomAnimation: !isStill,
      attributionControl: false,
      minZoom: 5,
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
    this.names = new PlaceNames(this.map);
    // Nothing is drawn, and no tile asked for, before the first frame is known.
    this.map.whenReady(() => this.container.querySelector(".map-loading")?.remove());
    this.addTiles();
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
    this.map.on("moveend", () => this.moved());
    this.map.on("autopanstart", () => (this.isAutoPan = true));
    this.map.on("focus", () => this.map.scrollWheelZoom.enable());
    this.map.on("blur", () => this.map.scrollWheelZoom.disable());
    this.map.on("popupopen", ({ popup }) => {
      const close = popup.getElement().querySelector(".leaflet-popup-close-button");
      close?.setAttribute("aria-label", "Fermer");
      close?.setAttribute("title", "Fermer");
    });
  }

  moved() {
    this.names.place();
    this.relight();
    if (this.isAggregated) this.refineSoon();
    if (!this.isOurs && !this.isAutoPan && this.frame) this.offerThisArea();
    this.isAutoPan = false;
  }

  /* What the program does to the map is no wish to search elsewhere. */
  ourselves(act) {
    this.isOurs = true;
    act();
    this.isOurs = false;
  }

  offerThisArea() {
    const { here } = this.container.dataset;
    if (!here) return;
    this.searchHere ??= searchHereControl(here).addTo(this.map);
    this.searchHere.aim(this.map.getBounds());
  }

  /* On a phone the map is built hidden: it is framed when it first shows. */
  observeSize() {
    new ResizeObserver(() => {
      this.ourselves(() => this.map.invalidateSize({ animate: false, pan: false }));
      if (this.isWaiting) this.recentre();
      this.names.place();
    }).observe(this.container);
  }

  async start() {
    this.outlining = this.loadOutlines();
    await this.load(this.container.dataset.src);
    await this.outlining;
    if (!this.map._loaded) this.recentre();
  }

  async loadOutlines() {
    const address = this.container.dataset.outlines;
    if (!address) return;
    try {
      const collection = await fetchJson(address);
      this.outlines = L.geoJSON(collection, {
        ...this.outlineOptions(),
        pane: "contours",
        style: { className: "outline" },
      }).addTo(this.map);
      this.names.read(collection);
      this.tenantLayer?.bringToFront();
      this.names.place();
    } catch {
      // The list and the pins remain.
    }
  }

  async load(src) {
    this.container.dataset.src = src;
    let data;
    try {
      data = await fetchJson(src, typedWords());
    } catch {
      this.say("Carte indisponible pour l'instant\u00a0: la liste reste complète.");
      return;
    }
    if (this.container.dataset.src === src) await this.draw(data);
  }

  async draw(data) {
    const communes = data.communes ?? [];
    const codes = communes.map((feature) => feature.properties.code);
    const isSamePlace = this.frame && codes.join() === this.codes;
    this.codes = codes.join();
    this.names.setTenants(codes);
    this.tenantLayer?.remove();
    this.tenantLayer = L.geoJSON(communes, {
      pane: "contours",
      interactive: false,
      style: { className: "outline-tenant" },
    }).addTo(this.map);
    this.map.closePopup();
    this.numbers = new Map(data.numeros ?? []);
    this.isAggregated = "bulles" in data;
    this.sight = null;
    this.frame = data.bornes ?? null;
    if (!this.frame) await this.outlining;
    if (!isSamePlace) this.recentre();
    await this.fill(data);
  }

  /* Points or bubbles in the place of those before, which stay until the new ones stand. */
  fill({ reperes, bulles }) {
    const turn = (this.draws += 1);
    this.container.dataset.state = "drawing";
    this.filling = this.filling.then(async () => {
      if (turn !== this.draws) return;
      const nameOf = (id) => (cardOf(id) ? cardName(cardOf(id)) : "");
      const markers = await (bulles
        ? bubbleMarkers(bulles)
        : pileMarkers(readPiles(reperes, this.numbers), nameOf));
      await this.replaceGroup(markers);
      this.names.place();
      this.container.dataset.state = "drawn";
    });
    return this.filling;
  }

  async replaceGroup(markers) {
    const before = this.group;
    await new Promise((done) => {
      this.group = makeGroup({ isDense: this.isDense, isStill, onFilled: done });
      this.group.on("click", ({ layer }) => this.choose(layer));
      this.group.on("animationend", () => this.relight());
      this.group.addTo(this.map).addLayers(markers, true);
    });
    before?.remove();
    this.markers = new Map();
    for (const marker of markers) {
      for (const { id } of marker.pile?.entries ?? []) {
        if (!this.markers.has(id)) this.markers.set(id, marker);
      }
    }
    this.relight();
    if (this.wanted) this.show(this.wanted);
  }

  /* Bubbles of the part in sight, at the level of the zoom, once the map is still. */
  refineSoon() {
    clearTimeout(this.still);
    this.still = setTimeout(() => this.refine(), STILL_MS);
  }

  async refine() {
    const zoom = this.map.getZoom();
    const [, level] = LEVELS.find(([most]) => zoom < most);
    if (this.sight?.level === level && this.sight.box.contains(this.map.getBounds())) return;
    const box = this.map.getBounds().pad(MARGIN_IN_SIGHT);
    const address = new URL(this.container.dataset.src, location.href);
    address.searchParams.set("vue", boxText(box));
    address.searchParams.set("niveau", level);
    this.asking?.abort();
    this.asking = new AbortController();
    try {
      const data = await fetchJson(address, { signal: this.asking.signal, ...typedWords() });
      this.sight = { level, box };
      await this.fill(data);
    } catch (error) {
      if (error.name !== "AbortError") this.say("Détail indisponible pour l'instant.");
    }
  }

  choose(marker) {
    if (!marker.pile) {
      const [next] = LEVELS.find(([most]) => this.map.getZoom() < most);
      this.map.setView(marker.getLatLng(), Math.min(next, 16));
      return;
    }
    this.openPopup(marker);
    this.emit("map:pin", marker.pile.entries[0].id);
  }

  async openPopup(marker) {
    const ids = marker.pile.entries.map(({ id }) => id);
    const { list, ready } = popupList(ids, this.container.dataset, (id) => {
      this.map.closePopup();
      this.emit("map:card", id);
    });
    const popup = L.popup({
      maxWidth: 250,
      maxHeight: 280,
      autoPanPaddingTopLeft: [56, 12], // beside the buttons
      autoPanPaddingBottomRight: [12, 12],
      offset: marker.options.icon.options.popupAnchor,
    });
    popup.setLatLng(marker.getLatLng()).setContent(list).openOn(this.map);
    await ready;
    if (popup.isOpen()) popup.update();
  }

  emit(name, id) {
    this.container.dispatchEvent(new CustomEvent(name, { detail: { id } }));
  }

  light(id) {
    this.lit = id;
    this.relight();
  }

  relight() {
    this.container.querySelectorAll(".is-shown").forEach((pin) => pin.classList.remove("is-shown"));
    const marker = this.markers.get(this.lit);
    const visible = marker && this.map._loaded && this.group.getVisibleParent(marker);
    visible?.getElement()?.classList.add("is-shown");
  }

  show(id) {
    const marker = this.markers.get(id);
    this.wanted = marker && this.map._loaded ? null : id;
    if (this.wanted) return;
    this.container.scrollIntoView({ block: "nearest" });
    this.ourselves(() => this.map.invalidateSize({ animate: false, pan: false }));
    this.group.zoomToShowLayer(marker, () => this.openPopup(marker));
    this.light(id);
  }

  recentre() {
    this.isWaiting = this.container.clientWidth === 0;
    if (this.isWaiting) return;
    const bounds = L.latLngBounds(this.frame ?? this.outlines?.getBounds() ?? FRANCE);
    if (this.frame && this.tenantLayer) bounds.extend(this.tenantLayer.getBounds());
    if (!bounds.isValid()) return;
    // An area that was searched is shown as it was; otherwise pins keep off the edge.
    const isArea = new URL(this.container.dataset.src, location.href).searchParams.has("bbox");
    const options = isArea ? {} : { padding: FRAME_PADDING, maxZoom: 13 };
    this.ourselves(() => this.map.fitBounds(bounds, { animate: false, ...options }));
  }

  say(text) {
    if (this.notice) this.notice.textContent = text;
  }
}

/* « west,south,east,north », on the globe. */
function boxText(box) {
  const [west, east] = [Math.max(box.getWest(), -180), Math.min(box.getEast(), 180)];
  const [south, north] = [Math.max(box.getSouth(), -90), Math.min(box.getNorth(), 90)];
  return [west, south, east, north].map((degrees) => degrees.toFixed(5)).join();
}
