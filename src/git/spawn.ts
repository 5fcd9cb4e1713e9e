/**
 * The one place that starts git.
 *
 * A repository is not trusted: its configuration can name programs that git runs for harmless commands. Every call turns these
 * off. No shell is ever involved.
 */

import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { cleanEnvironment, type Environment, gitProgram, type EnvironmentOptions } from './environment.ts';
import { endError, gitMissing, startError, throwIfStopped } from './git-error.ts';
import { LF } from '../lib/bytes.ts';

export { GitError, isStop, throwIfStopped } from './git-error.ts';

/** Settings that keep a repository from running programs, and one that keeps names in their original form. */
export const SETTINGS = ['core.fsmonitor=false', 'core.hooksPath=/dev/null', 'core.quotePath=false'] as const;

const SWITCHES = ['--no-optional-locks', '--no-pager', '--no-replace-objects'];

export interface GitOptions extends EnvironmentOptions {
  readonly cwd: string;
  /** The environment of the user; it is cleaned before git is started. */
  readonly env: Environment;
  /** Ends git early, with an error, because a truncated reply is wrong. Once it has fired, git is not started any more. */
  readonly signal?: AbortSignal | undefined;
  /** Git's standard input. */
  readonly input?: string;
  /** Receives the step that a fetch is at, and how much of the step is done. */
  readonly onFetchProgress?: ((step: string, percent: number) => void) | undefined;
}

/** Standard error is kept up to about this many bytes. */
const STDERR_MAX = 4 * 1024 * 1024;

/**
 * Runs git and yields its output in pieces, as they arrive.
 *
 * @param onWarning receives each line of standard error if git succeeds
 * @throws GitError when git is missing or fails; the output until then is valid
 */
export async function* gitStream(
  args: readonly string[],
  options: GitOptions,
  onWarning: (line: Buffer) => void = () => {},
): AsyncGenerator<Buffer> {
  const { signal, input } = options;
  const child = gitProcess(args, options);
  // Git may end before it has read everything, and gives the reason.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const stop = (): void => {
    child.kill();
    // A program that git has started may keep the pipe open longer.
    child.stdout.destroy();
    child.stderr.destroy();
  };
  signal?.addEventListener('abort', stop);
  const errors: Buffer[] = [];
  let length = 0;
  child.stderr.on('data', (piece: Buffer) => {
    if (length < STDERR_MAX) errors.push(piece);
    length += piece.length;
  });
  const exit = new Promise<number | NodeJS.Signals | null | Error>((resolve) => {
    child.on('error', resolve);
    child.on('close', (code, by) => resolve(code ?? by));
  });

  try {
    yield* child.stdout as AsyncIterable<Buffer>;
    const ended = await exit;
    await throwIfInterrupted(ended, signal);
    if (ended instanceof Error) throw startError(ended);
    const stderr = Buffer.concat(errors);
    if (ended !== 0) throw endError(ended, stderr);
    for (const line of warningLines(stderr)) onWarning(line);
  } catch (error) {
    throwIfStopped(signal);
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
    // Reached early if the consumer stops; harmless when git has ended.
    child.kill();
  }
}

/** Ctrl-C ends git as well; this lets the handler run that records it. @throws GitError when the signal has fired */
async function throwIfInterrupted(ended: unknown, signal: AbortSignal | undefined): Promise<void> {
  if (typeof ended === 'string') await new Promise((resolve) => setImmediate(resolve));
  throwIfStopped(signal);
}

/** Starts git as a process for a dialogue. The caller must end it. @throws GitError, also when the signal has fired */
export function gitProcess(args: readonly string[], options: GitOptions): ChildProcessWithoutNullStreams {
  throwIfStopped(options.signal);
  const { program, cwd, env } = started(options);
  let child: ChildProcessWithoutNullStreams;
  try {
    child = spawn(program, commandLine(args, options), { cwd, env, stdio: 'pipe' });
  } catch (error) {
    throw startError(error as NodeJS.ErrnoException);
  }
  // Node creates no pipes if it has no file descriptors left, and reports that later.
  if ((child.stdin as unknown) === undefined || child.stdin === null) {
    child.on('error', () => {});
    throw startError(Object.assign(new Error('EMFILE'), { code: 'EMFILE' }));
  }
  return child;
}

/**
 * Git by its path, never by its name: a program called git in the working directory belongs to the repository. @throws GitError
 */
