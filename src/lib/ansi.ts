/** Escape sequences of terminals (ECMA-48): where one ends, and what text it carries. */

const ESC = 0x1b;
const BEL = 0x07;
const BACKSLASH = 0x5c;
/** A sequence that is longer is none. */
const LONGEST = 4096;

export interface EscapeSequence {
  /** Offset after its last byte. */
  readonly end: number;
  /** The text that it carries: the address of a link, the title of a window. */
  readonly text?: { readonly start: number; readonly end: number };
}

/**
 * The sequence that begins with the ESC at `start`; an ESC that begins none is a sequence of its own.
 *
 * @param end no byte at or after it is known
 * @param isLast nothing comes after `end`
 * @returns undefined when more bytes must be seen to tell
 */
export function escapeSequence(
  bytes: Uint8Array,
  start: number,
  end: number,
  isLast: boolean,
): EscapeSequence | undefined {
  const unknown = (at: number): EscapeSequence | undefined =>
    isLast || at - start > LONGEST ? { end: start + 1 } : undefined;
  if (start + 1 >= end) return unknown(start);
  const kind = bytes[start + 1]!;
  if (kind === 0x5b) {
    // CSI: parameters, intermediates, one final byte.
    for (let at = start + 2; at < end; at++) {
      const byte = bytes[at]!;
      if (byte >= 0x40 && byte <= 0x7e) return { end: at + 1 };
      if (byte < 0x20 || byte > 0x3f || at - start > LONGEST) return { end: at };
    }
    return unknown(end);
  }
  // OSC, DCS, SOS, PM, APC: text up to BEL or ESC \.
  if (kind === 0x5d || kind === 0x50 || kind === 0x58 || kind === 0x5e || kind === 0x5f) {
    for (let at = start + 2; at < end && at - start <= LONGEST; at++) {
      const byte = bytes[at]!;
      const text = { start: start + 2, end: at };
      if (byte === BEL) return { end: at + 1, text };
      if (byte === 0x0a) return { end: start + 2 };
      if (byte !== ESC) continue;
      if (at + 1 >= end) return unknown(at);
      return bytes[at + 1] === BACKSLASH ? { end: at + 2, text } : { end: at, text };
    }
    return unknown(end);
  }
  // Charsets and the like: intermediates, one final byte.
  let at = start + 1;
  while (at < end && bytes[at]! >= 0x20 && bytes[at]! <= 0x2f) at++;
  if (at >= end) return unknown(at);
  return { end: bytes[at]! >= 0x30 && bytes[at]! <= 0x7e ? at + 1 : start + 1 };
}
