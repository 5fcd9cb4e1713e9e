/** Objects that others refer to and that are missing: a partial clone, or damage. */

import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { walkIndexed, walkReachable } from '../git/all-objects.ts';
import { createObjectReader, type GitObject, wholeObject } from '../git/objects.ts';
import type { Ref } from '../git/refs.ts';
import { shallowCommits } from '../git/resolve.ts';
import { GitError, gitText, isStop } from '../git/spawn.ts';
import { plural } from '../lib/format-amounts.ts';
import type { Diagnostics } from '../model/source.ts';
import type { HistoryOptions } from './history-options.ts';
import { OBJECT_MAX } from './packs/assembly/memory.ts';
import { createLinkCheck } from './packs/links.ts';
import type { PackScan } from './packs/scan-packs.ts';
import { Unpacker } from './packs/unpacker.ts';

/** How many missing objects are named. */
const NAMED = 100;

/** Reports what is missing, as a walk of git over everything finds it. */
export async function reportMissing(options: HistoryOptions, diagnostics: Diagnostics): Promise<void> {
  let count = 0;
  await walkReachable(options, options.before?.tips ?? [], (id, isMissing) => {
    if (!isMissing || ++count > NAMED) return;
    diagnostics.gap({
      kind: 'history',
      uri: `object/${id}`,
      message: 'it is not in this repository (a partial clone, or a damaged one)',
      hint: 'In a partial clone, fetch it: --fetch, or git fetch --refetch --no-filter',
    });
  });
  if (count > NAMED)
    diagnostics.gap({
      kind: 'history',
      message: `${plural(count - NAMED, 'more object')} ${count - NAMED === 1 ? 'is' : 'are'} not in this repository`,
      count: count - NAMED,
    });
}

/** Git walks faster than it hands over so many objects. */
const UNREAD_MAX = 20_000;

/**
 * Whether it is certain that {@link reportMissing} would report nothing: all objects name only objects that are in the list, and so
 * do refs, HEADs and the index. What a reflog names may be missing, for git as well.
 */
export async function isComplete(packed: PackScan, refs: readonly Ref[], options: HistoryOptions): Promise<boolean> {
  const { list, before } = options;
  if (!packed.areLinksWhole || packed.isDamaged || before !== undefined) return false;
  const unread = packed.unread.filter((index) => list.type(index) !== 'blob');
  if (unread.length > UNREAD_MAX) return false;
  const has = (id: string): boolean => id.length === 2 * list.width && list.find(Buffer.from(id, 'hex')) >= 0;
  if (!refs.every(({ named, object }) => has(named) && has(object))) return false;
  try {
    // Git knows no parents of the commits at which a shallow clone ends.
    if ((await shallowCommits(options)).size > 0) return false;
    const heads = await headsOf(options);
    if (heads === undefined || !heads.every(has)) return false;
    let isMissing = false;
    await walkIndexed(options, (_, isAbsent) => (isMissing ||= isAbsent));
    return !isMissing && (await areWhole(unread, options));
  } catch (error) {
    if (!(error instanceof GitError) || isStop(error)) throw error;
    return false;
  }
}

/** The objects that detached HEADs name, in all work trees; undefined if a HEAD has an unknown form. @throws GitError */
async function headsOf(options: HistoryOptions): Promise<string[] | undefined> {
  const folders = (await gitText(['rev-parse', '--git-dir', '--git-common-dir'], options)).trimEnd().split('\n');
  const [own, common] = folders.map((folder) => resolve(options.cwd, folder));
  if (own === undefined || common === undefined) return undefined;
  try {
    const others = foldersIn(join(common, 'worktrees'));
    const heads = [own, common, ...others].map((folder) => readFileSync(join(folder, 'HEAD'), 'latin1').trimEnd());
    // With reftables, HEAD is a fixed text.
    if (!heads.every((head) => /^(?:[0-9a-f]{40,64}|ref: refs\/(?!heads\/\.invalid).+)$/.test(head))) return undefined;
    return heads.filter((head) => !head.startsWith('ref: '));
  } catch {
    return undefined;
  }
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Whether all links of objects lead to objects of the list; git reads them. @throws GitError */
async function areWhole(unread: readonly number[], options: HistoryOptions): Promise<boolean> {
  if (unread.length === 0) return true;
  const { list } = options;
  const unpacker = new Unpacker();
  const links = createLinkCheck(list, unpacker);
  const objects = createObjectReader(options);
  let whole = true;
  const check = async (reply: Promise<GitObject | undefined>): Promise<boolean> => {
    const object = await reply;
    const bytes = object === undefined ? undefined : await wholeObject(object, OBJECT_MAX);
    if (object === undefined || bytes === undefined) return false;
    unpacker.bytes.set(bytes, unpacker.texts);
    const text = unpacker.bytes.subarray(unpacker.texts, unpacker.texts + bytes.length);
    return links.isWhole({ type: object.type, text, copyRanges: 0 });
  };
  try {
    const replies = unread.map((index) => objects.read(list.id(index)));
    for (const reply of replies) reply.catch(() => {}); // awaited below
    // Every reply is read, because the reader starts git again for those that are not.
    for (const reply of replies) {
      whole = (await check(reply).catch(failed)) && whole;
    }
    return whole;
  } finally {
    objects.close();
  }
}

/** An object that git cannot read has links that nothing is known of. */
function failed(error: unknown): false {
  if (!(error instanceof GitError) || isStop(error)) throw error;
  return false;
}
