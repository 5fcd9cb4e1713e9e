/** The plan of `glaive revoke` and `glaive rotate`: what will be done is first, the rest is a few lines. */

import { describe, expect, it } from 'vitest';
import { showPlan } from '../../../src/cli/commands/remediation-plan.ts';
import type { Step } from '../../../src/credentials/remediation.ts';
import type { TokenStatus } from '../../../src/model/token-status.ts';
import { reportWith } from '../../support/sample-report.ts';

const INACTIVE: TokenStatus = { state: 'inactive', reason: 'revoked' };
const UNKNOWN: TokenStatus = { state: 'unknown', reason: 'not known at gitlab.example.com' };

describe('a plan', async () => {
  const { report } = await reportWith(60);
  const steps = report.findings.map((finding, index): Step => {
    const isActive = index % 9 === 8;
    const status: TokenStatus = isActive ? { state: 'active' } : index % 5 === 0 ? INACTIVE : UNKNOWN;
    return {
      finding,
      uris: [finding.artifact.uri],
      verdict: { status, verification: { checkedAt: '2026-11-20T08:00:00.000Z', notes: [] } },
      plan: isActive
        ? ({ kind: 'possible', how: `DELETE number ${index}`, effects: [] } as unknown as Step['plan'])
        : { kind: status.state === 'inactive' ? 'already-inactive' : 'not-verified' },
    };
  });
  const shown = (details: boolean, width?: number): string =>
    [...showPlan(steps, { action: 'revoke', ruleOf: () => undefined, server: undefined, details, width })].join('');

  it('of many: how many first, then each that will be done, and the others as numbers', () => {
    const lines = shown(false).trimEnd().split('\n');
    expect(lines[0]).toBe('6 credentials to be revoked; 54 not touched: 43 unknown, 11 inactive');
    expect(lines.filter((line) => line.startsWith('  will: '))).toHaveLength(6);
    expect(lines.slice(-3)).toEqual([
      'Not touched (--details lists them):',
      '    43  unknown: gitlab.example.com does not recognise it; it may belong to another server',
      '    11  inactive (revoked)',
    ]);
  });

  it('with details: every step, what will be done first', () => {
    const lines = shown(true).split('\n');
    const kinds = lines.flatMap((line) => /^ {2}(will|not touched|nothing to do)/.exec(line)?.[1] ?? []);
    expect(kinds).toEqual([
      ...Array.from({ length: 6 }, () => 'will'),
      ...Array.from({ length: 43 }, () => 'not touched'),
      ...Array.from({ length: 11 }, () => 'nothing to do'),
    ]);
  });

  it('on a terminal: wrapped at its width, between words', () => {
    const wrapped = shown(true, 50);
    expect(wrapped).toContain(
      '\n  not touched: unknown: gitlab.example.com does\n    not recognise it; it may belong to another\n    server\n',
    );
    const words = (text: string): string[] => text.split(/\s+/);
    expect(words(wrapped)).toEqual(words(shown(true)));
  });
});
