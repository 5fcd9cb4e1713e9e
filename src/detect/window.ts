/**
 * The kernel's memory as a window that slides over an artifact:
 *
 *     | kept from before | fresh bytes ...                    | margin |
 *     0                  accept                               limit    filled
 *
 * A hit of the kernel is acted on only in `[accept, limit)`: there everything a trial may read, to the left and to the
 * right, is in the window. Then the last part slides to the front and the window is filled up again, so each hit is
 * acted on once, wherever the chunk boundaries fall. Each byte is searched once; hits in the margin wait.
 */

import { ARCHIVE_TAIL, type ArchiveKind, archivesIn, type Beginning, beginningOf } from '../lib/archive-kind.ts';
import { characterStart } from '../lib/text-position.ts';
import type { Places } from '../model/artifact.ts';
import type { Candidate, Evidence, Hint, Instance } from '../model/candidate.ts';
import type { Region, Span } from '../model/region.ts';
import type { Ruleset } from '../model/ruleset.ts';
import type { VerifiedMatch } from './verify-match.ts';
import { COMMENT_REACH, inlineAllowAt } from './context/inline-allow.ts';
import { ascending, type Hit, movedBack, positionOf } from './search/hit.ts';
import type { KernelFactory } from './search/kernel.ts';
import { DecodingLayer } from './decoding-layer.ts';
import type { Matches } from './layers/matches.ts';
import { HINT_REACH } from './context/hints.ts';
import { JOB_LOG } from './overlap.ts';
import { advance, BEGINNING, type Place } from './context/position.ts';
import { mergeSpans, LINE_CONTEXT_REACH, lineContext } from './context/line-context.ts';
import { advanceWide, detectWideText, narrow, unitStart, type WideText } from './encodings/wide-text.ts';

/** Fits the second-level cache together with what the kernel touches. */
const CHUNK = 256 * 1024;
/** Two lines: a comment that allows a candidate may stand above it. */
const COMMENTS = 2 * COMMENT_REACH;

export class Window {
  readonly #layer: DecodingLayer;
  readonly #before: number;
  readonly #margin: number;
  /** Offset in the artifact of the window's first byte. */
  #base = 0;
  #filled = 0;
  #accept = 0;
  /** What was searched is known; the hits in it that were not acted on wait. */
  #searched = 0;
  #waiting: Hit[] = [];
  /** What must not be shown of the part that is kept. */
  #hidden: Span[] = [];
  #place: Place = BEGINNING;
  #wide: WideText | undefined;
  #beginning: Beginning | undefined;
  #archives: readonly ArchiveKind[] = [];
  /** Where the bytes stand in the artifact; absent where they are its own. */
  #places: Places | undefined;

