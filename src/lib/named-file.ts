/**
 * Files that the user names, on the command line or in the environment. Beside regular files these may be pipes (`<(...)`
 * in a shell, a FIFO): whoever names one knows who writes to it. They are read so that a signal can end the wait.
 */

import { closeSync, constants, openSync, readSync, realpathSync, statSync } from 'node:fs';
import { devNull } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { decodePath, encodePath } from './path-bytes.ts';
import { readOptionalBytes, tooLarge } from './optional-file.ts';
import { decodeText } from './text-encoding.ts';

export interface NamedBounds {
  /** Bytes; more is refused. */
  readonly max: number;
  /** Ends the wait for a pipe. */
  readonly signal: AbortSignal;
}

/**
 * The bytes of a file or pipe; undefined where there is none, or when the signal has fired.
 *
 * @throws UnfitFile, or the file system's error
 */
export async function bytesNamed(path: string, bounds: NamedBounds): Promise<Buffer | undefined> {
  if (isPipe(path)) return await readPipe(path, bounds);
  // The one device that ends at once, and people name it to say "none".
  if (path === devNull) return Buffer.alloc(0);
  return readOptionalBytes(path, bounds);
}

/** Gives texts, each file once, however often it is asked for: a pipe gives what it has only once. */
export function namedFiles(signal: AbortSignal): (path: string, max: number) => Promise<string | undefined> {
  const known = new Map<string, Promise<string | undefined>>();
  return (path, max) => {
    const reading =
      known.get(path) ??
      bytesNamed(path, { max, signal }).then((bytes) => (bytes === undefined ? undefined : decodeText(bytes)));
    known.set(path, reading);
    return reading;
  };
}

/** Milliseconds. */
const POLL = 5;
const PIECE = 64 * 1024;

async function readPipe(path: string, { max, signal }: NamedBounds): Promise<Buffer | undefined> {
  const file = openSync(encodePath(path), constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const pieces: Buffer[] = [];
    let length = 0;
    // A FIFO that nobody writes to yet looks like one that has ended; a pipe without a name has had its writer.
    const mayStart = hasName(path);
    for (;;) {
      if (signal.aborted) return undefined;
      const piece = Buffer.allocUnsafe(PIECE);
      const count = readNow(file, piece);
      if (count === 0 && !(mayStart && length === 0)) return Buffer.concat(pieces);
      if (count === undefined || count === 0) {
        await pause(POLL, undefined, { signal }).catch(() => {});
        continue;
      }
      pieces.push(piece.subarray(0, count));
      length += count;
      if (length > max) throw tooLarge(max);
    }
  } finally {
    closeSync(file);
  }
}

/** Bytes read; undefined: none are there yet. */
function readNow(file: number, piece: Buffer): number | undefined {
  try {
    return readSync(file, piece, 0, piece.length, null);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined;
    throw error;
  }
}

/** `/dev/fd/63` leads to a pipe that no folder has. */
function hasName(path: string): boolean {
  try {
    return isPipe(decodePath(realpathSync.native(encodePath(path), 'buffer')));
  } catch {
    return false;
  }
}

function isPipe(path: string): boolean {
  try {
    return statSync(encodePath(path)).isFIFO();
  } catch {
    return false;
  }
}
