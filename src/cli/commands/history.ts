/** `glaive history` */

import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import type { PackReader } from '../../git/pack/pack-reader.ts';
import { reachableCommits, rootCommits } from '../../git/commits.ts';
import { listRefs } from '../../git/refs.ts';
import { objectOf, shallowEnds } from '../../git/resolve.ts';
import { toldOf } from '../../git/git-error.ts';
import { GitError, type GitOptions, gitText } from '../../git/spawn.ts';
import { plural } from '../../lib/amounts.ts';
import { printable } from '../../lib/printable.ts';
import { GlaiveError } from '../../model/errors.ts';
import type { Finding } from '../../model/finding.ts';
import { keyOfLeak, knownLeak, type KnownLeak } from '../../model/known-leak.ts';
import type { Report } from '../../model/report.ts';
import type { Gap } from '../../model/gap.ts';
import { EXIT, type ExitCode, type Io } from '../../model/io.ts';
import { openPacks } from '../../sources/packed.ts';
import { enumerate, historySource, type Reader } from '../../sources/history.ts';
import { readState, rulesDigest, withoutIds, writeState } from '../../sources/sweep-state.ts';
import { VERSION } from '../../version.ts';
import { namedRepository } from '../named-repository.ts';
import { type Call, shown, usage } from '../parse.ts';
import { loadRules, runScan, scanAndReport, type Scanning } from '../scanning.ts';

/** Versions with a secret in them; each is told once, however many there are of its file. */
const MAX_VERSIONS = 500_000;

/** Looks at every object that the repository has ever held. */
export async function historyCommand(call: Call, io: Io): Promise<ExitCode> {
  const options = namedRepository(call, io);
  const giveUp = givingUp(call);
  const path = call.value('state');
  const digest =
    path === undefined ? '' : rulesDigest(await loadRules(call, io, options.cwd), `${VERSION} ${limitsOf(call)}`);
  if (call.has('only-new') && path === undefined) throw usage('history', '--only-new needs --state');
  const stored = path === undefined ? undefined : readState(resolve(io.cwd, path), digest);
  const places = path === undefined ? [] : await placesOfRepository(options);
  const reader = (call.value('reader') ?? 'auto') as Reader; // parseCall has checked the choice
  // Before git is asked for anything: of some packs it would read for ever. What a state leaves to do is little.
  const packs = reader === 'git' || stored !== undefined ? [] : await openPacks(options).catch(giveUp);
  const at = path === undefined ? undefined : { path, state: stored, places };
  const { list, ids, before, warnings } = await enumerate(options, at).catch(giveUp);
  const only = await onlyOf(call, options);
  let found: ReadonlyMap<string, ReadonlySet<string>> | undefined;
  let report: Report | undefined;
  const scanning: Readings = (choice, onFound) => ({
    sources: ({ signal }) => [
      historySource({
        ...options,
        signal,
        list,
        warnings,
        maxBlob: sizeOf(call),
        archives: call.has('archives'),
        shallowOk: call.has('shallow-ok'),
        only,
        unreachable: call.value('unreachable') !== 'no',
        before,
        packs: choice.packs,
        reader: choice.reader,
        ...(onFound === undefined ? {} : { onFound }),
        onSwept: (what) => (found = what),
      }),
    ],
    place: options.cwd,
    everything: false,
    maxFindings: MAX_VERSIONS,
    threads: false,
    isSmall: false,
    sweepers: true,
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
    const isDeep = unread.size === 0 && (await shallowEnds(options)).length === 0;
    const named = [...new Set((await listRefs(options)).map(({ object }) => object))].toSorted();
    const tips = isDeep ? named : [];
    const commits = [...new Set([...(await rootsOf(options)), ...named])].toSorted();
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

/** What a sweep is, by either reader. */
type Readings = (
  choice: { readonly reader: Reader; readonly packs: readonly PackReader[] },
  onFound?: (findings: readonly Finding[]) => void,
) => Scanning;

function givingUp({ args: [path] }: Call): (error: unknown) => never {
  const where = path === undefined ? 'here' : `of ${path}`;
  const hint =
    path === undefined
      ? 'Stand in a repository that git can read, bare or not.'
      : 'Name a repository itself, and no folder in it: the root of its work tree, or a bare repository.';
  return (error) => {
    if (!(error instanceof GitError)) throw error;
    const told = toldOf(error, `git cannot list the objects ${where}`, hint);
    throw new GlaiveError('usage', `history: ${told.message}`, { hint: told.hint, cause: error });
  };
}

/** Differences that are named. */
const NAMED = 20;

/** Sweeps with either reader, and tells where they have not found the same. The report is that of the pack reader. */
async function checkReaders(scanning: Readings, packs: readonly PackReader[], call: Call, io: Io): Promise<ExitCode> {
  if (call.value('state') !== undefined) throw usage('history', '--check looks at everything, and takes no --state');
  if (call.has('reader')) throw usage('history', '--check runs either reader, so --reader means nothing');
  const found: Record<'git' | 'pack', readonly string[]> = { git: [], pack: [] };
  await runScan(
    call,
    io,
    scanning({ reader: 'git', packs: [] }, (findings) => (found.git = placesOf(findings))),
  );
  const code = await scanAndReport(
    call,
    io,
    scanning({ reader: 'pack', packs }, (findings) => (found.pack = placesOf(findings))),
  );
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
    if (error instanceof GitError) return [];
    throw error;
  });
}

/** By what a repository is known when nothing in it is as it was: where it is, and where it comes from. */
async function placesOfRepository(options: GitOptions): Promise<string[]> {
  const ask = async (...args: string[]): Promise<string> =>
    (await gitText(args, options).catch((): string => '')).trim();
  const folder = await ask('rev-parse', '--git-common-dir');
  const origin = await ask('config', '--get', 'remote.origin.url');
  return [
    ...(folder === '' ? [] : [realpathSync(resolve(options.cwd, folder))]),
    ...(origin === '' ? [] : [origin]),
  ].map(hash);
}

/**
 * Whether each gap is an object that can be named, or lies in what is not here at all (the rest of a shallow clone): a later
 * run scans either as new.
 */
function isOfObjects(gaps: readonly Gap[]): boolean {
  return gaps.every(
    (gap) =>
      gap.kind !== 'time-limit' &&
      gap.kind !== 'too-many-findings' &&
      ((gap.kind === 'history' && gap.uri === undefined) || unreadOf([gap]).length > 0),
  );
}

/** The objects that could not be looked at: no state may call them swept. */
function unreadOf(gaps: readonly Gap[]): string[] {
  return gaps.flatMap(({ uri = '' }) => /^(?:object|commit|tag)\/([0-9a-f]{40,64})\b/.exec(uri)?.[1] ?? []);
}

/** What limits a report: what one run has left out must not count as told in the next. */
function limitsOf(call: Call): string {
  const values = (['refs', 'not'] as const).map((flag) => call.values(flag).join(' '));
  const single = (['since', 'unreachable', 'max-blob', 'min-confidence'] as const).map(
    (flag) => call.value(flag) ?? '',
  );
  return JSON.stringify([...values, ...single, call.has('show-unlikely'), call.has('archives')]);
}

/** A state need not say where its repository is. */
function hash(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 16);
}

