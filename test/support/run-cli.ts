/** Runs a command of glaive inside the test's own process, in a world made by hand: what most end-to-end tests need. */

import { availableParallelism, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { createClock } from '../../src/lib/clock.ts';
import type { Io, Output } from '../../src/model/io.ts';
import { gitEnvironment } from './temp-folder.ts';

/** What `dist/` is a copy of (scripts/build.ts). */
export const DIST: string = join(import.meta.dirname, '..', '..', '.cache', 'build', 'dist');

/** The built command. */
export const CLI: string = join(DIST, 'cli', 'main.cjs');

export interface RunOptions {
  readonly cwd?: string;
  /** Variables beyond those of the tests; nothing of the environment of the test runner is seen. */
  readonly env?: Readonly<Record<string, string>>;
  /** The content of standard input; empty if absent. */
  readonly input?: string | Uint8Array;
  /** The width of the terminal that shows both streams; absent: neither is a terminal. */
  readonly columns?: number;
  /**
   * Keys pressed on a terminal of 80 columns: each when the text before it has been shown since the key before. Standard input is
   * that terminal too.
   */
  readonly keys?: readonly (readonly [shown: string | RegExp, key: string])[];
}

export interface Ran {
  /** The exit code; a signal's name when a process was ended by one. */
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

/** The environment of a command under test: what git and Node need, a fixed time, and the given variables. */
export function testEnvironment(env: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { ...gitEnvironment(), SOURCE_DATE_EPOCH: '1800000000', ...env };
}

/** Runs `glaive ARGS` without starting a process. */
export async function glaive(argv: readonly string[], options: RunOptions = {}): Promise<Ran> {
  // Loaded here, so that a test which only starts processes does not wait for it.
  const { run } = await import('../../src/cli/run.ts');
  const env = testEnvironment(options.env);
  const keyboard = options.keys === undefined ? undefined : typist(options.keys);
  const columns = options.columns ?? (keyboard && 80);
  const [stdout, stderr] = [collect(columns, keyboard?.onShown), collect(columns)];
  const code = await run({
    argv,
    env,
    cwd: options.cwd ?? process.cwd(),
    program: {
      node: process.execPath,
      nodeVersion: process.versions.node,
      main: CLI,
      worker: join(dirname(CLI), 'worker.cjs'),
      packWorker: join(dirname(CLI), 'pack-thread.cjs'),
      parallelism: availableParallelism(),
      memory: totalmem(),
      pid: process.pid,
    },
    stdin: {
      isTTY: keyboard !== undefined,
      bytes: () => inChunks(Buffer.from(options.input ?? '')),
      readHidden: () => Promise.reject(new Error('there is no terminal here')),
      stream: () => {
        if (keyboard === undefined) throw new Error('there is no terminal here');
        return keyboard.input;
      },
    },
    stdout,
    stderr,
    clock: createClock(env['SOURCE_DATE_EPOCH']),
    isRunning: () => true,
    killProcess: (pid) => void process.kill(pid, 'SIGKILL'),
    endGroup: (leader, signal) => {
      try {
        process.kill(-leader, signal);
      } catch {
        // It has ended by itself.
      }
    },
