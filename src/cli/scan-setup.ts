/** What every command that looks for credentials shares: configuration, rule set, scan, reports, exit code. */

import { resolve } from 'node:path';
import { type Config, EMPTY_CONFIG } from '../config/config.ts';
import { BASELINE_MAX, baselinePath, readBaseline } from '../config/baseline-file.ts';
import { type Change, type EffectivePolicy, policyForChange, unchanged } from '../config/effective-policy.ts';
import { createExclusions, type Exclusions } from '../config/exclusions.ts';
import { type ConfigOptions, loadConfig, type ReadText } from '../config/load.ts';
import { exclusionsOf, type Policy, type PolicyOptions, readPolicy } from '../config/policy.ts';
import { findWorkTree } from '../git/listing.ts';
import { printable } from '../lib/printable.ts';
import type { Confidence } from '../model/confidence.ts';
import { throwIfInterrupted } from '../model/errors.ts';
import { EXIT, type ExitCode, type Io } from '../model/io.ts';
import type { KnownLeak } from '../model/known-leak.ts';
import { activeFindings, type ComparedWith, isComplete, type Report } from '../model/report.ts';
import type { Progress } from '../model/progress.ts';
import type { Ruleset } from '../model/ruleset.ts';
import type { Source } from '../model/source.ts';
import type { BaselineEntry } from '../model/suppression.ts';
import { configureRuleset } from '../rules/configure.ts';
import { scan, type ScanRequest } from '../scan/scan.ts';
import { changeNotes, otherRules } from './change-policy.ts';
import { exitCode } from './exit-code.ts';
import { type ParsedArgs, usage } from './args/parse.ts';
import { asksToVerify } from './servers/asks-to-verify.ts';
import { openNamed } from './named-input.ts';
import { findOrigin } from './scanned-commit.ts';
import { readDestinations, writeReports } from './output.ts';
import { threadsOf } from './threads.ts';
import { timeLimitSignal } from './time-limit.ts';

/** What a command's sources may need to know. */
export interface ScanContext {
  /** The root of the work tree, else the working directory; URIs are relative to it. */
  readonly base: string;
  readonly root: string | undefined;
  readonly config: Config;
  readonly signal: AbortSignal;
  readonly exclusions: Exclusions;
  readonly ruleset: Ruleset;
  readonly progress: Progress | undefined;
}

export interface Scanning {
  /** Where the repository is that is scanned, with its configuration; absent: where the user stands. */
  readonly place?: string;
  readonly sources: (surroundings: ScanContext) => readonly Source[];
  /** Whether they hold all there is, so that a baseline entry that matches nothing is stale. */
  readonly everything: boolean;
  /** Whether nothing is said when there is nothing to say: hooks run at every commit. */
  readonly silentWhenClean: boolean;
  /** Whether there may be much to look at, so that other threads may help. */
  readonly threads: boolean;
  /** False where there may be much to look at, though other threads are no help. */
  readonly isSmall?: false;
  /** Findings beyond this number end the scan. */
  readonly maxFindings?: number;
  /** Leaks that earlier runs have reported, and that are still there. */
  readonly known?: readonly KnownLeak[];
  readonly onDrop?: ScanRequest['onDrop'];
  /** Gets the report before anything is written. */
  readonly onReport?: (report: Report) => void;
  /** Bytes that there are to look at, where that is known before. */
  readonly totalBytes?: () => number | undefined;
  /** Where only the administrator has a say: nothing is read that the scanned repository may have brought. */
  readonly administrated?: { readonly inlineAllow: boolean };
  /** What the range was compared with, for the report. */
  readonly comparedWith?: ComparedWith;
  /** What is worth knowing of what is scanned. */
  readonly notes?: readonly string[];
  /** Files as they were before what is scanned, where only the exclusions of then count. */
  readonly earlier?: readonly ReadText[];
  /** Where a change is looked at: what was there before it, and whether what it accepts itself counts. */
  readonly change?: Change;
  /** Where the command asks the issuers itself, about what it was told of. */
  readonly rereads?: true;
  /** Where the time has begun to run before the scan: what {@link limitedSignal} gave. */
  readonly signal?: AbortSignal;
  /** Whether the report names HEAD, as the commit that holds what was scanned. */
  readonly namesHead: boolean;
}

