/** The options of the history source, which its attribution reads as well. */

import type { ObjectList } from '../git/all-objects.ts';
import type { GitOptions } from '../git/spawn.ts';
import type { Finding } from '../model/finding.ts';
import type { Progress } from '../model/progress.ts';
import type { Ruleset } from '../model/ruleset.ts';
import type { Secret } from '../model/secret.ts';
import type { PackReader } from './packs/pack-reader.ts';
import type { PackThreads } from './packs/scan-packs.ts';
import type { SweepState } from './state.ts';

export type Reader = 'git' | 'pack' | 'auto';

export interface HistoryOptions extends GitOptions {
  readonly list: ObjectList;
  /** What git said while it listed them. */
  readonly warnings: readonly string[];
  /** Blobs that are larger are passed over, and counted. Bytes. */
  readonly maxBlob: number | undefined;
  /** What paths are relative to. */
  readonly base: string;
  /** Whether archives are opened. */
  readonly archives: boolean;
  /** What is no finding in the files of git itself. */
  readonly ownToken: Secret | undefined;
  /** Whether it is no gap that the clone ends before the history does. */
  readonly shallowOk: boolean;
  /** Which introductions are reported; undefined: all, and what has none. */
  readonly only: ReadonlySet<string> | undefined;
  /** Whether what no ref leads to is reported. */
  readonly unreachable: boolean;
  /** What was swept before. */
  readonly before: SweepState | undefined;
  /** The packs that can be read here. */
  readonly packs: readonly PackReader[];
  /** Whether packs are read here, and only what may hold something through git; `auto`: where it pays. */
  readonly reader: Reader;
  readonly ruleset: Ruleset;
  /** Threads that may share the scan of packs. */
  readonly packThreads: PackThreads | undefined;
  readonly progress: Progress | undefined;
  /** Gets what was found, object by object. */
  readonly onFound?: (findings: readonly Finding[]) => void;
  /** Gets which secrets stand in which blobs, when everything has been looked at. */
  readonly onSwept?: (found: ReadonlyMap<string, ReadonlySet<string>>) => void;
}
