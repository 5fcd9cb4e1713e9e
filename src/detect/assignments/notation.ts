/** Takes away what belongs to the notation of a value: quotes, prefixes and tags of literals, authorization schemes, markup. */

import { endsWithOneOf, matchAtEnd } from './text-end.ts';

/** A quote, also escaped or written as a reference. */
export const QUOTE = String.raw`(?:\\{0,4}["'\x60]|&quot;|&apos;|&#3[49];|%22|%27|\\u0022)`;
const OPENING = new RegExp(`${QUOTE}$`);
const CLOSING = new RegExp(`^${QUOTE}`);
/** Quotes around quotes: `"\"value\""`, `"""value"""`. */
const QUOTES_MAX = 3;
/** An authorization scheme between an opening quote and the value. */
const SCHEME = /(?:Bearer|bearer|BEARER|token|Token)[ \t]$/;
/** Prefixes of string literals. */
const LITERAL_PREFIX = /(?:(?<!\w)(?:[bBfFrRuU]{1,2}|L)|@|&"?)$/;
const YAML_TAG = /(?:!!?[a-z]*|&[\w-]{1,32})[ \t]{1,4}$/;
/** Marks around a value that only say how it looks, and those around the text of an XML element. */
const MARKED: readonly (readonly [opening: RegExp, closing: RegExp])[] = [
  [/(?<![>][ \t]{0,4})<(?:code|tt|kbd|samp|pre|b|strong|em|i)>$/i, /^<\/(?:code|tt|kbd|samp|pre|b|strong|em|i)>/i],
  [/<!\[CDATA\[[ \t\r\n]{0,16}$/, /^[ \t\r\n]{0,16}\]\]>/],
];

export interface WithoutNotation {
  readonly before: string;
  readonly after: string;
  readonly isQuoted: boolean;
}

/**
 * @param left text that ends where the value begins @param right text that begins where it ends
 * @returns undefined when the quotes around the value do not end with it
 */
export function withoutNotation(left: string, right: string): WithoutNotation | undefined {
  let before = left;
  let after = right;
  const scheme = SCHEME.exec(before.slice(-12));
  // A word that is a name itself stays: `token V`.
  if (scheme !== null && (/^b/i.test(scheme[0]) || OPENING.test(before.slice(0, -scheme[0].length))))
    before = before.slice(0, -scheme[0].length);
  if (endsWithOneOf(before, '>[ \t\r\n'))
    for (const [opening, closing] of MARKED) {
      const mark = closing.test(after) ? matchAtEnd(opening, before, 32) : undefined;
      if (mark === undefined) continue;
      before = before.slice(0, mark.index);
      after = after.replace(closing, '');
    }
  let quotes = 0;
  for (; quotes < QUOTES_MAX; quotes++) {
    const quote = OPENING.exec(before.slice(-8));
    if (quote === null) break;
    if (!CLOSING.test(after)) return undefined;
    before = before.slice(0, -quote[0].length);
    before = before.slice(0, matchAtEnd(LITERAL_PREFIX, before, 4)?.index);
    after = after.replace(CLOSING, '');
  }
  const tag = endsWithOneOf(before, ' \t') ? matchAtEnd(YAML_TAG, before, 64) : undefined;
  return { before: before.slice(0, tag?.index), after, isQuoted: quotes > 0 };
}
