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

import { SEQUENCE_MAX } from '../lib/terminal-marks.ts';
import { DecodingLayer } from '../detect/decoding-layer.ts';
import type { KernelFactory } from '../detect/search/kernel.ts';
import type { Span } from '../model/region.ts';
import { MASK } from '../model/secret.ts';
import { ExactValues } from './exact-values.ts';
import { RAW_MAX, WORD_MAX } from './assembly/memory.ts';
import { JoinedLines } from './joined-lines.ts';
import { MaskedOutput } from './masked-output.ts';
import { OpenEnds, RUN_MAX } from './open-ends.ts';
import type { StreamRules } from './stream-rules.ts';
import { StreamWalker } from './stream-walker.ts';
import { TerminalText } from './terminal-text.ts';
import { View, type ViewOptions } from './view.ts';

const CHUNK = 128 * 1024;
/** The most pending bytes; a terminal may show far less of them. Longer text that may be a credential is masked. */
const PENDING_MAX = 192 * 1024;
/** Bytes kept before the next one: as many as a character has. */
const BEHIND = 4;
const MASK_BYTES = Buffer.from(MASK);
const NUL = 0;

export interface MaskOptions {
  readonly rules: StreamRules;
  readonly createKernel: KernelFactory;
  /** More values to mask, each at least `VALUE_MIN` characters long. */
  readonly values: readonly string[];
  /** Whether bytes are walked one by one, although the machine has SIMD. */
  readonly isSlow?: boolean | undefined;
}

export class MaskStream {
  readonly #options: MaskOptions;
  readonly #values: ExactValues;
  /** The text as it is. */
  readonly #plain: View;
  readonly #terminal: TerminalText;
  readonly #joined: JoinedLines;
  /** Text that is safe to show, and was not returned yet. */
  readonly #output = new MaskedOutput();
  /** Bytes that views keep after they were shown: rules read the text before a token. */
  readonly #context: number;
  /** Bytes that have arrived and were not shown. Places are counted from the beginning of the stream; the first is `base`. */
  readonly #raw: Uint8Array;
  #base = 0;
  #out = 0;
  #filled = 0;
  /** Spans to mask, sorted; none overlaps another. */
  #masks: Span[] = [];
  /** Whether the mask of the first one was written, and the span continues. */
  #isMasking = false;
  #leaks = 0;

  constructor(options: MaskOptions) {
    this.#options = options;
    this.#values = new ExactValues(options.values);
    const walker = options.isSlow === true ? undefined : StreamWalker.create();
    this.#raw = walker?.bytes ?? new Uint8Array(RAW_MAX);
    const { view, context } = this.#createView();
    this.#plain = view;
    this.#context = context;
    this.#terminal = new TerminalText(this.#raw, walker, () => this.#createView().view);
    this.#joined = new JoinedLines(() => this.#createView({ isGuess: true }).view, walker);
  }

  /** The number of masked credentials, without placeholders. */
  get leaks(): number {
    return this.#leaks;
  }

  /** Whether text is pending. */
  get isHolding(): boolean {
    return this.#out < this.#filled;
  }

  /** Reads the next piece, and returns the text that is safe to show by now. It is valid until the next call. */
  push(piece: Uint8Array): Uint8Array {
    let rest = piece;
    while (rest.length > 0) {
      const part = rest.subarray(0, Math.min(CHUNK, ...this.#views().map(({ room }) => room - WORD_MAX)));
      rest = rest.subarray(part.length);
      this.#makeRoom();
      const at = this.#filled - this.#base;
      this.#raw.set(part, at);
      this.#plain.append(this.#raw, at, at + part.length, this.#filled);
      this.#joined.read(this.#raw, at, at + part.length, this.#filled);
      this.#filled += part.length;
      this.#walk({ isEnd: false });
      this.#settle({ isEnd: false });
      this.#writeUpTo(
        this.#terminal.outsideSequence(Math.min(this.#safeLimit(), this.#partialLimit(), this.#terminal.madeTo)),
      );
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
      this.#terminal.outsideSequence(
        views.reduce((limit, view) => Math.min(limit, view.pausedLimit()), this.#safeLimit()),
      ),
    );
    return this.#output.take();
  }

  /** To be called at the end: returns the rest. */
  end(): Uint8Array {
    this.#walk({ isEnd: true });
    this.#settle({ isEnd: true });
    this.#writeUpTo(this.#filled);
    return this.#output.take();
  }

  #createView(kind: Pick<ViewOptions, 'isGuess'> = {}): { readonly view: View; readonly context: number } {
    const { rules, createKernel } = this.#options;
    const { ruleset } = rules;
    const hold = Math.max(ruleset.reach.after, RUN_MAX, this.#values.longest, PENDING_MAX) + CHUNK;
    const layer = new DecodingLayer({
      ruleset,
      createKernel,
      capacity: (reach) => reach.before + hold + 2 * CHUNK,
      within: 'words',
    });
    const ends = new OpenEnds(layer.kernel.bytes, rules);
    const mask = (start: number, end: number, isLeak: boolean): void => this.#mask(start, end, isLeak);
    return { view: new View({ layer, ends, values: this.#values, mask, ...kind }), context: layer.reach.before };
  }

  #walk(end: { readonly isEnd: boolean }): void {
    this.#terminal.walk(this.#plain, { base: this.#base, filled: this.#filled, ...end });
  }

  #views(): readonly View[] {
    return [this.#plain, this.#terminal.view, this.#joined.view].filter((view) => view !== undefined);
  }

  #settle(end: { readonly isEnd: boolean }): void {
    for (const view of this.#views()) view.settle(end);
  }

  #safeLimit(): number {
    return this.#views().reduce((limit, view) => Math.min(limit, view.safeLimit()), this.#filled);
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
      for (const sequence of this.#terminal.sequencesIn(start, to)) this.#append(sequence.start, sequence.end);
      this.#out = to;
      this.#isMasking = to < end;
    }
    if (this.#masks.length > 0)
      this.#masks = this.#masks
        .filter(({ end }) => end > this.#out)
        .map(({ start, end }) => ({ start: Math.max(start, this.#out), end }));
    this.#show(limit);
    this.#terminal.dropSequences(this.#out);
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

  #makeRoom(): void {
    if (this.#raw.length - (this.#filled - this.#base) >= CHUNK) return;
    this.#output.keep();
    const keep = Math.max(this.#base, Math.min(this.#out, this.#terminal.madeTo) - BEHIND);
    this.#raw.copyWithin(0, keep - this.#base, this.#filled - this.#base);
    this.#base = keep;
  }

  #slide(): void {
    for (const view of this.#views()) if (view.room < CHUNK) view.slide(this.#out, this.#context);
    this.#terminal.leave(this.#plain);
  }
}
