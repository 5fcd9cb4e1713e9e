/** Files that are whole or not there: written beside their place, then moved into it. */

import { randomBytes } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Writes a file. When anything fails, what stood at `path` before still stands there, and nothing is left behind.
 * What is there and is no regular file (`/dev/stdout`, a FIFO, a link) is written to, not replaced.
 *
 * @param mode who may read a new file; the user's mask takes from it
 */
export async function writeWhole(path: string, pieces: Iterable<string>, mode = 0o666): Promise<void> {
  const target = isReplaceable(path) ? join(dirname(path), `.glaive-${randomBytes(8).toString('hex')}.tmp`) : path;
  const temporary = target !== path;
  try {
    const file = await open(target, temporary ? 'wx' : 'w', mode);
    try {
      // Unlike write(), it goes on after a disk has taken a part only.
      for (const piece of pieces) await file.appendFile(piece);
      // A full disk may show only here.
      if (temporary) await file.sync();
    } finally {
      await file.close();
    }
    if (temporary) await rename(target, path);
  } catch (error) {
    if (temporary) await rm(target, { force: true });
    throw error;
  }
}

function isReplaceable(path: string): boolean {
  try {
    return lstatSync(path).isFile();
  } catch {
    return true;
  }
}
