/* Phrases found in a text, whatever the inflection and the small words between: the rule of
   partners/words/phrases.py. A match: {start, end (excluded), places, target, text, weight}. Pure. */

import { split } from "./visit-tokens.js";

const MOST_SKIPPED = 4;
const OPTIONAL = new Set(["ne", "n"]);
const PLAIN_A = "à";
const NOTHING_OF = "rien";
const NEGATION = "pas";
const TELLING_APART = "dangers"; // phrases for which « pas » and « plus » are two words

/* Every phrase of one use (« needs », « dangers »…) in a text whose words may be `names`; overlaps
   included. */
export function find(lexicon, use, tokens, names) {
  const { loose, strict } = lexicon.phrases[use];
  const loosely = tokens.map((token, at) => looseNames(lexicon, token, names[at], use === TELLING_APART));
  const strictly = tokens.map((token, at) => strictNames(lexicon, token, names[at]));
  return tokens.flatMap((_, start) => [
    ...walk(lexicon, loose, tokens, loosely, start, MOST_SKIPPED),
    ...walk(lexicon, strict, tokens, strictly, start, 0),
  ]);
}

function looseNames({ negations }, { word }, found, tellsApart) {
  if (!negations.has(word)) return [...found];
  if (tellsApart) return [...found, `=${word}`];
  return word === NOTHING_OF ? [...found] : [...new Set([...found, NEGATION])];
}

function strictNames({ same }, { word, spelled }, found) {
  const isPlain = spelled === PLAIN_A || spelled === "a";
  return [...found, `=${same.get(word) ?? word}`, ...(isPlain ? [`=${PLAIN_A}`] : [])];
}

/* Phrases whose first word is at `start`; `skips` small words may stand between two words. */
function walk(lexicon, root, tokens, names, start, skips) {
  const found = [];
  const paths = following(root, names[start], start, []);
  while (paths.length) {
    const { node, places } = paths.pop();
    for (const [target, text] of node.targets) found.push(match(start, places, target, text));
    if (node.next.size) paths.push(...steps(lexicon, node, tokens, names, places, skips));
  }
  return found;
}

function following(node, names, place, places) {
  const nodes = names.map((name) => node.next.get(name)).filter(Boolean);
  return nodes.map((next) => ({ node: next, places: [...places, place] }));
}

function steps(lexicon, node, tokens, names, places, skips) {
  const found = [];
  const last = places.at(-1);
  const end = Math.min(last + 2 + skips + 2, tokens.length);
  for (let place = last + 1; place < end && tokens[place].clause === tokens[last].clause; place += 1) {
    found.push(...following(node, names[place], place, places));
    const isOver = !skips || !isSkipped(lexicon, tokens[place]) || place - last > skips;
    if (isOver && !OPTIONAL.has(tokens[place].word)) break;
  }
  return found;
}

const isSkipped = ({ skipped }, { word, isNumber }) => isNumber || skipped.has(word);

/* The longest phrase wins, by its own words; then the one that has more of the text's, then the one
   that holds together. */
function match(start, places, target, text) {
  const end = places.at(-1) + 1;
  return { start, end, places, target, text, weight: [split(text).length, places.length, start - end] };
}

export const byWeight = ({ weight: one }, { weight: other }) =>
  other[0] - one[0] || other[1] - one[1] || other[2] - one[2];

export const overlap = (one, other) => one.places.some((place) => other.places.includes(place));

/* The longest phrases first, each word in one of them only. */
export function longest(matches) {
  const kept = [];
  for (const one of [...matches].sort(byWeight)) {
    if (!kept.some((other) => overlap(one, other))) kept.push(one);
  }
  return kept;
}
