/**
 * Resolves names without ambiguity. Git takes the first of several matching refs, and only warns: a tag or branch pushed by
 * another person could hide the intended one. Here an ambiguous name is an error.
 */

import { firstOf } from '../lib/format-amounts.ts';
import { GlaiveError } from '../model/errors.ts';
import { allLines, gitLineBatches, type GitOptions } from './spawn.ts';

/**
 * Returns the revision with the full name of its ref, which git reads in only one way; undefined if nothing has that name.
 *
 * @throws GlaiveError (`usage`) if it is ambiguous
 * @throws GitError
 */
export async function exactRevision(revision: string, options: GitOptions): Promise<string | undefined> {
  const name = /^(?:(?!@\{)[^~^:])*/.exec(revision)![0]; // it matches nothing too
  if (['', '@', 'HEAD'].includes(name) || isId(name)) return revision;
  const found = await refsNamed(name, options);
  const inFull = (ref: string): string => ref + revision.slice(name.length);
  if (name.startsWith('refs/')) return found.includes(name) ? inFull(name) : undefined;
  const others = found.length === 0 ? [] : await otherMeanings(name, found, options);
  const [ref] = found;
  if (ref === undefined) return isNoRef(name) ? revision : undefined;
  if (found.length + others.length === 1) return inFull(ref);
  throw new GlaiveError(
    'usage',
    `${JSON.stringify(name)} is ambiguous: it may be ${firstOf([...found, ...others], LISTED, ' or ')}`,
    { hint: 'Name what you mean in full: refs/heads/NAME, refs/remotes/REMOTE/NAME, refs/tags/NAME, or the whole id.' },
  );
}

/** How many meanings an error lists. */
const LISTED = 10;

/** An id of SHA-1 or SHA-256: git ignores a ref of that name. */
function isId(name: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i.test(name);
}

/** Names that git resolves without a ref: abbreviated ids, names by `git describe`, and special files such as HEAD. */
function isNoRef(name: string): boolean {
  return (
    /^[0-9a-f]{4,}$/i.test(name) ||
    /-g[0-9a-f]{4,}$/i.test(name) ||
    /^(?:(?:main-worktree|worktrees\/[^/]+)\/)?[A-Z_]+$/.test(name)
  );
}

/** The refs that git would take for a name (gitrevisions(7)). */
async function refsNamed(name: string, options: GitOptions): Promise<string[]> {
  const candidates = new Set(['', 'refs/', 'refs/tags/', 'refs/heads/', 'refs/remotes/'].map((place) => place + name));
  candidates.add(`refs/remotes/${name}/HEAD`);
  const found: string[] = [];
  // A name may be a secret, and arguments are public; so git lists all refs.
  for await (const refs of gitLineBatches(['for-each-ref', '--format=%(refname)'], options))
    found.push(...refs.filter((ref) => candidates.has(ref)));
  return found;
}

/** What else the name could mean, besides existing refs. */
async function otherMeanings(name: string, found: readonly string[], options: GitOptions): Promise<string[]> {
  if (/^[0-9a-f]{4,}$/i.test(name)) {
    return await allLines(['rev-parse', `--disambiguate=${name}`], options);
  }
  // "origin/main" is the branch of a remote, even if it was not fetched.
  const [remote] = name.split('/', 1);
  if (found.some((ref) => ref.startsWith('refs/remotes/')) || !name.includes('/')) return [];
  const remotes = await allLines(['remote'], options);
  return remotes.includes(remote!) ? [`refs/remotes/${name}, which is not here`] : [];
}