function started({ cwd, env, ...environment }: GitOptions): {
  readonly program: string;
  readonly cwd: string;
  readonly env: Record<string, string>;
} {
  const program = gitProgram(env);
  if (program === undefined) throw gitMissing();
  return { program, cwd, env: cleanEnvironment(env, environment) };
}

/** Limits of size and time for output that is read at once; beyond them it is streamed. */
const AT_ONCE_BYTES = 8 * 1024 * 1024;
const AT_ONCE_MS = 2000;

/**
 * The whole output, if it is short: Node's streams cost milliseconds that a commit hook can save.
 *
 * @returns undefined if the output is long, or git takes long
 * @throws GitError
 */
export async function gitOutput(args: readonly string[], options: GitOptions): Promise<Buffer | undefined> {
  const { signal } = options;
  throwIfStopped(signal);
  const { program, cwd, env } = started(options);
  const ended = spawnSync(program, commandLine(args, options), {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: AT_ONCE_BYTES,
    timeout: AT_ONCE_MS,
  });
  const { code } = (ended.error ?? {}) as NodeJS.ErrnoException;
  if (code === 'ENOBUFS' || code === 'ETIMEDOUT') return undefined;
  await throwIfInterrupted(ended.signal, signal);
  if (ended.error !== undefined) throw startError(ended.error);
  if (ended.status !== 0) throw endError(ended.status ?? ended.signal, ended.stderr);
  return ended.stdout;
}

/** Like {@link gitStream}, for output that is nearly always short. If it is long, git is started again and streamed. @throws GitError */
export async function* gitAtOnce(args: readonly string[], options: GitOptions): AsyncGenerator<Buffer> {
  const output = await gitOutput(args, options);
  if (output === undefined) yield* gitStream(args, options);
  else yield output;
}

function commandLine(args: readonly string[], { hooksPath }: GitOptions): string[] {
  const settings = SETTINGS.filter((setting) => hooksPath === undefined || !setting.startsWith('core.hooksPath='));
  return [...SWITCHES, ...settings.flatMap((setting) => ['-c', setting]), ...args];
}

/** The records of git's output that end with NUL (`-z`); otherwise like {@link gitStream}. */
export async function* gitRecords(...call: Parameters<typeof gitStream>): AsyncGenerator<Buffer> {
  for await (const records of gitRecordBatches(...call)) yield* records;
}

/** The same in batches: passing on each of 100 000 records costs more than using it. */
export async function* gitRecordBatches(...call: Parameters<typeof gitStream>): AsyncGenerator<Buffer[]> {
  yield* splitRecords(gitStream(...call));
}

/** The whole output, for short replies. @throws GitError */
export async function gitText(...call: Parameters<typeof gitStream>): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of gitStream(...call)) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}

/** The only line of the output, or the first lines without the last line feed. @throws GitError */
export async function gitLine(...call: Parameters<typeof gitStream>): Promise<string> {
  return (await gitText(...call)).replace(/\n$/, '');
}

/** The lines of git's output, decoded as UTF-8. A last line without a line feed is cut off, and not returned. @throws GitError */
export async function* gitLines(...call: Parameters<typeof gitStream>): AsyncGenerator<string> {
  for await (const lines of gitLineBatches(...call)) yield* lines;
}

/** All lines of the output, for short replies. @throws GitError */
export async function allLines(...call: Parameters<typeof gitStream>): Promise<string[]> {
  const lines: string[] = [];
  for await (const batch of gitLineBatches(...call)) lines.push(...batch);
  return lines;
}

/** As {@link gitLines}, as many at a time as there are: an await for each of a million lines costs seconds. */
export async function* gitLineBatches(...call: Parameters<typeof gitStream>): AsyncGenerator<string[]> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of gitStream(...call)) {
    const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    const end = bytes.lastIndexOf(LF) + 1;
    rest = bytes.subarray(end);
    if (end > 0) yield bytes.toString('utf8', 0, end - 1).split('\n');
  }
}

async function* splitRecords(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer[]> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of stream) {
    const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    const records: Buffer[] = [];
    let start = 0;
    for (let end = bytes.indexOf(0); end >= 0; end = bytes.indexOf(0, start)) {
      records.push(bytes.subarray(start, end));
      start = end + 1;
    }
    rest = bytes.subarray(start);
    if (records.length > 0) yield records;
  }
}

function* warningLines(bytes: Buffer): Generator<Buffer> {
  for (let start = 0, end = bytes.indexOf(LF); end >= 0; start = end + 1, end = bytes.indexOf(LF, start)) {
    yield bytes.subarray(start, end);
  }
}
