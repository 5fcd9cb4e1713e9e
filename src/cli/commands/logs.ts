/** `glaive logs [FILE...|-]`, `glaive logs --project PATH|ID` */

import type { ExitCode, Io } from '../../model/io.ts';
import { jobLogs } from '../../job-logs/index.ts';
import { type ParsedArgs, usage } from '../args/parse.ts';
import { scanAndReport } from '../run-scan.ts';
import { scanPlan } from './scan.ts';

/** Scans the logs of CI jobs. */
export async function logsCommand(args: ParsedArgs, io: Io): Promise<ExitCode> {
  const project = args.value('project');
  if (project !== undefined) {
    if (args.positionals.length > 0)
      throw usage(args.command, '--project fetches logs, and cannot be used with a FILE');
    return await (await import('./logs-remote.ts')).remoteLogsCommand(args, io, project);
  }
  if (args.has('follow')) return await (await import('./logs-follow.ts')).followCommand(args, io);
  if (args.positionals.length === 0) throw usage(args.command, 'it needs a FILE, - for standard input, or --project');
  const files = scanPlan(args.positionals, args, io);
  return await scanAndReport(args, io, {
    ...files,
    volume: 'stream',
    isComplete: false,
    includeHead: false,
    sources: (context) => files.sources(context).map(jobLogs),
  });
}
