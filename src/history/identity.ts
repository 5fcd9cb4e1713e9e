/** How a state recognises its repository: by commits, and by digests of its folder and its remote. */

import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { rootCommits } from '../git/commits.ts';
import { listRefs } from '../git/refs.ts';
import { shallowEnds } from '../git/resolve.ts';
import { GitError, type GitOptions, gitText, isStop } from '../git/spawn.ts';

/** What a state keeps of its repository besides objects. */
export interface RepositoryIdentity {
  /** What refs name, sorted. */
  readonly tips: readonly string[];
  /** The first commits, and the tips; sorted. */
  readonly commits: readonly string[];
  readonly places: readonly string[];
  readonly isShallow: boolean;
}

/** @throws GitError */
export async function identityOf(options: GitOptions): Promise<RepositoryIdentity> {
  const places = await placesOfRepository(options);
  const tips = [...new Set((await listRefs(options)).map(({ object }) => object))].toSorted();
  const commits = [...new Set([...(await rootsOf(options)), ...tips])].toSorted();
  return { tips, commits, places, isShallow: (await shallowEnds(options)).length > 0 };
}

/** Digests of where a repository is and where it comes from, for when all of its commits have changed. */
async function placesOfRepository(options: GitOptions): Promise<string[]> {
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
async function rootsOf(options: GitOptions): Promise<string[]> {
  return await rootCommits(options).catch((error: unknown) => {
    if (error instanceof GitError && !isStop(error)) return [];
    throw error;
  });
}
