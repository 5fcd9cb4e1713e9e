/** Glaive itself, run as the others are. */

import { join } from 'node:path';
import type { Scanner, Step, Target } from './scanner.ts';

interface Report {
  readonly vulnerabilities: readonly {
    readonly identifiers: readonly { readonly value: string }[];
    readonly raw_source_code_extract?: string;
  }[];
}

export function glaive(root: string, name = 'glaive'): Scanner {
  const program: readonly [string, string] = [process.execPath, join(root, 'dist', 'cli', 'main.cjs')];
  const run = (command: string, { report }: Target, ...paths: string[]): Step[] => [
    [...program, command, '--quiet', '--exit-zero', '--output', `gitlab=${report}`, '--raw-secrets', ...paths],
  ];
  return {
    name,
    version: [...program, '--version'],
    tree: (target) => run('scan', target, '.'),
    history: (target) => run('history', target),
    read: (report) =>
      (JSON.parse(report) as Report).vulnerabilities.flatMap(({ identifiers, raw_source_code_extract: secret }) => {
        const rule = identifiers[0]?.value ?? '';
        return secret !== undefined && /gitlab/i.test(rule) ? [{ rule, secret }] : [];
      }),
  };
}
