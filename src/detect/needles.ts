/** What the kernel searches for a rule set: its literals, and what they look like in each encoding. */

import { GlaiveError } from '../model/errors.ts';
import type { Literal } from '../model/ruleset.ts';
import type { Encoding } from './encodings/encoding.ts';
import { ENCODINGS } from './encodings/index.ts';

export interface Needle {
  /** One character a byte (latin1). */
  readonly text: string;
  /** The rule set's literal of this text, by its index; undefined when it stands for encoded ones only. */
  readonly literal: number | undefined;
  readonly encoded: readonly { readonly encoding: Encoding; readonly phase: number }[];
}

/** Sorted by text, so that the same rules give the same needles. */
export function needlesOf(literals: readonly Literal[]): Needle[] {
  const needles = new Map<string, { literal: number | undefined; encoded: Needle['encoded'][number][] }>();
  const needleOf = (text: string) => {
    let needle = needles.get(text);
    if (needle === undefined) needles.set(text, (needle = { literal: undefined, encoded: [] }));
    return needle;
  };
  literals.forEach(({ text }, index) => {
    needleOf(text).literal = index;
    if (!isOwn(literals[index]!)) return;
    for (const encoding of ENCODINGS) {
      for (const piece of encoding.pieces(text)) {
        const { encoded } = needleOf(piece.text);
        if (!encoded.some((other) => other.encoding === encoding && other.phase === piece.phase))
          encoded.push({ encoding, phase: piece.phase });
      }
    }
  });
  return [...needles].map(([text, rest]) => ({ text, ...rest })).toSorted((a, b) => (a.text < b.text ? -1 : 1));
}

/** The same for literals that have the same needles. */
export function keyOf(literals: readonly Literal[]): string {
  return literals.map((literal) => (isOwn(literal) ? literal.text : `-${literal.text}`)).join('\n');
}

/** The phases of each piece, by encoding. */
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

/** Whether anything that is tried at it is worth looking for in what may be encoded. */
function isOwn({ text, trials }: Literal): boolean {
  // What is escaped already is not escaped once more.
  return !text.includes('%') && trials.some((trial) => trial.kind === 'routable' || trial.form.encoded);
}

/** 1 for each two bytes that stand side by side in one of them, at `first * 256 + second`. */
export function pairsOf(literals: readonly { readonly text: string }[]): Uint8Array {
  const pairs = new Uint8Array(0x10000);
  for (const { text } of literals)
    for (let at = 1; at < text.length; at++) pairs[text.charCodeAt(at - 1) * 256 + text.charCodeAt(at)] = 1;
  return pairs;
}

/** A byte that stands in none of them, nor in a run of encoded text. @throws GlaiveError when rules leave none */
export function separatorOf(needles: readonly Needle[]): number {
  const used = new Set(needles.flatMap(({ text }) => [...text].map((character) => character.charCodeAt(0))));
  for (let byte = 0xff; byte >= 0x80; byte--) if (!used.has(byte)) return byte;
  for (const byte of [0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08]) if (!used.has(byte)) return byte;
  throw new GlaiveError(
    'rules',
    'the keywords of the rules hold every byte there is, so that none is left between texts',
    {
      hint: 'Take the longest keywords of bytes that are no text out of the rule files.',
    },
  );
}
