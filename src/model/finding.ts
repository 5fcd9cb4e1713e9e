/** A finding is one secret in one artifact, with every place where it stands in it. */

import type { Artifact, ArtifactKind } from './artifact.ts';
import type { Facts, Hint } from './candidate.ts';
import type { Confidence } from './confidence.ts';
import type { Region } from './region.ts';
import type { Secret } from './secret.ts';
import type { Severity } from './severity.ts';
import type { Suppression } from './suppression.ts';
import type { TokenStatus } from './token-status.ts';
import type { Verification } from './verification.ts';

/** Where the secret can be read again; never the secret itself. `byteOffset` and `byteLength` span the encoded form. */
export interface Locator {
  readonly kind: ArtifactKind | 'blob';
  /** Absent where there is no path, or where the path itself holds the secret. */
  readonly path?: string;
  /** The git object, for what does not stand in a file of the work tree. */
  readonly blob?: string;
  /** The commit, for what stands in the commit itself. */
  readonly commit?: string;
  /** The names of the entries of archives to open first, outermost first. */
  readonly entries?: readonly string[];
  /** Of a job log: the job. */
  readonly job?: { readonly server: string; readonly project: string; readonly id: string };
  readonly byteOffset: number;
  readonly byteLength: number;
  /** Encodings to undo, outermost first. */
  readonly encodings: readonly string[];
}

/** The change that brought a secret in. */
export interface Introduction {
  readonly commit: string;
  /** Name and mail address as they stand in the commit; redacted. */
  readonly author?: string;
  /** Of the author, ISO 8601 with the zone. */
  readonly date?: string;
  /** How the artifact was called then, and where in it the secret stood. */
  readonly uri: string;
  readonly startLine: number;
  /** How many commits brought it, where it is more than one: cherry-picks, other branches. */
  readonly introductions?: number;
  /** The clone ends at that commit, so it may be older. */
  readonly atOrBefore?: true;
}

/** What became of a secret that some commit brought. */
export interface FindingHistory {
  /** Whether a ref leads to a commit that brought it. */
  readonly reachable: boolean;
  /** Refs whose history holds it, some of them; redacted. */
  readonly refs: readonly string[];
  readonly refCount: number;
  /** Whether it stands in HEAD, under the same path. */
  readonly inHead: boolean;
  /** The last commit that took it away; absent while it is in HEAD. */
  readonly removed?: { readonly commit: string; readonly date?: string };
}

/** One line of the artifact with every secret masked; safe to show. Columns are 0-based UTF-16 units in `text`. */
export interface Excerpt {
  readonly text: string;
  readonly markStart: number;
  readonly markEnd: number;
}

/** A credential as it may be meant, too: with what stands before it, or without. */
export interface Reading {
  readonly secret: Secret;
  readonly secretFingerprint: string;
}

export interface Finding {
  readonly ruleId: string;
  readonly form: string;
  readonly confidence: Confidence;
  readonly severity: Severity;
  readonly tokenStatus: TokenStatus;
  /** What the issuer said; absent when nobody was to be asked. */
  readonly verification?: Verification;
  readonly artifact: Artifact;
  /** Sorted by position; at least one. */
  readonly regions: readonly [Region, ...Region[]];
  readonly secret: Secret;
  /** The other reading, where there are two. It is no part of reports. */
  readonly other?: Reading;
  /** What is shown in place of the secret: its public prefix and a mark of fixed length. */
  readonly preview: string;
  readonly excerpt?: Excerpt;
  /** SHA-256, hex: the same wherever the secret stands. */
  readonly secretFingerprint: string;
  /** SHA-256, hex: the secret in this artifact. */
  readonly fingerprint: string;
  readonly facts: Facts;
  /** What stands beside it and may tell where it works. */
  readonly hints?: readonly Hint[];
  readonly locator: Locator;
  /** Who brought it, where that is known. */
  readonly introduction?: Introduction;
  /** Of a scan of all history. */
  readonly history?: FindingHistory;
  /** Whether another character of a token follows it everywhere, so that its usual length tells where it ends. */
  readonly touched?: true;
  /** Whether a later commit of what was looked at took it away again: then it is a leak all the same. */
  readonly removedLater?: true;
  /** Who has accepted it, and why. Whether that counts: `isAccepted`. */
  readonly suppressions: readonly Suppression[];
}

/** The findings of each secret, by secretFingerprint; secrets in the order in which they come. */
export function bySecret(findings: readonly Finding[]): Map<string, [Finding, ...Finding[]]> {
  const groups = new Map<string, [Finding, ...Finding[]]>();
  for (const finding of findings) {
    const group = groups.get(finding.secretFingerprint);
    if (group === undefined) groups.set(finding.secretFingerprint, [finding]);
    else group.push(finding);
  }
  return groups;
}

/** The secretFingerprints of all readings, that of the finding first. */
export function fingerprintsOf({ secretFingerprint, other }: Pick<Finding, 'secretFingerprint' | 'other'>): string[] {
  return other === undefined ? [secretFingerprint] : [secretFingerprint, other.secretFingerprint];
}

/**
 * The secretFingerprint of the shorter reading. It is the same in every version of a file; which reading a version speaks for
 * depends on what else is in it.
 */
export function bareFingerprint({
  secret,
  secretFingerprint,
  other,
}: Pick<Finding, 'secret' | 'secretFingerprint' | 'other'>): string {
  return other === undefined || other.secret.length > secret.length ? secretFingerprint : other.secretFingerprint;
}

/** Whether a secret is among those with certain fingerprints, in any reading. */
export function isAmong(finding: Pick<Finding, 'secretFingerprint' | 'other'>, known: ReadonlySet<string>): boolean {
  return fingerprintsOf(finding).some((each) => known.has(each));
}

/** What the findings of one secret tell together. */
export function factsOf(group: readonly Pick<Finding, 'facts'>[]): Facts {
  const all: Facts = {};
  for (const { facts } of group) Object.assign(all, facts);
  return all;
}
