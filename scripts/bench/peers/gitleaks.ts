/** gitleaks 8: prints the additions of `git log -p`, and searches those. */

import type { Reported, Scanner, Step } from './scanner.ts';

const RULES = [
  'cicd-job-token', 'deploy-token', 'feature-flag-client-token', 'feed-token', 'incoming-mail-token',
  'kubernetes-agent-token', 'oauth-app-secret', 'pat', 'pat-routable', 'ptt', 'rrt', 'runner-authentication-token',
  'runner-authentication-token-routable', 'scim-token', 'session-cookie',
]; // prettier-ignore

/** Betterleaks has the same commands, flags and reports. */
export function gitleaksLike(program: string, rules: readonly string[], history: readonly string[]): Scanner {
  const run = (command: string, report: string, ...more: string[]): Step[] => [
    [
      program,
      command,
      '--no-banner',
      '--exit-code=0',
      '--report-format=json',
      `--report-path=${report}`,
      ...rules.map((rule) => `--enable-rule=gitlab-${rule}`),
      ...more,
      '.',
    ],
  ];
  return {
    name: program,
    version: [program, 'version'],
    tree: ({ report }) => run('dir', report),
    history: ({ report }) => run('git', report, '--log-opts=--all', ...history),
    read: readGitleaks,
  };
}

function readGitleaks(report: string): Reported[] {
  // Betterleaks writes null for an empty list.
  const findings = JSON.parse(report) as readonly { readonly RuleID: string; readonly Secret: string }[] | null;
  return (findings ?? [])
    .filter(({ RuleID }) => RuleID.startsWith('gitlab-'))
    .map(({ RuleID, Secret }) => ({ rule: RuleID, secret: Secret }));
}

export const gitleaks = gitleaksLike('gitleaks', RULES, []);
export const betterleaks = gitleaksLike('betterleaks', [...RULES, 'pat-routable-versioned'], ['--git-workers=2']);
