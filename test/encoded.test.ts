/** Tokens in encoded text are found, where they stand. `test/long/encoded.test.ts` does it 10 000 times for each. */

import { expect, it } from 'vitest';
import { ENCODINGS } from './support/encoded.ts';
import { measureEncoded } from './support/encoded-recall.ts';

it.each(Object.keys(ENCODINGS))('%s', async (encoding) => {
  const { misses, exact } = await measureEncoded(encoding, 300, 31);
  expect(misses).toEqual([]);
  expect(exact).toBe(300);
});
