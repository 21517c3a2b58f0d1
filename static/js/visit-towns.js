/* Communes in a text: every mention is weighed, then they are put together. The rule of
   partners/words/places.py and towns.py, where all that the pack holds is at home: names may be cut
   short or mistyped, and nothing is said of the rest of France. Pure. */

import { nearest, typos } from "./visit-lexicon.js";
import { ARTICLES, SAINTS, fold, isNumber } from "./visit-tokens.js";

const MOST_BEGUN = 12; // above, the beginning of a name says nothing (« saint »)
const MOST_TOWNS = 20;
const MOST_NEAR = 5;
const SHORTEST_BEGINNING = 4;
const SHORTEST_CUT = 3;
const SHORTEST_MENDED = 8; // letters of a name of several words
const KNOWN_POPULATION = 10_000;
const LONGEST_CUT = 5; // words of a name cut short or mistyped
const [STRONG, WEAK, NONE] = [2, 1, 0];
const [HERE, UNTOLD, AWAY] = [1, 0, -1];
const NEAR = 5; // words before a name that tell who is there

/* What is found is a Map of communes (rows) to the name or the code that each was found by, "" for
   several. */
const NOTHING = new Map();

const grounds = new WeakMap();

/* The names that the communes (rows) of a pack bear or bore: {names: Map, sorted, starts, longest}. */
export function groundOf({ communes }) {
  if (!grounds.has(communes)) grounds.set(communes, ground(communes));
  return grounds.get(communes);
}

/* The row of the commune of an INSEE code; of a former one, the row of today with its code, its label
   and its point, if it has one. */
export function communeAt({ communes }, code) {
  const today = communes.find((commune) => commune.code === code);
  return today ?? communes.map((commune) => asked(commune, formerOf(commune, code))).find((commune) => commune.code === code);
}

const asked = (commune, former) => {
  const [name, , code, point] = former ?? [];
  return code ? { ...commune, code, label: `${name} (${commune.name})`, point: point ?? commune.point } : commune;
};

/* The row of a commune that was asked by the name (folded) of a former one. */
export const namedSo = (commune, name) => asked(commune, formerOf(commune, name));

/* The former commune, [name, folded name, code, point], that bears a name or a code which is not the
   commune's own. */
function formerOf({ key, code, former = [] }, said) {
  return said === key || said === code ? undefined : former.find(([, folded, own]) => said === folded || said === own);
}

function ground(communes) {
  const names = new Map();
  const today = communes.map((commune) => [commune.key, commune]);
  const former = communes.flatMap((commune) => (commune.former ?? []).map(([, key]) => [key, commune]));
  for (const [name, commune] of [...today, ...former]) {
    const known = names.get(name) ?? [];
    if (!known.includes(commune)) names.set(name, [...known, commune]);
  }
  const sorted = [...names.keys()].sort();
  const words = sorted.map((name) => name.split(" "));
  return {
    ...{ communes, names, sorted, words },
    starts: new Set(words.map(([first]) => first)),
    longest: Math.max(0, ...words.map(({ length }) => length)),
  };
}

const unique = (rows) => [...new Set(rows)];
const few = (found) => (found.size <= MOST_BEGUN ? found : NOTHING);
const pick = (found, keep) => new Map([...found].filter(([commune]) => keep(commune)));
const article = (commune, said) => fold(formerOf(commune, said)?.[0] ?? commune.name).split(" ")[0];

/* The communes of a postal code, else the one of an INSEE code, former ones included. */
function ofCode({ communes }, typed) {
  const code = typed.toUpperCase();
  const found = communes.filter(({ postal = [] }) => postal.includes(code));
  const own = communes.filter((commune) => commune.code === code || formerOf(commune, code));
  return new Map((found.length ? found : own).map((commune) => [commune, code]));
}

/* The communes of these names. */
function ofNames({ names: known }, names) {
  const found = new Map();
  for (const name of names) {
    for (const commune of known.get(name) ?? []) found.set(commune, found.has(commune) ? "" : name);
  }
  return found;
}

