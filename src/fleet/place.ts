/** Where the objects of a repository are, or why there is nothing to sweep. */

import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { encodePath } from '../lib/path-bytes.ts';
import { realPath } from '../lib/real-path.ts';
import type { Gap } from '../model/gap.ts';
import type { Attempt } from './attempt.ts';
import type { CloneResult } from './clone.ts';
import type { PlanItem } from './plan.ts';

/** A repository that can be swept. */
export interface Place {
  /** The folder, with its links followed. */
  readonly dir: string;
  /** All objects that a server has ever kept, or what it offers to fetch. */
  readonly coverage: 'disk' | 'advertised-refs';
  /** The commit of HEAD. */
  readonly tip: string | undefined;
  /** What is missing, and what is only worth knowing. */
  readonly gaps: readonly Gap[];
  readonly notes: readonly string[];
}

/** Clones a repository, or updates its clone. */
export type CloneItem = (item: PlanItem, limit: AbortSignal | undefined) => Promise<CloneResult>;

/** An end without a sweep. */
export type Nowhere = Pick<Attempt, 'outcome' | 'code' | 'reason'>;

export async function placeOf(
  item: PlanItem,
  clone: CloneItem | undefined,
  limit: AbortSignal | undefined,
): Promise<Place | Nowhere> {
  if (item.nothing !== undefined) return { outcome: item.nothing, code: 0 };
  if (item.dir !== undefined) return folderOf(item.dir);
  if (clone === undefined || item.url === undefined)
    return { outcome: 'error', reason: 'the plan has neither a folder nor an address of it' };
  const cloned = await clone(item, limit);
  if (cloned.outcome === 'empty') return { outcome: 'empty', code: 0 };
  if (cloned.outcome !== 'cloned') return { outcome: cloned.outcome, reason: cloned.reason };
  const { folder, tip, notes, missingRefs } = cloned;
  const message = `${missingRefs} refs could not be fetched; objects that only they lead to were not scanned`;
  const gaps: readonly Gap[] = missingRefs === 0 ? [] : [{ kind: 'git', message, count: missingRefs }];
  return { dir: folder, coverage: 'advertised-refs', tip, gaps, notes };
}

function folderOf(named: string): Place | Nowhere {
  let dir: string;
  try {
    dir = realPath(named);
    if (!statSync(encodePath(dir)).isDirectory())
      return { outcome: 'gone', reason: 'there is a file in the place of its folder' };
    accessSync(encodePath(dir), constants.R_OK | constants.X_OK);
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
  return { dir, coverage: 'disk', tip: git === undefined ? undefined : tipOf(git), gaps: [], notes: [] };
}

/** Undefined where git must say what it is. */
function gitFolderOf(dir: string): string | undefined {
  return [dir, join(dir, '.git')].find((each) => isThere(join(each, 'HEAD')) && isThere(join(each, 'objects')));
}

/** Whether there is no object, which takes git six processes to say. */
function isEmpty(git: string): boolean {
  const objects = join(git, 'objects');
  try {
    const names = readdirSync(encodePath(objects));
    if (!names.every((name) => name === 'info' || name === 'pack')) return false;
    if (isThere(join(objects, 'info', 'alternates'))) return false;
    return !names.includes('pack') || readdirSync(encodePath(join(objects, 'pack'))).length === 0;
  } catch {
    return false;
  }
}

/** The commit of HEAD, if it is in a file: git would take a process to say it. */
function tipOf(git: string): string | undefined {
  const id = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
  try {
    const head = readFileSync(encodePath(join(git, 'HEAD')), 'utf8').trim();
    if (id.test(head)) return head;
    const [, name] = /^ref: (refs\/[^\0]+)$/.exec(head) ?? [];
    if (name === undefined || name.split('/').includes('..')) return undefined;
    const loose = textOf(join(git, name))?.trim();
    if (loose !== undefined) return id.test(loose) ? loose : undefined;
    const packed = textOf(join(git, 'packed-refs'))?.split('\n');
    return packed?.find((line) => line.endsWith(` ${name}`))?.split(' ')[0];
  } catch {
    return undefined;
  }
}

function textOf(path: string): string | undefined {
  return isThere(path) ? readFileSync(encodePath(path), 'utf8') : undefined;
}

function isThere(path: string): boolean {
  return existsSync(encodePath(path));
}
