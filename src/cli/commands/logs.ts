/** `glaive logs [FILE...|-]`, `glaive logs --project PATH|ID` */

import type { ExitCode, Io } from '../../model/io.ts';
import { jobLogs } from '../../job-logs/index.ts';
import { type ParsedArgs, usage } from '../args/parse.ts';
import { scanAndReport } from '../run-scan.ts';
import { scanningOf } from './scan.ts';

/** Looks at what CI jobs have printed. */
export async function logsCommand(call: ParsedArgs, io: Io): Promise<ExitCode> {
  const project = call.value('project');
  if (project !== undefined) {
    if (call.args.length > 0) throw usage(call.command, '--project fetches logs, and cannot be used with a FILE');
    return await (await import('./logs-remote.ts')).remoteLogsCommand(call, io, project);
  }
  if (call.has('follow')) return await (await import('./logs-follow.ts')).followCommand(call, io);
  if (call.args.length === 0) throw usage(call.command, 'it needs a FILE, - for standard input, or --project');
  const files = scanningOf(call, io);
  return await scanAndReport(call, io, {
    ...files,
    volume: 'stream',
    isComplete: false,
    includeHead: false,
    sources: (surroundings) => files.sources(surroundings).map(jobLogs),
  });
}
