/** Which paths a scan excludes: now, before a change, and in single commits. */

import { GlaiveError } from '../model/errors.ts';
import type { ExcludedAt, PreviouslyExcluded } from '../model/source.ts';
import type { EffectivePolicy } from './effective-policy.ts';
import { createPolicyFileTest, createPreviouslyExcluded, readIgnoreFile } from './exclude.ts';
import { loadConfig, type ReadText } from './load.ts';
import { exclusionsOf, type Policy, type PolicyOptions, readEarlierPolicy } from './policy.ts';

export interface Exclusions {
  /** Whether a path, relative to the base of URIs, is excluded. */
  readonly excludes: (path: string) => boolean;
  /** Whether the exclusions may change with the file at a path. */
  readonly isPolicyFile: (path: string) => boolean;
  /** Whether a file of the past was excluded or accepted, so that its secrets count as new. */
  readonly previouslyExcluded: PreviouslyExcluded;
  /** The same with the exclusions of the commit that is checked out. */
  readonly previouslyExcludedAtHead: () => Promise<PreviouslyExcluded>;
  readonly excludedAt: ExcludedAt;
}

export interface ExclusionOptions {
  readonly options: PolicyOptions;
  /** The policy of the files on the disk, and the one that the scan applies. */
  readonly policy: Policy;
  readonly effective: EffectivePolicy;
  /** Earlier states of the files, where only their exclusions matter. */
  readonly earlier: readonly ReadText[] | undefined;
  readonly filesAt: (commit: string) => Promise<ReadText>;
}

export async function createExclusions(given: ExclusionOptions): Promise<Exclusions> {
  const { options, policy, effective, earlier, filesAt } = given;
  return {
    excludes: effective.excludes,
    isPolicyFile: createPolicyFileTest(options),
    previouslyExcluded:
      earlier === undefined ? effective.previouslyExcluded : await previouslyExcludedIn(options, policy, earlier),
    previouslyExcludedAtHead: async () => await previouslyExcludedIn(options, policy, [await filesAt('HEAD')]),
    excludedAt: async (commit) => await excludedInCommit(options, policy, await filesAt(commit)),
  };
}

/** With the exclusions of now and those of some earlier states. Broken files of then excluded nothing. */
export async function previouslyExcludedIn(
  options: PolicyOptions,
  now: Policy,
  before: readonly ReadText[],
): Promise<PreviouslyExcluded> {
  return createPreviouslyExcluded(
    now,
    await Promise.all(before.map(async (read) => await readEarlierPolicy(options, read))),
  );
}

/**
 * The exclusions of a commit, where they differ from those of now: dropping an exclusion uncovers the files that it covered.
 * Broken files exclude nothing.
 */
export async function excludedInCommit(
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
