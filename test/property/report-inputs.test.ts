/** A crafted report is read, or refused with words; nothing in it makes glaive fail, and what was read can be written. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reclassify } from '../../src/scan/reclassify.ts';
import { GlaiveError } from '../../src/model/errors.ts';
import { activeFindings, type Report } from '../../src/model/report.ts';
import { FORMATS, type FormatName } from '../../src/report/index.ts';
import { readReports } from '../../src/report/readers/index.ts';
import { mergeReports } from '../../src/report/merge.ts';
import { builtinRuleset } from '../../src/rules/builtin.ts';
import { SAMPLES } from '../support/sample-report.ts';

const NOW = new Date('2026-11-28T00:00:00Z');
const RULESET = builtinRuleset();

async function written(format: FormatName, report: Report): Promise<string> {
  const render = await FORMATS[format].load();
  return [...render(report, { color: false, quiet: false, showSuppressed: true })].join('');
}

/** What may be in the place of a value; `deep` is replaced by lists in lists. */
const strangeValue = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    -1,
    1.5,
    1e308,
    2 ** 53,
    '',
    'x',
    [],
    {},
    [[]],
    [null],
    { a: 1 },
    '\u0000',
    '__proto__',
    'constructor',
    '2026-13-99',
    'x'.repeat(100_000),
    '\ud800',
    '../../../etc/passwd',
    '/dev/zero',
    'javascript:alert(1)',
  ),
  fc.integer({ min: 1, max: 200 }).map((deep) => ({ deep })),
  fc.jsonValue({ maxDepth: 2 }),
);

const isDeep = (value: unknown): value is { deep: number } =>
  typeof value === 'object' && value !== null && 'deep' in value;
