/* On every page, and so as small as can be: the service worker on telephones and tablets, and what
   follows a pack where this device keeps one (visit-sync.js). */

const here = document.querySelector("script[data-visit-sync]").dataset;

function keepsSomething() {
  try {
    return localStorage.getItem("visite") !== null; // visit-device.js writes it
  } catch {
    return false;
  }
}

if (here.worker && here.account && matchMedia("(pointer: coarse)").matches) {
  addEventListener("load", () => navigator.serviceWorker?.register(here.worker).catch(() => {}));
}
if (keepsSomething()) import(here.visitSync).then(({ follow }) => follow(here));
