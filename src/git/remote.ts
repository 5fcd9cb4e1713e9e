/**
 * The remote of a repository: its address, and long fetches with progress. The only file that uses simple-git, which is loaded when
 * it is needed: a commit hook never does.
 */

import type { SimpleGit } from 'simple-git';
import { defined } from '../lib/defined.ts';
import { cleanEnvironment, gitProgram } from './environment.ts';
import { endError, gitMissing } from './git-error.ts';
import { type GitOptions, SETTINGS, throwIfStopped } from './spawn.ts';

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

/** Fetches, and reports progress to `options.onFetchProgress`. @throws GitError */
export async function fetchFrom({ remote, flags, settings, wanted = [] }: Fetch, options: GitOptions): Promise<void> {
  throwIfStopped(options.signal);
  const { pathspec } = await import('simple-git');
  // Without input simple-git leaves standard input open, and git would wait for names.
  const input = wanted.length === 0 ? undefined : wanted.map((name) => `${name}\n`).join('');
  const git = await simpleGitFor({ ...options, fetches: true, ...defined({ input }) }, settings);
  const quiet = options.onFetchProgress === undefined ? ['--quiet'] : [];
  const fromInput = input === undefined ? [] : ['--stdin'];
  const args = ['fetch', ...quiet, '--no-recurse-submodules', '--no-auto-gc', ...flags, ...fromInput];
  try {
    // A pathspec goes behind `--`: the repository names the remote.
    await git.raw([...args, pathspec(remote)]);
  } catch (error) {
    throwIfStopped(options.signal);
    throw endError(128, Buffer.from((error as Error).message)); // simple-git throws git's standard error
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
  allowUnsafeCustomBinary: true,
  allowUnsafeEditor: true,
  allowUnsafeExec: true,
  allowUnsafeFsMonitor: true,
  allowUnsafeGitProxy: true,
  allowUnsafeHooksPath: true,
  allowUnsafePager: true,
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
