/** Scans objects one after the other, requested ahead. An object that cannot be read is a gap, and the next one follows. */

import type { GitObject, ObjectReader } from '../git/objects.ts';
import { isStop } from '../git/spawn.ts';
import type { Input } from '../model/artifact.ts';
import { unreadBecause } from '../model/gap.ts';
import type { Diagnostics } from '../model/source.ts';
import { missing, unreadable } from './git-object.ts';

/** A step that needs an object. */
export interface ObjectStep {
  readonly id: string;
  readonly uri: string;
  inputs(object: GitObject): AsyncIterable<Input> | Iterable<Input>;
}

/** A step that needs no object. */
export interface PlainStep {
  readonly id?: undefined;
  readonly uri: string;
  inputs(): Iterable<Input>;
}

export type Step = ObjectStep | PlainStep;

/** How many objects are requested before the first of them is read. */
const AHEAD = 128;

/** The inputs of the steps, in order. @throws GitError when git was stopped */
export async function* readSteps(
  steps: AsyncIterable<Step> | Iterable<Step>,
  objects: ObjectReader,
  diagnostics: Diagnostics,
): AsyncGenerator<Input> {
  const ahead: { readonly step: Step; readonly object: Promise<GitObject | undefined> }[] = [];
  const take = async function* (): AsyncGenerator<Input> {
    const { step, object } = ahead.shift()!; // called only when there is one
    try {
      if (step.id === undefined) {
        yield* step.inputs();
        return;
      }
      const found = await object;
      if (found === undefined) throw missing(step.id, step.uri);
      try {
        yield* step.inputs(found);
      } finally {
        found.reader.close();
      }
    } catch (error) {
      if (isStop(error)) throw error;
      const unread = unreadBecause(unreadable(error as Error, step.uri));
      if (unread.kind === 'gap') diagnostics.gap(unread.gap);
      else diagnostics.skip(unread.reason, 1, unread.what);
    }
  };
  for await (const step of steps) {
    const object = step.id === undefined ? Promise.resolve(undefined) : objects.read(step.id);
    object.catch(() => {}); // it is awaited in its turn
    ahead.push({ step, object });
    // Half of them at a time, so that git always has work, and receives many requests at once.
    if (ahead.length >= AHEAD) while (ahead.length > AHEAD / 2) yield* take();
  }
  while (ahead.length > 0) yield* take();
}
