/**
 * Everything that has a say in what counts, as files tell it: the configuration, the baseline, the ignore file. And what of
 * it a change brings itself: whoever leaks a secret could else accept it in the same breath.
 */

import { relative, resolve } from 'node:path';
import { isInside } from '../lib/inside.ts';
import { GlaiveError } from '../model/errors.ts';
import type { Uncounted } from '../model/source.ts';
import type { BaselineEntry } from '../model/suppression.ts';
import { BASELINE_MAX, baselinePath, readBaseline } from './baseline-file.ts';
import { type Config, EMPTY_CONFIG, type PathPatterns } from './config.ts';
import { createExcluder, createUncounted, ignorePath, readIgnoreFile } from './exclude.ts';
import { alteredValues, strictest } from './join.ts';
import { type ConfigOptions, loadConfig, type ReadText, repositoryFile } from './load.ts';

export interface Policy {
  readonly config: Config;
  readonly baseline: readonly BaselineEntry[];
  /** Whether a path, relative to the base of URIs, is passed over. */
  readonly excludes: (path: string) => boolean;
  /** What decides that, as a text: two that are equal pass over the same. */
  readonly exclusions: string;
}

export interface PolicyOptions extends ConfigOptions {
  /** A file named by `--baseline`. */
  readonly baseline: string | undefined;
}

/** @throws GlaiveError (`config`) */
export async function readPolicy(options: PolicyOptions): Promise<Policy> {
  const { baseline: named, cwd, root, read, readNamed } = options;
  const base = root ?? cwd;
  const config = await loadConfig(options);
  const path = baselinePath(named, cwd, base);
  const before = isInside(path, base) ? read : undefined;
  const now: ReadText =
    named === undefined ? repositoryFile(base, { max: BASELINE_MAX }) : (file) => readNamed(file, BASELINE_MAX);
  return {
    config,
    baseline: await readBaseline(path, named !== undefined && before === undefined, before ?? now),
    ...exclusionsOf([...config.exclude, await readIgnoreFile(base, read)]),
  };
}

export function exclusionsOf(patterns: readonly PathPatterns[]): Pick<Policy, 'excludes' | 'exclusions'> {
  const used = patterns.filter((each) => each.patterns.length > 0);
  return { excludes: createExcluder(used), exclusions: JSON.stringify(used) };
}

const NOTHING: Policy = { config: EMPTY_CONFIG, baseline: [], ...exclusionsOf([]) };

/** A change, and what it may say about itself. */
export interface Change {
  /** Files as they were before it, in each of the places that it starts from; none where there was nothing before. */
  readonly before: readonly ReadText[];
  /** Files as the commit has them that is checked out. */
  readonly committed: ReadText;
  /** Whether what it accepts itself counts. */
  readonly ownSay: 'accepted' | 'rejected';
}

/** A choice of rules other than that of the files on the disk. */
export interface RuleChoice {
  readonly config: Config;
  /** Gives the rule files that it names. */
  readonly read: ReadText;
}

export interface EffectivePolicy extends Policy {
  /** What was there before the change, and does not count as such. */
  readonly uncounted: Uncounted;
  /** The rules of before, where the change has no say: they are scanned with too. */
  readonly rulesBefore: readonly RuleChoice[];
  /** What the change alters in how it is judged; a line each. */
  readonly altered: () => readonly string[];
  /** Files that have a say and are in no commit as they are on the disk. */
  readonly uncommitted: readonly string[];
}

/**
 * What of the past does not count, where a change is scanned by the settings of now alone: paths that are excluded now, and
 * those that were excluded before it. What was broken before excluded nothing.
 */
export async function uncountedSince(
  options: PolicyOptions,
  now: Policy,
  before: readonly ReadText[],
): Promise<Uncounted> {
  const then = await Promise.all(
    before.map(async (read) => {
      try {
        return await readPolicy({ ...options, read });
      } catch (error) {
        if (!(error instanceof GlaiveError) || error.code === 'git') throw error;
        return NOTHING;
      }
    }),
  );
  return createUncounted(now, then);
}

/**
 * What a commit passes over, where that is not what is passed over now: whoever drops an exclusion uncovers what it covered.
 * What is broken excludes nothing.
 */
export async function excludedThen(
  options: PolicyOptions,
  now: Policy,
  read: ReadText,
): Promise<((path: string) => boolean) | undefined> {
  try {
    const config = await loadConfig({ ...options, read });
    const then = exclusionsOf([...config.exclude, await readIgnoreFile(options.root ?? options.cwd, read)]);
    return then.exclusions === now.exclusions ? undefined : then.excludes;
  } catch (error) {
    if (!(error instanceof GlaiveError) || error.code === 'git') throw error;
    return undefined;
  }
}

/** Where no change is looked at. */
export function unchanged(stand: Policy): EffectivePolicy {
  return { ...stand, uncounted: createUncounted(stand), rulesBefore: [], altered: () => [], uncommitted: [] };
}

/**
 * What has a say, with what the change brings of it marked. Where the change has no say, what it passes over is looked at,
 * values are the strictest of before and now, and the rules of before are scanned with as well.
 */
