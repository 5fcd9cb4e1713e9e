/**
 * One way to read a stream: its bytes as they are, what a terminal shows of them, or words that may continue on the next
 * line. A view finds the credentials in its text, and the place up to which nothing can become one.
 */

import { markAt } from '../lib/terminal-marks.ts';
import type { DecodingLayer } from '../detect/decoding-layer.ts';
import { ascending, type Hit, movedBack, positionOf } from '../detect/search/hit.ts';
import type { VerifiedMatch } from '../detect/verify/verified-match.ts';
import type { Needle } from '../detect/needles.ts';
import { CR, LETTER_S, LF } from '../lib/bytes.ts';
import { confidenceOf, isIgnoredPlaceholder } from '../model/confidence.ts';
import { type ExactValues, VALUE_MIN } from './exact-values.ts';
import { FinishedWords, walkedWords } from './finished-words.ts';
import { isKnownByLine } from './known-by-line.ts';
import { NamedValues, type StreamState } from './named-values.ts';
import { ALONE_SHOWN, type OpenEnds } from './open-ends.ts';
import type { JoinedWords, ShownBytes } from './stream-walker.ts';
import { ViewText } from './view-text.ts';

export interface ViewOptions {
  readonly layer: DecodingLayer;
  readonly ends: OpenEnds;
  readonly values: ExactValues;
  /** Gets spans of the stream that must not be shown. */
  readonly mask: (start: number, end: number, isLeak: boolean) => void;
  /** Whether its words may be joined wrongly: then a credential must be in several pieces, and end with its word. */
  readonly isGuess?: boolean;
}

/** While a person types, this many characters may be removed again by backspaces. */
const REMOVABLE = 8;
/** The last character of a prompt. */
const PROMPTS = new Set(Array.from(' \t:?>)]}"\'.', (character) => character.charCodeAt(0)));

export class View {
  readonly #layer: DecodingLayer;
  readonly #ends: OpenEnds;
  readonly #values: ExactValues;
  readonly #mask: ViewOptions['mask'];
  readonly #isGuess: boolean;
  readonly #text: ViewText;
  readonly #finished: FinishedWords | undefined;
  readonly #named: NamedValues;
  #searched = 0;
  /** Hits whose match may change with the bytes that follow. */
  #open: Hit[] = [];
  /** Whether it has everything since the beginning of the stream. */
  #hasAll = true;

  constructor({ layer, ends, values, mask, isGuess = false }: ViewOptions) {
    this.#isGuess = isGuess;
    if (isGuess) this.#finished = new FinishedWords();
    this.#layer = layer;
    this.#ends = ends;
    this.#values = values;
    this.#mask = mask;
    this.#text = new ViewText(layer.kernel.bytes);
    this.#named = new NamedValues(layer.kernel.bytes, ends);
  }

  /** Bytes that may still be appended. */
  get room(): number {
    return this.#text.room;
  }

  /** The place of its first byte. */
  get begin(): number {
    return this.#text.begin;
  }

  /** The place after everything that was appended or left out. */
  get end(): number {
    return this.#text.end;
  }

  /** Becomes another view, up to a place. */
  copy(other: View, end: number): void {
    this.#hasAll = other.#hasAll;
    this.#text.copy(other.#text, end);
    // A match that has ended in the other view may continue in this one.
    this.#searched = 0;
    this.#open = [];
    this.#named.clear();
    this.#layer.forget();
  }

  /** Adds `bytes[start, end)`, which are adjacent in the stream, from `place` on. */
  append(bytes: Uint8Array, start: number, end: number, place: number): void {
    this.#text.append(bytes, start, end, place);
  }

  /** Adds what a terminal shows of bytes that begin at `place`. */
  appendShown(shown: ShownBytes, place: number): void {
    this.#text.appendShown(shown, place);
  }

  /** Leaves out everything in the stream up to a place. */
  skipTo(end: number): void {
    this.#text.skipTo(end);
  }

  endWord(): void {
    this.#text.endWord();
  }

