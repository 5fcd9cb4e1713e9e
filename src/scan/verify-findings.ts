/** Asks the issuers whether the reported credentials are active, and applies their responses. Accepted findings are left out. */

import type { Finding } from '../model/finding.ts';
import { isAccepted } from '../model/suppression.ts';
import { applyVerificationResults } from './apply-verification.ts';
import type { Coverage } from './coverage.ts';
import { rulesOf } from './to-report.ts';
import type { ScanRequest } from './request.ts';

/** Without a verification stage the findings are returned unchanged, and no request is sent. */
export async function verifyFindings(
  findings: readonly Finding[],
  request: ScanRequest,
  coverage: Coverage,
): Promise<readonly Finding[]> {
  if (request.verifyStage === undefined) return findings;
  const { verdicts, gaps } = await request.verifyStage.verify(findings.filter((finding) => !isAccepted(finding)));
  for (const gap of gaps) coverage.gap(gap);
  return applyVerificationResults(findings, verdicts, rulesOf(request));
}
