/** What the program and the bundle of the queue know of each other: the program never imports a package of a queue. */

/** A repository of the plan, as the queue knows it. */
export interface QueueItem {
  readonly key: string;
  /** 1 is taken first. */
  readonly priority: number;
}

/**
 * How a job ended: `done`; `again`, which is tried again some times; `failed`, which no other try would change; `later`, because it needs
 * another one first, which is no try; `refused`, because the server refuses the token, which stops every worker.
 */
export type JobEnd = 'done' | 'again' | 'failed' | 'later' | 'refused';

export interface QueueCounts {
  /** Jobs that a worker may take, now or later. */
  readonly waiting: number;
  readonly running: number;
  /** Jobs that no worker takes any more. */
  readonly failed: number;
}

export interface FailedJob {
  readonly key: string;
  readonly reason: string;
}

/** Why a worker stops: nothing is left; the queue is paused, because a token was refused; the user has stopped it. */
export type WorkEnd = 'drained' | 'paused' | 'stopped';

export interface WorkOptions {
  /** So many at the same time. */
  readonly jobs: number;
  run(key: string): Promise<JobEnd>;
  /** The queue gives a repository up: its last try has failed, or too many workers have died with it. */
  onGivenUp(job: FailedJob): void;
  /** The server is away, or back. */
  onConnection(isThere: boolean): void;
  /** Asked for more when the queue runs low, and when it is empty; `[]` ends the work as soon as nothing is running. */
  refill(counts: QueueCounts): readonly QueueItem[];
  /** Of all workers together; absent: no limit. */
  readonly jobsPerHour?: number | undefined;
  readonly signal: AbortSignal;
}

/** The jobs of one plan. */
export interface FleetQueue {
  /** What the user should know about the server. */
  readonly warnings: readonly string[];
  /** Adds the items that it has not had yet. */
  add(items: readonly QueueItem[]): Promise<void>;
  counts(): Promise<QueueCounts>;
  failed(): Promise<readonly FailedJob[]>;
  /** Works until {@link WorkEnd}. @throws GlaiveError if the server stays away */
  work(options: WorkOptions): Promise<WorkEnd>;
  /** Removes what is left of another plan, unless it is being worked on. */
  forget(plan: string): Promise<void>;
  close(): Promise<void>;
}

/** Milliseconds; the defaults are for real sweeps. */
export interface QueueTimes {
  /** A worker that does not renew its lock for so long is dead. */
  readonly lock: number;
  /** How often a worker looks for jobs of dead ones. */
  readonly stalledCheck: number;
  /** Before the second try; doubled for the third. */
  readonly backoff: number;
  /** How long a job waits for another one. */
  readonly later: number;
  /** A question without an answer for so long: the server is away. */
  readonly answer: number;
  /** How long it may be away. */
  readonly away: number;
}

export interface QueueOptions {
  readonly url: string;
  readonly plan: string;
  /** Whether the tables of PostgreSQL may be made: the one who plans may, a worker need not. */
  readonly isOwner: boolean;
  readonly times?: Partial<QueueTimes> | undefined;
}

/** What `dist/glaive-fleet.cjs` exports. */
export interface QueueBundle {
  readonly VERSION: string;
  openQueue(options: QueueOptions): Promise<FleetQueue>;
}
