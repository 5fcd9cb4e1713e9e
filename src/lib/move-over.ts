/** Replaces a file by another. */

import { rename } from 'node:fs/promises';
import { sep } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** What Windows answers while another program, such as a virus scanner, has one of the files open. */
const BUSY: ReadonlySet<string | undefined> = new Set(['EPERM', 'EACCES', 'EBUSY']);
const TRIES = sep === '\\' ? 20 : 1;
/** Milliseconds. */
const WAIT = 50;

/** @param tries how often it is tried; more than once on Windows @throws the file system's error */
export async function moveOver(from: string, to: string, { tries = TRIES, move = rename } = {}): Promise<void> {
  for (let left = tries; ;) {
    try {
      return await move(from, to);
    } catch (error) {
      if (--left <= 0 || !BUSY.has((error as NodeJS.ErrnoException).code)) throw error;
      await pause(WAIT);
    }
  }
}
