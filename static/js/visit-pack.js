/* Bring a pack and keep it on this device; bring it again when it is due. */

import { FORMAT, isDue } from "./visit-clock.js";
import { Told, mark, storageTold } from "./visit-device.js";
import {} from "./visit-queue.js";
import {} from "./visit-store.js";

const PACK = "/visite/paquet/";
const MINUTE = 60_000;
const TRIED_AGAIN = 15 * MINUTE;

const LOST = "Connexion perdue\u00a0: rien n'a changé sur cet appareil. Recommencez quand elle est revenue.";
const SIGNED_OUT = "Votre session est finie\u00a0: reconnectez-vous, puis recommencez.";

async function asked(work) {
  try {
    return await work();
  } catch (error) {
    throw error instanceof Told ? error : new Told(LOST);
  }
}

/* The text, with `progress(bytes)` on the way. */
async function readText(answer, progress) {
  const reader = answer.body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    size += part.value.length;
    text += decoder.decode(part.value, { stream: true });
    progress(size);
  }
  return { text: text + decoder.decode(), size };
}

async function refused(answer) {
  const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
  const { erreur } = isJson ? await answer.json() : {};
  return new Told(erreur ?? `Le serveur ne répond pas comme il faut (${answer.status})\u00a0: recommencez plus tard.`);
}

async function bring(query, etag, progress) {
  const headers = etag ? { "If-None-Match": etag } : {};
  const answer = await fetch(`${PACK}?${query}`, { headers, cache: "no-store", redirect: "manual" });
  if (answer.type === "opaqueredirect") throw new Told(SIGNED_OUT);
  if (answer.status !== 304 && !answer.ok) throw await refused(answer);
  const [date, end] = ["Prepared-At", "Expires-At"].map((name) => Date.parse(answer.headers.get(name)));
  const times = { preparedAt: date, lasts: end - date };
  if (answer.status === 304) return { times };
  const { text, size } = await readText(answer, progress);
  return { times, pack: JSON.parse(text), size, etag: answer.headers.get("ETag") };
}

function described(pack) {
  const count = pack.chosen?.length;
  const situations = count ? `${count} situation${count > 1 ? "s" : ""}` : "toutes les situations";
  return `${pack.sector.name}, ${situations}`;
}

function describedAs({ pack, etag, size }) {
  return { format: pack.format, etag, size, label: described(pack) };
}

/* Everything that is known of a pack just brought, or just said to be still true. */
function metaOf(found, before, session, query) {
  const now = Date.now();
  const facts = found.pack && describedAs(found);
  const { compte: account, marque, laissez_passer: pass, signale: mayReport } = session;
  return {
    ...before,
    ...facts,
    ...found.times,
    ...{ account, session: marque, pass, mayReport, query, storedAt: now, seenAt: now },
    triedAt: 0,
  };
}

/* Keep the pack of a `query` (sector and situations, facts of a form). Returns { pack, meta }; `pack`
   is missing when the one kept is still true. Throws `Told`. */
export async function prepare(query, progress = () => {}) {
  const before = await visitStore.meta().catch((error) => Promise.reject(storageTold(error)));
  const session = await asked(() => visitQueue.session());
  if (!session.compte) throw new Told(SIGNED_OUT);
  const isSame = before?.query === query && before.account === session.compte && before.format === FORMAT;
  const found = await asked(() => bring(query, isSame ? before.etag : "", progress));
  const meta = metaOf(found, isSame ? before : {}, session, query);
  try {
    mark(session.compte);
    await (found.pack ? visitStore.keep(found.pack, meta) : visitStore.keepMeta(meta));
  } catch (error) {
    throw storageTold(error);
  }
  return { pack: found.pack, meta };
}

/* Once, quietly, when it is due; a failure waits a quarter of an hour. Whether it was renewed. */
export async function renew(meta, session) {
  const now = Date.now();
  const justTried = Math.abs(now - (meta?.triedAt ?? 0)) < TRIED_AGAIN && meta.triedSession === session;
  if (!meta || justTried || !isDue(meta, now, session)) return false;
  await visitStore.keepMeta({ ...meta, triedAt: now, triedSession: session });
  try {
    await prepare(meta.query);
    return true;
  } catch {
    return false; // What is kept says its age.
  }
}
