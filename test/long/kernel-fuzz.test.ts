/** Ten million texts, in chunks, so that a difference shows within a minute: `npm run evidence -- kernel-fuzz`. */

import { it } from 'vitest';
import { fuzzKernels } from '../support/kernel-fuzz.ts';

const CHUNK = 250_000;
const CHUNKS = 40;

it.each(Array.from({ length: CHUNKS }, (_, chunk) => chunk))('chunk %i of forty', (chunk) => {
  const found = fuzzKernels(CHUNK, 20261121 + chunk);
  process.stdout.write(`\n${(chunk + 1) * CHUNK} texts; ${found} occurrences in the last ${CHUNK}: no difference\n`);
});
