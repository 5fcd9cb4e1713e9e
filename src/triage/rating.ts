/** Whether a credential still works, as far as that is known offline, and how bad its leak is. */

import type { Facts } from '../model/candidate.ts';
import { SEVERITIES, SEVERITY_BY_RISK, type Risk, type Severity } from '../model/severity.ts';
import type { TokenStatus } from '../model/token-status.ts';

/** A token that contains its expiry date is dead for certain once that has passed. */
export function offlineStatus(facts: Facts, now: Date): TokenStatus {
  if (facts.expiresAt !== undefined && new Date(facts.expiresAt) < now) return { state: 'inactive', reason: 'expired' };
  return { state: 'unknown', reason: 'not checked' };
}

/** A dead credential is `low` at most; one that is known to work is one step worse. */
export function severityOf(risk: Risk, status: TokenStatus): Severity {
  const severity = SEVERITY_BY_RISK[risk];
  const step = SEVERITIES.indexOf(severity);
  if (status.state === 'inactive') return SEVERITIES[Math.min(step, SEVERITIES.indexOf('low'))]!;
  if (status.state === 'active') return SEVERITIES[Math.min(step + 1, SEVERITIES.length - 1)]!;
  return severity;
}
