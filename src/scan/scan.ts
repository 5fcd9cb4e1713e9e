/**
 * THE MAIN PATH. Everything that glaive scans takes it:
 *
 *     source  >  detect  >  triage  >  attribute  >  verify  >  report
 *
 * A source yields inputs. The scanner of a pass detects candidates in their bytes, and triage makes findings of them. The
 * sources attribute the findings: who introduced them, whether they are still present. The issuers say which are active.
 * Coverage records everything that was scanned, skipped, or could not be read. The caller renders the report (`report/`).
 */

import { createRedactor } from '../detect/redact.ts';
import { createKernel } from '../detect/search/create-kernel.ts';
import { atLeast } from '../model/confidence.ts';
import type { Finding } from '../model/finding.ts';
import type { Report } from '../model/report.ts';
import { createSuppressor, NOTHING_ACCEPTED } from '../triage/suppress.ts';
import { unionOf } from '../triage/union.ts';
import { attribute } from './attribute.ts';
import { createCoverage, secondCoverage } from './coverage.ts';
import { reportUnlisted } from './drops.ts';
import { FindingList } from './finding-list.ts';
import { inputsOf, openScanner, type PassScanner } from './pass-scanner.ts';
import type { ScanRequest } from './request.ts';
import { toReport } from './to-report.ts';
import { verifyFindings } from './verify-findings.ts';

/** Scans all inputs of the sources. Never throws for an input that cannot be scanned: it is a gap in the report. */
export async function scan(request: ScanRequest): Promise<Report> {
  const { signal, minConfidence, others = [] } = request;
  const startTime = request.clock();
  const { redact } = createRedactor(request.ruleset, createKernel);
  const coverage = createCoverage(redact);
  const suppressor = createSuppressor(request.accepted ?? NOTHING_ACCEPTED, startTime, redact);
  const judge = { suppressor, startTime };

  let findings = await scanPass(openScanner(request, { request, coverage, ...judge }), request);
  for (const pass of others) {
    if (signal?.aborted === true) break;
    const scanner = openScanner(pass, { request, coverage: secondCoverage(coverage), ...judge });
    findings = unionOf([findings, await scanPass(scanner, request)], request.onDrop);
  }
  if (signal?.aborted === true) coverage.stopped(signal.reason);
  if (request.strict) coverage.promoteSkips();
  reportUnlisted(findings, suppressor, request);

  const listed = findings.filter(({ confidence }) => atLeast(confidence, minConfidence));
  const verified = await verifyFindings(listed, request, coverage);
  return toReport(request, { findings, listed: verified, coverage, suppressor, startTime });
}

/** The findings of one pass, attributed. */
async function scanPass(scanner: PassScanner, request: ScanRequest): Promise<readonly Finding[]> {
  const list = new FindingList(request);
  try {
    for await (const { uri, findings } of scanner.scan(inputsOf(scanner))) {
      list.add(findings);
      if (findings.length > 0) request.onFound?.(findings);
      if (!list.isFull) continue;
      scanner.coverage.overflow(uri);
      break;
    }
  } finally {
    await scanner.close();
  }
  return await attribute(list.findings, scanner, request);
}
