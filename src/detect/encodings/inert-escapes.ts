/**
 * Decides quickly about an escape. Most texts that are full of escapes have none that is a part of a keyword, and that shows in the
 * bytes next to it. What is in doubt is decided by the encodings themselves (`escapes.ts`).
 */

import { escapeAt, escapeBefore, LEADS } from './escape-forms.ts';
import { lengthOf, valueOf } from './escape-parts.ts';
import { BACKSLASH, EQUALS, LF } from '../../lib/bytes.ts';

/** Bytes before an escape in which another may begin. */
const REACH = 20;
const ASCII = 0x80;
const SEMICOLON = 0x3b;

/**
 * Whether an escape is certainly no part of a keyword, in either dialect.
 *
 * @param begin where a needle that is an escape begins
 * @param pairs 1 for each two bytes that are adjacent in a needle, at `first * 256 + second`
 */
export function isSurelyInert(bytes: Uint8Array, begin: number, filled: number, pairs: Uint8Array): boolean {
  const lead = bytes[begin]!;
  // Its true beginning may be before it.
  if (begin < REACH || lead >= ASCII || lead === SEMICOLON || lead === EQUALS) return false;
  if (lead === BACKSLASH && bytes[begin - 1] === BACKSLASH) return false;
  const escape = escapeAt(bytes, begin, filled, 'escaped');
  if (escape === 0) return true;
  const value = valueOf(escape);
  const next = begin + lengthOf(escape);
  if (next + REACH >= filled) return false;
  let after = bytes[next]!;
  if (after >= ASCII || after === EQUALS) return false;
  if (LEADS[after] !== 0) {
    const following = escapeAt(bytes, next, filled, 'escaped');
    if (following !== 0) after = valueOf(following);
  }
  if (pairs[value * 256 + after] === 1) return false;
  let before = bytes[begin - 1]!;
  if (before >= ASCII || before === LF) return false;
  for (let at = begin - 2; at >= begin - REACH; at--) {
    const kind = LEADS[bytes[at]!]!;
    if (kind === 0) continue;
    // It may be quoted-printable.
    if (kind === 2) return false;
    const preceding = escapeBefore(bytes, begin, filled, 'escaped');
    if (preceding !== 0) before = valueOf(preceding);
    break;
  }
  return pairs[before * 256 + value] === 0;
}
