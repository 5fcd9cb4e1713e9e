/** Programs that git has started and that outlive it: `git-remote-https` waits for the server although its answer is no longer needed. */

import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** Milliseconds for git itself, which removes its temporary files. */
const GRACE = 200;
const STEP = 25;
/** How often it is looked for processes: a process that is being started may be missed once. */
const ROUNDS = 40;

/**
 * Kills the processes with a mark in their environment until there are none. On Linux only: elsewhere the limits of the transfer
 * end them.
 *
 * @param mark a variable and its value that no other call has, `NAME=value`
 */
export async function endStrays(mark: string, kill: (pid: number) => void): Promise<void> {
  await pause(GRACE);
  for (let round = 0; round < ROUNDS; round++) {
    const found = processesWith(mark);
    if (found.length === 0 && round > 0) return;
    for (const pid of found) kill(pid);
    await pause(STEP);
  }
}

/** The processes of this user with a mark in their environment; none where there is no `/proc`. */
export function processesWith(mark: string): number[] {
  return names('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      return readFileSync(`/proc/${name}/environ`).includes(`${mark}\0`) ? [Number(name)] : [];
    } catch {
      return []; // it has ended, or belongs to another user
    }
  });
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
