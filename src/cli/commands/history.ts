/** `glaive history` */

import { resolve } from 'node:path';
import type { GitOptions } from '../../git/spawn.ts';
import { compareReaders, compareSkips, isCut, joinReports, placesOf } from '../../history/compare-readers.ts';
import { historySource } from '../../history/history.ts';
import type { Reader } from '../../history/history-options.ts';
import { saveState } from '../../history/next-state.ts';
import type { PackReader } from '../../history/packs/pack-reader.ts';
import { readState, rulesDigest } from '../../history/state.ts';
import { plural } from '../../lib/format-amounts.ts';
import { printable } from '../../lib/printable.ts';
import type { Finding } from '../../model/finding.ts';
import { EXIT, type ExitCode, type Io } from '../../model/io.ts';
import type { Report } from '../../model/report.ts';
import { Secret } from '../../model/secret.ts';
import { VERSION } from '../../generated/package.ts';
import { cutSource } from '../../sources/cut-source.ts';
import type { ParsedArgs } from '../args/parse.ts';
import { withFetchProgress } from '../fetch-progress.ts';
import { namedRepository } from './history-repository.ts';
import { readDestinations } from '../output.ts';
import { prepareHistory } from './history-prepare.ts';
import { reportScanned, scanAndReport, scanUntilStopped } from '../run-scan.ts';
import type { ScanPlan } from '../scan-plan.ts';
import { limitedSignal, loadRules } from '../scan-setup.ts';
import { packThreadsOf } from '../threads.ts';

/** Scans every object that the repository has ever held. */
export async function historyCommand(args: ParsedArgs, io: Io): Promise<ExitCode> {
  const whole = namedRepository(args, io);
  // Listing the objects of a large repository counts against the time limit too.
  const options: GitOptions = { ...whole, signal: await limitedSignal(args, io, whole.cwd) };
  const path = args.value('state');
  const digest =
    path === undefined ? '' : rulesDigest(await loadRules(args, io, options.cwd), `${VERSION} ${limitsOf(args)}`);
  const stored = path === undefined ? undefined : readState(resolve(io.cwd, path), digest);
  const reader = args.value('reader') ?? 'auto';
  const at = path === undefined ? undefined : { path, state: stored };
  const prepared = await withFetchProgress(
    args,
    io,
    (onFetchProgress) => prepareHistory(args, { reader, at, options: { ...options, onFetchProgress } }),
    'objects',
  );
  if (prepared === undefined) {
    const code = await scanAndReport(args, io, unlisted(options));
    return args.has('check') ? await notCompared(code, 'through git', io) : code;
  }
  const { packs, places, list, ids, before, warnings, only } = prepared;
  const packThreads = packThreadsOf(args, io);
  let found: ReadonlyMap<string, ReadonlySet<string>> | undefined;
  let report: Report | undefined;
  const scanning: Readings = (choice, onFound) => ({
    sources: ({ signal, base, ruleset, progress }) => [
      historySource({
        ...options,
        signal,
        list,
        warnings,
        maxBlob: args.value('max-blob'),
        base,
        archives: args.has('archives'),
        ownToken: ownToken(io.env),
        shallowOk: args.has('shallow-ok'),
        only,
        unreachable: args.value('unreachable') !== 'no',
        before,
        packs: choice.packs,
        reader: choice.reader,
        ruleset,
        packThreads,
        progress,
        ...(onFound === undefined ? {} : { onFound }),
        onSecretsByBlob: (what) => (found = what),
      }),
    ],
    folder: options.cwd,
    signal: options.signal!, // set above
    volume: 'repository',
    totalBytes: () => (before === undefined ? list.bytes : undefined),
    includeHead: true,
    ...(before === undefined ? {} : { known: before.leaks }),
    onReport: (made) => (report = made),
  });
  if (args.has('check')) return await checkReaders(scanning, packs, args, io);
  const code = await scanAndReport(args, io, scanning({ reader, packs }));
  if (path !== undefined && ids !== undefined && found !== undefined && report !== undefined) {
    const scanned = { report, ids, found, leaks: before?.leaks ?? [], stored, rules: digest, places };
    const isSaved = await saveState(resolve(io.cwd, path), scanned, whole);
    if (isSaved && !args.has('quiet') && before !== undefined)
      await io.stderr.write(`glaive: note: ${plural(before.count, 'object')} were scanned by earlier runs\n`);
  }
  return code;
}

/** A scan that was stopped before it began. */
function unlisted({ cwd, signal }: GitOptions): ScanPlan {
  return {
    sources: () => [cutSource('history', 'the objects were not listed to the end, and none was scanned')],
    folder: cwd,
    ...(signal === undefined ? {} : { signal }),
    volume: 'commit',
  };
}

/** In a job of GitLab CI the runner writes the token of the job into `.git/config`; the token ends with the job. */
function ownToken({ CI_JOB_TOKEN: token = '' }: Io['env']): Secret | undefined {
  return token === '' ? undefined : new Secret(token);
}

/** Makes a scan with one of the readers. */
type Readings = (
  choice: { readonly reader: Reader; readonly packs: readonly PackReader[] },
  onFound?: (findings: readonly Finding[]) => void,
) => ScanPlan;

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
  const byGit = scanning({ reader: 'git', packs: [] }, (findings) => (found.git = placesOf(findings)));
  const byPack = scanning({ reader: 'pack', packs }, (findings) => (found.pack = placesOf(findings)));
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

/** The limits of a report: a state is only for runs with the same ones, which leave out the same findings. */
function limitsOf(args: ParsedArgs): string {
  const lists = (['refs', 'not'] as const).map((flag) => args.values(flag).join(' '));
  const single = (['unreachable', 'max-blob', 'min-confidence'] as const).map((flag) => args.value(flag) ?? '');
  const since = args.value('since')?.text ?? '';
  return JSON.stringify([...lists, since, ...single, args.has('show-unlikely'), args.has('archives')]);
}
