/** Sentences of the summary, which text, Markdown and notes in merge requests share. All are made of numbers and own words. */

import { plural } from '../lib/format-amounts.ts';
import type { Summary } from './summary.ts';

/** `12 findings of 8 secrets in 10 places: 5 critical, 3 high, 4 low`. */
export function countText({ findings, secrets, places, severities }: Summary): string {
  const distinct = findings === 1 ? '' : ` of ${plural(secrets, 'secret')}`;
  const each = severities.map(([severity, count]) => `${count} ${severity}`).join(', ');
  return `${plural(findings, 'finding')}${distinct} in ${plural(places, 'place')}: ${each}`;
}

/** `2 secrets still active, 1 inactive, 5 unknown; 3 of 8 secrets still in HEAD`; empty if nothing is known. */
export function stateText({ secrets, status, inHead }: Summary): string {
  const checked =
    status === undefined
      ? []
      : [
          `${plural(status.active, 'secret')} still active`,
          ...(status.inactive === 0 ? [] : [`${status.inactive} inactive`]),
          ...(status.unknown === 0 ? [] : [`${status.unknown} unknown`]),
        ];
  const current = inHead === undefined ? [] : [`${inHead} of ${plural(secrets, 'secret')} still in HEAD`];
  return [checked.join(', '), ...current].filter((part) => part !== '').join('; ');
}
