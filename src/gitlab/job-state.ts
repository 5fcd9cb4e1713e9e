/** The state of a job: waiting, running, and whether it may have a log. */

import type { Job } from './jobs.ts';

const SKIPPED = 'skipped';
/** Jobs in these states have printed nothing yet. */
const WAITING = new Set([
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

export const isWaiting = ({ status }: Job): boolean => WAITING.has(status);

/** A job that no runner picked up in time has failed without a start time. */
export function hasStarted({ status, started_at: time }: Job): boolean {
  return status === 'success' || time !== null;
}

export function mayHaveLog(job: Job): boolean {
  return job.status !== SKIPPED && !isWaiting(job) && (job.status !== 'canceled' || hasStarted(job));
}
