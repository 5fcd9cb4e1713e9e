/** Refs, and which of them lead to a commit. */

import { compareText } from '../model/order.ts';
import type { CommitGraph } from './commit-graph.ts';
import { GitError, gitLineBatches, type GitOptions, throwIfStopped } from './spawn.ts';

export interface Ref {
  /** The full name. */
  readonly name: string;
  /** The object that it names: an annotated tag, if it is the ref of one. */
  readonly named: string;
  /** The commit it leads to, or else the object. */
  readonly object: string;
}

/** After the name of a tag in a line on the object that the tag leads to; no name of a ref contains it. */
const PEELED = '^{}';

/** Every ref. Git reads tags from `packed-refs` alone; with `for-each-ref` it would read the object of each ref. @throws GitError */
export async function listRefs(options: GitOptions): Promise<Ref[]> {
  const refs: Ref[] = [];
  try {
    for await (const lines of gitLineBatches(['show-ref', '--dereference'], options))
      for (const line of lines) {
        const end = line.indexOf(' ');
        const [object, name] = [line.slice(0, end), line.slice(end + 1)];
        if (name.endsWith(PEELED)) refs.push({ ...refs.pop()!, object });
        else refs.push({ name, named: object, object });
      }
  } catch (error) {
    // Without refs.
    if (!(error instanceof GitError) || error.exitCode !== 1 || refs.length > 0) throw error;
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

export interface HoldingOptions {
  /** All commits that refs lead to. */
  readonly graph: CommitGraph;
  readonly refs: readonly Ref[];
  /** How many names are listed for each group. */
  readonly listed: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Finds for each group of commits the refs that lead to any of them. Passes over the commits carry refs from children to parents, as
 * many refs at a time as fit into the memory: time and memory grow with the commits and refs, however many groups there are and
 * however branched the history is.
 *
 * @throws GitError when the signal has fired
 */
export async function refsHolding(
  groups: readonly (readonly string[])[],
  { graph, refs: all, listed, signal }: HoldingOptions,
): Promise<readonly Holding[]> {
  const { list, children, parents } = graph;
  const places = groups.map((group) => Int32Array.from(group, (id) => list.find(Buffer.from(id, 'hex'))));
  const refs = all
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
    throwIfStopped(signal);
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
  for (let word = 0; word < sum.length; word++) {
    const bits = sum[word]!;
    if (bits === 0) continue;
    into.count += bitCount(bits);
    for (let left = bits; left !== 0 && into.names.length < listed; left &= left - 1)
      into.names.push(refs[32 * word + 31 - Math.clz32(left & -left)]!.name);
  }
}

/** How many bits of a word are 1. */
function bitCount(bits: number): number {
  const pairs = bits - ((bits >>> 1) & 0x5555_5555);
  const nibbles = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}
