/** `glaive message FILE` */

import { resolve } from 'node:path';
import type { ExitCode, Io } from '../../model/io.ts';
import { commitMessageSource } from '../../sources/commit-message.ts';
import { type ParsedArgs, usage } from '../args/parse.ts';
import { scanAndReport } from '../run-scan.ts';

export async function messageCommand(args: ParsedArgs, io: Io): Promise<ExitCode> {
  return await scanMessage(args, io);
}

/** Scans the message of a commit before the commit is made. @param blocks the hook that calls */
export async function scanMessage(args: ParsedArgs, io: Io, blocks?: 'commit-msg'): Promise<ExitCode> {
  const [file] = args.positionals;
  if (file === undefined)
    throw usage('message', 'FILE is missing', 'git gives it to a commit-msg hook as its argument.');
  return await scanAndReport(args, io, {
    sources: ({ signal }) => [commitMessageSource(resolve(io.cwd, file), signal)],
    volume: 'commit',
    silentWhenClean: true,
    blocks,
  });
}
