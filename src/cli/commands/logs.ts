/** `glaive logs [FILE...|-]`, `glaive logs --project PATH|ID` */

import type { ExitCode, Io } from '../../model/io.ts';
import { jobLogs } from '../../job-logs/index.ts';
import type { ParsedArgs } from '../args/parse.ts';
import { usage } from '../args/parse.ts';
import { scanAndReport } from '../scan-setup.ts';
import { scanningOf } from './scan.ts';

const REMOTE = ['pipeline', 'job', 'ref', 'since', 'failed', 'max', 'artifacts', 'erase', 'yes', 'state'] as const;

/** Looks at what CI jobs have printed. */
export async function logsCommand(call: ParsedArgs, io: Io): Promise<ExitCode> {
  const project = call.value('project');
  if (project !== undefined) {
    if (call.args.length > 0) throw usage(call.command, '--project fetches logs, and a FILE is one already');
    if (call.has('follow')) throw usage(call.command, '--follow takes a FILE, and --project fetches logs');
    return await (await import('./logs-remote.ts')).remoteLogsCommand(call, io, project);
  }
  const remote = REMOTE.find((flag) => call.has(flag));
  if (remote !== undefined) throw usage(call.command, `--${remote} needs --project`);
  if (call.has('follow')) return await (await import('./logs-follow.ts')).followCommand(call, io);
  if (call.args.length === 0) throw usage(call.command, 'it needs a FILE, - for standard input, or --project');
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
