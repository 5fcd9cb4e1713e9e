/** From the plan of a command to the request of a scan: policy, rules, limits, threads, verification. */

import { resolve } from 'node:path';
import { type Config, EMPTY_CONFIG } from '../config/config.ts';
import { BASELINE_MAX, baselinePath, readBaseline } from '../config/baseline-file.ts';
import { policyForChange, unchanged } from '../config/effective-policy.ts';
import { createExclusions } from '../config/exclusions.ts';
import { type ConfigOptions, loadConfig } from '../config/load.ts';
import { exclusionsOf, type Policy, type PolicyOptions, readPolicy } from '../config/policy.ts';
import { findWorkTree } from '../git/find-work-tree.ts';
import type { Confidence } from '../model/confidence.ts';
import type { Io } from '../model/io.ts';
import type { Ruleset } from '../model/ruleset.ts';
import type { BaselineEntry } from '../model/suppression.ts';
import { configureRuleset } from '../rules/configure.ts';
import type { Pass, ScanRequest } from '../scan/request.ts';
import type { ParsedArgs } from './args/parse.ts';
import { changeNotes, otherRules } from './change-policy.ts';
import { openNamed } from './named-input.ts';
import type { ScanPlan } from './scan-plan.ts';
import { threadsOf } from './threads.ts';
import { timeLimitSignal } from './time-limit.ts';

export interface PreparedScan {
  readonly request: ScanRequest;
  readonly config: Config;
  /** Notes on the change and its policy; to be read after the scan. */
  readonly notes: () => readonly string[];
  readonly endProgress: () => Promise<void>;
}

/** @param known the baseline, if it was read already */
export async function prepareScan(
  args: ParsedArgs,
  io: Io,
  plan: ScanPlan,
  known?: readonly BaselineEntry[],
): Promise<PreparedScan> {
  const { volume, change, administered } = plan;
  const cwd = plan.folder ?? io.cwd;
  const baseline = args.value('baseline');
  const waiting = timeLimitSignal(args, undefined, io);
  const options = {
    ...configOptions(args, io, cwd, waiting),
    baseline: baseline === undefined ? undefined : resolve(io.cwd, baseline),
  };
  const policy = administered === undefined ? await readPolicy(options) : await administratorsPolicy(options);
  const effective = change === undefined ? unchanged(policy) : await policyForChange(options, policy, change);
  const { config } = effective;
  const signal = plan.signal ?? (args.has('time-limit') ? waiting : timeLimitSignal(args, config.timeLimit, io));
  const showsProgress = volume !== 'commit' && !args.has('quiet');
  const progress = showsProgress ? (await import('./progress.ts')).showProgress(io, plan.totalBytes?.()) : undefined;
  const verifies = plan.isReread !== true && args.has('verify');
  const verifyStage = verifies
    ? await (await import('./servers/verification.ts')).openVerifyStage(args, io, signal)
    : undefined;
  const base = options.root ?? cwd;
  const exclusions = await createExclusions({
    options,
    policy,
    effective,
    earlier: plan.earlier,
    filesAt: async (commit) =>
      (await import('../range/policy-files.ts')).filesCommitted(base, { cwd: base, env: io.env, signal }, commit),
  });
  const context = { base, root: options.root, config, signal, exclusions, progress };
  const passOf = (ruleset: Ruleset): Pass => ({ ruleset, sources: plan.sources({ ...context, ruleset }) });
  const now = passOf(await configureRuleset(config, base));
  const { measureBytes } = plan;
  if (measureBytes !== undefined)
    progress?.measureBy(async () => await measureBytes({ ...context, ruleset: now.ruleset }));
  const before = await otherRules(effective, now.ruleset, base);
  const listed = plan.isReread === true ? 'unlikely' : minConfidence(args, config);
  const onFound =
    progress === undefined || !io.stderr.isTTY
      ? undefined
      : (await import('./live-findings.ts')).liveFindings({ progress, ruleset: now.ruleset, minConfidence: listed });
  const request: ScanRequest = {
    command: args.command,
    ...now,
    volume,
    others: before.rulesets.map(passOf),
    minConfidence: listed,
    ...(args.has('min-confidence') || config.minConfidence === undefined ? {} : { isConfigured: true }),
    accepted: {
      allow: config.allow,
      baseline: known ?? effective.baseline,
      inline: administered?.inlineAllow ?? true,
      ...(change === undefined ? {} : { selfSuppressions: change.selfSuppressions }),
    },
    isComplete: plan.isComplete === true,
    ...(plan.known === undefined ? {} : { known: plan.known }),
    onDrop: plan.onDrop,
    threads: volume === 'tree' ? threadsOf(args, io) : undefined,
    strict: args.has('strict') || config.strict === true,
    verifyStage,
    signal,
    clock: io.clock,
    progress,
    onFound,
  };
  return {
    request,
    config,
    notes: () => [...(change === undefined ? [] : changeNotes(effective, before, change)), ...(plan.notes ?? [])],
    endProgress: async () => await progress?.end(),
  };
}

/** The files that the administrator names, and nothing else. */
async function administratorsPolicy(options: PolicyOptions): Promise<Policy> {
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

/** The rule set of a command. @param folder of the repository @throws GlaiveError */
export async function loadRules(args: ParsedArgs, io: Io, folder = io.cwd): Promise<Ruleset> {
  const options = configOptions(args, io, folder, io.signal);
  return await configureRuleset(await loadConfig(options), options.root ?? folder);
}

/** For a command with long preparations: the time limit runs from now on. @throws GlaiveError */
export async function limitedSignal(args: ParsedArgs, io: Io, cwd = io.cwd): Promise<AbortSignal> {
  const waiting = timeLimitSignal(args, undefined, io);
  if (args.has('time-limit')) return waiting;
  return timeLimitSignal(args, (await loadConfig(configOptions(args, io, cwd, waiting))).timeLimit, io);
}

/** Names of files are relative to the user's working directory, also if the repository is elsewhere. */
function configOptions(args: ParsedArgs, io: Io, cwd: string, signal: AbortSignal): ConfigOptions {
  const file = args.value('config');
  return {
    cwd,
    root: findWorkTree(cwd),
    env: io.env,
    named: file === undefined ? undefined : resolve(io.cwd, file),
    readNamed: openNamed(io, signal),
  };
}

function minConfidence(args: ParsedArgs, config: Config): Confidence {
  if (args.has('show-unlikely')) return 'unlikely';
  return args.value('min-confidence') ?? config.minConfidence ?? 'likely';
}
