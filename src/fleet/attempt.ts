/** How the last try to sweep a repository ended. `merge` and `status` read it; the plan says which ones there must be. */

import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { readOptionalFile } from '../lib/optional-file.ts';
import { attemptPath, stagingFolder } from './store.ts';

/** Ends that need no other try: nothing is missing, or another try would end in the same way. */
export const DONE = ['whole', 'gaps', 'empty', 'no-repository', 'unchanged'] as const;
/** Ends without a result. */
export const FAILED = ['killed', 'timeout', 'memory', 'no-access', 'gone', 'moved', 'disk-full', 'error'] as const;

export const AttemptSchema = v.object({
  /** How many tries there were, in this plan. */
  try: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  outcome: v.picklist([...DONE, ...FAILED]),
  /** The exit code of the sweep: 0 clean, 1 findings, 2 gaps. */
  code: v.optional(v.number()),
  /** Why, for people; redacted. */
  reason: v.optional(v.string()),
  /** The generation that the sweep has reached. */
  generation: v.optional(v.number()),
  /** The report that came of it, if there was anything new to say: its name as `GENERATION` or `GENERATION.COPY`, and its SHA-256. */
  report: v.optional(
    v.object({
      name: v.pipe(v.string(), v.regex(/^\d{1,15}(?:\.\d{1,9})?$/)),
      digest: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
    }),
  ),
  /** Seconds that the sweep took. */
  seconds: v.number(),
  /** Seconds of CPU. */
  cpu: v.optional(v.number()),
  /** The most memory, in bytes. */
  rss: v.optional(v.number()),
  /** The digest of the refs in the plan: a later plan compares it with the refs of its time. */
  refs: v.optional(v.string()),
  at: v.string(),
  /** The machine and the process that made it. */
  worker: v.string(),
});

export type Attempt = v.InferOutput<typeof AttemptSchema>;
export type Outcome = Attempt['outcome'];

export function isDone(outcome: Outcome): boolean {
  return (DONE as readonly Outcome[]).includes(outcome);
}

/** Undefined if there was none in this plan, or if its file is damaged: then the repository is swept again. */
export function readAttempt(store: string, plan: string, key: string): Attempt | undefined {
  const attempt = storedAttempt(store, plan, key);
  return attempt === 'damaged' ? undefined : attempt;
}

/** The same for who must tell the two apart. */
export function storedAttempt(store: string, plan: string, key: string): Attempt | 'damaged' | undefined {
  try {
    // Neither a folder nor a FIFO in its place stops a sweep.
    const text = readOptionalFile(attemptPath(store, plan, key), { max: ATTEMPT_MAX });
    if (text === undefined) return undefined;
    const read = v.safeParse(AttemptSchema, JSON.parse(text));
    return read.success ? read.output : 'damaged';
  } catch {
    return 'damaged';
  }
}

/** Bytes. */
const ATTEMPT_MAX = 64 * 1024;

/**
 * Replaces the file of the attempt. It is not forced to the disk: a lost one costs another sweep of the repository, never a finding.
 *
 * @param writer is in the name of the temporary file, which no other writer may use @throws the file system's error
 */
export function writeAttempt(
  { store, plan, key, writer }: { store: string; plan: string; key: string; writer: string },
  attempt: Attempt,
): void {
  const path = attemptPath(store, plan, key);
  const staged = join(stagingFolder(store), `${key}.attempt.${writer}`);
  mkdirSync(dirname(path), { recursive: true });
  mkdirSync(stagingFolder(store), { recursive: true });
  try {
    writeFileSync(staged, `${JSON.stringify(attempt)}\n`);
    renameSync(staged, path);
  } catch (error) {
    rmSync(staged, { force: true });
    throw error;
  }
}
