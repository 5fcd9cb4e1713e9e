/** Strings that look like tokens, and are not, are never reported as such. */

import { expect, it } from 'vitest';
import { measureFalsePositives } from '../support/false-positives.ts';
import { IS_LONG, runs } from '../support/runs.ts';
import { printTable } from '../support/table.ts';

it('no decoy is proven, certain, or rated higher than the grammar allows', async () => {
  const count = runs({ fast: 6000, long: 200_000 });
  const rows = await measureFalsePositives(count, 2000);
  if (IS_LONG) {
    printTable(
      'Decoys: how many were called proven or certain, or rated higher than the grammar allows',
      rows.map((row) => ({ ...row })),
    );
  }
  expect(rows.reduce((sum, row) => sum + row.count, 0)).toBe(count);
  expect(rows.filter((row) => row.proven + row.certain + row.tooSure > 0)).toEqual([]);
});
