/**
 * Text in which some characters, or all, are written as escapes. Which ones depends on the program that wrote it, and one
 * token may mix several kinds. So the kernel searches the escapes themselves, and the neighbours of an escape decide
 * whether it may be a part of a keyword. Either dialect is an encoding of its own.
 */

import { byteTable } from '../tokens/alphabet.ts';
import type { DecodedRun } from './decoded-run.ts';
import type { Encoding, NeedleFacts, EncodedNeedle, Text } from './encoding.ts';
import { type EscapeDialect, escapeAt, escapeBefore, formOf, FORMS, LEADS, lengthOf, valueOf } from './escape-forms.ts';
import { escapeNeedles } from './escape-needles.ts';
import { BACKSLASH, CR, EQUALS, LF } from '../../lib/bytes.ts';

/** The phase of a plain keyword: escapes may be elsewhere in its word. Other phases are where the escape begins in the needle. */
const RAW = -1;
/** An escape this far before a plain keyword may belong to its token: to a prefix, or to the body of a routable one. */
const BEFORE_RAW = 192;
/** A keyword whose first characters have other escapes is in quoted-printable text if one follows within this many bytes. */
const EQUALS_REACH = 256;
const NOWHERE: readonly number[] = [];
/** More backslashes may precede the one that a needle begins with. */
const BACKSLASHES = 7;
/** Plain characters that are a part of a run: all visible ones but quotes and brackets. */
const PLAIN = byteTable(Array.from({ length: 94 }, (_, index) => String.fromCharCode(0x21 + index)).join(''));
for (const end of '"\'`<>|^{}') PLAIN[end.charCodeAt(0)] = 0;

/** Braces are a part of some escapes; a soft line break ends a line of quoted-printable text. */
const CROSSED: Readonly<Record<EscapeDialect, Uint8Array>> = {
  escaped: crossed('{}'),
  'quoted-printable': crossed('{}\r\n'),
};

export const escapes: Encoding = escaped('escaped');
export const quotedPrintable: Encoding = escaped('quoted-printable');

function crossed(others: string): Uint8Array {
  const bytes = Uint8Array.from(PLAIN);
  for (const other of others) bytes[other.charCodeAt(0)] = 1;
  return bytes;
}

function escaped(dialect: EscapeDialect): Encoding {
  const equals = dialect === 'quoted-printable';
  const isLead = (byte: number | undefined): boolean => LEADS[byte!] === 1 || (equals && byte === EQUALS);

  const needlesFor = (keyword: string): EncodedNeedle[] =>
    escapeNeedles(keyword, dialect).map(({ text, escapeAt: phase = RAW }) => ({ text, phase }));

  /** Whether the escape at `at` may be a part of a needle. */
  const maySpellNeedle = ({ bytes, filled }: Text, at: number, { isPair }: NeedleFacts): boolean => {
    const escape = escapeAt(bytes, at, filled, dialect);
    if (escape === 0) return false;
    const value = valueOf(escape);
    const next = skipBreak(bytes, at + lengthOf(escape));
    if (next < filled) {
      const after = isLead(bytes[next]) ? escapeAt(bytes, next, filled, dialect) : 0;
      if (isPair(value, after === 0 ? bytes[next]! : valueOf(after))) return true;
    }
    const end = skipBreakBack(bytes, at);
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
      if (escape === 0 && PLAIN[bytes[at]!] === 0) return false;
      if (escape !== 0 && bytes[at] === EQUALS) return true;
      at += escape === 0 ? 1 : lengthOf(escape);
    }
    return false;
  };

  const skipBreak = (bytes: Uint8Array, at: number): number => {
    if (!equals || bytes[at] !== EQUALS) return at;
    if (bytes[at + 1] === LF) return at + 2;
    return bytes[at + 1] === CR && bytes[at + 2] === LF ? at + 3 : at;
  };
  const skipBreakBack = (bytes: Uint8Array, end: number): number => {
    if (!equals || bytes[end - 1] !== LF) return end;
    if (bytes[end - 2] === EQUALS) return end - 2;
    return bytes[end - 2] === CR && bytes[end - 3] === EQUALS ? end - 3 : end;
  };

  return {
    name: dialect,
    // A soft line break has no form, but it is a sign of quoted-printable text.
    namesOf: (forms) => (forms === 0 && equals ? ['quoted-printable'] : namesOf(forms)),
    isDecidedByNeighbours: true,
    crosses: CROSSED[dialect],
    readings: 1,
    expansion: 4, // up to 6 when everything is escaped: then only as much as a credential may be long is decoded
    needlesFor,
    anchor(text, position, phase, known) {
      if (phase === RAW) return text.isAmongEscapes(position, dialect) ? position : undefined;
      let at = position + phase;
      const { bytes } = text;
      if (bytes[at] === BACKSLASH) for (let step = 0; step < BACKSLASHES && bytes[at - 1] === BACKSLASH; step++) at--;
      if (!maySpellNeedle(text, at, known)) return undefined;
      // Without an equals sign, the text is read in the other dialect.
      return !equals || hasEqualsAhead(text, at) ? at : undefined;
    },
    ...(equals ? { reachesFar: true as const, across: softBreakAt } : {}),
    decode({ bytes, filled }, anchor, run: DecodedRun) {
      for (let at = skipBreak(bytes, anchor); at < filled; at = skipBreak(bytes, at)) {
        const byte = bytes[at]!;
        const escape = isLead(byte) ? escapeAt(bytes, at, filled, dialect) : 0;
        if (escape === 0) {
          if (PLAIN[byte] === 0 || !run.append(byte, at, at + 1)) break;
          at++;
        } else {
          const end = at + lengthOf(escape);
          if (!run.append(valueOf(escape), at, end, formOf(escape))) break;
          at = end;
        }
      }
      for (let end = skipBreakBack(bytes, anchor); end > 0; end = skipBreakBack(bytes, end)) {
        const escape = escapeBefore(bytes, end, filled, dialect);
        const start = end - (escape === 0 ? 1 : lengthOf(escape));
        if (escape === 0 && PLAIN[bytes[start]!] === 0) break;
        if (!run.prepend(escape === 0 ? bytes[start]! : valueOf(escape), start, end, formOf(escape))) break;
        end = start;
      }
    },
  };
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

  /** Whether an escape or a soft line break begins there. */
  #endsPlain(at: number, filled: number): boolean {
    const lead = LEADS[this.#bytes[at]!]!;
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
      if (escape !== 0) this.#last = at;
      else if (PLAIN[byte] === 0) this.#last = -1;
      at += escape === 0 ? 1 : lengthOf(escape);
    }
    this.#to = at;
    return this.#last >= floor;
  }
}
