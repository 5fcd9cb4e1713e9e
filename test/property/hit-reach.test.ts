/** What a hit leads to does not depend on bytes beyond its reach: that is why a version of a text need not be verified again there. */

import { expect, it } from 'vitest';
import { DecodingLayer } from '../../src/detect/decoding-layer.ts';
import { createKernel } from '../../src/detect/search/create-kernel.ts';
import type { Hit } from '../../src/detect/search/hit.ts';
import { movedBack, positionOf } from '../../src/detect/search/hit.ts';
import { builtinRuleset } from '../../src/rules/builtin.ts';
import { fuzzText } from '../support/fuzz-repository.ts';
import { Random } from '../support/mint.ts';
import { runs } from '../support/runs.ts';

const layer = new DecodingLayer({ ruleset: builtinRuleset(), createKernel, capacity: () => 1024 * 1024 });

/** Where the matches of a hit are, relative to it; of nothing else that was verified before. */
function outcome(text: Buffer, hit: Hit): string {
  layer.kernel.bytes.set(text);
  layer.forget();
  const { verified } = layer.matchesAt(hit, text.length);
  return JSON.stringify(
    verified.map(({ rule, form, start, end, encodings }) => [
      rule.id,
      form,
      start - positionOf(hit),
      end - positionOf(hit),
      encodings,
    ]),
  );
}

it('other bytes beyond the reach of a hit change nothing', () => {
  const random = new Random(5);
  let limited = 0;
  let matched = 0;
  for (let run = 0; run < runs({ fast: 60, long: 4000 }); run++) {
    const text = Buffer.from(fuzzText(random), 'latin1');
    layer.kernel.bytes.set(text);
    layer.forget();
    const hits = layer.hits(0, text.length);
    for (const hit of hits) {
      layer.kernel.bytes.set(text);
      layer.forget();
      const reach = layer.reachOf(hit, text.length, layer.matchesAt(hit, text.length));
      const position = positionOf(hit);
      if (position - reach < 0 && position + reach > text.length) continue;
      limited++;
      const expected = outcome(text, hit);
      if (expected !== '[]') matched++;
      // Other bytes, and more or fewer of them.
      const from = position - reach < 0 ? 0 : position - reach;
      const to = position + reach > text.length ? text.length : position + reach;
      const around = (): Buffer => Buffer.from(fuzzText(random).slice(0, random.between(0, 400)), 'latin1');
      const before = from === 0 ? Buffer.alloc(0) : around();
      const after = to === text.length ? Buffer.alloc(0) : around();
      const other = Buffer.concat([before, text.subarray(from, to), after]);
      expect(
        outcome(other, movedBack(hit, from - before.length)),
        JSON.stringify([reach, text.toString('latin1')]),
      ).toBe(expected);
    }
  }
  expect(limited).toBeGreaterThan(800);
  expect(matched).toBeGreaterThan(10);
});
