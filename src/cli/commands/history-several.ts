/** `glaive history PATH PATH...`: one report on several repositories, in which every finding and every gap names its own. */

import { GlaiveError } from '../../model/errors.ts';
import { EXIT, type ExitCode, type Io } from '../../model/io.ts';
import type { Report } from '../../model/report.ts';
import type { GitOptions } from '../../git/spawn.ts';
import { mergeReports } from '../../report/merge.ts';
import { createTextRedactor } from '../../scan/redact-text.ts';
import { type ParsedArgs, usage } from '../args/parse.ts';
import { readDestinations } from '../output.ts';
import { type Concluded, concludeScan, scanUntilStopped, writeConcluded } from '../run-scan.ts';
import type { ScanPlan } from '../scan-plan.ts';
import { limitedSignal } from '../scan-setup.ts';
import { repositoryAt } from './history-repository.ts';
import { sweepHistory } from './history-sweep.ts';

interface Named {
  readonly name: string;
  readonly repository: GitOptions;
}

/** Sweeps them one after the other. What fails in one of them is a gap; the others are swept. @throws GlaiveError for a wrong PATH */
export async function sweepSeveral(args: ParsedArgs, io: Io): Promise<ExitCode> {
  if (args.has('state'))
    throw usage('history', '--state is for one repository', 'glaive fleet keeps a state for each of many.');
  if (args.has('check')) throw usage('history', '--check is for one repository');
  const destinations = readDestinations(args, io.cwd);
  // A wrong PATH is found before hours of work; a repository that is named twice, also by a link, is swept once.
  const named = new Map<string, Named>();
  for (const name of args.positionals) {
    const repository = repositoryAt(name, args, io);
    if (!named.has(repository.cwd)) named.set(repository.cwd, { name, repository });
  }
  const signal = await limitedSignal(args, io);
  const redact = createTextRedactor();
  const swept: Concluded[] = [];
  for (const { name, repository } of named.values()) {
    const concluded = await sweepOne({ name, repository: { ...repository, signal } }, args, io);
    const report: Report = { ...concluded.report, project: { path: redact(name), coverage: 'disk' } };
    swept.push({ ...concluded, report });
  }
  const [first, ...others] = swept;
  const merged = mergeReports([first!.report, ...others.map(({ report }) => report)]); // there is a PATH
  const code = worstOf(swept.map((each) => each.code));
  const report: Report = { ...merged, command: 'history' };
  return await writeConcluded({ report, code, failOn: first!.failOn }, destinations, {}, args, io);
}

async function sweepOne({ name, repository }: Named, args: ParsedArgs, io: Io): Promise<Concluded> {
  try {
    return await sweepHistory(args, io, { repository, name });
  } catch (error) {
    if (!(error instanceof GlaiveError) || error.code === 'interrupted') throw error;
    const plan = failedPlan(error, repository);
    return await concludeScan(await scanUntilStopped(args, io, plan), { plan, isNamed: false }, args, io);
  }
}

/** A scan of which only the gap is known. */
function failedPlan({ message, hint }: GlaiveError, { cwd, signal }: GitOptions): ScanPlan {
  return {
    sources: () => [
      {
        name: 'history',
        // oxlint-disable-next-line require-yield -- there is nothing to scan
        async *inputs(diagnostics) {
          diagnostics.gap({ kind: 'git', message, ...(hint === undefined ? {} : { hint }) });
        },
      },
    ],
    folder: cwd,
    ...(signal === undefined ? {} : { signal }),
    volume: 'commit',
  };
}

function worstOf(codes: readonly ExitCode[]): ExitCode {
  const order = [EXIT.interrupted, EXIT.incomplete, EXIT.findings];
  return order.find((code) => codes.includes(code)) ?? EXIT.clean;
}
