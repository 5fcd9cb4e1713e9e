/**
 * The kernel's memory as a window that slides over an artifact:
 *
 *     | kept from before | fresh bytes ...                    | margin |
 *     0                  accept                               limit    filled
 *
 * A hit is verified only if it is in `[accept, limit)`: there everything that a trial may read, to the left and to the
 * right, is in the window. Then the last part slides to the front and the window is filled again, so each hit is verified
 * once, wherever the chunk boundaries fall. Each byte is searched once; hits in the margin wait.
 */

import {
  ARCHIVE_TAIL,
  type ArchiveKind,
  archivesIn,
  BEHIND_PROGRAM,
  type Beginning,
  beginningOf,
  behindProgram,
} from '../lib/archive-kind.ts';
import { characterStart } from '../lib/text-position.ts';
import type { Places } from '../model/artifact.ts';
import type { Candidate } from '../model/candidate.ts';
import type { Drop } from '../model/drop.ts';
import type { Span } from '../model/region.ts';
import type { Ruleset } from '../model/ruleset.ts';
import { NAMES_APART } from './assignments/names-apart.ts';
import { HINT_REACH } from './context/hints.ts';
import { COMMENT_REACH } from './context/inline-allow.ts';
import { LINE_CONTEXT_REACH, mergeSpans } from './context/line-context.ts';
import { BEGINNING, type Place } from './context/position.ts';
import { Regions } from './context/regions.ts';
import { DecodingLayer } from './decoding-layer.ts';
import { detectWideText, unitStart, type WideText } from './encodings/wide-text.ts';
import type { Matches } from './layers/matches.ts';
import { type Hit, merged, movedBack, positionOf } from './search/hit.ts';
import type { KernelFactory } from './search/kernel.ts';
import { COMMENTS, toCandidate } from './to-candidate.ts';
import type { Rejection, VerifiedMatch } from './verify/verified-match.ts';

/** Fits the second-level cache together with the memory that the kernel touches. */
const CHUNK = 256 * 1024;

export interface WindowOptions {
  readonly ruleset: Ruleset;
  readonly createKernel: KernelFactory;
  readonly onDrop?: ((drop: Omit<Drop, 'artifact'>) => void) | undefined;
}

export class Window {
  readonly #layer: DecodingLayer;
  readonly #onDrop: WindowOptions['onDrop'];
  readonly #before: number;
  readonly #margin: number;
  /** Offset in the artifact of the window's first byte. */
  #base = 0;
  #filled = 0;
  #accept = 0;
  /** The bytes before this one were searched; their hits that were not verified yet are waiting. */
  #searched = 0;
  #waiting: Hit[] = [];
  #rejections: Rejection[] = [];
  /** Spans of the kept part that must not be shown. */
  #hidden: Span[] = [];
  /** The place of the window's first byte, or of an earlier one. */
  #place: Place = BEGINNING;
  #wide: WideText | undefined;
  #beginning: Beginning | undefined;
  #archives: readonly ArchiveKind[] = [];
  /** Whether it has compressed values in base64. */
  #hasPacked = false;
  /** Set when the window shows a view of the artifact. */
  #places: Places | undefined;

