/* A record of a pack seen from a place at a moment: how near, whether it serves it, its rank.
   partners/matches.py, coverage.py and geo.py say the same; tests/test_visit_search.py holds both
   together. Distances in km, to the metre; bits of needs in the order of the situations asked. */

import { dayAt, isHeld, nextPermanence, openingAt } from "./visit-hours.js";

const EARTH_RADIUS_KM = 6371.0088;
const BANDS_KM = [5, 10, 20];
const WIDEST_BAND_KM = 40;
const PERMANENCE_KM = 40;
const MOST_EDGES = 20;
const FRESH_DAYS = 365;
export const UNSPECIFIED_RANK = 5;
export const OUTSIDE_RANK = 6;

/* Places */

const radians = (degrees) => (degrees * Math.PI) / 180;

/* The same great circle as online (haversine). */
export function distanceKm([lat1, lon1], [lat2, lon2]) {
  const chord =
    Math.sin(radians(lat2 - lat1) / 2) ** 2 +
    Math.cos(radians(lat1)) * Math.cos(radians(lat2)) * Math.sin(radians(lon2 - lon1) / 2) ** 2;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.sqrt(Math.min(1, chord)));
}

/* Where the tenant lives: rows of communes of the pack, searched together; none for the whole sector. */
export function placeOf(pack, rows) {
  const isExact = rows.length > 0;
  const communes = isExact ? rows : pack.communes;
  return {
    communes,
    isExact,
    label: labelOf(pack, rows),
    isIsland: isExact && communes.every((commune) => commune.island),
    isBorder: isExact && communes.slice(0, MOST_EDGES).some((commune) => commune.border),
    ids: new Set(communes.map((commune) => commune.id)),
    zones: new Set(communes.flatMap((commune) => commune.zones)),
    near: new Set(isExact ? communes.flatMap((commune) => commune.near) : communes.map((commune) => commune.own)),
    points: isExact ? communes.map((commune) => commune.point).filter(Boolean) : [],
  };
}

function labelOf(pack, rows) {
  if (rows.length === 0) return pack.sector.name;
  return rows.length === 1 ? rows[0].label ?? rows[0].name : `${rows.length} communes`;
}

function kmTo(place, point) {
  return place.points.length ? Math.min(...place.points.map((from) => distanceKm(from, point))) : null;
}

function isReachable(place, commune, near) {
  return (place.isExact && place.near.has(near)) || place.ids.has(commune);
}

/* Matches */

const bits = (needs, slugs = []) => needs.reduce((sum, need, at) => sum + (slugs.includes(need.slug) ? 1 << at : 0), 0);

export function count(mask) {
  let left = mask;
  let found = 0;
  for (; left; left &= left - 1) found += 1;
  return found;
}

const holds = ({ from, until }, day) => (from ?? day) <= day && day <= (until ?? day);
const shownOn = (announcement, day) => Boolean(announcement) && holds(announcement, day);

function daysBefore(day, number) {
  return new Date(Date.parse(day) - number * 86_400_000).toISOString().slice(0, 10);
}

/* What a search knows once for all its records. */
export function momentOf(pack, place, needs, at) {
  const day = dayAt(pack, at);
  const states = new Map();
  const opening = (index) => {
    if (!states.has(index)) states.set(index, openingAt(pack, index, at));
    return states.get(index);
  };
  return { pack, place, needs, at, day, fresh: daysBefore(day, FRESH_DAYS), opening };
}

/* [index, km, reachable] of the nearest site, those one can drive to first. */
function nearest(sites, place) {
  const found = sites.map(([lat, lon, commune, near], index) => {
    const km = kmTo(place, [lat, lon]);
    const reachable = isReachable(place, commune, near);
    return [!reachable, km === null, km ?? 0, index, km, reachable];
  });
  found.sort(compare);
  return found[0].slice(3);
}

function zoneRank(pack, record, place) {
  const ranks = (record.zones ?? []).filter((zone) => place.zones.has(zone)).map((zone) => pack.zones[zone].rank);
  return Math.min(...ranks, record.is_unspecified ? UNSPECIFIED_RANK : OUTSIDE_RANK);
}

function band(km) {
  if (km === WIDEST_BAND_KM) return BANDS_KM.length;
  return [...BANDS_KM, WIDEST_BAND_KM].filter((edge) => edge <= km).length;
}

const metres = (km) => (km === null ? null : Math.round(km * 1000) / 1000);

export function matchOf(record, moment) {
  const { pack, place, needs, day } = moment;
  const sites = record.sites ?? [];
  const [index, rawKm, reachable] = sites.length ? nearest(sites, place) : [0, null, false];
  const match = {
    record,
    site: sites[index] ?? null,
    km: metres(rawKm),
    isReachable: reachable,
    met: bits(needs, record.core) | bits(needs, record.helps),
    core: bits(needs, record.core),
    first: bits(needs, record.first),
    zoneRank: zoneRank(pack, record, place),
    isSuspended: shownOn(record.closed, day),
    hasConvention: (record.convention_until ?? "") >= day,
    isVerified: (record.checked_on ?? "") >= moment.fresh,
    number: null,
  };
  match.covers = match.zoneRank < UNSPECIFIED_RANK;
  match.serves = match.covers && !match.isSuspended;
  match.isOpen = !match.isSuspended && isOpen(match, moment);
  match.rank = rankOf(match);
  return match;
}

