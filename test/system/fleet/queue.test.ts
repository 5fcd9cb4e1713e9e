/** The queue of a fleet on real servers: what is in it, in which order it is done, and what the death of a worker or of the server costs. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { FleetQueue, JobEnd, QueueItem, QueueOptions, WorkOptions } from '../../../src/fleet/queue/contract.ts';
import { openFleetQueue } from '../../../src/fleet/queue/load.ts';
import { GlaiveError } from '../../../src/model/errors.ts';
import { BACK_ENDS, hasRedis, type QueueServer, redisServer } from '../../support/queue-servers.ts';
import { CLI, DIST } from '../../support/run-cli.ts';
import { start, until } from '../../support/run-program.ts';
import { IS_LONG } from '../../support/runs.ts';
import { tempFolder } from '../../support/temp-folder.ts';

/** Milliseconds: a dead worker is noticed after about two seconds. */
const TIMES = { lock: 1000, stalledCheck: 500, backoff: 100, later: 100, answer: 1000 };
const PLAN = '20270115-a';
const items = (count: number): QueueItem[] =>
  Array.from({ length: count }, (_, index) => ({ key: String(index).padStart(24, '0'), priority: index + 1 }));
const numbersOf = (keys: readonly string[]): number[] => keys.map(Number);

async function open(server: QueueServer, more: Partial<QueueOptions> = {}): Promise<FleetQueue> {
  const queue = await openFleetQueue(CLI, { url: server.url, plan: PLAN, isOwner: true, times: TIMES, ...more });
  onTestFinished(async () => await queue.close());
  return queue;
}

/** Works in this process until the end. */
async function work(queue: FleetQueue, run: (key: string) => Promise<JobEnd>, more: Partial<WorkOptions> = {}) {
  const givenUp: string[] = [];
  const end = await queue.work({
    jobs: 1,
    run,
    onGivenUp: ({ key, reason }) => givenUp.push(`${Number(key)} ${reason}`),
    onConnection: () => {},
    refill: () => [],
    signal: new AbortController().signal,
    ...more,
  });
  return { end, givenUp };
}

/** Starts a worker process; `lines` is what all workers with this log have written. */
function worker(server: QueueServer, log: string, options: object = {}) {
  const given = { url: server.url, plan: PLAN, times: TIMES, ...options };
  const program = join(import.meta.dirname, '..', '..', 'support', 'queue-worker.mjs');
  return start(process.execPath, [program, join(DIST, 'glaive-fleet.cjs'), log, JSON.stringify(given)]);
}
const linesOf = (log: string): string[] => (existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(0, -1) : []);
const endedIn = (log: string): Set<number> =>
  new Set(linesOf(log).flatMap((line) => (line.startsWith('end ') ? [Number(line.slice(4))] : [])));

