/** `glaive baseline [PATH...]`, `glaive baseline import FILE...` */

import { formatBaseline } from '../../config/baseline.ts';
import { baselinePath, knownBaseline } from '../../config/baseline-file.ts';
import { findWorkTree } from '../../git/find-work-tree.ts';
import { plural } from '../../lib/format-amounts.ts';
import { printable } from '../../lib/printable.ts';
import type { Finding } from '../../model/finding.ts';
import type { Gap } from '../../model/gap.ts';
import { EXIT, type ExitCode, type Io } from '../../model/io.ts';
import { isComplete } from '../../model/report.ts';
import type { BaselineEntry } from '../../model/suppression.ts';
import { entriesOf, hasExpired, listOf, notAmong, outcomeOf, acceptanceOf, writeBaseline } from './accept-findings.ts';
import { isConfirmed } from '../confirm.ts';
import type { ParsedArgs } from '../args/parse.ts';
import { runScan, sayGaps } from '../run-scan.ts';
import { scanPlan } from './scan.ts';

/** Accepts known leaks: lists what a scan or a report has found, asks, and writes it into the baseline. */
export async function baselineCommand(args: ParsedArgs, io: Io): Promise<ExitCode> {
  const named = args.value('baseline');
  const base = findWorkTree(io.cwd) ?? io.cwd;
  const path = baselinePath(args.value('output') ?? named, io.cwd, base);
  const known = await knownBaseline(named, io.cwd, base);
  const plan = args.positionals[0] === 'import' ? await planImport(known, args, io) : await planScan(known, args, io);
  await sayGaps(plan, io);
  const code = plan.gaps.length > 0 ? EXIT.incomplete : EXIT.clean;

  const now = io.clock();
  const accepted = known.filter((entry) => !hasExpired(entry, now));
  const added = notAmong(plan.entries, accepted);
  const isChange = added.length + plan.gone.length > 0;
  // Findings are always listed before they are accepted.
  if (!args.has('quiet') || (isChange && !args.has('yes')))
    await io.stdout.write(
      [
        listOf(added, plan.findings, (count) => `${plural(count, 'finding')} to accept:`),
        listOf(plan.gone, [], (count) => `${count} stale baseline ${count === 1 ? 'entry' : 'entries'} to remove:`),
      ].join(''),
    );
  if (args.has('dry-run')) return code;
  if (isChange && !(await isConfirmed(questionOf(added.length, plan.gone.length), args, io))) {
    await io.stdout.write('Nothing was changed.\n');
    return code;
  }
  const entries = [...plan.entries, ...plan.kept];
  if (args.value('output') !== undefined || formatBaseline(entries) !== formatBaseline(known))
    await writeBaseline(path, entries);
  if (!args.has('quiet'))
    await io.stdout.write(
      isChange
        ? outcomeOf(path, added.length, plan.gone.length, entries.length)
        : `Nothing to add to ${printable(path)} (${entries.length} in total).\n`,
    );
  return code;
}

/** The baseline as it will be. */
interface Plan {
  /** For the findings. */
  readonly entries: readonly BaselineEntry[];
  /** Not found, and still accepted. */
  readonly kept: readonly BaselineEntry[];
  /** Stale: a complete scan no longer finds them. */
  readonly gone: readonly BaselineEntry[];
  readonly findings: readonly Finding[];
  readonly gaps: readonly Gap[];
}

async function planScan(known: readonly BaselineEntry[], args: ParsedArgs, io: Io): Promise<Plan> {
  const plan = scanPlan(args.positionals, args, io);
  const { report } = await runScan(args, io, plan, known);
  const entries = entriesOf(report.findings, known, acceptanceOf(args), io.clock());
  const others = notAmong(known, entries);
  // An entry is not stale if its place was not scanned: another path, a gap, or something other than a file of the work tree.
  const isWhole = plan.isComplete === true && isComplete(report);
  const isGone = ({ from }: BaselineEntry): boolean => isWhole && from === undefined;
  return {
    entries,
    kept: others.filter((entry) => !isGone(entry)),
    gone: others.filter(isGone),
    findings: report.findings,
    gaps: report.gaps,
  };
}

/** Adds the findings of reports and ignore files; removes nothing. */
async function planImport(known: readonly BaselineEntry[], args: ParsedArgs, io: Io): Promise<Plan> {
  const { importFindings } = await import('./baseline-import.ts');
  const { groups, gaps } = await importFindings(args.positionals.slice(1), args, io);
  const acceptance = acceptanceOf(args);
  const entries: BaselineEntry[] = [];
  for (const { findings, from } of groups)
    entries.push(...notAmong(entriesOf(findings, known, acceptance, io.clock(), from), entries));
  return {
    entries,
    kept: notAmong(known, entries),
    gone: [],
    findings: groups.flatMap(({ findings }) => findings),
    gaps,
  };
}

function questionOf(added: number, gone: number): string {
  const parts = [
    ...(added === 0 ? [] : [`accept ${plural(added, 'finding')}`]),
    ...(gone === 0 ? [] : [`remove ${gone} stale ${gone === 1 ? 'entry' : 'entries'}`]),
  ].join(' and ');
  return `${parts[0]!.toUpperCase()}${parts.slice(1)}?`;
}
