/** Why a finding does not count, in SARIF's words. A suppressed finding is still reported as such, and counted. */

/** What a person accepted, in a configuration file. */
export interface AllowEntry {
  /** A secretFingerprint. */
  readonly secret?: string;
  readonly rule?: string;
  /** A path in gitignore syntax, relative to the base of URIs. */
  readonly path?: string;
  readonly reason: string;
  /** The last day on which it counts, `YYYY-MM-DD`. */
  readonly expires?: string;
  /** File and line it stands in. */
  readonly origin: string;
  /** Whether the change that is looked at brings it. */
  readonly addedByChange?: true;
}

/** One line of a baseline: one leak that is known. */
export interface BaselineEntry {
  readonly secretFingerprint: string;
  readonly ruleId: string;
  /** Where it stood when it was accepted; for people, it decides nothing. */
  readonly path: string;
  readonly reason: string;
  /** The last day on which it counts, `YYYY-MM-DD`. */
  readonly expires?: string;
  /**
   * The command that found the leak, if a scan of the work tree cannot be expected to find it again: `history`, `logs`,
   * `accept`. Such an entry is never stale, and only a person removes it.
   */
  readonly from?: string;
  /** Whether the change that is looked at brings it. */
  readonly addedByChange?: true;
}

/** A comment such as `glaive:allow gitlab_deploy_token a test fixture` on the line of a finding, or alone above it. */
export interface InlineAllow {
  /** Empty: any rule. */
  readonly rules: readonly string[];
  readonly reason: string;
}

export interface Suppression {
  /** SARIF: `inSource` stands in the scanned text, `external` beside it. */
  readonly kind: 'inSource' | 'external';
  readonly by: 'inline' | 'allow' | 'baseline' | 'moved';
  readonly justification: string;
  /** Whether the change that is looked at says so itself. */
  readonly addedByChange?: true;
  /** SARIF: that it is said, and does not count. Absent: accepted. */
  readonly status?: 'rejected';
}

/** Whether somebody has accepted a finding, who may: then it does not count. */
export function isAccepted({ suppressions }: { readonly suppressions: readonly Suppression[] }): boolean {
  return suppressions.some(({ status }) => status !== 'rejected');
}
