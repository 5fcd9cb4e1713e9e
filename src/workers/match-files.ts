/** What a worker thread does: files in, candidates out. Triage, reports and the account of the scan stay in the main thread. */

import { workerData } from 'node:worker_threads';
import { createKernel } from '../match/create-kernel.ts';
import { createMatcher } from '../match/matcher.ts';
import { toWire, type WireBatch, type WireResult } from '../match/wire.ts';
import type { Rule } from '../model/rule.ts';
import { compileRuleset } from '../ruleset/compile.ts';
import { openFile } from '../sources/file-reader.ts';

// Everything that a thread needs it gets when it starts.
const { rules } = workerData as { readonly rules: readonly Rule[] };
const matcher = createMatcher(compileRuleset(rules), createKernel);

/** Looks at files, one after the other. */
export async function matchFiles(batch: WireBatch): Promise<WireResult[]> {
  const results: WireResult[] = [];
  for (const file of batch) {
    results.push(
      toWire(await matcher.match({ artifact: { kind: 'file', uri: file.uri }, open: () => openFile(file) })),
    );
  }
  return results;
}
