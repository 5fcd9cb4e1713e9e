/** Which objects are new to a state, against the obvious way to find out. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hasId, newIds, withoutIds } from '../../src/history/state.ts';

const ids = fc.uniqueArray(fc.integer({ min: 0, max: 60 }).map((value) => value.toString(16).padStart(40, '0')));
const lines = (list: readonly string[]): Buffer =>
  Buffer.from(
    list
      .toSorted()
      .map((id) => `${id}\n`)
      .join(''),
    'latin1',
  );

it('newIds gives what is in one and not in the other', () => {
  fc.assert(
    fc.property(ids, ids, (now, before) => {
      expect(newIds(lines(now), lines(before))).toEqual(now.filter((id) => !before.includes(id)).toSorted());
    }),
  );
});

it('hasId knows what is in the lines', () => {
  fc.assert(
    fc.property(ids, fc.integer({ min: 0, max: 60 }), (all, one) => {
      const id = one.toString(16).padStart(40, '0');
      expect(hasId(lines(all), id)).toBe(all.includes(id));
      expect(hasId(lines(all), `${id}${id.slice(0, 24)}`)).toBe(false);
    }),
  );
});

it('withoutIds leaves the others', () => {
  fc.assert(
    fc.property(ids, ids, (all, some) => {
      const rest = all.filter((id) => !some.includes(id));
      expect(withoutIds(lines(all), new Set(some))).toEqual(lines(rest));
    }),
  );
});
