/**
 * The policy that a scan of a change applies. A change could otherwise introduce a secret and accept it at once: what it adds
 * to the policy is marked, and may be ignored.
 */

import { resolve } from 'node:path';
import { isInside } from '../lib/inside.ts';
import { shownPath } from '../lib/shown-path.ts';
import type { PreviouslyExcluded } from '../model/source.ts';
import { BASELINE_MAX, baselinePath } from './baseline-file.ts';
import type { Config } from './config.ts';
import { createPreviouslyExcluded } from './exclude.ts';
import { type ReadText, repositoryFile } from './load.ts';
import { ignorePath } from './places.ts';
import { type EarlierPolicy, type Policy, type PolicyOptions, readEarlierPolicy } from './policy.ts';
import { changedValues, strictest } from './strictest.ts';

export interface Change {
  /** The files before the change, in each commit that it starts from; none where nothing was there before. */
  readonly before: readonly ReadText[];
  /** The files in the commit that is checked out. */
  readonly committed: ReadText;
  /** Whether suppressions that the change itself adds apply. */
  readonly selfSuppressions: 'accepted' | 'rejected';
}

/** Rules other than those of the files on the disk. */
export interface RuleChoice {
  readonly config: Config;
  /** Reads the rule files that it names. */
  readonly read: ReadText;
}

export interface EffectivePolicy extends Policy {
  /** Whether a file of the past was excluded or accepted, so that its secrets count as new. */
  readonly previouslyExcluded: PreviouslyExcluded;
  /** The rules before the change, if its own settings are rejected: the scan uses them as well. */
  readonly rulesBefore: readonly RuleChoice[];
  /** The changes to the policy, a line each. */
  readonly policyChanges: () => readonly string[];
  /** Files of the policy that differ from the commit that is checked out. */
  readonly uncommitted: readonly string[];
}

/** The effective policy of a scan that compares with no earlier state. */
export function unchanged(policy: Policy): EffectivePolicy {
  return {
    ...policy,
    previouslyExcluded: createPreviouslyExcluded(policy),
    rulesBefore: [],
    policyChanges: () => [],
    uncommitted: [],
  };
}

/**
 * Marks what the change adds to the policy. If that is rejected, paths that only the change excludes are scanned, of single
 * values the strictest applies, and the scan uses the rules before the change as well.
 */
export async function policyForChange(options: PolicyOptions, now: Policy, change: Change): Promise<EffectivePolicy> {
  const before = await Promise.all(change.before.map(async (read) => await readEarlierPolicy(options, read)));
  const broken = new Set(before.flatMap((policy) => policy.broken ?? []));
  const isRejected = change.selfSuppressions === 'rejected';
  const newlyExcluded = new Set<string>();
  const configsBefore = before.map((policy) => policy.config);
  const config: Config = {
    ...(isRejected ? strictest(now.config, configsBefore) : now.config),
    allow: markAdded(
      now.config.allow,
      configsBefore.map(({ allow }) => allow),
      ({ secret, rule, path, expires }) => JSON.stringify([secret, rule, path, expires]),
    ),
  };
  const wasExcluded = (path: string): boolean => before.some((policy) => policy.excludes(path));
  const excludes = (path: string): boolean => now.excludes(path) && (!isRejected || wasExcluded(path));
  const ruleLines = await ruleChanges(now.config, before, options.root ?? options.cwd);
  return {
    config,
    previouslyExcluded: createPreviouslyExcluded({ config, excludes }, before),
    rulesBefore: isRejected ? before : [],
    baseline: markAdded(
      now.baseline,
      before.map((policy) => policy.baseline),
      ({ secretFingerprint, expires }) => JSON.stringify([secretFingerprint, expires]),
    ),
    exclusions: now.exclusions,
    excludes: (path) => {
      if (now.excludes(path) && !wasExcluded(path)) newlyExcluded.add(path);
      return excludes(path);
    },
    policyChanges: () => [
      ...[...broken].map((message) => `repairs ${message}`),
      ...changedValues(now.config, configsBefore),
      ...ruleLines,
      ...[...newlyExcluded].toSorted().map((path) => `excludes ${path}`),
    ],
    uncommitted: await findUncommitted(options, now.config, change.committed),
  };
}

/** Changes to the rules: settings that differ from every state before. */
async function ruleChanges(now: Config, before: readonly EarlierPolicy[], base: string): Promise<string[]> {
  const everywhere = (test: (config: Config) => boolean): boolean => before.every(({ config }) => test(config));
  const named = new Set([now, ...before.map(({ config }) => config)].flatMap(({ ruleFiles }) => ruleFiles));
  const files: string[] = [];
  for (const file of named) {
    const textNow = now.ruleFiles.includes(file) ? await readOnDisk(file, base) : undefined;
    const texts = await Promise.all(
      before.map(async ({ config, read }) => (config.ruleFiles.includes(file) ? await read(file) : undefined)),
    );
    if (texts.includes(textNow)) continue;
    const what = textNow === undefined ? 'removed' : texts.every((text) => text === undefined) ? 'added' : 'changed';
    files.push(`rules.files ${shownPath(base, file)} ${what}`);
  }
  const prefixes = [...new Set(before.flatMap(({ config }) => config.prefixes))].filter(
    (prefix) => !now.prefixes.includes(prefix) && everywhere((config) => config.prefixes.includes(prefix)),
  );
  const names = [...new Set(before.flatMap(({ config }) => config.tokenNames))].filter(
    (name) => !now.tokenNames.includes(name) && everywhere((config) => config.tokenNames.includes(name)),
  );
  const disabled = now.disabledRules.filter((id) => everywhere((config) => !config.disabledRules.includes(id)));
  return [
    ...disabled.map((id) => `rules.disable ${id}`),
    ...prefixes.map((prefix) => `gitlab.prefixes ${prefix} removed`),
    ...names.map((name) => `rules.names ${name} removed`),
    ...files,
  ];
}

/** A file of the repository on the disk. */
async function readOnDisk(path: string, base: string): Promise<string | undefined> {
  try {
    return await repositoryFile(base, { max: BASELINE_MAX })(path);
  } catch {
    return undefined; // loading the policy reports it
  }
}

/** Files of the policy that an earlier step of the job, or a cache, has changed on the disk. */
async function findUncommitted(
  { named, baseline, cwd, root }: PolicyOptions,
  config: Config,
  committed: ReadText,
): Promise<string[]> {
  if (root === undefined) return [];
  const byFlag = new Set([named, baseline].flatMap((path) => (path === undefined ? [] : [resolve(cwd, path)])));
  const files = [...config.files, ...config.ruleFiles, ignorePath(root), baselinePath(undefined, cwd, root)];
  const found: string[] = [];
  for (const file of new Set(files)) {
    if (byFlag.has(file) || !isInside(file, root)) continue;
    const text = await readOnDisk(file, root);
    if (text !== undefined && withoutCr(await committed(file)) !== withoutCr(text)) found.push(shownPath(root, file));
  }
  return found;
}

/** Git may have checked the file out with CR LF. */
function withoutCr(text: string | undefined): string | undefined {
  return text?.replaceAll('\r\n', '\n');
}

/** Marks the entries that no state before had. */
function markAdded<Entry extends object>(
  now: readonly Entry[],
  before: readonly (readonly Entry[])[],
  keyOf: (entry: Entry) => string,
): Entry[] {
  const known = new Set(before.flat().map(keyOf));
  return now.map((entry) => (known.has(keyOf(entry)) ? entry : { ...entry, addedByChange: true }));
}
