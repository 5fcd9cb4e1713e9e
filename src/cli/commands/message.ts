/** `glaive message FILE` */

import { resolve } from 'node:path';
import type { ExitCode, Io } from '../../model/io.ts';
import { commitMessageSource } from '../../sources/commit-message.ts';
import { type ParsedArgs, usage } from '../args/parse.ts';
import { scanAndReport } from '../run-scan.ts';

/** Scans the message of a commit before the commit is made. */
export async function messageCommand(args: ParsedArgs, io: Io): Promise<ExitCode> {
  const [file] = args.positionals;
  if (file === undefined)
    throw usage('message', 'FILE is missing', 'git gives it to a commit-msg hook as its argument.');
  return await scanAndReport(args, io, {
    sources: ({ signal }) => [commitMessageSource(resolve(io.cwd, file), signal)],
    volume: 'commit',
    silentWhenClean: true,
  });
}
