/** Files in folders of others: a link is not followed, a FIFO is not waited for, and no more is read than the caller expects. */

import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { LF } from './bytes.ts';
import { tooLarge } from './optional-file.ts';
import { UnfitFile } from './unfit-file.ts';

const OPEN = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * The bytes of a file; undefined if it does not exist.
 *
 * @param path as `encodePath` makes it
 * @param max bytes
 * @throws UnfitFile if it is a link, no regular file, or larger; or the file system's error
 */
export function readPlainFile(path: string | Buffer, max: number): Buffer | undefined {
  const file = opened(path);
  if (file === undefined) return undefined;
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) throw new UnfitFile('it is not a regular file');
    if (stats.size > max) throw tooLarge(max);
    // One byte more shows whether it has grown.
    const bytes = Buffer.allocUnsafe(stats.size + 1);
    let length = 0;
    while (length < bytes.length) {
      const count = readSync(file, bytes, length, bytes.length - length, null);
      if (count === 0) break;
      length += count;
    }
    if (length > stats.size) throw new UnfitFile('it changed while it was read');
    return bytes.subarray(0, length);
  } finally {
    closeSync(file);
  }
}

/** Gives a file of any size to `take`, piece by piece; each is valid until the next one. @returns false if it does not exist */
export function eachPiece(path: string | Buffer, buffer: Buffer, take: (piece: Buffer) => void): boolean {
  const file = opened(path);
  if (file === undefined) return false;
  try {
    if (!fstatSync(file).isFile()) throw new UnfitFile('it is not a regular file');
    for (;;) {
      const count = readSync(file, buffer, 0, buffer.length, null);
      if (count === 0) return true;
      take(buffer.subarray(0, count));
    }
  } finally {
    closeSync(file);
  }
}

/** The first line of a file, without its end; undefined if there is no whole one within `max` bytes. */
export function firstLine(path: string | Buffer, max: number): string | undefined {
  const file = opened(path);
  if (file === undefined) return undefined;
  try {
    const pieces: Buffer[] = [];
    for (let length = 0; length < max;) {
      const piece = Buffer.allocUnsafe(4096 + length);
      const count = readSync(file, piece, 0, piece.length, null);
      if (count === 0) return undefined;
      const end = piece.subarray(0, count).indexOf(LF);
      pieces.push(piece.subarray(0, end < 0 ? count : end));
      if (end >= 0) return Buffer.concat(pieces).toString('utf8');
      length += count;
    }
    return undefined;
  } finally {
    closeSync(file);
  }
}

function opened(path: string | Buffer): number | undefined {
  try {
    return openSync(path, OPEN);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    if (code === 'ELOOP') throw new UnfitFile('it is a symbolic link, which is not followed');
    throw error;
  }
}
