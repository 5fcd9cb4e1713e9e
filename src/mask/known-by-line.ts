/** Lines by themselves are more reliable than lines that were joined. */

import type { DecodingLayer } from '../detect/decoding-layer.ts';
import { positionOf } from '../detect/search/hit.ts';
import type { Evidence } from '../model/candidate.ts';
import { confidenceOf, CONFIDENCES, isIgnoredPlaceholder } from '../model/confidence.ts';
import type { Span } from '../model/region.ts';
import { LF } from '../lib/bytes.ts';

/** Bytes before and after a match that rules may read. */
const CONTEXT = 256;

/** Lines that were joined, with room after them. */
export interface JoinedText {
  readonly bytes: Uint8Array;
  readonly filled: number;
  /** The place of a byte in the stream. */
  placeAt(at: number): number;
}

/** Whether one of the lines by itself has a match in a span that is as certain. */
export function isKnownByLine(
  layer: DecodingLayer,
  text: JoinedText,
  { start, end }: Span,
  evidence: Evidence,
): boolean {
  const { bytes, filled } = text;
  const from = Math.max(0, start - CONTEXT);
  /** The index in the text of each byte of the lines. */
  const places: number[] = [];
  const add = (byte: number, at: number): void => {
    bytes[filled + places.length] = byte;
    places.push(at);
  };
  for (let at = from; at < Math.min(filled, end + CONTEXT); at++) {
    if (at === from || text.placeAt(at) !== text.placeAt(at - 1) + 1) add(LF, at);
    add(bytes[at]!, at);
  }
  const last = filled + places.length;
  layer.forget();
  const found = layer
    .hits(filled, last)
    .filter((hit) => positionOf(hit) >= filled)
    .flatMap((hit) => layer.matchesAt(hit, last).verified);
  layer.forget();
  const floor = CONFIDENCES.indexOf(confidenceOf(evidence));
  return found.some(
    (item) =>
      item.start > filled &&
      places[item.start - filled]! < end &&
      places[item.end - 1 - filled]! >= start &&
      !isIgnoredPlaceholder(item.evidence) &&
      CONFIDENCES.indexOf(confidenceOf(item.evidence)) >= floor,
  );
}
