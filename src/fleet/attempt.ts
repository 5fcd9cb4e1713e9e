/** How the last try to sweep a repository ended. `merge` and `status` read it; the plan says which ones there must be. */

import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
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
  let text: string;
  try {
    text = readFileSync(attemptPath(store, plan, key), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const read = v.safeParse(AttemptSchema, parsed(text));
  return read.success ? read.output : undefined;
}

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

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
