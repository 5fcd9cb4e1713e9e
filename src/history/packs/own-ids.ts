/**
 * The objects in the folder of one repository, without those of its alternates: ids from the indexes of packs and the names of loose
 * objects. Git would list the objects of a whole pool for each of its members.
 */

import { readdirSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { idsOf, idsOfBoth, noIds } from '../../git/id-sets.ts';
import { SortedIds } from '../../git/sorted-ids.ts';
import { gitText, type GitOptions } from '../../git/spawn.ts';
import { fsErrorMessage } from '../../lib/fs-error-message.ts';
import { isInside } from '../../lib/inside.ts';
import { GlaiveError } from '../../model/errors.ts';
import { alternatesOf, looseIn } from './object-folders.ts';
import { parsePackIndex, readIndexFile } from './pack-index.ts';

/**
 * @param storage the folder that neither the objects nor any alternate may be outside of
 * @throws GitError
 * @throws GlaiveError (`usage`) for an alternate elsewhere, and for an index that cannot be read
 */
export async function ownIds(options: GitOptions, storage: string): Promise<SortedIds> {
  const reply = await gitText(['rev-parse', '--git-path', 'objects', '--show-object-format'], options);
  const [path = '', format] = reply.split('\n');
  const folder = resolve(options.cwd, path);
  refuseOutside(folder, realpathSync(storage));
  const width = format === 'sha256' ? 32 : 20;
  let ids = noIds(width);
  try {
    for (const index of indexesIn(join(folder, 'pack'))) ids = idsOfBoth(ids, idsOfPack(index, width));
    return idsOfBoth(ids, idsOf(looseIn(folder).filter((id) => id.length === 2 * width)));
  } catch (error) {
    if (error instanceof GlaiveError) throw error;
    throw new GlaiveError('usage', `history: cannot list the objects in ${folder}: ${fsErrorMessage(error)}`, {
      hint: 'Run as a user who may read them.',
      cause: error,
    });
  }
}

/** A pack without an index is reported when the files of the git directory are read. */
function indexesIn(folder: string): string[] {
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  const all = new Set(names);
  return names
    .filter((name) => name.endsWith('.idx') && all.has(name.replace(/idx$/, 'pack')))
    .map((name) => join(folder, name));
}

function idsOfPack(path: string, width: number): SortedIds {
  const index = parsePackIndex(readIndexFile(path), width);
  const ids = index === undefined ? undefined : SortedIds.of(index.ids, width);
  if (ids !== undefined) return ids;
  throw new GlaiveError('usage', `history: ${path} is not a complete index of a pack`, {
    hint: 'Make it again: git index-pack PACK',
  });
}

/** Git follows alternates no deeper (`object-file.c`). */
const DEPTH_MAX = 5;

function refuseOutside(folder: string, storage: string, depth = 0): void {
  let real: string | undefined;
  try {
    real = realpathSync(folder);
  } catch {
    // Git reports a folder that does not exist.
  }
  if (!isInside(real ?? folder, storage))
    throw new GlaiveError('usage', `history: objects are outside of ${storage}: ${folder}`, {
      hint: 'A repository of a storage may share objects only with others of the same storage. Check objects/info/alternates.',
    });
  if (real === undefined || depth > DEPTH_MAX) return;
  let alternates: readonly string[];
  try {
    alternates = alternatesOf(real, { isStrict: true });
  } catch (error) {
    throw new GlaiveError(
      'usage',
      `history: cannot read ${join(folder, 'info', 'alternates')}: ${fsErrorMessage(error)}`,
      {
        hint: 'Without it nothing shows where the objects of this repository are.',
        cause: error,
      },
    );
  }
  for (const alternate of alternates) refuseOutside(alternate, storage, depth + 1);
}
