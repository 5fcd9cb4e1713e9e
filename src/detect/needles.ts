/**
 * The needles of a rule set: the byte strings that the kernel searches. A needle is a keyword of a rule, or a piece of a
 * keyword as one of the encodings writes it.
 */

import { compareText } from '../model/order.ts';
import { GlaiveError } from '../model/errors.ts';
import type { Keyword } from '../model/ruleset.ts';
import { type EncodedNeedle, type Encoding, hashOfFour } from './encodings/encoding.ts';
import { ENCODINGS } from './encodings/index.ts';
import { ESCAPE_GUARDS, type Guard, GUARDS, SPLITS } from './search/guards.ts';

export interface Needle {
  /** One character a byte (latin1). */
  readonly text: string;
  /** The index of the rule set's keyword with this text; undefined for a needle that is only a piece of encoded keywords. */
  readonly keyword: number | undefined;
  readonly encoded: readonly { readonly encoding: Encoding; readonly phase: number }[];
  /** What must be around it. */
  readonly guard: Guard;
}

/** Sorted by text, so that the same rules give the same needles. */
export function needlesOf(keywords: readonly Keyword[]): Needle[] {
  const needles = new Map<
    string,
    { keyword: number | undefined; encoded: Needle['encoded'][number][]; guard: Guard }
  >();
  // A needle that different encodings guard in different ways has no guard.
  const needleOf = (text: string, guard: Guard = GUARDS.none) => {
    let needle = needles.get(text);
    if (needle === undefined) needles.set(text, (needle = { keyword: undefined, encoded: [], guard }));
    if (needle.guard !== guard) needle.guard = GUARDS.none;
    return needle;
  };
  keywords.forEach(({ text }, index) => {
    needleOf(text).keyword = index;
  });
  for (const encoding of ENCODINGS) {
    const written = keywords.filter(({ encoded, isName }) => encoded || (isName && encoding.isWhole === true));
    const pieces = written.flatMap(({ text }) => encoding.needlesFor(text));
    for (const { text, phase, guard } of shared(pieces, encoding.enough)) {
      const { encoded } = needleOf(text, guard);
      if (!encoded.some((other) => other.encoding === encoding && other.phase === phase))
        encoded.push({ encoding, phase });
    }
  }
  return [...needles]
    .map(([text, rest]) => ({
      text,
      ...rest,
      guard: rest.guard === GUARDS.none ? escapeGuard(text, rest) : rest.guard,
    }))
    .toSorted((a, b) => compareText(a.text, b.text));
}

/** That of a needle which is only an escape: most of those are no part of a keyword. */
function escapeGuard(text: string, { keyword, encoded }: Pick<Needle, 'keyword' | 'encoded'>): Guard {
  const [phase = -1, ...others] = new Set(encoded.map((each) => each.phase));
  const isEscape = keyword === undefined && encoded.every(({ encoding }) => encoding.isDecidedByNeighbours === true);
  const isRead = others.length === 0 && phase >= 0 && '%\\&'.includes(text[phase]!);
  return isEscape && isRead ? (ESCAPE_GUARDS[phase] ?? GUARDS.none) : GUARDS.none;
}

/** What a kernel has to know of a needle but its text: its guard, and what may split it. */
export function guardOf({ guard, encoded }: Needle): number {
  const isSoft = encoded.some(({ encoding }) => encoding.isDecidedByNeighbours === true);
  const isInLines = encoded.some(({ encoding: { across, isDecidedByNeighbours } }) => across && !isDecidedByNeighbours);
  return guard | (isInLines ? SPLITS.byLines : 0) | (isSoft ? SPLITS.bySoftBreaks : 0);
}

/** Those that begin with the same bytes as one. @param enough so many of them */
function shared(pieces: readonly EncodedNeedle[], enough: number | undefined): readonly EncodedNeedle[] {
  if (enough === undefined) return pieces;
  const groups = new Map<string, EncodedNeedle>();
  for (const piece of pieces) {
    const beginning = piece.text.slice(0, enough);
    const other = groups.get(beginning) ?? piece;
    let length = beginning.length;
    while (length < piece.text.length && piece.text[length] === other.text[length]) length++;
    groups.set(beginning, { ...piece, text: piece.text.slice(0, length) });
  }
  return [...groups.values()];
}

/** The phases of each needle, by encoding. */
export function phasesOf(needles: readonly Needle[]): ReadonlyMap<Encoding, ReadonlyMap<string, readonly number[]>> {
  const phases = new Map<Encoding, Map<string, number[]>>();
  for (const { text, encoded } of needles) {
    for (const { encoding, phase } of encoded) {
      let ofEncoding = phases.get(encoding);
      if (ofEncoding === undefined) phases.set(encoding, (ofEncoding = new Map()));
      ofEncoding.set(text, [...(ofEncoding.get(text) ?? []), phase]);
    }
  }
  return phases;
}

/** 1 for each two bytes that are adjacent in one of the texts, at `first * 256 + second`. */
export function pairsOf(keywords: readonly { readonly text: string }[]): Uint8Array {
  const pairs = new Uint8Array(0x10000);
  for (const { text } of keywords)
    for (let at = 1; at < text.length; at++) pairs[text.charCodeAt(at - 1) * 256 + text.charCodeAt(at)] = 1;
  return pairs;
}

/** 1 for the hash of the first four bytes of each of the texts; everywhere when one has less, as custom prefixes may. */
export function beginningsOf(texts: readonly string[]): Uint8Array {
  const beginnings = new Uint8Array(0x10000);
  if (texts.some(({ length }) => length < 4)) return beginnings.fill(1);
  for (const text of texts) beginnings[hashOfFour(Buffer.from(text.slice(0, 4), 'latin1').readInt32LE())] = 1;
  return beginnings;
}

/** A byte that occurs in no needle and in no encoded text. @throws GlaiveError when the rules leave none */
export function separatorOf(needles: readonly Needle[]): number {
  const used = new Set(needles.flatMap(({ text }) => [...text].map((character) => character.charCodeAt(0))));
  for (let byte = 0xff; byte >= 0x80; byte--) if (!used.has(byte)) return byte;
  for (const byte of [0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08]) if (!used.has(byte)) return byte;
  throw new GlaiveError(
    'rules',
    'the keywords of the rules contain every byte value, and glaive needs one that none of them contains',
    {
      hint: 'Remove keywords with bytes that are not text from the rule files.',
    },
  );
}
