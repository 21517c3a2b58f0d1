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
const SHORTEST_WORD = 3;
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

const ENDING = /(?:ent|er|[sx])$/;

/* A word without its plural, its feminine, an infinitive: compared, never shown. */
function stem(word) {
  const short = word.length > 4 ? word.replace(ENDING, "") : word.replace(/[sx]$/, "");
  return short.replace(/e+$/, (ending, at) => ending.slice(0, Math.max(0, 3 - at)));
}

const isFull = (word) => !SMALL.has(word);
const keyOf = (words) => words.filter(isFull).map(stem).join(" ");

/* How a phrase is looked for: with two full words or more the small ones between do not count, with
   one it is to the letter but for its plural (« à la rue » is not « la rue »). */
function lookOf(words) {
  if (words.filter(isFull).length > 1) return keyOf(words);
  return `= ${words.map(stem).join(" ")}`;
}

const lexicons = new WeakMap();

/* What the words of a pack lead to: {situations: look → slugs, signs: [[look, slug]], known: words}. */
function lexiconOf(pack) {
  if (lexicons.has(pack)) return lexicons.get(pack);
  const situations = new Map();
  const known = new Set();
  const phrases = pack.situations.flatMap(({ slug, words = [] }) => words.map((phrase) => [phrase.split(" "), slug]));
  for (const [words, slug] of phrases) {
    const look = lookOf(words);
    situations.set(look, [...(situations.get(look) ?? []), slug]);
    for (const word of words) known.add(stem(word));
  }
  const signs = pack.signs.flatMap(({ slug, words }) => words.map((phrase) => [phrase.split(" "), slug]));
  for (const word of signs.flatMap(([words]) => words)) known.add(stem(word));
  lexicons.set(pack, { situations, signs, known });
  return lexicons.get(pack);
}

/* {situations: slugs, communes: codes, dangers: slugs, rest: the words that mean nothing here}. The
   longest phrase wins and consumes its words; communes that share a name or code come together. */
export function understand(pack, text) {
  const folded = fold(text.slice(0, LONGEST));
  const words = folded ? folded.split(" ") : [];
  const found = { situations: new Set(), communes: new Set(), rest: [] };
  let left = words;
  for (let length = Math.min(LONGEST_PHRASE, left.length); length > 0; length -= 1) {
    left = consume(left, length, (phrase) => take(pack, phrase, found));
  }
  for (const word of left.filter((one) => one !== null && isFull(one))) begin(pack, word, found, word === words.at(-1));
  return {
    situations: pack.situations.filter(({ slug }) => found.situations.has(slug)).map(({ slug }) => slug),
    communes: [...found.communes],
    dangers: signsIn(pack, words),
    rest: found.rest.join(" "),
  };
}

/* Without the phrases of this length that `use` takes; null stands where one was. */
function consume(words, length, use) {
  const left = [...words];
  for (let at = 0; at + length <= left.length; at += 1) {
    const phrase = left.slice(at, at + length);
    if (!phrase.includes(null) && use(phrase)) left.fill(null, at, at + length);
  }
  return left;
}

function take(pack, words, found) {
  const isBare = words.length === 1 || (isFull(words[0]) && isFull(words.at(-1)));
  const { situations } = lexiconOf(pack);
  const slugs = situations.get(`= ${words.map(stem).join(" ")}`) ?? (isBare && situations.get(lookOf(words)));
  for (const slug of slugs || []) found.situations.add(slug);
  if (slugs) return true;
  const communes = communesNamed(pack, words.join(" "));
  for (const { code } of communes) found.communes.add(code);
  return communes.length > 0;
}

function communesNamed(pack, phrase) {
  const name = foldPlace(phrase);
  return SMALL.has(name) ? [] : resolveCommunes(pack, CODE_START.test(phrase) ? phrase : name);
}

/* A word that means nothing whole: communes that it begins, or the only one that has it in its name,
   while none is known; else, for the word being typed, the only situation. */
function begin(pack, word, found, isLast) {
  const isUnknown = !found.communes.size && !lexiconOf(pack).known.has(stem(word));
  const communes = isUnknown ? communesLike(pack, word) : [];
  if (communes.length) {
    for (const { code } of communes) found.communes.add(code);
    return;
  }
  const begun = ({ words = [] }) => words.some((one) => one.startsWith(word));
  const situations = isLast && word.length >= SHORTEST_BEGINNING ? pack.situations.filter(begun) : [];
  if (situations.length === 1) found.situations.add(situations[0].slug);
  else found.rest.push(word);
}

function communesLike(pack, word) {
  const having = (test) => pack.communes.filter((commune) => keysOf(commune).some(test));
  const begun = word.length >= SHORTEST_BEGINNING ? having((key) => key.startsWith(word)) : [];
  if (begun.length) return begun.length <= MOST_BEGUN ? begun : [];
  const holding = word.length >= SHORTEST_WORD ? having((key) => key.split(" ").includes(word)) : [];
  return holding.length === 1 ? holding : [];
}

/* Rather one strip too many: without a network, « pas » is not weighed. */
function signsIn(pack, words) {
  const exact = ` ${words.map(stem).join(" ")} `;
  const loose = ` ${keyOf(words)} `;
  const isIn = ([phrase]) => {
    if (phrase.filter(isFull).length > 1) return loose.includes(` ${keyOf(phrase)} `);
    return exact.includes(` ${phrase.map(stem).join(" ")} `);
  };
  const slugs = new Set(lexiconOf(pack).signs.filter(isIn).map(([, slug]) => slug));
  return pack.signs.map(({ slug }) => slug).filter((slug) => slugs.has(slug));
}