export interface Scanned {
  readonly report: Report;
  readonly config: Config;
}

/**
 * Scans, without rendering, for a command that acts on what was found.
 *
 * @param known the baseline, where it is read already
 * @throws GlaiveError on Ctrl-C, too
 */
export async function runScan(
  call: ParsedArgs,
  io: Io,
  scanning: Scanning,
  known?: readonly BaselineEntry[],
): Promise<Scanned> {
  const scanned = await scanUntilStopped(call, io, scanning, known);
  throwIfInterrupted(io.signal);
  return scanned;
}

/** The same for a command that reports; after Ctrl-C the report holds what was found until then, and a gap. */
export async function scanUntilStopped(
  call: ParsedArgs,
  io: Io,
  scanning: Scanning,
  known?: readonly BaselineEntry[],
): Promise<Scanned> {
  const cwd = scanning.place ?? io.cwd;
  const root = findWorkTree(cwd);
  const base = root ?? cwd;
  const { administrated } = scanning;
  const baseline = call.value('baseline');
  const waiting = timeLimitSignal(call, undefined, io);
  const options = {
    ...configOptions(call, io, cwd, waiting),
    baseline: baseline === undefined ? undefined : resolve(io.cwd, baseline),
  };
  const stand = administrated === undefined ? await readPolicy(options) : await administratorsStand(options);
  const judged: EffectivePolicy =
    scanning.change === undefined ? unchanged(stand) : await policyForChange(options, stand, scanning.change);
  const { config } = judged;
  const signal = scanning.signal ?? (call.has('time-limit') ? waiting : timeLimitSignal(call, config.timeLimit, io));
  const progress =
    (scanning.threads || scanning.isSmall === false) && !call.has('quiet')
      ? (await import('./progress.ts')).showProgress(io, scanning.totalBytes?.())
      : undefined;
  const verifyStage =
    scanning.rereads !== true && asksToVerify(call)
      ? await (await import('./servers/verification.ts')).openVerifyStage(call, io, signal)
      : undefined;
  const exclusions = await createExclusions({
    options,
    policy: stand,
    effective: judged,
    earlier: scanning.earlier,
    filesAt: async (commit) =>
      (await import('../range/policy-files.ts')).filesCommitted(base, { cwd: base, env: io.env, signal }, commit),
  });
  const around = { base, root, config, signal, exclusions, progress };
  const sources = (rules: Ruleset): readonly Source[] => scanning.sources({ ...around, ruleset: rules });
  const ruleset = await configureRuleset(config, base);
  const rulesBefore = await otherRules(judged, ruleset, base);
  const request: ScanRequest = {
    command: call.command,
    sources: sources(ruleset),
    ruleset,
    others: rulesBefore.rulesets.map((other) => ({ sources: sources(other), ruleset: other })),
    minConfidence: scanning.rereads === true ? 'unlikely' : minConfidence(call, config),
    ...(call.has('min-confidence') || config.minConfidence === undefined ? {} : { isConfigured: true }),
    accepted: {
      allow: config.allow,
      baseline: known ?? judged.baseline,
      inline: administrated?.inlineAllow ?? true,
      ...(scanning.change === undefined ? {} : { selfSuppressions: scanning.change.selfSuppressions }),
    },
    everything: scanning.everything,
    ...(scanning.maxFindings === undefined ? {} : { maxFindings: scanning.maxFindings }),
    ...(scanning.known === undefined ? {} : { known: scanning.known }),
    onDrop: scanning.onDrop,
    ...(scanning.threads ? threadsOf(call, io) : { little: scanning.isSmall !== false }),
    strict: call.has('strict') || config.strict === true,
    ...(verifyStage === undefined ? {} : { verifyStage }),
    signal,
    clock: io.clock,
    progress,
  };
  let report: Report;
  try {
    report = await scan(request);
  } finally {
    await progress?.end();
  }
  const notes = scanning.change === undefined ? [] : changeNotes(judged, rulesBefore, scanning.change);
  const { comparedWith } = scanning;
  return {
    report: {
      ...report,
      notes: [...report.notes, ...notes, ...(scanning.notes ?? [])],
      ...(comparedWith === undefined ? {} : { comparedWith }),
    },
    config,
  };
}

