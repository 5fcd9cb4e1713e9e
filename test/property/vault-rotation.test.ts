/** Rotations into a Vault whose policies, secrets and failures are random: some here, more of them among the long tests. */

import { expect, it } from 'vitest';
import { drill } from '../support/vault-drill.ts';

it('never a lost token, never "done" without one', async () => {
  const { done, refused, kept } = await drill(60, 20261129);
  expect(Math.min(done, refused, kept)).toBeGreaterThan(0);
});
