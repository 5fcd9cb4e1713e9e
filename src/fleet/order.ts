/** In which order repositories are swept, and how they are laid out in parts. */

import type { PlanItem } from './plan.ts';

/** Pools first, since their members scan their own objects only; then the largest first, since the longest sweep decides the night. */
export function inOrder(items: readonly PlanItem[]): PlanItem[] {
  return items.toSorted(
    (a, b) =>
      Number(b.isPool === true) - Number(a.isPool === true) ||
      (b.size ?? 0) - (a.size ?? 0) ||
      (a.key < b.key ? -1 : a.key > b.key ? 1 : 0),
  );
}

/** Bytes that are read in the time that it takes to start a sweep. */
const START_COST = 3_000_000;

/** What a sweep costs, in bytes. */
function costOf({ size = 0, unchanged, nothing }: PlanItem): number {
  return unchanged === undefined && nothing === undefined ? size + START_COST : 1;
}

/**
 * Lays repositories out in `count` parts of about the same cost: the largest first, each into the part that has least.
 *
 * A pool and its members are in the same part, however large, because parts run at the same time and a pool must be swept before its
 * members. Forks without a pool are kept together too, unless they are more than a fair part.
 *
 * @param items in the order of {@link inOrder}, which they keep within a part
 */
export function inShards(items: readonly PlanItem[], count: number): PlanItem[] {
  const loads = Array.from({ length: count }, () => 0);
  const shardOf = new Map<string, number>();
  for (const group of groupsOf(items, count)) {
    const least = loads.indexOf(Math.min(...loads));
    loads[least]! += group.cost; // an index of it
    for (const { key } of group.items) shardOf.set(key, least + 1);
  }
  return items.map((item) => ({ ...item, shard: shardOf.get(item.key)! })); // every item is in a group
}

interface Group {
  readonly items: readonly PlanItem[];
  readonly cost: number;
}

/** What must be together, the most expensive first. */
function groupsOf(items: readonly PlanItem[], count: number): Group[] {
  const groups = new Map<string, PlanItem[]>();
  for (const item of items) {
    const name = item.network ?? item.key;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [item]);
    else group.push(item);
  }
  const fair = items.reduce((sum, item) => sum + costOf(item), 0) / count;
  return [...groups.values()]
    .map((members) => ({ items: members, cost: members.reduce((sum, item) => sum + costOf(item), 0) }))
    .flatMap((group) => {
      const mayBeSplit = group.cost > fair && !group.items.some(({ isPool }) => isPool === true);
      return mayBeSplit ? group.items.map((item) => ({ items: [item], cost: costOf(item) })) : [group];
    })
    .toSorted((a, b) => b.cost - a.cost);
}
