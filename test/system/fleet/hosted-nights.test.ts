/** Nights of a GitLab over HTTP: forks, names that change, a queue with a limit, and secrets that are asked about in clones. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readAttempt } from '../../../src/fleet/attempt.ts';
import { readPlan } from '../../../src/fleet/plan.ts';
import { fakeIssuer } from '../../support/fake-issuer.ts';
import { secretsIn } from '../../support/fleet-plan.ts';
import { type HostedWorld, hostedWorld } from '../../support/hosted-fleet.ts';
import { BACK_ENDS } from '../../support/queue-servers.ts';
import { IS_LONG } from '../../support/runs.ts';
import { tokenMint } from '../../support/scan-report.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const newToken = tokenMint(2795);

const world = async (seed: number): Promise<HostedWorld> => await hostedWorld(seed, newToken());

const rowsOf = (store: string): { readonly name: string; readonly tokenStatus: string; readonly status: string }[] =>
  readFileSync(join(store, 'index', 'findings.jsonl'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { name: string; tokenStatus: string; status: string });

it('a fork costs what is new in it, and a project that is renamed is the same', async () => {
  const { hosted, store, fleet } = await world(6);
  for (let count = 0; count < 6; count++) hosted.commit('a/root');
  hosted.commit('a/root', true);
  hosted.fork('a/root', 'b/first');
  hosted.commit('b/first', true);
  hosted.api.projects = [
    { id: 1, path: 'a/root' },
    { id: 2, path: 'b/first', parent: 1 },
  ];
  const truth = (path: string): void =>
    expect([path, secretsIn(store, hosted.keyOf(path))]).toEqual([path, hosted.truth.get(path)]);
  /** Objects, by the first sweep. */
  const scanned = (path: string): number => {
    const key = hosted.keyOf(path);
    const folder = join(store, 'report', key.slice(0, 2));
    const name =
      readdirSync(folder)
        .toSorted()
        .find((each) => each.startsWith(key)) ?? 'none';
    const report = JSON.parse(readFileSync(join(folder, name), 'utf8')) as {
      readonly counts: { readonly artifacts: number };
    };
    return report.counts.artifacts;
  };
  await fleet('plan');
  expect((await fleet('work')).code).toBe(1);
  expect((await fleet('merge')).code).toBe(1);
  truth('a/root');
  truth('b/first');

  // A fork of a fork comes, and the root has another name.
  hosted.fork('b/first', 'c/second');
  hosted.commit('c/second', true);
  hosted.fork('a/root', 'z/renamed');
  hosted.api.projects = [
    { id: 1, path: 'z/renamed' },
    { id: 2, path: 'b/first', parent: 1 },
    { id: 3, path: 'c/second', parent: 2 },
  ];
  const before = hosted.fetchesOf('b/first');
  expect((await fleet('plan', '--since-last')).code).toBe(0);
  expect((await fleet('work')).code).toBe(1);
  expect((await fleet('merge')).code).toBe(1);
  for (const path of ['z/renamed', 'b/first', 'c/second']) truth(path);
  expect(hosted.fetchesOf('b/first')).toBe(before);
  expect(scanned('c/second')).toBeLessThan(scanned('b/first') / 2);
  const names = rowsOf(store).map(({ name }) => name);
  expect(names.toSorted()).toEqual(['b/first', 'b/first', 'c/second', 'c/second', 'c/second', 'z/renamed']);
});

it.skipIf(!IS_LONG || BACK_ENDS['Redis'] === undefined)(
  'a queue with a limit of requests ends, and status names what it has given up',
  async () => {
    const { hosted, store, fleet } = await world(7);
    const queue = await BACK_ENDS['Redis']!();
    for (let id = 1; id <= 4; id++) {
      hosted.commit(`a/p${id}`, true);
      hosted.api.projects.push({ id, path: `a/p${id}` });
    }
    hosted.api.projects.push({ id: 9, path: 'a/none' });
    await fleet('plan', '--queue', queue.url);
    const worked = await fleet('work', '--queue', queue.url, '--requests-per-hour', '36000');
    expect([worked.code, worked.stderr]).toEqual([2, expect.stringMatching(/a\/none: gone/)]);
    const status = await fleet('status');
    expect([status.code, status.stdout]).toEqual([2, expect.stringMatching(/Failed\n +a\/none +gone after 1 try/)]);
    const merged = await fleet('merge');
    expect([merged.code, merged.stdout]).toEqual([2, expect.stringMatching(/failed.*a\/none.*404/)]);
    for (let id = 1; id <= 4; id++)
      expect(secretsIn(store, hosted.keyOf(`a/p${id}`))).toEqual(hosted.truth.get(`a/p${id}`));
  },
);

it.runIf(IS_LONG)(
  'merge asks about secrets in clones that are kept, and says what it cannot read where they are not',
  async () => {
    const { hosted, store, fleet } = await world(8);
    const issuer = await fakeIssuer();
    for (const path of ['a/one', 'a/two']) hosted.commit(path, true);
    hosted.api.projects = [
      { id: 1, path: 'a/one' },
      { id: 2, path: 'a/two' },
    ];
    for (const [at, token] of hosted.tokens.entries())
      issuer.tokens.set(token, { kind: 'access', id: at + 1, state: at === 0 ? 'active' : 'revoked', scopes: ['api'] });
    await fleet('plan');
    await fleet('work');
    const asked = await fleet('merge', '--verify', '--gitlab-url', issuer.url, '--fail-on', 'active');
    expect([asked.code, asked.stderr]).toEqual([1, '']);
    expect(rowsOf(store).map(({ tokenStatus, status }) => [tokenStatus, status])).toEqual(
      expect.arrayContaining([
        ['active', 'active'],
        ['inactive', 'fixed'],
      ]),
    );
    if (!IS_LONG) return;
    const other = ['--store', join(tempFolder(), 'other')];
    await fleet('plan', ...other);
    await fleet('work', '--mirror', 'drop', ...other);
    const unread = await fleet('merge', '--verify', '--gitlab-url', issuer.url, ...other);
    expect([unread.code, unread.stderr]).toEqual([2, expect.stringMatching(/2 secrets could not be read again/)]);
  },
);

it.skipIf(!IS_LONG)('a server that asks for a pause is waited for', async () => {
  const { hosted, store, fleet } = await world(9);
  hosted.commit('a/one', true);
  hosted.api.projects = [{ id: 1, path: 'a/one' }];
  const busy = new Set(['api', 'git']);
  hosted.instead = ({ url }, response) => {
    if (!busy.delete(url.startsWith('/api/') ? 'api' : 'git')) return false;
    response.writeHead(429, { 'retry-after': '1' }).end();
    return true;
  };
  expect((await fleet('plan')).code).toBe(0);
  expect((await fleet('work')).code).toBe(1);
  expect(busy.size).toBe(0);
  const { items, head } = readPlan(store, undefined);
  expect(items.map(({ key }) => readAttempt(store, head.id, key))).toMatchObject([{ outcome: 'whole', try: 1 }]);
  expect((await fleet('merge')).code).toBe(1);
});
