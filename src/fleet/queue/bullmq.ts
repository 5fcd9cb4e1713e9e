/** The jobs of a plan in BullMQ, on Redis or on PostgreSQL. The only file that uses bullmq, which loads pg by itself. */

import { setTimeout as wait } from 'node:timers/promises';
import {
  type ConnectionOptions,
  createPostgresBackend,
  DelayedError,
  type Job,
  Queue,
  UnrecoverableError,
  withBackend,
  Worker,
  type WorkerOptions as BullWorkerOptions,
} from 'bullmq';
import { GlaiveError } from '../../model/errors.ts';
import { queueAddress, withoutPasswords } from './address.ts';
import type { FleetQueue, QueueCounts, QueueItem, QueueOptions, QueueTimes, WorkEnd, WorkOptions } from './contract.ts';
import { connectRedis } from './redis.ts';

/** A killed worker is noticed after 15 to 25 seconds. The sweep does not block the event loop that renews the lock. */
const TIMES: QueueTimes = {
  lock: 15_000,
  stalledCheck: 5000,
  backoff: 15_000,
  later: 3000,
  answer: 5000,
  away: 15 * 60_000,
};
const TRIES = 3;
/** How often a repository may outlive its worker: a reboot must not fail it. */
const MOST_DEATHS = 2;
/** The longest part of a wait that chance decides, so that jobs which failed together do not come back together. */
const JITTER = 0.5;
/** Jobs that are added at once. */
const BATCH = 500;
/** The largest that BullMQ takes. */
const LOWEST_PRIORITY = 2_097_151;
/** Names in the server, next to those of other programs. */
const PREFIX = 'glaive';
/** Between two looks at the queue, milliseconds. */
const LOOK_EVERY = 500;
/** How long closing may take if the server does not answer, milliseconds. */
const CLOSE_WITHIN = 5000;

interface Data {
  readonly key: string;
}
type Jobs = Pick<
  Queue<Data>,
  'addBulk' | 'getJobCounts' | 'getFailed' | 'pause' | 'resume' | 'isPaused' | 'obliterate' | 'close' | 'on'
>;
interface Opened {
  readonly jobs: Jobs;
  readonly warnings: readonly string[];
  /** @param plan another one */
  queueOf(plan: string): Jobs;
  worker(run: (job: Job<Data>, token?: string) => Promise<void>, options: WorkerOptions): Worker<Data>;
  close(): Promise<void>;
}
type WorkerOptions = Omit<BullWorkerOptions, 'connection'>;

/** @throws GlaiveError if the server cannot be reached, or must not be used */
export async function openQueue(options: QueueOptions): Promise<FleetQueue> {
  const times = { ...TIMES, ...options.times };
  const { kind, shown } = queueAddress(options.url);
  const opened = await (kind === 'redis' ? onRedis(options) : onPostgres(options));
  const { jobs } = opened;
  const add = async (items: readonly QueueItem[]): Promise<void> => {
    for (let at = 0; at < items.length; at += BATCH)
      await answered(
        jobs.addBulk(items.slice(at, at + BATCH).map((item) => jobOf(item, options.plan, times))),
        times.answer,
      );
  };
  /** What the server, or the connection to it, says is no fault of glaive. */
  const said = async <T>(promise: Promise<T>): Promise<T> => {
    try {
      return await promise;
    } catch (error) {
      if (error instanceof GlaiveError || error instanceof TypeError || error instanceof RangeError) throw error;
      const reason = withoutPasswords((error as Error).message, options.url);
      throw new GlaiveError('usage', `the queue ${shown} has failed: ${reason}`, {
        hint: 'Run the command again when its server is there: nothing is lost.',
      });
    }
  };
  const failed = async () =>
    (await jobs.getFailed()).map(({ data, failedReason }) => ({ key: data.key, reason: failedReason }));
  const forget = async (plan: string): Promise<void> => {
    const other = opened.queueOf(plan);
    const { waiting, running } = await countsOf(other);
    if (waiting + running === 0) await other.obliterate();
    await other.close();
  };
  return {
    warnings: opened.warnings,
    add: (items) => said(add(items)),
    counts: () => said(countsOf(jobs)),
    failed: () => said(failed()),
    work: (work) => said(workOn(jobs, work, { times, url: options.url, add, worker: opened.worker })),
    forget: (plan) => said(forget(plan)),
    close: () => opened.close(),
  };
}

