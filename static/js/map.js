/* Brings the map in after the list, and on a phone only once it is shown: Leaflet, its styles (before
   ours, which have the last word), the look of our map, then map-view.js.

   <div id="carte" class="map" data-styles="… …" data-look="…" data-scripts="… …" data-module="…" data-src="…">

   What is asked of the map meanwhile waits for it: map:load {src} and map:show {id}. */

function loaded(node) {
  return new Promise((done, failed) => {
    node.addEventListener("load", done);
    node.addEventListener("error", () => failed(new Error("map code unavailable")));
  });
}

function style(href) {
  return Object.assign(document.createElement("link"), { rel: "stylesheet", href });
}

/* A page may have several maps: what they share comes once. */
const brought = new Map();

function once(href, bringIt) {
  if (!brought.has(href)) brought.set(href, bringIt(href));
  return brought.get(href);
}

function addStyle(href, place) {
  const link = style(href);
  document.head[place](link);
  return loaded(link);
}

function addStyles(hrefs, look) {
  const theirs = hrefs.toReversed().map((href) => once(href, () => addStyle(href, "prepend")));
  return [...theirs, once(look, () => addStyle(look, "append"))];
}

export function addScript(src) {
  const script = Object.assign(document.createElement("script"), { src, async: false });
  document.head.append(script);
  return loaded(script);
}

function words(text) {
  return text.split(" ").filter(Boolean);
}

export function pageLoaded() {
  if (document.readyState === "complete") return Promise.resolve();
  return new Promise((done) => addEventListener("load", done, { once: true }));
}

function shown(container) {
  return new Promise((done) => {
    const observer = new ResizeObserver(() => {
      if (container.clientWidth === 0) return;
      observer.disconnect();
      done();
    });
    observer.observe(container);
  });
}

async function bring(container) {
  const asked = {};
  const keep = ({ type, detail }) => (asked[type] = detail);
  const keepSource = ({ detail }) => (container.dataset.src = detail.src);
  container.addEventListener("map:show", keep);
  container.addEventListener("map:load", keepSource);
  await Promise.all([pageLoaded(), shown(container)]);
  const code = await load(container.dataset);
  container.removeEventListener("map:show", keep);
  container.removeEventListener("map:load", keepSource);
  if (!code) {
    leave(container);
    return;
  }
  const map = new code.PartnerMap(container);
  if (asked["map:show"]) map.show(asked["map:show"].id);
  await map.start();
}

/* The module of the map, or null when the network does not bring all of it. */
async function load({ styles, look, scripts, module }) {
  try {
    await Promise.all([...addStyles(words(styles), look), ...words(scripts).map((src) => once(src, addScript))]);
    return await import(module);
  } catch {
    return null;
  }
}

function leave(container) {
  container.querySelector(".map-loading")?.remove();
  const notice = document.getElementById(`${container.id}-avis`);
  if (notice) notice.textContent = "Carte indisponible pour l'instant\u00a0: la liste reste complète.";
}

for (const container of document.querySelectorAll(".map[data-src]")) bring(container);
