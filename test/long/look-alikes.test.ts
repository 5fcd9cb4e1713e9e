/** 200 000 strings that look like tokens and are none. */

import { expect, it } from 'vitest';
import { measureFalseAlarms } from '../support/false-alarms.ts';
import { printTable } from '../support/table.ts';

it('none is proven, none is certain, none is taken for more than the grammar allows', async () => {
  const rows = await measureFalseAlarms(200_000, 2000);
  printTable(
    'Look-alikes: how many were called proven or certain, or surer than the grammar allows',
    rows.map((row) => ({ ...row })),
  );
  expect(rows.reduce((sum, row) => sum + row.count, 0)).toBe(200_000);
  expect(rows.filter((row) => row.proven + row.certain + row.tooSure > 0)).toEqual([]);
});
