/**
 * Everything that has a say in what counts, as files tell it: the configuration, the baseline, the ignore file. And what of
 * it a change brings itself: whoever leaks a secret could else accept it in the same breath.
 */

import { isInside } from '../lib/inside.ts';
import { GlaiveError } from '../model/errors.ts';
import type { Uncounted } from '../model/source.ts';
import type { BaselineEntry } from '../model/suppression.ts';
import { BASELINE_MAX, baselinePath, readBaseline } from './baseline-file.ts';
import { type Config, EMPTY_CONFIG } from './config.ts';
import { createExcluder, createUncounted, readIgnoreFile } from './exclude.ts';
import { type ConfigOptions, loadConfig, type ReadText, repositoryFile } from './load.ts';

export interface Stand {
  readonly config: Config;
  readonly baseline: readonly BaselineEntry[];
  /** Whether a path, relative to the base of URIs, is passed over. */
  readonly excludes: (path: string) => boolean;
}

export interface StandOptions extends ConfigOptions {
  /** A file named by `--baseline`. */
  readonly baseline: string | undefined;
}

/** @throws GlaiveError (`config`) */
export async function readStand(options: StandOptions): Promise<Stand> {
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
    excludes: createExcluder([...config.exclude, await readIgnoreFile(base, read)]),
  };
}

const NOTHING: Stand = { config: EMPTY_CONFIG, baseline: [], excludes: () => false };

/** A change, and what it may say about itself. */
export interface Change {
  /** Files as they stood before it, in each of the places that it starts from; none where there was nothing before. */
  readonly before: readonly ReadText[];
  /** Whether what it accepts itself counts. */
  readonly ownSay: 'accepted' | 'rejected';
}

export interface Judged extends Stand {
  /** What was there before the change, and does not count as such. */
  readonly uncounted: Uncounted;
  /** What the change alters in how it is judged; a line each. */
  readonly altered: () => readonly string[];
}

/** Settings by which less is found, or less fails. */
const SETTINGS = {
  minConfidence: 'scan.min_confidence',
  failOn: 'scan.fail_on',
  strict: 'scan.strict',
} as const;

/**
 * What has a say, with what the change brings of it marked. Where the change has no say, what it passes over is looked at, and
 * settings are those of before.
 */
export async function judgeChange(options: StandOptions, now: Stand, { before, ownSay }: Change): Promise<Judged> {
  const broken = new Set<string>();
  const then = await Promise.all(
    before.map(async (read) => {
      try {
        return await readStand({ ...options, read });
      } catch (error) {
        if (!(error instanceof GlaiveError) || error.code === 'git') throw error;
        broken.add(error.message);
        return NOTHING; // the change may be what mends it
      }
    }),
  );
  const isRejected = ownSay === 'rejected';
  const settings = Object.keys(SETTINGS) as (keyof typeof SETTINGS)[];
  const altered = settings.filter((key) => then.every(({ config }) => config[key] !== now.config[key]));
  const disabled = now.config.disabledRules.filter((id) =>
    then.every(({ config }) => !config.disabledRules.includes(id)),
  );
  const passedOver = new Set<string>();
  const config: Config = {
    ...now.config,
    ...(isRejected ? Object.fromEntries(altered.map((key) => [key, then[0]?.config[key]])) : {}),
    disabledRules: isRejected
      ? now.config.disabledRules.filter((id) => !disabled.includes(id))
      : now.config.disabledRules,
    allow: markAdded(
      now.config.allow,
      then.map((stand) => stand.config.allow),
      ({ secret, rule, path, expires }) => JSON.stringify([secret, rule, path, expires]),
    ),
  };
  const excludes = (path: string): boolean => {
    if (!now.excludes(path)) return false;
    return !isRejected || then.some((stand) => stand.excludes(path));
  };
  return {
    config,
    uncounted: createUncounted({ config, excludes }, then),
    baseline: markAdded(
      now.baseline,
      then.map((stand) => stand.baseline),
      ({ secretFingerprint, expires }) => JSON.stringify([secretFingerprint, expires]),
    ),
    excludes: (path) => {
      if (now.excludes(path) && !then.some((stand) => stand.excludes(path))) passedOver.add(path);
      return excludes(path);
    },
    altered: () => [
      ...[...broken].map((message) => `mending ${message}`),
      ...altered.map((key) => SETTINGS[key]),
      ...disabled.map((id) => `rules.disable ${id}`),
      ...[...passedOver].toSorted().map((path) => `passing over ${path}`),
    ],
  };
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
