/* The last records opened in this tab: name and address, nothing else, in the tab's own storage.
   They are a trace of the call: « Nouvel appel » and « Masquer » clear the storage (new-call.js,
   hide.js), the sign-in page does it here. A record that would tell of a danger bears no mark. */

const KEY = "vus";
const MOST = 8;

function read() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
    return kept.filter(({ url }) => url.startsWith("/fiches/")).slice(0, MOST);
  } catch {
    return [];
  }
}

function write(records) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(records));
  } catch {
    // No storage: nothing is remembered.
  }
}

function remember({ seen, name, url }) {
  // The page is being hidden: nothing may come back after hide.js has cleared.
  if (document.documentElement.hidden) return;
  const others = read().filter((record) => record.id !== seen);
  write([{ id: seen, name, url }, ...others].slice(0, MOST));
}

function forget() {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // No storage, so nothing to forget.
  }
}

function row({ name, url }) {
  const link = document.createElement("a");
  link.href = url;
  link.textContent = name;
  const item = document.createElement("li");
  item.append(link);
  return item;
}

function show(section) {
  const records = read();
  section.querySelector("ul").replaceChildren(...records.map(row));
  section.hidden = records.length === 0;
}

const isSignedIn = document.querySelector("form[data-new-call]") !== null;
const record = document.querySelector("[data-seen]");
const section = document.querySelector("[data-last-seen]");

if (!isSignedIn) forget();
else if (record) remember(record.dataset);
if (section) show(section);
