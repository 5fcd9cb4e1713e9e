/** Which objects a sweep of a history has to scan. */

import { listAllObjects, listSomeObjects, sortedIds } from '../git/all-objects.ts';
import { isFailure } from '../git/git-error.ts';
import { hexIds, idsWithout } from '../git/id-sets.ts';
import type { ObjectList } from '../git/object-list.ts';
import type { SortedIds } from '../git/sorted-ids.ts';
import type { GitOptions } from '../git/spawn.ts';
import { type HistoryState, holdersIn, type Identity, presentPart } from './state.ts';

export interface Enumerated {
  /** The objects to scan. */
  readonly list: ObjectList;
  /** Whether these are all objects of the repository. */
  readonly isAll: boolean;
  /** All objects that the sweep is for; only where a state is kept, or others are known. */
  readonly ids: SortedIds | undefined;
  /** The part of the state whose objects are still here. */
  readonly before: HistoryState | undefined;
  readonly warnings: readonly string[];
}

/** The file of a state, its content, and what shows that it belongs to this repository. */
export interface StateAt {
  readonly path: string;
  readonly state: HistoryState | undefined;
  readonly identity: Identity;
}

export interface Enumeration {
  /** Absent: no state is kept. */
  readonly at?: StateAt | undefined;
  /** Clean objects, which are left out. */
  readonly known?: SortedIds | undefined;
  /** The objects that the sweep is for, where it is not for all; absent: all of the repository. */
  readonly own?: SortedIds | undefined;
  /** Lists all objects without git, if it can. */
  readonly listPacked?: (onWarning: (text: string) => void) => Promise<ObjectList | undefined>;
}

/** Lists the objects to scan: those that neither the state nor another repository knows. @throws GitError, GlaiveError */
export async function enumerate(
  options: GitOptions,
  { at, known, own, listPacked = async () => undefined }: Enumeration,
): Promise<Enumerated> {
  const warnings = new Set<string>();
  const warn = (text: string): void => {
    // Warnings and traces are noise; missing objects of a partial clone are reported one by one.
    if (isFailure(text) || text.startsWith('object ')) warnings.add(text);
  };
  // Objects added during the scan are left to the next one.
  const ids = own ?? (at === undefined && known === undefined ? undefined : await sortedIds(options, warn));
  const elsewhere =
    own === undefined || at?.state === undefined ? undefined : await present(holdersIn(at.state), options);
  const before =
    at?.state === undefined || ids === undefined
      ? undefined
      : presentPart(at.state, { ids, elsewhere, identity: at.identity }, at.path);
  const fresh = ids === undefined ? undefined : leftOf(ids, [before?.ids, known]);
  const isAll = fresh === undefined || (own === undefined && fresh.length === ids?.length);
  const list = isAll
    ? ((await listPacked(warn)) ?? (await listAllObjects(options, warn)))
    : await listSomeObjects(hexIds(fresh), options, warn);
  return { list, isAll, ids, before, warnings: [...warnings] };
}

/** Those of the objects that git finds anywhere. */
async function present(ids: readonly string[], options: GitOptions): Promise<ReadonlySet<string>> {
  const list = await listSomeObjects(ids, options, () => {});
  return new Set(Array.from({ length: list.length }, (_, index) => list.id(index)));
}

function leftOf(ids: SortedIds, scanned: readonly (SortedIds | undefined)[]): SortedIds {
  return scanned.reduce<SortedIds>((left, some) => (some === undefined ? left : idsWithout(left, some)), ids);
}
