/** Which repositories of a plan are added to a queue, and when. */

import { expect, it } from 'vitest';
import type { PlanItem } from '../../../src/fleet/plan.ts';
import { createFeed } from '../../../src/fleet/queue/feed.ts';

const items = (count: number): PlanItem[] =>
  Array.from({ length: count }, (_, index) => ({ key: String(index).padStart(24, '0') }));
const EMPTY = { waiting: 0, running: 0, failed: 0 };

it('leaves out what needs no sweep, and keeps the order of the plan', () => {
  const [a, b, c, d] = items(4) as [PlanItem, PlanItem, PlanItem, PlanItem];
  const feed = createFeed([a, { ...b, unchanged: 3 }, { ...c, nothing: 'empty' }, d], () => () => false);
  expect(feed.first).toEqual([
    { key: a.key, priority: 1 },
    { key: d.key, priority: 2 },
  ]);
});

it('adds a large plan in windows, and no repository twice while the queue keeps what it has', () => {
  const plan = items(1000);
  const queue = new Set<string>();
  const done: string[] = [];
  const feed = createFeed(plan, () => (key) => done.includes(key), 100);
  const add = (more: readonly { key: string }[]): void => {
    for (const { key } of more) {
      expect(queue.has(key) || done.includes(key)).toBe(false);
      queue.add(key);
    }
  };
  add(feed.first);
  let most = 0;
  while (done.length < 1000) {
    add(feed.refill({ waiting: queue.size, running: 0, failed: 0 }));
    most = Math.max(most, queue.size);
    const [key] = queue;
    queue.delete(key!);
    done.push(key!);
  }
  expect(done).toEqual(plan.map(({ key }) => key));
  expect(most).toBeLessThanOrEqual(100);
  expect(feed.refill(EMPTY)).toEqual([]);
});

it('adds once again what the queue has lost, but never without end', () => {
  const done = new Set<string>();
  const feed = createFeed(items(250), () => (key) => done.has(key), 100);
  const seen: string[] = [];
  for (let round = 0; round < 20; round++)
    for (const { key } of feed.refill(EMPTY)) {
      seen.push(key);
      // One in ten has no result, whatever is done.
      if (!key.endsWith('7')) done.add(key);
    }
  expect(done.size).toBe(225);
  expect(Math.max(...items(250).map(({ key }) => seen.filter((each) => each === key).length))).toBeLessThanOrEqual(2);
  expect(feed.refill(EMPTY)).toEqual([]);
  expect(feed.refill({ waiting: 0, running: 1, failed: 0 })).toEqual([]);
});
