/** The templates of rule files, checked against the independent minter's idea of the formats. */

import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { builtinRuleset } from '../../../src/rules/builtin.ts';
import { expandExample, seededRandom } from '../../../src/rules/examples.ts';
import { testRules } from '../../../src/scan/test-rules.ts';
import { IS_LONG } from '../../support/runs.ts';

const expand = (template: string, seed = 1): string => expandExample(template, seededRandom(seed)).text;

describe('templates', () => {
  it('marks give byte offsets, braces that name nothing stay', () => {
    expect(expandExample('{"é": «{text:ab}»}', seededRandom(1))).toEqual({
      text: '{"é": ab}',
      secrets: [{ start: 7, end: 9 }],
    });
  });

  it.each([
    ['{devise:40}', /^[1-9A-HJ-NP-Za-km-z_-]{40}$/],
    ['{hex:12}', /^[0-9a-f]{12}$/],
    ['{base36:25}', /^[0-9a-z]{25}$/],
    ['{same:123:7}', /^1231231$/],
    ['{base64:32}', /^[A-Za-z0-9+/]{43}=$/],
    ['{u128}', /^[0-9a-z]{20,25}$/],
    ['{jwt:job}', /^ey[\w-]+\.ey[\w-]+\.[\w-]{342}$/],
  ])('%s', (template, shape) => {
    for (let seed = 0; seed < 50; seed++) expect(expand(template, seed)).toMatch(shape);
  });

  it('routable parts carry the checksum that zlib gives, flawed ones do not', () => {
    for (let seed = 0; seed < 50; seed++) {
      for (const version of ['01', 'none']) {
        const token = expand(`{routable:x-:${version}:o=1,u=42}`, seed);
        expect(Number.parseInt(token.slice(-7), 36)).toBe(crc32(token.slice(0, -7)));
        const flawed = expand(`{badcrc:x-:${version}:o=1,u=42}`, seed);
        expect(Number.parseInt(flawed.slice(-7), 36)).not.toBe(crc32(flawed.slice(0, -7)));
      }
    }
  });

  it('the same seed gives the same text', () => {
    expect(expand('{devise:40}', 7)).toBe(expand('{devise:40}', 7));
    expect(expand('{devise:40}', 7)).not.toBe(expand('{devise:40}', 8));
  });
});

// The test of the command does this always: `glaive rules test`.
it.runIf(IS_LONG)('every built-in rule passes its own examples', async () => {
  const { examples, failures } = await testRules(builtinRuleset());
  expect(failures).toEqual([]);
  expect(examples).toBeGreaterThan(150);
});
