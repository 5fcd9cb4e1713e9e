/**
 * Small files that may well not be there: configuration, baselines, rules, state. They are read whole, so what is read must be
 * a regular file of bounded size. A device never ends, a FIFO waits for ever, and a repository can name either by a link.
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
import { formatBytes } from './format-amounts.ts';
import { decodePath, encodePath } from './path-bytes.ts';
import { decodeText } from './text-encoding.ts';
import { UnfitFile } from './unfit-file.ts';
import { isInside } from './inside.ts';

export interface ReadBounds {
  /** Bytes; a larger file is refused. Default: what a file that people write may have. */
  readonly max?: number;
  /** A folder in which the file must be when all links are followed: the repository that names it. */
  readonly within?: string;
}

/** Nobody writes a file of settings, rules or patterns of this size. */
const WRITTEN_BY_PEOPLE = 8 * 1024 * 1024;

/** Opening a FIFO must not wait for a writer. */
const OPEN = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * The text of a file, from UTF-8, or from UTF-16 with a byte order mark; undefined where there is none.
 *
 * @throws UnfitFile, or the file system's error, when something is there and is not to be read
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
  // One question where there is nothing, and most are not there.
  const entry = statIfThere(() => lstatSync(name, { throwIfNoEntry: false }));
  if (entry === undefined) return undefined;
  const stats = entry.isSymbolicLink() ? statIfThere(() => statSync(name, { throwIfNoEntry: false })) : entry;
  if (stats === undefined) throw new UnfitFile('it is a symbolic link that leads nowhere');
  refuseUnfit(stats, max);
  const file = openSync(name, OPEN);
  try {
    // What was asked about before may be something else by now.
    const opened = fstatSync(file);
    refuseUnfit(opened, max);
    if (within !== undefined) refuseOutside(name, within, opened);
    return readAll(file, max);
  } finally {
    closeSync(file);
  }
}

/** What is there, in words; undefined for a regular file. */
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
    if (code === 'ELOOP') throw new UnfitFile('it is a symbolic link that leads back to itself');
    throw error;
  }
}

function refuseUnfit(stats: Stats, max: number): void {
  const kind = kindOf(stats);
  if (kind === 'a folder') throw new UnfitFile('it is a folder');
  if (kind !== undefined) throw new UnfitFile(`it is ${kind}, not a file`);
  if (stats.size > max) throw tooLarge(max);
}

/** The place that the name leads to must be inside, and be what was opened. */
function refuseOutside(name: string | Buffer, within: string, opened: Stats): void {
  const real = realpathSync.native(name, 'buffer');
  const place = lstatSync(real);
  if (place.dev !== opened.dev || place.ino !== opened.ino) throw new UnfitFile('it changed while it was opened');
  if (!isInside(decodePath(real), decodePath(realpathSync.native(encodePath(within), 'buffer'))))
    throw new UnfitFile('it leads out of the repository');
}

/** To the end: what some file systems serve is larger than they say. */
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
