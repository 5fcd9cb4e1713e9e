/** Runs the scan that a command asks for, writes its reports, and gives the exit code. */

import type { Config } from '../config/config.ts';
import { printable } from '../lib/printable.ts';
import { throwIfInterrupted } from '../model/errors.ts';
import { EXIT, type ExitCode, type Io } from '../model/io.ts';
import { activeFindings, isComplete, type Report } from '../model/report.ts';
import type { BaselineEntry } from '../model/suppression.ts';
import { filterReport } from '../report/filter.ts';
import { scan } from '../scan/scan.ts';
import type { ParsedArgs } from './args/parse.ts';
import { exitCode, type FailOn } from './exit-code.ts';
import { type Destination, filterOf, readDestinations, writeReports } from './output.ts';
import type { ScanPlan } from './scan-plan.ts';
import { prepareScan } from './scan-setup.ts';
import { findOrigin } from './scanned-commit.ts';

export interface Scanned {
  readonly report: Report;
  readonly config: Config;
}

/** Scans, writes every report that was asked for, prints the gaps, and gives the exit code. */
export async function scanAndReport(args: ParsedArgs, io: Io, plan: ScanPlan): Promise<ExitCode> {
  const destinations = readDestinations(args, io.cwd);
  return await reportScanned(await scanUntilStopped(args, io, plan), destinations, plan, args, io);
}

/**
 * Scans, without rendering, for a command that acts on the findings.
 *
 * @param known the baseline, if it was read already
 * @throws GlaiveError on Ctrl-C, too
 */
export async function runScan(
  args: ParsedArgs,
  io: Io,
  plan: ScanPlan,
  known?: readonly BaselineEntry[],
): Promise<Scanned> {
  const scanned = await scanUntilStopped(args, io, plan, known);
  throwIfInterrupted(io.signal);
  return scanned;
}

/** The same for a command that reports: after Ctrl-C the report holds the findings until then, and a gap. */
export async function scanUntilStopped(
  args: ParsedArgs,
  io: Io,
  plan: ScanPlan,
  known?: readonly BaselineEntry[],
): Promise<Scanned> {
  const { request, config, notes, endProgress } = await prepareScan(args, io, plan, known);
  let report: Report;
  try {
    report = await scan(request);
  } finally {
    await endProgress();
  }
  const { comparedWith } = plan;
  return {
    report: {
      ...report,
      notes: [...report.notes, ...notes()],
      ...(comparedWith === undefined ? {} : { comparedWith }),
    },
    config,
  };
}

/** A finished scan, and what it means. */
export interface Concluded {
  /** Without the findings that the flags of the report leave out. */
  readonly report: Report;
  readonly code: ExitCode;
  readonly failOn: FailOn | undefined;
}

/** Writes the reports of a finished scan, prints its gaps and notes, and gives the exit code. */
export async function reportScanned(
  scanned: Scanned,
  destinations: readonly Destination[],
  plan: ScanPlan,
  args: ParsedArgs,
  io: Io,
): Promise<ExitCode> {
  // Text for people names the repository only if there are findings; without any, git need not be asked.
  const isNamed = scanned.report.findings.length > 0 || destinations.some(({ format }) => format !== 'text');
  return await writeConcluded(await concludeScan(scanned, { plan, isNamed }, args, io), destinations, plan, args, io);
}

/** The report as it is written, and the exit code; writes nothing. @param isNamed whether the report names its repository */
export async function concludeScan(
  { report: scanned, config }: Scanned,
  { plan, isNamed }: { readonly plan: ScanPlan; readonly isNamed: boolean },
  args: ParsedArgs,
  io: Io,
): Promise<Concluded> {
  const includesHead = plan.includeHead === true && isNamed && !io.signal.aborted;
  const origin = includesHead ? await findOrigin(io, plan.folder ?? io.cwd) : {};
  const found: Report = { ...scanned, ...origin };
  plan.onReport?.(found);
  const report = filterReport(found, filterOf(args));
  const failOn = args.value('fail-on') ?? config.failOn;
  // A signal after the end of the scan has interrupted nothing: the exit code is that of the report.
  return { report, failOn, code: isInterrupted(report) ? EXIT.interrupted : exitCode(report, failOn, args) };
}

/** Writes the reports, prints gaps and notes, and gives the exit code. */
export async function writeConcluded(
  { report, code, failOn }: Concluded,
  destinations: readonly Destination[],
  plan: Pick<ScanPlan, 'blocks' | 'silentWhenClean'>,
  args: ParsedArgs,
  io: Io,
): Promise<ExitCode> {
  if (plan.blocks !== undefined && (code === EXIT.findings || code === EXIT.incomplete)) {
    const { sayBlocked } = await import('./say-blocked.ts');
    await sayBlocked(report, { moment: plan.blocks, failOn }, args, io);
    await sayNotes(report, args, io);
    return code;
  }
  // A hook that is interrupted before it has found anything reports only that.
  const isQuiet = activeFindings(report).length === 0 && (isComplete(report) || isInterrupted(report));
  try {
    await writeReports(report, destinations, args, io, plan.silentWhenClean === true && isQuiet);
  } finally {
    await sayGaps(report, io);
    await sayNotes(report, args, io);
  }
  return code;
}

function isInterrupted({ gaps }: Report): boolean {
  return gaps.some(({ kind }) => kind === 'interrupted');
}

async function sayNotes({ notes }: Report, args: ParsedArgs, io: Io): Promise<void> {
  if (args.has('quiet')) return;
  for (const note of notes) await io.stderr.write(`glaive: note: ${printable(note)}\n`);
}

/** Prints gaps in every format and with --quiet too: a partial scan must not be taken for a clean one. */
export async function sayGaps(report: Pick<Report, 'gaps'>, io: Io): Promise<void> {
  for (const { uri, message, hint } of report.gaps) {
    await io.stderr.write(`glaive: ${printable(uri === undefined ? message : `${uri}: ${message}`)}\n`);
    if (hint !== undefined) await io.stderr.write(`  ${printable(hint)}\n`);
  }
}
