/** `glaive logs [FILE...|-]` */

import type { ExitCode, Io } from '../../model/io.ts';
import { jobLogs } from '../../sources/job-log/index.ts';
import type { Call } from '../parse.ts';
import { usage } from '../parse.ts';
import { scanAndReport } from '../scanning.ts';
import { scanningOf } from './scan.ts';

/** Looks at what CI jobs have printed. */
export async function logsCommand(call: Call, io: Io): Promise<ExitCode> {
  if (call.args.length === 0) throw usage(call.command, 'it needs a FILE, or - for standard input');
  const files = scanningOf(call, io);
  return await scanAndReport(call, io, {
    ...files,
    everything: false,
    threads: false,
    isSmall: false,
    namesHead: false,
    sources: (surroundings) => files.sources(surroundings).map(jobLogs),
  });
}
