/**
 * Masks credentials in a text that comes in pieces, so that none is ever given away: what may yet become one is held
 * until it is known. What is masked does not depend on how the text is cut into pieces.
 *
 *     | given already, and forgotten | given on next call ... | held: an open end |
 *                                    out                      limit               filled
 *
 * The text is seen in two ways, as it is and as a terminal shows it, and what is a credential in one of them is masked. The
 * second is needed only where the two differ, and is made there. A third view has words that a program may have cut into lines.
 *
 * A prefix is public and stays; what follows it is replaced by a mask of fixed length. Colours within a token come after
 * the mask. All else passes byte for byte.
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
/** So much is held at most: what a terminal shows may be far less. What is longer, and may be a credential, is masked. */
const HELD_MAX = 192 * 1024;
/** Bytes before a place that may tell what it is: a character has no more. */
const BEHIND = 4;
const MASK_BYTES = Buffer.from(MASK);
const NUL = 0;

export interface MaskOptions {
  readonly ruleset: Ruleset;
  readonly createKernel: KernelFactory;
  /** Must not be shown either, each at least `VALUE_MIN` characters long. */
  readonly values: readonly string[];
}

export class MaskStream {
  readonly #options: MaskOptions;
  readonly #values: ExactValues;
  /** The text as it is. */
  readonly #plain: View;
  /** The text as a terminal shows it; `isShown`: where it differs from the text as it is. */
  #shown: View | undefined;
  #isShown = false;
  readonly #joined: JoinedLines;
  /** What may be shown and was not taken. */
  readonly #output = new ByteBuffer();
  /** Bytes that are kept although they were given: what stands before a token tells what it is. */
  readonly #context: number;
  /** What has come and was not given. Places are counted from the beginning of the stream; it begins at `base`. */
  readonly #raw = new Uint8Array(HELD_MAX + CHUNK + BEHIND);
  #base = 0;
  #out = 0;
  #filled = 0;
  /** Up to here it is known what a terminal shows. */
  #walked = 0;
  /** Where the last thing ends that it does not show. */
  #lastMark = 0;
  /** What must not be shown, sorted; none overlaps another. */
  #masks: Span[] = [];
  /** Whether the first of them was begun, and goes on where what was given ends. */
  #isMasking = false;
  /** Colours and moves that were not given. */
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

  /** Credentials that were masked, placeholders not among them. */
  get leaks(): number {
    return this.#leaks;
  }

  /** Whether something is held. */
  get isHolding(): boolean {
    return this.#out < this.#filled;
  }

