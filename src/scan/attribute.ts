/** Adds the knowledge of the sources to findings: which secrets a change only moves, who introduced them, and when. */

import type { Finding } from '../model/finding.ts';
import type { Secret } from '../model/secret.ts';
import { reportMerged } from './drops.ts';
import { markMoved } from './moved.ts';
import type { PassScanner } from './pass-scanner.ts';
import type { ScanRequest } from './request.ts';

export async function attribute(
  found: readonly Finding[],
  scanner: PassScanner,
  { signal, progress, onDrop }: ScanRequest,
): Promise<readonly Finding[]> {
  const { sources, coverage, redact, rescan, scanRemoved } = scanner;
  let findings = await markMoved(found, { sources, coverage, scanRemoved, signal });
  const { gap, cut } = coverage;
  // Loaded for findings only: `node:crypto` would cost the hook of a clean commit milliseconds.
  const fingerprintOf = async (secret: Secret): Promise<string> =>
    (await import('../triage/fingerprint.ts')).secretFingerprint(secret);
  const context = { scan: rescan, redact, fingerprintOf, gap, cut, progress };
  for (const source of sources) {
    const attributed = await source.attribute?.(findings, context);
    if (attributed === undefined) continue;
    if (onDrop !== undefined) reportMerged(findings, attributed, onDrop);
    findings = attributed;
  }
  return findings;
}
