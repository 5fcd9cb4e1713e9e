/** Decoded bytes, each with the place of what it was decoded from. */

import type { Span } from '../../model/region.ts';

/** The style of a byte in the middle of a group of them: no other reading begins there. */
export const WITHIN = 128;

/** Steps from the place of the last answer before the place is searched for. */
const NEAR = 8;

export class DecodedRun {
  readonly bytes: Buffer;
  /** How many bytes are decoded to the left of an anchor, at most. */
  readonly before: number;
  /** How many from the anchor on, at most: there is room for so many. */
  readonly after: number;
  /** As {@link after}, for what is put in now. */
  #limit: number;
  readonly #starts: Uint32Array;
  readonly #ends: Uint32Array;
  /** How each was written, as its encoding numbers that: a bit. */
  readonly #styles: Uint8Array;
  #first: number;
  #last: number;
  #isCut = false;
  #isCutBefore = false;
  #isRedundant = false;
  /** Where {@link covers} looked last. */
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
   * Forgets everything. The next byte put in is that of the anchor.
   *
   * @param after how many are taken from the anchor on
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

  /** Puts a byte before the first one; false: there is no room. */
  prepend(byte: number, start: number, end: number, style = 0): boolean {
    if (this.#first === 0) {
      this.#isCutBefore = true;
      return false;
    }
    this.#first--;
    this.#set(this.#first, byte, start, end, style);
    return true;
  }

  /** Puts a byte after the last one; false: there is no room. */
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

  /** To be called when another encoding decodes the same bytes. */
  markRedundant(): void {
    this.#isRedundant = true;
  }

  get isRedundant(): boolean {
    return this.#isRedundant;
  }

  /** Whether everything was put in. */
  get isWhole(): boolean {
    return !this.#isCut && !this.#isCutBefore;
  }

  get length(): number {
    return this.#last - this.#first;
  }

  /** Where in the encoded text the last byte ends; 0: there is none. */
  get end(): number {
    return this.length === 0 ? 0 : this.#ends[this.#last - 1]!;
  }

  /** What was decoded; valid until the run is used again. */
  get decoded(): Uint8Array {
    return this.bytes.subarray(this.#first, this.#last);
  }

  /** Where a span of {@link decoded} stands in what it was decoded from. */
  spanOf({ start, end }: Span): Span {
    if (end <= start) {
      const at = start < this.length ? this.#starts[this.#first + start]! : this.end;
      return { start: at, end: at };
    }
    return { start: this.#starts[this.#first + start]!, end: this.#ends[this.#first + end - 1]! };
  }

  /** All styles of a span of {@link decoded}, or of the whole where that has none. */
  stylesOf({ start, end }: Span): number {
    const own = this.#stylesIn(this.#first + start, this.#first + end);
    return own === 0 ? this.#stylesIn(this.#first, this.#last) : own;
  }

  #stylesIn(from: number, to: number): number {
    let styles = 0;
    for (let at = from; at < to; at++) styles |= this.#styles[at]!;
    return styles;
  }

  /** From where to where each place is decoded, with at least `reach` decoded bytes after it or all there are. */
  settled(reach: number): readonly [from: number, to: number] {
    if (this.length === 0) return [0, 0];
    const last = this.#last - reach;
    const to = !this.#isCut ? this.end : last > this.#first ? this.#starts[last]! : 0;
    return [this.#starts[this.#first]!, to];
  }

  /** Whether a place lies between the first byte and the last, and at least `reach` before that. */
  spans(place: number, reach: number): boolean {
    return this.length > 0 && place >= this.#starts[this.#first]! && place + reach < this.end;
  }

  /**
   * Whether the encoded byte that begins at `anchor` was decoded, with at least `reach` decoded bytes after it or all
   * there are.
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
    // Anchors come in ascending order, mostly.
    if (this.#cursor >= low && this.#cursor < this.#last && starts[this.#cursor]! <= place) {
      low = this.#cursor;
      for (let step = 0; step < NEAR; step++) {
        if (low + 1 === this.#last || starts[low + 1]! > place) return low;
        low++;
      }
    }
    let high = this.#last;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (starts[middle]! <= place) low = middle;
      else high = middle;
    }
    return low;
  }
}
