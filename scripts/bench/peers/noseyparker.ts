/** Nosey Parker: Vectorscan over files and every object of a repository; the report is a command of its own. Retired in 2026. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Reported, type Scanner, type Step, type Target, jsonLines } from './scanner.ts';

const RULESET = `rulesets:
- id: gitlab
  name: GitLab
  description: GitLab
  include_rule_ids: [np.gitlab.1, np.gitlab.2, np.gitlab.3]
`;

interface Line {
  readonly rule_text_id?: string;
  /** In base64. */
  readonly groups?: readonly string[];
}

function run({ scratch, folder }: Target, history: string): Step[] {
  const rules = join(scratch, 'gitlab.yml');
  const store = join(scratch, 'store');
  writeFileSync(rules, RULESET);
  return [
    [
      'noseyparker',
      'scan',
      '--datastore',
      store,
      '--rules-path',
      rules,
      '--ruleset',
      'gitlab',
      '--git-history',
      history,
      folder,
    ],
    ['noseyparker', 'report', '--datastore', store, '--format', 'jsonl'],
  ];
}

export const noseyparker: Scanner = {
  name: 'noseyparker',
  version: ['noseyparker', '--version'],
  tree: (target) => run(target, 'none'),
  history: (target) => run(target, 'full'),
  read: (report) =>
    (jsonLines(report) as Line[]).flatMap(({ rule_text_id: rule, groups }): Reported[] =>
      rule?.startsWith('np.gitlab.') === true && groups?.[0] !== undefined
        ? [{ rule, secret: Buffer.from(groups[0], 'base64').toString('latin1') }]
        : [],
    ),
};
