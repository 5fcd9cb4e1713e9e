/** What lines hold by themselves is known better than what they hold when they are joined. */

import type { DecodingLayer } from '../detect/decoding-layer.ts';
import { positionOf } from '../detect/search/hit.ts';
import type { Evidence } from '../model/candidate.ts';
import { confidenceOf, CONFIDENCES, isIgnoredPlaceholder } from '../model/confidence.ts';
import type { Span } from '../model/region.ts';
import { LF } from '../lib/bytes.ts';

/** Bytes before a place and after it that tell what it is. */
const CONTEXT = 256;

/** Lines that are joined. There is room after them. */
export interface JoinedText {
  readonly bytes: Uint8Array;
  readonly filled: number;
  /** Where a byte stands in the stream. */
  placeAt(at: number): number;
}

/** Whether one of the lines by itself holds something in a span that is as sure. */
export function isKnownByLine(
  layer: DecodingLayer,
  text: JoinedText,
  { start, end }: Span,
  evidence: Evidence,
): boolean {
  const { bytes, filled, placeAt } = text;
  const from = Math.max(0, start - CONTEXT);
  /** Where each byte of the lines stands in the text. */
  const places: number[] = [];
  const add = (byte: number, at: number): void => {
    bytes[filled + places.length] = byte;
    places.push(at);
  };
  for (let at = from; at < Math.min(filled, end + CONTEXT); at++) {
    if (at === from || placeAt(at) !== placeAt(at - 1) + 1) add(LF, at);
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
