/** Every kind of credential is found, exactly. `test/long/recall.test.ts` does the same with 20 000 tokens each. */

import { describe, expect, it } from 'vitest';
import { KINDS } from './support/mint.ts';
import { VAULT_KINDS } from './support/mint-vault.ts';
import { measureRecall } from './support/recall.ts';

describe('recall', () => {
  it.each([...Object.keys(KINDS), ...Object.keys(VAULT_KINDS)])(
    '%s: every token is found with its exact span',
    async (kind) => {
      const { exact, tokens, misses } = await measureRecall(kind, 1000, 20261120);
      expect(misses).toEqual([]);
      expect(exact).toBe(tokens);
    },
  );
});
