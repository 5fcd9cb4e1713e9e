/** Long runs of the characters of tokens and of base64, in plain TypeScript. Most words are short, so most bytes are never read. */

import { BASE64URL, byteTable } from '../tokens/alphabet.ts';
import { RUN_BASE64_MIN, RUN_MAX, RUN_TOKEN_MIN } from './simd/assembly/memory.ts';

const BASE64 = byteTable('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');

/** As `findRuns` of a kernel; writes to `runs`. */
export function findRuns(bytes: Uint8Array, from: number, to: number, filled: number, runs: Uint32Array): number {
  let length = 0;
  const add = (kind: number) => (start: number, end: number) => {
    runs[length++] = (start << 1) | kind;
    runs[length++] = end;
  };
  eachRun(bytes, { from, to, filled }, { table: BASE64URL, shortest: RUN_TOKEN_MIN }, add(0));
  eachRun(bytes, { from, to, filled }, { table: BASE64, shortest: RUN_BASE64_MIN }, add(1));
  return length / 2;
}

/** The end of the run of base64 that begins at `start`. */
export function base64End(bytes: Uint8Array, start: number, filled: number): number {
  return runEnd(bytes, start, filled, BASE64);
}

function eachRun(
  bytes: Uint8Array,
  { from, to, filled }: { readonly from: number; readonly to: number; readonly filled: number },
  { table, shortest }: { readonly table: Uint8Array; readonly shortest: number },
  onRun: (start: number, end: number) => void,
): void {
  let at = from > 0 && table[bytes[from - 1]!] === 1 ? runEnd(bytes, from, filled, table) : from;
  while (at < to && at + shortest <= filled) {
    // A run from here on has this byte; the last one before it that belongs to none is where to go on.
    let back = at + shortest - 1;
    while (back >= at && table[bytes[back]!] === 1) back--;
    if (back >= at) {
      at = back + 1;
      continue;
    }
    const end = runEnd(bytes, at + shortest, filled, table);
    if (end - at <= RUN_MAX) onRun(at, end);
    at = end + 1;
  }
}

function runEnd(bytes: Uint8Array, from: number, filled: number, table: Uint8Array): number {
  let end = from;
  while (end < filled && table[bytes[end]!] === 1) end++;
  return end;
}
