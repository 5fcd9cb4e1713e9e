/** The options of the range source, and what its walk hands to the attribution. */

import type { FileChange, Version } from '../git/changes.ts';
import type { ObjectReader } from '../git/objects.ts';
import type { GitOptions } from '../git/spawn.ts';
import type { Input } from '../model/artifact.ts';
import type { ExcludedAt, PreviouslyExcluded } from '../model/source.ts';
import type { Tip } from '../sources/tips.ts';

export interface RangeOptions extends GitOptions {
  readonly tips: readonly Tip[];
  readonly exclude: readonly string[];
  readonly excludeRefs?: readonly string[];
  /** Whether a path, relative to the root of the repository, is excluded. */
  readonly excludes: (path: string) => boolean;
  /**
   * Whether an earlier version at `from` says nothing about `to`, because it was not scanned or was accepted for its path
   * alone.
   */
  readonly previouslyExcluded: PreviouslyExcluded;
  /** Absent if the exclusions do not come from the repository. */
  readonly excludedAt?: ExcludedAt;
  /** The hint for a history that ends too early. */
  readonly deepenHint: string;
  /** The hint for an object that a partial clone lacks. */
  readonly fetchHint: string;
  /** Receives the number of commits in the range. */
  readonly onCommits?: (count: number) => void;
}

/** The results of the walk that the attribution needs. */
export interface RangeContext {
  /** The order of the commits, parents first. */
  readonly order: ReadonlyMap<string, number>;
  readonly renames: readonly Pick<FileChange, 'commit' | 'path' | 'oldPath'>[];
  readonly tips: readonly string[];
  /** For reading objects in any order. */
  readonly objects: ObjectReader;
  inputOf(change: Pick<FileChange, 'path' | 'before'>, blob: string, commit: string): Input;
  beforeOf(path: string, commit: string): readonly Version[];
}
