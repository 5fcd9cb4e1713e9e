/** `glaive history --check`: scans with each reader, and lists the differences. */

import { compareReaders, compareSkips, isCut, joinReports, placesOf } from '../../history/compare-readers.ts';
import type { PackReader } from '../../history/packs/pack-reader.ts';
import { plural } from '../../lib/format-amounts.ts';
import { printable } from '../../lib/printable.ts';
import { EXIT, type ExitCode, type Io } from '../../model/io.ts';
import type { ParsedArgs } from '../args/parse.ts';
import { readDestinations } from '../output.ts';
import { reportScanned, scanAndReport, scanUntilStopped } from '../run-scan.ts';
import { prepareSweep, type Readings, readingsOf, type SweepOptions, unlistedPlan } from './history-sweep.ts';

export async function checkHistory(args: ParsedArgs, io: Io, options: SweepOptions): Promise<ExitCode> {
  const { repository } = options;
  const prepared = await prepareSweep(args, io, options);
  if (prepared === undefined)
    return await notCompared(await scanAndReport(args, io, unlistedPlan(repository)), 'through git', io);
  return await checkReaders(readingsOf(prepared, repository, args, io), prepared.packs, args, io);
}

/** Differences that are listed. */
const NAMED = 20;

/**
 * Scans with each reader, and lists the differences. The report is that of the pack reader; where a scan was cut short,
 * nothing is compared, and the report holds what was found until then.
 */
async function checkReaders(
  scanning: Readings,
  packs: readonly PackReader[],
  args: ParsedArgs,
  io: Io,
): Promise<ExitCode> {
  const destinations = readDestinations(args, io.cwd);
  const found: Record<'git' | 'pack', readonly string[]> = { git: [], pack: [] };
  const byGit = scanning({ reader: 'git', packs: [] }, { onFound: (findings) => (found.git = placesOf(findings)) });
  const byPack = scanning({ reader: 'pack', packs }, { onFound: (findings) => (found.pack = placesOf(findings)) });
  const first = await scanUntilStopped(args, io, byGit);
  if (isCut(first.report)) {
    const code = await reportScanned(first, destinations, byGit, args, io);
    return await notCompared(code, 'through git', io);
  }
  const second = await scanUntilStopped(args, io, byPack);
  if (isCut(second.report)) {
    const both = { ...second, report: joinReports(first.report, second.report) };
    const code = await reportScanned(both, destinations, byPack, args, io);
    return await notCompared(code, 'by the pack reader', io);
  }
  const code = await reportScanned(second, destinations, byPack, args, io);
  const { differences: places, counts } = compareReaders(found.git, found.pack);
  const differences = [...places, ...compareSkips(first.report.counts, second.report.counts)];
  for (const line of differences.slice(0, NAMED)) await io.stderr.write(`glaive: ${printable(line)}\n`);
  await io.stderr.write(
    `glaive: check: ${plural(counts.git, 'place')} through git, ${counts.pack} by the pack reader, ${plural(differences.length, 'difference')}\n`,
  );
  return differences.length === 0 ? code : EXIT.incomplete;
}

async function notCompared(code: ExitCode, which: string, io: Io): Promise<ExitCode> {
  await io.stderr.write(`glaive: check: not compared, because the scan ${which} was cut short\n`);
  return code;
}
