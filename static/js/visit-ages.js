/* Ages: « 82 ans », « âgée de 82 », « octogénaire » tell a public; « depuis 10 ans » does not. The
   rule of partners/words/ages.py. Pure. */

const OLDEST = 115;
const LOOK_BACK = 3;
const AGED = new Set(["age", "agee", "ages", "agees"]);

/* The ages of people in a text: [{start, end (excluded), situation, audience, isWord}], slugs or "". */
export function findAges(lexicon, tokens) {
  return tokens.flatMap(({ word }, at) => {
    if (lexicon.nouns.has(word)) return [age(lexicon, at, at + 1, lexicon.nouns.get(word), true)];
    if (!isAge(lexicon, tokens, at)) return [];
    return [age(lexicon, at, at + 1 + isUnit(tokens, at + 1), Number(word), false)];
  });
}

function age({ bands }, start, end, years, isWord) {
  const [, , situation, audience] = bands.find(([from, to]) => from <= years && years <= to) ?? ["", "", "", ""];
  return { start, end, situation, audience, isWord };
}

/* « 82 ans », « 82 a » before a comma or the end. */
function isUnit(tokens, at) {
  const isLast = tokens[at]?.clause !== tokens[at + 1]?.clause;
  return ["ans", "an"].includes(tokens[at]?.word) || (tokens[at]?.word === "a" && isLast);
}

function isAge(lexicon, tokens, at) {
  const { word, isNumber } = tokens[at];
  if (!isNumber || word.length > 3 || Number(word) < 1 || Number(word) > OLDEST) return false;
  const unit = at + (tokens[at + 1]?.isNumber ? 2 : 1); // « 16/17 ans »
  return isUnit(tokens, unit) ? !isDuration(lexicon, tokens, at, unit) : followsAge(tokens, at);
}

function isDuration({ durations, small, spells }, tokens, at, unit) {
  const before = tokens.slice(Math.max(0, at - LOOK_BACK), at).map(({ word }) => word);
  if (["y a", "y avait"].includes(before.slice(-2).join(" "))) return true;
  const said = before.reverse().find((word) => durations.has(word) || !small.has(word));
  if (said && durations.has(said)) return true;
  const [first, second] = tokens.slice(unit + 1, unit + 3).map(({ word }) => word);
  const isOf = (first === "de" || first === "d") && spells.has(second);
  return isOf || first === "apres" || (first === "plus" && second === "tard");
}

/* « âgée de 82 », « agé 82 ». */
function followsAge(tokens, at) {
  const before = tokens.slice(Math.max(0, at - 2), at).map(({ word }) => word);
  return AGED.has(before.filter((word) => word !== "de").at(-1));
}
