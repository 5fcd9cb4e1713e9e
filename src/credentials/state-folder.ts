/** The user's folder for files that outlive a run: the audit log, and new tokens that could not be stored elsewhere. */

import { mkdirSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';

/** Undefined where the environment names no home. XDG Base Directory: a path that is not absolute is ignored. */
export function stateFolder(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const [named = '', ...homes] = [env['XDG_STATE_HOME'], env['HOME'], env['LOCALAPPDATA']];
  if (isAbsolute(named)) return join(named, 'glaive');
  const home = homes.find((path = '') => isAbsolute(path));
  return home === undefined ? undefined : join(home, '.local', 'state', 'glaive');
}

/** @throws the file system's error */
export function makeFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
}
