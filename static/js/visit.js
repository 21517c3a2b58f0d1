/* The page of visits: what this device keeps and how old it is, bringing it, and searching in it. */

import { ahead, corrected, dayAndHour, duration, stateOf } from "./visit-clock.js";
import { begin } from "./visit-bar.js";
import { detailOf } from "./visit-cards.js";
import { eraseAll, erasePack, lossTold, markedAccount, storageTold } from "./visit-device.js";
import { ask, clear, offer } from "./visit-ask.js";
import { prepare } from "./visit-pack.js";
import { reportGap, reportRecord, sendNow, showQueue } from "./visit-queue-view.js";
import { show } from "./visit-results.js";
import { search } from "./visit-search.js";

const page = document.querySelector("[data-visit]");
const place = page.querySelector("[data-results]");
const isOnline = "online" in page.dataset;
let meta = null;
let pack = null;

/* What is kept, in words */

function megabytes(size) {
  return `${(size / 1e6).toLocaleString("fr-FR", { maximumFractionDigits: 1 })}\u00a0Mo`;
}

const today = () => new Date().toLocaleDateString("fr-FR");

function said(state) {
  const date = meta && dayAndHour(meta.preparedAt);
  const renew = isOnline ? "Gardez-les de nouveau." : "Avec du réseau, ouvrez cette page pour les renouveler.";
  return {
    none: isOnline ? "Rien n'est encore gardé sur cet appareil." : "Pas de connexion, et rien n'a été préparé sur cet appareil.",
    fresh: `${meta?.label}, données du ${date}, ${megabytes(meta?.size)} sur cet appareil.`,
    expired: `Les données du ${date} avaient plus de sept jours\u00a0: elles sont effacées. ${renew}`,
    other: `Une nouvelle version de l'outil est là\u00a0: les données sont à renouveler. ${renew}`,
    back: `L'horloge de cet appareil a reculé\u00a0: on ne sait plus de quand datent les données. Elles ne sont pas montrées. ${renew}`,
    far: `D'après l'horloge de cet appareil (${today()}), les données du ${date} sont périmées. Elles ne sont pas montrées. Si l'horloge est fausse, corrigez-la\u00a0; sinon, avec du réseau, renouvelez-les.`,
  }[state];
}

function clockSaid() {
  const by = meta ? ahead(meta) : 0;
  if (!by) return "";
  const way = by > 0 ? "avance" : "retarde";
  return `L'horloge de cet appareil ${way} de ${duration(by)}\u00a0: les heures d'ouverture en tiennent compte.`;
}

function alertWith(text) {
  const lines = text ? [Object.assign(document.createElement("p"), { className: "panel", textContent: text })] : [];
  page.querySelector("[data-alerts]").replaceChildren(...lines);
}

/* Only what is known to be fresh is shown */

async function settle(state) {
  if (state === "expired" || state === "other") {
    await visitStore.dropPack();
    await visitStore.keepMeta({ ...meta, etag: "" });
  }
  if (state !== "fresh") {
    pack = null;
    return;
  }
  pack ??= await visitStore.pack();
  await visitStore.keepMeta({ ...meta, seenAt: Math.max(meta.seenAt, Date.now()) });
}

function showState(state) {
  page.querySelector("[data-state]").textContent = said(state);
  alertWith(state === "fresh" ? clockSaid() : "");
  page.querySelector("[data-search]").hidden = !pack;
  page.querySelector("[data-forget]").hidden = !meta;
  const folded = page.querySelector("[data-prepare]");
  if (folded) folded.open = !pack;
  if (pack) return;
  place.hidden = true;
  clear();
  begin();
}

/* A pack is one account's: that of the page, where somebody is signed in. */
async function ownMeta() {
  const found = await visitStore.meta();
  const { account } = document.querySelector("script[data-visit-sync]").dataset;
  if (!found || !account || found.account === account) return found;
  await erasePack();
  return null;
}

async function look() {
  try {
    meta = await ownMeta();
    const state = stateOf(meta, Date.now());
    await settle(state);
    showState(pack || state !== "fresh" ? state : "none");
    if (pack) offer(pack, find);
    await showQueue();
  } catch (error) {
    [meta, pack] = [null, null];
    showState("none");
    page.querySelector("[data-state]").textContent = storageTold(error).message;
  }
}

/* A page that stays open grows old too. */
function isStillFresh() {
  if (stateOf(meta, Date.now()) === "fresh") return true;
  look();
  return false;
}

