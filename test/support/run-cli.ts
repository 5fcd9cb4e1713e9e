/** Runs a command of glaive inside the test's own process, in a world made by hand: what most end-to-end tests need. */

import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
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
  const [stdout, stderr] = [collect(), collect()];
  const code = await run({
    argv,
    env,
    cwd: options.cwd ?? process.cwd(),
    program: {
      node: process.execPath,
      main: CLI,
      worker: join(dirname(CLI), 'worker.cjs'),
      packWorker: join(dirname(CLI), 'pack-thread.cjs'),
      parallelism: availableParallelism(),
    },
    stdin: {
      isTTY: false,
      bytes: () => inChunks(Buffer.from(options.input ?? '')),
      readHidden: () => Promise.reject(new Error('there is no terminal here')),
    },
    stdout,
    stderr,
    clock: createClock(env['SOURCE_DATE_EPOCH']),
    signal: new AbortController().signal,
    hold: () => () => {},
  } satisfies Io);
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

function collect(): Output & { text(): string } {
  const chunks: Buffer[] = [];
  return {
    write: async (text) => void chunks.push(Buffer.from(text)),
    isClosed: false,
    isTTY: false,
    stream: () => {
      throw new Error('there is no terminal here');
    },
    text: () => Buffer.concat(chunks).toString('utf8'),
  };
}

/** As much as Node reads from a pipe at a time. */
const CHUNK_BYTES = 65_536;

/** Each piece is overwritten when the next one is asked for. */
async function* inChunks(bytes: Buffer): AsyncGenerator<Uint8Array> {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
    yield chunk.subarray(0, bytes.copy(chunk, 0, start));
    chunk.fill(0);
  }
}
