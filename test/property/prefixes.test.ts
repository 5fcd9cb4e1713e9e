/** Custom prefixes: every token with one is found, exactly; words with one are not tokens. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { builtinRules } from '../../src/rules/builtin.ts';
import { compileRuleset } from '../../src/rules/compile.ts';
import { withPrefixes } from '../../src/rules/prefixes.ts';
import { createFind } from '../support/find.ts';
import { KINDS, Random, routableToken } from '../support/mint.ts';

const PREFIXES = ['acme-', 'a.b+c-', 'x$-', '(paren)', 'UPPER_', 'gl-', 'company-name-'];
const find = createFind(compileRuleset(withPrefixes(builtinRules(), PREFIXES)));
const plain = createFind(compileRuleset(builtinRules()));

describe.each(PREFIXES)('%s', (prefix) => {
  it('in place of glpat-, in place of gl, and with a routable body: found exactly', async () => {
    const random = new Random(71);
    for (let count = 0; count < 300; count++) {
      const tokens = [
        prefix + random.friendlyToken(20),
        KINDS['deploy']!.make(random, '').replace(/^gl/, prefix),
        KINDS['feed']!.make(random, '').replace(/^gl/, prefix),
        routableToken(random, { prefix, payload: { o: 1, u: random.below(1e6) }, version: 'v0' }),
        routableToken(random, { prefix, payload: { o: 1 + random.below(9), u: random.below(1e6) }, version: 'v1' }),
      ];
      for (const token of tokens) {
        const found = (await find(`KEY="${token}"\n`)).filter(({ confidence }) => confidence !== 'unlikely');
        expect(
          found.map(({ start, end }) => [start, end]),
          `after ${prefix}`,
        ).toEqual([[5, 5 + token.length]]);
      }
    }
  });

  it('and words are no token', async () => {
    const words = ['some', 'service', 'that', 'runs', 'tests', 'for', 'builds', 'api', 'gateway', 'worker'];
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...words), { minLength: 2, maxLength: 8 }), async (chosen) => {
        const text = `name: ${prefix}${chosen.join('-')}.example\nimage: ${prefix}${chosen.join('_')}\n`;
        expect(await find(text)).toEqual(await plain(text));
      }),
      { numRuns: 300 },
    );
  });
});