describe.each(Object.keys(BACK_ENDS))('on %s', (name) => {
  /** What both back ends leave to the same code. */
  const isShort = !IS_LONG && name !== 'Redis';
  const serve = (): Promise<QueueServer> => BACK_ENDS[name]!();

  it('a plan that is added twice is done once, in its order', async () => {
    const queue = await open(await serve());
    await queue.add(items(40).toReversed());
    await queue.add(items(40));
    expect(await queue.counts()).toEqual({ waiting: 40, running: 0, failed: 0 });
    const done: string[] = [];
    const { end } = await work(queue, async (key) => {
      done.push(key);
      return 'done';
    });
    expect([end, numbersOf(done)]).toEqual(['drained', Array.from({ length: 40 }, (_, index) => index)]);
    expect(await queue.counts()).toEqual({ waiting: 0, running: 0, failed: 0 });
  });

  it.skipIf(isShort)(
    'tries again what may succeed, three times, and gives up at once what cannot; both are kept',
    async () => {
      const queue = await open(await serve());
      await queue.add(items(5));
      const tries = new Map<number, number>();
      const ends: Record<number, readonly JobEnd[]> = {
        1: ['again', 'done'],
        2: ['again', 'again', 'again', 'done'],
        3: ['failed'],
        // No try: it waits for another one.
        4: ['again', 'later', 'later', 'again', 'done'],
      };
      const { end, givenUp } = await work(queue, async (key) => {
        const number = Number(key);
        tries.set(number, (tries.get(number) ?? 0) + 1);
        return ends[number]?.[tries.get(number)! - 1] ?? 'done';
      });
      expect(end).toBe('drained');
      expect(Object.fromEntries(tries)).toEqual({ 0: 1, 1: 2, 2: 3, 3: 1, 4: 5 });
      expect(givenUp.toSorted()).toEqual(['2 every try has failed', '3 another try would change nothing']);
      expect(new Set((await queue.failed()).map(({ key }) => Number(key)))).toEqual(new Set([2, 3]));
      // Planned again, they stay where they are: the attempts of the plan say what is missing.
      await queue.add(items(5).slice(2, 4));
      expect(await queue.counts()).toEqual({ waiting: 0, running: 0, failed: 2 });
      // The next plan removes what is left of this one.
      const next = await open(await serve(), {});
      await next.forget(PLAN);
      await queue.forget(PLAN);
      expect(await queue.counts()).toEqual({ waiting: 0, running: 0, failed: 0 });
    },
  );

  it('a token that the server refuses stops every worker, and fails nothing', async () => {
    const server = await serve();
    const [one, other] = [await open(server), await open(server)];
    await one.add(items(30));
    let [refused, done] = [0, 0];
    const run = async (key: string): Promise<JobEnd> => {
      if (Number(key) < 5) {
        done++;
        return 'done';
      }
      refused++;
      return 'refused';
    };
    const ends = await Promise.all([work(one, run, { jobs: 2 }), work(other, run, { jobs: 2 })]);
    expect(ends).toEqual([
      { end: 'paused', givenUp: [] },
      { end: 'paused', givenUp: [] },
    ]);
    expect(done).toBe(5);
    // Each had at most two under way.
    expect(refused).toBeLessThanOrEqual(4);
    expect(await one.counts()).toEqual({ waiting: 25, running: 0, failed: 0 });
    // With a new token, work goes on.
    const { end } = await work(await open(server), async () => 'done', { jobs: 8 });
    expect([end, await one.counts()]).toEqual(['drained', { waiting: 0, running: 0, failed: 0 }]);
  });

  it.skipIf(isShort)('a limit of requests holds for all workers together', async () => {
    const server = await serve();
    const queue = await open(server);
    await queue.add(items(60));
    const stop = new AbortController();
    let begun = 0;
    const limited = { jobs: 8, jobsPerHour: 3600, signal: stop.signal };
    const run = async (): Promise<JobEnd> => {
      begun++;
      return 'done';
    };
    const both = Promise.all([work(queue, run, limited), work(await open(server), run, limited)]);
    await until(() => begun >= 10);
    // As long as it would take to do them all.
    await new Promise((resolve) => void setTimeout(resolve, 500));
    stop.abort();
    expect((await both).map(({ end }) => end)).toEqual(['stopped', 'stopped']);
    // Ten in ten seconds.
    expect(begun).toBe(10);
    expect((await queue.counts()).waiting).toBe(50);
  });

  it.skipIf(isShort)('a queue that has lost its jobs is filled again', async () => {
    const server = await serve();
    const queue = await open(server);
    await queue.add(items(20));
    const done = new Set<string>();
    let isLost = false;
    const { end } = await work(
      queue,
      async (key) => {
        done.add(key);
        if (done.size === 5 && !isLost) {
          isLost = true;
          server.lose();
        }
        return 'done';
      },
      {
        refill: ({ waiting, running }) => (waiting + running > 0 ? [] : items(20).filter(({ key }) => !done.has(key))),
      },
    );
    expect([end, done.size]).toEqual(['drained', 20]);
  });

  it('two workers share the work; what a killed one had begun is done by the other', async () => {
    const server = await serve();
    const queue = await open(server);
    await queue.add(items(30));
    const [log, victim] = [join(tempFolder(), 'log'), join(tempFolder(), 'log')];
    const killed = worker(server, victim, { milliseconds: 300, jobs: 2 });
    await until(() => linesOf(victim).length >= 3);
    killed.child.kill('SIGKILL');
    await killed.ended;
    const both = [worker(server, log, { milliseconds: 10 }), worker(server, log, { milliseconds: 10 })];
    const ran = await Promise.all(both.map(({ ended }) => ended));
    expect(ran.map(({ code, stdout, stderr }) => [code, stdout, stderr])).toEqual([
      [0, '', ''],
      [0, '', ''],
    ]);
    expect(new Set([...endedIn(victim), ...endedIn(log)]).size).toBe(30);
    expect(linesOf(log).filter((line) => line === 'worker drained')).toHaveLength(2);
    expect(await queue.counts()).toEqual({ waiting: 0, running: 0, failed: 0 });
  });

  it.skipIf(isShort)(
    'a repository that kills every worker is given up, and the others go on',
    { timeout: 120_000 },
    async () => {
      const server = await serve();
      const queue = await open(server);
      await queue.add(items(6));
      const log = join(tempFolder(), 'log');
      const poison = items(3)[2]!.key;
      let deaths = 0;
      for (;;) {
        const { code } = await worker(server, log, { ends: { [poison]: 'die' } }).ended;
        if (code === 0) break;
        expect(code).toBe('SIGKILL');
        deaths++;
      }
      expect(deaths).toBe(3);
      expect(endedIn(log)).toEqual(new Set([0, 1, 3, 4, 5]));
      expect(linesOf(log).find((line) => line.startsWith('given-up'))).toMatch(
        new RegExp(`^given-up ${poison} .*stalled`),
      );
      expect((await queue.failed()).map(({ key }) => key)).toEqual([poison]);
    },
  );

  it.skipIf(!IS_LONG)('a server that is killed and started again loses nothing', { timeout: 120_000 }, async () => {
    const server = await serve();
    const queue = await open(server);
    await queue.add(items(40));
    await queue.close();
    const log = join(tempFolder(), 'log');
    const workers = [
      worker(server, log, { milliseconds: 50, refill: items(40) }),
      worker(server, log, { milliseconds: 50 }),
    ];
    await until(() => endedIn(log).size >= 10);
    await server.kill();
    await until(() => linesOf(log).filter((line) => line === 'away').length === 2);
    await server.restart();
    const ran = await Promise.all(workers.map(({ ended }) => ended));
    expect(ran.map(({ code, stderr }) => [code, stderr])).toEqual([
      [0, ''],
      [0, ''],
    ]);
    expect(endedIn(log).size).toBe(40);
    expect(linesOf(log).filter((line) => line === 'back')).toHaveLength(2);
  });

  it('names a server that cannot be used, and never its password', async () => {
    const server = await serve();
    const wrong = server.url.replace('p%3Aa', 'b%3Aa');
    const port = new URL(server.url).port;
    for (const [url, says] of [
      [wrong, /WRONGPASS|password authentication failed/],
      [server.url.replace(`:${port}/`, ':1/'), /ECONNREFUSED/],
    ] as const) {
      const refused = await openFleetQueue(CLI, { url, plan: PLAN, isOwner: false }).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(GlaiveError);
      const { message, hint, cause } = refused as GlaiveError;
      expect([message, hint, cause]).toEqual([
        expect.stringMatching(says),
        expect.stringContaining('password'),
        undefined,
      ]);
      for (const secret of ['a/s s', 'a%2Fs']) expect(message).not.toContain(secret);
    }
  });
});

describe.skipIf(!hasRedis)('Redis', () => {
  it.each(['allkeys-lru', 'volatile-ttl'])('is refused with the policy %s', async (policy) => {
    const server = await redisServer([`maxmemory-policy ${policy}`]);
    await expect(open(server)).rejects.toThrow(`may throw jobs away: its maxmemory-policy is ${policy}`);
  });

  it('that keeps nothing is warned about', async () => {
    const { warnings } = await open(await redisServer(['appendonly no']));
    expect(warnings).toEqual([expect.stringMatching(/^the queue redis:\/\/127\.0\.0\.1:\d+\/0 is lost if/)]);
  });
});

it('PostgreSQL and Redis are installed where everything is tested', () => {
  if (process.env['CI'] !== undefined && IS_LONG) expect(Object.keys(BACK_ENDS)).toEqual(['Redis', 'PostgreSQL']);
});
