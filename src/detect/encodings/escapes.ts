/**
 * Text in which some characters, or all, are written as escapes. Which ones depends on the program that wrote it, and one
 * token may mix several kinds. So the kernel searches the escapes themselves, and the neighbours of an escape decide
 * whether it may be a part of a keyword. Either dialect is an encoding of its own.
 */

import type { DecodedRun } from './decoded-run.ts';
import type { Encoding, NeedleFacts, EncodedNeedle, Text } from './encoding.ts';
import { type EscapeDialect, escapeAt, escapeBefore, LEADS } from './escape-forms.ts';
import { escapeNeedles } from './escape-needles.ts';
import { formOf, FORMS, lengthOf, valueOf } from './escape-parts.ts';
import { INVISIBLE_BYTES, INVISIBLE_MAX, invisibleAt, invisibleBefore } from './invisible.ts';
import { PLAIN } from './plain.ts';
import { BACKSLASH, CR, EQUALS, LF, SEMICOLON } from '../../lib/bytes.ts';

/** The phase of a plain keyword: escapes may be elsewhere in its word. Other phases are where the escape begins in the needle. */
const RAW = -1;
/** An escape this far before a plain keyword may belong to its token: to a prefix, or to the body of a routable one. */
const BEFORE_RAW = 192;
/** A keyword whose first characters have other escapes is in quoted-printable text if one follows within this many bytes. */
const EQUALS_REACH = 256;
const NOWHERE: readonly number[] = [];
/** More backslashes may precede the one that a needle begins with. */
const BACKSLASHES = 7;
/** Braces are a part of some escapes, and a blank of those of CSS; a soft line break ends a line of quoted-printable text. */
const CROSSED: Readonly<Record<EscapeDialect, Uint8Array>> = {
  escaped: crossed('{} '),
  'quoted-printable': crossed('{} \r\n'),
};

export const escapes: Encoding = escaped('escaped');
export const quotedPrintable: Encoding = escaped('quoted-printable');

function crossed(others: string): Uint8Array {
  const bytes = Uint8Array.from(PLAIN);
  for (const other of others) bytes[other.charCodeAt(0)] = 1;
  for (const byte of INVISIBLE_BYTES) bytes[byte] = 1;
  return bytes;
}

