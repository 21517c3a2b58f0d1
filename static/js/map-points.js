/* Points of the map: columns of numbers read back (partners/pins.py writes them), what shares one
   address gathered into one marker, and markers gathered into groups that split as one zooms. */

const L = window.L;
const STEPS = 100_000;
const LONGITUDES = 400 * STEPS;
const CHUNK_MS = 12;
const BREATH_MS = 4;
const PIN =
  '<svg viewBox="0 0 30 38" aria-hidden="true"><path d="M15 1C7.3 1 1 7.2 1 14.9 1 25 15 37 15 37s14-12 14-22.1C29 7.2 22.7 1 15 1z"/></svg>';
const SQUARE_PIN =
  '<svg viewBox="0 0 30 38" aria-hidden="true"><path d="M2 2h26v26h-8l-5 9-5-9H2z"/></svg>';
const DOT = '<svg viewBox="0 0 14 14" aria-hidden="true"><path d="M7 1a6 6 0 1 1 0 12A6 6 0 0 1 7 1z"/></svg>';

const short = new Intl.NumberFormat("fr", { notation: "compact" });
const whole = new Intl.NumberFormat("fr");

/* One pile for each position: {lat, lon, entries: [{id, n, bloc, isPermanence}]}, numbered ones
   first. `numbers`: card number by id. */
export function readPiles({ ids, origine, lat, lon, genres, genre }, numbers) {
  const piles = new Map();
  let id = 0;
  for (let i = 0; i < ids.length; i += 1) {
    id += ids[i];
    const key = lat[i] * LONGITUDES + lon[i];
    let pile = piles.get(key);
    if (!pile) {
      pile = { lat: (lat[i] + origine[0]) / STEPS, lon: (lon[i] + origine[1]) / STEPS, entries: [] };
      piles.set(key, pile);
    }
    const [bloc, isPermanence] = genres[parseInt(genre[i], 36)];
    pile.entries.push({ id, n: numbers.get(id), bloc, isPermanence });
  }
  for (const { entries } of piles.values()) {
    if (entries.length > 1) entries.sort((a, b) => (a.n ?? Infinity) - (b.n ?? Infinity) || 0);
  }
  return [...piles.values()];
}

/* Icons */

const shared = new Map();

function sharedIcon(key, make) {
  if (!shared.has(key)) shared.set(key, make());
  return shared.get(key);
}

function dot(bloc) {
  return L.divIcon({ className: `pin pin--${bloc}`, html: DOT, iconSize: [16, 16], popupAnchor: [0, -6] });
}

function numberedPin({ n, bloc, isPermanence }, more) {
  const badge = more ? ` data-more="+${more}"` : "";
  return L.divIcon({
    className: `pin pin--${bloc}`,
    html: `${isPermanence ? SQUARE_PIN : PIN}<span${badge}>${Number(n)}</span>`,
    iconSize: [30, 38],
    iconAnchor: [15, 37],
    popupAnchor: [0, -32],
  });
}

function countIcon(count, name = "") {
  const label = L.Util.template("<span>{n}</span>", { n: short.format(count) });
  const side = count < 1000 ? 36 : 44;
  return L.divIcon({ className: `pin-cluster ${name}`, html: label, iconSize: [side, side], popupAnchor: [0, -14] });
}

function pileIcon({ entries }) {
  const [first] = entries;
  if (first.n != null) return numberedPin(first, entries.length - 1);
  if (entries.length === 1) return sharedIcon(`dot ${first.bloc}`, () => dot(first.bloc));
  return sharedIcon(`pile ${entries.length}`, () => countIcon(entries.length, "pin-cluster--pile"));
}

/* Markers. They stay out of the tab order: the list is the keyboard's way (rule R12). */

function pileMarker(pile, nameOf) {
  const { entries } = pile;
  const title = entries.length === 1 ? nameOf(entries[0].id) : `${entries.length} partenaires à cette adresse`;
  const marker = new L.Marker([pile.lat, pile.lon], {
    icon: pileIcon(pile),
    keyboard: false,
    title,
    riseOnHover: true,
  });
  marker.pile = pile;
  marker.weight = entries.length;
  return marker;
}

function bubbleMarker([lat, lon, count, name]) {
  const title = `${name}\u00a0: ${whole.format(count)} partenaire${count > 1 ? "s" : ""}`;
  const marker = new L.Marker([lat, lon], { icon: countIcon(count), keyboard: false, title });
  marker.weight = count;
  return marker;
}

/* Thousands of markers, a breath between slices: the page never stops answering. */
async function inSlices(items, make) {
  const made = [];
  let began = performance.now();
  for (const item of items) {
    made.push(make(item));
    if (made.length % 32 || performance.now() - began < CHUNK_MS) continue;
    await new Promise((done) => setTimeout(done, BREATH_MS));
    began = performance.now();
  }
  return made;
}

export function pileMarkers(piles, nameOf) {
  return inSlices(piles, (pile) => pileMarker(pile, nameOf));
}

export function bubbleMarkers(bubbles) {
  return inSlices(bubbles, bubbleMarker);
}

/* Groups */

function groupIcon(cluster) {
  const count = cluster.getAllChildMarkers().reduce((sum, { weight }) => sum + weight, 0);
  const icon = countIcon(count);
  icon.options.html = icon.options.html.replace("<span", '<span title="Plusieurs partenaires au même endroit"');
  return icon;
}

export function makeGroup({ isDense, isStill, onFilled }) {
  L.MarkerCluster.mergeOptions({ keyboard: false });
  return L.markerClusterGroup({
    chunkedLoading: true,
    chunkInterval: CHUNK_MS,
    chunkDelay: BREATH_MS,
    chunkProgress: (done, total) => done === total && onFilled(),
    // Numbered pins stay apart as long as they can be read; a whole territory groups sooner.
    maxClusterRadius: isDense ? 60 : 30,
    showCoverageOnHover: false,
    animate: !isStill,
    spiderfyOnMaxZoom: true,
    iconCreateFunction: groupIcon,
  });
}
