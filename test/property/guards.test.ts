/** What guards leave out leads to nothing: no encoding has an anchor there. Both kernels leave out the same. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { knownNeedlesOf } from '../../src/detect/builtin-needles.ts';
import { Decoder } from '../../src/detect/layers/decoder.ts';
import { LayerText } from '../../src/detect/layers/layer-text.ts';
import { NeedleEncodings } from '../../src/detect/layers/needle-encodings.ts';
import { needleIndexOf, positionOf } from '../../src/detect/search/hit.ts';
import { createSimdKernel } from '../../src/detect/search/simd-kernel.ts';
import { createTsKernel } from '../../src/detect/search/ts-kernel.ts';
import { builtinRuleset } from '../../src/rules/builtin.ts';
import { Random } from '../support/mint.ts';
import { runs } from '../support/runs.ts';

const ROOM = 2048;
const ruleset = builtinRuleset();
const needles = knownNeedlesOf(ruleset.keywords);
const encodings = new NeedleEncodings({
  needles,
  decoder: new Decoder(ruleset.reach, () => false),
  isDecoded: () => true,
});
const { texts, guards } = needles;
const all = createSimdKernel({ texts }, ROOM)!; // tests need SIMD
const guarded = [createSimdKernel({ texts, guards }, ROOM)!, createTsKernel({ texts, guards }, ROOM)];
const prefixes = ['glpat-', 'GR1348941', 'glrt-t1_', 'hvs.', '.01.', 'a-b', '"x": 1.', '=\n', '\r\n', '<é>', '\u200b'];

/** Words with escapes in them, and hex in runs. */
function textOf(random: Random): Buffer {
  const hex = (code: number): string => code.toString(16).padStart(2, '0');
  const escapes: readonly ((code: number) => string)[] = [
    (code) => `%${hex(code)}`,
    (code) => `%${hex(code).toUpperCase()}`,
    (code) => `%25${hex(code)}`,
    (code) => `\\u00${hex(code)}`,
    (code) => `\\\\u00${hex(code)}`,
    (code) => `\\x${hex(code)}`,
    (code) => `\\u{${hex(code)}}`,
    (code) => `\\${code.toString(8).padStart(3, '0')}`,
    (code) => `&#${code};`,
    (code) => `&#x${hex(code)}`,
    (code) => `&#x${hex(code)};`,
    (code) => `&amp;#${code};`,
    (code) => `=${hex(code).toUpperCase()}`,
    (code) => `\\${hex(code)} `,
    (code) => `&#x20${hex(code)};`,
  ];
  const joints = ['\n', '" + "', "',\n'", ' \\\n', '.', ' x '];
  const parts: string[] = [];
  while (parts.join('').length < 200) {
    const often = 1 + random.below(4);
    const word = random.pick(prefixes);
    const escape = random.pick(escapes);
    const isHex = random.below(3) === 0;
    const digits = Buffer.from(`${random.of('abc-._', random.below(6))}${word}`).toString('hex');
    const cut = random.below(digits.length);
    parts.push(
      isHex
        ? `${random.of('0123456789abcdef', random.below(12))}${digits.slice(0, cut)}${random.pick(joints)}${digits.slice(cut)}${random.of('0123456789abcdef', random.below(12))}`
        : Array.from(Buffer.from(word), (code) =>
            random.below(often) === 0
              ? random.pick([escape, escape, random.pick(escapes)])(code)
              : String.fromCharCode(code),
          ).join(''),
      random.pick(['', '', ' ', '%', '\\', '&', random.of('glpat-=\n', 3)]),
    );
  }
  return Buffer.from(parts.join(''), 'latin1');
}

it('no encoding has an anchor where a guard rules a needle out', () => {
  let [left, out] = [0, 0];
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const bytes = textOf(new Random(seed));
      for (const kernel of [all, ...guarded]) kernel.bytes.set(bytes);
      const [found, others] = guarded.map((kernel) => kernel.find(0, bytes.length));
      expect(others, bytes.toString('latin1')).toEqual(found);
      left += found!.length;
      const text = new LayerText(all.bytes).upTo(bytes.length, undefined);
      const kept = new Set(found);
      for (const hit of all.find(0, bytes.length)) {
        if (kept.has(hit)) continue;
        out++;
        const [position, needle] = [positionOf(hit), needleIndexOf(hit)];
        for (const { encoding, phase, facts } of encodings.formsOf(needle)) {
          const anchor = encoding.anchor(text, position, phase, facts);
          // Hex is decoded at the other part of the keyword, or where there is no joint in it.
          if (!encoding.name.startsWith('hex'))
            expect(anchor, `${texts[needle]} in ${bytes.toString('latin1')}`).toBe(undefined);
        }
      }
    }),
    { numRuns: runs({ fast: 1500, long: 20_000 }) },
  );
  expect(left).toBeGreaterThan(1000);
  expect(out).toBeGreaterThan(1000);
});
