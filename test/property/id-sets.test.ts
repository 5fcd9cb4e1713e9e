/** Sets of object ids, against the obvious way to calculate them. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { areSame, hasId, hexIds, idsInBoth, idsOf, idsOfBoth, idsWithout } from '../../src/git/id-sets.ts';

const ids = fc
  .constantFrom(20, 32)
  .chain((width) =>
    fc.record({ width: fc.constant(width), one: listOf(width), other: listOf(width), wanted: idOf(width) }),
  );

/** Few different ones, so that many are in both; some differ in the first byte, and some only in the last. */
function idOf(width: number): fc.Arbitrary<string> {
  const digits = 2 * width;
  return fc
    .tuple(fc.constantFrom('00', '7f', 'ff'), fc.integer({ min: 0, max: 12 }))
    .map(([first, last]) => first + last.toString(16).padStart(digits - 2, '0'));
}

function listOf(width: number): fc.Arbitrary<string[]> {
  return fc.array(idOf(width), { maxLength: 40 });
}

it('are what sets of strings are', () => {
  fc.assert(
    fc.property(ids, ({ one, other, wanted }) => {
      const [a, b] = [new Set(one), new Set(other)];
      const [first, second] = [idsOf(one), idsOf(other)];
      expect(hexIds(first)).toEqual([...a].toSorted());
      expect(hexIds(idsWithout(first, second))).toEqual([...a].filter((id) => !b.has(id)).toSorted());
      expect(hexIds(idsInBoth(first, second))).toEqual([...a].filter((id) => b.has(id)).toSorted());
      expect(hexIds(idsOfBoth(first, second))).toEqual([...new Set([...a, ...b])].toSorted());
      expect(areSame(first, second)).toBe([...a].toSorted().join() === [...b].toSorted().join());
      expect(hasId(first, wanted)).toBe(a.has(wanted));
      expect(hasId(first, `${wanted}00`)).toBe(false);
    }),
  );
});

it('of different hashes have nothing in common', () => {
  const [sha1, sha256] = [idsOf(['00'.repeat(20)]), idsOf(['00'.repeat(32)])];
  expect(hexIds(idsWithout(sha1, sha256))).toEqual(hexIds(sha1));
  expect(idsInBoth(sha1, sha256).length).toBe(0);
});
