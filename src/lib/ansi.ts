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
  const limit = Math.min(end, start + STYLE_MAX);
  for (let at = start + 2; at <= limit; at++) {
    const state = isStyle(bytes, start, at);
    if (state === StyleState.whole) return { end: at };
    if (state === StyleState.none) return { end: start + 1 };
  }
  return unknown(limit);
}

/** What the beginning of a sequence may be. */
export const StyleState = { none: 0, more: 1, whole: 2 } as const;

/** A longer sequence is none. */
const STYLE_MAX = 64;
const BRACKET = 0x5b;
const codesOf = (characters: string): ReadonlySet<number> =>
  new Set(Array.from(characters, (character) => character.charCodeAt(0)));
/** What colours, moves and clears; with parameters or without. */
const FINALS = codesOf('mKJH');
const FINALS_WITH_PARAMETERS = codesOf('mKJHABCDEFGSTXdfnrtu');
/** `ESC [ ? 25 h`. */
const FINALS_OF_MODES = codesOf('hl');

/**
 * Whether `bytes[start, end)` is a sequence that carries no text: a colour, a move, a charset. Letters that end no such
 * sequence are text: `ESC [ g` before a token must not take its first letter away.
 */
export function isStyle(
  bytes: ArrayLike<number>,
  start: number,
  end: number,
): (typeof StyleState)[keyof typeof StyleState] {
  const { none, more, whole } = StyleState;
  const length = end - start;
  if (length > STYLE_MAX) return none;
  if (length < 2) return more;
  const last = bytes[end - 1]!;
  if (bytes[start + 1] === BRACKET) {
    if (length === 2) return more;
    if (last >= 0x20 && last <= 0x3f) return more;
    if (length === 3) return FINALS.has(last) ? whole : none;
    if (FINALS_WITH_PARAMETERS.has(last)) return whole;
    return bytes[start + 2] === 0x3f && FINALS_OF_MODES.has(last) ? whole : none;
  }
  // A charset: `ESC ( B`; saving and restoring the cursor, keypad modes.
  if (bytes[start + 1] === 0x28 || bytes[start + 1] === 0x29)
    return length === 2 ? more : last >= 0x30 && last <= 0x7e ? whole : none;
  return length === 2 && (last === 0x37 || last === 0x38 || last === 0x3d || last === 0x3e) ? whole : none;
}
