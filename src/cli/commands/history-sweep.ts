/** One sweep of one repository, for `glaive history` and for commands that sweep many: it writes nothing. */

import type { PoolMember } from '../../history/pool.ts';
import { rulesDigest } from '../../rules/rules-digest.ts';
import type { SortedIds } from '../../git/sorted-ids.ts';
import type { GitOptions } from '../../git/spawn.ts';
import { historySource } from '../../history/history.ts';
import type { Reader } from '../../history/history-options.ts';
import { type NextState, nextState } from '../../history/next-state.ts';
import type { PackReader } from '../../history/packs/pack-reader.ts';
import type { ScannedObjects } from '../../history/scanned-objects.ts';
import type { HistoryState } from '../../history/state.ts';
import type { Finding } from '../../model/finding.ts';
import type { Io } from '../../model/io.ts';
import type { Report } from '../../model/report.ts';
import { Secret } from '../../model/secret.ts';
import { cutSource } from '../../sources/cut-source.ts';
import type { ParsedArgs } from '../args/parse.ts';
import { withFetchProgress } from '../fetch-progress.ts';
import { type Concluded, concludeScan, scanUntilStopped } from '../run-scan.ts';
import type { ScanPlan } from '../scan-plan.ts';
import { loadRules } from '../scan-setup.ts';
import { packThreadsOf } from '../threads.ts';
import { type Prepared, prepareHistory } from './history-prepare.ts';

export interface SweepOptions {
  /** The folder of the repository; with the signal of {@link limitedSignal}, so that listing objects counts against the time limit. */
  readonly repository: GitOptions;
  /** How errors name the repository; absent: the one around the working directory. */
  readonly name?: string | undefined;
  /** Absent: everything is scanned, and there is no next state. */
  readonly state?: SweepState | undefined;
  /**
   * Objects that sweeps of the same fork network have read whole and found clean, with the same digest (`cleanIdsOf`): they are left
   * out, and count as scanned in the next state.
   */
  readonly known?: SortedIds | undefined;
  /** For a member of an object pool: only the objects in its own folder are scanned, and some of the pool. */
  readonly own?: PoolMember | undefined;
  /** Whether only the configuration that `--config` names counts: neither the user's, nor anything of the repository. */
  readonly isAdministered?: true;
  /** Whether the report names HEAD and the remote of the repository, for which git is asked; default: yes. */
  readonly isNamed?: (report: Report) => boolean;
}

export interface SweepState {
  /** As {@link sweepDigest} gives it. */
  readonly digest: string;
  /** What an earlier sweep with the same digest has left; undefined: there was none. */
  readonly stored: HistoryState | undefined;
  /** How errors name it: the path of its file. */
  readonly name: string;
}

export interface SweepResult extends Concluded {
  /** What the next sweep begins with; undefined if no state is kept, or if none may be written after this sweep. */
  readonly next: NextState | undefined;
  /** How many objects earlier sweeps have scanned. */
  readonly earlier: number | undefined;
}

/** What must be equal for a state to be read: rules, limits, and what is found. @throws GlaiveError */
export async function sweepDigest(args: ParsedArgs, io: Io, folder: string): Promise<string> {
  return rulesDigest(await loadRules(args, io, folder), limitsOf(args));
}

/**
 * Sweeps one repository, in this process. It prints progress unless there is `--quiet`, and nothing else: the caller writes the report
 * first (`writeConcluded`), and then the next state, so that a sweep that dies between the two is done again.
 *
 * @param args those of `glaive history`; `--state`, `--output` and PATH are ignored
 * @throws GlaiveError if the repository cannot be listed, or the state is that of another one
 */
