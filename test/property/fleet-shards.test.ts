/** Plans laid out in parts, whatever repositories there are. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inOrder, inShards } from '../../src/fleet/order.ts';
import type { PlanItem } from '../../src/fleet/plan.ts';
import { runs } from '../support/runs.ts';

const keyOf = (number: number): string => number.toString(16).padStart(24, '0');
const items = fc
  .array(
    fc.record({
      size: fc.option(fc.nat(2_000_000_000), { nil: undefined }),
      network: fc.option(fc.nat(5), { nil: undefined }),
      isPool: fc.boolean(),
      unchanged: fc.boolean(),
    }),
    { maxLength: 60 },
  )
  .map((drafts) =>
    drafts.map(({ size, network, isPool, unchanged }, index): PlanItem => ({
      key: keyOf(index),
      ...(size === undefined ? {} : { size }),
      ...(network === undefined ? {} : { network: keyOf(network) }),
      ...(isPool && network !== undefined ? { isPool } : {}),
      ...(unchanged ? { unchanged: 1 } : {}),
    })),
  );
const options = { numRuns: runs({ fast: 200, long: 5000 }) };

describe('parts', () => {
  it('have every repository once, pools before members, the largest first', () => {
    fc.assert(
      fc.property(items, fc.integer({ min: 1, max: 12 }), (all, count) => {
        const laid = inShards(inOrder(all), count);
        expect(laid.map(({ key }) => key).toSorted()).toEqual(all.map(({ key }) => key).toSorted());
        expect(laid.every(({ shard }) => shard! >= 1 && shard! <= count)).toBe(true);
        for (let shard = 1; shard <= count; shard++) {
          const part = laid.filter((item) => item.shard === shard);
          const firstOther = part.findIndex(({ isPool }) => isPool !== true);
          if (firstOther >= 0) expect(part.slice(firstOther).some(({ isPool }) => isPool === true)).toBe(false);
        }
        // The same plan, whatever order the repositories were found in.
        expect(inShards(inOrder(all.toReversed()), count)).toEqual(laid);
      }),
      options,
    );
  });

  it('have a pool and its members together', () => {
    fc.assert(
      fc.property(items, fc.integer({ min: 1, max: 12 }), (all, count) => {
        const laid = inShards(inOrder(all), count);
        for (const pool of laid.filter(({ isPool }) => isPool === true))
          for (const member of laid.filter(({ network }) => network === pool.network))
            expect(member.shard).toBe(pool.shard);
      }),
      options,
    );
  });

  it('are balanced: the largest has at most a fair part more than the least, but for what must be together', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(2_000_000_000), { maxLength: 80 }),
        fc.integer({ min: 1, max: 12 }),
        (sizes, count) => {
          const laid = inShards(inOrder(sizes.map((size, index) => ({ key: keyOf(index), size }))), count);
          const loads = Array.from({ length: count }, (_, index) =>
            laid.filter(({ shard }) => shard === index + 1).reduce((sum, { size }) => sum + size! + 3_000_000, 0),
          );
          const largest = Math.max(0, ...sizes) + 3_000_000;
          expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(largest);
        },
      ),
      options,
    );
  });
});
