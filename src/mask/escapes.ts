/**
 * Takes escape sequences out of a text, and puts them back where they stood: a colour within a token must not hide it.
 * Only sequences without text of their own are taken out; the others (links, titles) end a word like any control
 * character, and what is in them is looked at.
 */

import { isStyle, StyleState } from '../lib/ansi.ts';
import { ByteBuffer } from '../lib/byte-buffer.ts';

const ESC = 0x1b;

export class Escapes {
  /** Offset in the text before which each stood, and its length. */
  #places: number[] = [];
  #lengths: number[] = [];
  /** The bytes of all of them. */
  readonly #taken = new ByteBuffer();
  /** How many of them were put back. */
  #back = 0;
  #backBytes = 0;
  /** A sequence that has not come to its end. */
  #pending: number[] = [];
  /** How many of its bytes were given. */
  #given = 0;
  /** Bytes of the text that were given before they were known to be text. */
  #passed = 0;

  get isPending(): boolean {
    return this.#pending.length > this.#given;
  }

  /** Appends a piece to the text, without sequences; gives where the text ends. */
  append(piece: Uint8Array, text: Uint8Array, filled: number): number {
    let end = filled;
    let at = 0;
    while (at < piece.length) {
      if (this.#pending.length > 0) {
        end = this.#step(piece[at]!, text, end);
        at++;
        continue;
      }
      const next = piece.indexOf(ESC, at);
      const stop = next < 0 ? piece.length : next;
      if (stop > at) text.set(piece.subarray(at, stop), end);
      end += stop - at;
      at = stop;
      if (stop === piece.length) break;
      this.#pending.push(ESC);
      at++;
    }
    return end;
  }

  /** One byte of a sequence, or of what turns out to be none. */
  #step(byte: number, text: Uint8Array, end: number): number {
    this.#pending.push(byte);
    const state = isStyle(this.#pending, 0, this.#pending.length);
    if (state === StyleState.more) return end;
    if (state === StyleState.whole) {
      this.#finish(end);
      return end;
    }
    // It was none: its bytes are text, as far as they were not given.
    const bytes = this.#pending;
    this.#passed += this.#given;
    this.#pending = [];
    this.#given = 0;
    let filled = end;
    // The last of them may begin another.
    const last = bytes.length - (byte === ESC ? 1 : 0);
    for (let at = 0; at < last; at++) text[filled++] = bytes[at]!;
    if (byte === ESC) this.#pending.push(ESC);
    return filled;
  }

  #finish(end: number): void {
    this.#places.push(end);
    this.#lengths.push(this.#pending.length - this.#given);
    for (let at = this.#given; at < this.#pending.length; at++) this.#taken.push(this.#pending[at]!);
    this.#pending.length = 0;
    this.#given = 0;
  }

  /** Gives what has come of a sequence; everything before it was given. */
  release(output: ByteBuffer): void {
    for (let at = this.#given; at < this.#pending.length; at++) output.push(this.#pending[at]!);
    this.#given = this.#pending.length;
  }

  /** How much of what was appended was given already, at the beginning; asked once. */
  passed(): number {
    const passed = this.#passed;
    this.#passed = 0;
    return passed;
  }

  /** Nothing more comes. */
  end(text: Uint8Array, filled: number): number {
    let end = filled;
    for (const byte of this.#pending.slice(this.#given)) text[end++] = byte;
    this.#pending = [];
    this.#given = 0;
    return end;
  }

  /** Gives `text[from, to)`, with the sequences that stood in it or before it. */
  give(text: Uint8Array, from: number, to: number, output: ByteBuffer): void {
    let at = from;
    while (this.#back < this.#places.length && this.#places[this.#back]! <= to) {
      const place = this.#places[this.#back]!;
      if (place > at) {
        output.append(text, at, place);
        at = place;
      }
      const length = this.#lengths[this.#back]!;
      output.append(this.#taken.from(this.#backBytes), 0, length);
      this.#backBytes += length;
      this.#back++;
    }
    if (to > at) output.append(text, at, to);
    if (this.#back === this.#places.length && this.#back > 0) this.#forget();
  }

  moveBack(distance: number): void {
    this.#forget();
    for (let index = 0; index < this.#places.length; index++) this.#places[index]! -= distance;
  }

  /** Forgets what was put back. */
  #forget(): void {
    this.#places.splice(0, this.#back);
    this.#lengths.splice(0, this.#back);
    this.#taken.drop(this.#backBytes);
    this.#back = 0;
    this.#backBytes = 0;
  }
}
