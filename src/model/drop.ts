/**
 * Why a possible credential is not in the report. Every step of a scan that drops one names its reason to an optional
 * observer; a scan without one does no extra work.
 */

import type { Artifact } from './artifact.ts';
import type { Candidate } from './candidate.ts';
import type { Confidence } from './confidence.ts';
import type { Finding } from './finding.ts';
import type { Region } from './region.ts';
import type { CheckName } from './rule.ts';
import type { Suppression } from './suppression.ts';

export type DropReason =
  /** The text at a keyword does not have the shape of the form. */
  | { readonly kind: 'pattern' }
  /** The shape is longer than the form allows. */
  | { readonly kind: 'max-span'; readonly max: number }
  | { readonly kind: 'check'; readonly check: CheckName }
  /** A value that may be generated, next to GitLab's name, is assigned to nothing that makes it a credential. */
  | { readonly kind: 'unnamed' }
  /** The characters that touch its end make it a part of a routable token, which is not a token by itself. */
  | { readonly kind: 'right-end' }
  /** The text around the anchor does not have the shape of a routable token. */
  | { readonly kind: 'routable-shape' }
  /** The shape of a routable token without a known prefix, and with an invalid checksum. */
  | { readonly kind: 'checksum' }
  /** A routable token whose checksum is valid, and whose type belongs to no rule. */
  | { readonly kind: 'routable-type' }
  /** A better candidate overlaps it. */
  | { readonly kind: 'overlap'; readonly better: { readonly ruleId: string; readonly region: Region } }
  /** It is found only when lines are joined, and does not end where its line does. */
  | { readonly kind: 'joined-lines' }
  /** The artifact has more candidates than are kept. */
  | { readonly kind: 'too-many-candidates'; readonly max: number }
  /** The version before the change had it as often. */
  | { readonly kind: 'not-new' }
  /** A stored (uncompressed) entry of an archive; the finding names the entry. */
  | { readonly kind: 'archive-entry' }
  | { readonly kind: 'placeholder' }
  /** The same secret is listed already: this is another place of that finding, or another version of it. */
  | { readonly kind: 'same-secret'; readonly uri: string; readonly region: Region }
  | { readonly kind: 'below-confidence'; readonly confidence: Confidence; readonly least: Confidence }
  /** The command reports other commits or refs only. */
  | { readonly kind: 'filtered' }
  /** Accepted, or moved by the change: the finding is counted as suppressed. `entry`: where that is written. */
  | { readonly kind: 'suppressed'; readonly suppression: Suppression; readonly entry?: string }
  /** The whole artifact is skipped unless it is named. */
  | { readonly kind: 'excluded-path' };

export interface Drop {
  readonly artifact: Artifact;
  readonly reason: DropReason;
  /** Absent where it belongs to no single rule: the routable shape, a whole artifact. */
  readonly ruleId?: string;
  readonly form?: string;
  /** Absent for a whole artifact. */
  readonly region?: Region;
  /** Encodings that were decoded to see it, outermost first. */
  readonly encodings?: readonly string[];
}

export type OnDrop = (drop: Drop) => void;

/** Drops every place of a finding. */
export function dropFinding(onDrop: OnDrop, finding: Finding, reason: DropReason): void {
  const { ruleId, form, artifact, regions, locator } = finding;
  for (const region of regions) onDrop({ ruleId, form, artifact, region, encodings: locator.encodings, reason });
}

/** The drop of a candidate, for an observer that knows its artifact. */
export function dropOf(
  { ruleId, form, region, encodings = [] }: Candidate,
  reason: DropReason,
): Omit<Drop, 'artifact'> {
  return { ruleId, form, region, encodings, reason };
}
