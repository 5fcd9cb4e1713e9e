/**
 * Packs and bundles of git as archives: every object is an entry. A pack outside of a repository has no index, and git is not asked, because
 * it would need a repository to put the objects into.
 */

import { createHash } from 'node:crypto';
import type { Input } from '../../../model/artifact.ts';
import { Skipped } from '../../../model/gap.ts';
import { memoryInput } from '../../memory.ts';
import type { Budget } from '../budget.ts';
import { readWhole, WHOLE_MAX } from '../bytes-of.ts';
import { entryArtifact } from '../entry.ts';
import { applyDelta, insertedBy } from './delta.ts';
import { inflateExactly, type ObjectType, type PackEntry, readPack } from './entries.ts';
import { BlobPaths } from './paths.ts';

const PACK = Buffer.from('PACK');
/** Trees come before blobs, so that blobs have names. */
const ORDER: readonly ObjectType[] = ['commit', 'tag', 'tree', 'blob'];
/** Texts that others are made from are held; chains of large ones would fill the memory. */
const HELD_MAX = 256 * 1024 * 1024;

/** A text that others are made from. */
interface Base {
  readonly text: Buffer;
  /** How many are still to be made. */
  left: number;
}
interface Task {
  readonly entry: PackEntry;
  /** What a delta changes. */
  readonly base: Base | undefined;
}

/** @throws Skipped over a limit, or if it needs objects of another repository */
export async function* unpackGit(input: Input, budget: Budget): AsyncGenerator<Input> {
  const all = await readWhole(input);
  const bytes = all.subarray(packStart(all));
  const { hash, entries, problem } = readPack(bytes, budget);
  const paths = new BlobPaths();
  const waiting = new Map<string, PackEntry[]>();
  for (const entry of entries)
    if (entry.baseId !== undefined) waiting.set(entry.baseId, [...(waiting.get(entry.baseId) ?? []), entry]);
  const named = (name: string, text: Buffer): Input => memoryInput(text, entryArtifact(input.artifact, name));

  let held = 0;
  const textOf = ({ entry, base }: Task): Buffer => {
    const { text } = inflateExactly(bytes, entry.data, entry.size);
    if (base !== undefined && --base.left === 0) held -= base.text.length;
    const whole = base === undefined ? text : applyDelta(base.text, text, WHOLE_MAX);
    budget.spend(whole.length, whole.length, undefined);
    return whole;
  };
  const nameOf = (type: ObjectType, id: string): string => {
    const path = type === 'blob' ? paths.pathOf(id) : undefined;
    return path === undefined ? `${type}/${id}` : `${type}/${id}/${path}`;
  };

  for (const type of ORDER) {
    const tasks: Task[] = entries
      .filter((entry) => entry.type === type)
      .toReversed()
      .map((entry) => ({ entry, base: undefined }));
    for (let task = tasks.pop(); task !== undefined; task = tasks.pop()) {
      const text = textOf(task);
      const id = createHash(hash).update(`${type} ${text.length}\0`).update(text).digest('hex');
      const made = [...task.entry.children, ...(waiting.get(id) ?? [])];
      waiting.delete(id);
      if (made.length > 0) held += text.length;
      if (held > HELD_MAX) throw new Skipped('archive-limit');
      const base: Base = { text, left: made.length };
      for (const entry of made) tasks.push({ entry, base });
      yield named(nameOf(type, id), type === 'tree' ? Buffer.from(paths.addTree(id, text, hash)) : text);
    }
  }
  const unmade = [...waiting.values()].flat();
  for (let entry = unmade.pop(); entry !== undefined; entry = unmade.pop()) {
    unmade.push(...entry.children);
    yield named(`delta/${entry.data}`, insertedBy(inflateExactly(bytes, entry.data, entry.size).text));
  }
  if (problem !== undefined) throw problem;
  if (waiting.size > 0) throw new Skipped('archive-unsupported', 'git bundle without the objects that it changes');
}

/** A bundle is a list of refs before a pack; an empty line is between them. */
function packStart(bytes: Buffer): number {
  if (bytes.subarray(0, PACK.length).equals(PACK)) return 0;
  const end = bytes.indexOf('\n\n');
  if (end < 0 || !bytes.subarray(end + 2, end + 2 + PACK.length).equals(PACK))
    throw new Error('unexpected end of file');
  return end + 2;
}
