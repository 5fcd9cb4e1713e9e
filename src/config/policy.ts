/** The suppression policy as files state it: the configuration, the baseline and the ignore file. */

import { isInside } from '../lib/inside.ts';
import { GlaiveError } from '../model/errors.ts';
import type { BaselineEntry } from '../model/suppression.ts';
import { BASELINE_MAX, baselinePath, readBaseline } from './baseline-file.ts';
import { type Config, EMPTY_CONFIG, type PathPatterns } from './config.ts';
import { createExcluder, readIgnoreFile } from './exclude.ts';
import { type ConfigOptions, loadConfig, type ReadText, repositoryFile } from './load.ts';

export interface Policy {
  readonly config: Config;
  readonly baseline: readonly BaselineEntry[];
  /** Whether a path, relative to the base of URIs, is excluded. */
  readonly excludes: (path: string) => boolean;
  /** The patterns behind `excludes` as a text; equal texts exclude the same paths. */
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

/** A policy of the past, and the error where its files were broken. */
export interface EarlierPolicy extends Policy {
  readonly read: ReadText;
  readonly broken?: string;
}

/** Reads the policy of an earlier state of the files. Broken files count as empty: the change may have repaired them. */
export async function readEarlierPolicy(options: PolicyOptions, read: ReadText): Promise<EarlierPolicy> {
  try {
    return { ...(await readPolicy({ ...options, read })), read };
  } catch (error) {
    if (!(error instanceof GlaiveError) || error.code === 'git') throw error;
    return { ...EMPTY_POLICY, read, broken: error.message };
  }
}

export function exclusionsOf(patterns: readonly PathPatterns[]): Pick<Policy, 'excludes' | 'exclusions'> {
  const used = patterns.filter((each) => each.patterns.length > 0);
  return { excludes: createExcluder(used), exclusions: JSON.stringify(used) };
}

const EMPTY_POLICY: Policy = { config: EMPTY_CONFIG, baseline: [], ...exclusionsOf([]) };
