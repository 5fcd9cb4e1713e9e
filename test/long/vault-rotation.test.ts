/** Rotations into a Vault whose policies, secrets and failures are random. */

import { expect, it } from 'vitest';
import { drill } from '../support/vault-drill.ts';

it.each([1, 2, 3])('never a lost token, never "done" without one: seed %d', { timeout: 600_000 }, async (seed) => {
  const { done, refused, kept } = await drill(400, seed);
  process.stdout.write(`rotations into Vault: ${done} done, ${refused} refused before, ${kept} kept in a file\n`);
  expect(Math.min(done, refused, kept)).toBeGreaterThan(10);
});
