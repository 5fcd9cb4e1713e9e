/** 10 000 tokens in every encoding: all found, to the byte. */

import { expect, it } from 'vitest';
import { ENCODINGS } from '../support/encoded.ts';
import { type EncodedRecall, measureEncoded } from '../support/encoded-recall.ts';
import { printTable } from '../support/table.ts';

it('every token in every encoding is found with its exact span', async () => {
  const rows: EncodedRecall[] = [];
  for (const [index, encoding] of Object.keys(ENCODINGS).entries())
    rows.push(await measureEncoded(encoding, 10_000, 2000 + index));
  printTable(
    'Encoded: tokens written by encoders of our own, and found with the exact span of the encoded form',
    rows.map(({ encoding, cases, exact, misses }) => ({ encoding, cases, exact, misses: misses.length })),
  );
  expect(rows.flatMap(({ misses }) => misses)).toEqual([]);
});
