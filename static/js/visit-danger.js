/* Signs of danger in a text: the phrases of the vocabulary, unless denied or part of an idiom. The
   rule of partners/words/danger.py. Pure. */

import { overlap } from "./visit-phrases.js";
import { fold, split } from "./visit-tokens.js";

const LOOK_BACK = 3;
const PARTICIPLE = /ée?s?$/;
const BE = new Set(["est", "sont", "etait", "suis"]);
const LITTLE = new Set(["ne", "n", "me", "nous"]);

/* The signs (slugs) of `matches` that stand; `undone` are the idioms found. */
export function signs(lexicon, matches, undone, tokens) {
  const stands = (match) =>
    !isUndone(match, undone) && !isDenied(lexicon, match, tokens) && agrees(match, tokens) && !isOfOffice(lexicon, match, tokens);
  return new Set(matches.filter(stands).map(({ target }) => target));
}

/* Whether an idiom at least as long has a word of it. */
export function isUndone(match, undone) {
  return undone.some((idiom) => overlap(match, idiom) && idiom.weight[0] >= match.weight[0]);
}

/* « pas d'idées noires », « n'a jamais frappé », « ne frappe pas ». */
export function isDenied(lexicon, match, tokens) {
  const { none_of: noneOf, verbs, denials } = lexicon;
  const said = match.places.map((place) => tokens[place].word);
  if (said.some((word) => noneOf.has(word) || word === "plus")) return false;
  const first = tokens[match.start];
  const isHere = (token) => token?.clause === first.clause;
  const before = tokens.slice(Math.max(0, match.start - LOOK_BACK), match.start).filter(isHere);
  if (isDeniedBefore(lexicon, before.map(({ word }) => word), first)) return true;
  const after = tokens[match.places[0] + 1];
  return verbs.has(first.spelled) && isHere(after) && denials.has(after.word);
}

function isDeniedBefore({ none_of: noneOf, verbs, denials, between, past }, before, { spelled }) {
  let hasOf = false;
  let isVerbal = verbs.has(spelled) || PARTICIPLE.test(spelled);
  while (before.length && (between.has(before.at(-1)) || past.has(before.at(-1)))) {
    const word = before.pop();
    hasOf ||= word === "de" || word === "d";
    isVerbal ||= word === "se" || word === "s" || past.has(word);
  }
  const [said, verb] = [before.at(-1), before.at(-2)];
  if (["aucun", "aucune", "sans"].includes(said) || (noneOf.has(said) && hasOf)) return true;
  return denials.has(said) && (isVerbal || BE.has(verb));
}

/* « la CAF ne répond plus »: that an office is silent tells nothing of a person. */
export function isOfOffice({ offices }, match, tokens) {
  if (!tokens[match.places[0]].word.startsWith("repond")) return false;
  const last = tokens.slice(0, match.start).filter(({ word }) => !LITTLE.has(word)).at(-1);
  return last?.clause === tokens[match.start].clause && offices.has(last.word);
}

/* « enfants seuls » are alone; « élève ses enfants seule » is about their mother, and « maltraitée
   par son fils » about his. */
export function agrees(match, tokens) {
  const isBy = tokens.slice(match.start, match.end).some(({ word }) => word === "par");
  if (isBy && !split(match.text).includes("par")) return false;
  const typed = match.places.map((place) => tokens[place].word);
  const wanted = fold(match.text).split(" ");
  if (typed.length !== 2 || wanted.length !== 2 || !wanted.every((word) => word.endsWith("s"))) return true;
  const [one, other] = typed.map((word) => /[sx]$/.test(word));
  const bare = (word) => word.replace(/s+$/, "");
  return one === other && bare(typed[1]) === bare(wanted[1]);
}
