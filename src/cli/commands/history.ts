/** `glaive history` */

import { resolve } from 'node:path';
import type { PackReader } from '../../history/packs/pack-reader.ts';
import { rootCommits } from '../../git/commits.ts';
import { listRefs } from '../../git/refs.ts';
import { shallowEnds } from '../../git/resolve.ts';
import { GitError, type GitOptions, isStop } from '../../git/spawn.ts';
import { plural } from '../../lib/format-amounts.ts';
import { printable } from '../../lib/printable.ts';
import type { Finding } from '../../model/finding.ts';
import { keyOfLeak, knownLeak, type KnownLeak } from '../../model/known-leak.ts';
import type { Report } from '../../model/report.ts';
import type { Gap } from '../../model/gap.ts';
import { Secret } from '../../model/secret.ts';
import { isAccepted } from '../../model/suppression.ts';
import { EXIT, type ExitCode, type Io } from '../../model/io.ts';
import { cutSource } from '../../sources/cut-source.ts';
import { historySource, type Reader } from '../../history/history.ts';
import { readState, rulesDigest, withoutIds, writeState } from '../../history/state.ts';
import { VERSION } from '../../generated/package.ts';
import { namedRepository } from '../named-repository.ts';
import type { ParsedArgs } from '../args/parse.ts';
import { prepareHistory } from '../prepare-history.ts';
import { packThreadsOf } from '../threads.ts';
import { readDestinations } from '../output.ts';
import {
  limitedSignal,
  loadRules,
  reportScanned,
  scanAndReport,
  type Scanning,
  scanUntilStopped,
} from '../scan-setup.ts';

/** Versions with a secret in them; each is told once, however many there are of its file. */
const MAX_VERSIONS = 500_000;

/** Looks at every object that the repository has ever held. */
export async function historyCommand(call: ParsedArgs, io: Io): Promise<ExitCode> {
  const whole = namedRepository(call, io);
  // Listing the objects of a large repository takes its time too.
  const options: GitOptions = { ...whole, signal: await limitedSignal(call, io, whole.cwd) };
  const path = call.value('state');
  const digest =
    path === undefined ? '' : rulesDigest(await loadRules(call, io, options.cwd), `${VERSION} ${limitsOf(call)}`);
  const stored = path === undefined ? undefined : readState(resolve(io.cwd, path), digest);
  const reader = call.value('reader') ?? 'auto';
  const prepared = await prepareHistory(
    reader,
    path === undefined ? undefined : { path, state: stored },
    call,
    options,
  );
  if (prepared === undefined) {
    const code = await scanAndReport(call, io, unlisted(options));
    return call.has('check') ? await notCompared(code, 'through git', io) : code;
  }
  const { packs, places, list, ids, before, warnings, only } = prepared;
  const packThreads = packThreadsOf(call, io);
  let found: ReadonlyMap<string, ReadonlySet<string>> | undefined;
  let report: Report | undefined;
  const scanning: Readings = (choice, onFound) => ({
    sources: ({ signal, base, ruleset, progress }) => [
      historySource({
        ...options,
        signal,
        list,
        warnings,
        maxBlob: call.value('max-blob'),
        base,
        archives: call.has('archives'),
        ownToken: ownToken(io.env),
        shallowOk: call.has('shallow-ok'),
        only,
        unreachable: call.value('unreachable') !== 'no',
        before,
        packs: choice.packs,
        reader: choice.reader,
        ruleset,
        packThreads,
        progress,
        ...(onFound === undefined ? {} : { onFound }),
        onSwept: (what) => (found = what),
      }),
    ],
    place: options.cwd,
    signal: options.signal!, // set above
    everything: false,
    maxFindings: MAX_VERSIONS,
    threads: false,
    isSmall: false,
    totalBytes: () => (before === undefined ? list.bytes : undefined),
    silentWhenClean: false,
    namesHead: true,
    ...(before === undefined ? {} : { known: before.leaks }),
    onReport: (made) => (report = made),
  });
  if (call.has('check')) return await checkReaders(scanning, packs, call, io);
  const code = await scanAndReport(call, io, scanning({ reader, packs }));
  if (
    path !== undefined &&
    ids !== undefined &&
    found !== undefined &&
    report !== undefined &&
    isOfObjects(report.gaps)
  ) {
    const unread = new Set(unreadOf(report.gaps));
    const known = withoutIds(ids, unread);
    const leaks = leaksAfter(before?.leaks ?? [], report.findings);
    // What a tip leads to is taken for complete: it is not, where an object was not read or the clone is shallow.
    const isDeep = unread.size === 0 && (await shallowEnds(whole)).length === 0;
    const named = [...new Set((await listRefs(whole)).map(({ object }) => object))].toSorted();
    const tips = isDeep ? named : [];
    const commits = [...new Set([...(await rootsOf(whole)), ...named])].toSorted();
    const isSame =
      stored !== undefined &&
      known.equals(stored.ids) &&
      tips.join() === stored.tips.join() &&
      commits.join() === stored.identity.commits.join() &&
      JSON.stringify(leaks) === JSON.stringify(stored.leaks);
    if (!isSame)
      await writeState(resolve(io.cwd, path), known, {
        rules: digest,
        identity: { commits, places },
        tips,
        leaks,
        found,
      });
    if (!call.has('quiet') && before !== undefined)
      await io.stderr.write(`glaive: note: ${plural(before.count, 'object')} were scanned by earlier runs\n`);
  }
  return code;
}

