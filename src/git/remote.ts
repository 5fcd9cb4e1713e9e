/**
 * The remote of a repository: its address, its refs, and long fetches with progress. The only file that uses simple-git, which is
 * loaded when it is needed: a commit hook never does.
 */

import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { SimpleGit } from 'simple-git';
import { defined } from '../lib/defined.ts';
import { cleanEnvironment, gitProgram } from './environment.ts';
import { endError, GitError, gitMissing } from './git-error.ts';
import { type GitOptions, SETTINGS, throwIfStopped } from './spawn.ts';
import { endStrays } from './strays.ts';

/** The configured address of the remote `origin`; undefined without that remote. */
export async function originOf(options: GitOptions): Promise<string | undefined> {
  try {
    const git = await simpleGitFor({ ...options, about: 'around' });
    return (await git.getConfig('remote.origin.url')).value ?? undefined;
  } catch {
    return undefined;
  }
}

export interface Fetch {
  readonly remote: string;
  readonly flags: readonly string[];
  /** Settings for this call, as `name=value`. */
  readonly settings?: readonly string[];
  /** Object ids and refspecs. Git reads them from standard input: a name may be a secret, and arguments are public. */
  readonly wanted?: readonly string[];
}

export interface RemoteOptions extends GitOptions {
  /**
   * Kills a process. When the signal fires, git ends, but not the program that speaks to the server for it, which would wait for
   * an answer. On Linux, the call returns when that is gone as well.
   */
  readonly killProcess?: ((pid: number) => void) | undefined;
  /** Ends git if it writes more than so many bytes: the server writes most of them. */
  readonly outputMax?: number;
}

/** A call that the remote is part of failed. */
export class RemoteError extends GitError {
  /** All that git has written; the server may have written a part of it. */
  readonly text: string;

  constructor(error: GitError, text: string) {
    super(error.reason, error.message, { hint: error.hint, cause: error });
    this.name = 'RemoteError';
    this.text = text;
  }
}

/** Fetches, and reports progress to `options.onFetchProgress`. @throws GitError */
export async function fetchFrom(
  { remote, flags, settings, wanted = [] }: Fetch,
  options: RemoteOptions,
): Promise<void> {
  // Without input simple-git leaves standard input open, and git would wait for names.
  const input = wanted.length === 0 ? undefined : wanted.map((name) => `${name}\n`).join('');
  const quiet = options.onFetchProgress === undefined ? ['--quiet'] : [];
  const fromInput = input === undefined ? [] : ['--stdin'];
  const args = ['fetch', ...quiet, '--no-recurse-submodules', '--no-auto-gc', ...flags, ...fromInput];
  await call(args, remote, { ...options, ...defined({ input }) }, settings);
}

/** The refs that a remote offers, as `git ls-remote --symref` lists them. @throws GitError */
export async function listRemote(
  remote: string,
  options: RemoteOptions,
  settings?: readonly string[],
): Promise<string> {
  return await call(['ls-remote', '--symref', '--quiet'], remote, options, settings);
}

async function call(
  args: readonly string[],
  remote: string,
  { killProcess, outputMax, ...options }: RemoteOptions,
  settings?: readonly string[],
): Promise<string> {
  const { signal } = options;
  throwIfStopped(signal);
  const { pathspec } = await import('simple-git');
  // Every process that git starts inherits the mark.
  const mark = `GLAIVE_CALL=${randomBytes(16).toString('hex')}`;
  const env = { ...options.env, GLAIVE_CALL: mark.slice('GLAIVE_CALL='.length) };
  const flood = new AbortController();
  const either = signal === undefined ? flood.signal : AbortSignal.any([signal, flood.signal]);
  const git = await simpleGitFor({ ...options, env, fetches: true, signal: either }, settings);
  if (outputMax !== undefined) {
    let left = outputMax;
    const count = (stream: Readable): void =>
      void stream.on('data', (piece: Buffer) => {
        left -= piece.length;
        if (left < 0) flood.abort();
      });
    git.outputHandler((_, stdout, stderr) => [stdout, stderr].forEach((stream) => count(stream as Readable)));
  }
  const end = (): void => void (killProcess !== undefined && endStrays(mark, killProcess));
  either.addEventListener('abort', end, { once: true });
  try {
    // A pathspec goes behind `--`: the repository names the remote.
    return await git.raw([...args, pathspec(remote)]);
  } catch (error) {
    throwIfStopped(signal);
    if (flood.signal.aborted) throw new GitError('failed', 'the server sends too much text or too many refs');
    const text = (error as Error).message; // simple-git throws git's standard error
    throw new RemoteError(endError(128, Buffer.from(text)), text);
  } finally {
    either.removeEventListener('abort', end);
  }
}

/**
 * simple-git refuses variables and settings that name programs. The environment is clean already (`environment.ts`), and keeps only
 * the settings that the user relies on.
 */
const UNSAFE = {
  allowUnsafeAskPass: true,
  allowUnsafeConfigEnvCount: true,
  allowUnsafeConfigPaths: true,
  allowUnsafeCredentialHelper: true,
  allowUnsafeCustomBinary: true,
  allowUnsafeEditor: true,
  allowUnsafeExec: true,
  allowUnsafeFsMonitor: true,
  allowUnsafeGitProxy: true,
  allowUnsafeHooksPath: true,
  allowUnsafePager: true,
  allowUnsafeProtocolOverride: true,
  allowUnsafeSshCommand: true,
  allowUnsafeTemplateDir: true,
} as const;

async function simpleGitFor(
  { cwd, env, signal, input, onFetchProgress, ...question }: GitOptions,
  settings: readonly string[] = [],
): Promise<SimpleGit> {
  const program = gitProgram(env);
  if (program === undefined) throw gitMissing();
  const { simpleGit } = await import('simple-git');
  const clean = cleanEnvironment(env, question);
  return simpleGit({
    baseDir: cwd,
    binary: program,
    config: [...SETTINGS, ...settings],
    // With its default timers a command without output takes 50 ms, and the process lives 50 ms longer.
    completion: { onClose: true, onExit: false },
    unsafe: UNSAFE,
    allowEnvironment: Object.keys(clean),
    // By default, git has succeeded if it has written no error, as when it was killed.
    errors: (error, { exitCode }) => error ?? (exitCode === 0 ? undefined : Buffer.from(endOf(exitCode))),
    ...defined({
      abort: signal,
      input: input === undefined ? undefined : () => input,
      progress:
        onFetchProgress &&
        (({ stage, progress }: { readonly stage: string; readonly progress: number }) =>
          onFetchProgress(stage, progress)),
    }),
  }).env(clean);
}

/** @param code null if a signal has ended it, whatever the type says */
function endOf(code: number | null): string {
  return code === null ? 'fatal: git was killed' : `fatal: exit ${code}`;
}
