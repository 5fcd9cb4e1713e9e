/** A finding is one secret in one artifact, with all its places there. */

import type { ArtifactKind } from './artifact-kind.ts';
import type { Artifact } from './artifact.ts';
import type { Facts, Hint } from './candidate.ts';
import type { Confidence } from './confidence.ts';
import type { Region } from './region.ts';
import type { Secret } from './secret.ts';
import type { Severity } from './severity.ts';
import type { Suppression } from './suppression.ts';
import type { TokenStatus } from './token-status.ts';
import type { Verification } from './verification.ts';

/** How to read the secret again, without the secret itself. `byteOffset` and `byteLength` span the encoded form. */
export interface Locator {
  readonly kind: ArtifactKind | 'blob';
  /** Absent if there is no path, or if the path itself holds the secret. */
  readonly path?: string;
  /** The git object, for secrets that are not in a file of the work tree. */
  readonly blob?: string;
  /** The commit, for secrets in the commit itself: its message, its author. */
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

/** The change that introduced a secret. */
export interface Introduction {
  readonly commit: string;
  /** Name and mail address from the commit; redacted. */
  readonly author?: string;
  /** Of the author, ISO 8601 with the zone. */
  readonly date?: string;
  /** Name of the artifact, and line of the secret, in that commit. */
  readonly uri: string;
  readonly startLine: number;
  /** The number of commits that introduced it, if there are several: cherry-picks, other branches. */
  readonly introductions?: number;
  /** The clone ends at that commit, so the secret may be older. */
  readonly atOrBefore?: true;
}

/** What happened later to a secret that a commit introduced. */
export interface FindingHistory {
  /** Whether a commit that introduced it is reachable from a ref. */
  readonly reachable: boolean;
  /** Some of the refs whose history holds it; redacted. */
  readonly refs: readonly string[];
  readonly refCount: number;
  /** Whether it is in HEAD, under the same path. */
  readonly inHead: boolean;
  /** The last commit that removed it; absent while it is in HEAD. */
  readonly removed?: { readonly commit: string; readonly date?: string };
}

/** One line of the artifact with every secret masked; safe to show. Columns are 0-based UTF-16 units in `text`. */
export interface Excerpt {
  readonly text: string;
  readonly markStart: number;
  readonly markEnd: number;
}

/** The other possible extent of a credential: with the prefix of an instance, or without. */
export interface Reading {
  readonly secret: Secret;
  readonly secretFingerprint: string;
}

/** A project, or a repository of which only the address or the name is known. Texts of strangers, redacted. */
export interface FindingProject {
  /** Its id in GitLab. */
  readonly id?: number;
  readonly path?: string;
  readonly url?: string;
}

export interface Finding {
  readonly ruleId: string;
  readonly form: string;
  readonly confidence: Confidence;
  readonly severity: Severity;
  readonly tokenStatus: TokenStatus;
  /** The issuer's response; absent without verification. */
  readonly verification?: Verification;
  readonly artifact: Artifact;
  /** Sorted by position; at least one. */
  readonly regions: readonly [Region, ...Region[]];
  readonly secret: Secret;
  /** The other reading, if there are two. Reports do not contain it. */
  readonly other?: Reading;
  /** Shown in place of the secret: its public prefix and a mask of fixed length. */
  readonly preview: string;
  readonly excerpt?: Excerpt;
  /** SHA-256, hex: the same for all places of the secret. */
  readonly secretFingerprint: string;
  /** SHA-256, hex, of the secret in this artifact. */
  readonly fingerprint: string;
  readonly facts: Facts;
  /** Values near it that may show where it works. */
  readonly hints?: readonly Hint[];
  readonly locator: Locator;
  /** The commit that introduced it, if known. */
  readonly introduction?: Introduction;
  /** Set by a scan of the whole history. */
  readonly history?: FindingHistory;
  /** In a report on several projects: the one that it was found in. */
  readonly project?: FindingProject;
  /** Whether another token character follows directly in all places: its end is then only known from its usual length. */
  readonly touched?: true;
  /** Whether a later commit of the scanned range removes it again. It is a leak nevertheless. */
  readonly removedLater?: true;
  /** The acceptances, with their reasons. `isAccepted` says whether one of them is valid. */
  readonly suppressions: readonly Suppression[];
}

/** The findings of each secret, by secretFingerprint, in the order of the first finding. */
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
 * The secretFingerprint of the shorter reading. It is the same in every version of a file, whereas the preferred reading depends
 * on the rest of the file.
 */
export function bareFingerprint({
  secret,
  secretFingerprint,
  other,
}: Pick<Finding, 'secret' | 'secretFingerprint' | 'other'>): string {
  return other === undefined || other.secret.length > secret.length ? secretFingerprint : other.secretFingerprint;
}

/** Whether the fingerprint of one of its readings is known. */
export function isAmong(finding: Pick<Finding, 'secretFingerprint' | 'other'>, known: ReadonlySet<string>): boolean {
  return fingerprintsOf(finding).some((fingerprint) => known.has(fingerprint));
}

/** The facts of all findings of one secret together. */
export function factsOf(group: readonly Pick<Finding, 'facts'>[]): Facts {
  const all: Facts = {};
  for (const { facts } of group) Object.assign(all, facts);
  return all;
}
