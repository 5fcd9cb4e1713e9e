/**
 * The text of a layer as encodings see it, with a cache for each property that is read at many places: hits may be
 * a few bytes apart, and computing each from scratch would read the same bytes over and over.
 */

import type { Text } from '../encodings/encoding.ts';
import { EscapesAround } from '../encodings/escapes.ts';
import { IS_HEX } from '../encodings/hex-digits.ts';
import { LOOSE } from '../encodings/joints.ts';
import { BrokenRuns } from '../encodings/lines.ts';
import type { WideText } from '../encodings/wide-text.ts';
import { UnitRuns } from '../encodings/wide.ts';
import { IS_BASE64 } from '../search/line-breaks.ts';

export class LayerText {
  readonly #bytes: Uint8Array;
  readonly #buffer: Buffer;
  readonly #escapes: Readonly<Record<'escaped' | 'quoted-printable', EscapesAround>>;
  readonly #base64Lines = new BrokenRuns(IS_BASE64);
  readonly #hexRuns = new BrokenRuns(IS_HEX, LOOSE);
  readonly #units: Readonly<Record<2 | 4, UnitRuns>>;
  /** The last one given, for as long as the text stays the same. */
  #current: Text | undefined;

  /** @param bytes the memory of the layer's kernel */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#escapes = {
      escaped: new EscapesAround(bytes, 'escaped'),
      'quoted-printable': new EscapesAround(bytes, 'quoted-printable'),
    };
    this.#units = { 2: new UnitRuns(bytes, 2), 4: new UnitRuns(bytes, 4) };
  }

  /** To be called when the bytes have changed. */
  forget(): void {
    const { escaped, 'quoted-printable': quoted } = this.#escapes;
    for (const cache of [escaped, quoted, this.#base64Lines, this.#hexRuns, this.#units[2], this.#units[4]])
      cache.forget();
  }

  /** The first `filled` bytes of the memory as a text. */
  upTo(filled: number, wide: WideText | undefined): Text {
    if (this.#current?.filled === filled && this.#current.wide === wide) return this.#current;
    const text: Text = {
      bytes: this.#bytes,
      filled,
      wide,
      latin1: (start, end) => this.#buffer.toString('latin1', start, end),
      isAmongEscapes: (at, escaping) => this.#escapes[escaping].isAmong(at, filled),
      isBroken: (at) => this.#base64Lines.isBroken(text, at),
      isJoined: (at) => this.#hexRuns.isBroken(text, at),
      unitsEnd: (at, size) => this.#units[size].endOf(at, filled),
    };
    this.#current = text;
    return text;
  }
}
