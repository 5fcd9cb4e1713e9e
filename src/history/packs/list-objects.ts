/** Lists the objects of a repository from the indexes of its packs, without a process of git that reads them once more. */

import { listSomeObjects } from '../../git/all-objects.ts';
import { listTypes, ObjectList } from '../../git/object-list.ts';
import { mergeObjects, SortedIds, type SortedObjects } from '../../git/sorted-ids.ts';
import { type GitOptions, throwIfStopped } from '../../git/spawn.ts';
import type { OwnObjects } from './object-folders.ts';
import type { PackReader } from './pack-reader.ts';

/** More loose objects are listed by git together with the packs. */
const LOOSE_MAX = 20_000;

export interface Listing {
  /** Listed before the packs are opened, because a loose object may move into a new pack. */
  readonly own: OwnObjects;
  /** With fewer objects, git lists them. */
  readonly least: number;
  readonly options: GitOptions;
  /** Receives warnings of git. */
  readonly onWarning: (text: string) => void;
}

/**
 * Lists packed and loose objects, each once. Git reads the types of those that are only loose.
 *
 * @returns undefined if git must list them, because not all packs can be read here
 * @throws GitError
 */
export async function listPackedObjects(
  packs: readonly PackReader[],
  { own, least, options, onWarning }: Listing,
): Promise<ObjectList | undefined> {
  const [first] = packs;
  const { loose } = own;
  const room = packs.reduce((sum, { length }) => sum + length, loose.length);
  if (first === undefined || packs.length !== own.packs || room < least || loose.length > LOOSE_MAX) return undefined;
  let all: SortedObjects | undefined;
  // Smaller ones are merged into larger ones, which is faster.
  for (const pack of packs.toSorted((a, b) => b.length - a.length)) {
    await new Promise((resolve) => setImmediate(resolve));
    throwIfStopped(options.signal);
    const { objects } = pack;
    if (objects === undefined) return undefined;
    all = all === undefined ? objects : mergeObjects(all, objects);
  }
  const packed = all!; // there is a pack
  const { width } = packed.ids;
  const others = loose.filter((id) => id.length === 2 * width && packed.ids.find(Buffer.from(id, 'hex')) < 0);
  const merged = mergeObjects(packed, sortedObjects(await listSomeObjects(others, options, onWarning), width));
  return ObjectList.sorted(merged, readingOrder(packs, merged.ids));
}

/** @param list of objects that git has listed */
function sortedObjects(list: ObjectList, width: number): SortedObjects {
  const order = Array.from({ length: list.length }, (_, index) => [list.id(index), list.type(index)] as const);
  order.sort(([a], [b]) => (a < b ? -1 : Number(a > b)));
  const bytes = Buffer.from(new SharedArrayBuffer(order.length * width));
  for (const [index, [id]] of order.entries()) bytes.write(id, index * width, 'hex');
  const ids = SortedIds.of(bytes, width);
  if (ids === undefined) throw new Error('git has listed an object twice');
  return { ids, types: Uint8Array.from(order, ([, type]) => listTypes.indexOf(type)) };
}

/** The places of all objects: those of the packs as they are there, so that git finds their bases in memory; then the others. */
function readingOrder(packs: readonly PackReader[], ids: SortedIds): Uint32Array {
  const [only] = packs;
  if (packs.length === 1 && only?.objects?.ids === ids) return only.trees.inIndex;
  const order = new Uint32Array(ids.length);
  const isListed = new Uint8Array(ids.length);
  let count = 0;
  const add = (index: number): void => {
    if (isListed[index] !== 0) return;
    isListed[index] = 1;
    order[count++] = index;
  };
  for (const pack of packs) pack.eachId((bytes, at) => add(ids.find(bytes, at)));
  for (let index = 0; index < ids.length; index++) add(index);
  return order;
}
