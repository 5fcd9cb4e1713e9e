/** All commits that refs lead to, and their parents, as numbers. */

import { ObjectList } from './object-list.ts';
import { gitLineBatches, type GitOptions } from './spawn.ts';

export interface CommitGraph {
  /** Parents before children. */
  readonly list: ObjectList;
  /** An edge for each parent of each commit, in the order of the commits: their places in the list. */
  readonly children: Int32Array;
  readonly parents: Int32Array;
}

/** @throws GitError */
export async function readCommitGraph(options: GitOptions): Promise<CommitGraph> {
  const list = new ObjectList();
  const children: number[] = [];
  const ids: string[] = [];
  for await (const lines of gitLineBatches(['rev-list', '--all', '--topo-order', '--reverse', '--parents'], options))
    for (const line of lines) {
      const width = line.indexOf(' ') < 0 ? line.length : line.indexOf(' ');
      for (let at = width + 1; at < line.length; at += width + 1) children.push(list.length);
      if (line.length > width) ids.push(line.slice(width));
      list.add(line.slice(0, width), 'commit', 0);
    }
  const all = Buffer.from(ids.join('').replaceAll(' ', ''), 'hex');
  const parents = Int32Array.from(children, (_, edge) => list.find(all, edge * list.width));
  // In a shallow clone git does not list parents that are missing.
  return {
    list,
    children: Int32Array.from(children).filter((_, edge) => parents[edge]! >= 0),
    parents: parents.filter((parent) => parent >= 0),
  };
}

/** Which commits have at most one parent: the others are merges, and those that no ref leads to. */
export function partByParents(
  commits: readonly string[],
  { list, children }: CommitGraph,
): { readonly single: readonly string[]; readonly others: readonly string[] } {
  const counts = new Uint32Array(list.length);
  for (const child of children) counts[child]!++;
  const single: string[] = [];
  const others: string[] = [];
  for (const id of commits) {
    const at = list.length === 0 ? -1 : list.find(Buffer.from(id, 'hex'));
    (at >= 0 && counts[at]! <= 1 ? single : others).push(id);
  }
  return { single, others };
}
