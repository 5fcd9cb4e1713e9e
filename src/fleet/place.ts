/** Where the objects of a repository are, or why there is nothing to sweep. */

import { accessSync, constants, existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Attempt } from './attempt.ts';
import type { PlanItem } from './plan.ts';

/** A repository that can be swept. */
export interface Place {
  /** The folder, with its links followed. */
  readonly dir: string;
  /** All objects that a server has ever kept, or what it offers to fetch. */
  readonly coverage: 'disk' | 'advertised-refs';
}

/** An end without a sweep. */
export type Nowhere = Pick<Attempt, 'outcome' | 'code' | 'reason'>;

export async function placeOf(item: PlanItem): Promise<Place | Nowhere> {
  if (item.nothing !== undefined) return { outcome: item.nothing, code: 0 };
  if (item.dir === undefined) return { outcome: 'error', reason: 'a repository without a folder cannot be swept yet' };
  return folderOf(item.dir);
}

function folderOf(named: string): Place | Nowhere {
  let dir: string;
  try {
    dir = realpathSync(named);
    if (!statSync(dir).isDirectory()) return { outcome: 'gone', reason: 'there is a file in the place of its folder' };
    accessSync(dir, constants.R_OK | constants.X_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR')
      return { outcome: 'gone', reason: 'its folder does not exist any more' };
    if (code === 'EACCES' || code === 'EPERM')
      return { outcome: 'no-access', reason: 'its folder cannot be read: permission denied' };
    throw error;
  }
  const git = gitFolderOf(dir);
  if (git !== undefined && isEmpty(git)) return { outcome: 'empty', code: 0 };
  return { dir, coverage: 'disk' };
}

/** Undefined where git must say what it is. */
function gitFolderOf(dir: string): string | undefined {
  return [dir, join(dir, '.git')].find((each) => existsSync(join(each, 'HEAD')) && existsSync(join(each, 'objects')));
}

/** Whether there is no object, which takes git six processes to say. */
function isEmpty(git: string): boolean {
  const objects = join(git, 'objects');
  try {
    const names = readdirSync(objects);
    if (!names.every((name) => name === 'info' || name === 'pack')) return false;
    if (existsSync(join(objects, 'info', 'alternates'))) return false;
    return !names.includes('pack') || readdirSync(join(objects, 'pack')).length === 0;
  } catch {
    return false;
  }
}
