/** One regular file, read in order. Other kinds are recognised here, on opening, which saves a stat for each file. */

import { closeSync, constants, fstatSync, lstatSync, openSync, readlinkSync, readSync } from 'node:fs';
import { encodePath } from '../lib/path-bytes.ts';
import type { ByteReader, FileToOpen } from '../model/artifact.ts';
import { Skipped, ReadError } from '../model/gap.ts';

// A FIFO without a writer would block the open for ever; without O_NOFOLLOW a link would lead out of the tree.
const OPEN_LISTED = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);
// Windows has no such flag. A link there may lead to a server, which would be sent proof of the user's password.
const MAY_FOLLOW = constants.O_NOFOLLOW === undefined;
const OPEN_EXPLICIT = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** Opens a file. @throws ReadError or Skipped, here or while reading */
export function openFile(options: FileToOpen): ByteReader {
  let file: number;
  try {
    if (MAY_FOLLOW && !options.explicit && lstatSync(options.path).isSymbolicLink())
      throw Object.assign(new Error('a link'), { code: 'ELOOP' });
    file = openSync(encodePath(options.path), options.explicit ? OPEN_EXPLICIT : OPEN_LISTED);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ELOOP' && !options.explicit) return openLink(options);
    throw translate(error as NodeJS.ErrnoException, options);
  }
  let started = false;
  return {
    read(target) {
      // Only an empty read is the end: virtual and some network file systems return short pieces.
      const count = attempt(options, () => readSync(file, target, 0, target.length, null));
      if (!started && count === 0) refuseSpecial(file);
      started = true;
      return count;
    },
    close() {
      closeSync(file);
    },
  };
}

/**
 * Opens the text of a symbolic link: it is not followed, but its target is committed text like any other. @throws as `openFile`
 */
export function openLink(options: FileToOpen): ByteReader {
  let rest: Uint8Array = attempt(options, () => readlinkSync(encodePath(options.path), 'buffer'));
  return {
    read(target) {
      if (rest.length === 0) throw new Skipped('symlink');
      const piece = rest.subarray(0, target.length);
      target.set(piece);
      rest = rest.subarray(piece.length);
      return piece.length;
    },
    close() {},
  };
}

/** An empty reader, for an empty file or something that is not a file. */
function refuseSpecial(file: number): void {
  if (!fstatSync(file).isFile()) throw new Skipped('special');
}

function attempt<T>(options: FileToOpen, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw translate(error as NodeJS.ErrnoException, options);
  }
}

function translate(error: NodeJS.ErrnoException, { uri, explicit }: FileToOpen): Error {
  switch (error.code) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'EISDIR':
    case 'EINVAL':
      // Git listed it, but it is gone; a path that the user named was there just before.
      return explicit ? unreadable(uri, 'it vanished during the scan', error) : new Skipped('absent');
    case 'ELOOP':
      return new Skipped('symlink');
    case 'EAGAIN':
    case 'ENXIO':
    case 'ENODEV':
      return new Skipped('special');
    case 'EACCES':
    case 'EPERM':
      return unreadable(uri, 'permission denied', error, 'Run as a user who may read it, or leave it out.');
    default:
      return unreadable(uri, error.code ?? 'unknown error', error);
  }
}

function unreadable(uri: string, why: string, cause: unknown, hint?: string): ReadError {
  return new ReadError(
    { kind: 'unreadable', uri, message: `cannot read it: ${why}`, ...(hint === undefined ? {} : { hint }) },
    cause,
  );
}
