/** `glaive staged` */

import { findWorkTree } from '../../git/find-work-tree.ts';
import { GlaiveError } from '../../model/errors.ts';
import type { ExitCode, Io } from '../../model/io.ts';
import { stagedSource } from '../../staged/staged.ts';
import type { ParsedArgs } from '../args/parse.ts';
import { scanAndReport } from '../run-scan.ts';

/** Scans the lines that the next commit adds. @param diff their text, if it was read already @param blocks the hook that calls */
export async function stagedCommand(args: ParsedArgs, io: Io, diff?: Buffer, blocks?: 'pre-commit'): Promise<ExitCode> {
  if (findWorkTree(io.cwd) === undefined && io.env['GIT_DIR'] === undefined) {
    throw new GlaiveError('usage', 'staged: there is no git repository here', {
      hint: 'Run this inside a git work tree.',
    });
  }
  return await scanAndReport(args, io, {
    sources: ({ signal, exclusions }) => [stagedSource({ cwd: io.cwd, env: io.env, signal, diff, ...exclusions })],
    volume: 'commit',
    silentWhenClean: true,
    blocks,
  });
}
