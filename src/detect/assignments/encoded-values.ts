/** Finds values in base64: `user:value` of basic authentication, and values of files that write all secrets in base64. */

import { EQUALS } from '../../lib/bytes.ts';
import type { Span } from '../../model/region.ts';
import { byteTable } from '../tokens/alphabet.ts';
import { base64End } from '../search/long-runs.ts';
import { RUN_BASE64_MIN } from '../search/simd/assembly/memory.ts';
import { LONGEST } from './values.ts';

const USER_AND_VALUE = /^(?:([\w.+-]{1,64}):)?([0-9A-Za-z_-]{20})\n?$/;

const SEXTETS = new Uint8Array(256);
for (const [value, byte] of Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/').entries())
  SEXTETS[byte] = value;
const IS_PLAIN = byteTable('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.+:');

export interface EncodedValue {
  /** All of the base64. */
  readonly run: Span;
  /** The characters that the value is decoded from. */
  readonly span: Span;
  readonly value: string;
  readonly user: string | undefined;
}

/** The value in a base64 run that begins at `start`. @param filled bytes that may be read */
export function encodedValueAt(bytes: Uint8Array, start: number, filled: number): EncodedValue | undefined {
  return encodedValueIn(bytes, start, base64End(bytes, start, filled), filled);
}

/** The value in a base64 run `[start, last)`. @param filled bytes that may be read */
export function encodedValueIn(
  bytes: Uint8Array,
  start: number,
  last: number,
  filled: number,
): EncodedValue | undefined {
  const length = last - start;
  if (length < RUN_BASE64_MIN || length > LONGEST || !beginsPlain(bytes, start)) return undefined;
  return decoded(bytes, start, last, filled);
}

/** Whether the first three bytes may be those of a user or a value: most base64 is neither. */
function beginsPlain(bytes: Uint8Array, start: number): boolean {
  const [a, b, c, d] = [
    SEXTETS[bytes[start]!]!,
    SEXTETS[bytes[start + 1]!]!,
    SEXTETS[bytes[start + 2]!]!,
    SEXTETS[bytes[start + 3]!]!,
  ];
  const [first, second, third] = [(a << 2) | (b >> 4), ((b & 15) << 4) | (c >> 2), ((c & 3) << 6) | d];
  return IS_PLAIN[first] === 1 && IS_PLAIN[second] === 1 && IS_PLAIN[third] === 1;
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