/** What the state knows from now on: the leaks that remain, and those of this run that will not be scanned again. */
function leaksAfter(before: readonly KnownLeak[], findings: readonly Finding[]): KnownLeak[] {
  const leaks = new Map(before.map((leak) => [keyOfLeak(leak), leak]));
  for (const finding of findings) {
    const { artifact, introduction } = finding;
    const isBlob = artifact.kind === 'file' || artifact.kind === 'object';
    // A blob is known by the secrets that it holds. Names of refs and files of git itself are scanned by every run.
    const holder = isBlob ? undefined : (artifact.commit ?? artifact.blob ?? introduction?.commit);
    if (isBlob && artifact.blob === undefined) continue;
    if (!isBlob && holder === undefined) continue;
    const leak = knownLeak(finding, holder);
    leaks.set(keyOfLeak(leak), leak);
  }
  return [...leaks.values()];
}

/** A scan that was ended before it had begun. */
function unlisted({ cwd, signal }: GitOptions): Scanning {
  return {
    sources: () => [cutSource('history', 'the objects were not listed to the end, and none was scanned')],
    place: cwd,
    ...(signal === undefined ? {} : { signal }),
    everything: false,
    threads: false,
    silentWhenClean: false,
    namesHead: false,
  };
}

/** In a job of GitLab CI the runner writes the token of the job into `.git/config`; it ends with the job. */
function ownToken({ CI_JOB_TOKEN: token = '' }: Io['env']): Secret | undefined {
  return token === '' ? undefined : new Secret(token);
}

/** What a sweep is, by either reader. */
type Readings = (
  choice: { readonly reader: Reader; readonly packs: readonly PackReader[] },
  onFound?: (findings: readonly Finding[]) => void,
) => Scanning;

/** Differences that are named. */
const NAMED = 20;

/**
 * Sweeps with either reader, and says where they have not found the same. The report is that of the pack reader; where a
 * sweep was cut, there is nothing to compare, and the report holds what was found until then.
 */
