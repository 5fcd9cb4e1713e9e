/**
 * Files that the user names, on the command line or in the environment. These may be pipes too (`<(...)` in a shell, a FIFO),
 * because the user knows their writer. A signal ends the wait for a pipe.
 */

import { closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import { devNull } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { realPath } from './real-path.ts';
import { encodePath } from './path-bytes.ts';
import { readOptionalBytes, tooLarge } from './optional-file.ts';
import { decodeText } from './text-encoding.ts';
import { isNullDevice } from './windows-names.ts';

export interface NamedBounds {
  /** Maximum size in bytes. */
  readonly max: number;
  /** Ends the wait for a pipe. */
  readonly signal: AbortSignal;
}

/**
 * The bytes of a file or pipe; undefined if it does not exist, or when the signal has fired.
 *
 * @throws UnfitFile, or the file system's error
 */
export async function bytesNamed(path: string, bounds: NamedBounds): Promise<Buffer | undefined> {
  if (isPipe(path)) return await readPipe(path, bounds);
  // The only allowed device: people name it to say "none".
  if (path === devNull || isNullDevice(path)) return Buffer.alloc(0);
  return readOptionalBytes(path, bounds);
}

/** Reads texts, and caches them: a pipe can be read only once. */
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
    // A FIFO without a writer yet looks like one that has ended; an anonymous pipe has had its writer.
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

/** The number of bytes read; undefined: none are available yet. */
function readNow(file: number, piece: Buffer): number | undefined {
  try {
    return readSync(file, piece, 0, piece.length, null);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined;
    throw error;
  }
}

/** `/dev/fd/63` refers to a pipe that is in no folder. */
function hasName(path: string): boolean {
  try {
    return isPipe(realPath(path));
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
