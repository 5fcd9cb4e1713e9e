/** The text of a baseline: every entry comes back, whatever it contains, and the same entries give the same text. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatBaseline, parseBaseline } from '../../../src/config/baseline.ts';
import type { BaselineEntry } from '../../../src/model/suppression.ts';

const entry: fc.Arbitrary<BaselineEntry> = fc
  .record({
    secretFingerprint: fc.stringMatching(/^[0-9a-f]{64}$/),
    ruleId: fc.constantFrom('gitlab_deploy_token', 'own_rule'),
    path: fc.oneof(
      fc.constantFrom(
        'a b',
        'a#b',
        '#',
        'new\nline',
        '%41',
        '%',
        'expires=x',
        'from=x',
        'ü',
        '\u2028',
        ' blank ',
        '\u3000',
        'a\ufeffb',
      ),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
    ),
    reason: fc.constantFrom('', 'known', 'with # in it', 'ü é', 'expires=2027-01-01'),
    from: fc.option(fc.constantFrom('history', 'accept'), { nil: undefined }),
    expires: fc.option(fc.constantFrom('2027-01-31', '2024-02-29'), { nil: undefined }),
  })
  .map(({ from, expires, ...rest }) => ({
    ...rest,
    ...(from === undefined ? {} : { from }),
    ...(expires === undefined ? {} : { expires }),
  }));

const byText = (entries: readonly BaselineEntry[]): BaselineEntry[] =>
  entries.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

it('every entry comes back, on a line of its own', () => {
  fc.assert(
    fc.property(fc.uniqueArray(entry, { selector: (one) => one.secretFingerprint, maxLength: 8 }), (entries) => {
      const text = formatBaseline(entries);
      const parsed = parseBaseline(text);
      expect(parsed.ok && byText(parsed.entries)).toEqual(byText(entries));
      expect(text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toHaveLength(entries.length);
      expect(formatBaseline(entries.toReversed())).toBe(text);
      expect(parsed.ok && formatBaseline(parsed.entries)).toBe(text);
      expect(parseBaseline(text.replaceAll('\n', '\r\n'))).toEqual(parsed);
    }),
    { numRuns: 500 },
  );
});

describe('parseBaseline', () => {
  const print = 'ab'.repeat(32);

  it('takes what people write: blanks, comments, a fingerprint alone', () => {
    const text = `# head\n\n  ${print}  \n${print} rule\n${print} rule path\n${print} rule path # why\n${print} # why\n`;
    const parsed = parseBaseline(text);
    expect(parsed.ok && parsed.entries.map(({ ruleId, path, reason }) => [ruleId, path, reason])).toEqual([
      ['', '', ''],
      ['rule', '', ''],
      ['rule', 'path', ''],
      ['rule', 'path', 'why'],
      ['', '', 'why'],
    ]);
  });

  it.each([
    ['abc', 1],
    [`\n${print.slice(1)} r p`, 2],
    [`${print.toUpperCase()} r p`, 1],
    [`${print} r p x y`, 1],
    [`${print} r p expires=2027-02-30x`, 1],
    [`# ok\n=======\n`, 2],
  ])('refuses %j with its line', (text, line) => {
    expect(parseBaseline(text)).toMatchObject({ ok: false, line });
  });
});
