/* What is open, from the spans of a pack: no parser of opening hours on a telephone. The same
   words as partners/hours (opening.py, coming.py, french.py); tests/test_visit_search.py holds
   both together. Minutes count from the midnight of `pack.first_day`, on the wall clock. */

const DAY = 1440;
const ROUNDING = 5;
const NBSP = "\u00a0";
const KINDS = ["open", "by-appointment", "unknown", "closed"];
const DAYS = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];
const MONTHS = [
  "janvier", "février", "mars", "avril", "mai", "juin",
  "juillet", "août", "septembre", "octobre", "novembre", "décembre",
];
const NOT_GIVEN = "Horaires non précisés";
const TO_CHECK = "Horaires à vérifier";
const HOLIDAY = "Jour férié, ouverture à vérifier";
const ON_REQUEST = "Sur rendez-vous";
const MOST_DAYS = 120;
const PARIS = "Europe/Paris";

/* Words */

const dateOf = (pack, day) => new Date(Date.parse(`${pack.first_day}T00:00:00Z`) + day * 86_400_000);
const dayOf = (minutes) => Math.floor(minutes / DAY);
const weekday = (date) => DAYS[(date.getUTCDay() + 6) % 7];
const isMidnight = (minutes) => minutes % DAY === 0;
const capitalise = (text) => text.charAt(0).toUpperCase() + text.slice(1);

function clock(minutes) {
  const inDay = ((minutes % DAY) + DAY) % DAY;
  const rest = inDay % 60;
  return `${Math.floor(inDay / 60)}${NBSP}h${rest ? NBSP + String(rest).padStart(2, "0") : ""}`;
}

function monthDay(date) {
  const day = date.getUTCDate();
  return `${day === 1 ? "1er" : day} ${MONTHS[date.getUTCMonth()]}`;
}

function join(words) {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} et ${words.at(-1)}`;
}

/* « 9 h – 12 h », « 22 h – 2 h le lendemain » */
function interval([start, end]) {
  const first = start - dayOf(start) * DAY;
  const last = end - dayOf(start) * DAY;
  if (first === 0 && last === DAY) return `24${NBSP}h/24`;
  const said = last === DAY ? "minuit" : `${clock(last)}${last > DAY ? " le lendemain" : ""}`;
  return `${clock(first)}${NBSP}– ${said}`;
}

/* « aujourd'hui », « demain », « mardi 24 novembre » */
function sayDay(pack, day, today) {
  if (day - today < 2) return day === today ? "aujourd'hui" : "demain";
  const date = dateOf(pack, day);
  return `${weekday(date)} ${monthDay(date)}`;
}

/* The clock */

const formats = new Map();

function format(zone) {
  if (!formats.has(zone)) {
    formats.set(
      zone,
      new Intl.DateTimeFormat("en-US", {
        timeZone: zone, hourCycle: "h23",
        year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric",
      }),
    );
  }
  return formats.get(zone);
}

/* Minutes of an instant (Date) on the wall clock of a zone, rounded down to five. */
export function minutesAt(pack, at, zone = PARIS) {
  const said = Object.fromEntries(format(zone).formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const { year, month, day, hour, minute } = said;
  const minutes = (Date.UTC(year, month - 1, day, hour, minute) - dateOf(pack, 0).getTime()) / 60_000;
  return minutes - (((minutes % ROUNDING) + ROUNDING) % ROUNDING);
}

/* The day (ISO 8601) of an instant in France. */
export function dayAt(pack, at) {
  return dateOf(pack, dayOf(minutesAt(pack, at))).toISOString().slice(0, 10);
}

/* Now */

const receives = ([, , kind]) => kind < 2;
const isOver = ([, end], now) => end !== null && end <= now;

function on(pack, day, today) {
  if (day - today <= 1) return "demain";
  return day - today < 7 ? weekday(dateOf(pack, day)) : `le ${monthDay(dateOf(pack, day))}`;
}

function until(pack, end, now) {
  const said = isMidnight(end) ? "minuit" : clock(end);
  const last = dayOf(end) - (isMidnight(end) ? 1 : 0);
  if (last === dayOf(now) || (end - now < DAY && !isMidnight(end))) return `jusqu'à ${said}`;
  return `jusqu'à ${on(pack, last, dayOf(now))} à ${said}`.replace("jusqu'à le ", "jusqu'au ");
}

function labelOpen(pack, [start, end, kind], now) {
  const isOpen = KINDS[kind] === "open";
  if (end === null) return isOpen ? `Ouvert 24${NBSP}h/24` : ON_REQUEST;
  if (!isOpen && end - start >= DAY) return ON_REQUEST;
  return `${isOpen ? "Ouvert" : ON_REQUEST} ${until(pack, end, now)}`;
}

function labelClosed(pack, following, now) {
  if (!following) return "Fermé";
  const [start, , kind] = following;
  const day = dayOf(start) === dayOf(now) ? "" : ` ${on(pack, dayOf(start), dayOf(now))}`;
  if (KINDS[kind] === "open") return `Fermé, ouvre${day} à ${clock(start)}`;
  const from = isMidnight(start) ? "" : ` à partir de ${clock(start)}`;
  return `Fermé, sur rendez-vous${day}${from}`;
}