/* Those whose name begins with these whole words. */
const begunSo = (at, name) => few(ofNames(at, at.sorted.filter((other) => other.startsWith(`${name} `))));

/* Those that bear or bore this name, else those whose name begins so: the only one that bears it
   today, if there is one (« le poiré »). */
function named(at, name) {
  const exact = ofNames(at, [name]);
  if (exact.size) return exact;
  const begun = begunSo(at, name);
  const today = new Map([...begun].filter(([commune, said]) => !formerOf(commune, said)));
  return today.size === 1 ? today : begun;
}

/* The communes that these words cut short mean: the first begins the name, the others a word after
   it, in order. */
function cutShort(at, links, words) {
  if (words[0].length < SHORTEST_BEGINNING && words.length === 1) return NOTHING;
  const found = at.words.filter((name) => name[0].slice(0, 3) === words[0].slice(0, 3) && begins(links, words, name));
  return few(ofNames(at, found.map((name) => name.join(" "))));
}

function begins(links, [first, ...others], [start, ...name]) {
  const full = others.filter((word) => !links.has(word));
  if (!start.startsWith(first) || (others.length && !full.length)) return false;
  if (others.length && start !== first && first.length < SHORTEST_BEGINNING) return false;
  const isCut = (word, other) => other === word || (word.length >= SHORTEST_CUT && other.startsWith(word));
  let from = 0;
  return full.every((word) => {
    const found = name.findIndex((other, index) => index >= from && isCut(word, other));
    from = found + 1;
    return found >= 0;
  });
}

/* The communes of this name, but for « st » typed for « ste », or the reverse. */
function otherSaint(at, [first, ...others]) {
  const other = { saint: "sainte", sainte: "saint" }[first];
  return other ? ofNames(at, [[other, ...others].join(" ")]) : NOTHING;
}

/* The only commune that has this word in its name, if there is one: « yeu ». */
function holding(at, word) {
  const found = ofNames(at, at.words.filter((name) => name.includes(word)).map((name) => name.join(" ")));
  return found.size === 1 ? found : NOTHING;
}

/* The communes whose name is one typo away, two when it is long. */
const mistyped = (at, name) => few(ofNames(at, nearest(name, at.sorted, MOST_NEAR).map((near) => near.name)));

/* Mentions: {start, end (excluded), places, found, hint, isCode, weight}. */

function mention(start, end, found, said) {
  const length = end - start;
  const places = Array.from({ length }, (_, at) => start + at);
  return { start, end, places, found, isCode: false, ...said, weight: [length, length, -length - 1] };
}

/* Every mention in a text: {tokens, isShouted}, whose words are `isKnown` otherwise; some overlap. */
export function findTowns(pack, lexicon, text, isKnown) {
  const at = groundOf(pack);
  const codes = codeMentions(at, text.tokens, lexicon.money);
  const reading = {
    ...{ at, lexicon, text, isKnown, tokens: text.tokens },
    words: text.tokens.map(({ word }) => SAINTS[word] ?? word),
    inCodes: new Set(communesOf(codes)),
    numbers: new Set(text.tokens.map(({ word }) => word).filter((word) => word.length === 2)),
  };
  return [...codes, ...text.tokens.flatMap((_, start) => namesFrom(reading, start))];
}

/* Postal and INSEE codes; « 85 700 » too. « 12000 € » is none. */
function codeMentions(at, tokens, money) {
  return tokens.flatMap(({ word, isNumber: isWhole }, start) => {
    if (money.has(tokens[start + 1]?.word)) return [];
    const pair = isWhole && word.length === 2 ? word + (tokens[start + 1]?.word ?? "") : "";
    const code = word.length === 5 ? word : isNumber(pair) && pair.length === 5 ? pair : "";
    const isPair = code !== word;
    const found = code && !(isPair && money.has(tokens[start + 2]?.word)) ? ofCode(at, code) : NOTHING;
    return found.size ? [mention(start, start + (code === word ? 1 : 2), found, { isCode: true })] : [];
  });
}

