/** `glaive fleet work --queue`: sweeps the repositories that a queue gives, until the plan is done. */

import { statfsSync } from 'node:fs';
import { type Attempt, isDone, readAttempt } from '../../../fleet/attempt.ts';
import { removeLeftOvers } from '../../../fleet/generations.ts';
import { recordAttempt } from '../../../fleet/item.ts';
import { createResults } from '../../../fleet/results.ts';
import { isFinished } from '../../../fleet/select.ts';
import { nameOf, type Plan, type PlanItem } from '../../../fleet/plan.ts';
import type { FailedJob, FleetQueue, JobEnd, WorkEnd } from '../../../fleet/queue/contract.ts';
import { createFeed } from '../../../fleet/queue/feed.ts';
import { openFleetQueue } from '../../../fleet/queue/load.ts';
import { openSlots, type SupervisorOptions } from '../../../fleet/supervisor.ts';
import type { FleetCall } from './call.ts';
import { RETRIED } from './retried.ts';

export interface QueueWork {
  readonly url: string;
  readonly plan: Plan;
  readonly options: SupervisorOptions;
  readonly onBegin: () => void;
  /** Called for each attempt. */
  readonly onEnd: (item: PlanItem, attempt: Attempt) => void;
}

/** @returns why it has stopped, for people, unless nothing is left in the queue @throws GlaiveError */
export async function workFromQueue(
  { url, plan, options, onBegin, onEnd }: QueueWork,
  call: FleetCall,
): Promise<string | undefined> {
  const { store, io } = call;
  const { head, items } = plan;
  const attemptOf = (key: string): Attempt | undefined => readAttempt(store, head.id, key);
  // Other workers write results too, so what was read from the store may soon be wrong.
  const look = (): ((key: string) => boolean) => {
    const resultsOf = createResults(store);
    return (key) => {
      const attempt = attemptOf(key);
      return attempt !== undefined && isFinished(attempt, resultsOf(key));
    };
  };
  const queue = await openFleetQueue(io.program.main, { url, plan: head.id, isOwner: false });
  for (const warning of queue.warnings) await io.stderr.write(`glaive: ${warning}\n`);
  removeLeftOvers(store);
  const byKey = new Map(items.map((item) => [item.key, item]));
  // The queue tries again, so that another machine may.
  const slots = openSlots({ ...options, retries: 0 });
  const full = new AbortController();
  const run = async (key: string): Promise<JobEnd> => {
    const item = byKey.get(key);
    if (item === undefined || look()(key)) return 'done';
    if (waitsForPool(item, byKey, attemptOf)) return 'later';
    if (freeBytes(store) < options.diskFree) {
      full.abort();
      return 'later';
    }
    onBegin();
    const swept = await slots.sweep(item);
    if (swept === undefined) return 'later';
    const { attempt, isRefused } = swept;
    onEnd(item, attempt);
    if (isDone(attempt.outcome)) return 'done';
    // It is the token that is refused, not the project: every other one would fail as well.
    if (isRefused) return 'refused';
    return RETRIED.has(attempt.outcome) ? 'again' : 'failed';
  };
  try {
    const end = await workUntilDone(queue, { run, full: full.signal, look, plan, options, call });
    return full.signal.aborted ? 'the disk of the store has less free space than --disk-free asks for' : reasonOf(end);
  } finally {
    slots.end();
    await queue.close();
  }
}

function reasonOf(end: WorkEnd): string | undefined {
  return end === 'paused'
    ? 'the queue is paused, because the GitLab refuses the token; work again with a valid one'
    : undefined;
}

/** A member scans its own objects only, so its pool comes first; one that was tried in vain is not waited for. */
function waitsForPool(
  { network, isPool }: PlanItem,
  byKey: ReadonlyMap<string, PlanItem>,
  attemptOf: (key: string) => Attempt | undefined,
): boolean {
  if (isPool === true || network === undefined) return false;
  const pool = byKey.get(network);
  const isSwept = pool?.isPool === true && pool.unchanged === undefined && pool.nothing === undefined;
  return isSwept && attemptOf(network) === undefined;
}

interface Working {
  readonly run: (key: string) => Promise<JobEnd>;
  readonly full: AbortSignal;
  /** Says which repositories have a result. */
  readonly look: () => (key: string) => boolean;
  readonly plan: Plan;
  readonly options: SupervisorOptions;
  readonly call: FleetCall;
}

async function workUntilDone(queue: FleetQueue, working: Working): Promise<WorkEnd> {
  const { plan, options, call } = working;
  const { io, args } = call;
  const { refill } = createFeed(plan.items, working.look);
  const say = (text: string): void => void io.stderr.write(`glaive: ${text}\n`);
  return await queue.work({
    jobs: options.jobs,
    run: working.run,
    refill,
    jobsPerHour: args.value('requests-per-hour'),
    signal: AbortSignal.any([io.signal, working.full]),
    onConnection: (isThere) => say(isThere ? 'the queue answers again' : 'the queue does not answer; waiting for it'),
    onGivenUp: (job) => giveUp(job, working),
  });
}

/** A repository that kills its worker leaves no attempt, and must be named none the less. */
function giveUp({ key, reason }: FailedJob, { plan, options, look, call }: Working): void {
  const item = plan.items.find((each) => each.key === key);
  if (item === undefined || look()(key)) return;
  const { store, io } = call;
  if (readAttempt(store, plan.head.id, key) === undefined)
    recordAttempt(item, options, { outcome: 'killed', reason: `its workers died: ${reason}`, seconds: 0 });
  void io.stderr.write(`glaive: ${options.redact(nameOf(item))}: given up\n`);
}

function freeBytes(store: string): number {
  const { bavail, bsize } = statfsSync(store);
  return bavail * bsize;
}
