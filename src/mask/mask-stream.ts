/**
 * Masks credentials in a text that comes in pieces, so that none is ever given away: what may yet become one is held
 * until it is known. What is masked does not depend on how the text is cut into pieces.
 *
 *     | context, given already | given on next call ... | held: an open end |
 *     0                        out                      limit               filled
 *
 * A prefix is public and stays; what follows it is replaced by a mask of fixed length. Colours within a token come after
 * the mask. All else passes byte for byte.
 */

import { ByteBuffer } from '../lib/byte-buffer.ts';
import { createLayer, type Hit, type Layer, movedBack, positionOf } from '../match/layer.ts';
import type { KernelFactory } from '../match/kernel.ts';
import { knownNeedlesOf } from '../match/builtin-needles.ts';
import type { Confirmed } from '../match/confirm.ts';
import { confidenceOf, isStandIn } from '../model/confidence.ts';
import type { Span } from '../model/region.ts';
import type { Ruleset } from '../model/ruleset.ts';
import { MASK } from '../model/secret.ts';
import { Escapes } from './escapes.ts';
import { ExactValues } from './exact-values.ts';
import { OpenEnds, RUN_MAX } from './open-ends.ts';

const CHUNK = 64 * 1024;
const MASK_BYTES = Buffer.from(MASK);

export interface MaskOptions {
  readonly ruleset: Ruleset;
  readonly createKernel: KernelFactory;
  /** Must not be shown either, each at least `VALUE_MIN` characters long. */
  readonly values: readonly string[];
}

export class MaskStream {
  readonly #layer: Layer;
  readonly #ends: OpenEnds;
  readonly #values: ExactValues;
  /** What may be shown and was not taken. */
  readonly #output = new ByteBuffer();
  readonly #bytes: Uint8Array;
  /** Bytes that are kept although they were given: what stands before a token tells what it is. */
  readonly #context: number;
  #out = 0;
  #filled = 0;
  #searched = 0;
  /** What was found and may go on after what is known. */
  #open: Hit[] = [];
  /** What must not be shown, sorted; none overlaps another. */
  #masks: Span[] = [];
  /** Whether the first of them was begun, and goes on where what was given ends. */
  #isMasking = false;
  readonly #escapes = new Escapes();
  #leaks = 0;