const nameOf = (plan: string): string => `fleet-${plan}`;

function jobOf({ key, priority }: QueueItem, plan: string, { backoff }: QueueTimes) {
  return {
    name: 'sweep',
    data: { key },
    opts: {
      // Known ids are not added again.
      jobId: `${key}-${plan}`,
      priority: Math.min(priority, LOWEST_PRIORITY),
      attempts: TRIES,
      backoff: { type: 'exponential', delay: backoff, jitter: JITTER },
      removeOnComplete: true,
      removeOnFail: false,
    },
  };
}

async function countsOf(jobs: Jobs): Promise<QueueCounts> {
  const {
    waiting = 0,
    prioritized = 0,
    delayed = 0,
    active = 0,
    failed = 0,
  } = await jobs.getJobCounts('waiting', 'prioritized', 'delayed', 'active', 'failed');
  return { waiting: waiting + prioritized + delayed, running: active, failed };
}

async function onRedis({ url, plan }: QueueOptions): Promise<Opened> {
  const server = await connectRedis(url);
  const connection = server.client as unknown as ConnectionOptions; // one of the clients that it takes
  const queueOf = (name: string): Jobs => quiet(new Queue<Data>(nameOf(name), { connection, prefix: PREFIX }));
  const jobs = queueOf(plan);
  return {
    jobs,
    warnings: server.warnings,
    queueOf,
    worker: (run, options) => new Worker<Data>(nameOf(plan), run, { ...options, connection, prefix: PREFIX }),
    async close() {
      await inTime(jobs.close());
      server.close();
    },
  };
}

async function onPostgres({ url, plan, isOwner }: QueueOptions): Promise<Opened> {
  const postgres = withBackend(createPostgresBackend);
  const connection = {
    connectionString: url,
    schema: PREFIX,
    migrate: isOwner,
    max: 4,
    connectionTimeoutMillis: 10_000,
  };
  const queueOf = (name: string): Jobs =>
    quiet(new postgres.Queue<Data>(nameOf(name), { connection }) as unknown as Jobs);
  const jobs = queueOf(plan);
  try {
    await jobs.getJobCounts('waiting');
  } catch (error) {
    await inTime(jobs.close());
    const { message, name } = error as Error;
    const { shown } = queueAddress(url);
    if (name === 'SchemaMigrationRequiredError')
      throw new GlaiveError('usage', `there is no queue in ${shown}`, {
        hint: 'glaive fleet plan --queue makes its tables.',
      });
    throw new GlaiveError('usage', `cannot use the queue ${shown}: ${withoutPasswords(message, url)}`, {
      hint: 'Check address, user and password. It needs PostgreSQL 13 or newer; the user of plan --queue may create a schema.',
    });
  }
  return {
    jobs,
    warnings: [],
    queueOf,
    // What differs in type is the connection alone.
    worker: (run, options) =>
      new postgres.Worker<Data>(nameOf(plan), run, { ...options, connection }) as unknown as Worker<Data>,
    close: async () => await inTime(jobs.close()),
  };
}

/** An error without a listener would end the process; a server that is away is noticed where an answer is missing. */
function quiet<T extends { on(event: 'error', listener: () => void): unknown }>(emitter: T): T {
  emitter.on('error', () => {});
  return emitter;
}

/** Ends with the promise, or without it if a server that is away keeps it waiting. */
async function inTime(promise: Promise<unknown>): Promise<void> {
  await answered(promise, CLOSE_WITHIN).catch(() => {});
}

