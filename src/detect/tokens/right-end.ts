/**
 * What touches the right end of a token. Strings stand side by side without a separator in compiled programs, databases
 * and serialised data, and people put `-fix` behind a token: the token is still one, and its own length tells where it
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

/** 1 for each byte that a class of a regular expression (`[0-9a-z]`) holds. */
export function tableOf(characterClass: string): Uint8Array {
  const pattern = new RegExp(characterClass);
  const all = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte));
  return byteTable(all.filter((character) => pattern.test(character)).join(''));
}

/** Where the run of such bytes ends that begins at `end`, `TOUCH_REACH` bytes after it at the latest. */
export function runEnd(bytes: Uint8Array, is: Uint8Array, end: number, to: number): number {
  const last = Math.min(to, end + TOUCH_REACH);
  let at = end;
  while (at < last && is[bytes[at]!] === 1) at++;
  return at;
}

/**
 * Whether what begins at `start` and goes on to the end of what touches it is the body of a routable token whose checksum does
 * not fit or that was cut: then its first characters are no token either.
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
/** What words and numbers are put together of. */
const PIECES = /[A-Z]?[a-z]+|[A-Z]+|[0-9]+/g;
const WORDS = /^[-_]?[A-Za-z]{3,}(?:[-_][A-Za-z]{2,}){1,20}[-_]*$/;

/**
 * Whether a body and what follows it read like something else: letters of one case, or words. Of 20 characters that Devise's
 * generator makes 2 in a million do, and 400 in a million before a `-row-of-words`.
 */
function isOtherText(body: string, rest: string): boolean {
  if (ONE_CASE.test(body)) return true;
  const pieces = (body.match(PIECES) ?? []).length;
  return pieces <= 2 || (pieces <= 4 && WORDS.test(rest));
}

/** Whether it is hex digits alone. */
function isHex(body: string): boolean {
  return HEX.test(body);
}

/** Whether letters and digits (24 at least) are `wordsPutTogether`, as names in programs are: 600 in a million are. */
function isName(body: string): boolean {
  return !/\d/.test(body) && (body.match(PIECES) ?? []).length <= 6;
}

/** Whether what would be a token without what touches it is the beginning of something else. */
export function isOtherThan(check: PatternForm['check'], body: string, rest: string): boolean {
  if (check === 'devise') return isHex(body) || isOtherText(body, rest);
  // Digits of numbers and checksums read like anything.
  return check !== 'u128' && !isHex(body) && (isOtherText(body, rest) || isName(body));
}
