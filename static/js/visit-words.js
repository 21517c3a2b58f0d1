/* A typed text becomes situations, communes, signs of danger and remaining words: the box online,
   without a network. The longest phrase wins and consumes its words; partners/words/reading.py says
   the same, and why; the phrases of tests/phrases hold the two together. What the words are comes
   with the pack (partners/words/tables.py). Pure: the text is read and forgotten (rule R3). */

import { findAges } from "./visit-ages.js";
import { agrees, isDenied, isOfOffice, isUndone, signs } from "./visit-danger.js";
import { begun, isOpen, lexiconOf, namesOf, nearest } from "./visit-lexicon.js";
import { byWeight, find, longest, overlap } from "./visit-phrases.js";
import { fold, isUpper, readText } from "./visit-tokens.js";
import { combine, findTowns, groundOf } from "./visit-towns.js";

const MOST_SITUATIONS = 6;
const NOTHING = "-"; // the target of idioms that say nothing

/* {situations: slugs in their order, six at most; communes: codes, twenty at most, together when they
   share a name or a code; dangers: slugs of signs; audience: the public to filter by (slug) or "";
   rest: the words that mean nothing here, as typed}.
   Of a situation that the pack does not hold, the words remain, and its danger is told. */
export function understand(pack, typed) {
  const lexicon = lexiconOf(pack);
  const text = readText(typed, lexicon.shorthand);
  const ground = groundOf(pack);
  const far = (word) => (ground.names.has(word) ? 0 : farFrom(ground, word));
  const names = text.tokens.map((token) => namesOf(lexicon, token, far));
  return read({ pack, lexicon, text, tokens: text.tokens, names, taken: new Set() });
}

function read(reading) {
  const { pack, lexicon, taken } = reading;
  const undone = longest(phrasesIn(reading, "idioms")).filter(({ target }) => target === NOTHING);
  const ages = agesIn(reading);
  const { needs, mentions } = share(reading, needsIn(reading, undone, ages), mentionsIn(reading, undone));
  for (const age of ages) takeAll(taken, age);
  const meant = situationsIn(reading, needs, ages);
  const communes = combine(mentions);
  const audience = audienceIn(reading, ages, undone);
  const isSaid = audience || meant.length || communes.length;
  for (const idiom of undone) takeAll(taken, idiom);
  const isHeld = (slug) => pack.situations.some((situation) => situation.slug === slug);
  const absent = meant.filter((slug) => !isHeld(slug));
  const dangers = dangersIn(reading, undone, absent);
  const untold = absent.filter((slug) => !dangers.includes(slug));
  return {
    situations: meant.filter(isHeld),
    communes,
    dangers,
    audience: narrowing(lexicon, audience, meant, ages),
    rest: restOf(reading, !isSaid, wordsOf(needs, untold)),
  };
}

/* How many typos make a word one of these names. */
const farFrom = ({ sorted }, word) => nearest(word, sorted, 1)[0]?.far ?? Infinity;

const phrasesIn = ({ lexicon, tokens, names }, use) => find(lexicon, use, tokens, names);

function takeAll(taken, { start, end }) {
  for (let at = start; at < end; at += 1) taken.add(at);
}

/* The ages, but for a word that a longer phrase has: « mineur en danger ». */
function agesIn(reading) {
  const found = findAges(reading.lexicon, reading.tokens);
  if (!found.some(({ isWord }) => isWord)) return found;
  const needs = phrasesIn(reading, "needs").filter(({ places }) => places.length > 1);
  const held = new Set(needs.flatMap(({ places }) => places));
  return found.filter(({ start, isWord }) => !isWord || !held.has(start));
}

/* Phrases that lead to situations, outside ages and idioms, overlapping or not. */
function needsIn(reading, undone, ages) {
  const { lexicon, tokens } = reading;
  const isAged = (place) => ages.some(({ start, end }) => start <= place && place < end);
  const isDanger = (slug) => lexicon.topics.some((topic) => topic.slug === slug && topic.isDanger);
  return phrasesIn(reading, "needs").filter(
    (match) =>
      !match.places.some(isAged) &&
      !isUndone(match, undone) &&
      !(isDanger(match.target) && (isDenied(lexicon, match, tokens) || !agrees(match, tokens))) &&
      !isOfOffice(lexicon, match, tokens),
  );
}

/* The communes named, outside idioms: « à côté » is no La Côte. */
function mentionsIn({ pack, lexicon, text, tokens, names }, undone) {
  const isKnown = tokens.map(({ word, isNumber }, at) => names[at].size > 0 || lexicon.stop.has(word) || isNumber);
  const isInside = (mention) => undone.some(({ start, end }) => start <= mention.start && mention.end <= end);
  return findTowns(pack, lexicon, text, isKnown).filter((mention) => !isInside(mention));
}

