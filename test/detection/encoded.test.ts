/** Tokens in encoded text are found at the place of the encoded form. The encoders are written for these tests. */

import { afterAll, expect, it } from 'vitest';
import { ENCODINGS } from '../support/encoded.ts';
import { type EncodedRecall, measureEncoded } from '../support/encoded-recall.ts';
import { IS_LONG, runs } from '../support/runs.ts';
import { printTable } from '../support/table.ts';

const rows: EncodedRecall[] = [];

it.each(Object.keys(ENCODINGS).map((encoding, index) => [encoding, 2000 + index] as const))(
  'every token encoded as %s is found with the exact span of the encoded form',
  async (encoding, seed) => {
    const cases = runs({ fast: 150, long: 10_000 });
    const recall = await measureEncoded(encoding, cases, seed);
    rows.push(recall);
    expect(recall.misses).toEqual([]);
    expect(recall.exact).toBe(cases);
  },
);

afterAll(() => {
  if (!IS_LONG) return;
  printTable(
    'Encoded: tokens found with the exact span of the encoded form',
    rows.map(({ encoding, cases, exact, misses }) => ({ encoding, cases, exact, misses: misses.length })),
  );
});
