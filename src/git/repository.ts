/**
 * Questions to a repository with small answers, asked through simple-git (the one file that knows it). Its timers are
 * off: with their defaults a question that prints nothing waits 50 ms, and the process lives as long again.
 */

import type { SimpleGit } from 'simple-git';
import { type GitOptions, HARDENING } from './spawn.ts';

/** The oldest git whose answers glaive relies on. */
export const GIT_MINIMUM = { major: 2, minor: 25 } as const;

export interface Repository {
  /** What git says of itself; undefined where there is no git. */
  version(): Promise<{ readonly text: string; readonly supported: boolean } | undefined>;
  /** The absolute path of the work tree's root; undefined outside one. */
  root(): Promise<string | undefined>;
  /** The commit that HEAD names; undefined in a repository without commits. */
  head(): Promise<string | undefined>;
  /** Whether git ignores the path. */
  ignores(path: string): Promise<boolean>;
}

/** The repository around a directory. */
export async function openRepository({ cwd, env }: GitOptions): Promise<Repository> {
  const { simpleGit } = await import('simple-git');
  const settings = HARDENING.filter((_, index) => HARDENING[index - 1] === '-c');
  const git: SimpleGit = simpleGit({
    baseDir: cwd,
    config: settings,
    completion: { onClose: true, onExit: false },
    // What we set makes git safer; simple-git cannot tell and wants to be told.
    unsafe: { allowUnsafeHooksPath: true, allowUnsafeFsMonitor: true },
  }).env(smallEnvironment(env));

  const ask = async (...args: string[]): Promise<string | undefined> => {
    try {
      return (await git.raw(args)).trim();
    } catch {
      return undefined;
    }
  };
  return {
    async version() {
      const version = await git.version();
      if (!version.installed) return undefined;
      const { major, minor, patch } = version;
      const supported = major > GIT_MINIMUM.major || (major === GIT_MINIMUM.major && minor >= GIT_MINIMUM.minor);
      return { text: `${major}.${minor}.${patch}`, supported };
    },
    root: () => ask('rev-parse', '--show-toplevel'),
    head: async () => {
      const commit = await ask('rev-parse', '--verify', '--quiet', 'HEAD');
      return commit === '' ? undefined : commit;
    },
    ignores: async (path) => (await git.checkIgnore([path])).length > 0,
  };
}

/** What git needs to find itself and its configuration. simple-git refuses much else: any `GIT_*`, `EDITOR`, `PAGER`. */
const NEEDED = ['PATH', 'HOME', 'USERPROFILE', 'XDG_CONFIG_HOME', 'SYSTEMROOT', 'TMPDIR', 'TEMP'];

function smallEnvironment(env: GitOptions['env']): Record<string, string> {
  const kept = NEEDED.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const]));
  return { ...Object.fromEntries(kept), LC_ALL: 'C' };
}
