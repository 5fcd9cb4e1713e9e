/** Refs, and which of them lead to a commit. */

import { type GitOptions, gitStream } from './spawn.ts';

export interface Ref {
  /** The full name. */
  readonly name: string;
  /** The commit that it leads to; of what is no commit the object. */
  readonly object: string;
}

/** Every ref. @throws GitError */
export async function listRefs(options: GitOptions): Promise<Ref[]> {
  const refs: Ref[] = [];
  for await (const line of linesOf(['for-each-ref', '--format=%(objectname) %(*objectname) %(refname)'], options)) {
    const [object, peeled, ...name] = line.split(' ');
    refs.push({ name: name.join(' '), object: peeled === '' ? object! : peeled! });
  }
  return refs;
}

/**
 * Which of some commits stand in the history of each ref: one walk over all commits, whatever their number.
 *
 * @throws GitError
 */
export async function refsContaining(
  commits: ReadonlySet<string>,
  options: GitOptions,
): Promise<ReadonlyMap<string, readonly string[]>> {
  /** Of a commit those of `commits` that it can reach; most share the set of their parent. */
  const reached = new Map<string, ReadonlySet<string>>();
  for await (const line of linesOf(['rev-list', '--all', '--topo-order', '--reverse', '--parents'], options)) {
    const [id, ...parents] = line.split(' ');
    const sets = [...new Set(parents.flatMap((parent) => reached.get(parent) ?? []))];
    if (commits.has(id!)) reached.set(id!, new Set([id!, ...sets.flatMap((set) => [...set])]));
    else if (sets.length === 1) reached.set(id!, sets[0]!);
    else if (sets.length > 1) reached.set(id!, new Set(sets.flatMap((set) => [...set])));
  }
  const containing = new Map<string, string[]>();
  for (const { name, object } of await listRefs(options)) {
    for (const commit of reached.get(object) ?? []) {
      const names = containing.get(commit);
      if (names === undefined) containing.set(commit, [name]);
      else names.push(name);
    }
  }
  return containing;
}

async function* linesOf(args: readonly string[], options: GitOptions): AsyncGenerator<string> {
  let rest = '';
  for await (const piece of gitStream(args, options)) {
    const lines = (rest + piece.toString('utf8')).split('\n');
    rest = lines.pop()!; // split gives one at least
    yield* lines;
  }
}
