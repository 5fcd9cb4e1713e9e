/** A leak that an earlier run reported, as a state keeps it: enough to decide whether it still counts, without the secret. */

import type { ArtifactKind } from './artifact-kind.ts';
import type { Confidence } from './confidence.ts';
import { bareFingerprint, type Finding } from './finding.ts';
import { isAccepted } from './suppression.ts';

export interface KnownLeak {
  readonly secretFingerprint: string;
  readonly ruleId: string;
  readonly kind: ArtifactKind;
  readonly uri: string;
  readonly confidence: Confidence;
  /** Whether it was active when its issuer was last asked. */
  readonly isActive?: true;
  /** Whether a comment in the scanned text accepts it. The text cannot change, so this cannot either. */
  readonly isAllowedInline?: true;
  /** The fingerprint under which the state lists the blobs that hold it, if it differs. */
  readonly bare?: string;
  /** It remains while this exists: a git object, or the id of a job; absent: while any blob holds the secret. */
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

/** Identifies one secret in one place: a later run that finds it again finds the same leak. */
export function keyOfLeak({ secretFingerprint, kind, uri }: KnownLeak): string {
  return `${secretFingerprint} ${kind} ${uri}`;
}
