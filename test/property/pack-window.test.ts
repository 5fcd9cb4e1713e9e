/** The bytes of the next objects of a pack are in the memory when their turn comes, however little room there is. */

import { expect, it } from 'vitest';
import type { DeltaTrees } from '../../src/history/packs/delta-trees.ts';
import { partsOf } from '../../src/history/packs/pack-parts.ts';
import type { PackReader } from '../../src/history/packs/pack-reader.ts';
import { PackWindow } from '../../src/history/packs/pack-window.ts';
import { Random } from '../support/mint.ts';
import { seeds } from '../support/runs.ts';

it.each(seeds({ fast: 30, long: 2000 }))('window: seed %i', (seed) => {
  const random = new Random(seed);
  const size = random.between(2000, 200_000);
  const file = Buffer.from(Array.from({ length: size }, () => random.below(256)));
  const count = random.between(1, 300);
  const starts = Float64Array.from({ length: count }, () => random.below(size - 1));
  const lengths = Uint32Array.from(starts, (start) =>
    random.below(10) === 0 ? 0 : 1 + random.below(Math.min(size - start, random.pick([30, 600, 5000]))),
  );
  let reads = 0;
  const pack = {
    size,
    trees: { starts, lengths },
    read(target: Uint8Array, at: number, offset: number, length: number) {
      reads++;
      target.set(file.subarray(offset, offset + length), at);
      return offset + length <= size;
    },
  } as unknown as PackReader; // all that the window asks for
  const room = random.pick([2048, 10_000, 65_536]);
  const memory = Buffer.alloc(64 + room + 64);
  const window = new PackWindow(memory, 64, room);
  window.open(pack);
  let isThere = 0;
  for (let number = 0, end = 0; number < count; number++) {
    if (number === end) end = window.fill(number, count);
    expect(end).toBeGreaterThan(number);
    const place = window.placeOf(number);
    const length = lengths[number]!;
    if (length > 0 && length <= room / 4) expect(place).toBeGreaterThan(0);
    if (place === 0) continue;
    isThere++;
    expect(memory.subarray(place, place + length).equals(file.subarray(starts[number], starts[number]! + length))).toBe(
      true,
    );
  }
  expect(reads).toBeLessThanOrEqual(isThere);
  // Nothing is written outside.
  expect([...memory.subarray(0, 64), ...memory.subarray(64 + room)].every((byte) => byte === 0)).toBe(true);
});

it.each([1, 2, 4])('%i threads share whole trees', (threads) => {
  const random = new Random(threads);
  const ends: number[] = [];
  while (ends.length < 5000) {
    const from = ends.length;
    const length = random.pick([1, 1, 2, 10, 300]);
    ends.push(from + length);
    for (let number = 1; number < length; number++) ends.push(from + number + 1);
  }
  const { length } = ends;
  const roots = new Set<number>();
  for (let root = 0; root < length; root = ends[root]!) roots.add(root);
  const lengths = Uint32Array.from(ends, () => random.below(2000));
  const trees = { ends: Uint32Array.from(ends), lengths, length } as unknown as DeltaTrees; // all that is read
  const starts = [...partsOf(trees, threads).starts];
  expect(starts[0]).toBe(0);
  expect(starts.at(-1)).toBe(length);
  expect(starts.slice(0, -1).every((start) => roots.has(start))).toBe(true);
  expect(starts).toEqual([...new Set(starts)].toSorted((a, b) => a - b));
  expect(starts.length > 2 * threads).toBe(threads > 1);
});
