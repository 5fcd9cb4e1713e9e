/**
 * Writes files atomically: under a temporary name in the same folder, then renamed.
 *
 * A work tree may hold links that were committed by others. As the file itself such a link is replaced, never followed; as a
 * folder on the way it must not lead out of the work tree. Outside of work trees links are the user's own, and followed. A special
 * file (`/dev/stdout`, a FIFO) is written to, and never replaced.
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
import { open, rm } from 'node:fs/promises';
import { dirname, join, parse, resolve, sep } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { kindOf } from './optional-file.ts';
import { UnfitFile } from './unfit-file.ts';
import { isInside } from './inside.ts';
import { moveOver } from './move-over.ts';
import { encodePath } from './path-bytes.ts';
import { isNullDevice, isReserved } from './windows-names.ts';

export interface WriteOptions {
  /** The maximum permissions: of a new file, limited by the umask, and of an existing file, which loses the others. */
  readonly mode?: number;
  /** Exact permissions, regardless of the umask. */
  readonly exactMode?: number;
  /** Whether missing folders are created. */
  readonly makeFolders?: true;
  /** Ends the wait for a FIFO's reader. */
  readonly signal?: AbortSignal;
}

/**
 * Writes a file. On any failure `path` keeps its previous content, and no temporary file remains.
 *
 * @throws UnfitFile, or the file system's error
 */
export async function writeWhole(
  path: string,
  pieces: Iterable<string | Uint8Array>,
  options: WriteOptions = {},
): Promise<void> {
  if (isNullDevice(path)) return;
  const place = placeOf(path);
  if (place.kind === 'through') return await writeThrough(place.path, pieces, options);
  if (options.makeFolders === true) mkdirSync(dirname(place.path), { recursive: true });
  const temporary = join(dirname(place.path), `.glaive-${randomBytes(8).toString('hex')}.tmp`);
  try {
    const file = await open(temporary, 'wx', options.exactMode ?? options.mode ?? 0o666);
    try {
      if (options.exactMode !== undefined) await file.chmod(options.exactMode);
      // Unlike write(), it continues after a partial write.
      for (const piece of pieces) await file.appendFile(piece);
      // A full disk may be reported only here.
      await file.sync();
    } finally {
      await file.close();
    }
    await moveOver(temporary, place.path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/**
 * Appends to a file, which is created if it does not exist.
 *
 * @throws UnfitFile for a link in a work tree: replacing it would lose the existing content
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

/** The path where a write creates a new file; undefined if it writes to the existing one. @throws UnfitFile */
export function placeOfNew(path: string): string | undefined {
  const place = placeOf(path);
  return place.kind === 'replace' ? place.path : undefined;
}

type Place =
  /** A regular file, a missing file, or a link in a work tree: it is replaced. The path of its folder has no links. */
  | { readonly kind: 'replace'; readonly path: string; readonly isLink: boolean }
  /** A special file, or the target of a user's link: it is written to. */
  | { readonly kind: 'through'; readonly path: string };

/** The limit of Linux. */
const LINKS_MAX = 40;

/** Follows a path step by step, because the place of a link decides whether it is trusted. */
function placeOf(path: string): Place {
  if (isReserved(path)) throw new UnfitFile('Windows reserves its name for a device');
  const { root } = parse(resolve(path));
  let at = root;
  let rest = resolve(path).slice(root.length).split(sep);
  // Whether the name itself is a link that was followed; links on the way do not matter.
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
    if (++links > LINKS_MAX) throw new UnfitFile('it is a loop of symbolic links');
    const tree = workTreeAt(at);
    if (tree !== undefined) {
      if (isLast) return { kind: 'replace', path: next, isLink: true };
      at = insideTree(next, tree);
    } else if (isLast && isInside(at, '/proc')) {
      // Such a link refers to an open file, and its text is not a path.
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

/** No file is created through a link, which may have been made by another user. */
function throughLink(path: string): Place {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) throw new UnfitFile('it is a broken symbolic link');
  return { kind: 'through', path };
}

/** The folder that a link in a work tree leads to. @throws UnfitFile if it is outside of the work tree */
function insideTree(link: string, tree: string): string {
  let real: string;
  try {
    real = realpathSync.native(link);
  } catch {
    throw new UnfitFile('its path contains a broken symbolic link');
  }
  if (isInside(real, realpathSync.native(tree))) return real;
  throw new UnfitFile('its path contains a symbolic link that leads out of the repository');
}

/** The nearest folder with a `.git`, at or above: its links may come from the repository. Those in `/dev` and `/proc` never do. */
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
    // Without O_CREAT: it is not created if it has disappeared.
    const file = await open(path, constants.O_WRONLY | constants.O_TRUNC);
    try {
      const stats = await file.stat();
      // An existing file loses the permissions that a new one would not have.
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
 * Waits for the reader of a FIFO by polling, because a blocking open cannot be interrupted. Returns the open FIFO: closing it
 * would signal the end to the reader.
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