  /** Begins again with an empty text. Credentials in the one so far are masked by {@link settleFinished} at the latest. */
  finish(): void {
    const { filled } = this.#text;
    if (filled >= VALUE_MIN && !this.#text.isWhole(0, filled)) {
      const waits = this.#searched === 0 && this.#finished?.add(this.#text) === true;
      if (!waits) this.settle({ isEnd: true });
    }
    this.#text.clear();
    this.#searched = 0;
    this.#open = [];
    this.#named.clear();
  }

  /**
   * Masks the credentials in texts that are finished, and in words that were joined elsewhere.
   *
   * @param base the place of the first byte that the words count from
   */
  settleFinished(words: JoinedWords, base: number): void {
    const isName = (hit: Hit): boolean => this.#ends.isName(this.#needleOf(hit));
    const search = { kernel: this.#layer.kernel, values: this.#values, isName, from: this.#text.filled };
    const texts = [...(this.#finished?.take(search) ?? []), ...walkedWords(words, base, search)];
    if (texts.length === 0) return;
    const [rest, searched, open] = [this.#text.copied, this.#searched, this.#open];
    for (const text of texts) {
      this.#text.paste(text);
      this.#searched = 0;
      this.#open = [];
      this.settle({ isEnd: true });
    }
    this.#text.paste(rest);
    this.#searched = searched;
    this.#open = open;
    this.#layer.forget();
  }

  /** Removes the last character of the line: the next one overwrites it. @param end the place after the backspace */
  back(end: number): void {
    this.#text.back(end);
    const { filled } = this.#text;
    if (this.#searched <= filled) return;
    this.#searched = filled;
    this.#named.cut(filled);
    if (this.#open.length > 0)
      this.#open = this.#open.filter((hit) => positionOf(hit) + this.#needleOf(hit).text.length <= filled);
  }

  /**
   * Masks everything that is certain by now.
   *
   * @param isEnd whether the stream has ended
   * @param isPaused whether no more bytes come for now: else the last characters may still be removed
   */
  settle({ isEnd = false, isPaused = isEnd }: { readonly isEnd?: boolean; readonly isPaused?: boolean }): void {
    const { bytes, filled } = this.#text;
    this.#layer.forget();
    const from = this.#searched;
    const fresh = this.#layer.hits(from, filled);
    this.#searched = filled;
    const opened = fresh.filter((hit) => !this.#named.take(hit, this.#needleOf(hit)));
    if (opened.length > 0) this.#open = [...this.#open, ...opened].sort(ascending);
    for (const { start, end } of this.#values.find(bytes, from, filled))
      if (!this.#isGuess || !this.#text.isWhole(start, end)) this.#hide(start, end, true);
    let closed = 0;
    const settled = isEnd ? filled : this.#settledEnd(isPaused);
    for (const hit of this.#open) {
      const needle = this.#needleOf(hit);
      const position = positionOf(hit);
      const isNew = position + needle.text.length >= settled;
      if (!isEnd && (isNew || this.#ends.isOpen(needle, position, settled))) break;
      closed++;
      for (const match of this.#layer.matchesAt(hit, filled).verified)
        this.#maskMatch(match, position + needle.text.length, position);
    }
    if (closed > 0) this.#open = this.#open.slice(closed);
    if (!this.#isGuess) this.#maskNamed(settled, { isPaused, isEnd });
    if (isEnd && this.#hasAll && !this.#isGuess)
      for (const match of this.#layer.matchesAlone(filled).verified) this.#maskMatch(match, ALONE_SHOWN, 0);
  }

  /** Masks the values that are assigned to names, on lines that have ended. */
  #maskNamed(settled: number, state: StreamState): void {
    for (const { start, end } of this.#named.due(this.#layer, settled, state)) this.#hide(start, end, true);
  }

  /** The end of the characters that backspaces can no longer remove: a line end keeps all before it. */
  #settledEnd(isPaused: boolean): number {
    const { bytes, filled } = this.#text;
    const floor = Math.max(0, filled - (isPaused ? 1 : REMOVABLE));
    let end = filled;
    while (end > floor && bytes[end - 1] !== LF && bytes[end - 1] !== CR) end--;
    while (end > 0 && end < filled && (bytes[end]! & 0xc0) === 0x80) end--;
    return isPaused && end < filled && PROMPTS.has(bytes[end]!) ? filled : end;
  }

  /**
   * @param shown the end of the needle, up to which the text was shown already
   * @param position of the needle
   */
  #maskMatch({ start, end: last, runEnd, label, evidence }: VerifiedMatch, shown: number, position: number): void {
    // A routable token is found by its end; a known prefix is not masked.
    const prefix = label === '' ? 0 : evidence.body.start;
    const isBefore = last <= position;
    const from = evidence.checksum !== 'none' ? start + prefix : isBefore ? start : Math.max(start, shown);
    const isToken = confidenceOf(evidence) !== 'unlikely' && !isIgnoredPlaceholder(evidence);
    const end = this.#runEnd(last, runEnd ?? last);
    const isProven = evidence.checksum === 'fits';
    if (this.#isGuess) {
      if (!isToken || this.#text.isWhole(start, last) || (!isProven && end !== last)) return;
      if (!isProven && isKnownByLine(this.#layer, this.#text, { start, end: last }, evidence)) return;
    }
    this.#hide(from, end, isToken);
  }

  /** The end of the characters that touch a match. The view may leave something out between them: then they do not. */
  #runEnd(from: number, to: number): number {
    let end = from;
    while (end < to && this.#text.isWhole(end - 1, end + 1) && !this.#isSection(end)) end++;
    return end;
  }

  /** Whether the marker of a section begins there: `section_`. */
  #isSection(at: number): boolean {
    const { bytes, filled } = this.#text;
    const mark = bytes[at] === LETTER_S ? markAt(bytes, at, filled, true) : undefined;
    return mark !== undefined && mark !== 'more' && mark.kind === 'break';
  }

  #hide(start: number, end: number, isLeak: boolean): void {
    if (start >= end) return;
    const places = this.#text.placesOf(start, end);
    this.#mask(places.start, places.end, isLeak);
  }

  /** The place up to which no unmasked text can become a token, whatever follows; infinite for all of it. */
  safeLimit(): number {
    const { bytes, filled } = this.#text;
    const [first] = this.#open;
    const isAlone = this.#hasAll && !this.#isGuess && this.#ends.mayBeAlone(filled);
    let limit = Math.min(
      isAlone ? ALONE_SHOWN : filled,
      this.#ends.partialRoutableStart(filled),
      this.#ends.pendingSecretStart(filled),
      this.#values.partialStart(bytes, filled),
      this.#isGuess ? filled : this.#named.pendingStart(filled),
    );
    if (first !== undefined) {
      limit = Math.min(limit, positionOf(first) + this.#needleOf(first).text.length);
      for (const hit of this.#open) limit = Math.min(limit, this.#secretStartBefore(hit) ?? limit);
    }
    return this.#text.limitAfter(limit, first !== undefined);
  }

  /** The start of the secret that a needle is in the middle of, or behind; undefined when it begins with the needle. */
  #secretStartBefore(hit: Hit): number | undefined {
    const position = positionOf(hit);
    const needle = this.#needleOf(hit);
    // The anchor of a routable token is in its middle.
    const isAnchor = needle.keyword !== undefined && needle.text.startsWith('.');
    const start = isAnchor
      ? this.#ends.wordStart(position)
      : this.#ends.lookbehindStart(needle, position, this.#text.filled);
    return start < position ? start : undefined;
  }

  /** The limit while more bytes are on their way: a partial prefix at the end is not shown yet, either. */
  partialLimit(): number {
    return this.#text.limitAfter(this.#ends.partialStart(this.#text.filled), this.#open.length > 0);
  }

  /** The limit during a pause. */
  pausedLimit(): number {
    return this.#text.limitAfter(this.#ends.randomRunStart(this.#text.filled), false);
  }

  /** Drops the text before a place, except for `context` bytes. */
  slide(place: number, context: number): void {
    const count = this.#text.indexOf(place) - context;
    if (count <= 0) return;
    this.#hasAll = false;
    this.#text.drop(count);
    this.#named.slide(count);
    this.#searched = Math.max(0, this.#searched - count);
    this.#open = this.#open.map((hit) => movedBack(hit, count)).filter((hit) => positionOf(hit) >= 0);
    this.#layer.forget();
  }

  #needleOf(hit: Hit): Needle {
    return this.#layer.needleOf(hit)!; // there are no line breaks within words
  }
}
