/** Objects that others refer to and that are missing: a partial clone, or damage. */

import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { walkIndexed, walkReachable } from '../git/all-objects.ts';
import type { ObjectList } from '../git/object-list.ts';
import { createObjectReader, type GitObject, wholeObject } from '../git/objects.ts';
import type { Ref } from '../git/refs.ts';
import { shallowCommits } from '../git/resolve.ts';
import { GitError, gitText, isStop } from '../git/spawn.ts';
import { plural } from '../lib/format-amounts.ts';
import type { Diagnostics } from '../model/source.ts';
import type { HistoryOptions } from './history-options.ts';
import { OBJECT_MAX } from './packs/assembly/memory.ts';
import { joinLinks, LinkCheck, linkReader, type LinkResult } from './packs/links.ts';
import type { PackScan } from './packs/scan-packs.ts';

/** How many missing objects are named. */
const NAMED = 100;

/**
 * Reports what is missing.
 *
 * @param packed undefined if packs were not read here
 */
export async function reportMissing(
  packed: PackScan | undefined,
  refs: readonly Ref[],
  options: HistoryOptions,
  diagnostics: Diagnostics,
): Promise<void> {
  const byLinks = packed === undefined ? undefined : await missingByLinks(packed, refs, options);
  const { count, first } = byLinks === undefined ? await missingByWalk(options) : firstOf(byLinks);
  for (const id of first)
    diagnostics.gap({
      kind: 'history',
      uri: `object/${id}`,
      message: 'it is not in this repository (a partial clone, or a damaged one)',
      hint: 'In a partial clone, fetch it: --fetch, or git fetch --refetch --no-filter',
    });
  const more = count - first.length;
  if (more > 0)
    diagnostics.gap({
      kind: 'history',
      message: `${plural(more, 'more object')} ${more === 1 ? 'is' : 'are'} not in this repository`,
      count: more,
    });
}

interface Missing {
  readonly count: number;
  /** Those that are named, sorted. */
  readonly first: readonly string[];
}

function firstOf(ids: readonly string[]): Missing {
  return { count: ids.length, first: ids.toSorted().slice(0, NAMED) };
}

/** As a walk of git over everything that refs, reflogs and the index lead to finds it. @throws GitError */
async function missingByWalk(options: HistoryOptions): Promise<Missing> {
  let count = 0;
  let first: readonly string[] = [];
  let some: string[] = [];
  await walkReachable(options, [...(options.before?.tips ?? []), ...(options.complete ?? [])], (id, isMissing) => {
    if (!isMissing) return;
    count++;
    some.push(id);
    // There may be millions.
    if (some.length < 100 * NAMED) return;
    ({ first } = firstOf([...first, ...some]));
    some = [];
  });
  return { ...firstOf([...first, ...some]), count };
}

/** Git walks faster than it hands over so many objects. */
const UNREAD_MAX = 20_000;

/**
 * The missing trees and blobs, by the links of all objects: exactly those that {@link missingByWalk} finds. If every commit, tree and
 * tag is named by another object, by a ref, a HEAD or the index, then these lead to everything, because no object can lead to itself;
 * so they lead to what is missing as well. What a reflog names may be missing, for git as well.
 *
 * @returns undefined if only a walk can decide
 * @throws GitError
 */
export async function missingByLinks(
  packed: PackScan,
  refs: readonly Ref[],
  options: HistoryOptions,
): Promise<string[] | undefined> {
  const { list, isAll } = options;
  if (packed.links.isUnsure || packed.isDamaged || !isAll) return undefined;
  const unread = packed.unread.filter((index) => list.type(index) !== 'blob');
  if (unread.length > UNREAD_MAX) return undefined;
  try {
    // Git knows no parents of the commits at which a shallow clone ends.
    if ((await shallowCommits(options)).size > 0) return undefined;
    const heads = await headsOf(options);
    if (heads === undefined) return undefined;
    let isIndexWhole = true;
    await walkIndexed(options, (_, isMissing) => (isIndexWhole &&= !isMissing));
    if (!isIndexWhole) return undefined;
    const tips = new Set(
      [...heads, ...refs.flatMap(({ named, object }) => [named, object])].map((id) => find(list, id)),
    );
    if (tips.has(-1)) return undefined;
    const { isUnsure, missing } = joinLinks([packed.links, await followLinks(unread, packed.named, options)]);
    if (isUnsure) return undefined;
    if (missing.size === 0) return [];
    for (let index = 0; index < list.length; index++)
      if (packed.named[index] === 0 && list.type(index) !== 'blob' && !tips.has(index)) return undefined;
    return [...missing];
  } catch (error) {
    if (!(error instanceof GitError) || isStop(error)) throw error;
    return undefined;
  }
}

function find(list: ObjectList, id: string): number {
  return id.length === 2 * list.width ? list.find(Buffer.from(id, 'hex')) : -1;
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

/** What objects name that git reads. @throws GitError */
async function followLinks(unread: readonly number[], named: Uint8Array, options: HistoryOptions): Promise<LinkResult> {
  if (unread.length === 0) return joinLinks([]);
  const { list } = options;
  const links = new LinkCheck({ list: list.shared, named });
  const read = linkReader(links, list.width);
  const objects = createObjectReader(options);
  const follow = async (reply: Promise<GitObject | undefined>): Promise<void> => {
    const object = await reply;
    const bytes = object === undefined ? undefined : await wholeObject(object, OBJECT_MAX);
    if (object === undefined || bytes === undefined) return links.giveUp();
    read(object.type, bytes);
  };
  try {
    const replies = unread.map((index) => objects.read(list.id(index)));
    for (const reply of replies) reply.catch(() => {}); // awaited below
    // Every reply is read, because the reader starts git again for those that are not.
    for (const reply of replies)
      await follow(reply).catch((error: unknown) => {
        // An object that git cannot read has links that nothing is known of.
        if (!(error instanceof GitError) || isStop(error)) throw error;
        links.giveUp();
      });
    return links.result;
  } finally {
    objects.close();
  }
}
