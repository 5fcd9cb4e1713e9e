/**
 * Lines and columns of byte offsets, without decoding to strings.
 *
 * Lines end at LF only. Columns count the UTF-16 code units that a WHATWG decoder produces, so an invalid sequence counts as one
 * U+FFFD, as editors show it.
 */

import { LF } from './bytes.ts';

/** The number of LF bytes in `bytes[start, end)`. */
export function countLines(bytes: Uint8Array, start: number, end: number): number {
  let lines = 0;
  for (let at = start; at < end; at++) if (bytes[at] === LF) lines++;
  return lines;
}

/** The UTF-16 length of `bytes[start, end)` decoded from UTF-8; each maximal invalid part counts as one U+FFFD. */
export function utf16Length(bytes: Uint8Array, start: number, end: number): number {
  let units = 0;
  let at = start;
  while (at < end) {
    const lead = bytes[at]!;
    at++;
    units++;
    if (lead < 0x80) continue;
    // The ranges of the second byte exclude overlong forms, surrogates and values above U+10FFFF (Unicode table 3-7).
    let more = 0;
    let low = 0x80;
    let high = 0xbf;
    if (lead >= 0xc2 && lead <= 0xdf) more = 1;
    else if (lead >= 0xe0 && lead <= 0xef) {
      more = 2;
      if (lead === 0xe0) low = 0xa0;
      if (lead === 0xed) high = 0x9f;
    } else if (lead >= 0xf0 && lead <= 0xf4) {
      more = 3;
      if (lead === 0xf0) low = 0x90;
      if (lead === 0xf4) high = 0x8f;
    }
    const astral = more === 3;
    while (more > 0 && at < end && bytes[at]! >= low && bytes[at]! <= high) {
      at++;
      more--;
      low = 0x80;
      high = 0xbf;
    }
    if (astral && more === 0) units++;
  }
  return units;
}

/** The largest offset at or before `at` that does not lie inside a well-formed UTF-8 sequence. */
export function characterStart(bytes: Uint8Array, at: number): number {
  for (let back = 1; back <= 3 && at - back >= 0; back++) {
    const byte = bytes[at - back]!;
    if (byte < 0x80) return at;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return back < length ? at - back : at;
    }
  }
  return at;
}
