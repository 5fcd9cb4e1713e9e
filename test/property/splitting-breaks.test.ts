/** Line breaks that split no needle lead to nothing: without them, the same credentials are found as with all of them. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { knownNeedlesOf } from '../../src/detect/builtin-needles.ts';
import { DecodingLayer } from '../../src/detect/decoding-layer.ts';
import type { Text } from '../../src/detect/encodings/encoding.ts';
import { Decoder } from '../../src/detect/layers/decoder.ts';
import { MULTI_LINE } from '../../src/detect/layers/multi-line.ts';
import { NeedleEncodings } from '../../src/detect/layers/needle-encodings.ts';
import { createMatcher } from '../../src/detect/matcher.ts';
import { createKernel } from '../../src/detect/search/create-kernel.ts';
import { positionOf } from '../../src/detect/search/hit.ts';
import type { KernelFactory } from '../../src/detect/search/kernel.ts';
import { builtinRuleset } from '../../src/rules/builtin.ts';
import { ENCODINGS, OWN_KINDS } from '../support/encoded.ts';
import { bytesInput } from '../support/find.ts';
import { KINDS, Random } from '../support/mint.ts';
import { runs } from '../support/runs.ts';

const withAllBreaks: KernelFactory = (needles, capacity) => {
  const kernel = createKernel(needles, capacity);
  return { ...kernel, splittingBreaks: (from, to) => kernel.lineBreaks(from, to) };
};
const some = createMatcher(builtinRuleset(), createKernel);
const all = createMatcher(builtinRuleset(), withAllBreaks);

/** Escapes some characters, and then breaks the lines anywhere. */
function quotedPrintable(text: string, random: Random): string {
  const end = random.pick(['=\n', '=\r\n']);
  const [escaped, broken] = [1 + random.below(12), 1 + random.below(40)];
  return [...text]
    .map((character) => {
      const code = character.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase();
      const written = random.below(escaped) === 0 ? `=${code}` : character;
      return random.below(broken) === 0 ? `${written}${end}` : written;
    })
    .join('');
}

function textOf(random: Random): Buffer {
  const parts: Buffer[] = [];
  for (let count = 1 + random.below(4); count > 0; count--) {
    const token = KINDS[random.pick(OWN_KINDS)]!.make(random, '');
    const lead = random.bytes(random.below(60));
    if (random.below(3) > 0) {
      const inner = random.pick([token, `x ${token} y`, Buffer.from(token).toString('base64')]);
      parts.push(
        lead,
        Buffer.from(quotedPrintable(`${lead.toString('hex')} ${inner}${random.pick(['', ' '])}`, random)),
      );
    } else {
      const encoding = ENCODINGS[random.pick(Object.keys(ENCODINGS))]!;
      parts.push(lead, encoding.write('x: ', token, '\n', random).bytes);
    }
  }
  return Buffer.concat(parts);
}

/** The facts that a layer has about its needles. */
const encodings = new NeedleEncodings({
  needles: knownNeedlesOf(builtinRuleset().keywords),
  decoder: new Decoder(builtinRuleset().reach, () => false),
  isDecoded: () => true,
});

it('leaves out none in which an encoding has an anchor', () => {
  const layer = new DecodingLayer({ ruleset: builtinRuleset(), createKernel, capacity: () => 64 * 1024 });
  let [left, out] = [0, 0];
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = new Random(seed);
      const bytes = textOf(random);
      const filled = 1 + random.below(bytes.length);
      layer.kernel.bytes.set(bytes);
      const splitting = new Set(layer.kernel.splittingBreaks(0, filled));
      const text: Text = {
        bytes,
        filled: bytes.length,
        latin1: (start, end) => bytes.toString('latin1', start, end),
        isAmongEscapes: () => false,
        isBroken: () => true,
        isJoined: () => true,
        unitsEnd: () => bytes.length,
      };
      for (const hit of layer.kernel.lineBreaks(0, filled)) {
        if (splitting.has(hit)) left++;
        else {
          out++;
          const anchors = MULTI_LINE.flatMap((encoding) =>
            encoding.across(text, positionOf(hit), encodings.factsFor(encoding)),
          );
          expect(anchors, bytes.toString('latin1')).toEqual([]);
        }
      }
    }),
    { numRuns: 3000 },
  );
  expect(left).toBeGreaterThan(1000);
  expect(out).toBeGreaterThan(1000);
});

it('finds the same without the line breaks that split nothing', async () => {
  const count = runs({ fast: 300, long: 3000 });
  let found = 0;
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      const random = new Random(seed);
      const bytes = textOf(random);
      const piece = 1 + random.below(400);
      const expected = await all.match(bytesInput(bytes, piece));
      expect(await some.match(bytesInput(bytes, piece)), bytes.toString('latin1')).toEqual(expected);
      found += expected.candidates.length;
    }),
    { numRuns: count },
  );
  expect(found).toBeGreaterThan(count);
});
