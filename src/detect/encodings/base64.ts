/**
 * Base64 in the standard and the URL-safe alphabet, on one line or broken into several. The same keyword is written in
 * three ways, depending on the place of its first byte in a group of three.
 */

import { IS_BASE64 } from '../search/line-breaks.ts';
import { VALUES } from './base64-values.ts';
import { type DecodedRun, WITHIN } from './decoded-run.ts';
import type { Encoding, EncodedNeedle, Text } from './encoding.ts';
import { crossedByLines, cutPieces, JOININGS, type Joining, LineSteps } from './lines.ts';
import { isOwnPrefix } from './own-prefix.ts';
import { wideBeginning } from './wide.ts';
import { EQUALS } from '../../lib/bytes.ts';

/** Bytes of a needle: as many as the keyword determines. Longer ones are rarer in other text, shorter ones are shared. */
const SHORTEST = 4;
const LONGEST = 8;
const ON_LINES = crossedByLines(IS_BASE64);

export const base64: readonly Encoding[] = JOININGS.map((joining): Encoding => {
  const groupOf = (text: Text, position: number, phase: number): number | undefined => {
    const steps = new Characters(text, joining, position);
    let at: number | undefined = position;
    for (let step = 0; step < phase && at !== undefined; step++) at = steps.left(at);
    return at;
  };

  return {
    name: 'base64',
    ...(joining === 'none' ? {} : { reachesFar: true }),
    readings: 4,
    expansion: 2, // 4/3, and the ends and beginnings of lines
    crosses: joining === 'none' ? IS_BASE64 : ON_LINES,
    needlesFor: base64Needles,
    anchor: (text, position, phase) =>
      joining === 'none' || text.isBroken(position) ? groupOf(text, position, phase) : undefined,
    ...(joining === 'none'
      ? {}
      : {
          across: (text, position, { phasesOf, beginnings }) =>
            cutPieces(text, position, IS_BASE64, { shortest: SHORTEST, longest: LONGEST, beginnings }).flatMap(
              ({ piece, start }) => phasesOf(piece).flatMap((phase) => groupOf(text, start, phase) ?? []),
            ),
        }),
    decode(text, anchor, run) {
      const steps = new Characters(text, joining, anchor);
      decodeRight(text, anchor, run, steps);
      steps.turn();
      decodeLeft(text, anchor, run, steps);
      if (steps.isRedundant) run.markRedundant();
    },
  };
});

/** Steps from one base64 character to the next, across line breaks. */
class Characters {
  readonly #text: Text;
  readonly #lines: LineSteps;

  constructor(text: Text, joining: Joining, anchor: number) {
    this.#text = text;
    this.#lines = new LineSteps(text, IS_BASE64, joining, anchor);
  }

  /** The place of the next character, at or after a place. */
  right(at: number): number | undefined {
    return at < this.#text.filled && IS_BASE64[this.#text.bytes[at]!] === 1 ? at : this.#lines.next(at);
  }

  /** The place of the last character before a place. */
  left(at: number): number | undefined {
    if (at > 0 && IS_BASE64[this.#text.bytes[at - 1]!] === 1) return at - 1;
    const end = this.#lines.before(at);
    return end === undefined ? undefined : end - 1;
  }

  turn(): void {
    this.#lines.turn();
  }

  get style(): number {
    return this.#lines.style;
  }

  get isRedundant(): boolean {
    return this.#lines.isRedundant;
  }
}

/** Decodes adjacent base64 characters; false if the run has no room for all of them. */
export function decodeBase64Run(bytes: Uint8Array, start: number, end: number, run: DecodedRun): boolean {
  for (let at = start; at < end; at += 4) {
    for (let index = 0; index < 3 && at + index + 1 < end && bytes[at + index + 1] !== EQUALS; index++) {
      const first = at + index;
      if (!run.append(byteAt(bytes, first, first + 1, index), first, first + 2, index === 0 ? 0 : WITHIN)) return false;
    }
  }
  return true;
}

function decodeRight(text: Text, anchor: number, run: DecodedRun, steps: Characters): void {
  const { bytes } = text;
  let next: number | undefined = anchor;
  for (;;) {
    const places: number[] = [];
    while (places.length < 4 && next !== undefined) {
      const at = steps.right(next);
      if (at === undefined) next = undefined;
      else {
        places.push(at);
        next = at + 1;
      }
    }
    for (let index = 0; index + 1 < places.length; index++) {
      const [first, second] = [places[index]!, places[index + 1]!];
      if (!run.append(byteAt(bytes, first, second, index), first, second + 1, index === 0 ? steps.style : WITHIN))
        return;
    }
    if (places.length < 4) return;
  }
}

function decodeLeft(text: Text, anchor: number, run: DecodedRun, steps: Characters): void {
  const { bytes } = text;
  let before: number | undefined = anchor;
  for (;;) {
    const places: number[] = [];
    while (places.length < 4 && before !== undefined) {
      before = steps.left(before);
      if (before !== undefined) places.unshift(before);
    }
    // The characters before the first whole group are not base64 of this run.
    if (places.length < 4) return;
    for (let index = 2; index >= 0; index--) {
      const [first, second] = [places[index]!, places[index + 1]!];
      if (!run.prepend(byteAt(bytes, first, second, index), first, second + 1, index === 0 ? steps.style : WITHIN))
        return;
    }
  }
}

/** The byte of a group of three that two adjacent characters encode. */
function byteAt(bytes: Uint8Array, first: number, second: number, index: number): number {
  const [high, low] = [VALUES[bytes[first]!]!, VALUES[bytes[second]!]!];
  return ((high << (2 * index + 2)) | (low >> (4 - 2 * index))) & 0xff;
}

/** The characters that the beginning of a keyword determines. */
function base64Needles(keyword: string): EncodedNeedle[] {
  return [keyword, ...(isOwnPrefix(keyword) ? [wideBeginning(keyword)] : [])].flatMap((part) =>
    [0, 1, 2].flatMap((lead) => needlesOf(part, lead)),
  );
}

function needlesOf(part: string, lead: number): EncodedNeedle[] {
  const { text, phase } = determined(part, lead);
  const standard = text.slice(0, LONGEST);
  const urlSafe = standard.replaceAll('+', '-').replaceAll('/', '_');
  return [...new Set([standard, urlSafe])].map((each) => ({ text: each, phase }));
}

/** @param lead number of bytes before it in its group */
function determined(part: string, lead: number): EncodedNeedle {
  const padded = Buffer.concat([Buffer.alloc(lead), Buffer.from(part, 'latin1')]).toString('base64');
  const first = Math.ceil((8 * lead) / 6);
  return { text: padded.slice(first, Math.floor((8 * (lead + part.length)) / 6)), phase: first % 4 };
}
