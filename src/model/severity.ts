/** Severity in the terms of GitLab, mildest first. */

export const SEVERITIES = ['info', 'low', 'medium', 'high', 'critical'] as const;

export type Severity = (typeof SEVERITIES)[number];

/**
 * What an attacker can do with a credential:
 * - `write`: write, API, administration, or run code on a runner
 * - `read`: read private data
 * - `short-lived`: anything, but for minutes or hours only
 * - `public`: meant to be public, of low value
 */
export const RISKS = ['write', 'read', 'short-lived', 'public'] as const;

export type Risk = (typeof RISKS)[number];

/** The severity of a credential that is not known to be inactive; shown in `docs/reference.md`. */
export const SEVERITY_BY_RISK: Readonly<Record<Risk, Severity>> = {
  write: 'critical',
  read: 'high',
  'short-lived': 'high',
  public: 'info',
};
