/** How the last try to sweep a repository ended. `merge` and `status` read it; the plan says which ones there must be. */

import * as v from 'valibot';

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
  at: v.string(),
  /** The machine and the process that made it. */
  worker: v.string(),
});

export type Attempt = v.InferOutput<typeof AttemptSchema>;
export type Outcome = Attempt['outcome'];

export function isDone(outcome: Outcome): boolean {
  return (DONE as readonly Outcome[]).includes(outcome);
}
