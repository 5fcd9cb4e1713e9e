/** The ends of a range: the names of their refs, the tags that lead to them, and tagged objects that are not commits. */

import { entriesOfTree } from '../git/commits.ts';
import { type GitObject, type ObjectReader, wholeObject } from '../git/objects.ts';
import type { GitOptions } from '../git/spawn.ts';
import { showPath } from '../lib/path-bytes.ts';
import type { Input } from '../model/artifact.ts';
import { ReadError } from '../model/gap.ts';
import { COMMIT_MAX, tooLarge } from './commit-parts.ts';
import { askedInput, missing } from './git-object.ts';
import { memoryInput } from './memory.ts';

/** The new end of a ref, or of the range. */
export interface Tip {
  /** An object id. */
  readonly object: string;
  /** The full name of the ref; absent if it is not to be scanned. */
  readonly ref?: string;
}

/**
 * The inputs at the tips, without the commits.
 *
 * @param commits receives the commits that they lead to
 * @throws ReadError if a tip is missing
 */
export async function* tipInputs(
  tips: readonly Tip[],
  objects: ObjectReader,
  options: GitOptions & { readonly deepenHint: string },
  commits: string[],
): AsyncGenerator<Input> {
  for (const { object, ref } of tips) {
    if (ref !== undefined) yield refInput(ref);
    const name = ref?.replace(/^refs\/(?:tags\/)?/, '');
    for (let next: string | undefined = object; next !== undefined;) {
      const found: GitObject | undefined = await objects.read(next);
      if (found === undefined)
        throw new ReadError({ ...missing(next, ref ?? next).gap, kind: 'history', hint: options.deepenHint });
      next = undefined;
      if (found.type !== 'tag') found.reader.close();
      if (found.type === 'commit') commits.push(found.id);
      else if (found.type === 'blob') yield objectInput(found.id, `object/${found.id}`, objects);
      else if (found.type === 'tree') {
        for await (const { path, blob } of entriesOfTree(found.id, options)) {
          const uri = `object/${found.id}/${showPath(path)}`;
          // The names in it are new as well.
          yield blob === undefined
            ? memoryInput(Buffer.alloc(0), { kind: 'file', uri })
            : { ...objectInput(blob, uri, objects), name: 'scan' };
        }
      } else {
        const bytes = await wholeObject(found, COMMIT_MAX);
        if (bytes === undefined) throw tooLarge(`tag/${name ?? found.id}/message`);
        yield tagInput(bytes, found.id, name);
        next = /^object ([0-9a-f]{40,64})$/m.exec(bytes.toString('latin1', 0, 80))?.[1];
      }
    }
  }
}

/** @param name of the ref that leads to it; absent: the name in the tag itself */
export function tagInput(bytes: Buffer, id: string, name?: string): Input {
  const [, own = id] = /^tag ([^\n]+)/m.exec(bytes.toString('utf8')) ?? [];
  return memoryInput(bytes, { kind: 'tag-message', uri: `tag/${name ?? own}/message`, blob: id });
}

function objectInput(id: string, uri: string, objects: ObjectReader): Input {
  return { ...askedInput(id, { kind: 'object', uri, blob: id }, objects), name: 'ignore' };
}

/** The name of a ref, as an input. @param ref the full name */
export function refInput(ref: string): Input {
  return memoryInput(refText(ref), { kind: 'ref-name', uri: `ref/${nameOf(ref)}` });
}

/** What is scanned of the name of a ref. */
export function refText(ref: string): Buffer {
  return Buffer.from(nameOf(ref), 'utf8');
}

function nameOf(ref: string): string {
  return ref.replace(/^refs\/(?:heads\/)?/, '');
}
