/** An entry of unknown size: it is held if it is small, so that it can be opened again; a large one can be read once. */

import type { Artifact, Input } from '../../model/artifact.ts';
import { memoryInput } from '../memory.ts';
import { streamReader } from '../stream-reader.ts';
import { HELD_MAX } from './budget.ts';
import { asReadError } from './entry.ts';

/** What was unpacked before a damage is scanned, too. */
export async function heldInput(artifact: Artifact, stream: AsyncIterable<Uint8Array>): Promise<Input> {
  const pieces: Uint8Array[] = [];
  const rest = stream[Symbol.asyncIterator]();
  let length = 0;
  let problem: { readonly error: unknown } | undefined;
  try {
    while (length <= HELD_MAX) {
      const { done, value } = await rest.next();
      if (done === true) return memoryInput(Buffer.concat(pieces), artifact);
      length += value.length;
      pieces.push(value);
    }
  } catch (error) {
    problem = { error };
  }
  const all = async function* (): AsyncGenerator<Uint8Array> {
    yield* pieces.splice(0);
    if (problem !== undefined) throw problem.error;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  };
  return { artifact, archive: 'once', open: () => streamReader(all(), (error) => asReadError(error, artifact.uri)) };
}
