/* The search of a pack, without a network: the blocks of the search online, in their order.
   partners/search/ says the same, and why; worlds made at random hold the two together
   (tests/test_visit_search.py). Pure: no page, no storage, and nothing leaves (rule R3). */

import { UNSPECIFIED_RANK, compare, count, isWithin, matchOf, momentOf, placeOf, resultOf } from "./visit-match.js";
import { communeAt } from "./visit-towns.js";

export { comingDays, openingAt } from "./visit-hours.js";
export { complete, resolveCommunes } from "./visit-complete.js";
export { fold, foldPlace } from "./visit-tokens.js";
export { communeAt } from "./visit-towns.js";
export { understand } from "./visit-words.js";

const NEAR_KM = 25;
const FAR_KM = 40;
const GENERALISTS_PER_TYPE = 2;
const SHOWN = 20;
const SHOWN_OPENED = 100;
const LEAST_OF_A_BLOCK = 4;
const OUTSIDE_INTRO = "Leur zone ne comprend pas la commune\u00a0: demandez s'ils acceptent de recevoir.";
const EVERYONE = "tous-publics";
const LIVE = { ouvert: "isOpen", convention: "hasConvention", verifie: "isVerified" };

/* {place, situations, blocks, danger, helplines, referents, team, calls, guides, total, orderRule}:
   see partners/visit. `situations` are slugs, `communes` INSEE codes (none: the whole sector), `at` a
   Date, `dangers` slugs of signs of danger (those of `understand`), `filters` names of the address of
   results, `audience` the public (slug, "" for all), `opened` slugs of blocks whose rest is asked for.
   Throws RangeError, in French, for what the pack does not hold. */
export function search(pack, { situations = [], communes = [], at, dangers = [], filters = [], audience = "", opened = [] }) {
  const needs = situationsOf(pack, situations);
  const place = placeOf(pack, communesOf(pack, communes));
  const moment = momentOf(pack, place, needs, at);
  const found = find(moment, filters, audience);
  const sections = sectionsOf(found, moment, opened);
  const strip = found.strip;
  number([...strip, ...sections.flatMap(({ matches, shown }) => matches.slice(0, shown))]);
  const shown = (matches) => matches.map((match) => resultOf(match, moment));
  return {
    place,
    situations: needs,
    blocks: sections.map(({ matches, ...section }) => ({ ...section, results: shown(matches) })),
    calls: shown(callsOf(found, needs)),
    total: strip.length + found.near.length + found.far.length + found.outside.length,
    guides: needs.filter(({ guide }) => guide).map(({ guide, slug, label }) => ({ ...guide, slug, label })),
    orderRule: pack.order_rule,
    ...linesOf(moment, dangers, shown(strip)),
    ...referentsOf(pack, needs, place),
  };
}

/* The emergency numbers, whatever is asked. */
export function emergencies(pack) {
  return pack.helplines.filter(({ kind }) => kind === "urgence");
}

/* The rows of the situations of these slugs, in their fixed order. */
function situationsOf(pack, slugs) {
  const unknown = slugs.find((slug) => !pack.situations.some((situation) => situation.slug === slug));
  if (unknown) throw new RangeError("Cette situation n'a pas été préparée pour la visite.");
  return pack.situations.filter(({ slug }) => slugs.includes(slug));
}

function communesOf(pack, codes) {
  const found = new Map();
  for (const code of codes) {
    const commune = communeAt(pack, code);
    if (!commune) throw new RangeError("Cette commune n'est pas dans le secteur préparé.");
    const isTwice = found.has(commune.id); // by two of its names: the whole of it
    found.set(commune.id, isTwice ? pack.communes.find(({ id }) => id === commune.id) : commune);
  }
  return [...found.values()];
}

/* Finding */

const isSpecialist = (match) => !match.record.is_generalist;
const byRank = (one, other) => compare(one.rank, other.rank);
const byFirst = (one, other) => compare([!one.first, ...one.rank], [!other.first, ...other.rank]);

function find(moment, filters, audience) {
  const { pack, place } = moment;
  const all = pack.records.map((record) => matchOf(record, moment));
  const candidates = all.filter((match) => isCandidate(match, moment));
  const strip = dangerPartners(candidates.filter(isSpecialist), moment);
  const specialists = candidates.filter((match) => isSpecialist(match) && !strip.includes(match));
  const near = nearOf(specialists);
  const far = specialists.filter((match) => match.covers && !near.includes(match));
  const isOffered = place.isExact && (!near.some((match) => match.serves) || place.isBorder);
  const outside = isOffered ? all.filter((match) => isOutsider(match, moment)) : [];
  const passing = (matches) => matches.filter((match) => passes(match, filters) && suits(match, pack.publics, audience));
  return {
    strip,
    near: passing(near),
    far: passing(far),
    outside: passing(outside),
    generalists: fewGeneralists(candidates),
  };
}

