/** Repositories on a disk as they were found, and what they share. */

import type { PlanItem } from '../plan.ts';
import type { createRepositoryDigest } from '../refs-digest.ts';

export interface Found {
  readonly item: PlanItem;
  /** Its object folder, absolute and real; undefined if it is not on this disk. */
  readonly objects: string | undefined;
  /** The object folders that it borrows from. */
  readonly alternates: readonly string[];
}

/** Without a digest a repository never counts as unchanged, and its sweep says what cannot be read. */
export function digestIfReadable(
  directory: string,
  digestOf: ReturnType<typeof createRepositoryDigest>,
): Pick<PlanItem, 'refs' | 'size'> {
  try {
    return digestOf(directory);
  } catch {
    return {};
  }
}

/**
 * Who borrows from a repository of the plan gets its key as the network: that of the last one, if a pool borrows as well. Who lends
 * is a pool, whatever it is called.
 */
export function withNetworks(found: readonly Found[]): Found[] {
  const byObjects = new Map(found.flatMap((one) => (one.objects === undefined ? [] : [[one.objects, one]])));
  const poolOf = ({ alternates }: Found): Found | undefined =>
    alternates.map((folder) => byObjects.get(folder)).find((pool) => pool !== undefined);
  const lenders = new Set(found.flatMap(({ alternates }) => alternates));
  return found.map((one) => {
    let last = one;
    const seen = new Set([one]);
    for (let pool = poolOf(last); pool !== undefined && !seen.has(pool); pool = poolOf(last)) {
      seen.add(pool);
      last = pool;
    }
    const { item, objects } = one;
    const isPool = item.isPool === true || (objects !== undefined && lenders.has(objects));
    const network = last !== one || isPool ? { network: last.item.key } : {};
    return { ...one, item: { ...item, ...network, ...(isPool ? { isPool } : {}) } };
  });
}
