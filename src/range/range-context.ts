/** The options of the range source, and what its walk hands to the attribution. */

import type { FileChange, Version } from '../git/commits.ts';
import type { ObjectReader } from '../git/objects.ts';
import type { GitOptions } from '../git/spawn.ts';
import type { Input } from '../model/artifact.ts';
import type { ExcludedAt, Uncounted } from '../model/source.ts';
import type { Tip } from '../sources/tips.ts';

export interface RangeOptions extends GitOptions {
  readonly tips: readonly Tip[];
  readonly exclude: readonly string[];
  readonly excludeRefs?: readonly string[];
  /** Whether a path, relative to the root of the repository, is passed over. */
  readonly excludes: (path: string) => boolean;
  /** Whether a file at `from` may have been there before without counting, though it counts at `to`. */
  readonly uncounted: Uncounted;
  /** Absent where what is passed over does not come from the repository. */
  readonly excludedAt?: ExcludedAt;
  /** What helps when the history ends too early. */
  readonly deepenHint: string;
  /** What helps where a partial clone lacks something. */
  readonly fetchHint: string;
  /** Gets the number of commits in the range. */
  readonly onCommits?: (count: number) => void;
}

/** What was learnt on the way, for the conclusion. */
export interface RangeContext {
  /** The order of the commits, parents first. */
  readonly order: ReadonlyMap<string, number>;
  readonly renames: readonly Pick<FileChange, 'commit' | 'path' | 'oldPath'>[];
  readonly tips: readonly string[];
  /** Answers out of turn. */
  readonly objects: ObjectReader;
  inputOf(change: Pick<FileChange, 'path' | 'before'>, blob: string, commit: string): Input;
  beforeOf(path: string, commit: string): readonly Version[];
}
