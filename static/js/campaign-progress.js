// While letters leave, the figures follow by themselves. Without a script, « Actualiser » does it.

const EVERY = 4000;
const id = "avancement";

async function follow() {
  const shown = document.getElementById(id);
  if (!shown?.hasAttribute("data-running")) return;
  // Nothing moves under a hand: a button of the panel has the focus.
  if (!document.hidden && !shown.contains(document.activeElement)) await refresh(shown);
  setTimeout(follow, EVERY);
}

async function refresh(shown) {
  const response = await fetch(location.href).catch(() => null);
  if (!response?.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const next = page.getElementById(id);
  if (next) shown.replaceWith(next);
}

setTimeout(follow, EVERY);
