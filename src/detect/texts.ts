/** The text of a layer as encodings see it, with what was learnt of it: there may be a hit at every few bytes. */

import { IS_BASE64 } from './search/line-breaks.ts';
import type { Text } from './encodings/encoding.ts';
import { EscapesAround } from './encodings/escapes.ts';
import { IS_HEX } from './encodings/hex-digits.ts';
import { LOOSE } from './encodings/joints.ts';
import { BrokenRuns } from './encodings/lines.ts';
import { UnitRuns } from './encodings/wide.ts';
import type { WideText } from './encodings/wide-text.ts';

export class Texts {
  readonly #bytes: Uint8Array;
  readonly #buffer: Buffer;
  readonly #escapes: EscapesAround;
  readonly #quoted: EscapesAround;
  readonly #broken = new BrokenRuns(IS_BASE64);
  readonly #joined = new BrokenRuns(IS_HEX, LOOSE);
  readonly #units: Readonly<Record<2 | 4, UnitRuns>>;
  /** The same object for the same text. */
  #current: Text | undefined;

  /** @param bytes those of the kernel */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#escapes = new EscapesAround(bytes, false);
    this.#quoted = new EscapesAround(bytes, true);
    this.#units = { 2: new UnitRuns(bytes, 2), 4: new UnitRuns(bytes, 4) };
  }

  /** To be called when the bytes have changed. */
  forget(): void {
    for (const memory of [this.#escapes, this.#quoted, this.#broken, this.#joined, this.#units[2], this.#units[4]])
      memory.forget();
  }

  /** @param filled how many bytes are known */
  of(filled: number, wide: WideText | undefined): Text {
    if (this.#current?.filled === filled && this.#current.wide === wide) return this.#current;
    const text: Text = {
      bytes: this.#bytes,
      filled,
      wide,
      latin1: (start, end) => this.#buffer.toString('latin1', start, end),
      isAmongEscapes: (at, equals) => (equals ? this.#quoted : this.#escapes).isAmong(at, filled),
      isBroken: (at) => this.#broken.isBroken(text, at),
      isJoined: (at) => this.#joined.isBroken(text, at),
      unitsEnd: (at, size) => this.#units[size].endOf(at, filled),
    };
    this.#current = text;
    return text;
  }
}
