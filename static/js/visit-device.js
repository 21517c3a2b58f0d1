/* What this device may keep, and the marks that it leaves: every page looks whether there is one. */

import {} from "./visit-store.js";

const MARK = "visite"; // visit-here.js looks for it

/* A sentence for the screen. */
export class Told extends Error {}

export function mark(account) {
  localStorage.setItem(MARK, account);
}

export function markedAccount() {
  try {
    return localStorage.getItem(MARK);
  } catch {
    return null;
  }
}

function unmark() {
  try {
    localStorage.removeItem(MARK);
  } catch {
    // No storage: no mark either.
  }
}

const FORBIDDEN =
  "Ce navigateur ne permet pas de garder des données sur l'appareil\u00a0: navigation privée, ou stockage " +
  "interdit dans ses réglages. Rien n'est gardé.";
const FULL =
  "La mémoire de l'appareil est pleine\u00a0: rien n'est gardé. Libérez de la place, ou choisissez un " +
  "secteur plus petit, puis recommencez.";

/* An error of the browser's storage, in words. */
export function storageTold(error) {
  if (error instanceof Told) return error;
  return new Told(error?.name === "QuotaExceededError" ? FULL : FORBIDDEN);
}

const DAY = 24 * 3600 * 1000;
const LASTS = 7 * DAY;

/* The reports of others that were signed in here: seven days for them to come back. */
async function dropOldOfOthers(account) {
  for (const report of await visitStore.reports()) {
    const age = Date.now() - report.madeAt;
    if (report.account !== account && !(age >= -DAY && age < LASTS)) await visitStore.drop(report.key);
  }
}

/* Without a pack nor a report, pages have nothing to follow. */
export async function unmarkEmpty() {
  if (!(await visitStore.meta()) && !(await visitStore.reports()).length) unmark();
}

/* The pack goes; reports that wait stay, and leave when their author is back. */
export async function erasePack() {
  await visitStore.erase();
  await dropOldOfOthers(null);
  await unmarkEmpty();
}

/* The page without a network too: it says nothing of anybody, but this device is another's now. */
async function forgetApplication() {
  const registration = await navigator.serviceWorker?.getRegistration();
  await registration?.unregister();
  for (const name of (await self.caches?.keys()) ?? []) await caches.delete(name);
}

/* All that an account left here, what it had not sent included. */
export async function eraseAll(account) {
  await visitStore.erase();
  for (const report of await visitStore.reports()) {
    if (report.account === account) await visitStore.drop(report.key);
  }
  await dropOldOfOthers(account);
  unmark();
  await forgetApplication();
  if ((await visitStore.reports()).length) mark("");
}

/* Reports of an account that did not leave yet, those that were refused included. */
export async function ownReports(account) {
  return (await visitStore.reports()).filter((report) => report.account === account);
}

/* « 2 signalements faits hors connexion n'ont pas… »: what erasing would lose; "" for nothing. */
export async function lossTold(account) {
  const count = (await ownReports(account)).filter((report) => !report.refusal).length;
  if (!count) return "";
  if (count === 1) return "Un signalement fait hors connexion n'a pas pu être envoyé\u00a0: il sera perdu.";
  return `${count} signalements faits hors connexion n'ont pas pu être envoyés\u00a0: ils seront perdus.`;
}

/* A key that nobody else draws (UUID 4); over plain HTTP browsers have no randomUUID. */
export function drawKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const text = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return text.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/* The browser sends them when the network is back, the page closed; where it knows how. */
export async function askToSendLater() {
  try {
    const registration = await navigator.serviceWorker?.getRegistration();
    await registration?.sync?.register("visite-signalements");
  } catch {
    // The next page that is opened sends them.
  }
}