  /** Takes the next piece, and gives what may be shown by now. */
  push(piece: Uint8Array): Uint8Array {
    let rest = piece;
    while (rest.length > 0) {
      const part = rest.subarray(0, Math.min(CHUNK, ...this.#views().map(({ room }) => room - WORD_MAX)));
      rest = rest.subarray(part.length);
      const at = this.#filled - this.#base;
      this.#raw.set(part, at);
      this.#plain.append(this.#raw, at, at + part.length, this.#filled);
      this.#joined.take(this.#raw, at, at + part.length, this.#filled);
      this.#filled += part.length;
      this.#walk(false);
      this.#settle(false);
      this.#give(this.#outside(Math.min(this.#limit(), this.#begun(), this.#walked)));
      this.#bound();
    }
    return this.#output.take();
  }

  /** Nothing has come for a while: gives what is held only because it may be the beginning of a prefix. */
  release(): Uint8Array {
    for (const view of this.#views()) view.settle(false, true);
    // What a line ends with is given, or what is printed last would not be seen.
    const views = this.#views().filter((view) => view !== this.#joined.view);
    this.#give(this.#outside(views.reduce((limit, view) => Math.min(limit, view.paused()), this.#limit())));
    return this.#output.take();
  }

  /** Nothing more comes: gives the rest. */
  end(): Uint8Array {
    this.#walk(true);
    this.#settle(true);
    this.#give(this.#filled);
    return this.#output.take();
  }

  #createView(kind: Pick<ViewOptions, 'isPlain' | 'isGuess'>): { readonly view: View; readonly context: number } {
    const { ruleset, createKernel } = this.#options;
    const hold = Math.max(ruleset.reach.after, RUN_MAX, this.#values.longest, HELD_MAX) + CHUNK;
    const layer = new DecodingLayer({
      ruleset,
      createKernel,
      capacity: (reach) => reach.before + hold + 2 * CHUNK,
      within: 'words',
    });
    const needles = knownNeedlesOf(ruleset.literals).map(({ text }) => text);
    const ends = new OpenEnds(layer.kernel.bytes, ruleset, needles);
    const mask = (start: number, end: number, isLeak: boolean): void => this.#mask(start, end, isLeak);
    return { view: new View({ layer, ends, values: this.#values, mask, ...kind }), context: layer.reach.before };
  }

  /** Finds out what a terminal shows of what has come. */
  #walk(isEnd: boolean): void {
    const bytes = this.#raw;
    const end = this.#filled - this.#base;
    let from = this.#walked - this.#base;
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
        // What is seen may go on after it, or end before it; of `section_` that is known at its end.
        const mayDiffer = bytes[at]! < 0x20 || bytes[at]! >= 0x80 || end - at >= 'section_'.length;
        if (!this.#isShown && mayDiffer) this.#see(this.#base + at);
        break;
      }
      if (!this.#isShown) this.#see(this.#base + at);
      else this.#shown!.append(bytes, from, at, this.#base + from);
      this.#note(mark, at);
      // Of what is text after all the mark has said no more than where it begins.
      at = mark.kind === 'break' ? at + 1 : mark.end;
      from = mark.kind === 'break' ? at - 1 : at;
    }
    if (this.#isShown && at > this.#shown!.end - this.#base) this.#shown!.append(bytes, from, at, this.#base + from);
    this.#walked = this.#base + at;
  }

  /** From here on the two views differ. */
  #see(place: number): void {
    this.#shown ??= this.#createView({ isPlain: false }).view;
    this.#shown.copy(this.#plain, place);
    this.#isShown = true;
    this.#lastMark = place + 1;
  }

  #note({ kind, end, text }: Mark, at: number): void {
    const shown = this.#shown!; // there is one where something is not shown
    this.#lastMark = this.#base + end;
    if (kind === 'break') shown.break();
    else if (kind === 'back') shown.back(this.#base + end);
    else shown.pass(this.#base + end);
    // A link that ends in a token must end after the mask; the address of one that begins there is not shown.
    if (kind === 'style' || (kind === 'carrier' && text !== undefined && this.#endsLink(text)))
      this.#styles.push({ start: this.#base + at, end: this.#base + end });
  }

  #endsLink({ start, end }: Span): boolean {
    return end - start <= 4 && this.#raw[start] === 0x38 && this.#raw[start + 1] === 0x3b;
  }

  #views(): readonly View[] {
    const joined = this.#joined.view === undefined ? [] : [this.#joined.view];
    return this.#isShown ? [this.#plain, this.#shown!, ...joined] : [this.#plain, ...joined];
  }

  #settle(isEnd: boolean): void {
    for (const view of this.#views()) view.settle(isEnd, isEnd);
  }

  #limit(): number {
    return this.#views().reduce((limit, view) => Math.min(limit, view.limit()), this.#filled);
  }

  /** A place, or where the colour begins that it is in. */
  #outside(place: number): number {
    return this.#styles.find(({ start, end }) => start < place && place < end)?.start ?? place;
  }

  #begun(): number {
    return this.#views().reduce((limit, view) => Math.min(limit, view.begun()), this.#filled);
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

  /** Characters of UTF-16 and UTF-32 are masked whole: what follows would else be read from the middle of one. */
  #withNuls(start: number, end: number): number {
    const { length } = this.#nulsAt(start + 1, end);
    return length === 1 || length === 3 ? end + this.#nulsAt(end, Math.min(this.#filled, end + length)).length : end;
  }

  #nulsAt(start: number, end: number): Uint8Array {
    const bytes = this.#raw.subarray(Math.max(0, start - this.#base), Math.max(0, end - this.#base));
    const other = bytes.findIndex((byte) => byte !== NUL);
    return other < 0 ? bytes : bytes.subarray(0, other);
  }

  /** Gives everything up to a place. A mask that goes on after it is begun, so that nothing of it need be kept. */
  #give(limit: number): void {
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

  /** What is held for too long is masked: it may be a credential, and cannot be kept for ever. */
  #bound(): void {
    if (this.#filled - this.#out <= HELD_MAX - CHUNK) return;
    const end = this.#filled - SEQUENCE_MAX;
    this.#mask(this.#out, end, false);
    this.#give(end);
  }

  #slide(): void {
    if (this.#raw.length - (this.#filled - this.#base) < CHUNK) {
      const keep = Math.max(this.#base, Math.min(this.#out, this.#walked) - BEHIND);
      this.#raw.copyWithin(0, keep - this.#base, this.#filled - this.#base);
      this.#base = keep;
    }
    for (const view of this.#views()) if (view.room < CHUNK) view.slide(this.#out, this.#context);
    if (this.#isShown && this.#lastMark <= this.#plain.begin) this.#isShown = false;
  }
}
