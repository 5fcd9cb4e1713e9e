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
  const { io, stdout, stderr } = testIo(argv, options);
  const code = await run(io);
  return { code, stdout: stdout.text(), stderr: withoutProgress(stderr.text()) };
}

/** The process as a command under test sees it, and what it writes. */
export function testIo(argv: readonly string[], options: RunOptions = {}) {
  const env = testEnvironment(options.env);
  const keyboard = options.keys === undefined ? undefined : typist(options.keys);
  const columns = options.columns ?? (keyboard && 80);
  const [stdout, stderr] = [collect(columns, keyboard?.onShown), collect(columns)];
  const io: Io = {
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
    signal: new AbortController().signal,
    hold: () => () => {},
  };
  return { io, stdout, stderr };
}

/** The lines of a scan that takes ten seconds, which any does on a busy machine. Tests of progress itself call `showProgress`. */
export function withoutProgress(stderr: string): string {
  return stderr.replaceAll(/^glaive: (?:\d+ files?, .*\/s(?:, \d+ s left)?|[a-z][a-z ]*: \d+ s)\n/gm, '');
}

/** A person at a keyboard, who reads before each key. */
function typist(keys: NonNullable<RunOptions['keys']>) {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} });
  let seen = '';
  let next = 0;
  return {
    input,
    onShown: (text: string): void => {
      seen += text;
      const [shown, key] = keys[next] ?? [];
      if (shown === undefined || !(typeof shown === 'string' ? seen.includes(shown) : shown.test(seen))) return;
      next++;
      seen = '';
      // When the prompt has been drawn it listens.
      setTimeout(() => input.write(key), 1);
    },
  };
}

function collect(columns: number | undefined, onShown: (text: string) => void = () => {}): Output & { text(): string } {
  const chunks: Buffer[] = [];
  const take = (chunk: string | Uint8Array): void => {
    chunks.push(Buffer.from(chunk));
    onShown(Buffer.from(chunk).toString('utf8'));
  };
  const isTTY = columns !== undefined;
  return {
    write: async (text) => take(text),
    isClosed: false,
    isTTY,
    columns,
    stream: () => {
      if (!isTTY) throw new Error('there is no terminal here');
      return Object.assign(
        new Writable({
          write: (chunk: Buffer, _, done) => {
            take(chunk);
            done();
          },
        }),
        { columns },
      );
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