/* Names that begin with the word at `start`, whole, cut short or mistyped. */
function namesFrom(reading, start) {
  const { at, tokens } = reading;
  const found = [];
  const last = Math.min(start + at.longest, tokens.length);
  for (let end = start + 1; end <= last && tokens[end - 1].clause === tokens[start].clause; end += 1) {
    const communes = new Map([...read(reading, start, end)].slice(0, MOST_TOWNS));
    const said = { hint: hintOf(reading, start), where: whereFrom(reading, start) };
    if (communes.size) found.push(mention(start, end, communes, said));
  }
  return found;
}

function read(reading, start, end) {
  const { links, streets, buildings } = reading.lexicon;
  const words = reading.words.slice(start, end);
  if (links.has(words[0]) || links.has(words.at(-1)) || isTitled(reading, start)) return NOTHING;
  const said = before(reading, start);
  if (streets.has(said)) return NOTHING;
  const found = whole(reading, words, start);
  return found.size || buildings.has(said) ? found : short(reading, words, start, end);
}

function whole(reading, words, start) {
  const { at, inCodes, numbers } = reading;
  if (!at.starts.has(words[0])) return NOTHING;
  const exact = ofNames(at, [words.join(" ")]);
  const atCode = pick(exact, (commune) => inCodes.has(commune));
  if (atCode.size) return atCode;
  const atNumber = pick(exact, ({ departement }) => numbers.has(departement));
  if (atNumber.size) return atNumber;
  const found = named(at, words.join(" "));
  return found.size && isLikely(reading, words, start, [...found.keys()]) ? found : NOTHING;
}

/* « monsieur Talmont », not « un vieux monsieur Talmont ». */
const isTitled = ({ words, lexicon }, start) => lexicon.titles.has(words[start - 1]) && !lexicon.nouned.has(words[start - 2]);

/* Whether these words mean the communes of that name, and not what they say. */
function isLikely(reading, words, start, communes) {
  const { common, stop, links } = reading.lexicon;
  if (!words.every((word) => common.has(word) || stop.has(word) || isNumber(word))) return true;
  const previous = reading.words[start - 1];
  const hasArticle = ARTICLES.has(previous) && communes.some((one) => article(one, words.join(" ")) === previous);
  const isCapital = start > 0 && reading.tokens[start].isCapital && !reading.text.isShouted;
  if (isCapital || hasArticle || isAll(reading, start, start + words.length, links)) return true;
  const isSaid = hintOf(reading, start) === STRONG && !ARTICLES.has(previous);
  return isSaid && !words.every((word) => stop.has(word));
}

/* Whether nothing else was typed but `small` words. */
function isAll({ words }, start, end, small) {
  return [...words.slice(0, start), ...words.slice(end)].every((word) => small.has(word) || isNumber(word));
}

function short(reading, words, start, end) {
  const { at, lexicon, isKnown } = reading;
  if (words.length > LONGEST_CUT || isKnown.slice(start, end).every(Boolean)) return NOTHING;
  if (words.length === 1 && lexicon.common.has(words[0]) && start === reading.words.length - 1) return great(at, words[0]);
  if (words.length === 1) return oneWord(at, lexicon, words[0]);
  const tried = [() => otherSaint(at, words), () => cutShort(at, lexicon.links, words), () => manyMistyped(reading, words, start)];
  return first(tried);
}

/* The only large commune whose name begins with a word that is also another: « cherche hébergement
   sables ». */
function great(at, word) {
  const found = pick(begunSo(at, word), ({ population = 0 }) => population >= KNOWN_POPULATION);
  return found.size === 1 ? found : NOTHING;
}

function oneWord(at, { common, stop, links }, word) {
  if (common.has(word) || stop.has(word) || isNumber(word)) return NOTHING;
  return first([
    () => cutShort(at, links, [word]),
    () => (word.length > 2 ? holding(at, word) : NOTHING),
    () => (typos(word) ? mistyped(at, word) : NOTHING),
  ]);
}

