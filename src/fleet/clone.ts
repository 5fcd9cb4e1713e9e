/**
 * Clones of a fleet: a mirror of each repository in the store, with everything that the server offers. It is made under another name
 * and renamed when it is whole, then only updated.
 *
 * All that comes from the server is foreign: names, texts, objects. glaive's token goes to its own GitLab alone.
 */

import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isGitDirectory } from '../git/git-directory.ts';
import { leftOutOf } from '../git/left-out.ts';
import * as mirror from '../git/mirror.ts';
import type { RemoteAccess } from '../git/remote-access.ts';
import { inTurn } from '../lib/turn-file.ts';
import { attempt, type CloneItem, type CloneOptions } from './clone-attempt.ts';
import type { NotCloned } from './clone-failure.ts';
import { mirrorPath, namesIn } from './store.ts';

export type { CloneItem, CloneOptions } from './clone-attempt.ts';
export { isServerBusy, isTokenRefused, type NotCloned } from './clone-failure.ts';

export interface Cloned {
  readonly outcome: 'cloned';
  /** The mirror: a bare repository. */
  readonly folder: string;
  readonly coverage: 'advertised-refs';
  /** The commit of the remote's HEAD. */
  readonly tip: string | undefined;
  /** Digest of the refs. */
  readonly refs: string;
  /** Whether it was just made, had something to fetch, or is what it was. */
  readonly change: 'new' | 'updated' | 'none';
  /** Bytes of the packs that were received. */
  readonly bytes: number;
  /** Refs that the server offers and git could not keep: their objects may be missing. */
  readonly missingRefs: number;
  /** What belongs to the repository and was not fetched; sentences. */
  readonly notes: readonly string[];
}

/** There is no commit, branch or tag; a mirror that is there keeps what it has. */
export interface EmptyRemote {
  readonly outcome: 'empty';
  readonly reason: string;
  readonly isTransient: false;
}

export type CloneResult = Cloned | EmptyRemote | NotCloned;

const LFS_NOTE = 'the files of Git LFS are not fetched: only their pointers are scanned';
const SUBMODULES_NOTE = 'submodules are not fetched: each is a repository of its own';

/**
 * Clones a repository into the store, or fetches what is new. Two calls for one repository take turns.
 *
 * @throws GlaiveError if the user ends the program, or git is too old
 */
export async function cloneOrUpdate(item: CloneItem, options: CloneOptions): Promise<CloneResult> {
  return await attempt(item, options, async (access, own) => {
    const offered = await mirror.offeredRefs(access, own);
    const folder = mirrorPath(options.store, item.key);
    const isEmpty = offered.lines.length === 0 && offered.tip === undefined;
    if (isEmpty && !existsSync(folder)) return EMPTY;
    mkdirSync(dirname(folder), { recursive: true });
    const result = await inTurn(`${folder}.turn`, () => bringUp(folder, access, offered, own), {
      signal: own.signal,
    });
    return isEmpty ? EMPTY : result;
  });
}

const EMPTY: EmptyRemote = { outcome: 'empty', reason: 'the repository has no refs', isTransient: false };

export interface Listed {
  readonly outcome: 'listed';
  /** The digest that `Cloned.refs` has if nothing has changed since. */
  readonly refs: string;
  readonly tip: string | undefined;
  readonly count: number;
}

/** Asks which refs a repository has: one request, and nothing is written. @throws GlaiveError as {@link cloneOrUpdate} */
export async function lsRemote(item: CloneItem, options: CloneOptions): Promise<Listed | NotCloned> {
  return await attempt(item, options, async (access, own) => {
    const offered = await mirror.offeredRefs(access, own);
    return {
      outcome: 'listed',
      refs: mirror.refsDigest(offered),
      tip: offered.tip,
      count: offered.lines.length,
    } as const;
  });
}

/** Removes the mirror of a repository, and what was left of earlier ones. @throws the file system's error */
export async function dropMirror(
  { store, signal }: Pick<CloneOptions, 'store' | 'signal'>,
  key: string,
): Promise<void> {
  const folder = mirrorPath(store, key);
  if (!existsSync(dirname(folder))) return;
  await inTurn(
    `${folder}.turn`,
    async () => {
      // Half a mirror must not have its name.
      if (existsSync(folder)) renameSync(folder, partOf(folder));
      clearParts(folder);
    },
    { signal },
  );
}

