/** glaive's token and the password of a proxy: who gets them while repositories are cloned, and where they must never be. */

import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { isTokenRefused } from '../../src/fleet/clone.ts';
import { createNetwork } from '../../src/http/network.ts';
import { createAuthority } from '../support/certificates.ts';
import { filesWith, hosted, testStore, watchArguments } from '../support/cloned.ts';
import { gitServer } from '../support/git-server.ts';
import { connectProxy } from '../support/listener.ts';
import { mint, Random } from '../support/mint.ts';
import { gitEnvironment, tempFolder } from '../support/temp-folder.ts';

const token = mint('pat legacy', new Random(2751));
/** Without its public beginning. */
const secret = token.slice(-12);
const basic = Buffer.from(`oauth2:${token}`).toString('base64');

it.skipIf(process.platform !== 'linux')(
  'the token is in no argument and in no file, while it is used and after',
  async () => {
    const { root } = hosted();
    let during: string[] = [];
    const { store, clone } = testStore({ token });
    const server = await gitServer({
      root,
      password: token,
      pass: (_, git, response) => {
        during = during.concat(filesWith(store, secret));
        // Node empties the pipe of a process that has ended.
        const held = git.stdout.pipe(new PassThrough());
        setTimeout(() => held.pipe(response), 100);
      },
    });
    const seen = watchArguments();
    const result = await clone(`${server.url}/shop.git`, { server: server.url });
    expect(result).toMatchObject({ outcome: 'cloned' });
    expect(server.requests.filter(({ password }) => password === token).length).toBeGreaterThan(1);
    expect(server.requests.every(({ user }) => user === undefined || user === 'oauth2')).toBe(true);
    expect(during).toEqual([]);
    expect(filesWith(store, secret).concat(filesWith(store, basic))).toEqual([]);
    const [lines, plain] = [seen(secret), seen(basic)];
    expect([...lines, ...plain]).toEqual([]);
    expect(seen('git-remote-http').length).toBeGreaterThan(0);
    expect(JSON.stringify(result)).not.toContain(secret);
  },
);

it('another server gets no token: not by its address, not by a redirect, and the outcome says where to', async () => {
  const { root } = hosted();
  const other = await gitServer({ root, password: token });
  const server = await gitServer({
    root,
    password: token,
    instead: ({ password, url }, response) => {
      if (password !== token) return false;
      response.writeHead(302, { location: `${other.url}${url}` }).end();
      return true;
    },
  });
  const network = createNetwork();
  const { clone } = testStore({ token, server: server.url, network });
  expect(await clone(`${server.url}/shop.git`)).toMatchObject({
    outcome: 'moved',
    status: 302,
    movedTo: `${other.url}/shop.git`,
  });
  expect(other.requests).toEqual([]);
  const refused = await clone(`${other.url}/shop.git`);
  expect(refused).toMatchObject({ outcome: 'no-access', status: 401 });
  expect(other.requests.map(({ password }) => password)).toEqual([undefined]);
});

it('the place that a server redirects to is bounded and printable, and an odd one is not repeated', async () => {
  const places = [
    `https://x.invalid/${'a'.repeat(3000)}`,
    'javascript:alert(1)',
    'https://x.invalid/%1b[2J\u00ad\u009b',
  ];
  let place = '';
  const server = await gitServer({
    root: tempFolder(),
    instead: (_, response) => {
      response.writeHead(301, { location: place }).end();
      return true;
    },
  });
  const { clone } = testStore({ network: createNetwork() });
  for (place of places) {
    const result = await clone(`${server.url}/shop.git`);
    if (result.outcome !== 'moved') throw new Error(result.outcome);
    expect(result.reason.length).toBeLessThan(400);
    expect(result.reason).toMatch(/^[ -~]*$/);
    if (place.startsWith('javascript')) expect(result.movedTo).toBeUndefined();
  }
});

