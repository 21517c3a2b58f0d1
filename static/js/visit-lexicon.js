/* What the words of a pack are, made ready once: partners/words/lexicon.py without its lists, which
   come with the pack (partners/words/tables.py). Which words of phrases a typed word may be, its
   typos mended. Pure. */

import { fold } from "./visit-tokens.js";

const SHORT = 6; // letters; under that an accent too many makes another word
const LAST_ACCENT = /é(?=e?s?$)/;
const SHORTEST_BEGINNING = 4;
const SHORTEST_MENDED = 5;
const MOST_NEAR = 8;

const NONE = new Set();
const lexicons = new WeakMap();

export function lexiconOf({ words }) {
  if (!lexicons.has(words)) lexicons.set(words, lexicon(words));
  return lexicons.get(words);
}

function lexicon({ topics, lists, shorthand, same, said_by: saidBy, ages, forms, phrases }) {
  const setOf = (line) => new Set(line.split(" "));
  const sets = mapped(lists, setOf);
  const known = knownOf(forms);
  return {
    ...{ money: NONE, faint: NONE, nouned: NONE }, // a pack made before has no such lists
    ...{ lives: NONE, relatives: NONE, elsewhere: NONE, ...sets },
    topics: topics.map(([slug, label, isDanger]) => ({ slug, label, isDanger })),
    ...{ shorthand: new Map(Object.entries(shorthand)), same: new Map(Object.entries(same)) },
    ...{ saidBy: new Map(Object.entries(mapped(saidBy, setOf))), bands: ages.bands, nouns: new Map(Object.entries(ages.nouns)) },
    ...{ known, byFirst: byFirst(known), single: singleOf(phrases.needs) },
    phrases: mapped(phrases, ({ loose, strict }) => ({ loose: trie(loose), strict: trie(strict) })),
  };
}

const mapped = (rows, change) => Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, change(row)]));

/* Folded form → [[form with accents, word of a phrase]] */
function knownOf(forms) {
  const known = new Map();
  for (const [name, line] of Object.entries(forms)) {
    for (const form of formsOf(line)) add(known, fold(form), [form, name]);
  }
  return known;
}

/* « tomb|a e es »: what the forms begin with, then how each ends. In a pack of format 2 they were whole. */
function formsOf(line) {
  const [ends, stem = ""] = line.split("|").reverse();
  return ends.split(" ").map((end) => stem + end);
}

function add(rows, key, value) {
  if (!rows.has(key)) rows.set(key, []);
  rows.get(key).push(value);
}

/* Folded forms that a typo may have changed, by first letter, which is seldom mistyped. */
function byFirst(known) {
  const found = new Map();
  const forms = [...known.keys()].filter((form) => form.length >= SHORTEST_MENDED);
  for (const form of forms.sort()) add(found, form[0], form);
  return found;
}

/* Of rows of phrases, [[names that follow one another, slug, phrase]]. In a pack of format 2 they came
   by names, not by slug. */
function entriesOf(rows) {
  return Object.entries(rows).flatMap(([key, row]) => {
    if (Array.isArray(row)) return row.map(([slug, phrase]) => [key, slug, phrase]);
    return Object.entries(row).flatMap(([names, said]) => [said].flat().map((phrase) => [names, key, phrase || names]));
  });
}

/* Folded words that lead to a situation alone: [[word, slug]]. */
function singleOf({ loose, strict }) {
  const all = [...entriesOf(loose), ...entriesOf(strict)];
  return all.map(([, slug, phrase]) => [fold(phrase), slug]).filter(([word]) => !word.includes(" "));
}

/* Names that follow one another, as nodes {next: Map, targets: [[slug, phrase]]}. */
function trie(rows) {
  const root = { next: new Map(), targets: [] };
  for (const [names, slug, phrase] of entriesOf(rows)) {
    let node = root;
    for (const name of names.split(" ")) {
      if (!node.next.has(name)) node.next.set(name, { next: new Map(), targets: [] });
      node = node.next.get(name);
    }
    node.targets.push([slug, phrase]);
  }
  return root;
}