/* Who has which words: the longest first, a situation before a commune. A shorter phrase of the same
   situation has its words too: « victime de violences », then « violences conjugales ». */
function share({ taken }, needs, mentions) {
  const kept = { needs: [], mentions: [] };
  const isSeen = (one) => one.target && kept.needs.some((need) => need.places.join() === one.places.join());
  for (const one of [...needs, ...mentions].sort(byWeight)) {
    if (isSeen(one) || !one.places.some((place) => taken.has(place))) {
      takeAll(taken, one);
      kept[one.target ? "needs" : "mentions"].push(one);
    } else if (one.target && kept.needs.some((need) => need.target === one.target && overlap(need, one))) {
      for (const place of one.places) taken.add(place);
    }
  }
  return kept;
}

/* In the order of the topics. A phrase of several situations means the one that another phrase says,
   else them all. */
function situationsIn(reading, needs, ages) {
  const byPlace = new Map();
  for (const { places, target } of meantOf(reading, needs, ages)) byPlace.set(places.join(), [...(byPlace.get(places.join()) ?? []), target]);
  const all = [...byPlace.values()].map((targets) => [...new Set(targets)]);
  const alone = all.filter(({ length }) => length === 1).flat();
  const said = new Set([...alone, ...begunIn(reading)]);
  const sure = new Set([...said, ...ages.map(({ situation }) => situation)]);
  for (const targets of all) {
    if (!targets.some((target) => said.has(target))) targets.forEach((target) => sure.add(target));
  }
  const slugs = reading.lexicon.topics.map(({ slug }) => slug);
  return slugs.filter((slug) => sure.has(slug)).slice(0, MOST_SITUATIONS);
}

/* Without those of a word that tells a situation only when nothing else does: « sdf avec son chien »
   is no matter of neighbours. */
function meantOf({ lexicon, tokens }, needs, ages) {
  const strong = needs.filter(({ places }) => places.length > 1 || !lexicon.faint.has(tokens[places[0]].word));
  return strong.length || ages.some(({ situation }) => situation) ? strong : needs;
}

/* What words cut short say when it is one situation: « addic », « surend ». */
function begunIn({ lexicon, text, tokens, names, taken }) {
  const isAlone = !taken.size && text.pieces.length === 1;
  return tokens.flatMap((token, at) => {
    const isUnknown = !names[at].size && isOpen(lexicon, token);
    if (taken.has(at) || !(isAlone || isUnknown)) return [];
    const slug = begun(lexicon, fold(text.pieces[token.piece]), isAlone);
    if (slug) taken.add(at);
    return slug ? [slug] : [];
  });
}

/* The public (slug) when the text tells one and only one, else "". */
function audienceIn(reading, ages, undone) {
  const said = longest(phrasesIn(reading, "audiences")).filter((match) => !isUndone(match, undone));
  for (const { places } of said) places.forEach((place) => reading.taken.add(place));
  const found = new Set([...said.map(({ target }) => target), ...ages.map(({ audience }) => audience)]);
  found.delete("");
  if (found.has("etudiants")) found.delete("jeunes");
  return found.size === 1 ? [...found][0] : "";
}

/* Not the public that a situation is about, unless an age says it. */
function narrowing({ saidBy }, audience, situations, ages) {
  const isTold = situations.some((slug) => saidBy.get(audience)?.has(slug));
  return isTold && !ages.some((age) => age.audience) ? "" : audience;
}

/* The signs that a number answers. */
function dangersIn(reading, undone, absent) {
  const found = signs(reading.lexicon, phrasesIn(reading, "dangers"), undone, reading.tokens);
  const slugs = reading.pack.signs.map(({ slug }) => slug);
  return slugs.filter((slug) => found.has(slug) || absent.includes(slug));
}

const wordsOf = (needs, slugs) => needs.filter(({ target }) => slugs.includes(target)).flatMap(({ places }) => places);

/* The pieces that nothing consumed, or that say what is `absent`. Alone, a word that is dropped
   elsewhere stays. */
function restOf({ lexicon, text, tokens, taken }, isAlone, absent) {
  const { skipped, negations, stop, terms } = lexicon;
  const isDropped = (word) => (isAlone ? skipped.has(word) || negations.has(word) : stop.has(word));
  const isTerm = (piece, word) => !text.isShouted && piece.length > 1 && isUpper(piece) && terms.has(word);
  const isKept = ({ word, piece, isNumber }, at) =>
    absent.includes(at) || (!taken.has(at) && !isNumber && (!isDropped(word) || isTerm(text.pieces[piece], word)));
  const kept = new Set(tokens.filter(isKept).map(({ piece }) => piece));
  return text.pieces.filter((_, at) => kept.has(at)).join(" ");
}
