/** Lists of commits, and of the files of one, from `git rev-list` and `git ls-tree`: plumbing that no configuration changes. */

import { decodePath } from '../lib/path-bytes.ts';
import { EMPTY_TREES } from './changes.ts';
import { allLines, gitLines, type GitOptions, gitRecords } from './spawn.ts';

export interface Commit {
  readonly id: string;
  /** Without those that a shallow clone lacks. */
  readonly parents: readonly string[];
}

/** The commits reachable from `include` and from nothing that is excluded. */
export interface CommitRange {
  /** Object ids. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Refs to exclude, as options of rev-list: `--all`, `--remotes=origin`. */
  readonly excludeRefs?: readonly string[];
}

/** Lists the commits of a range, parents before children. @throws GitError also for a missing object */
export async function listCommits({ include, exclude, excludeRefs = [] }: CommitRange, options: GitOptions) {
  const args = ['rev-list', '--topo-order', '--reverse', '--parents', '--stdin'];
  const input = [...include, ...exclude.map((id) => `^${id}`)].map((id) => `${id}\n`).join('');
  const not = excludeRefs.length === 0 ? [] : ['--not', ...excludeRefs];
  const commits: Commit[] = [];
  for await (const line of gitLines([...args, ...not], { ...options, input })) {
    const [id, ...parents] = line.split(' ');
    commits.push({ id: id!, parents });
  }
  return commits;
}

/** Commits without parents. @throws GitError */
export async function rootCommits(options: GitOptions): Promise<string[]> {
  return await allLines(['rev-list', '--max-parents=0', '--all', '--reflog'], options);
}

/**
 * Lists the commits of some refs, or of all.
 *
 * @param refs patterns such as `main` or `release/*`
 * @throws GitError
 */
export async function reachableCommits(
  {
    refs,
    exclude,
    since,
  }: { readonly refs: readonly string[]; readonly exclude: readonly string[]; readonly since: string | undefined },
  options: GitOptions,
): Promise<ReadonlySet<string>> {
  const args = [
    'rev-list',
    ...(since === undefined ? [] : [`--since=${since}`]),
    ...(refs.length === 0
      ? ['--all', '--reflog']
      : refs.flatMap((ref) => [`--branches=${exact(ref)}`, `--tags=${exact(ref)}`, `--remotes=${exact(ref)}`])),
    '--stdin',
  ];
  const input = exclude.map((revision) => `^${revision}\n`).join('');
  return new Set(await allLines(args, { ...options, input }));
}

/**
 * Lists the content of a tree: its files, and the paths of submodules and empty folders, which have no bytes here.
 *
 * @throws GitError
 */
export async function* entriesOfTree(
  tree: string,
  options: GitOptions,
): AsyncGenerator<{ readonly path: string; readonly blob: string | undefined }> {
  for await (const record of gitRecords(['ls-tree', '-r', '-t', '-z', '--full-tree', tree], options)) {
    // <mode> <type> <object>\t<path>
    const tab = record.indexOf(0x09);
    const [, type, id] = record.toString('latin1', 0, tab).split(' ');
    if (type === 'tree' && !EMPTY_TREES.has(id!)) continue;
    yield { path: decodePath(record.subarray(tab + 1)), blob: type === 'blob' ? id : undefined };
  }
}

/** Git reads a pattern without wildcards as a folder. A letter in brackets makes it a name that matches itself only. */
function exact(pattern: string): string {
  return /[*?[]/.test(pattern) ? pattern : pattern.replace(/[A-Za-z0-9](?=[^A-Za-z0-9]*$)/, '[$&]');
}
