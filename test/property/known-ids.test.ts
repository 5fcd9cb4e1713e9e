/** Ids are found in sorted lists, in merged ones, and by the assembly that follows links, exactly as in a map of all of them. */

import { expect, it } from 'vitest';
import { ObjectList } from '../../src/git/object-list.ts';
import { mergeObjects, SortedIds, type SortedObjects } from '../../src/git/sorted-ids.ts';
import { WIDTH } from '../../src/history/packs/assembly/memory.ts';
import { LinkCheck, linkReader, shareLinks } from '../../src/history/packs/links.ts';
import { compile, Unpacker } from '../../src/history/packs/unpacker.ts';
import { Random } from '../support/mint.ts';
import { seeds } from '../support/runs.ts';

/** Ids in hex. Some share many bits, which only an attacker can bring about; more than 48 would take years. */
function randomIds(random: Random, count: number, width: number): string[] {
  const crowd = Buffer.from(Array.from({ length: width }, () => random.below(256)));
  const ids = Array.from({ length: count }, () => {
    const id = Buffer.from(Array.from({ length: width }, () => random.below(256)));
    if (random.below(4) === 0) crowd.copy(id, 0, 0, random.pick([1, 2, 3, 4, 6]));
    return id.toString('hex');
  });
  return [...new Set(ids)].toSorted();
}

function sortedObjects(ids: readonly string[], random: Random, width: number): SortedObjects {
  const bytes = Buffer.from(new SharedArrayBuffer(ids.length * width));
  bytes.set(Buffer.from(ids.join(''), 'hex'));
  return { ids: SortedIds.of(bytes, width)!, types: Uint8Array.from(ids, () => random.below(4)) };
}

const WIDTHS = [20, 32] as const;

/** The number of the type in packs. */
const COMMIT = 1;

it.each(seeds({ fast: 20, long: 1000 }))('sorted ids: seed %i', (seed) => {
  const random = new Random(seed);
  const width = WIDTHS[seed % 2]!;
  const all = randomIds(random, random.pick([0, 1, 2, 40, 3000]), width);
  const one = sortedObjects(
    all.filter(() => random.below(2) === 0),
    random,
    width,
  );
  const other = sortedObjects(
    all.filter(() => random.below(3) > 0),
    random,
    width,
  );
  const expected = new Map<string, number>();
  for (const { ids, types } of [other, one])
    for (let index = 0; index < ids.length; index++)
      expected.set(Buffer.from(ids.bytes).toString('hex', index * width, (index + 1) * width), types[index]!);
  const { ids, types } = mergeObjects(one, other);
  const merged = new Map(
    Array.from(types, (type, index) => [
      Buffer.from(ids.bytes).toString('hex', index * width, (index + 1) * width),
      type,
    ]),
  );
  expect([...merged]).toEqual([...expected].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  const keys = [...merged.keys()];
  for (const id of [...all, ...randomIds(random, 50, width)])
    expect(ids.find(Buffer.from(id, 'hex'))).toBe(keys.indexOf(id));
});

it('ids that are out of order, or there twice, are not taken', () => {
  const ids = [1, 2, 3].map((byte) => Buffer.alloc(20, byte));
  expect(SortedIds.of(Buffer.concat(ids), 20)).toBeDefined();
  expect(SortedIds.of(Buffer.concat([ids[0]!, ids[2]!, ids[1]!]), 20)).toBeUndefined();
  expect(SortedIds.of(Buffer.concat([ids[0]!, ids[1]!, ids[1]!]), 20)).toBeUndefined();
});

/** A commit that names a tree and parents. */
function commit(tree: string, parents: readonly string[]): Buffer {
  return Buffer.from(`tree ${tree}\n${parents.map((id) => `parent ${id}\n`).join('')}\n`);
}

it.each(seeds({ fast: 10, long: 500 }))('the assembly follows links as the list does: seed %i', (seed) => {
  const random = new Random(seed);
  const width = WIDTHS[seed % 2]!;
  const objects = sortedObjects(randomIds(random, random.pick([1, 30, 5000]), width), random, width);
  const order = Uint32Array.from({ length: objects.ids.length }, (_, index) => index);
  const list = ObjectList.sorted(objects, order);
  const commits = [...order].filter((index) => list.type(index) === 'commit').map((index) => list.id(index));
  const trees = [...order].filter((index) => list.type(index) === 'tree').map((index) => list.id(index));
  const strangers = randomIds(random, 20, width);
  // Now and then an object of another type, or a missing one.
  const pick = (right: readonly string[], wrong: readonly string[]): string =>
    right.length === 0 || random.below(seed % 3 === 0 ? 1000 : 20) === 0 ? random.pick(wrong) : random.pick(right);
  const texts = Array.from({ length: 40 }, () =>
    commit(
      pick(trees, [...strangers, ...(seed % 2 === 0 ? commits : [])].slice(0, 30)),
      seed % 5 === 0 || commits.length === 0
        ? []
        : Array.from({ length: random.below(400) }, () => random.pick(commits)),
    ),
  );

  const expected = followInList(list, texts);

  const shared = shareLinks(list);
  const quick = new LinkCheck(shared);
  const unpacker: Unpacker = new Unpacker(
    { follow: (count) => void quick.follow(unpacker.bytes, count >>> 0) },
    compile(),
    quick.room,
  );
  unpacker.set(WIDTH, width);
  quick.attach(unpacker);
  for (const text of texts) {
    unpacker.bytes.set(text, unpacker.texts);
    unpacker.exports.collectLinks(COMMIT, unpacker.texts, text.length, 0);
  }
  unpacker.exports.followAll();
  quick.keepNamed();
  expect(quick.result).toEqual(expected.result);
  // Once the result is unsure, no more links are followed.
  if (!quick.result.isUnsure) expect([...shared.named]).toEqual([...expected.named]);
});

/** Follows the links without the assembly's own list. */
function followInList(
  list: ObjectList,
  texts: readonly Buffer[],
): { readonly result: LinkCheck['result']; readonly named: Uint8Array } {
  const shared = shareLinks(list);
  const links = new LinkCheck(shared);
  const read = linkReader(links, list.width);
  for (const text of texts) read('commit', text);
  return { result: links.result, named: shared.named };
}
