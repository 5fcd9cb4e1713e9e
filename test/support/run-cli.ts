/** Runs the built command as its users do: as a process of its own. */

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { gitEnvironment } from './temp-folder.ts';

/** What `dist/` is a copy of (scripts/build.ts). */
export const DIST: string = join(import.meta.dirname, '..', '..', '.cache', 'build', 'dist');

/** The built command. */
export const CLI: string = join(DIST, 'cli', 'main.cjs');

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What stands on standard input; nothing (closed at once) if absent. */
  readonly input?: string | Uint8Array;
  /** Node's own arguments, before the program. */
  readonly nodeArgs?: readonly string[];
  readonly program?: string;
}

export interface Ran {
  /** The exit code; a signal's name when it was ended by one. */
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `glaive ARGS`; the environment holds what git and Node need, and what is given. */
export function glaive(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...(options.nodeArgs ?? []), options.program ?? CLI, ...args], {
      cwd: options.cwd,
      env: { ...gitEnvironment(), SOURCE_DATE_EPOCH: '1800000000', ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (piece: Buffer) => stdout.push(piece));
    child.stderr.on('data', (piece: Buffer) => stderr.push(piece));
    child.on('error', reject);
    child.on('close', (code, signal) =>
      resolve({
        code: code ?? signal ?? 'unknown',
        stdout: Buffer.concat(stdout).toString('utf8'),
        stderr: Buffer.concat(stderr).toString('utf8'),
      }),
    );
    child.stdin.on('error', () => {});
    child.stdin.end(options.input ?? '');
  });
}