/** What the administrator names, and nothing else. */
async function administratorsStand(options: PolicyOptions): Promise<Policy> {
  const { named, baseline, cwd, readNamed } = options;
  const config = named === undefined ? EMPTY_CONFIG : await loadConfig({ ...options, env: {} });
  return {
    config,
    baseline:
      baseline === undefined
        ? []
        : await readBaseline(
            baselinePath(baseline, cwd, cwd),
            true,
            async (path) => await readNamed(path, BASELINE_MAX),
          ),
    ...exclusionsOf(config.exclude),
  };
}

/** The rule set that a call scans with. @param place where the repository is @throws GlaiveError */
export async function loadRules(call: ParsedArgs, io: Io, place = io.cwd): Promise<Ruleset> {
  const options = configOptions(call, io, place, io.signal);
  return await configureRuleset(await loadConfig(options), options.root ?? place);
}

/** Files that the user names are named from where the user stands, wherever the repository is. */
function configOptions(call: ParsedArgs, io: Io, cwd: string, signal: AbortSignal): ConfigOptions {
  const file = call.value('config');
  return {
    cwd,
    root: findWorkTree(cwd),
    env: io.env,
    named: file === undefined ? undefined : resolve(io.cwd, file),
    readNamed: openNamed(io, signal),
  };
}

/** Scans, writes every report that was asked for, says what could not be looked at, and gives the exit code. */
export async function scanAndReport(call: ParsedArgs, io: Io, scanning: Scanning): Promise<ExitCode> {
  const destinations = readDestinations(call, io.cwd);
  return await reportScanned(await scanUntilStopped(call, io, scanning), destinations, scanning, call, io);
}

/** The same for what was scanned already. */
export async function reportScanned(
  { report: scanned, config }: Scanned,
  destinations: ReturnType<typeof readDestinations>,
  scanning: Scanning,
  call: ParsedArgs,
  io: Io,
): Promise<ExitCode> {
  const isNamed = scanning.namesHead && scanned.findings.length > 0 && !io.signal.aborted;
  const named = isNamed ? await findOrigin(io, scanning.place ?? io.cwd) : {};
  const report: Report = { ...scanned, ...named };
  scanning.onReport?.(report);
  // A hook that is interrupted before it has found anything has nothing to tell but that.
  const isInterrupted = report.gaps.some(({ kind }) => kind === 'interrupted');
  const isQuiet = activeFindings(report).length === 0 && (isComplete(report) || isInterrupted);
  try {
    await writeReports(report, destinations, call, io, scanning.silentWhenClean && isQuiet);
  } finally {
    await sayGaps(report, io);
    if (!call.has('quiet'))
      for (const note of report.notes) await io.stderr.write(`glaive: note: ${printable(note)}\n`);
  }
  // A signal that comes when everything is scanned has interrupted nothing: the code says what the report says.
  if (isInterrupted) return EXIT.interrupted;
  return exitCode(report, call.value('fail-on') ?? config.failOn, call);
}

function minConfidence(call: ParsedArgs, config: Config): Confidence {
  const level = call.value('min-confidence');
  if (call.has('show-unlikely')) {
    if (level !== undefined) throw usage(call.command, '--show-unlikely and --min-confidence say two things');
    return 'unlikely';
  }
  return level ?? config.minConfidence ?? 'likely';
}

/** The same limits, for a command that has much to do before it scans: the time runs from now on. @throws GlaiveError */
export async function limitedSignal(call: ParsedArgs, io: Io, cwd = io.cwd): Promise<AbortSignal> {
  const waiting = timeLimitSignal(call, undefined, io);
  if (call.has('time-limit')) return waiting;
  return timeLimitSignal(call, (await loadConfig(configOptions(call, io, cwd, waiting))).timeLimit, io);
}

/** Gaps are said whatever the format and however quiet: nobody may take a partial scan for a clean one. */
export async function sayGaps(report: Pick<Report, 'gaps'>, io: Io): Promise<void> {
  for (const { uri, message, hint } of report.gaps) {
    await io.stderr.write(`glaive: ${printable(uri === undefined ? message : `${uri}: ${message}`)}\n`);
    if (hint !== undefined) await io.stderr.write(`  ${printable(hint)}\n`);
  }
}
