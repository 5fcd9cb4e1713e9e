/**
 * Letters and digits that chance has put together, as HashiCorp's generator (go-secure-stdlib `base62`) does. In the places
 * where such a credential stands programs have names, too: `s.` is a variable as often as the beginning of a token.
 */

import type { CheckResult } from './check.ts';

/** Words, capitals that stand together, and numbers: what names are made of. */
const PIECES = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g;
const VOWEL = /[aeiouy]/i;
/** More of them in a row are in no word. */
const CONSONANTS = /[^aeiouy]{5}/i;
const SHORT = new Set(
  'a an as at be by do go id if in io ip is it js me my no of ok on or os so to ts up url we xml'.split(' '),
);
const LETTERS_A_PIECE = 3.4;
const ODD_SHARE = 0.25;

/** Letters that words seldom have, and chance every sixth time. */
const RARE = /[jqxz]/gi;
const RARE_MAX = 2;
/** Capitals are odd from here on: abbreviations as long are seldom, and chance makes many. */
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
