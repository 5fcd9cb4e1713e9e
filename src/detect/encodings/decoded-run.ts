/** Decoded bytes, each with the place of the encoded text that it was decoded from. */

import { partitionPoint } from '../../lib/binary-search.ts';
import type { Span } from '../../model/region.ts';

/** The style of a byte in the middle of a group: no other reading begins there. */
export const WITHIN = 128;

/** Steps from the last place returned before the place is searched for. */
const NEAR = 8;

export class DecodedRun {
  readonly bytes: Buffer;
  /** The largest number of bytes that are decoded before an anchor. */
  readonly before: number;
  /** The largest number of bytes that are decoded from the anchor on. */
  readonly after: number;
  /** The index after the last byte that the current decoding may fill. */
  #limit: number;
  readonly #starts: Uint32Array;
  readonly #ends: Uint32Array;
  /** The way in which each byte is written: a bit that its encoding defines. */
  readonly #styles: Uint8Array;
  #first: number;
  #last: number;
  #isCut = false;
  #isCutBefore = false;
  #isRedundant = false;
  /** The index that {@link covers} found last. */
  #cursor = 0;

  constructor(before: number, after: number) {
    this.before = before;
    this.after = after;
    this.#limit = before + after;
    this.bytes = Buffer.alloc(before + after);
    this.#starts = new Uint32Array(before + after);
    this.#ends = new Uint32Array(before + after);
    this.#styles = new Uint8Array(before + after);
    this.#first = before;
    this.#last = before;
  }

  /**
   * Removes all bytes. The next byte is the one at the anchor.
   *
   * @param after the number of bytes that may be added from the anchor on
   */
  clear(after = this.after): void {
    this.#first = this.before;
    this.#last = this.before;
    this.#limit = this.before + after;
    this.#isCut = false;
    this.#isCutBefore = false;
    this.#isRedundant = false;
    this.#cursor = 0;
  }

  /** Adds a byte before the first one; false if there is no room. */
  prepend(byte: number, start: number, end: number, style = 0): boolean {
    if (this.#first === 0) {
      this.#isCutBefore = true;
      return false;
    }
    this.#first--;
    this.#set(this.#first, byte, start, end, style);
    return true;
  }

  /** Adds a byte after the last one; false if there is no room. */
  append(byte: number, start: number, end: number, style = 0): boolean {
    if (this.#last === this.#limit) {
      this.#isCut = true;
      return false;
    }
    this.#set(this.#last, byte, start, end, style);
    this.#last++;
    return true;
  }

  #set(at: number, byte: number, start: number, end: number, style: number): void {
    this.bytes[at] = byte;
    this.#starts[at] = start;
    this.#ends[at] = end;
    this.#styles[at] = style;
  }

  /** To be called when the encoded text goes on behind the last byte. */
  markCut(): void {
    this.#isCut = true;
  }

  /** To be called when a simpler joining of lines decodes to the same bytes. */
  markRedundant(): void {
    this.#isRedundant = true;
  }

  get isRedundant(): boolean {
    return this.#isRedundant;
  }

  /** Whether there was room for everything. */
  get isWhole(): boolean {
    return !this.#isCut && !this.#isCutBefore;
  }

  get length(): number {
    return this.#last - this.#first;
  }

  /** The end of the last byte in the encoded text; 0 for an empty run. */
  get end(): number {
    return this.length === 0 ? 0 : this.#ends[this.#last - 1]!;
  }

  /** The decoded bytes; valid until the run is used again. */
  get decoded(): Uint8Array {
    return this.bytes.subarray(this.#first, this.#last);
  }

  /** The span of the encoded text that a span of {@link decoded} was decoded from. */
  spanOf({ start, end }: Span): Span {
    if (end <= start) {
      const at = start < this.length ? this.#starts[this.#first + start]! : this.end;
      return { start: at, end: at };
    }
    return { start: this.#starts[this.#first + start]!, end: this.#ends[this.#first + end - 1]! };
  }

  /** All styles of a span of {@link decoded}; those of the whole run if the span has none. */
  stylesOf({ start, end }: Span): number {
    const own = this.#stylesIn(this.#first + start, this.#first + end);
    return own === 0 ? this.#stylesIn(this.#first, this.#last) : own;
  }

  #stylesIn(from: number, to: number): number {
    let styles = 0;
    for (let at = from; at < to; at++) styles |= this.#styles[at]!;
    return styles;
  }

  /** The encoded text in which every place is decoded, followed by at least `reach` decoded bytes or by all that exist. */
  settled(reach: number): readonly [from: number, to: number] {
    if (this.length === 0) return [0, 0];
    const last = this.#last - reach;
    const to = !this.#isCut ? this.end : last > this.#first ? this.#starts[last]! : 0;
    return [this.#starts[this.#first]!, to];
  }

  /** Whether a place is in the encoded text, and more than `reach` bytes before its end if that was cut off. */
  spans(place: number, reach: number): boolean {
    const { end } = this;
    return this.length > 0 && place >= this.#starts[this.#first]! && (this.#isCut ? place + reach : place) < end;
  }

  /**
   * Whether the encoded byte that begins at `anchor` was decoded, and is followed by at least `reach` decoded bytes or by
   * all that exist.
   */
  covers(anchor: number, reach: number): boolean {
    if (this.length === 0 || anchor < this.#starts[this.#first]! || anchor >= this.end) return false;
    const at = this.#indexOf(anchor);
    this.#cursor = at;
    return this.#starts[at] === anchor && this.#styles[at] !== WITHIN && (!this.#isCut || at + reach <= this.#last);
  }

  /** The index of the last byte that does not begin after a place. */
  #indexOf(place: number): number {
    const starts = this.#starts;
    let low = this.#first;
    // Most anchors are in ascending order.
    if (this.#cursor >= low && this.#cursor < this.#last && starts[this.#cursor]! <= place) {
      low = this.#cursor;
      for (let step = 0; step < NEAR; step++) {
        if (low + 1 === this.#last || starts[low + 1]! > place) return low;
        low++;
      }
    }
    return Math.max(low, partitionPoint(low, this.#last, (index) => starts[index]! <= place) - 1);
  }
}
