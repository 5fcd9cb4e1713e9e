/** The file of a state: what is written is read, and damage is noticed. */

import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hexIds, idsOf } from '../../../src/git/id-sets.ts';
import { cleanIdsOf, type HistoryState, openState, readState, writeState } from '../../../src/history/state.ts';
import { Random } from '../../support/mint.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const HEX = '0123456789abcdef';

function stateOf(width: number, count: number, random = new Random(2705)): HistoryState {
  const all = Array.from({ length: count }, () => random.of(HEX, 2 * width));
  const blob = all[0];
  return {
    ids: idsOf(all),
    suspects: idsOf(all.slice(0, 3)),
    skipped: idsOf(all.slice(3, 5)),
    tips: all.slice(5, 7),
    found: new Map(blob === undefined ? [] : [[blob, new Set(['a', 'b'])]]),
    pending: ['a'],
    leaks: [],
    identity: { commits: all.slice(7, 9), places: ['x'] },
    borrowed: '',
  };
}

it.each([
  [20, 0],
  [20, 1000],
  [32, 1000],
])('is read as it was written: ids of %i bytes, %i of them', async (width, count) => {
  const path = join(tempFolder(), 'a.state');
  const state = stateOf(width, count);
  await writeState(path, state, 'rules');
  const read = readState(path, 'rules')!;
  expect(hexIds(read.ids)).toEqual(hexIds(state.ids));
  expect(hexIds(cleanIdsOf(read))).toEqual(
    hexIds(state.ids).filter((id) => ![...hexIds(state.suspects), ...hexIds(state.skipped)].includes(id)),
  );
  const none = { ids: 0, suspects: 0, skipped: 0 };
  expect({ ...read, ...none }).toEqual({ ...state, ...none });
  expect(statSync(path).size).toBeLessThan(width * (count + 5) + 1500);
});

it('a byte that changed, a part that is missing, other rules and another version are noticed', async () => {
  const path = join(tempFolder(), 'a.state');
  await writeState(path, stateOf(20, 200), 'rules');
  const whole = readFileSync(path);
  const random = new Random(2706);
  const why = (bytes: Uint8Array, rules = 'rules'): unknown => {
    writeFileSync(path, bytes);
    return openState(path, rules);
  };
  expect(why(whole)).toMatchObject({ kind: 'state' });
  for (let round = 0; round < 200; round++) {
    const damaged = Buffer.from(whole);
    damaged[random.below(damaged.length)]! ^= 1 << random.below(8);
    expect(why(damaged)).toMatchObject({ kind: 'unfit' });
  }
  for (const length of [0, 10, whole.indexOf('\n'), whole.indexOf('\n') + 1, whole.length - 20, whole.length - 1])
    expect(why(whole.subarray(0, length))).toMatchObject({ kind: 'unfit' });
  expect(why(Buffer.concat([whole, Buffer.alloc(20)]))).toMatchObject({ kind: 'unfit' });
  expect(why(whole, 'others')).toMatchObject({ why: expect.stringContaining('other rules') as unknown });
  expect(why(Buffer.from('{"glaive":"history-state","version":2}\n'))).toMatchObject({
    why: expect.stringContaining('another version') as unknown,
  });
  expect(() => readState(path, 'rules')).toThrow('another version');
});
