/**
 * Questions to a repository with small answers, asked through simple-git (the one file that knows it). Its timers are
 * off: with their defaults a question that prints nothing waits 50 ms, and the process lives as long again.
 */

import type { SimpleGit } from 'simple-git';
import { cleanEnvironment, gitProgram } from './environment.ts';
import { type GitOptions, SETTINGS } from './spawn.ts';

/** The oldest git whose answers glaive relies on. */
export const GIT_MINIMUM = { major: 2, minor: 25 } as const;

export interface Repository {
  /** What git says of itself; undefined where there is no git that can be started. */
  version(): Promise<{ readonly text: string; readonly supported: boolean } | undefined>;
  /**
   * The way from the directory up to the root of the work tree that git sees around it: empty, or `../` for each
   * step; an absolute path when that lies elsewhere. Undefined outside a work tree.
   */
  wayUp(): Promise<string | undefined>;
  /** The commit that HEAD names; undefined in a repository without commits. */
  head(): Promise<string | undefined>;
  /** The address of the remote `origin`, as it is configured; undefined where there is none. */
  origin(): Promise<string | undefined>;
  /** Whether git ignores whatever comes into the directory, because of the directory itself or of all its content. */
  ignoresContent(): Promise<boolean>;
}

/** What simple-git refuses in an environment or a setting: questions with small answers run none of those programs. */
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

const none = (): Promise<undefined> => Promise.resolve(undefined);

/** Where there is no git. */
const NO_ANSWERS: Repository = {
  version: none,
  wayUp: none,
  head: none,
  origin: none,
  ignoresContent: () => Promise.resolve(false),
};

/** A name that no pattern means in particular. */
const ANY_NAME = 'glaive-any-name';

/** The repository around a directory. */
export async function openRepository({ cwd, env, signal }: GitOptions): Promise<Repository> {
  const { simpleGit } = await import('simple-git');
  const program = gitProgram(env);
  if (program === undefined) return NO_ANSWERS;
  const clean = cleanEnvironment(env, { about: 'around' });
  const git: SimpleGit = simpleGit({
    baseDir: cwd,
    binary: program,
    config: [...SETTINGS],
    completion: { onClose: true, onExit: false },
    // What was cleaned and set makes git safer; simple-git cannot tell and wants to be told.
    unsafe: UNSAFE,
    allowEnvironment: Object.keys(clean),
    ...(signal === undefined ? {} : { abort: signal }),
  }).env(clean);

  const ask = async (...args: string[]): Promise<string | undefined> => {
    try {
      return (await git.raw(args)).trim();
    } catch {
      return undefined;
    }
  };
  return {
    async version() {
      const version = await git.version().catch(() => undefined);
      if (version?.installed !== true) return undefined;
      const { major, minor, patch } = version;
      const supported = major > GIT_MINIMUM.major || (major === GIT_MINIMUM.major && minor >= GIT_MINIMUM.minor);
      return { text: `${major}.${minor}.${patch}`, supported };
    },
    wayUp: () => ask('rev-parse', '--show-cdup'),
    head: async () => {
      const commit = await ask('rev-parse', '--verify', '--quiet', 'HEAD');
      return commit === '' ? undefined : commit;
    },
    origin: () => ask('config', '--get', 'remote.origin.url'),
    // Asked about a name in the directory, not about its path: a path may hold a secret, and arguments are public.
    ignoresContent: async () => (await ask('check-ignore', ANY_NAME)) === ANY_NAME,
  };
}
