/** Partial clones: which objects they lack by design and not by damage, and fetching them from the promisor remote. */

import { walkReachable } from './all-objects.ts';
import { changesOf } from './changes.ts';
import { type CommitRange, listCommits } from './commits.ts';
import { fetchFrom } from './remote.ts';
import { shallowCommits } from './resolve.ts';
import { allLines, GitError, gitLineBatches, type GitOptions, gitText } from './spawn.ts';

/** The remote that promised the missing objects; undefined in a full clone. @throws GitError */
export async function promisorOf(options: GitOptions): Promise<string | undefined> {
  const keys = String.raw`^(extensions\.partialclone|remote\..*\.promisor)$`;
  const text = await gitText(['config', '--null', '--get-regexp', keys], options).catch((error: unknown) => {
    // Git ends with 1 if there is no such key, whatever it warns of.
    if (error instanceof GitError && error.exitCode === 1) return '';
    throw error;
  });
  for (const entry of text.split('\0')) {
    const [key = '', value = 'true'] = entry.split(/\n(.*)/s);
    if (/^extensions\./i.test(key) && value !== '') return value;
    const [, remote] = /^remote\.(.*)\.promisor$/is.exec(key) ?? [];
    if (remote !== undefined && /^(?:true|yes|on|1)$/i.test(value)) return remote;
  }
  return undefined;
}

/** Which of the objects are missing here. Lists all objects that are here, so git contacts no remote. @throws GitError */
export async function absentOf(ids: Iterable<string>, options: GitOptions): Promise<Set<string>> {
  const absent = new Set(ids);
  if (absent.size === 0) return absent;
  const args = ['cat-file', '--batch-all-objects', '--unordered', '--batch-check=%(objectname)'];
  for await (const lines of gitLineBatches(args, options)) for (const line of lines) absent.delete(line);
  return absent;
}

/** The versions that commits create or replace, from trees alone. @throws GitError */
export async function versionsOf(commits: readonly string[], options: GitOptions): Promise<Set<string>> {
  const versions = new Set<string>();
  for await (const { blob, before, kind } of changesOf(commits, options, { renames: false })) {
    if (blob !== undefined && kind !== 'submodule') versions.add(blob);
    for (const version of before) versions.add(version.blob);
  }
  return versions;
}

/**
 * Fetches the missing objects of a range: first its trees in one batch, if they are missing, then versions of files in another.
 *
 * @throws GitError
 */
export async function fetchPromised(range: CommitRange, options: GitOptions): Promise<void> {
  const remote = await promisorOf(options);
  if (remote === undefined) return;
  const commits = await listCommits(range, options);
  const ids = commits.map(({ id }) => id);
  const versions = await versionsOf(ids, options).catch(async (error: unknown) => {
    if (!(error instanceof GitError) || error.reason !== 'partial') throw error;
    const parents = commits.flatMap((commit) => commit.parents);
    await fetchObjects(
      await absentOf(await treesOf([...new Set([...ids, ...parents])], options), options),
      remote,
      options,
    );
    return await versionsOf(ids, options);
  });
  await fetchObjects(await absentOf(versions, options), remote, options);
}

/**
 * Fetches everything that a shallow or partial clone lacks. In a partial clone the missing objects are named only by others, so
 * trees come before files; a batch each.
 *
 * @throws GitError
 */
export async function fetchWhole(options: GitOptions): Promise<void> {
  const remote = await promisorOf(options);
  if ((await shallowCommits(options)).size > 0)
    await fetchFrom({ remote: remote ?? 'origin', flags: ['--unshallow'] }, options);
  if (remote === undefined) return;
  const asked = new Set<string>();
  for (;;) {
    const missing = new Set<string>();
    await walkReachable(options, [], (id, isMissing) => {
      if (isMissing && !asked.has(id)) missing.add(id);
    });
    if (missing.size === 0) return;
    for (const id of missing) asked.add(id);
    // If a tree and a file in it are both requested, a filter would leave out the file.
    await fetchObjects(missing, remote, options, '--no-filter');
  }
}

/** The root trees of commits. @throws GitError */
async function treesOf(commits: readonly string[], options: GitOptions): Promise<string[]> {
  const input = commits.map((id) => `${id}\n`).join('');
  const lines = await allLines(['rev-list', '--no-walk', '--stdin', '--format=%T'], { ...options, input });
  return lines.filter((line) => /^[0-9a-f]+$/.test(line));
}

/** Fetches objects as git does by itself, but all at once. @throws GitError */
export async function fetchObjects(
  ids: ReadonlySet<string>,
  remote: string,
  options: GitOptions,
  filter = '--filter=blob:none',
): Promise<void> {
  if (ids.size === 0) return;
  const flags = ['--no-tags', '--no-write-fetch-head', filter];
  await fetchFrom({ remote, flags, settings: ['fetch.negotiationAlgorithm=noop'], wanted: [...ids] }, options);
}
