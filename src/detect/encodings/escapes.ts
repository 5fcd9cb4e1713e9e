/**
 * Text in which some characters, or all, are written as escapes. Which ones depends on who wrote it, and more than one
 * kind may stand in one token, so the kernel searches the escapes themselves: whether one of them may be a part of a
 * literal its neighbours tell.
 *
 * What `=2D` is depends on the text: an escape in quoted-printable text, an equals sign in all other. So there are two
 * readings, and one of them leaves equals signs alone.
 */

import { byteTable } from '../tokens/alphabet.ts';
import type { DecodedRun } from './decoded-run.ts';
import type { Encoding, Known, Piece, Text } from './encoding.ts';
import {
  escapeAt,
  escapeBefore,
  escapePieces,
  formOf,
  FORMS,
  isPunctuation,
  LEADS,
  lengthOf,
  valueOf,
} from './escape-forms.ts';

/** The phase of a raw literal: it may be a part of a word that has escapes elsewhere. */
const RAW = 1;
/** The phase of an escape that follows a plain character of the piece. */
const AFTER_PLAIN = 2;
/** Bytes before a raw literal in which an escape may belong to its token: a prefix, or the body of a routable one. */
const BEFORE_RAW = 192;
/** What is escaped once more: it begins an escape itself. */
const TWICE = '%\\&=';
const NOWHERE: readonly number[] = [];
const LF = 0x0a;
const CR = 0x0d;
const EQUALS = 0x3d;
const BACKSLASH = 0x5c;
/** Before the one that a needle begins with there may stand others. */
const BACKSLASHES = 7;
/** Plain characters that a run goes on over: all that can be seen but quotes and brackets. */
const PLAIN = byteTable(Array.from({ length: 94 }, (_, index) => String.fromCharCode(0x21 + index)).join(''));
for (const end of '"\'`<>|^{}') PLAIN[end.charCodeAt(0)] = 0;

export const escapes: Encoding = escaped(false);
export const quotedPrintable: Encoding = escaped(true);

/** @param equals whether `=2D` is an escape, and a line that ends with `=` goes on in the next */
function escaped(equals: boolean): Encoding {
  const isLead = (byte: number | undefined): boolean => LEADS[byte!] === 1 || (equals && byte === EQUALS);

  const pieces = (literal: string): Piece[] => {
    const generic = escapePieces(new Set(literal + TWICE), equals).map((text): Piece => ({ text, phase: 0 }));
    const marked = [...literal].flatMap((character, index): Piece[] => {
      const before = literal[index - 1];
      return equals || before === undefined || !isPunctuation(character)
        ? []
        : [{ text: `${before}\\${character}`, phase: AFTER_PLAIN }];
    });
    return [...generic, ...marked, { text: literal, phase: RAW }];
  };

  /** Whether the escape at `at` may be a part of something that is searched. */
  const isTelling = ({ bytes, filled }: Text, at: number, { isPair }: Known): boolean => {
    const escape = escapeAt(bytes, at, filled, equals);
    if (escape === 0) return false;
    const value = valueOf(escape);
    const next = skipBreak(bytes, at + lengthOf(escape));
    if (next < filled) {
      const after = isLead(bytes[next]) ? escapeAt(bytes, next, filled, equals) : 0;
      if (isPair(value, after === 0 ? bytes[next]! : valueOf(after))) return true;
    }
    const end = skipBreakBack(bytes, at);
    if (end === 0) return false;
    const before = escapeBefore(bytes, end, filled, equals);
    return isPair(before === 0 ? bytes[end - 1]! : valueOf(before), value);
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
    name: equals ? 'quoted-printable' : 'escaped',
    // A soft break is no escape, and names the encoding where nothing else does.
    namesOf: (forms) => (forms === 0 && equals ? ['quoted-printable'] : namesOf(forms)),
    isToldByNeighbours: true,
    readings: 1,
    expansion: 4, // all escaped it is up to 6 times as long: more than a credential is not looked at
    pieces,
    anchor(text, position, phase, known) {
      if (phase === RAW) return text.isAmongEscapes(position, equals) ? position : undefined;
      let at = position + (phase === AFTER_PLAIN ? 1 : 0);
      const { bytes } = text;
      if (bytes[at] === BACKSLASH) for (let step = 0; step < BACKSLASHES && bytes[at - 1] === BACKSLASH; step++) at--;
      return isTelling(text, at, known) ? at : undefined;
    },
    ...(equals ? { reachesFar: true as const, across: softBreakAt } : {}),
    decode({ bytes, filled }, anchor, run: DecodedRun) {
      for (let at = skipBreak(bytes, anchor); at < filled; at = skipBreak(bytes, at)) {
        const byte = bytes[at]!;
        const escape = isLead(byte) ? escapeAt(bytes, at, filled, equals) : 0;
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
        const escape = escapeBefore(bytes, end, filled, equals);
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

/** A soft break that may cut a literal: the characters around it, escaped or not, are side by side in one. */
function softBreakAt({ bytes, filled }: Text, position: number, { isPair }: Known): readonly number[] {
  const equals = position - (bytes[position - 1] === CR ? 2 : 1);
  const next = position + 1;
  if (equals <= 0 || next >= filled || bytes[equals] !== EQUALS) return NOWHERE;
  const before = escapeBefore(bytes, equals, filled, true);
  const after = LEADS[bytes[next]!] === 0 ? 0 : escapeAt(bytes, next, filled, true);
  // An equals sign that begins no escape is another soft break, or an escape that is not read yet.
  const isCut =
    (after === 0 && bytes[next] === EQUALS) ||
    (before === 0 && bytes[equals - 1] === LF) ||
    isPair(before === 0 ? bytes[equals - 1]! : valueOf(before), after === 0 ? bytes[next]! : valueOf(after));
  return isCut ? [next] : NOWHERE;
}

/** Whether escapes stand around a place, with nothing but plain characters between; for places in ascending order. */
export class EscapesAround {
  readonly #bytes: Uint8Array;
  readonly #equals: boolean;
  /** Known up to here. */
  #to = 0;
  #last = -1;
  /** Between these nothing stands but plain characters; then an escape, or the end of them. */
  #plainFrom = 0;
  #plainTo = 0;

  constructor(bytes: Uint8Array, equals: boolean) {
    this.#bytes = bytes;
    this.#equals = equals;
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

  /** Whether an escape stands there, or a soft break. */
  #endsPlain(at: number, filled: number): boolean {
    const lead = LEADS[this.#bytes[at]!]!;
    if (lead === 0 || (lead === 2 && !this.#equals)) return false;
    const isBreak = lead === 2 && (this.#bytes[at + 1] === LF || this.#bytes[at + 1] === CR);
    return isBreak || escapeAt(this.#bytes, at, filled, this.#equals) !== 0;
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
      const escape = LEADS[byte] === 0 ? 0 : escapeAt(this.#bytes, at, filled, this.#equals);
      if (escape !== 0) this.#last = at;
      else if (PLAIN[byte] === 0) this.#last = -1;
      at += escape === 0 ? 1 : lengthOf(escape);
    }
    this.#to = at;
    return this.#last >= floor;
  }
}
