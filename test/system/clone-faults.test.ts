/** Clones that fail: what each failure is called, and that the next try is whole. */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isServerBusy, isTokenRefused } from '../../src/fleet/clone.ts';
import { remoteAddress } from '../../src/git/remote-address.ts';
import { freeSpace } from '../../src/lib/free-space.ts';
import { hosted, KEY, testStore } from '../support/cloned.ts';
import { gitServer } from '../support/git-server.ts';
import { git, tempFolder } from '../support/temp-folder.ts';
import { until } from '../support/run-program.ts';

const big = (): Record<string, Uint8Array> => ({ 'big.bin': randomBytes(400_000) });
const mirrorOf = (store: string): string => join(store, 'mirror', '01', `${KEY}.git`);
const processesWith = (text: string): string[] =>
  readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text);
    } catch {
      return false;
    }
  });

describe('what the server says', () => {
  it.each([
    [401, 'no-access', false],
    [403, 'no-access', false],
    [404, 'gone', false],
    [410, 'gone', false],
    [301, 'moved', false],
    [429, 'error', true],
    [500, 'error', true],
    [503, 'error', true],
  ] as const)('%i is %s', async (status, outcome, isTransient) => {
    const server = await gitServer({
      root: tempFolder(),
      instead: (_, response) => {
        response
          .writeHead(status, { 'content-type': 'text/plain' })
          .end(`\u001b[2J fatal: Authentication failed for '${status}'\n`);
        return true;
      },
    });
    const result = await testStore().clone(`${server.url}/shop.git`);
    expect(result).toMatchObject({ outcome, isTransient, status });
    expect(isTokenRefused(result)).toBe(status === 401);
    expect(isServerBusy(result)).toBe(status === 429 || status === 503);
    expect(JSON.stringify(result)).not.toMatch(/fatal|u001b/);
  });

  it('no server, no host, no folder', async () => {
    const { clone } = testStore();
    expect(await clone('http://127.0.0.1:1/shop.git')).toMatchObject({ outcome: 'error', isTransient: true });
    expect(await clone(join(tempFolder(), 'none'))).toMatchObject({ outcome: 'gone', isTransient: false });
  });
});

describe('what ends in the middle', () => {
  it('a connection that is cut in the middle of the pack; the next try is whole, and an update leaves the mirror usable', async () => {
    const { root, work, bare } = hosted(big());
    let isCut = true;
    const server = await gitServer({
      root,
      pass: (_, child, response) => {
        let length = 0;
        if (isCut)
          child.stdout.on('data', (piece: Buffer) => {
            length += piece.length;
            // Only the pack is so long.
            if (length > 50_000 && isCut) {
              isCut = false;
              response.destroy();
            }
          });
        child.stdout.pipe(response);
      },
    });
    const { store, clone } = testStore();
    const url = `${server.url}/shop.git`;
    expect(await clone(url)).toMatchObject({ outcome: 'error', isTransient: true });
    expect(isCut).toBe(false);
    expect(readdirSync(dirname(mirrorOf(store)))).toEqual([]);
    const first = await clone(url);
    expect(first).toMatchObject({ outcome: 'cloned', change: 'new' });

    writeFileSync(join(work, 'more.bin'), randomBytes(400_000));
    git(work, 'add', '.');
    git(work, 'commit', '--quiet', '-m', 'more');
    git(work, 'push', '--quiet', bare, 'main');
    isCut = true;
    expect(await clone(url)).toMatchObject({ outcome: 'error' });
    expect(git(mirrorOf(store), 'fsck', '--full')).toBe('');
    const again = await clone(url);
    expect(again).toMatchObject({ outcome: 'cloned', change: 'updated', tip: git(work, 'rev-parse', 'HEAD').trim() });
    expect(git(mirrorOf(store), 'fsck', '--full')).toBe('');
  });

  it.skipIf(process.platform !== 'linux')(
    'a server that falls silent, by its own limit and by that of the call: no process stays',
    async () => {
      const { root } = hosted();
      const server = await gitServer({
        root,
        pass: ({ method }, child, response) => void (method === 'GET' && child.stdout.pipe(response)),
      });
      const { store, clone } = testStore();
      const url = `${server.url}/shop.git`;
      expect(await clone(url, { silence: 1 })).toMatchObject({ outcome: 'timeout', isTransient: true });
      const limit = new AbortController();
      const running = clone(url, { limit: limit.signal });
      await until(() =>
        processesWith('git-remote-http').some((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(url)),
      );
      limit.abort();
      expect(await running).toMatchObject({
        outcome: 'timeout',
        reason: 'the time limit was reached while it was fetched',
      });
      expect(processesWith(url)).toEqual([]);
      expect(readdirSync(dirname(mirrorOf(store)))).toEqual([]);
      const user = new AbortController();
      const ended = clone(url, { signal: user.signal });
      await until(() => processesWith(url).length > 0);
      user.abort('SIGINT');
      await expect(ended).rejects.toMatchObject({ code: 'interrupted' });
      expect(processesWith(url)).toEqual([]);
    },
  );

  it('a git that is killed is no success', async () => {
    const { root } = hosted();
    const server = await gitServer({
      root,
      pass: ({ method }, child, response) => void (method === 'GET' && child.stdout.pipe(response)),
    });
    const url = `${server.url}/shop.git`;
    const { clone } = testStore();
    const running = clone(url);
    await until(() => processesWith(url).length > 2);
    for (const pid of processesWith(url)) process.kill(Number(pid), 'SIGKILL');
    expect(await running).toMatchObject({ outcome: 'error', isTransient: true });
  });

  it('what a worker has left that was killed: half a mirror, locks, half packs, its turn', async () => {
    const { root, work, bare } = hosted();
    const server = await gitServer({ root });
    const { store, clone } = testStore();
    const url = `${server.url}/shop.git`;
    await clone(url);
    const folder = mirrorOf(store);
    mkdirSync(`${folder}.00aa.part`);
    for (const name of ['packed-refs.lock', 'HEAD.lock', 'objects/pack/tmp_pack_x', 'refs/heads/main.lock']) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), '');
    }
    git(work, 'push', '--quiet', bare, 'HEAD:refs/heads/next');
    expect(await clone(url)).toMatchObject({ outcome: 'cloned', change: 'updated' });
    expect(readdirSync(dirname(folder))).toEqual([`${KEY}.git`]);
    expect(readdirSync(join(folder, 'objects/pack')).filter((name) => name.startsWith('tmp'))).toEqual([]);
  });

  it('a mirror that is damaged is made again', async () => {
    const { root } = hosted();
    const server = await gitServer({ root });
    const { store, clone } = testStore();
    const url = `${server.url}/shop.git`;
    const first = await clone(url);
    const folder = mirrorOf(store);
    rmSync(join(folder, 'objects'), { recursive: true });
    mkdirSync(join(folder, 'objects'));
    expect(await clone(url)).toMatchObject({ outcome: 'cloned', change: 'new' });
    rmSync(join(folder, 'HEAD'));
    expect(await clone(url)).toEqual(first);
    writeFileSync(join(folder, 'packed-refs'), 'nonsense\n');
    expect(await clone(url)).toEqual(first);
    expect(git(folder, 'fsck', '--full')).toBe('');
  });

  it('a disk that has too little space before, or in the middle', async () => {
    const { root } = hosted();
    let posts = 0;
    const server = await gitServer({
      root,
      pass: ({ method }, child, response) => void (method === 'GET' ? child.stdout.pipe(response) : posts++),
    });
    const { store, clone } = testStore();
    const url = `${server.url}/shop.git`;
    expect(await clone(url, { diskFree: 2 ** 60 })).toMatchObject({ outcome: 'disk-full', isTransient: true });
    expect(server.requests).toEqual([]);
    const shrinking = async (folder: string): Promise<number> => (posts === 0 ? await freeSpace(folder) : 0);
    expect(await clone(url, { freeSpace: shrinking })).toMatchObject({ outcome: 'disk-full' });
    expect(existsSync(mirrorOf(store))).toBe(false);
  });
});

