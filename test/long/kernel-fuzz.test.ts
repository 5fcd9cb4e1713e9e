/**
 * Kernels against each other and the naive search, on very many texts: random bytes, pieces of literals, near misses, at
 * every alignment, in every range, as wholes and in two parts that overlap as windows do. `npm run evidence -- kernel-fuzz`
 * runs ten times as many.
 */

import { expect, it } from 'vitest';
import { ascending, type Hit, movedBack, packHit } from '../../src/detect/search/hit.ts';
import type { Kernel } from '../../src/detect/search/kernel.ts';
import { createSimdKernel } from '../../src/detect/search/simd-kernel.ts';
import { createTsKernel } from '../../src/detect/search/ts-kernel.ts';
import { builtinRuleset } from '../../src/rules/builtin.ts';
import { Random } from '../support/mint.ts';

const CASES = Number(process.env['GLAIVE_FUZZ_CASES'] ?? 1_000_000);
const LONGEST = 96;
/** Texts that are searched before literals are chosen again; making a kernel takes longer than searching. */
const PER_SET = 20_000;

const builtin = builtinRuleset().keywords.map(({ text }) => text);

function literalsOf(random: Random, round: number): string[] {
  if (round % 2 === 0) return builtin;
  const alphabet = random.pick(['ab', 'ab-\0', 'gl-pat', 'abcdefghijklmnop']);
  const own = Array.from({ length: 1 + random.below(12) }, () => random.of(alphabet, 3 + random.below(9)));
  // Some custom ones next to the built-in ones: their plan is made when glaive runs.
  return [...new Set(round % 4 === 1 ? own : [...builtin, ...own])].toSorted();
}

function textOf(random: Random, literals: readonly string[]): string {
  const parts: string[] = [];
  for (let length = 0; length < LONGEST - 24;) {
    const literal = random.pick(literals);
    const part = random.pick([
      () => literal,
      () => literal.slice(0, random.below(literal.length)),
      () => literal.slice(random.below(literal.length)),
      () => String.fromCharCode(random.below(256)),
      () => literal.slice(0, -1) + String.fromCharCode(literal.charCodeAt(literal.length - 1) ^ (1 << random.below(8))),
      () => random.of('gl-ab\0', random.below(6)),
    ])();
    parts.push(part);
    length += part.length + 1;
    if (random.below(9) === 0) break;
  }
  return parts.join('').slice(0, LONGEST);
}

/** Hits at their positions in the text, which begins at `offset`. */
function hitsOf(kernel: Kernel, from: number, to: number, offset: number): Hit[] {
  return kernel.find(from, to).map((hit) => movedBack(hit, offset));
}

function naive(literals: readonly string[], text: string, from: number, to: number): Hit[] {
  const hits: Hit[] = [];
  literals.forEach((literal, id) => {
    for (
      let at = text.indexOf(literal, from);
      at >= 0 && at + literal.length <= to;
      at = text.indexOf(literal, at + 1)
    ) {
      hits.push(packHit(at, id));
    }
  });
  return hits.sort(ascending);
}

it(`${CASES} texts: every kernel finds what the naive search finds`, () => {
  const random = new Random(20261121);
  let cases = 0;
  let found = 0;
  for (let round = 0; cases < CASES; round++) {
    const literals = literalsOf(random, round);
    const kernels = [createSimdKernel(literals, 256), createTsKernel(literals, 256)].filter(
      (kernel) => kernel !== undefined,
    );
    expect(kernels.map(({ name }) => name)).toEqual(['simd', 'typescript']);
    for (const kernel of kernels) for (let at = 0; at < 256; at++) kernel.bytes[at] = random.below(256);
    for (let count = 0; count < PER_SET && cases < CASES; count++, cases++) {
      const text = textOf(random, literals);
      const offset = random.below(64);
      const from = random.below(4) === 0 ? random.below(text.length + 1) : 0;
      const to = random.below(4) === 0 ? from + random.below(text.length - from + 1) : text.length;
      const expected = naive(literals, text, from, to);
      found += expected.length;
      for (const kernel of kernels) {
        for (let at = 0; at < text.length; at++) kernel.bytes[offset + at] = text.charCodeAt(at);
        const hits = hitsOf(kernel, offset + from, offset + to, offset);
        if (hits.length !== expected.length || hits.some((hit, index) => hit !== expected[index])) {
          expect({ kernel: kernel.name, literals, text, from, to, offset, hits }).toEqual({ hits: expected });
        }
      }
    }
  }
  process.stdout.write(`\n${cases} texts, ${found} occurrences, two kernels: no difference\n`);
  expect(found).toBeGreaterThan(cases);
});
