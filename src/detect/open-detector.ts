/** Chooses how bytes are searched: which kernel, and in how many threads. */

import type { OnDrop } from '../model/drop.ts';
import type { Ruleset } from '../model/ruleset.ts';
import { createMatcher, type Matcher } from './matcher.ts';
import { createRedactor, type Redactor } from './redact.ts';
import { createKernel } from './search/create-kernel.ts';
import { createThreadedMatcher, type Threads } from './threads/threaded-matcher.ts';

export interface Detector {
  readonly matcher: Matcher;
  /** Scans text that is only compared, in this thread and without reporting drops. */
  readonly quietMatcher: Matcher;
  readonly redactor: Redactor;
}

export interface DetectorOptions {
  readonly threads?: Threads | undefined;
  readonly onDrop?: OnDrop | undefined;
}

export function openDetector(ruleset: Ruleset, { threads, onDrop }: DetectorOptions): Detector {
  const local = createMatcher(ruleset, createKernel, onDrop);
  const isThreaded = threads !== undefined && threads.count > 1 && onDrop === undefined;
  const matcher = isThreaded ? createThreadedMatcher({ local, rules: ruleset.rules, threads }) : local;
  return {
    matcher,
    quietMatcher: onDrop === undefined ? matcher : createMatcher(ruleset, createKernel),
    redactor: createRedactor(ruleset, createKernel),
  };
}
