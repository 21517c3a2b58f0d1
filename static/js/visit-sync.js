/* On every page of a device that keeps a pack: it belongs to one account and one session, it is
   renewed after each sign-in, reports that wait are sent, and signing out erases all. */

import { stateOf } from "./visit-clock.js";
import { eraseAll, erasePack, lossTold, markedAccount, unmarkEmpty } from "./visit-device.js";
import { renew } from "./visit-pack.js";
import {} from "./visit-queue.js";
import {} from "./visit-store.js";

const many = (count) => (count > 1 ? "s" : "");

function tell(text, ...links) {
  const line = document.createElement("p");
  line.append(`${text} `, ...links);
  const place = document.createElement("div");
  place.className = "messages";
  place.setAttribute("role", "status");
  document.querySelector("main").prepend(place);
  place.append(line); // a region that is already there is read out
}

function tellOutcome({ sent, refused, waiting }) {
  const said = [];
  if (sent) said.push(`${sent} signalement${many(sent)} fait${many(sent)} hors connexion\u00a0: envoyé${many(sent)}.`);
  if (refused) said.push(`${refused} signalement${many(refused)} refusé${many(refused)}.`);
  if (waiting) said.push(`${waiting} signalement${many(waiting)} en attente d'envoi.`);
  const link = Object.assign(document.createElement("a"), { href: "/visite/", textContent: "Voir" });
  if (said.length) tell(said.join(" "), link);
}

/* On the page of visits the list itself says it (visit-queue-view.js). */
async function sendWaiting() {
  const outcome = await visitQueue.send();
  if (!document.querySelector("[data-visit]")) tellOutcome(outcome);
}

/* Nobody is signed in on this page: was the session ended, or did it run out? */
async function followSignedOut() {
  const count = (await visitStore.reports()).filter((report) => !report.refusal).length;
  const told = `${count} signalement${many(count)} fait${many(count)} hors connexion\u00a0: `;
  if (count && document.querySelector("form[data-sign-in]")) {
    tell(`${told}envoyé${many(count)} dès votre connexion.`);
  }
  const meta = await visitStore.meta();
  if (!meta) return;
  if (!document.querySelector("[data-visit]") && stateOf(meta, Date.now()) === "expired") await erasePack();
  const { compte, fini } = await visitQueue.session(meta.pass);
  if (compte || !fini) return;
  await erasePack();
  dispatchEvent(new CustomEvent("visit:changed"));
}

/* Signing out: what waits is sent first, and lost only if one says so. */
async function signOut(form, account) {
  await visitQueue.send().catch(() => {});
  const loss = await lossTold(account);
  if (loss && !confirm(`${loss} Se déconnecter quand même\u00a0?`)) return;
  await eraseAll(account);
  form.submit();
}

function followSignOut(account) {
  document.addEventListener("submit", (event) => {
    if (!event.target.matches?.("form[data-sign-out]")) return;
    event.preventDefault();
    signOut(event.target, account).catch(() => event.target.submit());
  });
}

/* `worker` is empty when visits were turned off (setting OFFLINE). */
async function followAccount({ account, session, worker }) {
  followSignOut(account);
  const kept = await visitStore.meta();
  const isOurs = worker && (markedAccount() || account) === account && kept?.account === account;
  if (!isOurs) await erasePack();
  const meta = isOurs && kept;
  await sendWaiting().catch(() => {});
  if (meta && (await renew(meta, session))) {
    dispatchEvent(new CustomEvent("visit:changed"));
  }
  await unmarkEmpty();
}

export async function follow(here) {
  try {
    await (here.account ? followAccount(here) : followSignedOut());
  } catch {
    // No network or no storage: the next page does it.
  }
}
