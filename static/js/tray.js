/* The sheet of contacts of a call: keys of records, one to six, kept by the browser for the day. No
   name, no need, no commune. « Nouvel appel » and « Masquer » clear it (new-call.js, hide.js), as do
   the sign-in page and the day after. Without this module each button is a link to a sheet of one.

   <a href="/feuille/?fiches=12" data-tray="12">, <a data-tray-set="12,45">, <div data-tray-now="12"> */

const KEY = "feuille"; // hide.js and new-call.js know it
const MOST = 6;
const bar = document.querySelector("[data-tray-bar]");

function today() {
  return new Date().toLocaleDateString("sv"); // 2026-11-22, here and now
}

function read() {
  try {
    const { day, keys } = JSON.parse(localStorage.getItem(KEY)) ?? {};
    if (day === today()) return keys.filter(Number.isInteger).slice(0, MOST);
    localStorage.removeItem(KEY);
  } catch {
    // No storage, or not ours: an empty tray.
  }
  return [];
}

/* Whether it could be kept. */
function write(keys) {
  try {
    if (keys.length) localStorage.setItem(KEY, JSON.stringify({ day: today(), keys }));
    else localStorage.removeItem(KEY);
    return true;
  } catch {
    return false;
  }
}

function listed(text) {
  return text.split(",").filter(Boolean).map(Number);
}

function say(text) {
  document.getElementById("annonce").textContent = text;
}

function mark(button, keys) {
  const isIn = keys.includes(Number(button.dataset.tray));
  button.setAttribute("role", "button");
  button.setAttribute("aria-pressed", isIn);
  button.querySelector("[data-tray-label]").textContent = isIn ? "Sur la feuille" : "Ajouter à la feuille";
}

function show() {
  const keys = read();
  for (const button of document.querySelectorAll("a[data-tray]")) mark(button, keys);
  const isSheet = document.querySelector(".handout-tools") !== null; // an empty one offers the tray
  bar.hidden = keys.length === 0 || isSheet;
  document.body.classList.toggle("has-tray", !bar.hidden);
  const many = keys.length > 1 ? "s" : "";
  bar.querySelector("[data-tray-count]").textContent = `Feuille\u00a0: ${keys.length} partenaire${many}`;
  // The facts of the page that one prepares it from: where, and needs that may be written.
  const facts = document.querySelector("[data-tray-facts]")?.dataset.trayFacts;
  const open = bar.querySelector("[data-tray-open]");
  open.search = `?fiches=${keys.join(",")}${facts ? `&${facts}` : ""}`;
}

function toggle(button) {
  const key = Number(button.dataset.tray);
  const keys = read();
  const others = keys.filter((other) => other !== key);
  if (others.length === MOST) {
    say(`La feuille a déjà ${MOST} partenaires\u00a0: retirez-en un.`);
    button.querySelector("[data-tray-label]").textContent = `Feuille pleine (${MOST})`;
    return true;
  }
  const isAdded = others.length === keys.length;
  if (!write(isAdded ? [...keys, key] : others)) return false;
  show();
  say(isAdded ? `${bar.querySelector("[data-tray-count]").textContent}.` : "Retiré de la feuille.");
  return true;
}

function empty() {
  write([]);
  show();
  say("Feuille vidée.");
}

function onClick(event) {
  const button = event.target.closest("a[data-tray]");
  // With a modifier the link opens where one asked; without storage it opens its sheet.
  if (button && !event.ctrlKey && !event.metaKey && !event.shiftKey && toggle(button)) event.preventDefault();
  const link = event.target.closest("a[data-tray-set]");
  if (link && read().length) write(listed(link.dataset.traySet));
  if (event.target.closest("[data-tray-empty]")) empty();
}

function onKey(event) {
  if (event.key !== " " || !event.target.matches?.("a[data-tray]")) return;
  event.preventDefault();
  event.target.click();
}

if (bar) {
  const now = document.querySelector("[data-tray-now]");
  if (now && read().length) write(listed(now.dataset.trayNow));
  show();
  document.addEventListener("click", onClick);
  document.addEventListener("keydown", onKey);
  document.addEventListener("htmx:afterSwap", show);
  addEventListener("storage", show); // another tab
  addEventListener("pageshow", show); // back to a page that was kept
} else if (!document.querySelector(".handout-page, [data-visit]")) {
  write([]); // nobody is signed in
}
