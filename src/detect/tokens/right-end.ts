/**
 * The characters that touch the right end of a token. Compiled programs, databases and serialised data have strings
 * without separators, and people write `-fix` behind a token. It is still a token, and its own length decides where it
 * ends.
 */

import type { Span } from '../../model/region.ts';
import type { PatternForm } from '../../model/rule.ts';
import { TOUCH_REACH } from '../../model/ruleset.ts';
import { byteTable } from './alphabet.ts';
import { decodePayload, readUnversioned, readVersioned } from './routable.ts';

const ROUTABLE_MAX = 300;
/** Length and checksum, and the version before them. */
const ROUTABLE_TAIL = /^\.(?:01\.[0-8][0-9a-z][0-9A-Za-z]|[0-8][0-9a-z][01])[0-9A-Za-z]{6}/;
/** How many bytes {@link ROUTABLE_TAIL} reads. */
const TAIL_LENGTH = 13;

/** 1 for each byte in a character class of a regular expression (`[0-9a-z]`). */
export function tableOf(characterClass: string): Uint8Array {
  const pattern = new RegExp(characterClass);
  const all = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte));
  return byteTable(all.filter((character) => pattern.test(character)).join(''));
}

/** The end of the run of such bytes that begins at `end`; at most `TOUCH_REACH` bytes after it. */
export function runEnd(bytes: Uint8Array, is: Uint8Array, end: number, to: number): number {
  const last = Math.min(to, end + TOUCH_REACH);
  let at = end;
  while (at < last && is[bytes[at]!] === 1) at++;
  return at;
}

/**
 * Whether the text from `start` to the end of the touching characters is the body of a routable token that was cut, or
 * whose checksum is invalid. Then its first characters are not a token, either.
 */
export function isRoutableBody(
  bytes: Uint8Array,
  start: number,
  { start: touch, end }: Span,
  from: number,
  to: number,
): boolean {
  const length = end - start;
  if (length > ROUTABLE_MAX) return false;
  // Another token may begin where this one ends.
  const next = readVersioned(bytes, end, from, to) ?? readUnversioned(bytes, start, end, from, to);
  if (next?.checksumFits === true && next.start >= touch) return false;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.min(to, end + TAIL_LENGTH) - start);
  return (
    ROUTABLE_TAIL.test(text.toString('latin1', length)) ||
    decodePayload(text.toString('latin1', 0, length)) !== undefined
  );
}

const HEX = /^[0-9a-f]+$/;
const ONE_CASE = /^(?:[a-z_-]*|[A-Z_-]*)$/;
/** Words and numbers in a name. */
const PIECES = /[A-Z]?[a-z]+|[A-Z]+|[0-9]+/g;
const WORDS = /^[-_]?[A-Za-z]{3,}(?:[-_][A-Za-z]{2,}){1,20}[-_]*$/;

/**
 * Whether a body and the text behind it read like letters of one case, or like words. Of 20 characters from Devise's
 * generator 2 in a million do, and 400 in a million in front of a `-row-of-words`.
 */
function isOtherText(body: string, rest: string): boolean {
  if (ONE_CASE.test(body)) return true;
  const pieces = (body.match(PIECES) ?? []).length;
  return pieces <= 2 || (pieces <= 4 && WORDS.test(rest));
}

/** Whether it has hex digits only. */
function isHex(body: string): boolean {
  return HEX.test(body);
}

/** Whether at least 24 letters and digits read like `wordsPutTogether`, a name in a program. Of random ones 600 in a million do. */
function isName(body: string): boolean {
  return !/\d/.test(body) && (body.match(PIECES) ?? []).length <= 6;
}

/** Whether a match that other characters touch is only the beginning of a longer name or number. */
export function isOtherThan(check: PatternForm['check'], body: string, rest: string): boolean {
  if (check === 'devise') return isHex(body) || isOtherText(body, rest);
  // Digits of numbers and checksums read like anything.
  return check !== 'u128' && !isHex(body) && (isOtherText(body, rest) || isName(body));
}
