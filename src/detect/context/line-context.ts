/**
 * The part of a candidate's line that may be shown, copied out of the window, with the spans that must be masked in it.
 * Only its own line: the other lines of a file with a leaked token too often contain other secrets.
 */

import type { LineContext } from '../../model/candidate.ts';
import type { Span } from '../../model/region.ts';
import { characterStart } from '../../lib/text-position.ts';
import { CR, LF } from '../../lib/bytes.ts';
import { partitionPoint } from '../../lib/binary-search.ts';

/** Bytes shown before a candidate, and after its end. */
const SHOWN = 100;
/** Bytes before and after a candidate that may have an influence on the text that is shown. */
export const LINE_CONTEXT_REACH = 512;

/** @param masks the spans of the window that must not be shown, made by {@link mergeSpans}; they include the candidate */
export function lineContext(bytes: Uint8Array, filled: number, own: Span, masks: readonly Span[]): LineContext {
  // A line may be as long as the file, so only the bytes around it are read.
  const floor = Math.max(0, own.start - LINE_CONTEXT_REACH);
  const limit = Math.min(filled, own.end + LINE_CONTEXT_REACH);
  const lineStart = floor + bytes.subarray(floor, own.start).lastIndexOf(LF) + 1;
  const next = bytes.subarray(own.end, limit).indexOf(LF);
  let lineEnd = next < 0 ? limit : own.end + next;
  if (lineEnd > own.end && bytes[lineEnd - 1] === CR) lineEnd--;

  const start = Math.max(lineStart, own.start <= SHOWN ? 0 : characterStart(bytes, own.start - SHOWN));
  const end = Math.min(lineEnd, own.end + SHOWN >= filled ? filled : characterStart(bytes, own.end + SHOWN));
  return {
    bytes: bytes.slice(start, end),
    span: { start: own.start - start, end: own.end - start },
    masks: cutSpans(masks, start, end),
    cutBefore: start > lineStart,
    cutAfter: end < lineEnd,
  };
}

/** The spans sorted, with overlapping and touching ones made one. */
export function mergeSpans(spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start)) {
    if (span.end <= span.start) continue;
    const last = merged.at(-1);
    if (last !== undefined && span.start <= last.end) {
      merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, span.end) };
    } else merged.push(span);
  }
  return merged;
}

/** The part of merged spans that lies in `[start, end)`, relative to `start`. */
export function cutSpans(merged: readonly Span[], start: number, end: number): Span[] {
  const first = partitionPoint(0, merged.length, (at) => merged[at]!.end <= start);
  const cut: Span[] = [];
  for (let at = first; at < merged.length && merged[at]!.start < end; at++) {
    cut.push({ start: Math.max(merged[at]!.start, start) - start, end: Math.min(merged[at]!.end, end) - start });
  }
  return cut;
}
