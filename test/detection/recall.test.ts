/** Every kind of credential, minted by its issuer's algorithm and put into texts of many sorts, is found to the byte. */

import { afterAll, expect, it } from 'vitest';
import { KINDS } from '../support/mint.ts';
import { VAULT_KINDS } from '../support/mint-vault.ts';
import { measureRecall, type Recall } from '../support/recall.ts';
import { IS_LONG, runs } from '../support/runs.ts';
import { printTable } from '../support/table.ts';

const rows: Recall[] = [];

it.each([...Object.keys(KINDS), ...Object.keys(VAULT_KINDS)].map((kind, index) => [kind, 1000 + index] as const))(
  'recall: every token of the kind "%s" is found with its exact span',
  async (kind, seed) => {
    const recall = await measureRecall(kind, runs({ fast: 150, long: 20_000 }), seed);
    rows.push(recall);
    expect(recall.misses).toEqual([]);
    expect(recall.exact).toBe(recall.tokens);
  },
);

afterAll(() => {
  if (!IS_LONG) return;
  printTable(
    'Recall: tokens minted, and found with exact span, right rule and at least the confidence due',
    rows.map(({ kind, tokens, exact, misses }) => ({ kind, tokens, exact, misses: misses.length })),
  );
});