/* {kind, label, comment} of the hours of this index (undefined: not given) at an instant (Date). */
export function openingAt(pack, index, at) {
  if (index === undefined) return { kind: "unknown", label: NOT_GIVEN, comment: "" };
  const row = pack.hours[index];
  const unknown = { kind: "unknown", label: TO_CHECK, comment: "" };
  if (row.unreadable) return unknown;
  const now = minutesAt(pack, at, row.zone);
  const current = row.spans.find((span) => span[0] <= now && !isOver(span, now));
  const following = row.spans.find((span) => receives(span) && span[0] > now);
  const [, , number = 3, comment = ""] = current ?? [];
  const kind = KINDS[number];
  const school = row.school ?? "";
  if (current && receives(current)) return { kind, label: labelOpen(pack, current, now) + school, comment };
  if (kind === "unknown") {
    return comment === HOLIDAY ? { ...unknown, label: HOLIDAY } : { ...unknown, comment };
  }
  if (!following && !row.off) return { ...unknown, comment };
  return { kind, label: labelClosed(pack, following, now) + school, comment };
}

/* Days to come */

/* Openings from minute `from` on, as [start, end], cut at midnight when they are longer than a day;
   [] for what never closes. */
function openings(row, from, days) {
  const eve = (dayOf(from) - 1) * DAY;
  const end = from + days * DAY;
  const found = row.spans.filter((span) => receives(span) && (span[1] === null || span[1] > eve));
  if (found.some(([start, last]) => start <= eve && (last === null || last >= end))) return [];
  return found
    .flatMap(([start, last]) => [...byDay(Math.max(start, eve), last === null || last > end + DAY ? end : last)])
    .filter(([start, last]) => last > from && start < end);
}

function* byDay(start, end) {
  let first = start;
  while (end - first > DAY) {
    const midnight = (dayOf(first) + 1) * DAY;
    yield [first, midnight];
    first = midnight;
  }
  if (end > first) yield [first, end];
}

function span([start, end]) {
  const last = isMidnight(end) ? "minuit" : clock(end);
  const isLater = dayOf(end) > dayOf(start) && !isMidnight(end);
  return `de ${clock(start)} à ${last}${isLater ? " le lendemain" : ""}`;
}

function said(pack, row, found, day) {
  const spans = join(found.filter(([start]) => dayOf(start) === day).map(span));
  if (spans) return spans;
  const isHoliday = (row.holidays ?? pack.holidays).includes(dateOf(pack, day).toISOString().slice(0, 10));
  return isHoliday ? "jour férié, appelez avant de venir" : "fermé";
}

function sayDays(pack, days) {
  const [first, last] = [dateOf(pack, days[0]), dateOf(pack, days.at(-1))];
  const end = `${weekday(last)} ${monthDay(last)}`;
  if (days.length === 1) return end;
  const number = first.getUTCDate() === 1 ? "1er" : first.getUTCDate();
  const isSame = first.getUTCMonth() === last.getUTCMonth();
  const start = `${weekday(first)} ${isSame ? number : monthDay(first)}`;
  return days.length === 2 ? `${start} et ${end}` : `du ${start} au ${end}`;
}

/* [["Du lundi 23 au vendredi 27 novembre", "de 9 h à 12 h"], …]: the seven days from an instant on;
   the usual week when they cannot be told; [] when nothing is known. */
export function comingDays(pack, index, at) {
  if (index === undefined) return [];
  const row = pack.hours[index];
  const today = dayOf(minutesAt(pack, at, row.zone));
  const found = openings(row, today * DAY, 7).filter(([start]) => dayOf(start) >= today);
  if (!found.length) return row.week ?? [];
  const lines = [];
  for (let day = today; day < today + 7; day += 1) {
    const words = said(pack, row, found, day);
    if (lines.at(-1)?.words === words) lines.at(-1).days.push(day);
    else lines.push({ days: [day], words });
  }
  return lines.map(({ days, words }) => [capitalise(sayDays(pack, days)), words]);
}

/* Permanences */

/* Whether one is held at an instant. */
export function isHeld(pack, permanence, at) {
  return ["open", "by-appointment"].includes(openingAt(pack, permanence.hours, at).kind);
}

/* « Permanence à Pouzauges, mairie : mardi 24 novembre, 14 h – 17 h », "" when none is known. */
export function nextPermanence(pack, permanences, at) {
  const dates = permanences.flatMap((permanence) => {
    if (permanence.hours === undefined) return [];
    const row = pack.hours[permanence.hours];
    const now = minutesAt(pack, at, row.zone);
    const [next] = openings(row, now, MOST_DAYS);
    return next ? [{ next, now, permanence }] : [];
  });
  dates.sort((one, other) => one.next[0] - other.next[0] || one.next[1] - other.next[1]);
  if (!dates.length) return "";
  const [{ next, now, permanence }] = dates;
  const day = sayDay(pack, dayOf(next[0]), dayOf(now));
  const asked = permanence.on_request ? ", sur rendez-vous" : "";
  return `Permanence ${permanence.where}, ${permanence.place}${NBSP}: ${day}, ${interval(next)}${asked}`;
}
