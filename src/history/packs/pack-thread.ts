/** What a worker thread does of a sweep: families of a pack that no other thread has taken; verdicts go into memory that all share. */

import { workerData } from 'node:worker_threads';
import { PackReader } from './pack-reader.ts';
import { Unpacker } from './unpacker.ts';
import { createKernel } from '../../detect/search/create-kernel.ts';
import { createPrefilter } from './prefilter.ts';
import type { Rule } from '../../model/rule.ts';
import { compileRuleset } from '../../rules/compile.ts';
import { type SweepTask, sweepPart } from './pack-part.ts';

// Everything that a thread needs it gets when it starts.
const { rules } = workerData as { readonly rules: readonly Rule[] };
const sieve = createPrefilter(compileRuleset(rules), createKernel);
const unpacker = new Unpacker();

/** Goes on until no family of the pack is left. */
export function sweepPack({ pack, share, verdicts }: SweepTask): void {
  const reader = PackReader.from(pack, share);
  try {
    for (const _ of sweepPart(reader, unpacker, sieve, verdicts));
  } finally {
    reader.close();
  }
}
