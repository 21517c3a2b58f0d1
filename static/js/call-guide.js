/* The call guide stays as one left it, from one list to the next and from one call to the next: open
   or folded is all that this browser remembers. Printed, it is open. */

const PREFERENCE = "guide-d-appel";

function guide() {
  return document.querySelector("[data-call-guide]");
}

function isOpen() {
  try {
    return localStorage.getItem(PREFERENCE) === "ouvert";
  } catch {
    return false;
  }
}

function remember({ target }) {
  if (!target.matches?.("[data-call-guide]") || printing) return;
  try {
    localStorage.setItem(PREFERENCE, target.open ? "ouvert" : "plie");
  } catch {
    // Private browsing: the choice holds for this page only.
  }
}

function show() {
  const found = guide();
  if (found) found.open = isOpen();
}

let printing = false;

function print(begins) {
  printing = begins;
  const found = guide();
  if (found) found.open = begins || isOpen();
}

show();
document.addEventListener("toggle", remember, { capture: true });
document.addEventListener("htmx:afterSwap", show);
addEventListener("beforeprint", () => print(true));
addEventListener("afterprint", () => print(false));
