/** ripsecrets: one regular expression for all rules, in folders only. It names no rules, and cannot be restricted to some. */

import type { Reported, Scanner } from './scanner.ts';

/** Its match may begin with a name and an equals sign. */
const GITLAB = /(?:gl[a-z]{2,6}-|GR1348941)[^\s"'`<>,;&)\]}]+/g;

export const ripsecrets: Scanner = {
  name: 'ripsecrets',
  version: ['ripsecrets', '--version'],
  tree: () => [['ripsecrets', '--only-matching', '.']],
  foundCode: 1,
  read: (report) =>
    report
      .split('\n')
      .flatMap((line): Reported[] =>
        [...line.slice(line.indexOf(':') + 1).matchAll(GITLAB)].map(([secret]) => ({ rule: '', secret })),
      ),
};
