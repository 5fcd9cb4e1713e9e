/** Chooses how bytes are searched: which kernel, and in how many threads. */

import type { OnDrop } from '../model/drop.ts';
import type { Ruleset } from '../model/ruleset.ts';
import { createMatcher, type Matcher } from './matcher.ts';
import { createRedactor, type Redactor } from './redact.ts';
import type { KernelFactory } from './search/kernel.ts';
import { createTsKernel } from './search/ts-kernel.ts';
import { createThreadedMatcher, type Threads } from './threads/threaded-matcher.ts';

export interface Detector {
  readonly matcher: Matcher;
  /** Scans text that is only compared, in this thread and without reporting drops. */
  readonly quietMatcher: Matcher;
  readonly redactor: Redactor;
}

export interface DetectorOptions {
  /** A `commit` is scanned with the kernel that starts fastest. */
  readonly volume?: string | undefined;
  readonly threads?: Threads | undefined;
  readonly onDrop?: OnDrop | undefined;
}

export async function openDetector(ruleset: Ruleset, { volume, threads, onDrop }: DetectorOptions): Promise<Detector> {
  const createKernel = await kernelFor(volume);
  const local = createMatcher(ruleset, createKernel, onDrop);
  const isThreaded = threads !== undefined && threads.count > 1 && onDrop === undefined;
  const matcher = isThreaded ? createThreadedMatcher({ local, rules: ruleset.rules, threads }) : local;
  return {
    matcher,
    quietMatcher: onDrop === undefined ? matcher : createMatcher(ruleset, createKernel),
    redactor: createRedactor(ruleset, createKernel),
  };
}

/** Masks secrets in messages and names. */
export async function openRedactor(ruleset: Ruleset, volume: string | undefined): Promise<Redactor> {
  return createRedactor(ruleset, await kernelFor(volume));
}

/** The plain kernel has scanned a commit before the fast one has started. */
async function kernelFor(volume: string | undefined): Promise<KernelFactory> {
  return volume === 'commit' ? createTsKernel : (await import('./search/create-kernel.ts')).createKernel;
}
