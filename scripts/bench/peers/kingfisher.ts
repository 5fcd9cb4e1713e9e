/** Kingfisher 2: Vectorscan over files, or over every object of a repository. */

import { join } from 'node:path';
import { type Reported, type Scanner, type Step, type Target, jsonLines } from './scanner.ts';

interface Line {
  readonly rule?: { readonly id: string };
  readonly finding?: { readonly snippet: string };
}

/** Compiled rules are kept between runs, as by default, but in a folder of the bench. */
const run = ({ scratch }: Target, history: string): Step[] => [
  [
    'kingfisher',
    'scan',
    '.',
    '--no-validate',
    '--no-update-check',
    '--rule=betterleaks.gitlab',
    `--git-history=${history}`,
    `--rule-cache-dir=${join(scratch, '..', 'kingfisher-rules')}`,
    '--format=jsonl',
  ],
];

export const kingfisher: Scanner = {
  name: 'kingfisher',
  version: ['kingfisher', '--version'],
  tree: (target) => run(target, 'none'),
  history: (target) => run(target, 'full'),
  foundCode: 200,
  read: (report) =>
    (jsonLines(report) as Line[]).flatMap(({ rule, finding }): Reported[] =>
      rule !== undefined && finding !== undefined && /gitlab/i.test(rule.id)
        ? [{ rule: rule.id, secret: finding.snippet }]
        : [],
    ),
};