const nested = (depth: number): unknown => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`) as unknown;

type Path = readonly (string | number)[];

/** Every place in a value, itself left out. */
function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = [...path, Array.isArray(value) ? Number(key) : key];
    return [here, ...pathsOf(inner, here)];
  });
}

/** A copy that is changed at one place. */
function changed(
  value: unknown,
  [key, ...rest]: Path,
  change: (owner: Record<string, unknown>, key: string) => void,
): unknown {
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }) as Record<string, unknown>;
  if (rest.length === 0) change(copy, String(key));
  else copy[String(key)] = changed(copy[String(key)], rest, change);
  return copy;
}

const mutation = fc.record({
  at: fc.nat(),
  kind: fc.constantFrom('swap', 'swap', 'delete', 'add', 'repeat'),
  value: strangeValue,
});

function mutated(whole: unknown, mutations: readonly { at: number; kind: string; value: unknown }[]): unknown {
  return mutations.reduce<unknown>((now, { at, kind, value: strange }) => {
    const paths = pathsOf(now);
    if (paths.length === 0) return now;
    const value = isDeep(strange) ? nested(strange.deep) : strange;
    return changed(now, paths[at % paths.length]!, (owner, key) => {
      if (kind === 'swap') owner[key] = value;
      else if (kind === 'add') owner[Array.isArray(owner) ? owner.length : `extra ${at}`] = value;
      else if (kind === 'repeat' && Array.isArray(owner)) owner.push(owner[Number(key)]);
      else if (Array.isArray(owner)) owner.splice(Number(key), 1);
      else delete owner[key];
    });
  }, whole);
}

/** Reads and writes it as `glaive report` does. */
async function roundTrip(text: string): Promise<void> {
  let merged: Report;
  try {
    const [first, ...others] = readReports(text, 'x.json', NOW);
    if (first === undefined) return;
    merged = await reclassify(mergeReports([first, ...others]), RULESET, NOW);
  } catch (error) {
    expect(error).toBeInstanceOf(GlaiveError);
    expect((error as GlaiveError).message).toContain('x.json');
    return;
  }
  for (const format of ['text', 'markdown', 'json', 'sarif', 'gitlab', 'html'] as const) await written(format, merged);
  expect(activeFindings(merged).every(({ secretFingerprint }) => /^[0-9a-f]{64}$/.test(secretFingerprint))).toBe(true);
}

const FOREIGN: Readonly<Record<string, unknown>> = {
  gitleaks: [
    {
      RuleID: 'r',
      File: 'a',
      StartLine: 1,
      EndLine: 2,
      StartColumn: 1,
      EndColumn: 2,
      Secret: 'REDACTED',
      Author: 'A',
      Email: 'a@example.com',
      Date: '2026',
      Fingerprint: 'f',
      Commit: '1f'.repeat(20),
      Description: 'd',
    },
  ],
  trufflehog: {
    DetectorName: 'd',
    DetectorDescription: 'x. y',
    SourceMetadata: { Data: { Git: { file: 'a', line: 3, commit: '1f'.repeat(20), email: 'e', timestamp: 't' } } },
    Raw: 'x',
    Verified: true,
  },
};

describe('reports with strange values', () => {
  it.each(['one', 'verified', 'suppressed', 'logs', 'gaps'])(
    'of glaive: %s, as json, jsonl and sarif',
    async (name) => {
      const { report } = await SAMPLES[name]!();
      const small = { ...report, findings: report.findings.slice(0, 4) };
      const json = JSON.parse(await written('json', small)) as unknown;
      const sarif = JSON.parse(await written('sarif', small)) as unknown;
      const lines = (await written('jsonl', small))
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown);
      await fc.assert(
        fc.asyncProperty(fc.array(mutation, { minLength: 0, maxLength: 3 }), async (mutations) => {
          await roundTrip(JSON.stringify(mutated(json, mutations)));
          await roundTrip(JSON.stringify(mutated(sarif, mutations)));
          await roundTrip((mutated(lines, mutations) as unknown[]).map((line) => JSON.stringify(line)).join('\n'));
        }),
        { numRuns: 12 },
      );
    },
  );

  it.each(Object.keys(FOREIGN))('of %s', async (name) => {
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { maxLength: 4 }), async (mutations) => {
        await roundTrip(JSON.stringify(mutated(FOREIGN[name], mutations)));
      }),
      { numRuns: 25 },
    );
  });

  it('names the field that is not what it should be', async () => {
    const { report } = await SAMPLES['verified']!();
    const json = JSON.parse(await written('json', report)) as { findings: Record<string, unknown>[] };
    const cases: readonly (readonly [Path, unknown, string])[] = [
      [['findings', 0, 'ruleId'], 'absent', 'findings.0.ruleId is not one of its rules'],
      [
        ['findings', 1, 'introduction'],
        { commit: '1f'.repeat(20), uri: 'a', startLine: 1, author: 5 },
        'findings.1.introduction.author must be string, not 5',
      ],
      [['findings', 0, 'verification', 'scopes'], 'api', 'findings.0.verification.scopes must be a list, not "api"'],
      [['findings', 0, 'facts'], 'x', 'findings.0.facts'],
      [['counts', 'skips'], 'x', 'counts.skips'],
    ];
    for (const [path, value, message] of cases)
      expect(() =>
        readReports(JSON.stringify(changed(json, path, (owner, key) => (owner[key] = value))), 'x.json', NOW),
      ).toThrow(message);
  });

  it('values that are nested deeply are refused, or read', async () => {
    const deep = `${'['.repeat(300_000)}${']'.repeat(300_000)}`;
    for (const text of [
      deep,
      `{"tool":{"name":"glaive"},"findings":${deep}}`,
      `{"version":"2.1.0","runs":[{"results":${deep}}]}`,
      `[{"RuleID":${deep},"File":"a"}]`,
      `{"DetectorName":"x","SourceMetadata":${deep}}`,
    ])
      await roundTrip(text);
  });

  it('many runs and lines are read', async () => {
    const runs = Array.from({ length: 200_000 }, () => ({}));
    const [first, ...others] = readReports(JSON.stringify({ version: '2.1.0', runs }), 'x.json', NOW);
    expect(mergeReports([first!, ...others]).findings).toEqual([]);
  });
});
