/**
 * Values that are assigned to a name: `GITLAB_TOKEN=...`. What decides may be before the value, or after it on its line. So a value that
 * may be generated is pending until its line ends, and is decided with all of that line and nothing of the next.
 */

import { LF } from '../lib/bytes.ts';
import { TOKEN } from '../detect/tokens/alphabet.ts';
import { encodedValueAt } from '../detect/assignments/encoded-values.ts';
import { mayBeGenerated } from '../detect/assignments/generated.ts';
import type { DecodingLayer } from '../detect/decoding-layer.ts';
import type { Needle } from '../detect/needles.ts';
import { ascending, type Hit, movedBack, positionOf } from '../detect/search/hit.ts';
import type { Span } from '../model/region.ts';
import { ASSIGNMENT_REACH as REACH } from '../model/ruleset.ts';
import type { OpenEnds } from './open-ends.ts';

/** A word at the end of the text that may become a value, though no name is on its line. */
const GROWING_MIN = 4;
/** The longest value, encoded. */
const VALUE_MAX = 128;

export interface StreamState {
  readonly isPaused: boolean;
  readonly isEnd: boolean;
}

export class NamedValues {
  readonly #bytes: Buffer;
  readonly #ends: OpenEnds;
  /** Names near which values may follow. */
  #names: Hit[] = [];
  /** The bytes before this one are decided. */
  #decided = 0;

  /** @param bytes the text so far */
  constructor(bytes: Uint8Array, ends: OpenEnds) {
    this.#ends = ends;
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Keeps a hit to which values may be assigned. Gives whether it is no more than such a name. */
  take(hit: Hit, needle: Needle): boolean {
    if (this.#ends.mayAssign(needle)) this.#names.push(hit);
    return this.#ends.isName(needle);
  }

  /**
   * The values that are to be masked now: those on lines that have ended.
   *
   * @param state whether nothing more comes, for now or at all
   */
  due(layer: DecodingLayer, filled: number, { isPaused, isEnd }: StreamState): Span[] {
    const from = this.#decided;
    const to = isEnd ? filled : isPaused ? this.#wordStart(filled) : this.#lineStart(filled);
    if (to <= from) return [];
    this.#decided = to;
    if (this.#names.length === 0) return [];
    layer.forget();
    const values: Span[] = [];
    // What is near a name between two others is near one of them, too.
    for (const hit of layer.namesApart([...this.#names].sort(ascending)))
      for (const { evidence, start, end } of layer.matchesAt(hit, filled).verified)
        if (evidence.assigned === true && start >= from && end <= to) values.push({ start, end });
    this.#names = this.#names.filter((hit) => positionOf(hit) + REACH.after > to);
    return values;
  }

  /** The start of a value on the line that has not ended, or `filled`. */
  pendingStart(filled: number): number {
    const line = this.#lineStart(filled);
    let at = Math.max(this.#decided, line);
    while (at < filled) {
      if (TOKEN[this.#bytes[at]!] === 0) {
        at++;
        continue;
      }
      let end = at + 1;
      while (end < filled && TOKEN[this.#bytes[end]!] === 1) end++;
      const isGrowing = end === filled && end - at <= VALUE_MAX && this.#isExpected(line, at, end);
      if (isGrowing || encodedValueAt(this.#bytes, at, filled) !== undefined) return at;
      if (mayBeGenerated(this.#bytes.toString('latin1', at, Math.min(end, at + VALUE_MAX)))) return at;
      at = end;
    }
    return filled;
  }

  /** Whether a word at the end of the text may become a value: there is a name before it on its line, or it is long. */
  #isExpected(line: number, start: number, end: number): boolean {
    if (end - start >= GROWING_MIN) return this.#names.length > 0;
    return this.#names.some((hit) => positionOf(hit) >= line && positionOf(hit) < start);
  }

  /** To be called when bytes were removed from the beginning. */
  slide(count: number): void {
    this.#decided = Math.max(0, this.#decided - count);
    this.#names = this.#names.map((hit) => movedBack(hit, count)).filter((hit) => positionOf(hit) >= 0);
  }

  /** To be called when the end of the text was removed. */
  cut(filled: number): void {
    this.#decided = Math.min(this.#decided, filled);
    this.#names = this.#names.filter((hit) => positionOf(hit) < filled);
  }

  clear(): void {
    this.#decided = 0;
    this.#names = [];
  }

  /** The start of a word that may still grow. */
  #wordStart(filled: number): number {
    let start = filled;
    while (start > 0 && TOKEN[this.#bytes[start - 1]!] === 1) start--;
    return start;
  }

  /** The start of the line that has not ended; a very long one counts as several. */
  #lineStart(filled: number): number {
    const floor = Math.max(0, filled - REACH.right - VALUE_MAX);
    const line = this.#bytes.subarray(floor, filled).lastIndexOf(LF);
    return line < 0 ? floor : floor + line + 1;
  }
}
