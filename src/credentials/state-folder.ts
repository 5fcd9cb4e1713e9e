/** The user's folder for files that outlive a run: the audit log, and new tokens that could not be stored elsewhere. */

import { mkdirSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';

/** Undefined where the environment names no home. XDG Base Directory: a path that is not absolute is ignored. */
export function stateFolder(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const [named = '', ...homes] = [env['XDG_STATE_HOME'], env['HOME'], env['LOCALAPPDATA']];
  if (isAbsolute(named)) return join(named, 'glaive');
  const home = homes.find((path = '') => isAbsolute(path));
  return home === undefined ? undefined : join(home, '.local', 'state', 'glaive');
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
