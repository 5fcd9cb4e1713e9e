/**
 * Kernels against each other and the naive search, on very many texts: random bytes, pieces of needles, near misses, at
 * every alignment, in every range.
 */

import { expect } from 'vitest';
import { needlesOf } from '../../src/detect/needles.ts';
import { ascending, type Hit, movedBack, packHit } from '../../src/detect/search/hit.ts';
import { type Guard, GUARDS } from '../../src/detect/search/guards.ts';
import { createSimdKernel } from '../../src/detect/search/simd-kernel.ts';
import { createTsKernel } from '../../src/detect/search/ts-kernel.ts';
import { builtinRuleset } from '../../src/rules/builtin.ts';
import { Random } from './mint.ts';

const LONGEST = 96;
const ROOM = 256;
/** Texts that are searched before other needles are chosen; making a kernel takes longer than searching. */
const PER_SET = 20_000;
const HEAD = 4;

const builtin = needlesOf(builtinRuleset().keywords).map(({ text }) => text);

function needlesFor(random: Random, round: number): readonly string[] {
  if (round % 2 === 0) return builtin;
  const alphabet = random.pick(['ab', 'ab-\0', 'gl-pat', 'abcdefghijklmnop']);
  const own = Array.from({ length: 1 + random.below(12) }, () => random.of(alphabet, HEAD + random.below(20)));
  // Some custom ones next to the built-in ones: their plan is made when glaive runs.
  return [...new Set(round % 4 === 1 ? own : [...builtin, ...own])].toSorted();
}

function textOf(random: Random, needles: readonly string[]): string {
  const parts: string[] = [];
  for (let length = 0; length < LONGEST - 24;) {
    const needle = random.pick(needles);
    const part = random.pick([
      () => needle,
      () => needle.slice(0, random.below(needle.length)),
      () => needle.slice(random.below(needle.length)),
      () => String.fromCharCode(random.below(256)),
      () => needle.slice(0, -1) + String.fromCharCode(needle.charCodeAt(needle.length - 1) ^ (1 << random.below(8))),
      () => random.of('gl-ab\0', random.below(6)),
      () => random.of('0123456789abcdefABCDEF.', random.below(6)),
    ])();
    parts.push(part);
    length += part.length + 1;
    if (random.below(9) === 0) break;
  }
  return parts.join('').slice(0, LONGEST);
}

/** By guard. */
const RULES_OUT: Readonly<Record<Guard, (before: string, needle: string, behind: string) => boolean>> = {
  [GUARDS.none]: () => false,
  [GUARDS.cutBefore]: (before) =>
    !/(?:^|(?:^[\dA-Fa-f]{0,7}|[\dA-Fa-f]{8})[ \t\r\n"'`+.&,|\\]+)[\dA-Fa-f]{0,3}$/.test(before),
  [GUARDS.cutBehind]: (before, needle, behind) => {
    const [, digits = '', rest] = /^([\dA-Fa-f]{0,2})(?![\dA-Fa-f])([^]*)$/.exec(behind) ?? [];
    const isRun = /[\dA-Fa-f]{8}$|^[\dA-Fa-f]*$/.test(before + needle + digits);
    return rest === undefined || !isRun || !/^[ \t\r\n"'`+.&,|\\]*(?:$|(?<=[^\dA-Fa-f])[\dA-Fa-f])/.test(rest);
  },
  [GUARDS.endsBehind]: (_before, _needle, behind) => /^[0-9A-Fa-f]/.test(behind),
};

/** Tries every needle at every position; occurrences that a guard rules out are only counted. */
function createNaive(
  needles: readonly string[],
  guards: readonly Guard[],
): (text: string, from: number, to: number) => { readonly hits: Hit[]; readonly occurrences: number } {
  const byHead = new Map<string, number[]>();
  needles.forEach((needle, id) => {
    const head = needle.slice(0, HEAD);
    byHead.set(head, [...(byHead.get(head) ?? []), id]);
  });
  return (text, from, to) => {
    const hits: Hit[] = [];
    let occurrences = 0;
    for (let at = from; at < to; at++)
      for (const id of byHead.get(text.slice(at, at + HEAD)) ?? [])
        if (at + needles[id]!.length <= to && text.startsWith(needles[id]!, at)) {
          occurrences++;
          const [before, behind] = [text.slice(from, at), text.slice(at + needles[id]!.length, to)];
          if (!RULES_OUT[guards[id]!]!(before, needles[id]!, behind)) hits.push(packHit(at, id));
        }
    return { hits: hits.sort(ascending), occurrences };
  };
}

/** Fails if a kernel finds anything else than the naive search. @returns the number of occurrences, ruled out or not */
export function fuzzKernels(cases: number, seed: number): number {
  const random = new Random(seed);
  let done = 0;
  let found = 0;
  for (let round = 0; done < cases; round++) {
    const needles = needlesFor(random, round);
    const guards = needles.map(() => (random.below(4) > 0 ? GUARDS.none : random.pick(Object.values(GUARDS))));
    const naive = createNaive(needles, guards);
    const searched = { texts: needles, guards };
    const kernels = [createSimdKernel(searched, ROOM), createTsKernel(searched, ROOM)].filter(
      (kernel) => kernel !== undefined,
    );
    expect(kernels.map(({ name }) => name)).toEqual(['simd', 'typescript']);
    for (const kernel of kernels) for (let at = 0; at < ROOM; at++) kernel.bytes[at] = random.below(256);
    for (let count = 0; count < PER_SET && done < cases; count++, done++) {
      const text = textOf(random, needles);
      const offset = random.below(64);
      const from = random.below(4) === 0 ? random.below(text.length + 1) : 0;
      const to = random.below(4) === 0 ? from + random.below(text.length - from + 1) : text.length;
      const { hits: expected, occurrences } = naive(text, from, to);
      found += occurrences;
      for (const kernel of kernels) {
        for (let at = 0; at < text.length; at++) kernel.bytes[offset + at] = text.charCodeAt(at);
        const hits = kernel.find(offset + from, offset + to).map((hit) => movedBack(hit, offset));
        if (hits.length !== expected.length || hits.some((hit, index) => hit !== expected[index]))
          expect({ kernel: kernel.name, needles, text, from, to, offset, hits }).toEqual({ hits: expected });
      }
    }
  }
  expect(found).toBeGreaterThan(cases);
  return found;
}
