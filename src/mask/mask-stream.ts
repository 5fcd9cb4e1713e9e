/**
 * Masks credentials in a stream that arrives in pieces. Text that may become a credential is pending until that is
 * certain, so no part of one is ever shown. The result does not depend on how the stream is cut into pieces.
 *
 *     | shown already, and forgotten | shown by the next call ... | pending: an open end |
 *                                    out                          limit                  filled
 *
 * The stream is read in two ways, as it is and as a terminal shows it; a credential in either is masked. The second view is
 * made where the two first differ. A third view has words that a program may have cut at the end of a line.
 *
 * A prefix is public and stays; the rest is replaced by a mask of fixed length. Colours within a token follow the mask.
 * Everything else passes byte for byte.
 */

import { ByteBuffer } from '../lib/byte-buffer.ts';
import { type Mark, markAt, nextPlace, SEQUENCE_MAX } from '../lib/terminal-marks.ts';
import { DecodingLayer } from '../detect/decoding-layer.ts';
import type { KernelFactory } from '../detect/search/kernel.ts';
import { knownNeedlesOf } from '../detect/builtin-needles.ts';
import type { Span } from '../model/region.ts';
import type { Ruleset } from '../model/ruleset.ts';
import { MASK } from '../model/secret.ts';
import { ExactValues } from './exact-values.ts';
import { JoinedLines, WORD_MAX } from './joined-lines.ts';
import { OpenEnds, RUN_MAX } from './open-ends.ts';
import { View, type ViewOptions } from './view.ts';

const CHUNK = 64 * 1024;
/** The most pending bytes; a terminal may show far less of them. Longer text that may be a credential is masked. */
const PENDING_MAX = 192 * 1024;
/** Bytes kept before the next one: as many as a character has. */
const BEHIND = 4;
const MASK_BYTES = Buffer.from(MASK);
const NUL = 0;

export interface MaskOptions {
  readonly ruleset: Ruleset;
  readonly createKernel: KernelFactory;
  /** More values to mask, each at least `VALUE_MIN` characters long. */
  readonly values: readonly string[];
}

export class MaskStream {
  readonly #options: MaskOptions;
  readonly #values: ExactValues;
  /** The text as it is. */
  readonly #plain: View;
  /** The text as a terminal shows it; in use while it differs from the text as it is. */
  #terminal: View | undefined;
  #isTerminalUsed = false;
  readonly #joined: JoinedLines;
  /** Text that is safe to show, and was not returned yet. */
  readonly #output = new ByteBuffer();
  /** Bytes that views keep after they were shown: rules read the text before a token. */
  readonly #context: number;
  /** Bytes that have arrived and were not shown. Places are counted from the beginning of the stream; the first is `base`. */
  readonly #raw = new Uint8Array(PENDING_MAX + CHUNK + BEHIND);
  #base = 0;
  #out = 0;
  #filled = 0;
  /** The place up to which the terminal's view was made. */
  #viewedTo = 0;
  /** The end of the last mark that a terminal does not show. */
  #lastMark = 0;
  /** Spans to mask, sorted; none overlaps another. */
  #masks: Span[] = [];
  /** Whether the mask of the first one was written, and the span continues. */
  #isMasking = false;
  /** Colours and cursor movements that were not written yet. */
  #styles: Span[] = [];
  #leaks = 0;

  constructor(options: MaskOptions) {
    this.#options = options;
    this.#values = new ExactValues(options.values);
    const { view, context } = this.#createView({ isPlain: true });
    this.#plain = view;
    this.#context = context;
    this.#joined = new JoinedLines(() => this.#createView({ isPlain: false, isGuess: true }).view);
  }

  /** The number of masked credentials, without placeholders. */
  get leaks(): number {
    return this.#leaks;
  }

  /** Whether text is pending. */
  get isHolding(): boolean {
    return this.#out < this.#filled;
  }

