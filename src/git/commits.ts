/** Commits and their changes, from `git rev-list` and `git diff-tree`: plumbing that no configuration changes. */

import { decodePath } from '../lib/path-bytes.ts';
import { isNullId } from './object-id.ts';
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

/** One file that a commit changes. */
export interface FileChange {
  readonly commit: string;
  /** Relative to the root of the repository, as made by `decodePath`. */
  readonly path: string;
  /** Its old path if the commit renames it; in a merge that of the first parent with another path. */
  readonly oldPath?: string;
  /** Whether no parent has the path. */
  readonly newPath: boolean;
  /** The new object; undefined if the file is deleted. */
  readonly blob: string | undefined;
  /** The versions of the parents that have the file. */
  readonly before: readonly Version[];
  readonly kind: 'file' | 'submodule' | 'empty folder';
}

/** A file in a parent. */
export interface Version {
  readonly blob: string;
  /** Relative to the root of the repository; the old path if the commit renames the file. */
  readonly path: string;
}

const MODE_COMMIT = '160000';
const MODE_TREE = '040000';

/** The empty tree, by SHA-1 and by SHA-256. Git writes no tree with an empty folder, but other programs can. */
const EMPTY_TREES: ReadonlySet<string> = new Set([
  '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
  '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321',
]);

export interface ChangesOptions {
  /** Whether new empty folders are included, whose names are in no path of a file. Default: false. */
  readonly emptyFolders?: boolean;
  /**
   * Whether renames are detected, instead of listed as a deletion and a new file. Default: true. `exact`: only renames without
   * a change, which git detects without reading the files.
   */
  readonly renames?: boolean | 'exact';
}

/**
 * Lists the changes of commits against their parents; in a merge only files that differ from all parents. Changes of a commit
 * follow each other, commits are in the given order.
 *
 * @throws GitError
 */
export async function* changesOf(
  commits: readonly string[],
  options: GitOptions,
  { renames = true, emptyFolders = false }: ChangesOptions = {},
): AsyncGenerator<FileChange> {
  if (commits.length === 0) return;
  const args = [
    '-c',
    'diff.relative=false',
    'diff-tree',
    '--stdin',
    '-r',
    ...(emptyFolders ? ['-t'] : []),
    '-c',
    '--combined-all-paths',
    '--root',
    '--raw',
    '-z',
    '--no-abbrev',
    renames === 'exact' ? '-M100%' : renames ? '-M' : '--no-renames',
    '-O/dev/null',
  ];
  const input = commits.map((id) => `${id}\n`).join('');
  const records = gitRecords(args, { ...options, input });
  let commit = '';
  for await (const record of records) {
    const text = record.toString('latin1');
    if (!text.startsWith(':')) {
      commit = text;
      continue;
    }
    // :<modes> <objects> <status>, with a colon, a mode and an object for each parent. Then the path; for a rename the old path
    // first, for a merge the path in each parent first.
    const parents = text.search(/[^:]/);
    const fields = text.slice(parents).split(' ');
    const modes = fields.slice(0, parents + 1);
    const objects = fields.slice(parents + 1, 2 * (parents + 1));
    const status = fields.at(-1)!; // split gives one at least
    const paths: string[] = [];
    for (let left = parents > 1 ? parents + 1 : /^[RC]/.test(status) ? 2 : 1; left > 0; left--) {
      const { value } = await records.next();
      if (value !== undefined) paths.push(decodePath(value));
    }
    const path = paths.at(-1);
    if (path === undefined) continue;
    const mode = modes[parents]!; // there is one for the commit itself
    const blob = objects[parents]!; // likewise
    // Files in a folder are listed themselves, and so are those of a deleted folder.
    if (mode === MODE_TREE ? !EMPTY_TREES.has(blob) : isNullId(blob) && modes.includes(MODE_TREE)) continue;
    const versions = objects.slice(0, parents).flatMap((id, index) => {
      if (isNullId(id)) return [];
      return [{ blob: id, path: paths.length === 1 ? path : paths[index]!, mode: modes[index] }];
    });
    const before = versions.filter((version) => version.mode !== MODE_COMMIT && version.mode !== MODE_TREE);
    const oldPath = before.find((version) => version.path !== path)?.path;
    yield {
      commit,
      path,
      ...(oldPath === undefined ? {} : { oldPath }),
      newPath: versions.every((version) => version.path !== path),
      blob: isNullId(blob) ? undefined : blob,
      before: distinct(before),
      kind: mode === MODE_COMMIT ? 'submodule' : mode === MODE_TREE ? 'empty folder' : 'file',
    };
  }
}

/** Removes duplicates, for parents that have the same version. */
function distinct(versions: readonly Version[]): Version[] {
  return [...new Map(versions.map(({ blob, path }) => [`${blob} ${path}`, { blob, path }])).values()];
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
