/** Leaves out findings that the user does not want to see; they are counted. */

import type { Finding } from '../model/finding.ts';
import type { Report } from '../model/report.ts';
import { isAccepted } from '../model/suppression.ts';
import { SEVERITIES, type Severity } from '../model/severity.ts';

export interface Filter {
  readonly minSeverity?: Severity | undefined;
  /** Only secrets that HEAD holds; those whose history is unknown are kept. */
  readonly inHead?: boolean;
}

export function filterReport(report: Report, { minSeverity = 'info', inHead = false }: Filter): Report {
  const least = SEVERITIES.indexOf(minSeverity);
  const isWanted = ({ severity, history }: Finding): boolean =>
    SEVERITIES.indexOf(severity) >= least && !(inHead && history?.inHead === false);
  const findings = report.findings.filter(isWanted);
  const filtered = report.findings.length - findings.length;
  if (filtered === 0) return report;
  return {
    ...report,
    findings,
    counts: {
      ...report.counts,
      suppressed: findings.filter(isAccepted).length,
      filtered: (report.counts.filtered ?? 0) + filtered,
    },
  };
}
