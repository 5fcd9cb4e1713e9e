/** Reports to an observer which findings the last steps of a scan leave out of the report, and why. */

import { atLeast } from '../model/confidence.ts';
import { dropFinding, type OnDrop } from '../model/drop.ts';
import type { Finding } from '../model/finding.ts';
import type { Suppressor } from '../triage/suppress.ts';
import type { ScanRequest } from './request.ts';

/** @param after the findings that a step returned for those before it: merged, or moved to the commit that introduced them */
export function reportMerged(before: readonly Finding[], after: readonly Finding[], onDrop: OnDrop): void {
  for (const finding of before) {
    const same = after.find(
      ({ fingerprint, artifact }) => fingerprint === finding.fingerprint && artifact.kind === finding.artifact.kind,
    );
    if (same !== undefined && same.artifact.commit === finding.artifact.commit) continue;
    const other = same ?? after.find(({ secretFingerprint }) => secretFingerprint === finding.secretFingerprint);
    dropFinding(
      onDrop,
      finding,
      other === undefined
        ? { kind: 'filtered' }
        : { kind: 'same-secret', uri: other.artifact.uri, region: other.regions[0] },
    );
  }
}

/** Reports the findings that the report does not list as active: below the minimum confidence, or suppressed. */
export function reportUnlisted(
  findings: readonly Finding[],
  suppressor: Suppressor,
  { minConfidence: least, onDrop }: ScanRequest,
): void {
  if (onDrop === undefined) return;
  for (const finding of findings) {
    const { confidence, suppressions } = finding;
    const suppression = suppressions.find(({ status }) => status !== 'rejected');
    if (!atLeast(confidence, least)) dropFinding(onDrop, finding, { kind: 'below-confidence', confidence, least });
    else if (suppression !== undefined) {
      const entry = ['allow', 'baseline'].includes(suppression.by) ? suppressor.entryFor(finding) : undefined;
      dropFinding(onDrop, finding, { kind: 'suppressed', suppression, ...(entry === undefined ? {} : { entry }) });
    }
  }
}
