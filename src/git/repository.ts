/**
 * Short questions to a repository, asked through simple-git (the only file that uses it). Its timers are off: with their
 * defaults a command without output waits 50 ms, and the process lives 50 ms longer.
 */

import type { SimpleGit } from 'simple-git';
import { cleanEnvironment, gitProgram } from './environment.ts';
import { type GitOptions, SETTINGS } from './spawn.ts';

/** The oldest supported git. */
export const GIT_MINIMUM = { major: 2, minor: 25 } as const;

export interface Repository {
  /** The version of git; undefined if git cannot be started. */
  version(): Promise<{ readonly text: string; readonly supported: boolean } | undefined>;
  /**
   * The way from the folder up to the root of its work tree: empty, or `../` for each step; an absolute path if the root is
   * elsewhere. Undefined outside a work tree.
   */
  wayUp(): Promise<string | undefined>;
  /** The commit of HEAD; undefined in a repository without commits. */
  head(): Promise<string | undefined>;
  /** The configured address of the remote `origin`; undefined without one. */
  origin(): Promise<string | undefined>;
  /** Whether git ignores all files of the folder, because of its name or a pattern for all its content. */
  ignoresContent(): Promise<boolean>;
}

/** What simple-git refuses in an environment or a setting: these short commands run none of the programs. */
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

/** The answers without git. */
const NO_ANSWERS: Repository = {
  version: none,
  wayUp: none,
  head: none,
  origin: none,
  ignoresContent: () => Promise.resolve(false),
};

/** A name that no specific pattern matches. */
const ANY_NAME = 'glaive-any-name';

/** Opens the repository around a folder. */
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
    // These variables and settings make git safer, but simple-git cannot know that.
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
    // The question is about a name in the folder, not about its path: a path may be a secret, and arguments are public.
    ignoresContent: async () => (await ask('check-ignore', ANY_NAME)) === ANY_NAME,
  };
}
