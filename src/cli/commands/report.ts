/** `glaive report IN... --format F`: converts reports, and merges several into one. */

import { reclassify } from '../../scan/reclassify.ts';
import { EXIT, type ExitCode, type Io } from '../../model/io.ts';
import type { Report } from '../../model/report.ts';
import { readReports } from '../../report/readers/index.ts';
import { filterReport } from '../../report/filter.ts';
import { mergeReports } from '../../report/merge.ts';
import { type ParsedArgs, usage } from '../args/parse.ts';
import { readInput } from '../read-report.ts';
import { filterOf, readDestinations, writeReports } from '../output.ts';
import { sayGaps } from '../run-scan.ts';
import { loadRules } from '../scan-setup.ts';

/** Exits with 0 once the report is written, whatever its findings. */
export async function reportCommand(args: ParsedArgs, io: Io): Promise<ExitCode> {
  if (args.positionals.length === 0) throw usage('report', 'it needs a report, or - for standard input');
  if (new Set(args.positionals).size < args.positionals.length) throw usage('report', 'a report is named twice');
  const destinations = readDestinations(args, io.cwd);
  const now = io.clock();
  let reports: readonly Report[] = [];
  for (const name of args.positionals)
    reports = reports.concat(readReports(await readInput(name, args, io), name === '-' ? 'standard input' : name, now));
  const [first, ...others] = reports;
  if (first === undefined) throw usage('report', 'the report contains no run');
  const all = await reclassify(mergeReports([first, ...others]), await loadRules(args, io), now);
  const merged = filterReport(all, filterOf(args));
  const iid = args.value('merge-request');
  if (iid !== undefined) await (await import('./report-merge-request.ts')).postToMergeRequest(iid, merged, args, io);
  try {
    await writeReports(merged, destinations, args, io);
  } finally {
    await sayGaps(merged, io);
  }
  return EXIT.clean;
}