/* What the first of these finds. */
function first(ways) {
  for (const way of ways) {
    const found = way();
    if (found.size) return found;
  }
  return NOTHING;
}

/* Names of several words with a typo in one that is not French. */
function manyMistyped({ at, lexicon, isKnown }, words, start) {
  const isOdd = words.some((word, index) => !isKnown[start + index] && !lexicon.common.has(word));
  const name = words.join(" ");
  return isOdd && name.length >= SHORTEST_MENDED ? mistyped(at, name) : NOTHING;
}

/* Whether the word before says « at »: 2 surely, 1 perhaps. */
function hintOf(reading, start) {
  const { words, tokens, lexicon } = reading;
  const at = lastBut(words, start, ARTICLES);
  const word = tokens[at]?.clause === tokens[start].clause ? words[at] : "";
  if (lexicon.weak.has(word) && lexicon.strong.has(words[at - 1])) return STRONG;
  if (lexicon.strong.has(word)) return STRONG;
  return lexicon.weak.has(word) ? WEAK : NONE;
}

/* Whether the words before say who is there: « habite à », « sa fille habite à ». */
function whereFrom(reading, start) {
  const { words, tokens, lexicon } = reading;
  const hint = hintOf(reading, start);
  for (let at = start - 1; at >= Math.max(0, start - NEAR) && tokens[at].clause === tokens[start].clause; at -= 1) {
    if (lexicon.lives.has(words[at])) {
      const whose = words.slice(Math.max(0, at - 2), at);
      return whose.some((word) => lexicon.relatives.has(word)) ? AWAY : HERE;
    }
    if (lexicon.elsewhere.has(words[at]) && hint) return AWAY;
  }
  return UNTOLD;
}

/* The word a name belongs to: « rue de la Roche », « résidence X », not « à la rue ». */
function before({ words, tokens, lexicon }, start) {
  const at = lastBut(words, start, new Set([...ARTICLES, ...lexicon.weak]));
  const isSame = at >= 0 && tokens[at].clause === tokens[start].clause;
  const isNear = at === start - 1 || (at === start - 2 && ARTICLES.has(words[start - 1]));
  const isOutside = isNear && words[at - 2] === "a" && words[at - 1] === "la";
  return isSame && !isOutside ? words[at] : "";
}

/* Where the last word before `start` stands that is not one of `small`, -1 for none. */
function lastBut(words, start, small) {
  let at = start - 1;
  while (at >= 0 && small.has(words[at])) at -= 1;
  return at;
}

/* The communes of mentions, each once. */
const communesOf = (mentions) => unique(mentions.flatMap(({ found }) => [...found.keys()]));

/* The codes of the communes of all mentions; a code narrows the names beside it, and where the tenant
   lives leaves out where somebody is. Of a commune whose only name in them is a former one, the code
   of that. */
export function combine(mentions) {
  const coded = mentions.filter(({ isCode }) => isCode);
  const all = mentions.filter(({ isCode }) => !isCode);
  const told = Math.max(...all.map(({ where }) => where));
  const names = all.filter(({ where }) => where === told);
  const strong = names.filter(({ hint }) => hint === STRONG);
  const sure = strong.length ? strong : names;
  const codes = communesOf(coded);
  const narrowed = communesOf(sure).filter((commune) => !codes.length || codes.includes(commune));
  const [communes, telling] = narrowed.length ? [narrowed, sure] : [codes, coded];
  communes.sort((one, other) => (other.population ?? 0) - (one.population ?? 0));
  return communes.slice(0, MOST_TOWNS).map((commune) => asked(commune, onlyFormer(telling, commune)).code);
}

/* The former commune that is the only name these mentions give to a commune. */
function onlyFormer(mentions, commune) {
  const said = unique(mentions.filter(({ found }) => found.has(commune)).map(({ found }) => formerOf(commune, found.get(commune))));
  return said.length === 1 ? said[0] : undefined;
}