/** The commits whose findings are reported; undefined: all, and what no commit has. */
async function onlyOf(call: Call, options: GitOptions): Promise<ReadonlySet<string> | undefined> {
  const [refs, not, since] = [call.values('refs'), call.values('not'), call.value('since')];
  if (refs.length === 0 && not.length === 0 && since === undefined) return undefined;
  const exclude: string[] = [];
  for (const revision of not) {
    const id = await objectOf(`${revision}^{commit}`, options);
    if (id === undefined) throw usage('history', `--not: git knows no commit ${JSON.stringify(shown(revision))}`);
    exclude.push(id);
  }
  const commit = since === undefined ? undefined : await objectOf(`${since}^{commit}`, options);
  if (commit !== undefined) exclude.push(commit);
  const date = commit === undefined && since !== undefined ? dateOf(since) : undefined;
  if (commit !== undefined && /^\d{4}(?:-\d\d){0,2}$/.test(since ?? ''))
    throw usage(
      'history',
      `--since ${since} is a date, and names the commit ${commit}`,
      'Name the commit by its whole id, or the date with a time: 2026-01-31T00:00:00Z',
    );
  for (const pattern of refs) {
    if ((await reachableCommits({ refs: [pattern], exclude: [], since: undefined }, options)).size === 0)
      throw usage('history', `--refs: no branch or tag is like ${JSON.stringify(shown(pattern))}`);
  }
  return await reachableCommits({ refs, exclude, since: date }, options);
}

/** A date in a form that git and everybody else read in one way. */
function dateOf(since: string): string {
  const time = /^\d{4}\b/.test(since) ? Date.parse(since) : Number.NaN;
  if (Number.isNaN(time))
    throw usage('history', `--since must be a date like 2026-01-31 or a commit, not ${JSON.stringify(shown(since))}`);
  return new Date(time).toISOString();
}

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

function sizeOf(call: Call): number | undefined {
  const text = call.value('max-blob');
  if (text === undefined) return undefined;
  const [, number, unit = ''] = /^(\d+)([kmg]?)b?$/i.exec(text) ?? [];
  if (number === undefined)
    throw usage('history', `--max-blob must be a size like 10m, not ${JSON.stringify(shown(text))}`);
  return Number(number) * UNITS[unit.toLowerCase()]!;
}
