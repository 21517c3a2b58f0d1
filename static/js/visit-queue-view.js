/* Reports made on this device: noted, waiting, refused; and the gesture that notes one. */

import { askToSendLater, drawKey, markedAccount, mark, ownReports, storageTold } from "./visit-device.js";
import { part, put } from "./visit-fill.js";

const place = document.querySelector("[data-queue]");
const NOTED = "C'est noté sur cet appareil\u00a0: envoyé dès qu'il y a du réseau.";
const SENT = "Merci\u00a0: c'est envoyé.";
const SIGNED_OUT = "Votre session est finie\u00a0: ils partiront à votre prochaine connexion.";
const LOST = "Toujours pas de réseau\u00a0: rien n'est perdu, ils partiront plus tard.";

function rowOf(report, drop) {
  const row = part("report");
  put(row, "[data-words]", report.words);
  const status = report.refusal ? `Refusé\u00a0: ${report.refusal}` : "En attente d'envoi.";
  put(row, "[data-status]", status).classList.toggle("has-fault", Boolean(report.refusal));
  const button = put(row, "[data-drop]", report.refusal ? "Compris" : "Annuler");
  button.addEventListener("click", () => drop(report.key));
  return row;
}

async function drop(key) {
  await visitStore.drop(key);
  await showQueue();
  document.getElementById("visite-signalements").focus();
}

/* Those of the account whose pack this is. */
export async function showQueue() {
  const reports = await ownReports(markedAccount());
  place.hidden = reports.length === 0;
  place.querySelector("[data-queue-rows]").replaceChildren(...reports.map((report) => rowOf(report, drop)));
  place.querySelector("[data-send]").hidden = reports.every((report) => report.refusal);
}

/* What became of those that wait, in words; "" for nothing to say. */
export async function sendNow() {
  try {
    const { sent, waiting, isSignedOut } = await visitQueue.send();
    await showQueue();
    if (isSignedOut) return SIGNED_OUT;
    return sent ? SENT : waiting ? LOST : "";
  } catch {
    return LOST;
  }
}

async function note(account, facts, words) {
  const key = drawKey();
  const report = { key, account, madeAt: Date.now(), facts: [["cle", key], ...facts], words, refusal: "" };
  try {
    await visitStore.queue(report);
    mark(account);
  } catch (error) {
    return storageTold(error).message;
  }
  await askToSendLater();
  const told = await sendNow();
  await showQueue();
  const left = (await ownReports(account)).find((one) => one.key === key);
  if (left?.refusal) return `Refusé\u00a0: ${left.refusal}`;
  return left ? (told === SIGNED_OUT ? `C'est noté. ${SIGNED_OUT}` : NOTED) : SENT;
}

/* Of a record: { account } of the pack, the kind and its words. Resolves to what to say. */
export function reportRecord(account, record, kind, words) {
  return note(account, [["quoi", kind], ["fiche", record.id]], `${words} · ${record.name}`);
}

/* Of a gap: what was searched, as slugs, codes and labels. */
export function reportGap(account, { situations, communes }) {
  const facts = [
    ["quoi", "manque"],
    ...situations.map(({ slug }) => ["situation", slug]),
    ...communes.map(({ code }) => ["commune", code]),
  ];
  const labels = [...situations.map(({ label }) => label), ...communes.map(({ name }) => name)];
  return note(account, facts, `Il manque un partenaire · ${labels.join(", ")}`);
}

place.querySelector("[data-send]").addEventListener("click", async () => {
  place.querySelector("[data-queue-said]").textContent = await sendNow();
});
