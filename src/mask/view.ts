/**
 * One way to see a text that streams: its bytes as they are, or what a terminal shows of them. It knows what in it is a
 * credential, and up to where nothing may become one.
 *
 * Why this file is long: what it has and what is known of it change together.
 *
 * Places in the stream are counted from its beginning. Each byte of a view has one, and they ascend.
 */

import { markAt } from '../lib/terminal-marks.ts';
import type { DecodingLayer } from '../detect/decoding-layer.ts';
import { ascending, type Hit, movedBack, positionOf } from '../detect/search/hit.ts';
import type { VerifiedMatch } from '../detect/verify/verified-match.ts';
import type { Needle } from '../detect/needles.ts';
import { confidenceOf, isIgnoredPlaceholder } from '../model/confidence.ts';
import { type ExactValues, VALUE_MIN } from './exact-values.ts';
import { isKnownByLine } from './known-by-line.ts';
import { ALONE_SHOWN, type OpenEnds } from './open-ends.ts';
import { CR, LF } from '../lib/bytes.ts';
import { partitionPoint } from '../lib/binary-search.ts';

export interface ViewOptions {
  readonly layer: DecodingLayer;
  readonly ends: OpenEnds;
  readonly values: ExactValues;
  /** Gets what must not be shown, in places of the stream. */
  readonly mask: (start: number, end: number, isLeak: boolean) => void;
  /** Whether it has each byte of the stream. */
  readonly isPlain: boolean;
  /** Whether it has words that may be one: only what stands in several pieces, and ends by itself, is taken for a credential. */
  readonly isGuess?: boolean;
}

/** What ends a word in the view and is not in the stream. */
/** Of `section_`. */
const LETTER_S = 0x73;
/** So many characters may be taken back while they come. */
const TAKEN_BACK = 8;
/** What a prompt ends with. */
const PROMPTS = new Set(Array.from(' \t:?>)]}"\'.', (character) => character.charCodeAt(0)));
/** Fewer bytes are copied faster by hand. */
const SHORT = 64;

export class View {
  readonly #layer: DecodingLayer;
  readonly #ends: OpenEnds;
  readonly #values: ExactValues;
  readonly #mask: ViewOptions['mask'];
  readonly #isGuess: boolean;
  readonly #bytes: Uint8Array;
  /** Place of each byte; undefined: they stand side by side, the first of them at `first`. */
  readonly #places: Float64Array | undefined;
  #first = 0;
  /** 1 for bytes before which something was written over, or is not seen. */
  readonly #isLoose: Uint8Array;
  #filled = 0;
  #searched = 0;
  /** What was found and may go on after what is known. */
  #open: Hit[] = [];
  /** Where the next byte stands at the earliest: everything before it was taken. */
  #end = 0;
  /** Whether it has all that has come. */
  #hasAll = true;
  /** Whether something was written over since the last byte. */
  #isTailLoose = false;

  constructor({ layer, ends, values, mask, isPlain, isGuess = false }: ViewOptions) {
    this.#isGuess = isGuess;
    this.#layer = layer;
    this.#ends = ends;
    this.#values = values;
    this.#mask = mask;
    this.#bytes = layer.kernel.bytes;
    this.#places = isPlain ? undefined : new Float64Array(this.#bytes.length);
    this.#isLoose = new Uint8Array(this.#bytes.length);
  }

  /** Bytes for which there is room. */
  get room(): number {
    return this.#bytes.length - this.#filled;
  }

  /** Where in the stream its first byte stands. */
  get begin(): number {
    return this.#filled === 0 ? this.#end : this.#placeAt(0);
  }

  /** Everything before this place of the stream was taken. */
  get end(): number {
    return this.#end;
  }

  /** Becomes what another view is, up to a place of the stream. */
  copy(other: View, end: number): void {
    const count = other.#indexOf(end);
    this.#hasAll = other.#hasAll;
    this.#bytes.set(other.#bytes.subarray(0, count));
    for (let index = 0; index < count; index++) this.#places![index] = other.#placeAt(index); // only the plain one has none
    this.#isLoose.set(other.#isLoose.subarray(0, count));
    this.#filled = count;
    // What has ended in the other may go on here.
    this.#searched = 0;
    this.#open = [];
    this.#end = end;
    this.#isTailLoose = false;
    this.#layer.forget();
  }