/* Searching */

function gapOf(found) {
  const { communes } = found.place;
  if (!meta.mayReport || !found.situations.length) return null;
  return () => reportGap(meta.account, { situations: found.situations, communes: found.place.isExact ? communes : [] });
}

function find(asked) {
  if (!isStillFresh()) return;
  const isNothing = !(asked.situations.length || asked.communes.length || asked.dangers.length || asked.audience);
  if (isNothing) place.replaceChildren();
  else showFound(asked);
  begin();
}

function showFound(asked) {
  const at = new Date(corrected(meta, Date.now()));
  const found = search(pack, { ...asked, at });
  const report = meta.mayReport && ((record, kind, words) => reportRecord(meta.account, record, kind, words));
  show(place, found, {
    detail: (result) => detailOf(pack, result, at, report),
    narrow: (code) => ask({ communes: [code] }),
    open: (slug) => ask({ opened: [...asked.opened, slug] }),
    gap: gapOf(found),
  });
}

/* Bringing */

const form = page.querySelector("[data-prepare-form]");
const progress = page.querySelector("[data-progress]");

function query() {
  return new URLSearchParams(new FormData(form)).toString();
}

/* The last choice of this device, if its account is the one that made it. */
function recall() {
  const facts = new URLSearchParams(meta?.query ?? "");
  if (!form || !facts.has("secteur")) return;
  form.elements.secteur.value = facts.get("secteur");
  for (const box of form.querySelectorAll("[name=situation]")) box.checked = facts.getAll("situation").includes(box.value);
}

async function registerWorker() {
  if (!navigator.serviceWorker) return "Ouvrir cette page sans réseau demande une adresse en https.";
  try {
    await navigator.serviceWorker.register(page.dataset.worker);
    return "";
  } catch {
    return "Ce navigateur ne sait pas ouvrir cette page sans réseau\u00a0: les données sont gardées, mais il faut une connexion pour les voir.";
  }
}

async function bring(event) {
  event.preventDefault();
  const button = form.querySelector("[type=submit]");
  if (button.disabled) return;
  button.disabled = true;
  progress.textContent = "Préparation…";
  try {
    if (matchMedia("(display-mode: standalone)").matches) navigator.storage?.persist?.();
    const { meta: kept } = await prepare(query(), (size) => (progress.textContent = `${megabytes(size)} reçus…`));
    const told = await registerWorker();
    pack = null;
    await look();
    progress.textContent = told || `C'est prêt\u00a0: ${megabytes(kept.size)} gardés sur cet appareil.`;
  } catch (error) {
    progress.textContent = storageTold(error).message;
  } finally {
    button.disabled = false;
  }
}

form?.addEventListener("submit", bring);

/* Erasing */

const ERASE = "Effacer de cet appareil tout ce qui est gardé pour les visites\u00a0?";
const NO_NETWORK = "Sans réseau, il n'y aura plus rien à chercher ici.";

async function forget() {
  const account = markedAccount();
  const asked = [await lossTold(account), isOnline ? "" : NO_NETWORK, ERASE].filter(Boolean).join(" ");
  if (!confirm(asked)) return;
  await eraseAll(account);
  pack = null;
  await look();
  if (progress) progress.textContent = "";
  const state = page.querySelector("[data-state]");
  state.textContent = `Tout est effacé de cet appareil. ${state.textContent}`;
  state.scrollIntoView({ block: "center" });
}

page.querySelector("[data-forget-button]").addEventListener("click", forget);

addEventListener("visit:changed", () => {
  pack = null;
  look();
});
addEventListener("online", () => sendNow());
document.addEventListener("visibilitychange", () => !document.hidden && meta && isStillFresh());

/* The results that one asked for, when this page is shown in their place: their address has facts. */
function askAsAddress() {
  const facts = new URLSearchParams(location.search);
  const known = (rows, name, key) => facts.getAll(name).filter((value) => rows.some((row) => row[key] === value));
  const situations = known(pack.situations, "situation", "slug");
  const communes = known(pack.communes, "commune", "code");
  const audience = Object.keys(pack.publics).find((slug) => slug === facts.get("public")) ?? "";
  if (situations.length || communes.length) ask({ situations, communes, audience });
}

await look();
if (pack && !isOnline) askAsAddress();
recall();
if (isOnline && meta) registerWorker();
sendNow();
