/** What is damaged or lost of the results of a repository. */

import { plural } from '../../lib/format-amounts.ts';
import type { Mark } from '../results.ts';
import type { Sighting } from './fold-finding.ts';
import type { RepositoryRow } from './rows.ts';

/** Undefined if there is nothing that a mark does not say already. */
export function markOf(of: {
  known: Mark | undefined;
  damaged: ReadonlySet<string>;
  missing: number;
}): Mark | undefined {
  const { known, damaged, missing } = of;
  if (damaged.size > 0)
    return {
      reason: `its report ${[...damaged].join(', ')} is damaged`,
      damaged: [...(known?.damaged ?? []), ...damaged],
    };
  if (missing === 0) return undefined;
  return { reason: `the reports of ${plural(missing, 'finding')} are lost`, damaged: known?.damaged ?? [] };
}

/** How many findings must be there, by the newest report and by the index, and are not. */
export function missingOf(
  found: readonly Sighting[],
  newest: readonly string[] | undefined,
  old: RepositoryRow | undefined,
): number {
  const secrets = new Set(found.map(({ secretFingerprint }) => secretFingerprint));
  // A secret that is known in other places is enough to know that it leaked.
  const unknown = new Set((newest ?? []).map((place) => place.split(' ')[0]!).filter((secret) => !secrets.has(secret)));
  return Math.max(unknown.size, (old?.findings ?? 0) - found.length);
}