  /** Takes bytes that stand side by side in the stream, from `place` on. */
  append(bytes: Uint8Array, start: number, end: number, place: number): void {
    const count = end - start;
    if (count === 0) return;
    const filled = this.#filled;
    if (count > SHORT) this.#bytes.set(bytes.subarray(start, end), filled);
    else for (let index = 0; index < count; index++) this.#bytes[filled + index] = bytes[start + index]!;
    const places = this.#places;
    if (places !== undefined) for (let index = 0; index < count; index++) places[filled + index] = place + index;
    this.#isLoose.fill(0, filled, filled + count);
    if (this.#isTailLoose) this.#isLoose[this.#filled] = 1;
    this.#isTailLoose = false;
    this.#filled += count;
    this.#end = place + count;
  }

  /** What stands in the stream up to `end` is not in the view. */
  pass(end: number): void {
    this.#end = end;
  }

  /** A word ends. */
  break(): void {
    this.append(Uint8Array.of(LF), 0, 1, this.#end);
    this.#end--;
  }

  /** Nothing goes on here: finds out what there is, where there may be something, and forgets it. */
  finish(): void {
    if (this.#filled >= VALUE_MIN && !this.#isWhole(0, this.#filled)) this.settle(true, true);
    this.#filled = this.#searched = 0;
    this.#open = [];
  }

  /** Takes the last character back: the next one is written over it. @param end of what says so */
  back(end: number): void {
    this.#end = end;
    this.#isTailLoose = true;
    if (this.#filled === 0 || this.#bytes[this.#filled - 1] === LF) return;
    do this.#filled--;
    while (this.#filled > 0 && (this.#bytes[this.#filled]! & 0xc0) === 0x80);
    if (this.#searched <= this.#filled) return;
    this.#searched = this.#filled;
    if (this.#open.length > 0)
      this.#open = this.#open.filter((hit) => positionOf(hit) + this.#needleOf(hit).text.length <= this.#filled);
  }

  /**
   * Finds out what is known by now.
   *
   * @param isEnd whether nothing more comes
   * @param isStill whether nothing more comes for now: else the last characters may be taken back
   */
  settle(isEnd: boolean, isStill: boolean): void {
    this.#layer.forget();
    const from = this.#searched;
    const fresh = this.#layer.hits(from, this.#filled);
    this.#searched = this.#filled;
    if (fresh.length > 0) this.#open = [...this.#open, ...fresh].sort(ascending);
    for (const { start, end } of this.#values.find(this.#bytes, from, this.#filled))
      if (!this.#isGuess || !this.#isWhole(start, end)) this.#hide(start, end, true);
    let closed = 0;
    const known = isEnd ? this.#filled : this.#known(isStill);
    for (const hit of this.#open) {
      const needle = this.#needleOf(hit);
      const position = positionOf(hit);
      const isNew = position + needle.text.length >= known;
      if (!isEnd && (isNew || this.#ends.isOpen(needle, position, known))) break;
      closed++;
      for (const item of this.#layer.matchesAt(hit, this.#filled).verified)
        this.#take(item, position, needle.text.length);
    }
    if (closed > 0) this.#open = this.#open.slice(closed);
    if (isEnd && this.#hasAll && !this.#isGuess)
      for (const item of this.#layer.matchesAlone(this.#filled).verified) this.#take(item, 0, ALONE_SHOWN);
  }

  /** Where what is known ends: a character may be taken back with a backspace, but for the end of a line. */
  #known(isStill: boolean): number {
    const bytes = this.#bytes;
    const floor = Math.max(0, this.#filled - (isStill ? 1 : TAKEN_BACK));
    let known = this.#filled;
    while (known > floor && bytes[known - 1] !== LF && bytes[known - 1] !== CR) known--;
    while (known > 0 && known < this.#filled && (bytes[known]! & 0xc0) === 0x80) known--;
    return isStill && known < this.#filled && PROMPTS.has(bytes[known]!) ? this.#filled : known;
  }

  /** @param position of what has told it, and its length: that much was shown */
  #take({ start, end: last, runEnd, label, evidence }: VerifiedMatch, position: number, length: number): void {
    // A routable token is told by its end, and may have a prefix that is known.
    const prefix = label === '' ? 0 : evidence.body.start;
    const isBefore = last <= position;
    const from = evidence.checksum !== 'none' ? start + prefix : isBefore ? start : Math.max(start, position + length);
    const isToken = confidenceOf(evidence) !== 'unlikely' && !isIgnoredPlaceholder(evidence);
    const end = this.#wordEnd(last, runEnd ?? last);
    const isProven = evidence.checksum === 'fits';
    if (this.#isGuess && !(isToken && !this.#isWhole(start, last) && (isProven || end === last))) return;
    const text = { bytes: this.#bytes, filled: this.#filled, placeAt: (at: number) => this.#placeAt(at) };
    if (this.#isGuess && !isProven && isKnownByLine(this.#layer, text, { start, end: last }, evidence)) return;
    this.#hide(from, end, isToken);
  }

  /** Where what touches a token ends: what stands behind something that is not seen does not touch it. */
  #wordEnd(from: number, to: number): number {
    let end = from;
    while (end < to && this.#placeAt(end) === this.#placeAt(end - 1) + 1 && !this.#isSection(end)) end++;
    return end;
  }

  /** Whether what stands there stands side by side in the stream. */
  #isWhole(start: number, end: number): boolean {
    return this.#placeAt(end - 1) - this.#placeAt(start) === end - 1 - start;
  }

  #isSection(at: number): boolean {
    const mark = this.#bytes[at] === LETTER_S ? markAt(this.#bytes, at, this.#filled, true) : undefined;
    return mark !== undefined && mark !== 'more' && mark.kind === 'break';
  }

  #hide(start: number, end: number, isLeak: boolean): void {
    if (start >= end) return;
    const place = this.#isLoose[start] === 1 && start > 0 ? this.#placeAt(start - 1) + 1 : this.#placeAt(start);
    this.#mask(place, this.#placeAt(end - 1) + 1, isLeak);
  }

  /** Up to where in the stream nothing may become a token that is not masked, whatever comes; infinite: all of it. */
  limit(): number {
    const [first] = this.#open;
    const isAlone = this.#hasAll && !this.#isGuess && this.#ends.mayBeAlone(this.#filled);
    let limit = Math.min(
      isAlone ? ALONE_SHOWN : this.#filled,
      this.#ends.dotted(this.#filled),
      this.#ends.unsaid(this.#filled),
      this.#values.begun(this.#bytes, this.#filled),
    );
    if (first !== undefined) {
      limit = Math.min(limit, positionOf(first) + this.#needleOf(first).text.length);
      for (const hit of this.#open) {
        const position = positionOf(hit);
        const needle = this.#needleOf(hit);
        // What tells a routable token stands in its middle.
        const isInside = needle.literal !== undefined && needle.text.startsWith('.');
        const told = isInside ? this.#ends.wordAt(position) : this.#ends.toldBy(needle, position, this.#filled);
        if (told < position) limit = Math.min(limit, told);
      }
    }
    return this.#placeOf(limit, first !== undefined);
  }

  /** The same while more is on its way: also what may become the beginning of a prefix is held. */
  begun(): number {
    return this.#placeOf(this.#ends.begun(this.#filled), this.#open.length > 0);
  }

  /** The same when nothing has come for a while. */
  paused(): number {
    return this.#placeOf(this.#ends.random(this.#filled), false);
  }

  /** The place up to which the first `count` bytes may be given. @param isHeld whether what follows may be a secret */
  #placeOf(count: number, isHeld: boolean): number {
    const isLoose = count === this.#filled ? this.#isTailLoose && isHeld : this.#isLoose[count] === 1;
    if (isLoose) return count === 0 ? this.begin : this.#placeAt(count - 1) + 1;
    if (count < this.#filled) return this.#placeAt(count);
    return isHeld ? this.#end : Number.POSITIVE_INFINITY;
  }

  /** Forgets what stands before a place of the stream, but for `context` bytes. */
  slide(place: number, context: number): void {
    const keep = this.#indexOf(place) - context;
    if (keep <= 0) return;
    this.#hasAll = false;
    this.#bytes.copyWithin(0, keep, this.#filled);
    this.#places?.copyWithin(0, keep, this.#filled);
    this.#first += keep;
    this.#isLoose.copyWithin(0, keep, this.#filled);
    this.#filled -= keep;
    this.#searched = Math.max(0, this.#searched - keep);
    this.#open = this.#open.map((hit) => movedBack(hit, keep)).filter((hit) => positionOf(hit) >= 0);
    this.#layer.forget();
  }

  #placeAt(index: number): number {
    return this.#places === undefined ? this.#first + index : this.#places[index]!;
  }

  /** The first byte at or after a place. */
  #indexOf(place: number): number {
    return partitionPoint(0, this.#filled, (at) => this.#placeAt(at) < place);
  }

  #needleOf(hit: Hit): Needle {
    return this.#layer.needleOf(hit)!; // it is no line feed: those are not looked for
  }
}
