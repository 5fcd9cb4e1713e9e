/** Where glaive keeps what outlives a run: the account of what was done, and tokens that could not be put where they belong. */

import { mkdirSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { Io } from '../model/io.ts';

/** The user's own; undefined where the environment names no home. What is no absolute path is passed over (XDG Base Directory). */
export function stateFolder({ env }: Pick<Io, 'env'>): string | undefined {
  const [named = '', ...homes] = [env['XDG_STATE_HOME'], env['HOME'], env['LOCALAPPDATA']];
  if (isAbsolute(named)) return join(named, 'glaive');
  const home = homes.find((path = '') => isAbsolute(path));
  return home === undefined ? undefined : join(home, '.local', 'state', 'glaive');
}

/** @throws the file system's error */
export function makeFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
}
