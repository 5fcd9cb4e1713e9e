/** Lists all objects of a repository, reachable or not, without their content. */

import { listTypes, ObjectList } from './object-list.ts';
import { SortedIds } from './sorted-ids.ts';
import { GitError, gitLineBatches, type GitOptions } from './spawn.ts';

const DETAILS = '--batch-check=%(objectname) %(objecttype) %(objectsize)';

/**
 * Lists all objects in the order of their storage, each once: packed, loose, and those of alternates.
 *
 * @param onWarning receives warnings of git about packs and objects that it cannot read; these are not listed
 * @throws GitError
 */
export async function listAllObjects(options: GitOptions, onWarning: (text: string) => void): Promise<ObjectList> {
  return await listObjects(['--batch-all-objects', '--unordered'], undefined, options, onWarning);
}

/** Lists some objects, in the given order. @param ids hex @throws GitError */
export async function listSomeObjects(
  ids: readonly string[],
  options: GitOptions,
  onWarning: (text: string) => void,
): Promise<ObjectList> {
  if (ids.length === 0) return new ObjectList();
  // Otherwise git writes each line by itself, which takes longer than finding the object.
  return await listObjects(['--buffer'], ids.map((id) => `${id}\n`).join(''), options, onWarning);
}

async function listObjects(
  args: readonly string[],
  input: string | undefined,
  options: GitOptions,
  onWarning: (text: string) => void,
): Promise<ObjectList> {
  const list = new ObjectList();
  const withInput = { ...options, ...(input === undefined ? {} : { input }) };
  const warn = (line: Buffer): void => onWarning(line.toString('utf8'));
  for await (const lines of gitLineBatches(['cat-file', DETAILS, ...args], withInput, warn)) {
    for (const line of lines) {
      const [id, type, size] = line.split(' ');
      const objectType = listTypes.find((name) => name === type);
      if (objectType === undefined) onWarning(`object ${id}: ${type}`);
      else list.add(id!, objectType, Number(size));
    }
  }
  return list;
}

/** The ids of all objects: packed, loose, and those of alternates. @throws GitError */
export async function sortedIds(options: GitOptions, onWarning: (text: string) => void): Promise<SortedIds> {
  const pieces: Buffer[] = [];
  let width = 20;
  const args = ['cat-file', '--batch-all-objects', '--batch-check=%(objectname)'];
  for await (const lines of gitLineBatches(args, options, (line) => onWarning(line.toString('utf8')))) {
    width = lines[0]!.length / 2; // there is a line in each batch
    pieces.push(Buffer.from(lines.join(''), 'hex'));
  }
  const ids = SortedIds.of(Buffer.concat(pieces), width);
  if (ids === undefined) throw new GitError('failed', 'git did not list the objects in order');
  return ids;
}

/**
 * Visits the objects that refs, reflogs and the index lead to.
 *
 * @param complete commits whose objects are all in the repository, if the commits are
 * @param visit receives each object; `isMissing`: others refer to it, but the repository does not have it
 * @throws GitError
 */
export async function walkReachable(
  options: GitOptions,
  complete: readonly string[],
  visit: (id: string, isMissing: boolean) => void,
): Promise<void> {
  const input = complete.map((id) => `^${id}\n`).join('');
  await walk(['--all', '--reflog', '--indexed-objects'], { ...options, input }, visit);
}

/** The same for the objects that only the index leads to. */
export async function walkIndexed(options: GitOptions, visit: (id: string, isMissing: boolean) => void): Promise<void> {
  await walk(['--indexed-objects'], { ...options, input: '' }, visit);
}

async function walk(
  tips: readonly string[],
  options: GitOptions,
  visit: (id: string, isMissing: boolean) => void,
): Promise<void> {
  const args = [
    'rev-list',
    '--objects',
    '--no-object-names',
    ...tips,
    '--missing=print',
    '--ignore-missing',
    '--stdin',
  ];
  for await (const lines of gitLineBatches(args, options)) {
    for (const line of lines) {
      const isMissing = line.startsWith('?');
      visit(isMissing ? line.slice(1) : line, isMissing);
    }
  }
}
