/* What a text being typed may become, and the communes that a text means, without a network. A name
   or a postal code that several communes share means them all, as online (partners/places.py). Pure. */

import { nearest, typos } from "./visit-lexicon.js";
import { fold, foldPlace } from "./visit-tokens.js";
import { groundOf, namedSo } from "./visit-towns.js";

const MOST_BEGUN = 12;
const MOST_NEAR = 5;
const MOST_OPTIONS = 8;
const CODE = /\b(\d{5}|2[ab]\d{3})\b/i;
const CODE_START = /^(?:\d{2,5}|2[ab]\d{0,3})$/i;
const PARENTHESIS = /^(.+)\(([^()]+)\)\s*$/;
const LONGEST = 120;

/* Communes */

const keysOf = ({ key, former = [] }) => [key, ...former.map(([, folded]) => folded)];
const bears = (commune, name) => keysOf(commune).includes(name);
const begins = (commune, name) => keysOf(commune).some((key) => key.startsWith(`${name} `));
const isAt = ({ code, postal = [] }, typed) => code === typed || postal.includes(typed);

/* Those that bear this name today first, as online. */
function bearing(pack, keep) {
  const today = pack.communes.filter((commune) => keep({ key: commune.key }));
  return [...today, ...pack.communes.filter((commune) => !today.includes(commune) && keep(commune))];
}

function nameAndCode(text) {
  const typed = text.trim();
  if (typed.length > LONGEST) return { name: "", code: "" };
  if (CODE_START.test(typed)) return { name: "", code: typed.toUpperCase() };
  const plain = typed.replace(/\bcedex\b(\s+\d{1,2}\b)?/gi, " ").replace(/\bs\/\s*/gi, "sur ");
  const code = CODE.exec(typed)?.[1].toUpperCase() ?? "";
  return { name: foldPlace(plain.replace(new RegExp(CODE, "gi"), " ")), code };
}

function named(pack, name) {
  const exact = bearing(pack, (commune) => bears(commune, name));
  if (exact.length) return exact;
  const begun = bearing(pack, (commune) => begins(commune, name));
  return begun.length <= MOST_BEGUN ? begun : [];
}

function ofCode(pack, code) {
  const found = pack.communes.filter(({ postal = [] }) => postal.includes(code));
  found.sort((one, other) => (other.population ?? -1) - (one.population ?? -1) || one.id - other.id);
  return found.length ? found : pack.communes.filter((commune) => commune.code === code);
}

/* The communes (rows) that a text means: by name, former name, postal or INSEE code; all those that
   share it. [] when it means none of the pack. */
export function resolveCommunes(pack, text) {
  const { name, code } = nameAndCode(text);
  if (!name) return code.length === 5 ? ofCode(pack, code) : [];
  if (code) {
    const all = named(pack, name);
    const here = all.filter((commune) => isAt(commune, code));
    return here.length ? here : all.filter(({ postal = [] }) => postal.some((one) => one.slice(0, 2) === code.slice(0, 2)));
  }
  const parts = PARENTHESIS.exec(text.trim());
  if (parts) {
    const [former, today] = [foldPlace(parts[1]), foldPlace(parts[2])];
    return bearing(pack, (commune) => bears(commune, former)).filter(({ key }) => key === today);
  }
  return named(pack, name);
}

/* Completion */

const holdsEach = (key, words) => words.every((word) => ` ${key}`.includes(` ${word}`));

/* The rank of the best name of a commune for what was typed, {tier, former: folded name}, or null;
   `near`: the names a typo away. */
function rankName(commune, name, near) {
  const words = name.split(" ");
  const names = [commune.key, ...(commune.former ?? []).map(([, key]) => key)];
  const ranks = names.map((key) => {
    const former = key !== commune.key && key;
    const tier = [key === name, key.startsWith(name), holdsEach(key, words), near.includes(key)].indexOf(true);
    return { tier, former };
  });
  const found = ranks.filter(({ tier }) => tier >= 0);
  return found.sort((one, other) => one.tier - other.tier || Boolean(one.former) - Boolean(other.former))[0] ?? null;
}

function communeOptions(pack, text) {
  const { name, code } = nameAndCode(text);
  const inCode = (commune) => !code || [...(commune.postal ?? []), commune.code].some((one) => one.startsWith(code));
  if (!name && !code) return [];
  const ranked = (near) =>
    pack.communes
      .filter(inCode)
      .map((commune) => ({ commune, ...(name ? rankName(commune, name, near) : { tier: 0, former: "" }) }))
      .filter(({ tier }) => tier !== undefined);
  const whole = ranked([]);
  const found = whole.length ? whole : ranked(namesNear(pack, name));
  found.sort((one, other) => one.tier - other.tier || (other.commune.population ?? 0) - (one.commune.population ?? 0));
  const options = found.map(({ commune, former }) => (former ? namedSo(commune, former) : commune));
  return options.map((commune) => ({
    kind: "commune",
    label: commune.label ?? commune.name,
    detail: (commune.postal ?? []).slice(0, 2).join(", "),
    situations: [],
    communes: [commune.code],
  }));
}

function namesNear(pack, name) {
  return typos(name) ? nearest(name, groundOf(pack).sorted, MOST_NEAR).map((near) => near.name) : [];
}

/* One option for all the communes that a whole postal code or a name means together. */
function together(pack, text) {
  const found = resolveCommunes(pack, text);
  if (found.length < 2) return [];
  const codes = found.map(({ code }) => code);
  return [{ kind: "commune", label: `${found.length} communes\u00a0: ${text.trim()}`, detail: "toutes ensemble", situations: [], communes: codes }];
}

function situationOptions(pack, text) {
  const typed = fold(text);
  if (typed.length < 2) return [];
  const having = (test) => pack.situations.filter(({ words = [] }) => words.some(test));
  const found = [...having((word) => word.startsWith(typed)), ...having((word) => word.includes(` ${typed}`))];
  return [...new Set(found)].map(({ slug, label }) => ({ kind: "situation", label, detail: "", situations: [slug], communes: [] }));
}

/* What a text being typed may become: [{kind, label, detail, situations, communes}], eight at most,
   situations first unless it is a code. */
export function complete(pack, text) {
  const communes = [...together(pack, text), ...communeOptions(pack, text)];
  const situations = situationOptions(pack, text);
  const first = situations.slice(0, communes.length ? MOST_OPTIONS / 2 : MOST_OPTIONS);
  return [...first, ...communes].slice(0, MOST_OPTIONS);
}
