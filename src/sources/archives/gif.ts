/** The comments of a GIF: each is in blocks, whose lengths are between its parts. */

import { gifParts } from '../../lib/document-magics.ts';
import type { Input } from '../../model/artifact.ts';
import { memoryInput } from '../memory.ts';
import type { Budget } from './budget.ts';
import { readWhole } from './bytes-of.ts';
import { entryArtifact } from './entry.ts';

/** @throws Skipped over a limit */
export async function* unpackGif(input: Input, budget: Budget): AsyncGenerator<Input> {
  let count = 0;
  for (const { isComment, blocks } of gifParts(await readWhole(input))) {
    if (!isComment) continue;
    budget.entry();
    const text = Buffer.concat(blocks);
    budget.spend(text.length, text.length, undefined);
    yield memoryInput(text, entryArtifact(input.artifact, `comment ${++count}`));
  }
}
