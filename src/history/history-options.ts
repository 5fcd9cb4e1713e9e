/** The options of the history source, which its attribution reads as well. */

import type { ObjectList } from '../git/object-list.ts';
import type { SortedIds } from '../git/sorted-ids.ts';
import type { GitOptions } from '../git/spawn.ts';
import type { Finding } from '../model/finding.ts';
import type { Progress } from '../model/progress.ts';
import type { Ruleset } from '../model/ruleset.ts';
import type { Secret } from '../model/secret.ts';
import type { PackReader } from './packs/pack-reader.ts';
import type { PackThreads } from './packs/scan-packs.ts';
import type { ScannedObjects } from './scanned-objects.ts';
import type { HistoryState } from './state.ts';

export type Reader = 'git' | 'pack' | 'auto';

export interface HistoryOptions extends GitOptions {
  /** The objects to scan. */
  readonly list: ObjectList;
  /** Whether these are all objects of the repository. */
  readonly isAll: boolean;
  /** For a member of an object pool: all objects that the sweep is for. Commits of the pool that no ref of its own leads to are not. */
  readonly own?: SortedIds | undefined;
  /** Commits of a pool whose objects are all there. */
  readonly complete?: readonly string[] | undefined;
  /** Warnings of git while it listed the objects. */
  readonly warnings: readonly string[];
  /** Larger blobs are skipped, and counted. Bytes. */
  readonly maxBlob: number | undefined;
  /** Paths are relative to this folder. */
  readonly base: string;
  /** Whether archives are opened. */
  readonly archives: boolean;
  /** The token of the CI job itself: in git's own files it is no finding. */
  readonly ownToken: Secret | undefined;
  /** Whether the end of a shallow clone is accepted instead of being a gap. */
  readonly shallowOk: boolean;
  /** The commits whose introductions are reported; undefined: all, and findings without an introduction. */
  readonly only: ReadonlySet<string> | undefined;
  /** Whether findings that no ref leads to are reported. */
  readonly unreachable: boolean;
  /** The state of earlier runs. */
  readonly before: HistoryState | undefined;
  /** The packs that can be read here. */
  readonly packs: readonly PackReader[];
  /** Whether packs are read here, and git reads only the objects that may have a candidate; `auto`: if that is faster. */
  readonly reader: Reader;
  readonly ruleset: Ruleset;
  /** Threads that may share the scan of packs. */
  readonly packThreads: PackThreads | undefined;
  readonly progress: Progress | undefined;
  /** Receives the findings, object by object. */
  readonly onFound?: (findings: readonly Finding[]) => void;
  /** Receives which blobs contain which secrets, at the end of the scan. */
  readonly onSecretsByBlob?: (found: ReadonlyMap<string, ReadonlySet<string>>) => void;
  /** Receives which objects were scanned, at the end of the scan, also if it was cut short. */
  readonly onScanned?: (objects: ScannedObjects) => void;
}
