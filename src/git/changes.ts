/** The changes that commits make to files, from `git diff-tree`: plumbing that no configuration changes. */

import { decodePath } from '../lib/path-bytes.ts';
import { isNullId } from './object-id.ts';
import { type GitOptions, gitRecordBatches } from './spawn.ts';

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
export const EMPTY_TREES: ReadonlySet<string> = new Set([
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
  /**
   * Only changes in which one of these objects is the old version or the new one. Git compares them before it prints anything. Not
   * for merges: old versions of git leave out a file there if one of the parents has none of these versions of it.
   */
  readonly objects?: readonly string[] | undefined;
}

/**
 * Lists the changes of commits against their parents; in a merge only files that differ from all parents. Changes of a commit
 * follow each other, commits are in the given order.
 *
 * @throws GitError
 */
export async function* changesOf(...call: Parameters<typeof changeBatchesOf>): AsyncGenerator<FileChange> {
  for await (const changes of changeBatchesOf(...call)) yield* changes;
}

/** The same, as many at a time as git has printed: passing on each of a million changes costs more than git needs to find it. */
export async function* changeBatchesOf(
  commits: readonly string[],
  options: GitOptions,
  { renames = true, emptyFolders = false, objects = [] }: ChangesOptions = {},
): AsyncGenerator<FileChange[]> {
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
    ...objects.map((id) => `--find-object=${id}`),
  ];
  const input = commits.map((id) => `${id}\n`).join('');
  let commit = '';
  /** Of a change whose last path has not arrived. */
  let rest: readonly Buffer[] = [];
  for await (const batch of gitRecordBatches(args, { ...options, input })) {
    const records = rest.length === 0 ? batch : [...rest, ...batch];
    const changes: FileChange[] = [];
    let at = 0;
    while (at < records.length) {
      const text = records[at]!.toString('latin1');
      if (!text.startsWith(':')) {
        commit = text;
        at++;
        continue;
      }
      const head = parseHead(text);
      const next = at + 1 + head.paths;
      if (next > records.length) break;
      const change = toChange(commit, head, records.slice(at + 1, next).map(decodePath));
      if (change !== undefined) changes.push(change);
      at = next;
    }
    rest = records.slice(at);
    if (changes.length > 0) yield changes;
  }
}

/** What git prints before the paths: `:<modes> <objects> <status>`, with a colon, a mode and an object for each parent. */
interface Head {
  readonly parents: number;
  /** Of the parents, then of the commit itself. */
  readonly modes: readonly string[];
  readonly objects: readonly string[];
  /** How many paths follow: for a rename the old one first, for a merge the one in each parent first. */
  readonly paths: number;
}

function parseHead(text: string): Head {
  let parents = 1;
  while (text[parents] === ':') parents++;
  const fields = text.slice(parents).split(' ');
  const isMoved = /^[RC]/.test(fields.at(-1)!); // split gives one at least
  return {
    parents,
    modes: fields.slice(0, parents + 1),
    objects: fields.slice(parents + 1, 2 * (parents + 1)),
    paths: parents > 1 ? parents + 1 : isMoved ? 2 : 1,
  };
}

/** Undefined for folders, unless they are empty: files in them are listed themselves, also those of a deleted folder. */
function toChange(commit: string, { parents, modes, objects }: Head, paths: readonly string[]): FileChange | undefined {
  const path = paths.at(-1)!; // there is one at least
  const mode = modes[parents]!; // there is one for the commit itself
  const blob = objects[parents]!; // likewise
  if (mode === MODE_TREE ? !EMPTY_TREES.has(blob) : isNullId(blob) && modes.includes(MODE_TREE)) return undefined;
  const versions: (Version & { readonly mode: string })[] = [];
  for (let parent = 0; parent < parents; parent++) {
    const id = objects[parent]!;
    if (!isNullId(id))
      versions.push({ blob: id, path: paths.length === 1 ? path : paths[parent]!, mode: modes[parent]! });
  }
  const before = versions.filter((version) => version.mode !== MODE_COMMIT && version.mode !== MODE_TREE);
  const oldPath = before.find((version) => version.path !== path)?.path;
  return {
    commit,
    path,
    ...(oldPath === undefined ? {} : { oldPath }),
    newPath: versions.every((version) => version.path !== path),
    blob: isNullId(blob) ? undefined : blob,
    before: distinct(before),
    kind: mode === MODE_COMMIT ? 'submodule' : mode === MODE_TREE ? 'empty folder' : 'file',
  };
}

/** Removes duplicates, for parents that have the same version. */
function distinct(versions: readonly Version[]): Version[] {
  if (versions.length === 1) return [{ blob: versions[0]!.blob, path: versions[0]!.path }];
  return [...new Map(versions.map(({ blob, path }) => [`${blob} ${path}`, { blob, path }])).values()];
}