it('a wrong token is one clear outcome, and no failure says it', async () => {
  const { root } = hosted();
  const wrong = mint('pat legacy', new Random(2752));
  const server = await gitServer({ root, password: token });
  const { clone } = testStore({ server: server.url });
  const result = await clone(`${server.url}/shop.git`, { token: wrong });
  expect(result).toMatchObject({ outcome: 'no-access', status: 401, reason: 'the server refuses the token (401)' });
  expect(isTokenRefused(result)).toBe(true);
  const without = await clone(`${server.url}/shop.git`);
  expect(without).toMatchObject({ outcome: 'no-access', status: 401 });

  const echo = await gitServer({
    root,
    instead: ({ password }, response) => {
      const text = `ERR you said ${password ?? 'nothing'} and ${wrong}`;
      const line = `${(text.length + 4).toString(16).padStart(4, '0')}${text}`;
      const type = 'application/x-git-upload-pack-advertisement';
      response.writeHead(200, { 'content-type': type }).end(`001e# service=git-upload-pack\n0000${line}`);
      return true;
    },
  });
  const echoed = await clone(`${echo.url}/shop.git`, { token: wrong, server: echo.url });
  expect(echoed.outcome).toBe('error');
  expect(JSON.stringify(echoed)).toContain('you said');
  expect(JSON.stringify(echoed)).not.toContain(wrong.slice(-12));
});

it.skipIf(process.platform !== 'linux')(
  'certificates and a proxy reach git, and the password of the proxy no argument',
  async () => {
    const { root } = hosted();
    const authority = await createAuthority();
    const server = await gitServer({ root, password: token, certificate: await authority.issue(['localhost']) });
    const proxy = await connectProxy();
    const proxyOf = (): URL => new URL(proxy.url.replace('http://', 'http://clerk:proxy-word@'));
    const { store, clone } = testStore({ token, server: server.url, proxyOf });
    const url = `${server.url}/shop.git`;
    expect(await clone(url)).toMatchObject({ outcome: 'error', isTransient: true });
    expect(server.requests).toEqual([]);
    const seen = watchArguments();
    expect((await clone(url, { certificates: [authority.ca] })).outcome).toBe('cloned');
    expect(seen('proxy-word')).toEqual([]);
    expect(filesWith(store, 'proxy-word')).toEqual([]);
    expect(proxy.requests.every((request) => request.startsWith(`CONNECT localhost:${server.port} `))).toBe(true);
    expect(proxy.received()).not.toContain(basic);
  },
);

it('the configuration and the variables of the user change nothing', async () => {
  const { root } = hosted();
  const server = await gitServer({ root, password: token });
  const home = tempFolder();
  const trap = join(home, 'trap');
  writeFileSync(join(home, 'helper'), `#!/bin/sh\ntouch '${trap}'\n`);
  chmodSync(join(home, 'helper'), 0o755);
  const config = join(home, 'config');
  writeFileSync(
    config,
    `[credential]\n\thelper = ${home}/helper\n[url "http://127.0.0.1:1/"]\n\tinsteadOf = ${server.url}/\n` +
      `[http]\n\tproxy = http://127.0.0.1:1\n[core]\n\taskPass = ${home}/helper\n\thooksPath = ${home}\n`,
  );
  const variables = {
    GIT_CONFIG_GLOBAL: config,
    GIT_ASKPASS: join(home, 'helper'),
    SSH_ASKPASS: join(home, 'helper'),
    http_proxy: 'http://127.0.0.1:1',
    ALL_PROXY: 'http://127.0.0.1:1',
    GIT_DIR: home,
    GIT_TRACE_CURL: join(home, 'trace'),
    GIT_SSL_NO_VERIFY: '1',
  };
  const { clone } = testStore({ server: server.url, token, env: { ...gitEnvironment(), ...variables } });
  expect((await clone(`${server.url}/shop.git`)).outcome).toBe('cloned');
  expect(await clone(`${server.url}/shop.git`, { token: undefined })).toMatchObject({ status: 401 });
  expect(filesWith(home, secret)).toEqual([]);
  expect(filesWith(home, 'trap')).toEqual([join(home, 'helper')]);
});

it('over ssh and from a folder nothing gets the token', async () => {
  const { bare } = hosted();
  const { store, clone } = testStore({ token, server: 'https://gitlab.example.com' });
  const ssh = join(tempFolder(), 'ssh');
  writeFileSync(
    ssh,
    `#!/bin/sh\nenv > '${ssh}.env'\necho "$@" >> '${ssh}.args'\nfor last; do :; done\nexec sh -c "$last"\n`,
  );
  chmodSync(ssh, 0o755);
  const env = { ...gitEnvironment(), GIT_SSH: ssh, GIT_SSH_VARIANT: 'ssh' };
  expect(await clone(`git@gitlab.example.com:${bare}`, { env })).toMatchObject({ outcome: 'cloned' });
  expect(filesWith(join(ssh, '..'), secret)).toEqual([]);
  for (const url of [bare, `file://${bare}`]) expect(await clone(url)).toMatchObject({ outcome: 'cloned' });
  expect(filesWith(store, secret)).toEqual([]);
});
