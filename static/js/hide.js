/* « Masquer »: leave at once for a neutral page, with nothing of the call behind (rule R7).
   The link alone works without this module. Escape pressed twice does the same. */

const TWICE_MS = 1000;

function forget() {
  try {
    sessionStorage.clear();
    localStorage.removeItem("feuille"); // the tray (tray.js)
  } catch {
    // No storage, so nothing to forget.
  }
}

const link = document.querySelector("a[data-hide]");
let lastEscape = -Infinity; // not 0: a page younger than a second

function leave() {
  forget();
  document.documentElement.hidden = true;
  location.replace(link.href);
}

link?.addEventListener("click", (event) => {
  event.preventDefault();
  leave();
});

if (link) {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.repeat) return;
    if (event.timeStamp - lastEscape < TWICE_MS) leave();
    lastEscape = event.timeStamp;
  });

  // Coming back shows the page again only through the server.
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
}
