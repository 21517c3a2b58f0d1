/* A text cut into words, as partners/words/tokens.py and folding.py. Pure. */

export const ARTICLES = new Set(["l", "le", "la", "les"]);
export const SAINTS = { st: "saint", ste: "sainte", sts: "saints", stes: "saintes" };
const LIGATURES = { œ: "oe", Œ: "oe", æ: "ae", Æ: "ae", ß: "ss" };
const LONGEST_TEXT = 2_000;
const MOST_TOKENS = 200;
const CHUNK =
  /(?<acronym>(?:\p{L}\.){2,}\p{L}?(?![\p{L}\p{N}_]))|(?<insee>2[ab]\d{3}(?![\p{L}\p{N}_]))|(?<word>[\p{L}\p{N}]+)|(?<stop>[.,;:!?/+()\n])/giu;
const SUR = /(^|[^\p{L}\p{N}_])s\/\s*(?=\S)|(?<=[\p{L}\p{N}_])()\/(?=(?:yon|vie|mer|s[eè]vre|lay|loire|seine|autise)(?![\p{L}\p{N}_]))/giu;

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

/* The words of a phrase, accents kept, lower case. */
export const split = (text) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

export const isNumber = (word) => /^\d+$/.test(word);
export const isUpper = (piece) => piece === piece.toUpperCase() && piece !== piece.toLowerCase();

/* {pieces: as typed, tokens: [{word (folded), spelled (lower case, accents), piece (index), clause,
   isCapital, isNumber}], isShouted: typed in capitals}. `shorthand`: what short words stand for (a Map). */
export function readText(text, shorthand) {
  const typed = text.slice(0, LONGEST_TEXT).normalize("NFC").replace(SUR, (_, before) => `${before ?? ""} sur `).replaceAll("€", " euros ");
  const pieces = [];
  const tokens = [];
  let clause = 0;
  for (const { 0: whole, groups } of typed.matchAll(CHUNK)) {
    if (tokens.length >= MOST_TOKENS) break;
    if (groups.stop) {
      clause += 1;
      continue;
    }
    const isOne = !groups.word || shorthand.has(fold(whole));
    for (const piece of isOne ? [whole] : whole.match(/\d+|\D+/g)) {
      tokens.push(...tokensOf(piece, pieces.length, clause, shorthand));
      pieces.push(piece);
    }
  }
  return { pieces, tokens, isShouted: isShouted(pieces) };
}

function tokensOf(piece, index, clause, shorthand) {
  const spelled = piece.replaceAll(".", "").toLowerCase();
  const word = fold(spelled).replaceAll(" ", "") || spelled;
  const token = (one, asSpelled, isCapital) => ({
    ...{ word: one, spelled: asSpelled, isCapital },
    ...{ piece: index, clause, isNumber: isNumber(one) },
  });
  if (shorthand.has(word) && !(piece.length === 1 && isUpper(piece))) {
    return shorthand.get(word).split(" ").map((meant) => token(meant, meant, false));
  }
  return [token(word, spelled, isUpper(piece.slice(0, 1)))];
}

function isShouted(pieces) {
  const letters = pieces.filter((piece) => piece.length > 1 && /^\p{L}+$/u.test(piece));
  return letters.length > 0 && letters.every(isUpper);
}
