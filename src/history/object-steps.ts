/** The objects of a history as steps of a scan: how each type is read, and what became of it. */

import { type GitObject, type ObjectReader, wholeObject } from '../git/objects.ts';
import type { Outcome } from '../model/artifact.ts';
import type { Diagnostics } from '../model/source.ts';
import { COMMIT_MAX, commitStep, tooLarge } from '../sources/commit-parts.ts';
import { streamedInput } from '../sources/git-object.ts';
import type { ObjectStep } from '../sources/object-steps.ts';
import { tagInput } from '../sources/tips.ts';
import type { HistoryOptions } from './history-options.ts';
import type { ScannedObjects } from './scanned-objects.ts';

export interface Steps {
  readonly objects: ObjectReader;
  readonly diagnostics: Diagnostics;
  readonly scanned: ScannedObjects;
  /** Called for each object that was read, or could not be read. */
  readonly onRead: () => void;
}

/** @param clean not 0 for objects without a candidate */
export function* objectSteps(
  options: HistoryOptions,
  clean: Uint8Array | undefined,
  how: Steps,
): Generator<ObjectStep> {
  const { list } = options;
  for (const index of list.inOrder()) {
    if (clean !== undefined && clean[index] !== 0) continue;
    const id = list.id(index);
    const type = list.type(index);
    const step =
      type === 'commit'
        ? commitStep(id)
        : type === 'tag'
          ? tagStep(id)
          : objectStep(id, type === 'tree', options, how.objects, how.diagnostics);
    yield followed(step, index, options.signal, how);
  }
}

/** The step, with the outcome of its inputs noted when all of them are scanned. */
function followed(
  step: ObjectStep,
  index: number,
  signal: AbortSignal | undefined,
  { scanned, onRead }: Steps,
): ObjectStep {
  return {
    ...step,
    async *inputs(object) {
      onRead();
      const outcomes = new Set<Outcome>();
      let inputs = 0;
      for await (const input of step.inputs(object)) {
        inputs++;
        yield { ...input, onOutcome: (outcome) => outcomes.add(outcome) };
      }
      if (inputs === 0) outcomes.add('skipped');
      // Where the scan was stopped, the last of them may not have been read to its end.
      if (signal?.aborted !== true) scanned.add(index, outcomes);
    },
  };
}

function tagStep(id: string): ObjectStep {
  return {
    id,
    uri: `tag/${id}`,
    async *inputs(object) {
      const bytes = await wholeObject(object, COMMIT_MAX);
      if (bytes === undefined) throw tooLarge(`tag/${id}`);
      yield tagInput(bytes, id);
    },
  };
}

/** A tree is scanned in its raw form: a blank and a NUL delimit each name. */
function objectStep(
  id: string,
  isTree: boolean,
  { maxBlob, archives }: HistoryOptions,
  objects: ObjectReader,
  diagnostics: Diagnostics,
): ObjectStep {
  const artifact = { kind: isTree ? 'tree' : 'object', uri: `object/${id}`, blob: id } as const;
  const how = { name: 'ignore' as const, ...(archives ? {} : { archive: 'count' as const }) };
  return {
    id,
    uri: artifact.uri,
    inputs(object: GitObject) {
      if (!isTree && maxBlob !== undefined && object.size > maxBlob) {
        diagnostics.skip('large-blob');
        return [];
      }
      return [{ ...streamedInput(object, artifact, objects), ...how }];
    },
  };
}
