/** TruffleHog 3: searches chunks of folders, and of the additions of `git log -p`. */

import { type Reported, type Scanner, jsonLines } from './scanner.ts';

const FLAGS = ['--no-verification', '--no-update', '--json', '--include-detectors=gitlab,gitlaboauth2'];

interface Line {
  readonly DetectorName?: string;
  readonly Raw?: string;
}

export const trufflehog: Scanner = {
  name: 'trufflehog',
  version: ['trufflehog', '--version'],
  tree: () => [['trufflehog', 'filesystem', '.', ...FLAGS]],
  // It scans a clone unless the configuration of the repository is trusted.
  history: ({ folder }) => [['trufflehog', 'git', `file://${folder}`, '--bare', '--trust-local-git-config', ...FLAGS]],
  read: (report) =>
    (jsonLines(report) as Line[]).flatMap(({ DetectorName: rule, Raw: secret }): Reported[] =>
      rule !== undefined && secret !== undefined && /gitlab/i.test(rule) ? [{ rule, secret }] : [],
    ),
};
