/** Recognises the text of uuencode. */

import { LF } from './bytes.ts';

const BEGIN = /^begin(-base64)? [0-7]{3,4} \S[^\n]{0,500}\n([^\n]*)/;
/** The modes of files, as nearly all programs write them. */
const LINES = ['6', '7'].flatMap((digit) => [`\nbegin ${digit}`, `\nbegin-base64 ${digit}`]);
export const UUENCODE_LINES: readonly Buffer[] = LINES.map((line) => Buffer.from(line));
/** How much of the first line of data may be missing: spaces at its end. */
const SPACES_MAX = 8;

/** Whether a file begins at a line: the line, and one of its data. */
export function isUuencoded(text: Buffer, at: number): boolean {
  const [, base64, line = ''] = BEGIN.exec(text.toString('latin1', at, at + 700)) ?? [];
  const data = line.replace(/\r$/, '');
  if (base64 !== undefined) return /^[A-Za-z0-9+/]{4,}={0,2}$/.test(data);
  if (!/^[ -`]{2,}$/.test(data)) return false;
  const expected = 1 + 4 * Math.ceil(((data.charCodeAt(0) - 32) & 63) / 3);
  // Some programs add a checksum of one character.
  return data.length >= expected - SPACES_MAX && data.length <= expected + 1;
}

/** What each of the lines has behind its line feed. Nearly every text has line feeds, and few have this. */
const WORD = 'begin';

/** Whether a file begins in a text, behind other lines. */
export function hasUuencoded(text: Buffer): boolean {
  for (let at = text.indexOf(WORD, 1, 'latin1'); at >= 0; at = text.indexOf(WORD, at + WORD.length, 'latin1')) {
    if (text[at - 1] !== LF) continue;
    const isLine = UUENCODE_LINES.some((line) => line.equals(text.subarray(at - 1, at - 1 + line.length)));
    if (isLine && isUuencoded(text, at)) return true;
  }
  return false;
}
