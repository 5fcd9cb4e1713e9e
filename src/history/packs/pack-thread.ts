/** A worker thread of the pack scan. It takes delta trees that no other thread has taken, and writes verdicts into shared memory. */

import { workerData } from 'node:worker_threads';
import { createKernel } from '../../detect/search/create-kernel.ts';
import { compileRuleset } from '../../rules/compile.ts';
import { LinkCheck, type LinkResult } from './links.ts';
import { PackReader } from './pack-reader.ts';
import { PackScanner } from './pack-scanner.ts';
import type { PackTask, ThreadData } from './pack-task.ts';
import { createPrefilter } from './prefilter.ts';

const { rules, module, share, links: shared } = workerData as ThreadData; // as scan-packs.ts hands them over
const links = new LinkCheck(shared);
const scanner = new PackScanner({
  prefilter: createPrefilter(compileRuleset(rules), createKernel),
  share,
  module,
  links,
});

/** Runs until no delta tree of the pack is left. Returns what the links of all packs have shown. */
export function scanPack({ pack, verdicts }: PackTask): LinkResult {
  for (const _ of scanner.scan(PackReader.from(pack), verdicts));
  return links.result;
}
