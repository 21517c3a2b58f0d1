/* How old a pack is, by a clock that may be wrong. Pure: `now` is what the device says, in ms.

   meta: { preparedAt, lasts, storedAt, seenAt }: when the server made the pack or last said that it is still
   true, for how long (ms), what this device's clock said then, and the latest hour that this device was seen at. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TOLERATED = 5 * MINUTE;
const LASTS = 7 * DAY;
const ABSURD = 30 * DAY;
const RENEWED = 8 * HOUR;

/* By how much (ms) this device's clock was ahead of the server's; 0 for what nobody would notice. */
export function ahead(meta) {
  const found = meta.storedAt - meta.preparedAt;
  return Math.abs(found) <= TOLERATED ? 0 : found;
}

/* The hour that it really is, as far as one knows. */
export function corrected(meta, now) {
  return now - ahead(meta);
}

export const FORMAT = 3; // of the packs that are made now
const READABLE = [2, FORMAT];

/* "none", "fresh", "expired", "other": another version of the application made it, "back": the clock went back, so that the age is not known, "far": so late
   that the clock is more likely wrong than the pack forgotten. Only a fresh one shows its numbers. */
export function stateOf(meta, now) {
  if (!meta) return "none";
  if (!READABLE.includes(meta.format)) return "other";
  const times = [meta.preparedAt, meta.storedAt, meta.seenAt, now];
  if (!times.every(Number.isFinite)) return "back";
  if (now < Math.max(meta.storedAt, meta.seenAt) - TOLERATED) return "back";
  const age = now - meta.storedAt;
  const lasts = meta.lasts ?? LASTS;
  if (age > lasts + ABSURD) return "far";
  return age > lasts ? "expired" : "fresh";
}

/* Whether to renew it now, quietly: after each sign-in, else when it is hours old or of unknown age. */
export function isDue(meta, now, session) {
  if (!meta.query && meta.query !== "") return false;
  return meta.session !== session || stateOf(meta, now) !== "fresh" || now - meta.storedAt > RENEWED;
}

const AT = { timeZone: "Europe/Paris", day: "2-digit", month: "2-digit", hour: "2-digit", minute: "2-digit" };

/* « 12/06 à 14:05 » */
export function dayAndHour(ms) {
  const parts = new Intl.DateTimeFormat("fr-FR", AT).formatToParts(ms);
  const { day, month, hour, minute } = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return `${day}/${month} à ${hour}:${minute}`;
}

/* « 3 heures », « 12 minutes », « 2 jours » */
export function duration(ms) {
  const size = Math.abs(ms);
  const [unit, word] = size >= 2 * DAY ? [DAY, "jour"] : size >= HOUR ? [HOUR, "heure"] : [MINUTE, "minute"];
  const count = Math.round(size / unit);
  return `${count}\u00a0${word}${count > 1 ? "s" : ""}`;
}
