/* In place of the service worker when the setting OFFLINE is off: it takes itself away. */

addEventListener("install", () => skipWaiting());

addEventListener("activate", (event) => {
  const forget = async () => {
    for (const name of await caches.keys()) await caches.delete(name);
    await registration.unregister();
  };
  event.waitUntil(forget());
});
