/**
 * The text of a view: bytes, each with its place in the stream. Places ascend. Between two bytes of a view the stream may
 * have bytes that the view leaves out.
 */

import { partitionPoint } from '../lib/binary-search.ts';
import { LF } from '../lib/bytes.ts';

/** Fewer bytes are copied faster one by one. */
const SHORT = 64;

/** Bytes, and their places in the stream. */
export interface TextCopy {
  readonly bytes: Uint8Array;
  readonly places: Float64Array;
}

export class ViewText {
  /** The memory of a kernel. */
  readonly bytes: Uint8Array;
  #filled = 0;
  /** The place of each byte; undefined if the text is the stream itself, from `#first` on. */
  readonly #places: Float64Array | undefined;
  #first = 0;
  /** 1 for a byte before which characters were overwritten. */
  readonly #isAfterOverwritten: Uint8Array;
  /** Whether characters were overwritten after the last byte. */
  #isEndOverwritten = false;
  /** Everything before this place of the stream was added or left out. */
  #end = 0;

  /** @param isPlain whether it will have every byte of the stream */
  constructor(bytes: Uint8Array, isPlain: boolean) {
    this.bytes = bytes;
    this.#places = isPlain ? undefined : new Float64Array(bytes.length);
    this.#isAfterOverwritten = new Uint8Array(bytes.length);
  }

  get filled(): number {
    return this.#filled;
  }

  get room(): number {
    return this.bytes.length - this.#filled;
  }

  /** The place of the first byte. */
  get begin(): number {
    return this.#filled === 0 ? this.#end : this.placeAt(0);
  }

  get end(): number {
    return this.#end;
  }

  placeAt(index: number): number {
    return this.#places === undefined ? this.#first + index : this.#places[index]!;
  }

  /** The first byte at a place or after it. */
  indexOf(place: number): number {
    return partitionPoint(0, this.#filled, (index) => this.placeAt(index) < place);
  }

  /** Whether the bytes of a span are adjacent in the stream. */
  isWhole(start: number, end: number): boolean {
    return this.placeAt(end - 1) - this.placeAt(start) === end - 1 - start;
  }

  /** Becomes the text of another view, up to a place. */
  copy(other: ViewText, end: number): void {
    const count = other.indexOf(end);
    this.bytes.set(other.bytes.subarray(0, count));
    for (let index = 0; index < count; index++) this.#places![index] = other.placeAt(index); // only a plain text has none
    this.#isAfterOverwritten.set(other.#isAfterOverwritten.subarray(0, count));
    this.#filled = count;
    this.#end = end;
    this.#isEndOverwritten = false;
  }

  /** Adds `bytes[start, end)`, which are adjacent in the stream, from `place` on. */
  append(bytes: Uint8Array, start: number, end: number, place: number): void {
    const count = end - start;
    if (count === 0) return;
    const filled = this.#filled;
    if (count > SHORT) this.bytes.set(bytes.subarray(start, end), filled);
    else for (let index = 0; index < count; index++) this.bytes[filled + index] = bytes[start + index]!;
    const places = this.#places;
    if (places !== undefined) for (let index = 0; index < count; index++) places[filled + index] = place + index;
    this.#isAfterOverwritten.fill(0, filled, filled + count);
    if (this.#isEndOverwritten) this.#isAfterOverwritten[filled] = 1;
    this.#isEndOverwritten = false;
    this.#filled += count;
    this.#end = place + count;
  }

  /** Leaves out everything in the stream up to a place. */
  skipTo(end: number): void {
    this.#end = end;
  }

  /** Adds a line end that is not in the stream. */
  endWord(): void {
    this.append(Uint8Array.of(LF), 0, 1, this.#end);
    this.#end--;
  }

  /** Removes the last character of the line: the next one overwrites it. @param end the place after the backspace */
  back(end: number): void {
    this.#end = end;
    this.#isEndOverwritten = true;
    if (this.#filled === 0 || this.bytes[this.#filled - 1] === LF) return;
    do this.#filled--;
    while (this.#filled > 0 && (this.bytes[this.#filled]! & 0xc0) === 0x80);
  }

  clear(): void {
    this.#filled = 0;
  }

  get copied(): TextCopy {
    const count = this.#filled;
    return { bytes: this.bytes.slice(0, count), places: this.#places!.slice(0, count) }; // only a plain text has none
  }

  /** Becomes a text that was copied, without characters that were overwritten. */
  paste({ bytes, places }: TextCopy): void {
    this.bytes.set(bytes);
    this.#places!.set(places); // as above
    this.#isAfterOverwritten.fill(0, 0, bytes.length);
    this.#filled = bytes.length;
  }

  /** Drops the first `count` bytes. */
  drop(count: number): void {
    this.bytes.copyWithin(0, count, this.#filled);
    this.#places?.copyWithin(0, count, this.#filled);
    this.#first += count;
    this.#isAfterOverwritten.copyWithin(0, count, this.#filled);
    this.#filled -= count;
  }

  /** The places that a span covers, with the characters that were overwritten before it. */
  placesOf(start: number, end: number): { readonly start: number; readonly end: number } {
    const isAfterOverwritten = this.#isAfterOverwritten[start] === 1 && start > 0;
    return {
      start: isAfterOverwritten ? this.placeAt(start - 1) + 1 : this.placeAt(start),
      end: this.placeAt(end - 1) + 1,
    };
  }

  /**
   * The place up to which the stream is shown when the first `count` bytes are; infinite for all of it.
   *
   * @param isPending whether the bytes after them may be a secret
   */
  limitAfter(count: number, isPending: boolean): number {
    const isOverwritten =
      count === this.#filled ? this.#isEndOverwritten && isPending : this.#isAfterOverwritten[count] === 1;
    if (isOverwritten) return count === 0 ? this.begin : this.placeAt(count - 1) + 1;
    if (count < this.#filled) return this.placeAt(count);
    return isPending ? this.#end : Number.POSITIVE_INFINITY;
  }
}