  /** Reads the next piece, and returns the text that is safe to show by now. */
  push(piece: Uint8Array): Uint8Array {
    let rest = piece;
    while (rest.length > 0) {
      const part = rest.subarray(0, Math.min(CHUNK, ...this.#views().map(({ room }) => room - WORD_MAX)));
      rest = rest.subarray(part.length);
      const at = this.#filled - this.#base;
      this.#raw.set(part, at);
      this.#plain.append(this.#raw, at, at + part.length, this.#filled);
      this.#joined.read(this.#raw, at, at + part.length, this.#filled);
      this.#filled += part.length;
      this.#walk(false);
      this.#settle({ isEnd: false });
      this.#writeUpTo(this.#outsideStyle(Math.min(this.#safeLimit(), this.#partialLimit(), this.#viewedTo)));
      this.#maskTooLong();
    }
    return this.#output.take();
  }

  /** To be called in a pause: returns text that is pending only because it may be the beginning of a prefix. */
  release(): Uint8Array {
    for (const view of this.#views()) view.settle({ isPaused: true });
    // The view of joined lines is left out: it would keep the last words that a program prints.
    const views = this.#views().filter((view) => view !== this.#joined.view);
    this.#writeUpTo(
      this.#outsideStyle(views.reduce((limit, view) => Math.min(limit, view.pausedLimit()), this.#safeLimit())),
    );
    return this.#output.take();
  }

  /** To be called at the end: returns the rest. */
  end(): Uint8Array {
    this.#walk(true);
    this.#settle({ isEnd: true });
    this.#writeUpTo(this.#filled);
    return this.#output.take();
  }

  #createView(kind: Pick<ViewOptions, 'isPlain' | 'isGuess'>): { readonly view: View; readonly context: number } {
    const { ruleset, createKernel } = this.#options;
    const hold = Math.max(ruleset.reach.after, RUN_MAX, this.#values.longest, PENDING_MAX) + CHUNK;
    const layer = new DecodingLayer({
      ruleset,
      createKernel,
      capacity: (reach) => reach.before + hold + 2 * CHUNK,
      within: 'words',
    });
    const needles = knownNeedlesOf(ruleset.keywords).texts;
    const ends = new OpenEnds(layer.kernel.bytes, ruleset, needles);
    const mask = (start: number, end: number, isLeak: boolean): void => this.#mask(start, end, isLeak);
    return { view: new View({ layer, ends, values: this.#values, mask, ...kind }), context: layer.reach.before };
  }

  /** Updates the terminal's view. */
  #walk(isEnd: boolean): void {
    const bytes = this.#raw;
    const end = this.#filled - this.#base;
    let from = this.#viewedTo - this.#base;
    let at = from;
    while (at < end) {
      at = nextPlace(bytes, at, end);
      if (at === end) break;
      const mark = markAt(bytes, at, end, isEnd);
      if (mark === undefined) {
        at++;
        continue;
      }
      if (mark === 'more') {
        // The word may continue after the mark, or end before it; `section_` shows which at its end.
        const mayDiffer = bytes[at]! < 0x20 || bytes[at]! >= 0x80 || end - at >= 'section_'.length;
        if (!this.#isTerminalUsed && mayDiffer) this.#useTerminal(this.#base + at);
        break;
      }
      if (!this.#isTerminalUsed) this.#useTerminal(this.#base + at);
      else this.#terminal!.append(bytes, from, at, this.#base + from);
      this.#note(mark, at);
      // The marker of a section is text, too: only its beginning ends a word.
      at = mark.kind === 'break' ? at + 1 : mark.end;
      from = mark.kind === 'break' ? at - 1 : at;
    }
    if (this.#isTerminalUsed && at > this.#terminal!.end - this.#base)
      this.#terminal!.append(bytes, from, at, this.#base + from);
    this.#viewedTo = this.#base + at;
  }

  /** From this place on the two views differ. */
  #useTerminal(place: number): void {
    this.#terminal ??= this.#createView({ isPlain: false }).view;
    this.#terminal.copy(this.#plain, place);
    this.#isTerminalUsed = true;
    this.#lastMark = place + 1;
  }

  #note({ kind, end, text }: Mark, at: number): void {
    const terminal = this.#terminal!; // it is used from the first mark on
    this.#lastMark = this.#base + end;
    if (kind === 'break') terminal.endWord();
    else if (kind === 'back') terminal.back(this.#base + end);
    else terminal.skipTo(this.#base + end);
    // A link may end within a token: then its end follows the mask. The address of one that begins there is not shown.
    if (kind === 'style' || (kind === 'carrier' && text !== undefined && this.#endsLink(text)))
      this.#styles.push({ start: this.#base + at, end: this.#base + end });
  }

  #endsLink({ start, end }: Span): boolean {
    return end - start <= 4 && this.#raw[start] === 0x38 && this.#raw[start + 1] === 0x3b;
  }

  #views(): readonly View[] {
    const joined = this.#joined.view === undefined ? [] : [this.#joined.view];
    return this.#isTerminalUsed ? [this.#plain, this.#terminal!, ...joined] : [this.#plain, ...joined];
  }

  #settle(end: { readonly isEnd: boolean }): void {
    for (const view of this.#views()) view.settle(end);
  }

  #safeLimit(): number {
    return this.#views().reduce((limit, view) => Math.min(limit, view.safeLimit()), this.#filled);
  }

  /** The place itself, or the start of the colour sequence around it. */
  #outsideStyle(place: number): number {
    return this.#styles.find(({ start, end }) => start < place && place < end)?.start ?? place;
  }

  #partialLimit(): number {
    return this.#views().reduce((limit, view) => Math.min(limit, view.partialLimit()), this.#filled);
  }

  #mask(from: number, to: number, isLeak: boolean): void {
    const begin = Math.max(from, this.#out);
    const start = begin + this.#nulsAt(begin, to).length;
    const end = this.#withNuls(start, to);
    if (start >= end) return;
    const overlaps = (other: Span): boolean => other.start < end && start < other.end;
    const same = this.#masks.filter(overlaps);
    if (isLeak && same.length === 0) this.#leaks++;
    const merged = {
      start: Math.min(start, ...same.map((other) => other.start)),
      end: Math.max(end, ...same.map((other) => other.end)),
    };
    this.#masks = [...this.#masks.filter((other) => !overlaps(other)), merged].toSorted((a, b) => a.start - b.start);
  }

  /** Characters of UTF-16 and UTF-32 are masked whole: otherwise the following text would begin in the middle of one. */
  #withNuls(start: number, end: number): number {
    const { length } = this.#nulsAt(start + 1, end);
    return length === 1 || length === 3 ? end + this.#nulsAt(end, Math.min(this.#filled, end + length)).length : end;
  }

  #nulsAt(start: number, end: number): Uint8Array {
    const bytes = this.#raw.subarray(Math.max(0, start - this.#base), Math.max(0, end - this.#base));
    const other = bytes.findIndex((byte) => byte !== NUL);
    return other < 0 ? bytes : bytes.subarray(0, other);
  }

  /** Writes everything up to a place. A span that continues after it is masked from now on, so none of it must be kept. */
  #writeUpTo(limit: number): void {
    for (const { start, end } of this.#masks) {
      if (start >= limit) break;
      this.#show(start);
      if (!this.#isMasking) this.#output.append(MASK_BYTES, 0, MASK_BYTES.length);
      const to = Math.min(end, limit);
      for (const style of this.#styles)
        if (style.start >= start && style.end <= to) this.#append(style.start, style.end);
      this.#out = to;
      this.#isMasking = to < end;
    }
    if (this.#masks.length > 0)
      this.#masks = this.#masks
        .filter(({ end }) => end > this.#out)
        .map(({ start, end }) => ({ start: Math.max(start, this.#out), end }));
    this.#show(limit);
    if (this.#styles.length > 0 && this.#styles[0]!.start < this.#out)
      this.#styles = this.#styles.filter(({ start }) => start >= this.#out);
    this.#slide();
  }

  #show(place: number): void {
    if (place > this.#out) this.#append(this.#out, place);
    this.#out = Math.max(this.#out, place);
  }

  #append(start: number, end: number): void {
    this.#output.append(this.#raw, start - this.#base, end - this.#base);
  }

  /** Masks pending text that is too long: it may be a credential, and memory is bounded. */
  #maskTooLong(): void {
    if (this.#filled - this.#out <= PENDING_MAX - CHUNK) return;
    const end = this.#filled - SEQUENCE_MAX;
    this.#mask(this.#out, end, false);
    this.#writeUpTo(end);
  }

  #slide(): void {
    if (this.#raw.length - (this.#filled - this.#base) < CHUNK) {
      const keep = Math.max(this.#base, Math.min(this.#out, this.#viewedTo) - BEHIND);
      this.#raw.copyWithin(0, keep - this.#base, this.#filled - this.#base);
      this.#base = keep;
    }
    for (const view of this.#views()) if (view.room < CHUNK) view.slide(this.#out, this.#context);
    if (this.#isTerminalUsed && this.#lastMark <= this.#plain.begin) this.#isTerminalUsed = false;
  }
}
