/**
 * Bytes in, candidates out, in bounded memory whatever the size of the artifact.
 *
 * The kernel's memory is a window that slides over the artifact:
 *
 *     | kept from before | fresh bytes ...                    | margin |
 *     0                  accept                               limit    filled
 *
 * A literal is acted on only in `[accept, limit)`: there everything a trial may read, to the left and to the right,
 * is in the window. Then the last part slides to the front and the window is filled up again, so each literal is
 * acted on once, wherever the chunk boundaries fall.
 */

import type { ByteReader, Input } from '../model/artifact.ts';
import type { Candidate } from '../model/candidate.ts';
import type { Region, Span } from '../model/region.ts';
import type { Progress } from '../model/progress.ts';
import type { Ruleset } from '../model/ruleset.ts';
import { Secret } from '../model/secret.ts';
import { createBreather } from '../lib/breathe.ts';
import { characterStart } from '../lib/text-position.ts';
import { type Confirmed, createConfirm } from './confirm.ts';
import { COMMENT_REACH, inlineAllowAt } from './inline-allow.ts';
import type { KernelFactory } from './kernel.ts';
import { advance, BEGINNING, type Place } from './position.ts';
import { keepLongest } from './overlap.ts';
import { mergeSpans, SURROUNDINGS_REACH, surround } from './surroundings.ts';
import { tokenRunEnd } from './token-run.ts';
import { detectWideText, narrowingReader, type WideText } from './wide-text.ts';

/** How the reading of an input ended. What was found before is valid in every case. */
export type Ending =
  | { readonly kind: 'whole' }
  /** More was found than is kept. */
  | { readonly kind: 'too-many' }
  /** The signal fired. */
  | { readonly kind: 'stopped' }
  /** The input threw. */
  | { readonly kind: 'failed'; readonly error: unknown };

export interface MatchResult {
  /** Sorted by position; none overlaps another. */
  readonly candidates: readonly Candidate[];
  readonly bytes: number;
  readonly ending: Ending;
}

export interface Matcher {
  /** Reads the input to its end. Never throws: trouble is an {@link Ending}. */
  match(input: Input, signal?: AbortSignal, progress?: Progress): Promise<MatchResult>;
  /** How many inputs it takes before the first of them must be waited for. */
  readonly depth: number;
  /** Begins with what it has not begun with yet; after the last input. */
  flush(): void;
  /** Gives up what it holds. */
  close(): Promise<void>;
}

/** Fits the second-level cache together with what the kernel touches. */
const CHUNK = 256 * 1024;
/** More findings than people can read: beyond it the artifact is reported as not wholly listed. */
const MAX_CANDIDATES = 10_000;