/** Makes the mirror, or updates it. Only one does so at a time. */
async function bringUp(
  folder: string,
  access: RemoteAccess,
  offered: mirror.OfferedRefs,
  own: mirror.MirrorOptions,
): Promise<Cloned> {
  clearParts(folder);
  const format = offered.lines.some((line) => /^[0-9a-f]{64} /.test(line)) ? 'sha256' : 'sha1';
  if (isGitDirectory(folder) && (await mirror.formatOf(folder, own)) === format) {
    try {
      return await updated(folder, access, offered, own);
    } catch (error) {
      if (!mirror.isDamage(error)) throw error;
    }
  }
  return await made(folder, format, access, offered, own);
}

async function updated(
  folder: string,
  access: RemoteAccess,
  offered: mirror.OfferedRefs,
  own: mirror.MirrorOptions,
): Promise<Cloned> {
  mirror.clearMirror(folder);
  const before = await mirror.mirrorRefs(folder, own);
  if (mirror.refsDigest(before) === mirror.refsDigest(offered))
    return await described(folder, { change: 'none', bytes: 0, missingRefs: 0 }, before, own);
  const bytes = mirror.packBytes(folder);
  await mirror.updateMirror(folder, access, offered, own);
  const after = await mirror.mirrorRefs(folder, own);
  const missing = await missingRefs(offered, after, access, own);
  const received = mirror.packBytes(folder) - bytes;
  return await described(folder, { change: 'updated', bytes: received, missingRefs: missing }, after, own);
}

/** A new mirror, which takes the place of one that is damaged or of another project. */
async function made(
  folder: string,
  format: 'sha1' | 'sha256',
  access: RemoteAccess,
  offered: mirror.OfferedRefs,
  own: mirror.MirrorOptions,
): Promise<Cloned> {
  const part = partOf(folder);
  try {
    await mirror.makeMirror(part, format, own);
    await mirror.updateMirror(part, access, offered, own);
    if (existsSync(folder)) renameSync(folder, partOf(folder));
    renameSync(part, folder);
  } finally {
    clearParts(folder);
  }
  const after = await mirror.mirrorRefs(folder, own);
  const missing = await missingRefs(offered, after, access, own);
  return await described(folder, { change: 'new', bytes: mirror.packBytes(folder), missingRefs: missing }, after, own);
}

/**
 * How many refs the mirror does not have as the remote offers them. If some differ from what was offered, the remote is asked again:
 * they may have been moved or removed meanwhile.
 */
async function missingRefs(
  offered: mirror.OfferedRefs,
  after: mirror.OfferedRefs,
  access: RemoteAccess,
  own: mirror.MirrorOptions,
): Promise<number> {
  const has = new Set(after.lines);
  const isMissing = (line: string): boolean => !has.has(line);
  const before = new Map(offered.lines.filter(isMissing).map((line) => [nameIn(line), line]));
  if (before.size === 0) return 0;
  const now = await mirror.offeredRefs(access, own);
  return now.lines.filter((line) => isMissing(line) && before.has(nameIn(line))).length;
}

function nameIn(line: string): string {
  return line.slice(line.indexOf(' ') + 1);
}

async function described(
  folder: string,
  received: Pick<Cloned, 'change' | 'bytes' | 'missingRefs'>,
  has: mirror.OfferedRefs,
  own: mirror.MirrorOptions,
): Promise<Cloned> {
  const { tip } = has;
  const leftOut = tip === undefined ? undefined : await leftOutOf(tip, mirror.localOptions(folder, own));
  return {
    outcome: 'cloned',
    folder,
    coverage: 'advertised-refs',
    tip,
    refs: mirror.refsDigest(has),
    ...received,
    notes: [
      ...(leftOut?.hasLfs === true ? [LFS_NOTE] : []),
      ...(leftOut?.hasSubmodules === true ? [SUBMODULES_NOTE] : []),
    ],
  };
}

/** Another name in the same folder, which no mirror has. */
function partOf(folder: string): string {
  return `${folder}.${randomBytes(6).toString('hex')}.part`;
}

/** Removes mirrors that never became whole, or were replaced. Only whose turn it is may do that. */
function clearParts(folder: string): void {
  for (const name of namesIn(dirname(folder)))
    if (name.startsWith(`${basename(folder)}.`) && name.endsWith('.part'))
      rmSync(join(dirname(folder), name), { recursive: true, force: true });
}
