/** Rotations of a token into Vault while policies, stored secrets and failures are random. */

import { expect, it } from 'vitest';
import { runs, seeds } from '../support/runs.ts';
import { injectFaults } from '../support/vault-fault-injection.ts';

it.each(seeds({ fast: 1, long: 3 }))(
  'a rotation into Vault loses no token, and says "done" only for one that is stored (%i)',
  async (seed) => {
    const { done, refused, kept } = await injectFaults(runs({ fast: 30, long: 400 }), 20261129 + seed);
    process.stdout.write(`rotations into Vault: ${done} done, ${refused} refused before, ${kept} kept in a file\n`);
    expect(Math.min(done, refused, kept)).toBeGreaterThan(runs({ fast: 0, long: 10 }));
  },
);