it('two at once on one mirror take turns, and both are right', async () => {
  const { root, work, bare } = hosted(big());
  const server = await gitServer({ root });
  const { store, clone } = testStore();
  const url = `${server.url}/shop.git`;
  const first = await Promise.all([clone(url), clone(url), clone(url)]);
  expect(first.map((result) => ('change' in result ? result.change : result.outcome)).toSorted()).toEqual([
    'new',
    'none',
    'none',
  ]);
  git(work, 'commit', '--quiet', '--allow-empty', '-m', 'more');
  git(work, 'push', '--quiet', bare, 'main');
  const second = await Promise.all([clone(url), clone(url)]);
  expect(second.map((result) => ('change' in result ? result.change : result.outcome)).toSorted()).toEqual([
    'none',
    'updated',
  ]);
  expect(git(mirrorOf(store), 'fsck', '--full')).toBe('');
});

it('addresses that could run something, or hold a password, are refused', async () => {
  const { clone, store } = testStore();
  const refused = [
    'ext::sh -c touch% x',
    'ext::sh',
    'fd::3',
    'http://gitlab.example.com/a.git',
    'https://a:b@gitlab.example.com/a.git',
    'https://a@gitlab.example.com/a.git',
    'ssh://-oProxyCommand=x/a.git',
    'ssh://a:b@host/a.git',
    '-oProxyCommand=x:a',
    'host:-a',
    '--upload-pack=x',
    'git://host/a.git',
    'https://host/a.git?x',
    'https://host/a\nb.git',
    'a/b',
    '',
  ];
  for (const url of refused) {
    const result = await clone(url);
    expect([url, result]).toEqual([url, expect.objectContaining({ outcome: 'error', isTransient: false })]);
    expect('reason' in result && result.reason).toMatch(/^the address is refused: /);
  }
  expect(readdirSync(store)).toEqual([]);
  const taken = [
    'https://h/a.git',
    'http://127.0.0.1:80/a',
    'ssh://git@h:22/a.git',
    'git@h:a/b.git',
    '/srv/a b.git',
    'file:///srv/a.git',
  ];
  expect(taken.map((url) => 'protocol' in remoteAddress(url))).toEqual(taken.map(() => true));
});
