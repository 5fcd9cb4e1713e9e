/** Secrets that a change only moves from one place to another. */

import { type Finding, fingerprintsOf, isAmong } from '../model/finding.ts';
import type { Source } from '../model/source.ts';
import { MOVED } from '../triage/suppress.ts';
import type { Coverage } from './coverage.ts';
import type { InputScanner } from './scan-input.ts';

export interface MoveOptions {
  readonly sources: readonly Source[];
  readonly coverage: Coverage;
  readonly scanRemoved: InputScanner;
  readonly signal: AbortSignal | undefined;
}

/** Marks secrets that the change removes elsewhere: they are not new, only moved. */
export async function markMoved(
  findings: readonly Finding[],
  { sources, coverage, scanRemoved, signal }: MoveOptions,
): Promise<readonly Finding[]> {
  if (findings.length === 0) return findings;
  const before = new Set<string>();
  for (const source of sources) {
    if (source.removed === undefined) continue;
    for await (const input of source.removed(coverage)) {
      if (signal?.aborted === true) break;
      for (const finding of await scanRemoved(input)) for (const each of fingerprintsOf(finding)) before.add(each);
    }
    if (signal?.aborted === true) coverage.cut('what the change only moves may be listed as new');
  }
  return findings.map((finding) =>
    isAmong(finding, before) ? { ...finding, suppressions: [...finding.suppressions, MOVED] } : finding,
  );
}
