/** Programs that a way starts. */

import { spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { hasProgram } from '../has-program.ts';

/** What is missing, for a person. @param programs each as PROGRAM, or PROGRAM=PACKAGE of Debian */
export function missingPrograms(...programs: readonly string[]): string | undefined {
  // Root in a container may lack the right.
  if (process.getuid?.() !== 0 || spawnSync('unshare', ['--mount', 'true']).status !== 0)
    return 'it needs root, with the right to mount a file system of its own';
  const missing = programs.filter((one) => !hasProgram(one.replace(/=.*/, '')));
  return missing.length === 0
    ? undefined
    : `apt-get install ${missing.map((one) => one.replace(/^.*=/, '')).join(' ')}`;
}

/** A port of 127.0.0.1 that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Waits until a server answers. */
export async function answers(url: string): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    try {
      if ((await fetch(url)).ok) return;
    } catch {
      // not yet
    }
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`${url} does not answer`);
}
