/** Lists the objects of a repository from the indexes of its packs, without a process of git that reads them once more. */

import { listSomeObjects, ObjectList } from '../../git/all-objects.ts';
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
  const list = ObjectList.unsized(room, first.width);
  for (const pack of packs) {
    await new Promise((resolve) => setImmediate(resolve));
    throwIfStopped(options.signal);
    if (!pack.addTo(list)) return undefined;
  }
  const others = loose.filter((id) => id.length === 2 * list.width && list.find(Buffer.from(id, 'hex')) < 0);
  const listed = await listSomeObjects(others, options, onWarning);
  for (let index = 0; index < listed.length; index++)
    list.addOnce(Buffer.from(listed.id(index), 'hex'), listed.type(index));
  return list;
}