export async function sweepHistory(args: ParsedArgs, io: Io, options: SweepOptions): Promise<SweepResult> {
  const { repository, state, isNamed = () => true } = options;
  const prepared = await prepareSweep(args, io, options);
  if (prepared === undefined) {
    const plan: ScanPlan = { ...unlistedPlan(repository), ...policyOf(options) };
    const scanned = await scanUntilStopped(args, io, plan);
    const concluded = await concludeScan(scanned, { plan, isNamed: isNamed(scanned.report) }, args, io);
    return { ...concluded, next: undefined, earlier: undefined };
  }
  const { ids, before, packs, identity, own } = prepared;
  let found: ReadonlyMap<string, ReadonlySet<string>> | undefined;
  let objects: ScannedObjects | undefined;
  let findings: readonly Finding[] = [];
  let whole: Report | undefined;
  const readings = readingsOf(prepared, repository, args, io);
  const listeners: Listeners = {
    onSecretsByBlob: (what) => (found = what),
    onScanned: (what) => (objects = what),
    onFound: (what) => (findings = what),
  };
  const plan: ScanPlan = {
    ...readings({ reader: readerOf(args), packs }, listeners),
    onReport: (made) => (whole = made),
    ...policyOf(options),
  };
  const scanned = await scanUntilStopped(args, io, plan);
  const concluded = await concludeScan(scanned, { plan, isNamed: isNamed(scanned.report) }, args, io);
  const next =
    state === undefined || ids === undefined || identity === undefined || objects === undefined || whole === undefined
      ? undefined
      : nextState({
          report: whole,
          ids,
          objects,
          findings,
          found,
          before,
          stored: state.stored,
          rules: state.digest,
          borrowed: own?.borrowed ?? '',
          identity,
        });
  return { ...concluded, next, earlier: before?.ids.length };
}

function policyOf({ isAdministered }: SweepOptions): Pick<ScanPlan, 'administered'> {
  return isAdministered === true ? { administered: { inlineAllow: true } } : {};
}

/** Lists what there is to scan; undefined where the time limit or Ctrl-C came first. @throws GlaiveError */
export async function prepareSweep(
  args: ParsedArgs,
  io: Io,
  { repository, name, state, known, own }: SweepOptions,
): Promise<Prepared | undefined> {
  const at = state === undefined ? undefined : { path: state.name, state: state.stored };
  return await withFetchProgress(
    args,
    io,
    (onFetchProgress) =>
      prepareHistory(args, {
        reader: readerOf(args),
        at,
        known,
        member: own,
        name,
        options: { ...repository, onFetchProgress },
      }),
    'objects',
  );
}

/** What a command wants to know of its scan. */
export interface Listeners {
  readonly onFound?: (findings: readonly Finding[]) => void;
  readonly onSecretsByBlob?: (found: ReadonlyMap<string, ReadonlySet<string>>) => void;
  readonly onScanned?: (objects: ScannedObjects) => void;
}

/** Makes a scan with one of the readers. */
export type Readings = (
  choice: { readonly reader: Reader; readonly packs: readonly PackReader[] },
  listeners: Listeners,
) => ScanPlan;

/** The scans of a repository that is listed. */
export function readingsOf(
  { list, isAll, before, warnings, only, own, complete }: Prepared,
  options: GitOptions,
  args: ParsedArgs,
  io: Io,
): Readings {
  const packThreads = packThreadsOf(args, io);
  return (choice, listeners) => ({
    sources: ({ signal, base, ruleset, progress }) => [
      historySource({
        ...options,
        signal,
        list,
        isAll,
        own: own?.ids,
        complete,
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
        ...listeners,
      }),
    ],
    folder: options.cwd,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    volume: 'repository',
    totalBytes: () => (isAll ? list.bytes : undefined),
    includeHead: true,
    ...(before === undefined ? {} : { known: before.leaks }),
  });
}

/** A scan that was stopped before it began. */
export function unlistedPlan({ cwd, signal }: GitOptions): ScanPlan {
  return {
    sources: () => [cutSource('history', 'the objects were not listed to the end, and none was scanned')],
    folder: cwd,
    ...(signal === undefined ? {} : { signal }),
    volume: 'commit',
  };
}

export function readerOf(args: ParsedArgs): Reader {
  return args.value('reader') ?? 'auto';
}

/** In a job of GitLab CI the runner writes the token of the job into `.git/config`; the token ends with the job. */
function ownToken({ CI_JOB_TOKEN: token = '' }: Io['env']): Secret | undefined {
  return token === '' ? undefined : new Secret(token);
}

/** The limits of a report: a state is only for runs with the same ones, which leave out the same findings. */
function limitsOf(args: ParsedArgs): string {
  const lists = (['refs', 'not'] as const).map((flag) => args.values(flag).join(' '));
  const single = (['unreachable', 'max-blob', 'min-confidence'] as const).map((flag) => args.value(flag) ?? '');
  const since = args.value('since')?.text ?? '';
  return JSON.stringify([...lists, since, ...single, args.has('show-unlikely'), args.has('archives')]);
}