/* What covers the place, or stands near with a zone that nobody gave, and can help. */
function isCandidate({ record, met, covers, zoneRank }, { needs, place }) {
  if (needs.length && !met && !record.is_generalist) return false;
  if (covers) return true;
  return zoneRank === UNSPECIFIED_RANK && (record.sites ?? []).some(([, , , near]) => place.near.has(near));
}

function isOutsider({ record, met, covers, isReachable, km }, { place }) {
  if (!met || covers || record.is_unspecified || record.is_strict || record.is_generalist) return false;
  const hasZone = Boolean(record.zones?.length || record.elsewhere);
  const isNear = (record.sites ?? []).some(([, , , near]) => place.near.has(near));
  return hasZone && isNear && isReachable && km !== null && km <= NEAR_KM;
}

function nearOf(found) {
  const near = found.filter((match) => isWithin(match, NEAR_KM));
  return near.some((match) => match.serves) ? near : found.filter((match) => isWithin(match, FAR_KM));
}

/* Local partners under convention, who stand in the strip of violence: open ones first. */
function dangerPartners(found, { needs }) {
  const dangers = needs.reduce((sum, need, at) => sum + (need.danger ? 1 << at : 0), 0);
  return found
    .filter((match) => match.serves && match.hasConvention && match.met & dangers && isWithin(match, NEAR_KM))
    .sort((one, other) => compare([!one.isOpen, ...one.rank], [!other.isOpen, ...other.rank]));
}

function passes(match, filters) {
  return filters.every((name) => (LIVE[name] ? match[LIVE[name]] : (match.record.filters ?? []).includes(name)));
}

/* Whether it takes this public; one that names none takes all. */
function suits({ record: { audiences = [] } }, publics, audience) {
  return !audience || !audiences.length || [EVERYONE, audience].some((slug) => audiences.includes(publics[slug]));
}

/* Of each type the most local and nearest two. */
function fewGeneralists(candidates) {
  const ranked = candidates
    .filter((match) => !isSpecialist(match) && (match.covers || isWithin(match, FAR_KM)))
    .map((match) => [match.zoneRank, match.isSuspended, match.km ?? Infinity, match.record.key, match.record.id, match])
    .sort(compare);
  const kept = new Map();
  for (const row of ranked) {
    const match = row.at(-1);
    const { type = "" } = match.record;
    if ((kept.get(type) ?? []).length < GENERALISTS_PER_TYPE) kept.set(type, [...(kept.get(type) ?? []), match]);
  }
  return [...kept.values()].flat();
}

/* Blocks */

const section = (slug, title, matches, intro = "") => ({ slug, title, matches, intro, isFolded: false, shown: 0 });

function sectionsOf(found, moment, opened) {
  const { needs, place, pack } = moment;
  const own = needs.length > 1 ? sectionsOfNeeds(found, needs, place) : sectionsOfNearness(found, place);
  const outside = section("hors-zone", "Hors zone, mais proches", [...found.outside].sort(byRank), OUTSIDE_INTRO);
  const sections = [...own, { ...outside, isFolded: true }].filter(({ matches }) => matches.length);
  share(sections, opened);
  const generalists = sortGeneralists(found.generalists, pack);
  if (generalists.length) {
    sections.push({ ...section("generalistes", "Généralistes, toujours là", generalists), shown: generalists.length });
  }
  return sections;
}

/* How many cards each block shows: a few of each, the rest to the first ones. */
function share(sections, opened) {
  const isOpened = ({ slug }) => opened.includes(slug);
  for (const one of sections) {
    one.shown = Math.min(one.matches.length, isOpened(one) ? SHOWN_OPENED : LEAST_OF_A_BLOCK);
  }
  const closed = sections.filter((one) => !isOpened(one));
  let left = SHOWN - closed.reduce((sum, { shown }) => sum + shown, 0);
  for (const one of closed) {
    const more = Math.max(0, Math.min(left, one.matches.length - one.shown));
    one.shown += more;
    left -= more;
  }
}

function sectionsOfNearness(found, place) {
  const near = section("pres", place.isIsland ? "Sur l'île" : "Près du locataire", [...found.near].sort(byRank));
  if (!place.isIsland) {
    const far = [...found.far].sort(byFirst);
    return [near, section("deplace", "Se déplace, à distance, dispositifs", far)];
  }
  const coming = found.far.filter(comesOrAnswers).sort(byFirst);
  return [near, section("deplace", "Vient sur l'île ou répond à distance", coming), mainland(found.far)];
}

const mainland = (far) =>
  section("continent", "Sur le continent (bateau)", far.filter((match) => !comesOrAnswers(match)).sort(byRank));

