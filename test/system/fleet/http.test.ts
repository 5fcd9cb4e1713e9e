/** A GitLab from its list of projects to the merged index: API and git over HTTP, with everything that goes wrong on the way. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { readAttempt } from '../../../src/fleet/attempt.ts';
import { readPlan } from '../../../src/fleet/plan.ts';
import { type HostedFleet, type HostedWorld, hostedWorld } from '../../support/hosted-fleet.ts';
import { Random } from '../../support/mint.ts';
import { BACK_ENDS } from '../../support/queue-servers.ts';
import { IS_LONG, runs } from '../../support/runs.ts';
import { secretsIn } from '../../support/fleet-plan.ts';
import { tokenMint } from '../../support/scan-report.ts';

const newToken = tokenMint(2780);

const world = async (seed: number): Promise<HostedWorld> => await hostedWorld(seed, newToken());

/** What was found differs from the truth, by path. */
const wrong = ({ hosted, store }: HostedWorld): object[] =>
  [...hosted.truth].flatMap(([path, secrets]) => {
    const found = secretsIn(store, hosted.keyOf(path));
    return JSON.stringify(found) === JSON.stringify(secrets) ? [] : [{ path, found, secrets }];
  });

interface Row {
  readonly key: string;
  readonly fingerprint: string;
}
function rowsOf(store: string): Row[] {
  const lines = readFileSync(join(store, 'index', 'findings.jsonl'), 'utf8')
    .split('\n')
    .filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Row);
}

/** The command lines of all processes, while something runs. */
async function commandLinesDuring(work: Promise<unknown>): Promise<string> {
  const seen = new Set<string>();
  const state = { isOver: false };
  void work.finally(() => (state.isOver = true));
  while (!state.isOver) {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
      try {
        seen.add(readFileSync(`/proc/${pid}/cmdline`, 'latin1'));
      } catch {
        // It has ended.
      }
    await setTimeout(20);
  }
  return [...seen].join('\n');
}

/** All bytes of a folder. */
const bytesOf = (folder: string): string =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');

describe('a night', () => {
  it('finds what each project holds, names what it could not reach, and the next one takes what has changed', async () => {
    const each = await world(1);
    const { hosted, store, fleet, own } = each;
    for (const path of ['a/app', 'a/lib', 'b/old', 'c/clean']) hosted.commit(path);
    for (const path of ['a/app', 'a/lib', 'a/lib', 'b/old']) hosted.commit(path, true);
    hosted.fork('a/app', 'b/fork');
    hosted.commit('b/fork', true);
    const activity = '2026-01-01T00:00:00.000Z';
    hosted.api.projects = [
      { id: 1, path: 'a/app', activity },
      { id: 2, path: 'a/lib', activity },
      { id: 3, path: 'b/old', archived: true, activity },
      { id: 4, path: 'b/fork', parent: 1, activity },
      { id: 5, path: 'c/clean', activity },
      { id: 6, path: 'c/empty', empty: true },
      { id: 7, path: 'c/off', repository: 'disabled' },
      { id: 8, path: 'd/gone' },
      { id: 9, path: 'd/moved' },
      { id: 10, path: 'd/private' },
    ];
    const answers: [RegExp, number, object][] = [
      [/^\/d\/gone/, 404, {}],
      [/^\/d\/moved/, 301, { location: 'https://elsewhere.example.com/d/moved.git/info/refs?service=git-upload-pack' }],
      [/^\/d\/private/, 403, {}],
    ];
    hosted.instead = ({ url }, response) => {
      const found = answers.find(([path]) => path.test(url));
      if (found === undefined) return false;
      response.writeHead(found[1], { ...found[2] }).end('no\n');
      return true;
    };
    expect(await fleet('plan')).toMatchObject({ code: 0, stderr: expect.not.stringMatching(/gap/) });
    const working = fleet('work', '--jobs', '2', '--retries', '0');
    expect(await commandLinesDuring(working)).not.toContain(own.slice(6));
    const first = await working;
    expect(first.code).toBe(2);
    for (const said of [/d\/gone: gone/, /d\/moved: moved.*elsewhere\.example\.com/, /d\/private: no-access/])
      expect(first.stderr).toMatch(said);
    expect(wrong(each)).toEqual([]);
    const merged = await fleet('merge');
    expect(merged.code).toBe(2);
    for (const path of ['d/gone', 'd/moved', 'd/private']) expect(merged.stdout + merged.stderr).toContain(path);
    const rows = rowsOf(store);
    expect(rows).toHaveLength(6);
    expect(new Set(rows.map(({ key, fingerprint }) => key + fingerprint)).size).toBe(6);
    expect(bytesOf(store)).not.toContain(own.slice(6));

    // The second night: one has changed, one can be reached now, and one has another name.
    hosted.commit('a/lib', true);
    hosted.commit('d/private');
    hosted.commit('d/private', true);
    answers.pop();
    hosted.api.projects = hosted.api.projects.map((project) =>
      project.path === 'a/lib' ? { ...project, activity: '2027-01-14T00:00:00.000Z' } : project,
    );
    const before = { app: hosted.fetchesOf('a/app'), lib: hosted.fetchesOf('a/lib') };
    expect((await fleet('plan', '--since-last')).code).toBe(0);
    expect((await fleet('work', '--retries', '0')).code).toBe(2);
    expect([hosted.fetchesOf('a/app'), hosted.fetchesOf('a/lib') > before.lib]).toEqual([before.app, true]);
    expect(wrong(each)).toEqual([]);
    expect((await fleet('merge')).code).toBe(2);
    expect(rowsOf(store)).toHaveLength(8);
  });
});

