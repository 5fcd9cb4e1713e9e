/** What looks like a token and is none is not taken for one. `test/long` does the same with 200 000. */

import { expect, it } from 'vitest';
import { measureFalseAlarms } from './support/false-alarms.ts';

it('look-alikes: none proven, none certain, none listed that the grammar rules out', async () => {
  const rows = await measureFalseAlarms(6000, 20261120);
  expect(rows.filter((row) => row.proven + row.certain + row.tooSure > 0)).toEqual([]);
  expect(rows.reduce((sum, row) => sum + row.count, 0)).toBe(6000);
});
