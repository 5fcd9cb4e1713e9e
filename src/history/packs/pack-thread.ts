/** A worker thread of the pack scan. It takes delta trees that no other thread has taken, and writes verdicts into shared memory. */

import { workerData } from 'node:worker_threads';
import { createKernel } from '../../detect/search/create-kernel.ts';
import type { Rule } from '../../model/rule.ts';
import { compileRuleset } from '../../rules/compile.ts';
import { LinkCheck, type LinkResult } from './links.ts';
import { PackReader } from './pack-reader.ts';
import { createPrefilter } from './prefilter.ts';
import { type PackTask, scanPart } from './scan-part.ts';
import { Unpacker } from './unpacker.ts';

const { rules } = workerData as { readonly rules: readonly Rule[] }; // as scan-packs.ts hands them over
const unpacker = new Unpacker();
const prefilter = createPrefilter(compileRuleset(rules), createKernel, (text) => unpacker.holdsSignature(text));

/** Runs until no delta tree of the pack is left. */
export function scanPack({ pack, share, verdicts, links: shared }: PackTask): LinkResult {
  const reader = PackReader.from(pack, share);
  const links = new LinkCheck(shared, unpacker);
  try {
    for (const _ of scanPart(reader, unpacker, prefilter, verdicts, links));
  } finally {
    reader.close();
  }
  return links.result;
}