describe('a token that is refused in the middle', () => {
  /** Accepts so many fetches, and then nothing any more. */
  function expireAfter(hosted: HostedFleet, fetches: number): void {
    let left = fetches;
    hosted.instead = ({ method }) => {
      if (method === 'POST' && --left < 0) hosted.token = newToken();
      return false;
    };
  }
  const COUNT = runs({ fast: 3, long: 20 });

  async function many(seed: number): Promise<HostedWorld & { readonly valid: string }> {
    const each = await world(seed);
    const { hosted } = each;
    for (let id = 1; id <= COUNT; id++) {
      hosted.commit(`a/p${id}`, true);
      hosted.api.projects.push({ id, path: `a/p${id}` });
    }
    return { ...each, valid: hosted.token };
  }

  it('stops work, which goes on with a valid one', async () => {
    const each = await many(2);
    const { hosted, store, fleet, valid } = each;
    await fleet('plan');
    expireAfter(hosted, 1);
    // The token of the command is that which was valid when it began.
    const stopped = await fleet('work', '--jobs', '1');
    expect([stopped.code, stopped.stderr]).toEqual([2, expect.stringMatching(/token/)]);
    const { items, head } = readPlan(store, undefined);
    const failed = items.filter(({ key }) => readAttempt(store, head.id, key)?.outcome === 'no-access');
    expect(failed.length).toBeLessThanOrEqual(1);
    expect((await fleet('merge')).code).toBe(2);
    [hosted.instead, hosted.token] = [undefined, valid];
    expect((await fleet('work')).code).toBe(1);
    expect(wrong(each)).toEqual([]);
    expect((await fleet('merge')).code).toBe(1);
  });

  it.skipIf(!IS_LONG || BACK_ENDS['Redis'] === undefined)('pauses a queue, and nothing counts as failed', async () => {
    const queue = await BACK_ENDS['Redis']!();
    const each = await many(3);
    const { hosted, store, fleet, valid } = each;
    await fleet('plan', '--queue', queue.url);
    expireAfter(hosted, 1);
    const stopped = await fleet('work', '--jobs', '1', '--queue', queue.url);
    expect([stopped.code, stopped.stderr]).toEqual([2, expect.stringMatching(/token/)]);
    [hosted.instead, hosted.token] = [undefined, valid];
    expect((await fleet('work', '--queue', queue.url)).code).toBe(1);
    expect(wrong(each)).toEqual([]);
    const { items, head } = readPlan(store, undefined);
    expect(items.map(({ key }) => readAttempt(store, head.id, key)?.outcome)).toEqual(items.map(() => 'whole'));
  });
});

it('a server that breaks off at random points loses nothing', { timeout: 300_000 }, async () => {
  const each = await world(4);
  const { hosted, store, fleet } = each;
  const random = new Random(2784);
  for (let id = 1; id <= runs({ fast: 3, long: 30 }); id++) {
    hosted.commit(`a/p${id}`, true);
    hosted.api.projects.push({ id, path: `a/p${id}` });
  }
  await fleet('plan');
  for (let nights = 0; nights < runs({ fast: 1, long: 12 }); nights++) {
    hosted.instead = (_, response) => {
      const kind = random.below(6);
      if (kind === 0) response.destroy();
      if (kind === 1) response.writeHead(200, { 'content-length': 1000 }).write('half');
      if (kind === 1) response.destroy();
      if (kind === 2) response.writeHead(500).end();
      return kind <= 2;
    };
    await fleet('work', '--retries', '0', '--jobs', '2');
    hosted.commit(random.pick(hosted.api.projects).path, true);
    await fleet('plan', '--all-every', '1d').then(({ code }) => expect([0, 2]).toContain(code));
  }
  hosted.instead = undefined;
  await fleet('plan');
  expect((await fleet('work')).code).toBe(1);
  expect(wrong(each)).toEqual([]);
  expect((await fleet('merge')).code).toBe(1);
  const rows = rowsOf(store);
  expect(rows).toHaveLength(hosted.tokens.length);
  expect(new Set(rows.map(({ key, fingerprint }) => key + fingerprint)).size).toBe(rows.length);
});
