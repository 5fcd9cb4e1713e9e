/** `glaive history` */

import { resolve } from 'node:path';
import type { GitOptions } from '../../git/spawn.ts';
import { readState } from '../../history/state.ts';
import { plural } from '../../lib/format-amounts.ts';
import type { ExitCode, Io } from '../../model/io.ts';
import type { ParsedArgs } from '../args/parse.ts';
import { readDestinations } from '../output.ts';
import { writeConcluded } from '../run-scan.ts';
import { limitedSignal } from '../scan-setup.ts';
import { namedRepository } from './history-repository.ts';
import { sweepDigest, sweepHistory, type SweepOptions, type SweepState } from './history-sweep.ts';

/** Scans every object that the repository has ever held. */
export async function historyCommand(args: ParsedArgs, io: Io): Promise<ExitCode> {
  if (args.positionals.length > 1) return await (await import('./history-several.ts')).sweepSeveral(args, io);
  const whole = namedRepository(args, io);
  // Listing the objects of a large repository counts against the time limit too.
  const repository: GitOptions = { ...whole, signal: await limitedSignal(args, io, whole.cwd) };
  const path = args.value('state');
  const state = path === undefined ? undefined : await storedAt(resolve(io.cwd, path), args, io, repository.cwd);
  const options: SweepOptions = { repository, name: args.positionals[0], state };
  if (args.has('check')) return await (await import('./history-check.ts')).checkHistory(args, io, options);
  const destinations = readDestinations(args, io.cwd);
  const isText = destinations.every(({ format }) => format === 'text');
  // Text for people names the repository only if there are findings; without any, git need not be asked.
  const isNamed: SweepOptions['isNamed'] = ({ findings }) => findings.length > 0 || !isText;
  const result = await sweepHistory(args, io, { ...options, isNamed });
  const code = await writeConcluded(result, destinations, {}, args, io);
  const { next, earlier } = result;
  if (state === undefined || next === undefined) return code;
  if (!next.isSame) await next.write(state.name);
  if (!args.has('quiet') && earlier !== undefined)
    await io.stderr.write(`glaive: note: ${plural(earlier, 'object')} were scanned by earlier runs\n`);
  return code;
}

async function storedAt(path: string, args: ParsedArgs, io: Io, folder: string): Promise<SweepState> {
  const digest = await sweepDigest(args, io, folder);
  return { digest, stored: readState(path, digest), name: path };
}
