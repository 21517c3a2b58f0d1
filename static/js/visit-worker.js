/* The service worker: the application opens without a network. It keeps the page of visits and the
   files of that page, and nothing else: no page of an account, no answer to a form, no pack.
   `SHELL` (views/device.py) says which; it changes with any of them, and then a new worker takes the
   place of this one at once. */

const PREFIX = "visite-";
const CACHE = PREFIX + SHELL.version;
const SYNC = "visite-signalements";
const SLOW_MS = 4000;
const KEPT = new Set(SHELL.files.map((file) => new URL(file, location.origin).href));

/* As anybody would see them. */
async function fill() {
  const cache = await caches.open(CACHE);
  await cache.addAll([...KEPT].map((url) => new Request(url, { credentials: "omit", cache: "no-cache" })));
}

async function tidy() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await registration.navigationPreload?.enable();
  await clients.claim();
}

const NOTHING = "Pas de connexion, et rien n'est gardé sur cet appareil.";

async function shell() {
  const found = await caches.match(SHELL.page, { ignoreVary: true });
  const headers = { "Content-Type": "text/plain; charset=utf-8" };
  return found ?? new Response(NOTHING, { status: 503, headers });
}

function tooSlow() {
  return new Promise((resolve, reject) => setTimeout(reject, SLOW_MS));
}

/* The network first. At a tenant's door a weak one is as bad as none: the page of visits waits little. */
async function page(event, path) {
  try {
    const coming = (async () => (await event.preloadResponse) ?? fetch(event.request))();
    if (path !== SHELL.slow) return await coming;
    event.waitUntil(coming.catch(() => {})); // it may come after all, for nobody
    return await Promise.race([coming, tooSlow()]);
  } catch {
    return (await caches.match(path, { ignoreVary: true })) ?? shell(); // « Masquer » has its own page
  }
}

async function file(request) {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}

addEventListener("install", (event) => {
  event.waitUntil(fill().then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  event.waitUntil(tidy());
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(event, pathname));
  else if (KEPT.has(request.url)) event.respondWith(file(request));
});

/* A network is back, perhaps with no page open. Failing asks the browser to try again later. */
addEventListener("sync", (event) => {
  if (event.tag !== SYNC) return;
  event.waitUntil(
    visitQueue.send().then(({ waiting, isSignedOut }) => {
      if (waiting && !isSignedOut) throw new Error("reports wait");
    }),
  );
});
