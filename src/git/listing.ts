/** The files of a work tree, as git lists them: tracked, and untracked but not ignored. */

import { decodePath } from '../lib/path-bytes.ts';
import { endError, GitError, isFailure } from './git-error.ts';
import { type GitOptions, gitRecordBatches, gitRecords, gitText } from './spawn.ts';
import { SLASH } from '../lib/bytes.ts';

export interface ListedEntry {
  /** Relative to the listed folder, `/`-separated, as made by `decodePath`. */
  readonly path: string;
  readonly tracked: boolean;
  /** Its kind according to git; the work tree may have something else there by now. */
  readonly kind: 'file' | 'repository';
}

const MODE_COMMIT = '160000';

/**
 * Lists the part of a work tree below `cwd`. A `repository` is a submodule or a repository inside this one, whose files are not
 * listed. A file may be a symbolic link.
 *
 * @param onUnreadable receives each folder that git could not read, relative to the root of the work tree
 * @param onNothingIgnored called if git does not know which files are ignored: then all untracked files are listed
 * @throws GitError
 */
export async function* listWorkTree(
  given: GitOptions,
  onUnreadable: (path: string, why: string) => void,
  onNothingIgnored: () => void,
): AsyncGenerator<ListedEntry[]> {
  const options = { ...given, about: 'around' as const };
  let last = '';
  for await (const records of gitRecordBatches(['ls-files', '--stage', '-z'], options, refuseErrors)) {
    const entries: ListedEntry[] = [];
    for (const record of records) {
      // <mode> <object> <stage>\t<path>; a path in conflict is listed once for each stage.
      const tab = record.indexOf(0x09);
      const path = decodePath(record.subarray(tab + 1));
      if (path === last) continue;
      last = path;
      const kind = record.toString('latin1', 0, MODE_COMMIT.length) === MODE_COMMIT ? 'repository' : 'file';
      entries.push({ path, tracked: true, kind });
    }
    yield entries;
  }
  const warn = (line: Buffer): void => {
    // Git skips such a folder, and succeeds.
    const [, path, why] = /^warning: could not open directory '(.*)\/': (.*)$/s.exec(line.toString('latin1')) ?? [];
    if (path !== undefined && why !== undefined) onUnreadable(decodePath(Buffer.from(path, 'latin1')), why);
    else refuseErrors(line);
  };
  const others = ['ls-files', '--others', '-z'];
  try {
    for await (const records of gitRecordBatches([...others, '--exclude-standard'], options, warn))
      yield records.map(untracked);
  } catch (error) {
    // In a sparse clone git reads .gitignore from the index, and a partial clone may lack it. Git has listed nothing by then.
    if (!(error instanceof GitError) || error.reason !== 'partial') throw error;
    onNothingIgnored();
    for await (const records of gitRecordBatches(others, options, warn)) yield records.map(untracked);
  }
}

function untracked(record: Buffer): ListedEntry {
  const path = decodePath(record);
  const isFolder = path.endsWith('/');
  return { path: isFolder ? path.slice(0, -1) : path, tracked: false, kind: isFolder ? 'repository' : 'file' };
}

/** Git sometimes succeeds although it reports an error. */
function refuseErrors(line: Buffer): void {
  const text = line.toString('utf8');
  if (isFailure(text)) throw endError(0, line);
}

/** The ignored paths below `cwd`: their number, with a wholly ignored folder as one, and the folders. @throws GitError */
export async function listIgnored(options: GitOptions): Promise<{ count: number; folders: Set<string> }> {
  const args = ['ls-files', '--others', '--ignored', '--exclude-standard', '--directory', '-z'];
  const ignored = { count: 0, folders: new Set<string>() };
  for await (const records of gitRecordBatches(args, { ...options, about: 'around' })) {
    for (const record of records) {
      // Git lists an ignored repository inside this one as well; it counts as one path.
      if (record.length > 0) ignored.count++;
      if (record.at(-1) === SLASH) ignored.folders.add(decodePath(record.subarray(0, -1)));
    }
  }
  return ignored;
}

/** Folders below `cwd` without a tracked file, also empty ones; no folder inside another of them. @throws GitError */
export async function untrackedFolders(options: GitOptions): Promise<string[]> {
  const list = async (...exclude: string[]): Promise<string[]> => {
    const folders: string[] = [];
    const args = ['ls-files', '--others', '--directory', '-z', ...exclude];
    for await (const record of gitRecords(args, { ...options, about: 'around' }))
      if (record.at(-1) === SLASH) folders.push(decodePath(record.subarray(0, -1)));
    return folders;
  };
  return await list('--exclude-standard').catch(async (error: unknown) => {
    // As with the files: nothing is ignored then.
    if (!(error instanceof GitError) || error.reason !== 'partial') throw error;
    return await list();
  });
}

/** Whether the repository is configured for a file system that ignores case. */
export async function ignoresCase(options: GitOptions): Promise<boolean> {
  const args = ['config', '--type=bool', '--default=false', '--get', 'core.ignoreCase'];
  return (await gitText(args, { ...options, about: 'around' })).trim() === 'true';
}

/** Lists the files in the index, with their objects. @throws GitError */
export async function* indexedFiles(
  options: GitOptions,
): AsyncGenerator<{ readonly path: string; readonly blob: string }> {
  for await (const record of gitRecords(['ls-files', '--stage', '-z', '--full-name', ':/'], options)) {
    const tab = record.indexOf(0x09);
    const [, blob] = record.toString('latin1', 0, tab).split(' ');
    yield { path: decodePath(record.subarray(tab + 1)), blob: blob! };
  }
}
