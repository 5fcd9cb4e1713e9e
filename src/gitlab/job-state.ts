/** How far a job is, and whether it may have printed something. */

import type { Job } from './jobs.ts';

/** A job that was skipped prints nothing any more. */
const SKIPPED = 'skipped';
/** States in which nothing was printed yet. */
const NOT_BEGUN = new Set([
  'created',
  'manual',
  'scheduled',
  'pending',
  'preparing',
  'waiting_for_resource',
  'waiting_for_callback',
]);
const RUNNING = new Set(['running', 'canceling']);

export const isRunning = ({ status }: Job): boolean => RUNNING.has(status);

export const isWaiting = ({ status }: Job): boolean => NOT_BEGUN.has(status);

/** A job that no runner took in time has failed, too, and printed nothing: of that GitLab says null. */
export function hasStarted({ status, started_at: time }: Job): boolean {
  return status === 'success' || time !== null;
}

export function mayHaveLog(job: Job): boolean {
  return job.status !== SKIPPED && !isWaiting(job) && (job.status !== 'canceled' || hasStarted(job));
}
