/** Finds values in base64: `user:value` of basic authentication, and values of files that write all secrets in base64. */

import { EQUALS } from '../../lib/bytes.ts';
import type { Span } from '../../model/region.ts';
import { findRuns, tableOf } from './runs.ts';

/** Base64 of twenty characters, and of the longest user name with them. */
const SHORTEST = 27;
const LONGEST = 128;
const USER_AND_VALUE = /^(?:([\w.+-]{1,64}):)?([0-9A-Za-z_-]{20})\n?$/;

const IS_BASE64 = tableOf('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/');

export interface EncodedValue {
  /** All of the base64. */
  readonly run: Span;
  /** The characters that the value is decoded from. */
  readonly span: Span;
  readonly value: string;
  readonly user: string | undefined;
}

/** Finds the values in base64 that begin in `[start, end)`. @param filled bytes that may be read */
export function findEncodedValues(
  bytes: Uint8Array,
  { start, end }: Span,
  filled: number,
  onValue: (value: EncodedValue) => void,
): void {
  findRuns(bytes, { start, end }, filled, IS_BASE64, SHORTEST, (first, last) => {
    const value = last - first <= LONGEST ? decoded(bytes, first, last, filled) : undefined;
    if (value !== undefined) onValue(value);
  });
}

/** The value in a base64 run that begins at `start`. @param filled bytes that may be read */
export function encodedValueAt(bytes: Uint8Array, start: number, filled: number): EncodedValue | undefined {
  let last = start;
  while (last < filled && IS_BASE64[bytes[last]!] === 1) last++;
  return last - start >= SHORTEST && last - start <= LONGEST ? decoded(bytes, start, last, filled) : undefined;
}

function decoded(bytes: Uint8Array, start: number, last: number, filled: number): EncodedValue | undefined {
  let end = last;
  while (end < filled && end < last + 2 && bytes[end] === EQUALS) end++;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, last - start).toString('latin1');
  const plain = Buffer.from(text, 'base64').toString('latin1');
  const match = USER_AND_VALUE.exec(plain);
  if (match === null) return undefined;
  const [, user, value = ''] = match;
  const from = user === undefined ? 0 : user.length + 1;
  const span = {
    start: start + Math.floor((from * 4) / 3),
    end: Math.min(last, start + Math.ceil(((from + value.length) * 4) / 3)),
  };
  return { run: { start, end }, span, value, user };
}
