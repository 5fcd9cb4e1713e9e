/** Members of an object pool: what a sweep of one of them is for. */

import { createHash } from 'node:crypto';
import { walkReachable } from '../git/all-objects.ts';
import { hasId, idsInBoth, idsOf, idsOfBoth } from '../git/id-sets.ts';
import type { SortedIds } from '../git/sorted-ids.ts';
import type { GitOptions } from '../git/spawn.ts';
import { ownIds } from './packs/own-ids.ts';
import type { HistoryState } from './state.ts';

/** Where the objects of a member are, and what is known of its pool. */
export interface PoolMember {
  /** The folder that alternates must not lead out of. */
  readonly storage: string;
  /** Objects of the pool with possible credentials (`suspectsOf` its state). They are reported here too if a ref leads to them. */
  readonly suspects: SortedIds;
  /** Commits of the pool whose whole history was scanned (`tips` of its state): they are not walked once more. */
  readonly complete?: readonly string[];
}

export interface OwnObjects {
  /** The objects in the folder of the repository, and those of the pool's suspects that its refs lead to. */
  readonly ids: SortedIds;
  /** What the second part depends on. */
  readonly borrowed: string;
}

/** Objects with possible credentials, for the members of a pool whose state this is. */
export function suspectsOf({ suspects }: HistoryState): SortedIds {
  return suspects;
}

/** @param tips what the refs name @throws GitError, GlaiveError */
export async function objectsOfMember(
  { storage, suspects }: PoolMember,
  { tips, stored, options }: { tips: readonly string[]; stored: HistoryState | undefined; options: GitOptions },
): Promise<OwnObjects> {
  const own = await ownIds(options, storage);
  const borrowed = createHash('sha256').update(tips.join('\n')).update(suspects.bytes).digest('hex').slice(0, 16);
  if (suspects.length === 0) return { ids: own, borrowed };
  // The same refs lead to the same suspects.
  if (stored?.borrowed === borrowed) return { ids: idsOfBoth(own, idsInBoth(suspects, stored.ids)), borrowed };
  const reached: string[] = [];
  await walkReachable(options, [], (id) => {
    if (hasId(suspects, id)) reached.push(id);
  });
  return { ids: idsOfBoth(own, idsOf(reached)), borrowed };
}