/* Whether help reaches the tenant without her going anywhere. */
function comesOrAnswers({ site, record }) {
  return !site || ["domicile", "distance"].some((name) => (record.filters ?? []).includes(name));
}

/* Those that meet several needs, then need by need, nothing twice; the mainland apart. */
function sectionsOfNeeds(found, needs, place) {
  const apart = place.isIsland ? mainland(found.far) : section("continent", "", []);
  const far = found.far.filter((match) => !apart.matches.includes(match));
  const ordered = [...[...found.near].sort(byRank), ...far.sort(byFirst)];
  const pick = (keep, key) => ordered.filter(keep).sort((one, other) => compare(key(one), key(other)));
  const several = pick(({ met }) => count(met) > 1, ({ met, first }) => [-count(met), !first]);
  const own = needs.map(({ slug, label }, at) =>
    section(`besoin-${slug}`, label, pick(({ met }) => met === 1 << at, ({ first }) => [!first])),
  );
  return [section("plusieurs", "Répondent à plusieurs besoins", several), ...own, apart];
}

function sortGeneralists(found, pack) {
  const types = pack.generalists;
  const key = (match) => {
    const order = types.indexOf(match.record.type ?? "");
    return [order < 0 ? types.length : order, match.zoneRank, match.isSuspended, match.km ?? Infinity, ...match.rank];
  };
  return [...found].sort((one, other) => compare(key(one), key(other)));
}

/* Numbers what has a place, in the order of the page. */
function number(shown) {
  shown.filter(({ site }) => site).forEach((match, at) => {
    match.number = at + 1;
  });
}

/* The fewest calls that meet every need that somebody meets (partners/search/needs.py). */
function callsOf(found, needs) {
  if (needs.length < 2) return [];
  const ordered = [...[...found.strip, ...found.near].sort(byRank), ...[...found.far].sort(byFirst)];
  const kinds = new Map();
  for (const match of ordered) {
    const key = `${match.met} ${match.core}`;
    if (match.serves && match.record.phone && !kinds.has(key)) kinds.set(key, match);
  }
  const best = new Map([[0, { cost: [0, 0, 0], chosen: [] }]]);
  [...kinds.values()].forEach((match, order) => {
    const others = count(match.met) - count(match.core);
    for (const [covered, { cost, chosen }] of [...best]) {
      const reached = covered | match.met;
      const candidate = [cost[0] + 1, cost[1] + others, cost[2] + order];
      const known = best.get(reached)?.cost ?? [99];
      if (reached !== covered && compare(candidate, known) < 0) best.set(reached, { cost: candidate, chosen: [...chosen, match] });
    }
  });
  const [most] = [...best.keys()].sort((one, other) => count(other) - count(one) || other - one);
  return best.get(most).chosen;
}

/* Numbers, and the landlord's own (partners/lines.py) */

const unique = (indexes) => [...new Set(indexes)];

function linesOf({ pack, needs, place }, typed, partners) {
  const isHere = (line) => place.zones.has(pack.helplines[line].zone);
  const links = needs
    .flatMap(({ order, helplines = [], danger }) => helplines.map(([line, at, key]) => [order, at, key, line, danger]))
    .sort(compare)
    .filter(([, , , line]) => isHere(line));
  const { alarms, message } = alarmsOf(pack, needs, typed);
  const ofDanger = links.filter(([, , , line, danger]) => danger && pack.helplines[line].danger);
  const strip = unique([...alarms.filter(isHere), ...ofDanger.map((link) => link[3])]);
  const lines = unique(links.map((link) => link[3]));
  const rows = (indexes) => indexes.map((index) => pack.helplines[index]);
  return {
    helplines: rows((lines.length ? lines : pack.fallback).filter((line) => !strip.includes(line))),
    danger: { message, helplines: rows(strip), partners },
  };
}

/* The numbers of the signs that were typed, the sentences of these and of the situations' own. */
function alarmsOf(pack, needs, typed) {
  const own = needs.filter(({ danger }) => danger).map(({ slug }) => slug);
  const first = pack.signs.filter(({ slug }) => typed.includes(slug));
  const others = pack.signs.filter(({ slug }) => own.includes(slug) && !typed.includes(slug));
  return {
    alarms: first.flatMap(({ helplines }) => helplines),
    message: unique([...first, ...others].map(({ message }) => message)).join(" "),
  };
}

function referentsOf(pack, needs, place) {
  const people = pack.referents.filter(({ zone }) => place.zones.has(zone));
  const subjects = needs.map(({ subject }) => subject).filter(Boolean);
  const referents = people.filter(({ subject }) => subjects.includes(subject));
  return { referents, team: people.filter((person) => person.subject === "social" && !referents.includes(person)) };
}