/** A matcher in this thread. */
export function createMatcher(ruleset: Ruleset, createKernel: KernelFactory): Matcher {
  // Two lines: a comment that allows a candidate may stand above it.
  const before = Math.max(ruleset.reach.before, SURROUNDINGS_REACH, 2 * COMMENT_REACH);
  // A neighbour that begins in the surroundings of the last candidate must be known whole, to be masked whole.
  const margin = 2 * ruleset.reach.after + Math.max(SURROUNDINGS_REACH, COMMENT_REACH);
  const literals = ruleset.literals.map((literal) => literal.text);
  const kernel = createKernel(literals, before + CHUNK + margin);
  const confirm = createConfirm(ruleset, kernel.bytes);
  const breathe = createBreather();
  let isBusy = false;

  return {
    depth: 1,
    flush() {},
    async close() {},
    async match(input, signal, progress) {
      if (isBusy) throw new Error('a matcher has one window, and takes one input after the other');
      isBusy = true;
      let reader: ByteReader;
      try {
        reader = input.open();
      } catch (error) {
        isBusy = false;
        return { candidates: [], bytes: 0, ending: { kind: 'failed', error } };
      }
      try {
        return await matchStream(reader, signal, progress);
      } finally {
        isBusy = false;
        reader.close();
      }
    },
  };

  async function matchStream(
    opened: ByteReader,
    signal: AbortSignal | undefined,
    progress: Progress | undefined,
  ): Promise<MatchResult> {
    const { bytes } = kernel;
    let reader = opened;
    let wide: WideText | undefined;
    let begun = false;
    const found: Candidate[] = [];
    /** Absolute spans already accepted that may reach into the next window. */
    let recent: Span[] = [];
    let base = 0;
    let filled = 0;
    let accept = 0;
    let place = BEGINNING;

    for (;;) {
      let ending: Ending | undefined;
      while (filled < bytes.length && ending === undefined) {
        try {
          const pending = reader.read(bytes.subarray(filled));
          const count = typeof pending === 'number' ? pending : await pending;
          if (count === 0) ending = { kind: 'whole' };
          filled += count;
        } catch (error) {
          ending = { kind: 'failed', error };
        }
      }
      if (!begun) {
        begun = true;
        wide = detectWideText(bytes, filled);
        if (wide !== undefined && ending?.kind !== 'failed') {
          reader = narrowingReader(reader, bytes.slice(0, filled), wide);
          filled = 0;
          continue;
        }
      }
      const limit = ending === undefined ? filled - margin : filled;
      const accepted = searchWindow(filled, accept, limit, recent, base, place);
      if (found.length + accepted.length > MAX_CANDIDATES) {
        ending = { kind: 'too-many' };
        accepted.length = MAX_CANDIDATES - found.length;
      }
      found.push(...accepted);
      progress?.bytes(ending === undefined ? limit - accept : filled - accept);
      const turn = breathe();
      if (turn !== undefined) await turn;
      if (ending === undefined && signal?.aborted === true) ending = { kind: 'stopped' };
      if (ending !== undefined) {
        const candidates = keepLongest(found);
        if (wide === undefined) return { candidates, bytes: base + filled, ending };
        const inWide = widen(wide);
        return { candidates: candidates.map(inWide), bytes: wide.skip + 2 * (base + filled), ending };
      }

      const keep = characterStart(bytes, Math.max(0, limit - before));
      place = advance(kernel, base, place, base + keep);
      recent = [...recent, ...accepted.map(spanOf)].filter((span) => span.end > base + keep);
      bytes.copyWithin(0, keep, filled);
      base += keep;
      filled -= keep;
      accept = limit - keep;
    }
  }

  /** The candidates whose literal stands in `[accept, limit)`, sorted by position. `place` is that of the window's start. */
  function searchWindow(
    filled: number,
    accept: number,
    limit: number,
    recent: readonly Span[],
    base: number,
    place: Place,
  ): Candidate[] {
    const { bytes } = kernel;
    const confirmed: Confirmed[] = [];
    /** Everything that must not be shown: candidates, accepted or not, and whatever follows a literal. */
    const hidden: Span[] = recent.map((span) => ({ start: Math.max(0, span.start - base), end: span.end - base }));
    kernel.find(0, filled, (position, literal) => {
      const places = confirm(literal, position, 0, filled);
      const after = position + literals[literal]!.length;
      if (places.length > 0) hidden.push(...places);
      else hidden.push({ start: after, end: tokenRunEnd(bytes, after, filled) });
      if (position >= accept && position < limit) confirmed.push(...places);
    });
    if (confirmed.length === 0) return [];
    confirmed.sort((a, b) => a.start - b.start || b.end - a.end);
    const masks = mergeSpans(hidden);
    let cursor = place;
    return confirmed.map((item) => {
      cursor = advance(kernel, base, cursor, base + item.start);
      const last = advance(kernel, base, cursor, base + item.end);
      const inlineAllow = inlineAllowAt(bytes, filled, item, masks);
      return {
        ...toCandidate(item, cursor, last, surround(bytes, filled, item, masks)),
        ...(inlineAllow === undefined ? {} : { inlineAllow }),
      };
    });
  }

  function toCandidate(item: Confirmed, first: Place, last: Place, surroundings: Candidate['surroundings']): Candidate {
    const region: Region = {
      startLine: first.line,
      startColumn: first.column,
      endLine: last.line,
      endColumn: last.column,
      byteOffset: first.offset,
      byteLength: item.end - item.start,
    };
    return {
      ruleId: item.rule.id,
      form: item.form,
      region,
      secret: new Secret(Buffer.from(kernel.bytes.subarray(item.start, item.end)).toString('latin1')),
      label: item.label,
      evidence: item.evidence,
      surroundings,
    };
  }
}

/** Where a candidate in the narrowed text stands in the text itself. */
function widen({ encoding, skip }: WideText): (candidate: Candidate) => Candidate {
  return (candidate) => ({
    ...candidate,
    encodings: [encoding],
    region: {
      ...candidate.region,
      byteOffset: skip + 2 * candidate.region.byteOffset,
      byteLength: 2 * candidate.region.byteLength,
    },
  });
}

function spanOf({ region }: Candidate): Span {
  return { start: region.byteOffset, end: region.byteOffset + region.byteLength };
}
