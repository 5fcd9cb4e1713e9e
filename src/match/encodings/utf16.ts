/**
 * UTF-16: files of Windows tools, and pieces of it in programs and dumps. A run ends at what is not ASCII; tokens are.
 */

import type { Encoding, Text } from './encoding.ts';

export const utf16le: Encoding = utf16('utf-16le', 0);
export const utf16be: Encoding = utf16('utf-16be', 1);

/** @param low where in a unit its low byte stands */
function utf16(name: 'utf-16le' | 'utf-16be', low: 0 | 1): Encoding {
  const isAscii = ({ bytes, filled }: Text, unit: number): boolean =>
    unit >= 0 &&
    unit + 1 < filled &&
    bytes[unit + 1 - low] === 0 &&
    bytes[unit + low]! > 0 &&
    bytes[unit + low]! < 0x80;

  return {
    name,
    expansion: 2,
    // The high bytes between; those at the ends belong to the one order or to the other.
    pieces: (literal) => [{ text: Array.from(literal.slice(0, 3)).join('\0'), phase: 0 }],
    anchor(text, position) {
      return orderAt(text, position) === name ? position - low : undefined;
    },
    decode(text, anchor, run) {
      for (let unit = anchor; isAscii(text, unit); unit += 2)
        if (!run.append(text.bytes[unit + low]!, unit, unit + 2)) break;
      for (let unit = anchor - 2; isAscii(text, unit); unit -= 2)
        if (!run.prepend(text.bytes[unit + low]!, unit, unit + 2)) break;
    },
  };
}

/** Units that are looked at to learn the order. */
const TELLING = 4096;

/** Between high bytes that are all zero only the ends of a run tell its order, where they are in sight. */
function orderAt({ bytes, filled, wide }: Text, position: number): 'utf-16le' | 'utf-16be' {
  if (position === 0 || bytes[position - 1] !== 0) return 'utf-16le';
  const stop = Math.min(filled - 1, position + 2 * TELLING);
  let at = position;
  while (at < stop && bytes[at] !== 0 && bytes[at + 1] === 0) at += 2;
  if (at < stop) return bytes[at] === 0 ? 'utf-16le' : 'utf-16be';
  return wide?.encoding ?? (at === filled - 1 ? 'utf-16be' : 'utf-16le');
}
