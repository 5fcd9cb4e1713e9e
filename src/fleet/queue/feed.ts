/**
 * What of a plan is in the queue. A queue is filled in windows, so that a plan of a million repositories fits it; and a repository that
 * the queue has lost is added again, because the plan is the truth.
 */

import type { PlanItem } from '../plan.ts';
import type { QueueCounts, QueueItem } from './contract.ts';

/** Jobs that are in the queue at a time: about 50 MB of Redis' memory. */
const WINDOW = 50_000;

export interface Feed {
  /** For an empty queue. */
  readonly first: readonly QueueItem[];
  /** What to add to a queue that was filled with the first items, by this process or another one; adding what it has changes nothing. */
  refill(counts: QueueCounts): readonly QueueItem[];
}

/** Whether the repository must be swept: the plan may know already that there is nothing new, or nothing at all. */
export function needsSweep({ unchanged, nothing }: PlanItem): boolean {
  return unchanged === undefined && nothing === undefined;
}

/**
 * @param items of the plan, in the order in which they should be swept
 * @param look finds out which repositories have a result in this plan: once for each refill, which asks about many of them
 */
export function createFeed(items: readonly PlanItem[], look: () => (key: string) => boolean, window = WINDOW): Feed {
  const all = items.filter(needsSweep).map(({ key }, index): QueueItem => ({ key, priority: index + 1 }));
  let next = Math.min(window, all.length);
  const offeredAgain = new Set<string>();

  return {
    first: all.slice(0, window),
    refill({ waiting, running }) {
      const added: QueueItem[] = [];
      if (next < all.length) {
        if (waiting >= window / 4) return [];
        const isDone = look();
        for (; next < all.length && added.length < window - waiting; next++)
          if (!isDone(all[next]!.key)) added.push(all[next]!); // within its length
        return added;
      }
      if (waiting + running > 0) return [];
      // The queue is empty. What failed for good is known to it, and is not added again; what it has lost is.
      const isDone = look();
      for (const item of all) {
        if (added.length === window) break;
        if (offeredAgain.has(item.key) || isDone(item.key)) continue;
        offeredAgain.add(item.key);
        added.push(item);
      }
      return added;
    },
  };
}
