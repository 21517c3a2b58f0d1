/* One key each: « / » the box, « n » a new call, « ? » the list of keys. Never inside a field, never
   with a modifier; they can be turned off (WCAG 2.1.4), which this browser remembers. */

const PREFERENCE = "raccourcis";

function isOn() {
  try {
    return localStorage.getItem(PREFERENCE) !== "non";
  } catch {
    return true;
  }
}

function setOn(value) {
  try {
    localStorage.setItem(PREFERENCE, value ? "oui" : "non");
  } catch {
    // Private browsing: the choice holds for this page only.
  }
}

function isTyping(target) {
  return target.closest?.("input, textarea, select, [contenteditable=true], dialog") != null;
}

const dialog = document.getElementById("raccourcis");
const actions = {
  "/": () => {
    const box = document.querySelector("input[data-complete]");
    if (box) box.focus();
    else document.querySelector("a.brand")?.click();
  },
  n: () => document.querySelector("form[data-new-call]")?.requestSubmit(),
  "?": () => dialog?.showModal(),
};

let enabled = isOn();

document.addEventListener("keydown", (event) => {
  if (!enabled || event.defaultPrevented || event.repeat) return;
  if (event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return;
  const action = actions[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});

document.querySelector("[data-open-keys]")?.addEventListener("click", () => dialog?.showModal());

const box = dialog?.querySelector("[data-keys-on]");
if (box) {
  box.checked = enabled;
  box.addEventListener("change", () => {
    enabled = box.checked;
    setOn(enabled);
  });
}
