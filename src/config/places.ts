/** Where the files of a policy are. */

import { dirname } from 'node:path';
import { fileIn } from '../lib/file-in.ts';
import { userFolder } from '../lib/user-folders.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Every file that decides the policy of a scan without flags. @param base the root of the work tree, else `cwd` */
export function policyFiles(cwd: string, base: string, env: Environment): string[] {
  const own = userFile(env);
  return [...(own === undefined ? [] : [own]), ...configPaths(cwd, base), ignorePath(base), defaultBaseline(base)];
}

/** The configuration of the user. */
export function userFile(env: Environment): string | undefined {
  const folder = userFolder('config', env);
  return folder === undefined ? undefined : fileIn(folder, 'config.toml');
}

/** Paths where the configuration of a repository may be, the nearest first. */
export function configPaths(cwd: string, base: string): string[] {
  const paths: string[] = [];
  for (let folder = cwd; ; folder = dirname(folder)) {
    paths.push(fileIn(folder, '.glaive.toml'));
    if (folder === base || dirname(folder) === folder) return paths;
  }
}

export const IGNORE_FILE = '.glaiveignore';

/** The path of the ignore file. */
export function ignorePath(base: string): string {
  return fileIn(base, IGNORE_FILE);
}

/** The baseline, if no flag names one. */
export function defaultBaseline(base: string): string {
  return fileIn(base, '.glaive-baseline');
}
