/** Looks at the end of a text without reading all of it: a pattern that ends with `$` is tried at every place before. */

import { byteTable } from '../tokens/alphabet.ts';

/** A match at the end of a text. */
export interface EndMatch {
  /** Its places count from `from`. */
  readonly match: RegExpExecArray;
  readonly from: number;
  /** Where it begins in the text. */
  readonly index: number;
}

/** Matches a pattern that ends with `$`, and needs no more than `reach` characters. */
export function matchAtEnd(pattern: RegExp, text: string, reach: number): EndMatch | undefined {
  const from = Math.max(0, text.length - reach);
  const match = pattern.exec(from === 0 ? text : text.slice(from));
  return match === null ? undefined : { match, from, index: from + match.index };
}

export function endsWithOneOf(text: string, characters: string): boolean {
  return text !== '' && characters.includes(text.at(-1)!);
}

/** Parentheses, and the blanks of latin1. */
const BETWEEN = '() \t\n\v\f\r\u00A0';

/** Letters, digits and what else names have: `_$.-`. */
const IS_NAME = byteTable('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_$.-');

/** Where the name begins that a text (latin1) ends with: at most `most` characters before its end. */
export function nameStart(text: string, most: number): number {
  const least = Math.max(0, text.length - most);
  let start = text.length;
  while (start > least && IS_NAME[text.charCodeAt(start - 1)] === 1) start--;
  return start;
}

/** Without the blanks at its end; tabs stay. */
export function withoutBlanks(text: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === ' ') end--;
  return text.slice(0, end);
}

/** The last words of a text, the last one first. Blanks and parentheses are between words. */
export function wordsFromEnd(text: string, most: number): { readonly text: string; readonly start: number }[] {
  const words: { text: string; start: number }[] = [];
  let end = text.length;
  while (end > 0 && words.length < most) {
    if (BETWEEN.includes(text[end - 1]!)) {
      end--;
      continue;
    }
    let start = end - 1;
    while (start > 0 && !BETWEEN.includes(text[start - 1]!)) start--;
    words.push({ text: text.slice(start, end), start });
    end = start;
  }
  return words;
}