  constructor({ ruleset, createKernel, values }: MaskOptions) {
    this.#values = new ExactValues(values);
    const hold = Math.max(ruleset.reach.after, RUN_MAX, this.#values.longest) + CHUNK;
    this.#layer = createLayer(ruleset, createKernel, (reach) => reach.before + hold + 2 * CHUNK, 1, true);
    this.#context = this.#layer.reach.before;
    this.#bytes = this.#layer.kernel.bytes;
    const needles = knownNeedlesOf(ruleset.literals).map(({ text }) => text);
    this.#ends = new OpenEnds(this.#bytes, ruleset.literals, needles);
  }

  /** Credentials that were masked, placeholders not among them. */
  get leaks(): number {
    return this.#leaks;
  }

  /** Whether something is held. */
  get isHolding(): boolean {
    return this.#out < this.#filled || this.#escapes.isPending;
  }

  /** Takes the next piece, and gives what may be shown by now. */
  push(piece: Uint8Array): Uint8Array {
    let rest = piece;
    while (rest.length > 0) {
      const room = Math.min(CHUNK, this.#bytes.length - this.#filled);
      const part = rest.subarray(0, room);
      rest = rest.subarray(part.length);
      this.#filled = this.#escapes.append(part, this.#bytes, this.#filled);
      this.#out += this.#escapes.passed();
      this.#settle(false);
      this.#give(Math.min(this.#limit(), this.#begun()));
    }
    return this.#output.take();
  }

  /** Nothing has come for a while: gives what is held only because it may be the beginning of a prefix. */
  release(): Uint8Array {
    const limit = this.#limit();
    this.#give(limit);
    if (limit === this.#filled) this.#escapes.release(this.#output);
    return this.#output.take();
  }

  /** Nothing more comes: gives the rest. */
  end(): Uint8Array {
    this.#filled = this.#escapes.end(this.#bytes, this.#filled);
    this.#settle(true);
    this.#give(this.#filled);
    return this.#output.take();
  }

  /** Finds out what is known by now. */
  #settle(isEnd: boolean): void {
    const { hits } = this.#layer;
    this.#layer.forget();
    const from = this.#searched;
    const fresh = hits(from, this.#filled);
    this.#searched = this.#filled;
    if (fresh.length > 0) this.#open = [...this.#open, ...fresh].toSorted((a, b) => a - b);
    for (const span of this.#values.find(this.#bytes, from, this.#filled)) this.#mask(span, true);
    let closed = 0;
    for (const hit of this.#open) {
      const needle = this.#layer.needleOf(hit)!; // it is no line feed: those are not looked for
      const position = positionOf(hit);
      if (!isEnd && this.#ends.isOpen(needle, position, this.#filled)) break;
      closed++;
      for (const item of this.#layer.at(hit, this.#filled).confirmed) this.#take(item, position, needle.text.length);
    }
    if (closed > 0) this.#open = this.#open.slice(closed);
  }

  /** @param position of what has told it, and its length: that much was shown */
  #take({ start, end: last, runEnd, label, evidence }: Confirmed, position: number, length: number): void {
    // A routable token is told by its end, and may have a prefix that is known.
    const prefix = label === '' ? 0 : evidence.body.start;
    const isBefore = last <= position;
    const from = evidence.checksum !== 'none' ? start + prefix : isBefore ? start : Math.max(start, position + length);
    const isToken = confidenceOf(evidence) !== 'unlikely' && !isStandIn(evidence);
    this.#mask({ start: from, end: runEnd ?? last }, isToken);
  }

  #mask({ start: from, end }: Span, isLeak: boolean): void {
    const start = Math.max(from, this.#out);
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

  /** Up to where nothing may become a token that is not masked, whatever comes. */
  #limit(): number {
    const [first] = this.#open;
    let limit = Math.min(
      this.#ends.dotted(this.#filled),
      this.#ends.unsaid(this.#filled),
      this.#values.begun(this.#bytes, this.#filled),
    );
    if (first !== undefined) {
      const { text, literal } = this.#layer.needleOf(first)!; // see above
      // What tells a routable token stands in its middle.
      const isInside = literal !== undefined && text.startsWith('.');
      limit = Math.min(limit, positionOf(first) + (isInside ? 0 : text.length));
      for (const hit of this.#open) {
        const position = positionOf(hit);
        const told = this.#ends.toldBy(this.#layer.needleOf(hit)!, position, this.#filled); // see above
        if (told < position) limit = Math.min(limit, told);
      }
    }
    return limit;
  }

  #begun(): number {
    return this.#ends.begun(this.#filled);
  }

  /** Gives everything up to a place. A mask that goes on after it is begun, so that nothing of it need be kept. */
  #give(limit: number): void {
    for (const { start, end } of this.#masks) {
      if (start >= limit) break;
      this.#escapes.give(this.#bytes, this.#out, start, this.#output);
      if (!this.#isMasking) this.#output.append(MASK_BYTES, 0, MASK_BYTES.length);
      this.#out = Math.min(end, limit);
      this.#isMasking = this.#out < end;
      this.#escapes.give(this.#bytes, this.#out, this.#out, this.#output);
    }
    if (this.#masks.length > 0)
      this.#masks = this.#masks
        .filter(({ end }) => end > this.#out)
        .map(({ start, end }) => ({ start: Math.max(start, this.#out), end }));
    // Where nothing of the text can be given, a sequence before it can.
    this.#escapes.give(this.#bytes, this.#out, Math.max(limit, this.#out), this.#output);
    this.#out = Math.max(limit, this.#out);
    if (this.#out > this.#context + CHUNK || this.#bytes.length - this.#filled < CHUNK) this.#slide();
  }

  #slide(): void {
    const keep = Math.max(0, this.#out - this.#context);
    if (keep === 0) return;
    this.#bytes.copyWithin(0, keep, this.#filled);
    this.#out -= keep;
    this.#filled -= keep;
    this.#searched -= keep;
    this.#open = this.#open.map((hit) => movedBack(hit, keep));
    this.#masks = this.#masks.map(({ start, end }) => ({ start: start - keep, end: end - keep }));
    this.#escapes.moveBack(keep);
    this.#layer.forget();
  }
}
