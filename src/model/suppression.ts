/** Why a finding does not count, in the terms of SARIF. A suppressed finding is still reported as such, and counted. */

/** An accepted finding in a configuration file. */
export interface AllowEntry {
  /** A secretFingerprint. */
  readonly secret?: string;
  readonly rule?: string;
  /** A path in gitignore syntax, relative to the base of URIs. */
  readonly path?: string;
  readonly reason: string;
  /** The last day on which it is valid, `YYYY-MM-DD`. */
  readonly expires?: string;
  /** The file and line of the entry. */
  readonly origin: string;
  /** Whether the scanned change adds it. */
  readonly addedByChange?: true;
}

/** One line of a baseline: one known leak. */
export interface BaselineEntry {
  readonly secretFingerprint: string;
  readonly ruleId: string;
  /** Its path when it was accepted; for people only. */
  readonly path: string;
  readonly reason: string;
  /** The last day on which it is valid, `YYYY-MM-DD`. */
  readonly expires?: string;
  /**
   * The command that found the leak, if a scan of the work tree cannot be expected to find it again: `history`, `logs`,
   * `accept`. Such an entry is never stale, and only a person removes it.
   */
  readonly from?: string;
  /** Whether the scanned change adds it. */
  readonly addedByChange?: true;
}

/** A comment such as `glaive:allow gitlab_deploy_token a test fixture` on the line of a finding, or alone above it. */
export interface InlineAllow {
  /** Empty: any rule. */
  readonly rules: readonly string[];
  readonly reason: string;
}

export interface Suppression {
  /** SARIF: `inSource` is in the scanned text, `external` is in another file. */
  readonly kind: 'inSource' | 'external';
  readonly by: 'inline' | 'allow' | 'baseline' | 'moved';
  readonly justification: string;
  /** Whether the scanned change adds the suppression. */
  readonly addedByChange?: true;
  /** SARIF: `rejected` suppressions are reported, and have no effect. Absent: accepted. */
  readonly status?: 'rejected';
}

/** Whether a valid suppression accepts the finding, so that it does not count. */
export function isAccepted({ suppressions }: { readonly suppressions: readonly Suppression[] }): boolean {
  return suppressions.some(({ status }) => status !== 'rejected');
}
