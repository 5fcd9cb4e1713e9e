/** A leak that an earlier run has reported, as a state remembers it: enough to say whether it still counts. No secret. */

import type { ArtifactKind } from './artifact.ts';
import type { Confidence } from './confidence.ts';
import { bareFingerprint, type Finding } from './finding.ts';
import { isAccepted } from './suppression.ts';

export interface KnownLeak {
  readonly secretFingerprint: string;
  readonly ruleId: string;
  readonly kind: ArtifactKind;
  readonly uri: string;
  readonly confidence: Confidence;
  /** Whether its issuer said that it works, when it was asked last. */
  readonly isActive?: true;
  /** Whether a comment in the scanned text accepts it: the text does not change, so neither does that. */
  readonly isAllowedInline?: true;
  /** The fingerprint by which blobs are known to hold it, where that is another one. */
  readonly bare?: string;
  /** What must still exist for it to remain: a git object or the id of a job; absent: any blob that holds the secret. */
  readonly holder?: string;
}

export function knownLeak(finding: Finding, holder: string | undefined): KnownLeak {
  const { secretFingerprint, ruleId, artifact, confidence, tokenStatus, suppressions } = finding;
  const isInline = suppressions.some((one) => one.by === 'inline' && isAccepted({ suppressions: [one] }));
  const bare = bareFingerprint(finding);
  return {
    secretFingerprint,
    ...(bare === secretFingerprint ? {} : { bare }),
    ruleId,
    kind: artifact.kind,
    uri: artifact.uri,
    confidence,
    ...(tokenStatus.state === 'active' ? { isActive: true as const } : {}),
    ...(isInline ? { isAllowedInline: true as const } : {}),
    ...(holder === undefined ? {} : { holder }),
  };
}

/** One secret in one place: what a later run finds again is the same leak. */
export function keyOfLeak({ secretFingerprint, kind, uri }: KnownLeak): string {
  return `${secretFingerprint} ${kind} ${uri}`;
}
