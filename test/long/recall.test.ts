/** 20 000 tokens of every kind, minted by GitLab's own algorithms, in texts of many sorts: all found, to the byte. */

import { expect, it } from 'vitest';
import { KINDS } from '../support/mint.ts';
import { VAULT_KINDS } from '../support/mint-vault.ts';
import { measureRecall, type Recall } from '../support/recall.ts';
import { printTable } from '../support/table.ts';

it('every token of every kind is found with its exact span', async () => {
  const rows: Recall[] = [];
  for (const [index, kind] of [...Object.keys(KINDS), ...Object.keys(VAULT_KINDS)].entries())
    rows.push(await measureRecall(kind, 20_000, 1000 + index));
  printTable(
    'Recall: tokens minted, and found with exact span, right rule and at least the confidence due',
    rows.map(({ kind, tokens, exact, misses }) => ({ kind, tokens, exact, misses: misses.length })),
  );
  expect(rows.flatMap(({ misses }) => misses)).toEqual([]);
  expect(rows.every(({ tokens, exact }) => tokens === exact)).toBe(true);
});
