/** The readers of other scanners' reports, for reports in the shape that each writes, and the comparison with what is there. */

import { describe, expect, it } from 'vitest';
import { compare } from '../../../scripts/bench/peers/compare.ts';
import { betterleaks, gitleaks } from '../../../scripts/bench/peers/gitleaks.ts';
import { glaive } from '../../../scripts/bench/peers/glaive.ts';
import { kingfisher } from '../../../scripts/bench/peers/kingfisher.ts';
import { noseyparker } from '../../../scripts/bench/peers/noseyparker.ts';
import { ripsecrets } from '../../../scripts/bench/peers/ripsecrets.ts';
import { trufflehog } from '../../../scripts/bench/peers/trufflehog.ts';
import type { Scanner } from '../../../scripts/bench/peers/scanner.ts';
import { mint, Random } from '../../support/mint.ts';

const random = new Random(20_261_129);
const pat = mint('pat legacy', random);
const runner = mint('runner registration', random);
const other = random.of('abcdef', 30);

const lines = (...values: unknown[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join('');

/** Each has a personal access token, a runner registration token, and a secret that is not GitLab's. */
const REPORTS: readonly (readonly [Scanner, report: string])[] = [
  [
    glaive('/nowhere'),
    JSON.stringify({
      version: '15.0.6',
      vulnerabilities: [
        ['gitlab_personal_access_token', pat],
        ['gitlab_runner_registration_token', runner],
        ['private_key', other],
      ].map(([value, raw]) => ({ identifiers: [{ type: 'x', name: 'x', value }], raw_source_code_extract: raw })),
    }),
  ],
  ...[gitleaks, betterleaks].map((scanner): [Scanner, string] => [
    scanner,
    JSON.stringify(
      [
        ['gitlab-pat', pat],
        ['gitlab-rrt', runner],
        ['generic-api-key', other],
      ].map(([RuleID, Secret]) => ({
        RuleID,
        Description: 'x',
        StartLine: 1,
        Match: `a = ${Secret}`,
        Secret,
        Tags: [],
      })),
    ),
  ]),
  [
    trufflehog,
    lines(
      { level: 'info', msg: 'running source' },
      { DetectorName: 'Gitlab', DecoderName: 'PLAIN', Verified: false, Raw: pat, RawV2: `${pat}https://gitlab.com` },
      { DetectorName: 'Gitlab', DecoderName: 'PLAIN', Verified: false, Raw: runner, RawV2: '' },
      { DetectorName: 'AWS', DecoderName: 'PLAIN', Verified: false, Raw: other, RawV2: '' },
    ),
  ],
  [
    kingfisher,
    ` INFO kingfisher: Launching\n${lines(
      { rule: { name: 'gitlab-pat', id: 'betterleaks.gitlab-pat' }, finding: { snippet: pat, line: 1 } },
      { rule: { name: 'gitlab-rrt', id: 'betterleaks.gitlab-rrt' }, finding: { snippet: runner, line: 1 } },
      { rule: { name: 'generic', id: 'betterleaks.generic-api-key' }, finding: { snippet: other, line: 1 } },
      { audit: { schema: 'kingfisher.repository-audit.v1' } },
      { findings: 3, rules_applied: 17 },
    )}`,
  ],
  [
    noseyparker,
    lines(
      ...[
        ['np.gitlab.2', pat],
        ['np.gitlab.1', runner],
        ['np.aws.1', other],
      ].map(([id, secret]) => ({
        type: 'finding',
        rule_text_id: id,
        groups: [Buffer.from(secret!).toString('base64')],
        num_matches: 1,
      })),
    ),
  ],
  [ripsecrets, `./a.txt:${pat}\n./b/c.yml:token = "${runner}"\n./d.txt:secret = "${other}"\n`],
];

describe('reports of scanners', () => {
  it.each(REPORTS.map(([scanner, report]) => [scanner.name, scanner, report] as const))(
    '%s: GitLab’s credentials as they are, and no others',
    (_, scanner, report) => {
      expect(scanner.read!(report).map(({ secret }) => secret)).toEqual([pat, runner]);
    },
  );

  it.each([
    ['gitleaks', gitleaks, '[]'],
    ['betterleaks', betterleaks, 'null'],
    ['trufflehog', trufflehog, ''],
    ['kingfisher', kingfisher, '{"findings":0}\n'],
    ['noseyparker', noseyparker, ''],
    ['ripsecrets', ripsecrets, ''],
  ])('%s: a report without findings', (_, scanner, report) => {
    expect(scanner.read!(report)).toEqual([]);
  });
});

describe('comparison', () => {
  const reported = (...secrets: string[]) => secrets.map((secret) => ({ rule: 'x', secret }));

  it('separates exact, cut, longer and missing secrets, and other texts', () => {
    const [a, b, c, d] = [1, 2, 3, 4].map(() => mint('pat routable v1', random)) as [string, string, string, string];
    expect(compare([a, b, c, d], reported(a, b.slice(0, 26), `x${c}y`, other))).toEqual({
      exact: new Set([a]),
      partly: new Set([b, c]),
      missed: new Set([d]),
      others: new Set([other]),
    });
  });

  it('a secret that is reported as it is and cut counts as it is', () => {
    expect(compare([pat], reported(pat.slice(0, -1), pat))).toMatchObject({ exact: new Set([pat]), partly: new Set() });
  });

  it('the prefix alone is no part of a token', () => {
    expect(compare([pat], reported(pat.slice(0, 6))).missed).toEqual(new Set([pat]));
  });
});
