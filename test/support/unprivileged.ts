/** Runs glaive as a user whom file permissions bind, which they do not bind root. */

import { spawnSync } from 'node:child_process';
import { chmodSync, lchownSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CLI, type Ran } from './run-cli.ts';
import { type ProcessOptions, runProgram } from './run-program.ts';

const UNPRIVILEGED = 65_534;
const isRoot = process.getuid?.() === 0;
const SWITCH = isRoot ? ['setpriv', `--reuid=${UNPRIVILEGED}`, `--regid=${UNPRIVILEGED}`, '--clear-groups'] : [];

/** Why that cannot be done here; undefined when it can. */
export function whyNotUnprivileged(): string | undefined {
  if (process.platform === 'win32') return 'permissions work otherwise on Windows';
  const [program, ...args] = [...SWITCH, process.execPath, CLI, '--version'];
  return spawnSync(program, args).status === 0 ? undefined : 'root cannot become another user here (setpriv)';
}

/** Runs `glaive ARGS` as a user who is not root. @param options `program`: another file than the one that was built */
export function glaiveUnprivileged(args: readonly string[], options: ProcessOptions = {}): Promise<Ran> {
  const [program, ...rest] = [...SWITCH, process.execPath, options.program ?? CLI, ...args];
  return runProgram(program!, rest, options);
}

/** Hands a folder with all that is in it to that user. */
export function handOver(folder: string): void {
  chmodSync(folder, 0o755);
  if (!isRoot) return;
  for (const path of ['', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })]) {
    lchownSync(join(folder, path), UNPRIVILEGED, UNPRIVILEGED);
  }
}
