/**
 * Files that are whole or not there: written beside their place, then moved into it.
 *
 * A work tree may hold links that somebody has committed. Such a link is never followed: where the file is to be, it is
 * replaced, and as a folder on the way it must not lead out. Outside of work trees links are the user's own, and followed.
 * What is no regular file (`/dev/stdout`, a FIFO) is written to and never replaced.
 */

import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readlinkSync,
  realpathSync,
  statSync,
  writeSync,
} from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join, parse, resolve, sep } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { kindOf } from './optional-file.ts';
import { UnfitFile } from './unfit-file.ts';
import { isInside } from './inside.ts';
import { encodePath } from './path-bytes.ts';

export interface WriteOptions {
  /** Who may read a new file, at most; the user's mask takes from it. Of one that is there it takes the rest. */
  readonly mode?: number;
  /** Who may read and run it, whatever the user's mask. */
  readonly exactMode?: number;
  /** Whether folders that are missing are made. */
  readonly makeFolders?: true;
  /** Ends the wait for the reader of a FIFO. */
  readonly signal?: AbortSignal;
}

/**
 * Writes a file. When anything fails, what stood at `path` before still stands there, and nothing is left behind.
 *
 * @throws UnfitFile, or the file system's error
 */
export async function writeWhole(
  path: string,
  pieces: Iterable<string | Uint8Array>,
  options: WriteOptions = {},
): Promise<void> {
  const place = placeOf(path);
  if (place.kind === 'through') return await writeThrough(place.path, pieces, options);
  if (options.makeFolders === true) mkdirSync(dirname(place.path), { recursive: true });
  const temporary = join(dirname(place.path), `.glaive-${randomBytes(8).toString('hex')}.tmp`);
  try {
    const file = await open(temporary, 'wx', options.exactMode ?? options.mode ?? 0o666);
    try {
      if (options.exactMode !== undefined) await file.chmod(options.exactMode);
      // Unlike write(), it goes on after a disk has taken a part only.
      for (const piece of pieces) await file.appendFile(piece);
      // A full disk may show only here.
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, place.path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/**
 * Adds to the end of a file, which is made where there is none.
 *
 * @throws UnfitFile for a link in a work tree, which cannot be replaced without losing what is written already
 */
export function appendWhole(path: string, text: string, mode: number): void {
  const place = placeOf(path);
  if (place.kind === 'replace' && place.isLink)
    throw new UnfitFile('it is a symbolic link in a repository, which is not followed');
  const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
  const flags = place.kind === 'replace' ? O_CREAT | O_NOFOLLOW : O_NONBLOCK;
  const file = openSync(place.path, O_WRONLY | O_APPEND | flags, mode);
  try {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
  } finally {
    closeSync(file);
  }
}

/** Where a file is made anew when it is written; undefined where it is written through. @throws UnfitFile */
export function placeOfNew(path: string): string | undefined {
  const place = placeOf(path);
  return place.kind === 'replace' ? place.path : undefined;
}

type Place =
  /** A file or nothing, or a link in a work tree: what is new takes its place. The folder's path is free of links. */
  | { readonly kind: 'replace'; readonly path: string; readonly isLink: boolean }
  /** What is no file, or what a link of the user's leads to. */
  | { readonly kind: 'through'; readonly path: string };

/** Linux follows no more. */
const LINKS_MAX = 40;

/** Follows a path step by step, since whose a link is depends on where it stands. */
function placeOf(path: string): Place {
  const { root } = parse(resolve(path));
  let at = root;
  let rest = resolve(path).slice(root.length).split(sep);
  // Whether the name itself is a link; folders on the way may be what they like.
  let isFollowed = false;
  for (let links = 0; rest.length > 0;) {
    const [name, ...others] = rest;
    rest = others;
    if (name === '' || name === '.') continue;
    const next = name === '..' ? dirname(at) : join(at, name!); // split gives no holes
    const isLast = rest.every((part) => part === '');
    const stats = lstatSync(next, { throwIfNoEntry: false });
    if (stats?.isSymbolicLink() !== true) {
      if (isLast) return lastStep(next, stats === undefined ? undefined : kindOf(stats), isFollowed);
      at = next;
      continue;
    }
    if (++links > LINKS_MAX) throw new UnfitFile('it is a symbolic link that leads back to itself');
    const tree = workTreeAt(at);
    if (tree !== undefined) {
      if (isLast) return { kind: 'replace', path: next, isLink: true };
      at = insideTree(next, tree);
    } else if (isLast && isInside(at, '/proc')) {
      // Such a link names what is open, and its text is no path.
      return throughLink(next);
    } else {
      isFollowed ||= isLast;
      const target = readlinkSync(next);
      const start = parse(target).root;
      if (start !== '') at = start;
      rest = [...target.slice(start.length).split(sep), ...rest];
    }
  }
  throw new UnfitFile('it is a folder');
}

function lastStep(path: string, kind: string | undefined, isFollowed: boolean): Place {
  if (kind === 'a folder') throw new UnfitFile('it is a folder');
  if (kind !== undefined) return { kind: 'through', path };
  if (!isFollowed) return { kind: 'replace', path, isLink: false };
  return throughLink(path);
}

/** Through a link nothing is made: who made the link may not be who writes. */
function throughLink(path: string): Place {
  if (statSync(path, { throwIfNoEntry: false }) === undefined)
    throw new UnfitFile('it is a symbolic link that leads nowhere');
  return { kind: 'through', path };
}

/** A folder that a link of a work tree leads to. @throws UnfitFile when that is elsewhere */
function insideTree(link: string, tree: string): string {
  let real: string;
  try {
    real = realpathSync.native(link);
  } catch {
    throw new UnfitFile('on its way is a symbolic link that leads nowhere');
  }
  if (isInside(real, realpathSync.native(tree))) return real;
  throw new UnfitFile('on its way is a symbolic link that leads out of the repository');
}

/** The nearest folder, at or above, with a `.git`: what is in it may have come with it. In `/dev` and `/proc` all is the system's. */
function workTreeAt(folder: string): string | undefined {
  if (isInside(folder, '/dev') || isInside(folder, '/proc')) return undefined;
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(encodePath(join(at, '.git')))) return at;
    if (dirname(at) === at) return undefined;
  }
}

async function writeThrough(
  path: string,
  pieces: Iterable<string | Uint8Array>,
  { signal, mode }: WriteOptions,
): Promise<void> {
  const held = await untilRead(path, signal);
  try {
    // Not made where it is gone by now.
    const file = await open(path, constants.O_WRONLY | constants.O_TRUNC);
    try {
      const stats = await file.stat();
      // What others may not read in a new file they may not read in this one.
      if (mode !== undefined && stats.isFile()) await file.chmod(stats.mode & mode);
      for (const piece of pieces) await file.appendFile(piece);
    } finally {
      await file.close();
    }
  } finally {
    if (held !== undefined) closeSync(held);
  }
}

/** Milliseconds. */
const POLL = 20;

/**
 * Waits for the program that reads a FIFO, since an open that waits cannot be ended. Gives the open FIFO: its reader would
 * take a close for the end.
 */
async function untilRead(path: string, signal: AbortSignal | undefined): Promise<number | undefined> {
  if (!statSync(path).isFIFO()) return undefined;
  for (;;) {
    try {
      return openSync(path, constants.O_WRONLY | (constants.O_NONBLOCK ?? 0));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENXIO') throw error;
      if (signal?.aborted === true) throw new UnfitFile('it is a FIFO that no program reads');
    }
    await pause(POLL, undefined, signal === undefined ? {} : { signal }).catch(() => {});
  }
}