function isOpen(match, moment) {
  const { record } = match;
  if (record.hours !== undefined && moment.opening(record.hours).kind === "open") return true;
  return nearerPermanences(record, moment.place).some((held) => isHeld(moment.pack, held, moment.at));
}

function rankOf(match) {
  const km = match.km ?? Infinity;
  const core = count(match.core);
  return [
    match.isSuspended, -core, core - count(match.met), match.zoneRank, band(km),
    !match.hasConvention, !match.isOpen, !match.isVerified, km, match.record.key, match.record.id,
  ];
}

/* Orders arrays of numbers, booleans and texts, element by element. */
export function compare(one, other) {
  for (let at = 0; at < one.length; at += 1) {
    if (one[at] < other[at]) return -1;
    if (one[at] > other[at]) return 1;
  }
  return 0;
}

export const isWithin = (match, km) =>
  Boolean(match.site) && match.isReachable && match.zoneRank < OUTSIDE_RANK && (match.km === null || match.km <= km);

/* Permanences */

/* Those to tell of: in the tenant's commune, or in reach and nearer than the office. */
function nearerPermanences(record, place) {
  const sites = record.sites ?? [];
  const office = sites.find(([, , , , permanence]) => !permanence);
  const officeKm = office ? kmTo(place, office) : null;
  return (record.permanences ?? []).filter(({ id, commune }) => {
    if (place.ids.has(commune)) return true;
    const site = sites.find(([, , , , permanence]) => permanence === id);
    return Boolean(site) && isNearer(site, place, officeKm);
  });
}

function isNearer(site, place, officeKm) {
  const km = kmTo(place, site);
  if (km === null || km > PERMANENCE_KM || !isReachable(place, site[2], site[3])) return false;
  return officeKm === null || km < officeKm;
}

/* Words */

/* As Python rounds: a half goes to the even number. */
function rounded(km) {
  const low = Math.floor(km);
  if (km - low === 0.5) return low + (low % 2);
  return Math.round(km);
}

function sayDistance(km) {
  if (km === null) return "";
  return km < 1 ? " · à moins de 1 km" : ` · à ${rounded(km)} km`;
}

function sayCovered(pack, place, zones) {
  if (!place.isExact) {
    return pack.sector.kind === "secteur" ? "tout ou partie du secteur" : "tout ou partie du territoire";
  }
  const served = place.communes.filter((commune) => commune.zones.some((zone) => zones.includes(zone)));
  if (served.length > 1 && served.length === place.communes.length) return `les ${served.length} communes`;
  const names = served.map((commune) => commune.name);
  if (names.length > 3) return `${names[0]}, ${names[1]} et ${names.length - 2} autres`;
  return names.length > 1 ? `${names.slice(0, -1).join(", ")} et ${names.at(-1)}` : (names[0] ?? "");
}

/* {kind, label}: « Dessert Pouzauges · zone : Vendée · à 46 km ». */
function verdictOf(pack, match, place) {
  const zones = match.record.zones ?? [];
  const held = zones.filter((zone) => place.zones.has(zone)).sort((one, other) => pack.zones[one].rank - pack.zones[other].rank || one - other);
  const distance = sayDistance(match.km);
  if (held.length) {
    const { label } = pack.zones[held[0]];
    return { kind: "couvre", label: `Dessert ${sayCovered(pack, place, zones)} · zone\u00a0: ${label}${distance}` };
  }
  if (match.record.is_unspecified) {
    return { kind: "non-precisee", label: `Zone non précisée, à demander${distance}` };
  }
  return { kind: "hors-zone", label: `Hors zone${distance}` };
}

function doorOf(record, place) {
  if (!place.isExact || place.communes.length !== 1) return null;
  return (record.doors ?? []).find(({ zone }) => place.zones.has(zone)) ?? null;
}

/* What a card shows of a match. */
export function resultOf(match, moment) {
  const { pack, place, needs, at, day } = moment;
  const { record } = match;
  return {
    record,
    number: match.number,
    km: match.km,
    point: match.site ? match.site.slice(0, 2) : null,
    verdict: verdictOf(pack, match, place),
    isFirst: match.first > 0,
    needs: needs
      .filter((_, place_) => match.met & (1 << place_))
      .map(({ slug, label }) => ({
        slug,
        label,
        isCore: (record.core ?? []).includes(slug),
        isFirst: (record.first ?? []).includes(slug),
      })),
    opening: moment.opening(record.hours),
    isOpen: match.isOpen,
    permanence: nextPermanence(pack, nearerPermanences(record, place), at),
    suspension: match.isSuspended ? record.closed.message : "",
    notice: shownOn(record.notice, day) ? record.notice.text : "",
    hasConvention: match.hasConvention,
    isVerified: match.isVerified,
    freshness: record.freshness,
    door: doorOf(record, place),
  };
}
