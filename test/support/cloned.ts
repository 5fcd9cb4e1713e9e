/** A store of clones in a test, and what is left of them: processes, files, arguments. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cloneOrUpdate, type CloneOptions, type CloneResult } from '../../src/fleet/clone.ts';
import { git, gitEnvironment, tempFolder, tempRepository } from './temp-folder.ts';

export const KEY = '0123456789abcdef01234567';

export interface TestStore {
  readonly store: string;
  readonly options: CloneOptions;
  clone(url: string, more?: Partial<CloneOptions>): Promise<CloneResult>;
}

export function testStore(given: Partial<CloneOptions> = {}): TestStore {
  const store = tempFolder();
  const options: CloneOptions = {
    store,
    env: gitEnvironment(),
    signal: new AbortController().signal,
    killProcess: (pid) => void process.kill(pid, 'SIGKILL'),
    diskFree: 1,
    ...given,
  };
  return { store, options, clone: (url, more = {}) => cloneOrUpdate({ key: KEY, url }, { ...options, ...more }) };
}

/** A folder of bare repositories for a server, and the work tree that its `shop.git` is pushed from. */
export function hosted(files: Readonly<Record<string, string | Uint8Array>> = { 'a.txt': 'one\n' }): {
  readonly root: string;
  readonly work: string;
  readonly bare: string;
} {
  const root = tempFolder();
  const bare = join(root, 'shop.git');
  git(root, 'init', '--quiet', '--bare', '--initial-branch=main', bare);
  const work = tempRepository(files);
  git(work, 'push', '--quiet', bare, 'main');
  return { root, work, bare };
}

/** Every file of a folder in which a text is; the names too. */
export function filesWith(folder: string, text: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    const path = join(entry.parentPath, entry.name);
    return entry.name.includes(text) || (entry.isFile() && readFileSync(path).includes(text)) ? [path] : [];
  });
}

/** The command lines of all processes, while something runs. @returns a function that ends it and gives those with a text */
export function watchArguments(): (text: string) => string[] {
  const seen = new Set<string>();
  const look = (): void => {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
      try {
        seen.add(readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '));
      } catch {
        // It has ended.
      }
  };
  const timer = setInterval(look, 5);
  return (text) => {
    clearInterval(timer);
    return [...seen].filter((line) => line.includes(text));
  };
}
