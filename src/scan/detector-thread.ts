/** The script of a worker thread: files in, candidates out. Triage, coverage and reports remain in the main thread. */

import { workerData } from 'node:worker_threads';
import { createKernel } from '../detect/search/create-kernel.ts';
import { createMatcher } from '../detect/matcher.ts';
import { toThreadMessage, type ThreadBatch, type ThreadResult } from '../detect/threads/protocol.ts';
import type { Rule } from '../model/rule.ts';
import { compileRuleset } from '../rules/compile.ts';
import { openFile } from '../sources/file-reader.ts';

// A thread receives its rules when it starts.
const { rules } = workerData as { readonly rules: readonly Rule[] };
const matcher = createMatcher(compileRuleset(rules), createKernel);

/** Searches files, one after the other. */
export async function matchFiles(batch: ThreadBatch): Promise<ThreadResult[]> {
  const results: ThreadResult[] = [];
  for (const file of batch) {
    results.push(
      toThreadMessage(await matcher.match({ artifact: { kind: 'file', uri: file.uri }, open: () => openFile(file) })),
    );
  }
  return results;
}