function escaped(dialect: EscapeDialect): Encoding {
  const equals = dialect === 'quoted-printable';
  const isLead = (byte: number | undefined): boolean => LEADS[byte!] === 1 || (equals && byte === EQUALS);

  const needlesFor = (keyword: string): EncodedNeedle[] =>
    escapeNeedles(keyword, dialect).map(({ text, escapeAt: phase = RAW }) => ({ text, phase }));

  /** Whether the escape at `at`, or a plain character behind invisible ones, may be a part of a needle. */
  const maySpellNeedle = ({ bytes, filled }: Text, at: number, { isPair }: NeedleFacts, isPlain: boolean): boolean => {
    const escape = escapeAt(bytes, at, filled, dialect);
    if (escape === 0 && !isPlain) return false;
    const value = escape === 0 ? bytes[at]! : valueOf(escape);
    const next = skipSilent(bytes, at + (escape === 0 ? 1 : lengthOf(escape)));
    if (next < filled) {
      const after = isLead(bytes[next]) ? escapeAt(bytes, next, filled, dialect) : 0;
      if (isPair(value, after === 0 ? bytes[next]! : valueOf(after))) return true;
    }
    const end = skipSilentBack(bytes, at);
    if (end === 0) return false;
    const before = escapeBefore(bytes, end, filled, dialect);
    return isPair(before === 0 ? bytes[end - 1]! : valueOf(before), value);
  };

  /** Whether an equals sign begins an escape, in the run of plain characters and escapes from `start` on. */
  const hasEqualsAhead = ({ bytes, filled }: Text, start: number): boolean => {
    const end = Math.min(filled, start + EQUALS_REACH);
    // Most text has none, and this loop is shorter.
    let first = start;
    while (first < end && bytes[first] !== EQUALS) first++;
    if (first === end) return false;
    for (let at = start; at < end;) {
      const escape = isLead(bytes[at]) ? escapeAt(bytes, at, filled, dialect) : 0;
      if (escape === 0 && PLAIN[bytes[at]!] === 0 && invisibleAt(bytes, at) === 0) return false;
      if (escape !== 0 && bytes[at] === EQUALS) return true;
      at += escape === 0 ? 1 : lengthOf(escape);
    }
    return false;
  };

  /** Skips what is not shown: a soft line break, or invisible characters. */
  const skipSilent = (bytes: Uint8Array, at: number): number => {
    const byte = bytes[at]!;
    if (byte >= 0x80) return afterInvisible(bytes, at);
    if (!equals || byte !== EQUALS) return at;
    if (bytes[at + 1] === LF) return at + 2;
    return bytes[at + 1] === CR && bytes[at + 2] === LF ? at + 3 : at;
  };
  const skipSilentBack = (bytes: Uint8Array, end: number): number => {
    const byte = bytes[end - 1]!;
    if (byte >= 0x80) return beforeInvisible(bytes, end);
    if (!equals || byte !== LF) return end;
    if (bytes[end - 2] === EQUALS) return end - 2;
    return bytes[end - 2] === CR && bytes[end - 3] === EQUALS ? end - 3 : end;
  };

  return {
    name: dialect,
    // A soft line break has no form, but it is a sign of quoted-printable text.
    namesOf: (forms) => (forms === 0 && equals ? ['quoted-printable'] : namesOf(forms)),
    // What is behind an invisible character may be another word.
    hidesNearMiss: (forms) => forms !== FORMS.invisible,
    isDecidedByNeighbours: true,
    crosses: CROSSED[dialect],
    readings: 1,
    expansion: 4, // up to 6 when everything is escaped: then only as much as a credential may be long is decoded
    needlesFor,
    anchor(text, position, phase, known) {
      if (phase === RAW) return text.isAmongEscapes(position, dialect) ? position : undefined;
      const { bytes } = text;
      const begin = position + phase;
      const next = afterInvisible(bytes, begin);
      const at = next > begin ? next : firstOf(bytes, begin);
      if (!maySpellNeedle(text, at, known, next > begin)) return undefined;
      // Without an equals sign, the text is read in the other dialect.
      return !equals || hasEqualsAhead(text, at) ? at : undefined;
    },
    ...(equals ? { reachesFar: true as const, across: softBreakAt } : {}),
    decode({ bytes, filled }, anchor, run: DecodedRun) {
      let from = anchor;
      for (let at = skipSilent(bytes, from); at < filled; at = skipSilent(bytes, from)) {
        const byte = bytes[at]!;
        const form = from < at && bytes[from]! >= 0x80 ? FORMS.invisible : 0;
        const escape = isLead(byte) ? escapeAt(bytes, at, filled, dialect) : 0;
        if (escape === 0 && PLAIN[byte] === 0) break;
        from = at + (escape === 0 ? 1 : lengthOf(escape));
        if (!run.append(escape === 0 ? byte : valueOf(escape), at, from, formOf(escape) | form)) break;
      }
      let to = anchor;
      for (let end = skipSilentBack(bytes, to); end > 0; end = skipSilentBack(bytes, to)) {
        const form = end < to && bytes[to - 1]! >= 0x80 ? FORMS.invisible : 0;
        const escape = escapeBefore(bytes, end, filled, dialect);
        to = end - (escape === 0 ? 1 : lengthOf(escape));
        if (escape === 0 && PLAIN[bytes[to]!] === 0) break;
        if (!run.prepend(escape === 0 ? bytes[to]! : valueOf(escape), to, end, formOf(escape) | form)) break;
      }
    },
  };
}

function afterInvisible(bytes: Uint8Array, start: number): number {
  let at = start;
  for (let count = 0; count < INVISIBLE_MAX; count++) {
    const length = invisibleAt(bytes, at);
    if (length === 0) break;
    at += length;
  }
  return at;
}

function beforeInvisible(bytes: Uint8Array, end: number): number {
  let at = end;
  for (let count = 0; count < INVISIBLE_MAX; count++) {
    const length = invisibleBefore(bytes, at);
    if (length === 0) break;
    at -= length;
  }
  return at;
}

