/* Words typed without a network: situations and communes of a pack, whole or begun. Simpler than the
   box online (partners/words): no typo is forgiven, nothing is inflected. A name or a postal code
   that several communes share means them all, as online (partners/places.py). */

const ARTICLES = new Set(["l", "le", "la", "les"]);
const SAINTS = { st: "saint", ste: "sainte", sts: "saints", stes: "saintes" };
const LIGATURES = { œ: "oe", Œ: "oe", æ: "ae", Æ: "ae", ß: "ss" };
const SMALL = new Set(
  `a au aux avec c ce chez d dans de des du elle elles en est et il ils je l la le les mon ma n ne on ou par
   pas pour qu que qui s sa se son sur un une vers`.split(/\s+/),
);
const MOST_BEGUN = 12;
const MOST_OPTIONS = 8;
const SHORTEST_BEGINNING = 4;
const LONGEST_PHRASE = 8;
const CODE = /\b(\d{5}|2[ab]\d{3})\b/i;
const CODE_START = /^(?:\d{2,5}|2[ab]\d{0,3})$/i;
const PARENTHESIS = /^(.+)\(([^()]+)\)\s*$/;
const LONGEST = 120;

/* Lower case, no accents or punctuation, words separated by one space. */
export function fold(text) {
  return text
    .replace(/[œŒæÆß]/g, (letter) => LIGATURES[letter])
    .normalize("NFKD")
    .replace(/[\u0300-\u034e\u0350-\u036f]/g, "")
    .toLowerCase()
    .replace(/[^0-9a-z]+/g, " ")
    .trim();
}

/* As `fold`, for the name of a place: « St » becomes « saint », a leading article goes away. */
export function foldPlace(text) {
  const words = fold(text).split(" ").map((word) => SAINTS[word] ?? word);
  return (words.length > 1 && ARTICLES.has(words[0]) ? words.slice(1) : words).join(" ");
}

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

/* The rank of the best name of a commune for what was typed: [tier, is former, former name]; null. */
function rankName(commune, name) {
  const words = name.split(" ");
  const names = [[commune.key, ""], ...(commune.former ?? []).map(([shown, key]) => [key, shown])];
  const ranks = names.map(([key, former]) => {
    const tier = [key === name, key.startsWith(name), holdsEach(key, words)].indexOf(true);
    return { tier, former };
  });
  const found = ranks.filter(({ tier }) => tier >= 0);
  return found.sort((one, other) => one.tier - other.tier || Boolean(one.former) - Boolean(other.former))[0] ?? null;
}

function communeOptions(pack, text) {
  const { name, code } = nameAndCode(text);
  const inCode = (commune) => !code || [...(commune.postal ?? []), commune.code].some((one) => one.startsWith(code));
  const found = pack.communes
    .filter(inCode)
    .map((commune) => ({ commune, ...(name ? rankName(commune, name) : { tier: 0, former: "" }) }))
    .filter(({ tier }) => tier !== undefined);
  if (!name && !code) return [];
  found.sort((one, other) => one.tier - other.tier || (other.commune.population ?? 0) - (one.commune.population ?? 0));
  return found.map(({ commune, former }) => ({
    kind: "commune",
    label: former ? `${former} (${commune.name})` : commune.name,
    detail: (commune.postal ?? []).slice(0, 2).join(", "),
    situations: [],
    communes: [commune.code],
  }));
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

/* The box */

const phrases = (words, from, length) => words.slice(from, from + length).join(" ");

function situationNamed(pack, phrase) {
  return pack.situations.filter(({ words = [] }) => words.includes(phrase)).map(({ slug }) => slug);
}

function communesNamed(pack, phrase) {
  const name = foldPlace(phrase);
  return SMALL.has(name) ? [] : resolveCommunes(pack, CODE_START.test(phrase) ? phrase : name);
}

/* What begins by a word that nothing else means: communes, else the only situation. */
function begunBy(pack, word) {
  if (word.length < SHORTEST_BEGINNING) return { communes: [], situations: [] };
  const communes = pack.communes.filter((commune) => keysOf(commune).some((key) => key.startsWith(word)));
  if (communes.length && communes.length <= MOST_BEGUN) return { communes, situations: [] };
  const situations = pack.situations.filter(({ words = [] }) => words.some((one) => one.startsWith(word)));
  return { communes: [], situations: situations.length === 1 ? [situations[0].slug] : [] };
}

/* {situations: slugs, communes: codes, dangers: slugs, rest: the words that mean nothing here}. The
   longest phrase wins and consumes its words; communes that share a name or code come together. */
export function understand(pack, text) {
  const folded = fold(text.slice(0, LONGEST));
  const found = { situations: new Set(), communes: new Set(), rest: [] };
  let left = folded ? folded.split(" ") : [];
  for (let length = Math.min(LONGEST_PHRASE, left.length); length > 0; length -= 1) {
    left = consume(left, length, (phrase) => take(pack, phrase, found));
  }
  for (const word of left.filter((one) => one !== null && !SMALL.has(one))) {
    const { communes, situations } = begunBy(pack, word);
    for (const { code } of communes) found.communes.add(code);
    for (const slug of situations) found.situations.add(slug);
    if (!communes.length && !situations.length) found.rest.push(word);
  }
  return {
    situations: pack.situations.filter(({ slug }) => found.situations.has(slug)).map(({ slug }) => slug),
    communes: [...found.communes],
    dangers: signsIn(pack, folded),
    rest: found.rest.join(" "),
  };
}

/* Without the phrases of this length that `use` takes; null stands where one was. */
function consume(words, length, use) {
  const left = [...words];
  for (let at = 0; at + length <= left.length; at += 1) {
    const isWhole = left.slice(at, at + length).every((word) => word !== null);
    if (isWhole && use(phrases(left, at, length))) left.fill(null, at, at + length);
  }
  return left;
}

function take(pack, phrase, found) {
  const situations = situationNamed(pack, phrase);
  for (const slug of situations) found.situations.add(slug);
  if (situations.length) return true;
  const communes = communesNamed(pack, phrase);
  for (const { code } of communes) found.communes.add(code);
  return communes.length > 0;
}

/* Rather one strip too many: without a network, « pas » is not weighed. */
function signsIn(pack, folded) {
  return pack.signs.filter(({ words }) => words.some((phrase) => ` ${folded} `.includes(` ${phrase} `))).map(({ slug }) => slug);
}
