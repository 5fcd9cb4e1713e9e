/** In which order repositories are swept: pools before their members, else as the plan has them. */

import type { PlanItem } from './plan.ts';

export interface Turns {
  /** The next one, once it can begin; undefined if nothing is left, or after `close`. */
  next(): Promise<PlanItem | undefined>;
  ended(item: PlanItem): void;
  /** It was not begun after all. */
  giveBack(item: PlanItem): void;
  /** How many were not begun. */
  left(): number;
  close(): void;
}

/** A member waits for its pool only if that is among the items. */
export function turnsOf(items: readonly PlanItem[]): Turns {
  const pools = new Set(items.flatMap(({ key, isPool }) => (isPool === true ? [key] : [])));
  const isMember = ({ isPool, network }: PlanItem): boolean =>
    isPool !== true && network !== undefined && pools.has(network);
  const waiting = new Map<string, PlanItem[]>();
  for (const item of items) {
    if (!isMember(item)) continue;
    const network = item.network!; // a member has one
    const members = waiting.get(network);
    if (members === undefined) waiting.set(network, [item]);
    else members.push(item);
  }
  // Taken from the end.
  const rest = items.filter((item) => item.isPool !== true && !isMember(item)).toReversed();
  const first = items.filter(({ isPool }) => isPool === true).toReversed();
  const released: PlanItem[] = [];
  const returned: PlanItem[] = [];
  let listeners: (() => void)[] = [];
  let isClosed = false;
  const wake = (): void => {
    const woken = listeners;
    listeners = [];
    for (const each of woken) each();
  };
  return {
    async next() {
      for (;;) {
        if (isClosed) return undefined;
        const item = first.pop() ?? released.pop() ?? rest.pop();
        if (item !== undefined || waiting.size === 0) return item;
        await new Promise<void>((resolve) => void listeners.push(resolve));
      }
    },
    ended({ key }) {
      const members = waiting.get(key);
      if (members === undefined) return;
      waiting.delete(key);
      released.push(...members.toReversed());
      wake();
    },
    giveBack(item) {
      returned.push(item);
    },
    left: () => first.length + released.length + rest.length + returned.length + [...waiting.values()].flat().length,
    close() {
      isClosed = true;
      wake();
    },
  };
}
