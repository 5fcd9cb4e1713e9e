/** `glaive verify [REPORT.json|-]` */

import { throwIfInterrupted } from '../../model/errors.ts';
import { activeFindings, type Report } from '../../model/report.ts';
import { EXIT, type ExitCode, type Io } from '../../model/io.ts';
import type { Verdict } from '../../model/verification.ts';
import { applyVerificationResults } from '../../scan/apply-verification.ts';
import { filterReport } from '../../report/filter.ts';
import type { ParsedArgs } from '../args/parse.ts';
import { readReportAt, rereadReport } from '../read-report.ts';
import { filterOf, readDestinations, writeReports } from '../output.ts';
import { sayGaps } from '../run-scan.ts';
import { openVerifyStage } from '../servers/verification.ts';

/** Checks which credentials of a report are still active, and writes the report with the results. */
export async function verifyCommand(args: ParsedArgs, io: Io): Promise<ExitCode> {
  const destinations = readDestinations(args, io.cwd);
  const stage = await openVerifyStage(args, io, io.signal);
  const before = await readReportAt(args.positionals[0] ?? '-', args, io);
  const startTime = io.clock();
  const { findings, gone, gaps } = await rereadReport(before, args, io);
  const { verdicts, gaps: unanswered } = await stage.verify(findings);
  throwIfInterrupted(io.signal);
  const sourceGone: Verdict = {
    status: { state: 'unknown', reason: 'source gone' },
    verification: {
      checkedAt: startTime.toISOString(),
      notes: ['The secret is no longer there, or cannot be read again: scan with --verify.'],
    },
  };
  const all = new Map([...verdicts, ...[...gone].map((fingerprint) => [fingerprint, sourceGone] as const)]);
  const checked: Report = {
    ...before,
    command: 'verify',
    findings: applyVerificationResults(before.findings, all, before.rules),
    gaps: [...before.gaps, ...gaps, ...unanswered],
    startTime,
    endTime: io.clock(),
  };
  const report = filterReport(checked, filterOf(args));
  try {
    await writeReports(report, destinations, args, io, false);
  } finally {
    await sayGaps(report, io);
  }
  return codeOf(report);
}

/** An unknown credential may be active: exit code 2. */
function codeOf(report: Report): ExitCode {
  const states = new Set(activeFindings(report).map(({ tokenStatus }) => tokenStatus.state));
  if (report.gaps.length > 0 || states.has('unknown')) return EXIT.incomplete;
  return states.has('active') ? EXIT.findings : EXIT.clean;
}
