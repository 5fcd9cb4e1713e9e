/** What belongs to a repository but is not in its objects: files of Git LFS, and submodules. */

import { gitRecordBatches, type GitOptions, gitStream } from './spawn.ts';

export interface LeftOut {
  /** Whether attributes of HEAD give files to Git LFS: the repository has pointers to them. */
  readonly hasLfs: boolean;
  readonly hasSubmodules: boolean;
}

/** Files of attributes that are read; a repository has few. */
const ATTRIBUTES_MAX = 1000;

/** @param tip a commit @throws GitError */
export async function leftOutOf(tip: string, options: GitOptions): Promise<LeftOut> {
  let hasSubmodules = false;
  const attributes: string[] = [];
  for await (const records of gitRecordBatches(['ls-tree', '-r', '-z', tip], options))
    for (const record of records) {
      const [mode, , id] = record.toString('latin1', 0, record.indexOf('\t')).split(' ');
      if (mode === '160000') hasSubmodules = true;
      else if (/[\t/]\.gitattributes$/.test(record.toString('latin1')) && attributes.length < ATTRIBUTES_MAX)
        attributes.push(id!); // each record has one
    }
  return { hasSubmodules, hasLfs: await anyNamesLfs([...new Set(attributes)], options) };
}

async function anyNamesLfs(ids: readonly string[], options: GitOptions): Promise<boolean> {
  if (ids.length === 0) return false;
  const input = ids.map((id) => `${id}\n`).join('');
  // Longer than what is looked for.
  const overlap = 16;
  let rest = '';
  for await (const piece of gitStream(['cat-file', '--batch'], { ...options, input })) {
    const text = rest + piece.toString('latin1');
    if (/(?:^|\s)filter=lfs(?:\s|$)/m.test(text)) return true;
    rest = text.slice(-overlap);
  }
  return false;
}
