/** Where glaive keeps what outlives a run: the account of what was done, and tokens that could not be put where they belong. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Io } from '../model/io.ts';

/** The user's own; undefined where the environment names no home. */
export function stateFolder({ env }: Pick<Io, 'env'>): string | undefined {
  const named = env['XDG_STATE_HOME'];
  if (named) return join(named, 'glaive');
  const home = env['HOME'] || env['LOCALAPPDATA'];
  return home ? join(home, '.local', 'state', 'glaive') : undefined;
}

/** @throws the file system's error */
export function makeFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
}