  constructor(ruleset: Ruleset, createKernel: KernelFactory) {
    const beforeOf = (reach: Ruleset['reach']): number =>
      Math.max(reach.before, LINE_CONTEXT_REACH, HINT_REACH, 2 * COMMENTS);
    // A neighbour that begins in the surroundings of the last candidate must be known whole, to be masked whole.
    const marginOf = (reach: Ruleset['reach']): number =>
      2 * reach.after + 2 * Math.max(LINE_CONTEXT_REACH, COMMENT_REACH);
    this.#layer = new DecodingLayer({
      ruleset,
      createKernel,
      capacity: (reach) => beforeOf(reach) + CHUNK + marginOf(reach),
    });
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
    this.#hidden = [];
    this.#place = BEGINNING;
    this.#wide = undefined;
    this.#beginning = undefined;
    this.#archives = [];
    this.#places = undefined;
    this.#layer.forget();
  }

  /** The part that is to be filled; empty when the window is full. */
  get free(): Uint8Array {
    return this.#layer.kernel.bytes.subarray(this.#filled);
  }

  /** So many bytes of it are filled; they stand at those places. */
  fill(count: number, places: Places | undefined): void {
    this.#filled += count;
    this.#places = places;
  }

  /** What archives the artifact is or holds, by its first bytes, and by its last ones when all were read. */
  get archives(): readonly ArchiveKind[] {
    return this.#archives;
  }

  /** Bytes of the artifact that were read. */
  get read(): number {
    return this.#base + this.#filled;
  }

  /**
   * Acts on what is new in the window.
   *
   * @param isLast nothing comes after this
   * @returns candidates sorted by position, and how many bytes are done with
   */
  search(isLast: boolean): { readonly candidates: Candidate[]; readonly done: number } {
    const { kernel } = this.#layer;
    if (this.#base === 0 && this.#searched === 0) {
      this.#wide = detectWideText(kernel.bytes, this.#filled);
      this.#beginning = beginningOf(kernel.bytes, this.#filled);
      // The end may never come: too many findings end a search early.
      this.#archives = archivesIn(this.#beginning, kernel.bytes.subarray(0, 0), this.#filled);
    }
    if (isLast && this.#beginning !== undefined) {
      // A view of a text does not end as the text does.
      const from = this.#places === undefined ? Math.max(0, this.#filled - ARCHIVE_TAIL) : this.#filled;
      this.#archives = archivesIn(this.#beginning, kernel.bytes.subarray(from, this.#filled), this.read);
    }
    const limit = isLast ? this.#filled : this.#filled - this.#margin;
    const fresh = this.#layer.plausibleHits(this.#searched, this.#filled);
    this.#waiting = inOrder(this.#waiting, fresh);
    this.#searched = this.#filled;
    const done = limit - this.#accept;
    let first = this.#waiting.length;
    while (first > 0 && positionOf(this.#waiting[first - 1]!) >= limit) first--;
    const ready = this.#waiting.slice(0, first);
    this.#waiting = this.#waiting.slice(first);
    const candidates = this.#confirm(ready, isLast && this.read === this.#filled);
    this.#accept = limit;
    return { candidates, done };
  }

  /** Moves what is still needed to the front, so that there is room again. */
  slide(): void {
    const { kernel } = this.#layer;
    const wanted = Math.max(0, this.#accept - this.#before);
    const keep = this.#keepFrom(wanted);
    if (keep === 0) return;
    if (this.#places === undefined) this.#place = this.#placeOf(this.#place, keep);
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

  /** @param isAll whether the window holds all of the text */
  #confirm(ready: readonly Hit[], isAll: boolean): Candidate[] {
    const confirmed: VerifiedMatch[] = [];
    const take = ({ hidden, verified: items }: Matches): void => {
      // There may be many hits, and mostly nothing stands there.
      if (hidden.length === 0) return;
      for (const span of hidden) this.#hidden.push(span);
      for (const item of items) confirmed.push(item);
    };
    for (const hit of ready) take(this.#layer.matchesAt(hit, this.#filled, this.#wide));
    if (isAll) take(this.#layer.matchesAlone(this.#filled));
    if (confirmed.length === 0) return [];
    confirmed.sort((a, b) => firstOf(a) - firstOf(b) || b.end - a.end);
    const last = confirmed.reduce((end, item) => Math.max(end, item.end), -1);
    const masks = mergeSpans([...this.#hidden, ...this.#hiddenAfter(last)]);
    let cursor = this.#place;
    const regionOf = ({ start, end }: Span): Region => {
      if (this.#places !== undefined) return this.#regionIn(this.#places, start, end);
      const first = this.#placeOf(cursor, start);
      return toRegion(first, this.#placeOf(first, end));
    };
    return confirmed.map((item) => {
      if (this.#places === undefined) cursor = this.#placeOf(cursor, firstOf(item));
      return this.#toCandidate(item, regionOf(item), regionOf, masks);
    });
  }

  /** What must not be shown after the last candidate. The hits there are not acted on yet. */
  #hiddenAfter(end: number): Span[] {
    const near = this.#waiting.filter((hit) => positionOf(hit) < end + 2 * LINE_CONTEXT_REACH);
    const hidden = near.flatMap((hit) => [...this.#layer.matchesAt(hit, this.#filled, this.#wide).hidden]);
    // They will be looked at again, and then for what they are.
    this.#layer.forget();
    return hidden;
  }

  /** What stands in the artifact behind something that is not seen does not touch it. */
  #evidenceOf({ evidence, end, rule, form }: VerifiedMatch): Evidence {
    if (evidence.touched !== true || this.#places?.isWhole(this.#base + end - 1, this.#base + end + 1) !== false)
      return evidence;
    const { touched: _, ...alone } = evidence;
    return { ...alone, ceiling: rule.forms.find(({ name }) => name === form)?.ceiling ?? alone.ceiling };
  }

  #toCandidate(
    item: VerifiedMatch,
    region: Region,
    regionOf: (span: Span) => Region,
    masks: readonly Span[],
  ): Candidate {
    const { bytes } = this.#layer.kernel;
    const filled = this.#filled;
    const shown =
      this.#wide === undefined
        ? { bytes, filled, own: item, masks }
        : narrow(bytes, this.#base === 0 ? this.#wide.skip : 0, filled, item, masks, this.#wide, COMMENTS);
    const hints = item.nearby
      .filter(({ start, end }) => start >= 0 && !masks.some((mask) => mask.start < end && mask.end > start))
      .map(({ kind, value, start, end }): Hint => ({ kind, value, region: regionOf({ start, end }) }));
    const isWhole = this.#places?.isWhole(this.#base + item.start, this.#base + item.end) !== false;
    const isGuess = this.#places?.isGuess(this.#base + item.start) === true;
    // What a line ends with by chance is no prefix of what the next begins with.
    const instance = isGuess && isWhole ? undefined : item.instance;
    const encodings = isWhole ? item.encodings : [JOB_LOG, ...item.encodings];
    const inlineAllow = inlineAllowAt(shown.bytes, shown.filled, shown.own, shown.masks);
    return {
      ruleId: item.rule.id,
      form: item.form,
      region,
      secret: item.secret,
      ...(instance === undefined ? {} : { instance: toInstance(instance, item.end, regionOf) }),
      ...(item.rule.isCustom === true ? { isCustom: true } : {}),
      ...(item.rule.parsedAs === undefined ? {} : { parsedAs: item.rule.parsedAs }),
      label: item.label,
      evidence: this.#evidenceOf(item),
      surroundings: lineContext(shown.bytes, shown.filled, shown.own, shown.masks),
      ...(encodings.length === 0 ? {} : { encodings }),
      ...(hints.length === 0 ? {} : { hints }),
      ...(isGuess ? { isGuess } : {}),
      ...(inlineAllow === undefined ? {} : { inlineAllow }),
    };
  }

  #regionIn(places: Places, start: number, end: number): Region {
    const unitsOf = (from: number, to: number): number =>
      this.#layer.kernel.utf16Units(from - this.#base, to - this.#base);
    const { log, ...first } = places.at(this.#base + start, false, unitsOf);
    const region = toRegion(first, places.at(this.#base + end, true, unitsOf));
    return log === undefined ? region : { ...region, log };
  }

  /** The place of an offset in the window, given that of an earlier one. */
  #placeOf(from: Place, offset: number): Place {
    const to = this.#base + offset;
    if (to < from.offset) return this.#placeOf(this.#place, offset);
    const { kernel } = this.#layer;
    return this.#wide === undefined
      ? advance(kernel, this.#base, from, to)
      : advanceWide(kernel.bytes, this.#base, from, to, this.#wide);
  }
}

/** Both, sorted; mostly the ones stand before the others. */
function inOrder(some: readonly Hit[], others: readonly Hit[]): Hit[] {
  const both = some.concat(others);
  return some.length === 0 || others.length === 0 || some.at(-1)! <= others[0]! ? both : both.sort(ascending);
}

/** Where a confirmed place begins, with what may be a part of it. */
function firstOf({ start, instance }: VerifiedMatch): number {
  return instance?.start ?? start;
}

function toInstance(
  { start, prefix, isConfigured, whole }: NonNullable<VerifiedMatch['instance']>,
  end: number,
  regionOf: (span: Span) => Region,
): Instance {
  if (whole === undefined) return { prefix, isConfigured };
  return { prefix, isConfigured, whole: { secret: whole, region: regionOf({ start, end }) } };
}

function toRegion(first: Place, last: Place): Region {
  return {
    startLine: first.line,
    startColumn: first.column,
    endLine: last.line,
    endColumn: last.column,
    byteOffset: first.offset,
    byteLength: last.offset - first.offset,
  };
}
