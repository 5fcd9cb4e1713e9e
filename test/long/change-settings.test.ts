/** What `test/property/change-settings.test.ts` asks, for far more changes. */

import fc from 'fast-check';
import { it } from 'vitest';
import { expectNothingHidden } from '../support/change-settings.ts';

it('the settings of before and those of after each find what they find alone', async () => {
  await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 1e9 }), expectNothingHidden), { numRuns: 100 });
}, 1_800_000);
