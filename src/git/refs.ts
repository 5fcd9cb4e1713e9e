/** Refs, and which of them lead to a commit. */

import { compareText } from '../model/order.ts';
import { ObjectList } from './all-objects.ts';
import { gitLines, type GitOptions, throwIfStopped } from './spawn.ts';

export interface Ref {
  /** The full name. */
  readonly name: string;
  /** The object that it names: an annotated tag, if it is the ref of one. */
  readonly named: string;
  /** The commit it leads to, or else the object. */
  readonly object: string;
}

/** Every ref. @throws GitError */
export async function listRefs(options: GitOptions): Promise<Ref[]> {
  const refs: Ref[] = [];
  for await (const line of gitLines(['for-each-ref', '--format=%(objectname) %(*objectname) %(refname)'], options)) {
    const [object, peeled, ...name] = line.split(' ');
    refs.push({ name: name.join(' '), named: object!, object: peeled === '' ? object! : peeled! });
  }
  return refs;
}

/** The refs whose history contains a commit. */
export interface Holding {
  readonly count: number;
  /** The first names, sorted. */
  readonly names: readonly string[];
}

/** Words of memory for one pass; a bit for each commit and ref. */
const ROOM = 8 * 1024 * 1024;
/** More words at once are not faster. */
const WORDS_MAX = 32;

/**
 * Finds for each group of commits the refs that lead to any of them. One walk lists all commits; then passes over them carry
 * refs from children to parents, as many refs at a time as fit into the memory: time and memory grow with the commits and refs,
 * however many groups there are and however branched the history is.
 *
 * @param listed how many names are listed for each group
 * @throws GitError
 */
export async function refsHolding(
  groups: readonly (readonly string[])[],
  listed: number,
  options: GitOptions,
): Promise<readonly Holding[]> {
  const { list, children, parents } = await readGraph(options);
  const places = groups.map((group) => Int32Array.from(group, (id) => list.find(Buffer.from(id, 'hex'))));
  const refs = (await listRefs(options))
    .map(({ name, object }) => ({ name, at: list.length === 0 ? -1 : list.find(Buffer.from(object, 'hex')) }))
    .filter(({ at }) => at >= 0)
    .toSorted((a, b) => compareText(a.name, b.name));
  const holding = groups.map(() => ({ count: 0, names: [] as string[] }));
  const words = Math.max(
    1,
    Math.min(WORDS_MAX, Math.floor(ROOM / Math.max(1, list.length)), Math.ceil(refs.length / 32)),
  );
  const rows = new Uint32Array(list.length * words);
  const sum = new Uint32Array(words);
  for (let from = 0; from < refs.length; from += 32 * words) {
    // Ctrl-C is noticed between two passes.
    await new Promise((resolve) => setImmediate(resolve));
    throwIfStopped(options.signal);
    const some = refs.slice(from, from + 32 * words);
    rows.fill(0);
    for (const [bit, { at }] of some.entries()) rows[at * words + (bit >>> 5)]! |= 1 << (bit & 31);
    // Parents come before children, so the refs of a commit are complete before its parents get them.
    for (let edge = children.length - 1; edge >= 0; edge--) {
      const child = children[edge]! * words;
      const parent = parents[edge]! * words;
      for (let word = 0; word < words; word++) rows[parent + word]! |= rows[child + word]!;
    }
    for (const [index, group] of places.entries()) {
      sum.fill(0);
      for (const at of group)
        if (at >= 0) for (let word = 0; word < words; word++) sum[word]! |= rows[at * words + word]!;
      count(sum, some, holding[index]!, listed); // one for each group
    }
  }
  return holding;
}

function count(
  sum: Uint32Array,
  refs: readonly { readonly name: string }[],
  into: { count: number; names: string[] },
  listed: number,
): void {
  for (const [word, bits] of sum.entries()) {
    for (let left = bits; left !== 0; left &= left - 1) {
      if (into.names.length < listed) into.names.push(refs[32 * word + 31 - Math.clz32(left & -left)]!.name);
      into.count++;
    }
  }
}

/** Commits, parents before children; and an edge for each parent of each, in the order of the children. */
interface Graph {
  readonly list: ObjectList;
  readonly children: Int32Array;
  readonly parents: Int32Array;
}

async function readGraph(options: GitOptions): Promise<Graph> {
  const list = new ObjectList();
  const children: number[] = [];
  const ids: Buffer[] = [];
  for await (const line of gitLines(['rev-list', '--all', '--topo-order', '--reverse', '--parents'], options)) {
    const width = line.indexOf(' ') < 0 ? line.length : line.indexOf(' ');
    for (let at = width + 1; at < line.length; at += width + 1) children.push(list.length);
    if (line.length > width) ids.push(Buffer.from(line.slice(width).replaceAll(' ', ''), 'hex'));
    list.add(line.slice(0, width), 'commit', 0);
  }
  const all = Buffer.concat(ids);
  const edges = children.map((child, edge) => ({
    child,
    parent: list.find(all.subarray(edge * list.width, (edge + 1) * list.width)),
  }));
  // In a shallow clone git does not list parents that are missing.
  const inside = edges.filter(({ parent }) => parent >= 0);
  return {
    list,
    children: Int32Array.from(inside, ({ child }) => child),
    parents: Int32Array.from(inside, ({ parent }) => parent),
  };
}