/** @param within milliseconds @throws what the promise throws, or that there is no answer */
async function answered<T>(promise: Promise<T>, within: number): Promise<T> {
  const timer = new AbortController();
  const late = wait(within, undefined, { signal: timer.signal }).then(
    () => Promise.reject(new Error('no answer')),
    () => promise,
  );
  try {
    return await Promise.race([promise, late]);
  } finally {
    timer.abort();
  }
}

interface Surroundings extends Pick<Opened, 'worker'> {
  readonly times: QueueTimes;
  readonly url: string;
  add(items: readonly QueueItem[]): Promise<void>;
}

async function workOn(jobs: Jobs, options: WorkOptions, surroundings: Surroundings): Promise<WorkEnd> {
  const { times, url } = surroundings;
  const running = new Set<string>();
  const worker = surroundings.worker(
    async (job, token) => {
      running.add(job.data.key);
      try {
        const end = await options.run(job.data.key);
        if (end === 'done') return;
        if (end === 'again' && !options.signal.aborted) throw new Error('every try has failed');
        if (end === 'failed') throw new UnrecoverableError('another try would change nothing');
        if (end === 'refused') await jobs.pause();
      } finally {
        running.delete(job.data.key);
      }
      await job.moveToDelayed(Date.now() + times.later, token);
      throw new DelayedError();
    },
    {
      autorun: false,
      concurrency: options.jobs,
      lockDuration: times.lock,
      stalledInterval: times.stalledCheck,
      maxStalledCount: MOST_DEATHS,
      runRetryDelay: 2000,
      ...(options.jobsPerHour === undefined ? {} : { limiter: limiterOf(options.jobsPerHour) }),
    },
  );
  quiet(worker);
  worker.on('failed', (job, error) => {
    if (job?.finishedOn === undefined) return;
    options.onGivenUp({ key: job.data.key, reason: withoutPasswords(error.message, url) });
  });
  // It runs until it is closed, and tries again by itself.
  worker.run().catch(() => {});
  try {
    return await watch(jobs, options, surroundings);
  } finally {
    const closed = inTime(worker.close());
    while (running.size > 0) await wait(LOOK_EVERY);
    await closed;
  }
}

/** Fills the queue, and looks for an end of the work. @throws GlaiveError if the server stays away */
async function watch(jobs: Jobs, options: WorkOptions, { times, url, add }: Surroundings): Promise<WorkEnd> {
  let awaySince: number | undefined;
  let isResumed = false;
  for (;;) {
    if (options.signal.aborted) return 'stopped';
    try {
      // Someone who starts a worker believes that its token is valid.
      if (!isResumed) await answered(jobs.resume(), times.answer);
      isResumed = true;
      const [counts, isPaused] = await answered(Promise.all([countsOf(jobs), jobs.isPaused()]), times.answer);
      if (awaySince !== undefined) options.onConnection(true);
      awaySince = undefined;
      if (isPaused) return 'paused';
      const more = options.refill(counts);
      await add(more);
      if (more.length === 0 && counts.waiting + counts.running === 0) return 'drained';
    } catch {
      if (awaySince === undefined) options.onConnection(false);
      awaySince ??= Date.now();
      if (Date.now() - awaySince > times.away)
        throw new GlaiveError('usage', `the queue ${queueAddress(url).shown} is away`, {
          hint: 'Start its server, then work again: nothing is lost.',
        });
    }
    await wait(LOOK_EVERY, undefined, { signal: options.signal }).catch(() => {});
  }
}

/** At most so many jobs an hour, spread over it. */
export function limiterOf(jobsPerHour: number): { readonly max: number; readonly duration: number } {
  const every10Seconds = Math.floor(jobsPerHour / 360);
  return every10Seconds > 0
    ? { max: every10Seconds, duration: 10_000 }
    : { max: 1, duration: Math.ceil(3_600_000 / jobsPerHour) };
}