/* The words of phrases (a Set) that a token may be; its typos mended, unless fewer make it the name of
   a commune: `far` tells how many. */
export function namesOf(lexicon, token, far) {
  const found = lexicon.known.get(token.word) ?? [];
  const isExact = ([form]) => form === token.spelled;
  const isMeant = found.some(isExact) ? isUnaccented : isSpelled;
  const spelled = found.filter((one) => isExact(one) || isMeant(token.spelled, one[0]));
  const isKept = spelled.length || !isOpen(lexicon, token);
  const near = isKept ? [] : mended(lexicon, token.word);
  const isTown = near.length > 0 && far(token.word) < near[0].far;
  const meant = isKept || isTown ? spelled : near.flatMap(({ name }) => lexicon.known.get(name));
  return new Set(meant.map(([, name]) => name));
}

/* Missing accents are forgiven; in a short word an accent where `form` has none makes another word. */
function isSpelled(typed, form) {
  if (form.length >= SHORT || typed.length !== form.length) return true;
  return [...typed].every((letter, at) => letter === form[at] || fold(letter) === letter || fold(form[at]) !== form[at]);
}

/* Of a word that is a known form itself: a long one lacks its accents, elsewhere than at its end. */
function isUnaccented(typed, form) {
  return form.length >= SHORT && fold(typed) === typed && form.replace(LAST_ACCENT, "e") !== typed;
}

/* Whether nothing is known of this word, so that it may be mistyped or cut short. */
export function isOpen({ known, stop, common, terms }, { word, isNumber }) {
  return !isNumber && !known.has(word) && !stop.has(word) && !common.has(word) && !terms.has(word);
}

function mended({ byFirst: forms }, word) {
  if (!typos(word)) return [];
  const near = nearest(word, forms.get(word[0]) ?? [], MOST_NEAR);
  return near.filter(({ name, far }) => far < 2 || word.slice(0, 2) === name.slice(0, 2));
}

/* The situation (a slug) that a word cut short means, "" for none or several; when it `isAlone`, the
   first of those whose label begins so. */
export function begun({ known, topics, single }, word, isAlone) {
  if (word.length < SHORTEST_BEGINNING || known.has(word)) return "";
  const labelled = topics.find(({ label }) => label.startsWith(word) && label.split(" ")[0] !== word);
  if (isAlone && labelled) return labelled.slug;
  const found = new Set(single.filter(([form]) => form.startsWith(word)).map(([, slug]) => slug));
  return found.size === 1 ? [...found][0] : "";
}

/* Typos */

/* How many are forgiven: none under six letters, two from nine. */
export function typos(word) {
  if (word.length < 6) return 0;
  return word.length < 9 ? 1 : 2;
}

/* The closest of `names`, `most` at most, within the typos that `name` may have: [{name, far}]. */
export function nearest(name, names, most) {
  const allowed = typos(name);
  const near = names.filter((other) => Math.abs(other.length - name.length) <= allowed);
  const found = near.map((other) => ({ name: other, far: distance(name, other, allowed) }));
  const best = Math.min(allowed, ...found.map(({ far }) => far));
  return found.filter(({ far }) => far === best).slice(0, most);
}

/* Letters added, left out, changed or swapped with the next (optimal string alignment); Infinity
   once it is more than `most`. */
function distance(one, other, most) {
  let [before, last] = [[], [...Array(other.length + 1).keys()]];
  for (let i = 1; i <= one.length && Math.min(...last) <= most; i += 1) {
    [before, last] = [last, nextRow(one, other, i, before, last)];
  }
  return Math.min(...last) > most ? Infinity : last[other.length];
}

function nextRow(one, other, i, before, last) {
  const row = [i];
  for (let j = 1; j <= other.length; j += 1) {
    row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (one[i - 1] !== other[j - 1]));
    const isSwapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
    if (isSwapped) row[j] = Math.min(row[j], before[j - 2] + 1);
  }
  return row;
}
