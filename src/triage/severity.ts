/** Risk and status to severity. */

import { SEVERITIES, SEVERITY_BY_RISK, type Risk, type Severity } from '../model/severity.ts';
import type { TokenStatus } from '../model/token-status.ts';

/** Dead credentials are `low` at most; one that is known to work is one step worse. */
export function severityOf(risk: Risk, status: TokenStatus): Severity {
  const severity = SEVERITY_BY_RISK[risk];
  const step = SEVERITIES.indexOf(severity);
  if (status.state === 'inactive') return SEVERITIES[Math.min(step, SEVERITIES.indexOf('low'))]!;
  if (status.state === 'active') return SEVERITIES[Math.min(step + 1, SEVERITIES.length - 1)]!;
  return severity;
}
