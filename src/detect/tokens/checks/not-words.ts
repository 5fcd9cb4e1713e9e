/**
 * Random letters and digits, as HashiCorp's generator (go-secure-stdlib `base62`) makes them. Source code has names in the
 * same places: `s.` is a variable as often as the beginning of a token.
 */

import type { CheckResult } from './check.ts';

/** The parts of a name: words, groups of capitals, and numbers. */
const PIECES = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g;
const VOWEL = /[aeiouy]/i;
/** No word has as many consonants in a row. */
const CONSONANTS = /[^aeiouy]{5}/i;
const SHORT = new Set(
  'a an as at be by do go id if in io ip is it js me my no of ok on or os so to ts up url we xml'.split(' '),
);
const LETTERS_A_PIECE = 3.4;
const ODD_SHARE = 0.25;

/** Rare in words; every sixth random letter is one of them. */
const RARE = /[jqxz]/gi;
const RARE_MAX = 2;
/** Abbreviations of this length are rare, and random text has many. */
const CAPITALS = /^[A-Z]{4}/;

/** Of 24 random letters and digits a dozen in a million read like a name. */
export function checkNotWords(body: string): CheckResult {
  const pieces = body.match(PIECES) ?? [];
  const words = pieces.filter((piece) => !/\d/.test(piece));
  const letters = words.join('').length;
  if (words.length < pieces.length - 2 || letters / pieces.length < LETTERS_A_PIECE) return {};
  const vowels = words.join('').replace(/[^aeiouy]/gi, '').length;
  if (vowels < letters / 4 || (body.match(RARE) ?? []).length > RARE_MAX) return {};
  const odd = words.filter((word) => !isWord(word));
  return odd.length / words.length < ODD_SHARE ? { rejected: true } : {};
}

function isWord(piece: string): boolean {
  if (piece.length < 4) return SHORT.has(piece.toLowerCase()) || (piece.length === 3 && VOWEL.test(piece));
  return VOWEL.test(piece) && !CONSONANTS.test(piece) && !CAPITALS.test(piece);
}
