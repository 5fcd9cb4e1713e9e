/** The user's folder for files that outlive a run: the audit log, and new tokens that could not be stored elsewhere. */

import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { userFolder } from '../lib/user-folders.ts';

/** Undefined where the environment names no home. */
export function stateFolder(env: Readonly<Record<string, string | undefined>>): string | undefined {
  return userFolder('state', env);
}

/** @throws the file system's error */
export function makeFolder(folder: string): void {
  // Not `recursive`: in /proc, where no folder can be made, Node 20 then tries for ever.
  if (isFolder(folder)) return;
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Another run has just made it.
    if (!isFolder(folder)) throw error;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