/** The first byte of the escape that a needle begins in: there may be more backslashes before it, or more of `amp;`. */
function firstOf(bytes: Uint8Array, begin: number): number {
  let at = begin;
  if (bytes[at] === BACKSLASH) for (let step = 0; step < BACKSLASHES && bytes[at - 1] === BACKSLASH; step++) at--;
  if (bytes[at] === SEMICOLON)
    while (at >= 4 && bytes[at - 1] === 0x70 && bytes[at - 2] === 0x6d && bytes[at - 3] === 0x61) {
      at -= 4;
      if (bytes[at] !== SEMICOLON) break;
    }
  return at;
}

function namesOf(forms: number): readonly string[] {
  return Object.entries(FORMS).flatMap(([name, form]) => ((forms & form) === 0 ? [] : [name]));
}

/** The anchor behind a soft line break that may split a keyword: the characters around it are adjacent in one. */
function softBreakAt({ bytes, filled }: Text, position: number, { isPair }: NeedleFacts): readonly number[] {
  const equals = position - (bytes[position - 1] === CR ? 2 : 1);
  const next = position + 1;
  if (equals <= 0 || next >= filled || bytes[equals] !== EQUALS) return NOWHERE;
  const before = escapeBefore(bytes, equals, filled, 'quoted-printable');
  const after = LEADS[bytes[next]!] === 0 ? 0 : escapeAt(bytes, next, filled, 'quoted-printable');
  // An equals sign that begins no escape is another soft line break, or an escape whose end is not in memory yet.
  const isCut =
    (after === 0 && bytes[next] === EQUALS) ||
    (before === 0 && bytes[equals - 1] === LF) ||
    isPair(before === 0 ? bytes[equals - 1]! : valueOf(before), after === 0 ? bytes[next]! : valueOf(after));
  return isCut ? [next] : NOWHERE;
}

/** Whether a place has escapes before or after it with only plain characters between. Fast for ascending places. */
export class EscapesAround {
  readonly #bytes: Uint8Array;
  readonly #dialect: EscapeDialect;
  /** The bytes before this one were read; `#last` is the last escape in them, -1 when a run has ended since. */
  #to = 0;
  #last = -1;
  /** Plain characters only from here to there; then comes an escape, or the end of the run. */
  #plainFrom = 0;
  #plainTo = 0;

  constructor(bytes: Uint8Array, dialect: EscapeDialect) {
    this.#bytes = bytes;
    this.#dialect = dialect;
  }

  /** To be called when the bytes have changed. */
  forget(): void {
    this.#to = 0;
    this.#last = -1;
    this.#plainFrom = 0;
    this.#plainTo = 0;
  }

  isAmong(position: number, filled: number): boolean {
    return this.#isAfter(position, filled) || this.#isBefore(position, filled);
  }

  #isAfter(position: number, filled: number): boolean {
    if (position < this.#plainFrom || position >= this.#plainTo) {
      let at = position;
      while (at < filled && PLAIN[this.#bytes[at]!] === 1 && !this.#endsPlain(at, filled)) at++;
      this.#plainFrom = position;
      this.#plainTo = at;
    }
    return this.#plainTo < filled && this.#endsPlain(this.#plainTo, filled);
  }

  /** Whether an escape, an invisible character or a soft line break begins there. */
  #endsPlain(at: number, filled: number): boolean {
    const lead = LEADS[this.#bytes[at]!]!;
    if (lead === 0 && invisibleAt(this.#bytes, at) > 0) return true;
    if (lead === 0 || (lead === 2 && this.#dialect !== 'quoted-printable')) return false;
    const isBreak = lead === 2 && (this.#bytes[at + 1] === LF || this.#bytes[at + 1] === CR);
    return isBreak || escapeAt(this.#bytes, at, filled, this.#dialect) !== 0;
  }

  #isBefore(position: number, filled: number): boolean {
    const floor = Math.max(0, position - BEFORE_RAW);
    if (this.#to > position || this.#to < floor) {
      this.#to = floor;
      this.#last = -1;
    }
    let at = this.#to;
    while (at < position) {
      const byte = this.#bytes[at]!;
      const escape = LEADS[byte] === 0 ? 0 : escapeAt(this.#bytes, at, filled, this.#dialect);
      const invisible = invisibleAt(this.#bytes, at);
      if (escape !== 0 || invisible > 0) this.#last = at;
      else if (PLAIN[byte] === 0) this.#last = -1;
      at += invisible > 0 ? invisible : escape === 0 ? 1 : lengthOf(escape);
    }
    this.#to = at;
    return this.#last >= floor;
  }
}
