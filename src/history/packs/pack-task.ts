/** What the thread that scans packs hands to the others. */

import type { Rule } from '../../model/rule.ts';
import type { SharedLinks } from './links.ts';
import type { SharedPack } from './pack-reader.ts';
import type { Verdicts } from './pack-scanner.ts';

/** What a thread gets when it starts. */
export interface ThreadData {
  readonly rules: readonly Rule[];
  readonly module: WebAssembly.Module;
  /** The part of the memory for packs that it may use, from 0 to 1. */
  readonly share: number;
  readonly links: SharedLinks;
}

/** A pack in which trees are left. */
export interface PackTask {
  readonly pack: SharedPack;
  readonly verdicts: Verdicts;
}
