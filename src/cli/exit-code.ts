/** What a report means for the exit code. */

import { atLeast, type Confidence } from '../model/confidence.ts';
import type { Finding } from '../model/finding.ts';
import { EXIT, type ExitCode } from '../model/io.ts';
import { activeFindings, isComplete, type Report } from '../model/report.ts';
import type { ParsedArgs } from './args/parse.ts';

export type FailOn = Confidence | 'active';

export function exitCode(report: Report, failOn: FailOn = 'likely', args: ParsedArgs): ExitCode {
  if (!isComplete(report)) return EXIT.incomplete;
  const failing = failingFindings(report, failOn).length > 0;
  const remains =
    !args.has('only-new') &&
    (report.known ?? []).some(({ confidence, isActive }) =>
      failOn === 'active' ? isActive === true : atLeast(confidence, failOn),
    );
  return (failing || remains) && !args.has('exit-zero') ? EXIT.findings : EXIT.clean;
}

/** The findings for which a scan fails. */
export function failingFindings(report: Report, failOn: FailOn = 'likely'): readonly Finding[] {
  return activeFindings(report).filter(({ confidence, tokenStatus }) =>
    failOn === 'active' ? tokenStatus.state === 'active' : atLeast(confidence, failOn),
  );
}