  constructor({ ruleset, createKernel, onDrop }: WindowOptions) {
    const beforeOf = (reach: Ruleset['reach']): number =>
      Math.max(reach.before, LINE_CONTEXT_REACH, HINT_REACH, 2 * COMMENTS);
    // A neighbour that begins on the line of the last candidate must be in the window whole, to be masked whole.
    const marginOf = (reach: Ruleset['reach']): number =>
      2 * reach.after + 2 * Math.max(LINE_CONTEXT_REACH, COMMENT_REACH);
    this.#layer = new DecodingLayer({
      ruleset,
      createKernel,
      capacity: (reach) => beforeOf(reach) + CHUNK + marginOf(reach),
      onRejection: onDrop && ((rejection) => this.#rejections.push(rejection)),
    });
    this.#onDrop = onDrop;
    this.#before = beforeOf(this.#layer.reach);
    this.#margin = marginOf(this.#layer.reach);
  }

  /** Begins with another artifact. */
  reset(): void {
    this.#base = 0;
    this.#filled = 0;
    this.#accept = 0;
    this.#searched = 0;
    this.#waiting = [];
    this.#rejections = [];
    this.#hidden = [];
    this.#place = BEGINNING;
    this.#wide = undefined;
    this.#beginning = undefined;
    this.#archives = [];
    this.#hasPacked = false;
    this.#places = undefined;
    this.#layer.forget();
  }

  /** The part to fill next; empty when the window is full. */
  get free(): Uint8Array {
    return this.#layer.kernel.bytes.subarray(this.#filled);
  }

  /** To be called when `count` bytes of {@link free} were filled. */
  fill(count: number, places: Places | undefined): void {
    this.#filled += count;
    this.#places = places;
  }

  /** The kinds of archives that the artifact is or contains, by its first bytes, and at the end by its last ones. */
  get archives(): readonly ArchiveKind[] {
    // The entries of an archive are searched by themselves.
    return this.#hasPacked && this.#archives.length === 0 ? ['base64'] : this.#archives;
  }

  /** Bytes of the artifact that were read. */
  get read(): number {
    return this.#base + this.#filled;
  }

  /**
   * Searches the new bytes of the window.
   *
   * @param isLast whether the artifact ends here
   * @returns candidates sorted by position, and how many bytes are finished
   */
  search(isLast: boolean): { readonly candidates: Candidate[]; readonly done: number } {
    this.#detectKinds(isLast);
    const limit = isLast ? this.#filled : this.#filled - this.#margin;
    this.#waiting = merged(this.#waiting, this.#layer.plausibleHits(this.#searched, this.#filled));
    this.#searched = this.#filled;
    const done = limit - this.#accept;
    let first = this.#waiting.length;
    while (first > 0 && positionOf(this.#waiting[first - 1]!) >= limit) first--;
    const ready = this.#waiting.slice(0, first);
    this.#waiting = this.#waiting.slice(first);
    const candidates = this.#verify(ready, isLast && this.read === this.#filled);
    this.#accept = limit;
    return { candidates, done };
  }

  /** Detects UTF-16, UTF-32 and archives by the first and the last bytes. */
  #detectKinds(isLast: boolean): void {
    const { bytes } = this.#layer.kernel;
    if (this.#base === 0 && this.#searched === 0) {
      this.#wide = detectWideText(bytes, this.#filled);
      this.#beginning = beginningOf(bytes, this.#filled);
      // The end may never come: too many findings end a search early.
      this.#archives = archivesIn(this.#beginning, bytes.subarray(0, 0), this.#filled);
    }
    const { programEnd = Infinity } = this.#beginning ?? {};
    if (programEnd + BEHIND_PROGRAM <= this.read || (isLast && programEnd < this.read)) {
      const from = Math.max(0, programEnd - this.#base);
      const behind = behindProgram(bytes.subarray(from, this.#filled), programEnd);
      this.#beginning = { kind: undefined, behind };
    }
    if (isLast && this.#beginning !== undefined) {
      // The last bytes of a view are not those of the artifact.
      const from = this.#places === undefined ? Math.max(0, this.#filled - ARCHIVE_TAIL) : this.#filled;
      this.#archives = archivesIn(this.#beginning, bytes.subarray(from, this.#filled), this.read);
    }
  }

  /** Moves the bytes that are still needed to the front. */
  slide(): void {
    const { kernel } = this.#layer;
    const wanted = Math.max(0, this.#accept - this.#before);
    const keep = this.#keepFrom(wanted);
    if (keep === 0) return;
    if (this.#places === undefined) this.#place = this.#regions().placeOf(keep);
    kernel.bytes.copyWithin(0, keep, this.#filled);
    this.#base += keep;
    this.#filled -= keep;
    this.#accept -= keep;
    this.#searched -= keep;
    const back = ({ start, end }: Span): Span => ({ start: Math.max(0, start - keep), end: end - keep });
    this.#hidden = this.#hidden.map(back).filter(({ end }) => end > 0);
    this.#waiting = this.#waiting.map((hit) => movedBack(hit, keep));
    this.#layer.forget();
  }

  #keepFrom(wanted: number): number {
    if (this.#places !== undefined) return Math.max(0, this.#places.forget(this.#base + wanted) - this.#base);
    return this.#wide === undefined ? characterStart(this.#layer.kernel.bytes, wanted) : unitStart(wanted, this.#wide);
  }

  /** @param isAll whether the window has all of the text */
  #verify(ready: readonly Hit[], isAll: boolean): Candidate[] {
    const verified: VerifiedMatch[] = [];
    const add = (matches: Matches): void => {
      // Most hits lead to nothing.
      if (matches.hidden.length === 0) return;
      for (const span of matches.hidden) this.#hidden.push(span);
      for (const match of matches.verified) verified.push(match);
    };
    this.#hasPacked ||= ready.some((hit) => this.#layer.isPacked(hit, this.#filled));
    for (const hit of ready) add(this.#layer.matchesAt(hit, this.#filled, this.#wide));
    if (isAll) add(this.#layer.matchesAlone(this.#filled));
    this.#reportRejections();
    if (verified.length === 0) return [];
    verified.sort((a, b) => firstOf(a) - firstOf(b) || b.end - a.end);
    const last = verified.reduce((end, match) => Math.max(end, match.end), -1);
    const regions = this.#regions();
    const view = {
      bytes: this.#layer.kernel.bytes,
      filled: this.#filled,
      base: this.#base,
      wide: this.#wide,
      places: this.#places,
      regions,
      masks: mergeSpans([...this.#hidden, ...this.#hiddenAfter(last)]),
    };
    return verified.map((match) => {
      regions.pass(firstOf(match));
      return toCandidate(match, view);
    });
  }

  /** Spans after the last candidate that must not be shown; the hits there are verified only later. */
  #hiddenAfter(end: number): Span[] {
    const near = this.#waiting.filter((hit) => positionOf(hit) < end + 2 * LINE_CONTEXT_REACH + NAMES_APART);
    const hidden = near.flatMap((hit) => [...this.#layer.matchesAt(hit, this.#filled, this.#wide).hidden]);
    // They are verified again in their turn.
    this.#rejections = [];
    this.#layer.forget();
    return hidden;
  }

  #reportRejections(): void {
    if (this.#rejections.length === 0) return;
    const regions = this.#regions();
    for (const { rule, form, reason, encodings, ...span } of this.#rejections)
      this.#onDrop?.({
        ...(rule === undefined ? {} : { ruleId: rule.id }),
        ...(form === undefined ? {} : { form }),
        region: regions.regionOf(span),
        reason,
        encodings,
      });
    this.#rejections = [];
  }

  #regions(): Regions {
    return new Regions({
      kernel: this.#layer.kernel,
      base: this.#base,
      place: this.#place,
      wide: this.#wide,
      places: this.#places,
    });
  }
}

/** The beginning of a match with its instance prefix. */
function firstOf({ start, instance }: VerifiedMatch): number {
  return instance?.start ?? start;
}
