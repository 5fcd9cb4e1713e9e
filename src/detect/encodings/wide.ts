/**
 * UTF-16 and UTF-32: files of Windows tools, and pieces of them in programs and dumps. A run contains ASCII only, as
 * tokens do.
 */

import { unitOf, type WideEncoding } from './wide-text.ts';
import type { Encoding, Text } from './encoding.ts';

/** Characters of a keyword that are searched: as many at least, and at most. */
const CHARACTERS = 3;
const MOST = 8;

const ORDERS = [
  ['utf-16le', 'utf-16be'],
  ['utf-32le', 'utf-32be'],
] as const;

export const utf: readonly Encoding[] = ORDERS.flatMap(([little, big]) => [encoding(little), encoding(big)]);

function encoding(name: WideEncoding): Encoding {
  const { size, low } = unitOf(name);
  const isAscii = ({ bytes, filled }: Text, unit: number): boolean => {
    if (unit < 0 || unit + size > filled) return false;
    for (let at = 0; at < size; at++) if (at !== low && bytes[unit + at] !== 0) return false;
    return bytes[unit + low]! > 0 && bytes[unit + low]! < 0x80;
  };

  return {
    name,
    readings: size,
    expansion: size,
    isWhole: true,
    enough: size * (CHARACTERS - 1) + 1,
    // With the high bytes between the characters only: the two byte orders differ at the ends.
    needlesFor: (keyword) => [{ text: inUnits(keyword.slice(0, MOST), size), phase: 0 }],
    anchor(text, position) {
      return orderAt(text, position, size) === name ? position - low : undefined;
    },
    decode(text, anchor, run) {
      for (let unit = anchor; isAscii(text, unit); unit += size)
        if (!run.append(text.bytes[unit + low]!, unit, unit + size)) break;
      for (let unit = anchor - size; isAscii(text, unit); unit -= size)
        if (!run.prepend(text.bytes[unit + low]!, unit, unit + size)) break;
    },
  };
}

/** The first characters of a keyword in UTF-16, as both byte orders have them. */
export function wideBeginning(keyword: string): string {
  return inUnits(keyword.slice(0, CHARACTERS), 2);
}

function inUnits(text: string, size: 2 | 4): string {
  return Array.from(text).join('\0'.repeat(size - 1));
}

/** The most units that are read to find out the byte order. */
const ORDER_REACH = 4096;

/** High bytes are all zero, so only the ends of a run show its byte order, if they are within reach. */
function orderAt(text: Text, position: number, size: 2 | 4): WideEncoding {
  const [little, big] = ORDERS[size === 2 ? 0 : 1];
  const { bytes, filled, wide } = text;
  for (let at = position - size + 1; at < position; at++) if (at < 0 || bytes[at] !== 0) return little;
  // The window begins with a whole unit.
  if (wide?.isSure === true && unitOf(wide.encoding).size === size && position % size === unitOf(wide.encoding).low)
    return wide.encoding;
  const stop = Math.min(filled - size + 1, position + size * ORDER_REACH);
  const at = text.unitsEnd(position, size);
  if (at < stop) return bytes[at] === 0 ? little : big;
  return wide?.encoding ?? (at < filled ? big : little);
}

/** Runs of bytes with zeros between them. Fast for ascending places. */
export class UnitRuns {
  readonly #bytes: Uint8Array;
  readonly #size: number;
  #start = 0;
  #end = 0;
  #isOver = false;

  constructor(bytes: Uint8Array, size: number) {
    this.#bytes = bytes;
    this.#size = size;
  }

  /** To be called when the bytes have changed. */
  forget(): void {
    this.#end = 0;
  }

  /** The first unit that is zero, or has a byte other than zero behind it; at most {@link ORDER_REACH} units away. */
  endOf(position: number, filled: number): number {
    const size = this.#size;
    const stop = Math.min(filled - size + 1, position + size * ORDER_REACH);
    const isKnown = position >= this.#start && position <= this.#end && (position - this.#start) % size === 0;
    if (!isKnown) {
      this.#start = position;
      this.#end = position;
      this.#isOver = false;
    }
    while (!this.#isOver && this.#end < stop) {
      if (this.#isUnit(this.#end)) this.#end += size;
      else this.#isOver = true;
    }
    return this.#end;
  }

  #isUnit(at: number): boolean {
    if (this.#bytes[at] === 0) return false;
    for (let next = at + 1; next < at + this.#size; next++) if (this.#bytes[next] !== 0) return false;
    return true;
  }
}
