/**
 * Small files that need not exist: configuration, baselines, rules, state. They are read whole, so they must be regular files of
 * bounded size. A device never ends, a FIFO blocks, and a repository can contain a link to either.
 */

import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs';
import { realPath } from './real-path.ts';
import { formatBytes } from './format-amounts.ts';
import { decodePath, encodePath } from './path-bytes.ts';
import { decodeText } from './text-encoding.ts';
import { UnfitFile } from './unfit-file.ts';
import { isInside } from './inside.ts';

export interface ReadBounds {
  /** Maximum size in bytes. Default: enough for files that people write. */
  readonly max?: number;
  /** A folder that must contain the file after all links are followed: the repository that names it. */
  readonly within?: string;
}

/** Settings, rules and patterns written by people are smaller. */
const WRITTEN_BY_PEOPLE = 8 * 1024 * 1024;

/** Opening a FIFO must not wait for a writer. */
const OPEN = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * The text of a file in UTF-8, or in UTF-16 with a byte order mark; undefined if it does not exist.
 *
 * @throws UnfitFile, or the file system's error, if it exists and cannot be read
 */
export function readOptionalFile(path: string, bounds: ReadBounds = {}): string | undefined {
  const bytes = readOptionalBytes(path, bounds);
  return bytes === undefined ? undefined : decodeText(bytes);
}

/** The same, as bytes. */
export function readOptionalBytes(
  path: string,
  { max = WRITTEN_BY_PEOPLE, within }: ReadBounds = {},
): Buffer | undefined {
  const name = encodePath(path);
  // A missing file takes only one system call: most are missing.
  const entry = statIfThere(() => lstatSync(name, { throwIfNoEntry: false }));
  if (entry === undefined) return undefined;
  const stats = entry.isSymbolicLink() ? statIfThere(() => statSync(name, { throwIfNoEntry: false })) : entry;
  if (stats === undefined) throw new UnfitFile('it is a broken symbolic link');
  refuseUnfit(stats, max);
  const file = openSync(name, OPEN);
  try {
    // The file may have been replaced since the check.
    const opened = fstatSync(file);
    refuseUnfit(opened, max);
    if (within !== undefined) refuseOutside(name, within, opened);
    return readAll(file, max);
  } finally {
    closeSync(file);
  }
}

/** The kind of a file in words; undefined for a regular file. */
export function kindOf(stats: Stats): string | undefined {
  if (stats.isFile()) return undefined;
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a FIFO';
  return stats.isSocket() ? 'a socket' : 'a device';
}

/** @throws UnfitFile */
export function tooLarge(max: number): UnfitFile {
  return new UnfitFile(`it is larger than ${formatBytes(max)}`);
}

function statIfThere(stat: () => Stats | undefined): Stats | undefined {
  try {
    return stat();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    if (code === 'ELOOP') throw new UnfitFile('it is a loop of symbolic links');
    throw error;
  }
}

function refuseUnfit(stats: Stats, max: number): void {
  const kind = kindOf(stats);
  if (kind === 'a folder') throw new UnfitFile('it is a folder');
  if (kind !== undefined) throw new UnfitFile(`it is ${kind}, not a file`);
  if (stats.size > max) throw tooLarge(max);
}

/** The file must be inside the folder, and must be the one that was opened. */
function refuseOutside(name: string | Buffer, within: string, opened: Stats): void {
  const real = realpathSync.native(name, 'buffer');
  const place = lstatSync(real);
  if (place.dev !== opened.dev || place.ino !== opened.ino) throw new UnfitFile('it changed while it was opened');
  if (!isInside(decodePath(real), realPath(within))) throw new UnfitFile('it leads out of the repository');
}

/** Reads to the end: on some file systems a file is larger than its stated size. */
function readAll(file: number, max: number): Buffer {
  const pieces: Buffer[] = [];
  let length = 0;
  for (;;) {
    const piece = Buffer.allocUnsafe(Math.max(4096, Math.min(fstatSync(file).size - length + 1, 1024 * 1024 * 16)));
    const count = readSync(file, piece, 0, piece.length, null);
    if (count === 0) return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces); // the only one
    pieces.push(piece.subarray(0, count));
    length += count;
    if (length > max) throw tooLarge(max);
  }
}
