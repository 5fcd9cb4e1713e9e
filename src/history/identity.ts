/** How a state recognises its repository: by commits, and by digests of its folder and its remote. */

import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { rootCommits } from '../git/commits.ts';
import { GitError, type GitOptions, gitText, isStop } from '../git/spawn.ts';

/** Digests of where a repository is and where it comes from, for when all of its commits have changed. */
export async function placesOfRepository(options: GitOptions): Promise<string[]> {
  const ask = async (...args: string[]): Promise<string> =>
    (await gitText(args, options).catch((): string => '')).trim();
  const folder = await ask('rev-parse', '--git-common-dir');
  const origin = await ask('config', '--get', 'remote.origin.url');
  return [
    ...(folder === '' ? [] : [realpathSync(resolve(options.cwd, folder))]),
    ...(origin === '' ? [] : [origin]),
  ].map(hash);
}

/** A digest, so that a state does not name its repository. */
function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** The first commits; none where git cannot list them, which the listing of objects reports. */
export async function rootsOf(options: GitOptions): Promise<string[]> {
  return await rootCommits(options).catch((error: unknown) => {
    if (error instanceof GitError && !isStop(error)) return [];
    throw error;
  });
}
