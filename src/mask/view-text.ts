/**
 * The text of a view: bytes, each with its place in the stream. Places ascend. Between two bytes of a view the stream may
 * have bytes that the view leaves out.
 */

import { partitionPoint } from '../lib/binary-search.ts';
import { copyBytes } from '../lib/byte-buffer.ts';
import { LF } from '../lib/bytes.ts';
import { PairList } from './pair-list.ts';
import type { ShownBytes } from './stream-walker.ts';

/** Bytes, and their places in the stream. */
export interface TextCopy {
  readonly bytes: Uint8Array;
  /** For each run of adjacent bytes, where it begins in `bytes`, and its place in the stream. */
  readonly runs: readonly (readonly [start: number, place: number])[];
}

export class ViewText {
  /** The memory of a kernel. */
  readonly bytes: Uint8Array;
  #filled = 0;
  /** The runs of bytes that are adjacent in the stream: where each begins in all text so far, and its place. */
  readonly #runs = new PairList();
  /** Bytes that were dropped. */
  #dropped = 0;
  /** 1 for a byte before which characters were overwritten. */
  readonly #isAfterOverwritten: Uint8Array;
  /** Whether that may be 1 for any. */
  #hasOverwritten = false;
  /** Whether characters were overwritten after the last byte. */
  #isEndOverwritten = false;
  /** Everything before this place of the stream was added or left out. */
  #end = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
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
    const at = this.#dropped + index;
    const run = this.#runs.countBelow(at + 1) - 1;
    return this.#runs.second(run) + at - this.#runs.first(run);
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
    this.#runs.clear();
    this.#dropped = 0;
    for (const [start, place] of other.#runsBefore(count)) this.#runs.push(start, place);
    this.#isAfterOverwritten.set(other.#isAfterOverwritten.subarray(0, count));
    this.#hasOverwritten = other.#hasOverwritten;
    this.#filled = count;
    this.#end = end;
    this.#isEndOverwritten = false;
  }

  /** Adds `bytes[start, end)`, which are adjacent in the stream, from `place` on. */
  append(bytes: Uint8Array, start: number, end: number, place: number): void {
    const count = end - start;
    if (count === 0) return;
    if (this.#filled === 0 || place !== this.placeAt(this.#filled - 1) + 1)
      this.#runs.push(this.#dropped + this.#filled, place);
    copyBytes(bytes, start, end, this.bytes, this.#filled);
    this.#grow(count);
    this.#end = place + count;
  }

  /** Adds what a terminal shows of bytes that begin at `place`. */
  appendShown({ text, runs, stop }: ShownBytes, place: number): void {
    this.#runs.pushAll(runs, this.#dropped + this.#filled, place);
    this.bytes.set(text, this.#filled);
    if (text.length > 0) this.#grow(text.length);
    this.#end = place + stop;
  }

  #grow(count: number): void {
    const filled = this.#filled;
    if (this.#hasOverwritten) this.#isAfterOverwritten.fill(0, filled, filled + count);
    if (this.#isEndOverwritten) this.#isAfterOverwritten[filled] = 1;
    this.#isEndOverwritten = false;
    this.#filled += count;
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
    this.#hasOverwritten = true;
    if (this.#filled === 0 || this.bytes[this.#filled - 1] === LF) return;
    do this.#filled--;
    while (this.#filled > 0 && (this.bytes[this.#filled]! & 0xc0) === 0x80);
    this.#runs.cut(this.#runs.countBelow(this.#dropped + this.#filled));
  }

  clear(): void {
    this.#filled = 0;
    this.#runs.clear();
  }

  get copied(): TextCopy {
    return { bytes: this.bytes.slice(0, this.#filled), runs: this.#runsBefore(this.#filled) };
  }

  /** The runs of the first `count` bytes. */
  #runsBefore(count: number): (readonly [start: number, place: number])[] {
    const runs = this.#runs;
    const last = runs.countBelow(this.#dropped + count);
    return Array.from({ length: last }, (_, run) => {
      const start = runs.first(run) - this.#dropped;
      return start < 0 ? [0, runs.second(run) - start] : [start, runs.second(run)];
    });
  }

  /** Becomes a text that was copied, without characters that were overwritten. */
  paste({ bytes, runs }: TextCopy): void {
    this.bytes.set(bytes);
    this.#runs.clear();
    this.#dropped = 0;
    for (const [start, place] of runs) this.#runs.push(start, place);
    this.#isAfterOverwritten.fill(0, 0, bytes.length);
    this.#filled = bytes.length;
  }

  /** Drops the first `count` bytes. */
  drop(count: number): void {
    this.bytes.copyWithin(0, count, this.#filled);
    if (this.#hasOverwritten) this.#isAfterOverwritten.copyWithin(0, count, this.#filled);
    this.#dropped += count;
    this.#filled -= count;
    // The run of the first byte begins at it or before it.
    this.#runs.drop(this.#filled === 0 ? this.#runs.length : this.#runs.countBelow(this.#dropped + 1) - 1);
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