async function checkReaders(
  scanning: Readings,
  packs: readonly PackReader[],
  call: ParsedArgs,
  io: Io,
): Promise<ExitCode> {
  const destinations = readDestinations(call, io.cwd);
  const found: Record<'git' | 'pack', readonly string[]> = { git: [], pack: [] };
  const byGit = scanning({ reader: 'git', packs: [] }, (findings) => (found.git = placesOf(findings)));
  const byPack = scanning({ reader: 'pack', packs }, (findings) => (found.pack = placesOf(findings)));
  const first = await scanUntilStopped(call, io, byGit);
  if (isCut(first.report)) {
    const code = await reportScanned(first, destinations, byGit, call, io);
    return await notCompared(code, 'through git', io);
  }
  const second = await scanUntilStopped(call, io, byPack);
  if (isCut(second.report)) {
    const both = { ...second, report: joined(first.report, second.report) };
    const code = await reportScanned(both, destinations, byPack, call, io);
    return await notCompared(code, 'by the pack reader', io);
  }
  const code = await reportScanned(second, destinations, byPack, call, io);
  const [one, other] = [new Set(found.git), new Set(found.pack)];
  const differences = [
    ...found.git.filter((place) => !other.has(place)).map((place) => `only through git: ${place}`),
    ...found.pack.filter((place) => !one.has(place)).map((place) => `only by the pack reader: ${place}`),
  ];
  for (const line of differences.slice(0, NAMED)) await io.stderr.write(`glaive: ${printable(line)}\n`);
  await io.stderr.write(
    `glaive: check: ${plural(one.size, 'place')} through git, ${other.size} by the pack reader, ${plural(differences.length, 'difference')}\n`,
  );
  return differences.length === 0 ? code : EXIT.trouble;
}

/** Whether a sweep was ended before its end: what it has not found may be there. */
function isCut({ gaps }: Report): boolean {
  return gaps.some(({ kind }) => kind === 'time-limit' || kind === 'interrupted');
}

async function notCompared(code: ExitCode, which: string, io: Io): Promise<ExitCode> {
  await io.stderr.write(`glaive: check: not compared, because the sweep ${which} was cut short\n`);
  return code;
}

/** A whole sweep, and what one that was cut adds to it: its gaps, and secrets that the first has not found. */
function joined(whole: Report, cut: Report): Report {
  const secrets = new Set(whole.findings.map(({ secretFingerprint }) => secretFingerprint));
  const said = new Set(whole.gaps.map(({ uri, message }) => `${uri} ${message}`));
  const findings = [...whole.findings, ...cut.findings.filter((finding) => !secrets.has(finding.secretFingerprint))];
  return {
    ...whole,
    findings,
    gaps: [...whole.gaps, ...cut.gaps.filter(({ uri, message }) => !said.has(`${uri} ${message}`))],
    counts: { ...whole.counts, suppressed: findings.filter(isAccepted).length },
    endTime: cut.endTime,
  };
}

/** Object, offset, length and fingerprint of everything found. */
function placesOf(findings: readonly Finding[]): string[] {
  return findings.flatMap(({ artifact, regions, secretFingerprint }) =>
    regions.map(
      ({ byteOffset, byteLength }) => `${artifact.uri} at ${byteOffset}, ${byteLength} bytes, ${secretFingerprint}`,
    ),
  );
}

/** The first commits. Where git cannot list them, the listing says why. */
async function rootsOf(options: GitOptions): Promise<string[]> {
  return await rootCommits(options).catch((error: unknown) => {
    if (error instanceof GitError && !isStop(error)) return [];
    throw error;
  });
}

/**
 * Whether each gap is an object that can be named, or lies in what is not here at all (the rest of a shallow clone): a later
 * run scans either as new.
 */
function isOfObjects(gaps: readonly Gap[]): boolean {
  return gaps.every(
    (gap) =>
      gap.kind !== 'time-limit' &&
      gap.kind !== 'interrupted' &&
      gap.kind !== 'too-many-findings' &&
      ((gap.kind === 'history' && gap.uri === undefined) || unreadOf([gap]).length > 0),
  );
}

/** The objects that could not be looked at: no state may call them swept. */
function unreadOf(gaps: readonly Gap[]): string[] {
  return gaps.flatMap(({ uri = '' }) => /^(?:object|commit|tag)\/([0-9a-f]{40,64})\b/.exec(uri)?.[1] ?? []);
}

/** What limits a report: what one run has left out must not count as told in the next. */
function limitsOf(call: ParsedArgs): string {
  const lists = (['refs', 'not'] as const).map((flag) => call.values(flag).join(' '));
  const single = (['unreachable', 'max-blob', 'min-confidence'] as const).map((flag) => call.value(flag) ?? '');
  const since = call.value('since')?.text ?? '';
  return JSON.stringify([...lists, since, ...single, call.has('show-unlikely'), call.has('archives')]);
}
