/** Decoded bytes, each with the place of what it was decoded from. */

import type { Span } from '../../model/region.ts';

export class DecodedRun {
  readonly bytes: Buffer;
  /** How many bytes are decoded to the left of an anchor, at most. */
  readonly before: number;
  /** How many from the anchor on, at most. */
  readonly after: number;
  readonly #starts: Uint32Array;
  readonly #ends: Uint32Array;
  #first: number;
  #last: number;
  #isCut = false;
  #isCutBefore = false;
  /** Where {@link covers} looked last. */
  #cursor = 0;

  constructor(before: number, after: number) {
    this.before = before;
    this.after = after;
    this.bytes = Buffer.alloc(before + after);
    this.#starts = new Uint32Array(before + after);
    this.#ends = new Uint32Array(before + after);
    this.#first = before;
    this.#last = before;
  }

  /** Forgets everything. The next byte put in is that of the anchor. */
  clear(): void {
    this.#first = this.before;
    this.#last = this.before;
    this.#isCut = false;
    this.#isCutBefore = false;
    this.#cursor = 0;
  }

  /** Puts a byte before the first one; false: there is no room. */
  prepend(byte: number, start: number, end: number): boolean {
    if (this.#first === 0) {
      this.#isCutBefore = true;
      return false;
    }
    this.#first--;
    this.#set(this.#first, byte, start, end);
    return true;
  }

  /** Puts a byte after the last one; false: there is no room. */
  append(byte: number, start: number, end: number): boolean {
    if (this.#last === this.bytes.length) {
      this.#isCut = true;
      return false;
    }
    this.#set(this.#last, byte, start, end);
    this.#last++;
    return true;
  }

  #set(at: number, byte: number, start: number, end: number): void {
    this.bytes[at] = byte;
    this.#starts[at] = start;
    this.#ends[at] = end;
  }

  /** Whether everything was put in. */
  get isWhole(): boolean {
    return !this.#isCut && !this.#isCutBefore;
  }

  get length(): number {
    return this.#last - this.#first;
  }

  /** What was decoded; valid until the run is used again. */
  get decoded(): Uint8Array {
    return this.bytes.subarray(this.#first, this.#last);
  }

  /** The same, one character a byte. */
  latin1(): string {
    return this.bytes.toString('latin1', this.#first, this.#last);
  }

  /** Where a span of {@link decoded} stands in what it was decoded from. */
  spanOf({ start, end }: Span): Span {
    if (end <= start) {
      const at = start < this.length ? this.#starts[this.#first + start]! : this.#ends[this.#last - 1]!;
      return { start: at, end: at };
    }
    return { start: this.#starts[this.#first + start]!, end: this.#ends[this.#first + end - 1]! };
  }

  /** Whether a place lies between the first byte and the last, and at least `reach` before that. */
  spans(place: number, reach: number): boolean {
    return this.length > 0 && place >= this.#starts[this.#first]! && place + reach < this.#ends[this.#last - 1]!;
  }

  /**
   * Whether the encoded byte that begins at `anchor` was decoded, with at least `reach` decoded bytes after it or all
   * there are.
   */
  covers(anchor: number, reach: number): boolean {
    // Anchors come in ascending order.
    let low = Math.max(this.#first, this.#cursor);
    if (low > this.#first && this.#starts[low - 1]! >= anchor) low = this.#first;
    while (low < this.#last && this.#starts[low]! < anchor) low++;
    this.#cursor = low;
    return low < this.#last && this.#starts[low] === anchor && (!this.#isCut || low + reach <= this.#last);
  }
}