export async function policyForChange(options: PolicyOptions, now: Policy, change: Change): Promise<EffectivePolicy> {
  const broken = new Set<string>();
  const then = await Promise.all(
    change.before.map(async (read) => {
      try {
        return { ...(await readPolicy({ ...options, read })), read };
      } catch (error) {
        if (!(error instanceof GlaiveError) || error.code === 'git') throw error;
        broken.add(error.message);
        return { ...NOTHING, read }; // the change may be what mends it
      }
    }),
  );
  const isRejected = change.ownSay === 'rejected';
  const passedOver = new Set<string>();
  const configsThen = then.map((stand) => stand.config);
  const config: Config = {
    ...(isRejected ? strictest(now.config, configsThen) : now.config),
    allow: markAdded(
      now.config.allow,
      configsThen.map(({ allow }) => allow),
      ({ secret, rule, path, expires }) => JSON.stringify([secret, rule, path, expires]),
    ),
  };
  const excludes = (path: string): boolean => {
    if (!now.excludes(path)) return false;
    return !isRejected || then.some((stand) => stand.excludes(path));
  };
  const ruleLines = await alteredRules(now.config, then, options.root ?? options.cwd);
  return {
    config,
    uncounted: createUncounted({ config, excludes }, then),
    rulesBefore: isRejected ? then : [],
    baseline: markAdded(
      now.baseline,
      then.map((stand) => stand.baseline),
      ({ secretFingerprint, expires }) => JSON.stringify([secretFingerprint, expires]),
    ),
    exclusions: now.exclusions,
    excludes: (path) => {
      if (now.excludes(path) && !then.some((stand) => stand.excludes(path))) passedOver.add(path);
      return excludes(path);
    },
    altered: () => [
      ...[...broken].map((message) => `mending ${message}`),
      ...alteredValues(now.config, configsThen),
      ...ruleLines,
      ...[...passedOver].toSorted().map((path) => `passing over ${path}`),
    ],
    uncommitted: await findUncommitted(options, now.config, change.committed),
  };
}

/** What the change does to the rules: whatever is not as it was in any of the places before. */
async function alteredRules(now: Config, then: readonly RuleChoice[], base: string): Promise<string[]> {
  const everywhere = (test: (config: Config) => boolean): boolean => then.every(({ config }) => test(config));
  const named = new Set([now, ...then.map(({ config }) => config)].flatMap(({ ruleFiles }) => ruleFiles));
  const files: string[] = [];
  for (const file of named) {
    const textNow = now.ruleFiles.includes(file) ? await readOnDisk(file, base) : undefined;
    const texts = await Promise.all(
      then.map(async ({ config, read }) => (config.ruleFiles.includes(file) ? await read(file) : undefined)),
    );
    if (texts.includes(textNow)) continue;
    const what = textNow === undefined ? 'left out' : texts.every((text) => text === undefined) ? 'added' : 'changed';
    files.push(`rules.files ${relative(base, file)} ${what}`);
  }
  const prefixes = [...new Set(then.flatMap(({ config }) => config.prefixes))].filter(
    (prefix) => !now.prefixes.includes(prefix) && everywhere((config) => config.prefixes.includes(prefix)),
  );
  const disabled = now.disabledRules.filter((id) => everywhere((config) => !config.disabledRules.includes(id)));
  return [
    ...disabled.map((id) => `rules.disable ${id}`),
    ...prefixes.map((prefix) => `gitlab.prefixes ${prefix} left out`),
    ...files,
  ];
}

/** A file of the repository as it is on the disk. */
async function readOnDisk(path: string, base: string): Promise<string | undefined> {
  try {
    return await repositoryFile(base, { max: BASELINE_MAX })(path);
  } catch {
    return undefined; // whoever needs it says so
  }
}

/** What an earlier step of a job, a cache or anybody else has left on the disk, and that has a say. */
async function findUncommitted(
  { named, baseline, cwd, root }: PolicyOptions,
  config: Config,
  committed: ReadText,
): Promise<string[]> {
  if (root === undefined) return [];
  const said = new Set([named, baseline].flatMap((path) => (path === undefined ? [] : [resolve(cwd, path)])));
  const files = [...config.files, ...config.ruleFiles, ignorePath(root), baselinePath(undefined, cwd, root)];
  const found: string[] = [];
  for (const file of new Set(files)) {
    if (said.has(file) || !isInside(file, root)) continue;
    const text = await readOnDisk(file, root);
    if (text !== undefined && withoutCr(await committed(file)) !== withoutCr(text)) found.push(relative(root, file));
  }
  return found;
}

/** Git may have checked it out with other line ends. */
function withoutCr(text: string | undefined): string | undefined {
  return text?.replaceAll('\r\n', '\n');
}

/** Marks the entries that stood nowhere before. */
function markAdded<Entry extends object>(
  now: readonly Entry[],
  then: readonly (readonly Entry[])[],
  keyOf: (entry: Entry) => string,
): Entry[] {
  const known = new Set(then.flat().map(keyOf));
  return now.map((entry) => (known.has(keyOf(entry)) ? entry : { ...entry, addedByChange: true }));
}
