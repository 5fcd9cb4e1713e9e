/** A credential goes to the server that is named, and nowhere else: asserted at the socket of a second listener. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Authority, createAuthority } from '../support/certificates.ts';
import { fakeIssuer } from '../support/fake-issuer.ts';
import { listen } from '../support/listen.ts';
import { connectProxy, listener } from '../support/listener.ts';
import { mint, Random } from '../support/mint.ts';
import { glaive, type Ran } from '../support/run-cli.ts';
import { glaiveProcess } from '../support/run-program.ts';
import { parseReport } from '../support/scan-report.ts';
import { tempFolder, writeFiles } from '../support/temp-folder.ts';

const random = new Random(4242);
const newToken = (kind = 'pat legacy'): string => mint(kind, random);
const OWN = newToken();

let authority: Authority;
let caFile: string;
beforeAll(async () => {
  authority = await createAuthority();
});
beforeEach(() => {
  caFile = join(tempFolder(), 'ca.pem');
  writeFileSync(caFile, authority.ca);
});

const verify = async (
  url: string,
  text: string,
  args: readonly string[] = [],
  env = {},
  cwd = tempFolder(),
): Promise<Ran> =>
  // Names are resolved otherwise by a preloaded script, which only a process of its own can have.
  await ('NODE_OPTIONS' in env ? glaiveProcess : glaive)(
    ['scan', '-', '--verify', '--gitlab-url', url, '--format', 'json', ...args],
    { input: text, cwd, env: { CI_SERVER_URL: '', GLAIVE_GITLAB_TOKEN: OWN, ...env } },
  );

const statusOf = (ran: Ran): string => {
  const { tokenStatus, tokenStatusReason } = parseReport(ran).findings[0]!;
  return `${tokenStatus} ${tokenStatusReason ?? ''}`.trim();
};

/** Credentials of every kind that can be checked, with the text that some of them need next to them. */
const KINDS_ASKED = ['pat legacy', 'deploy', 'runner legacy', 'job legacy', 'feed', 'scim'];

describe('a redirect', () => {
  it.each([
    ['to another host', (port: number) => `http://127.0.0.1:${port}/x`],
    ['without a scheme', (port: number) => `//127.0.0.1:${port}/x`],
    ['with a backslash', (port: number) => `/\\127.0.0.1:${port}/x`],
    ['with a user', (port: number) => `http://gitlab.example.com@127.0.0.1:${port}/x`],
    ['to a name that looks the same', (port: number) => `http://localhost:${port}/x`],
    ['with a tab in it', (port: number) => `ht\ttp://127.0.0.1:${port}/x`],
  ])('%s is not followed with anything', async (_, location) => {
    const other = await listener();
    const fake = await fakeIssuer();
    for (const status of [301, 302, 303, 307, 308]) {
      fake.intercept = (_request, response) => {
        response.writeHead(status, { location: location(other.port) });
        response.end();
        return true;
      };
      for (const kind of status === 302 ? KINDS_ASKED : ['pat legacy']) await verify(fake.url, newToken(kind));
    }
    expect(fake.calls.length).toBeGreaterThanOrEqual(10);
    expect([other.connections(), other.received()]).toEqual([0, '']);
  });
});

describe('what the scanned text says', () => {
  it.each([
    (port: number, token: string) => `curl https://127.0.0.1:${port}/api/v4/user -H "PRIVATE-TOKEN: ${token}"`,
    (port: number, token: string) => `https://oauth2:${token}@127.0.0.1:${port}/group/project.git`,
    (port: number, token: string) => `GITLAB_HOST=127.0.0.1:${port}\nGITLAB_TOKEN=${token}`,
    (port: number, token: string) => `machine 127.0.0.1:${port} login x password ${token}`,
  ])('names a host, which is not asked (%#)', async (text) => {
    const other = await listener();
    const fake = await fakeIssuer();
    await verify(fake.url, text(other.port, newToken()));
    await verify(fake.url, text(other.port, newToken()), ['--all-hosts', '--allow-side-effects']);
    expect([other.connections(), fake.calls.length > 0]).toEqual([0, true]);
  });

  it.each(['../../../other', '/group//127.0.0.1/x', 'group/..%2f..%2fx'])(
    'the project %s leads to no other host or path',
    async (project) => {
      const fake = await fakeIssuer();
      const token = newToken('trigger');
      await verify(fake.url, `CI_PROJECT_PATH=${project}\nTOKEN=${token}`);
      for (const { url } of fake.calls) expect(url).toMatch(/^\/api\/v4\/projects\/[^/]+\/trigger\/pipeline$/);
    },
  );
});

describe('what the scanned repository says', () => {
  it.each([
    '[gitlab]\nurl = "URL"',
    '[gitlab]\nurls = ["URL"]',
    '[verify]\nhost = "URL"',
    '[network]\nproxy = "URL"',
    '[vault]\nurl = "URL"',
  ])('is refused: %s', async (content) => {
    const other = await listener();
    const fake = await fakeIssuer();
    const cwd = tempFolder();
    writeFiles(cwd, { '.glaive.toml': `${content.replace('URL', `http://127.0.0.1:${other.port}`)}\n` });
    const ran = await verify(fake.url, newToken(), [], {}, cwd);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('.glaive.toml');
    expect([other.connections(), fake.calls.length]).toEqual([0, 0]);
  });
});

describe('names that lead elsewhere', () => {
  /** Node's resolver, made to answer otherwise from the second time on. */
  const changing = (first: string, then: string): string => {
    const file = join(tempFolder(), 'dns.cjs');
    writeFileSync(
      file,
      `const dns = require('node:dns'); let times = 0;
       dns.lookup = (name, options, done) => {
         const address = times++ === 0 ? ${JSON.stringify(first)} : ${JSON.stringify(then)};
         if (typeof options === 'function') return options(null, address, 4);
         if (options.all) done(null, [{ address, family: 4 }]); else done(null, address, 4);
       };`,
    );
    return file;
  };

  it('a name of this machine that leads to another is not asked', async () => {
    const fake = await fakeIssuer();
    const url = fake.url.replace('127.0.0.1', 'localhost');
    const env = { NODE_OPTIONS: `--require ${changing('198.51.100.7', '198.51.100.7')}` };
    const ran = await verify(url, newToken(), [], env);
    expect([ran.code, statusOf(ran)]).toEqual([2, 'unknown unreachable']);
    expect(ran.stderr).toContain('resolves to another machine');
    expect(fake.calls).toEqual([]);
  });

  it('answers that change lead to who cannot prove that it is the server', async () => {
    const good = await fakeIssuer(await authority.issue(['gitlab.test']), 'gitlab.test');
    const port = Number(new URL(good.url).port);
    // Another machine at the same port: loopback has many addresses.
    const said: string[] = [];
    const { createServer } = await import('node:https');
    const bad = createServer(await authority.issue(['elsewhere.test']), (request, response) => {
      said.push(JSON.stringify(request.headers));
      response.end('{}');
    });
    await new Promise<void>((resolve) => bad.listen(port, '127.0.0.2', resolve));
    const env = { NODE_OPTIONS: `--require ${changing('127.0.0.1', '127.0.0.2')}`, GLAIVE_CA_FILE: caFile };
    const tokens = Array.from({ length: 6 }, () => newToken());
    const ran = await verify(good.url, tokens.join('\n'), [], env);
    bad.close();
    expect(said).toEqual([]);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('certificate is for another host');
  });
});

describe('certificates', () => {
  it('of an authority of one’s own are trusted when they are named, and only then', async () => {
    const fake = await fakeIssuer(await authority.issue(['localhost']));
    const refused = await verify(fake.url, newToken());
    expect([refused.code, statusOf(refused)]).toEqual([2, 'unknown unreachable']);
    expect(refused.stderr).toContain('--ca-file');
    expect(fake.calls).toEqual([]);
    for (const [args, env] of [
      [['--ca-file', caFile], {}],
      [[], { GLAIVE_CA_FILE: caFile }],
      [[], { CI_SERVER_TLS_CA_FILE: caFile }],
      [[], { NODE_EXTRA_CA_CERTS: caFile }],
    ] as const)
      expect(statusOf(await verify(fake.url, newToken(), args, env))).toBe(`unknown not known at ${fake.host}`);
  });

  it('are checked, whatever NODE_TLS_REJECT_UNAUTHORIZED says: directly, behind a proxy, and those of a proxy', async () => {
    const env = { NODE_OPTIONS: '', NODE_TLS_REJECT_UNAUTHORIZED: '0', NO_PROXY: '' };
    const certificate = await authority.issue(['localhost']);
    const fake = await fakeIssuer(certificate);
    const proxy = await connectProxy();
    const asked: string[] = [];
    const secure = await listen((_, response) => response.end(), certificate);
    secure.server.on('connect', ({ url }, socket) => {
      asked.push(url!);
      socket.end('HTTP/1.1 502 No\r\n\r\n');
    });
    for (const HTTPS_PROXY of ['', proxy.url, secure.url]) {
      const ran = await verify(fake.url, newToken(), [], { ...env, HTTPS_PROXY });
      expect([ran.code, statusOf(ran)], HTTPS_PROXY).toEqual([2, 'unknown unreachable']);
    }
    expect([fake.calls, asked]).toEqual([[], []]);
  });

  it.each([
    ['nothing.pem', 'there is no such file'],
    ['.', 'folder'],
  ])('that cannot be read are reported: %s', async (file, why) => {
    const ran = await verify('https://localhost:1', 'x', ['--ca-file', file]);
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining(why)]);
  });

  it('a server without TLS gets no token', async () => {
    const other = await listener((socket) => void socket.end('HTTP/1.1 200 OK\r\n\r\n{}'));
    const token = newToken();
    const ran = await verify(`https://localhost:${other.port}`, token);
    expect([ran.code, statusOf(ran)]).toEqual([2, 'unknown unreachable']);
    expect(other.received()).not.toContain(token);
  });
});

describe('a proxy', () => {
  const proxied = { HTTPS_PROXY: '', NO_PROXY: '' };

  it('passes encrypted bytes on, and learns only the host', async () => {
    const fake = await fakeIssuer(await authority.issue(['localhost']));
    const proxy = await connectProxy();
    const token = newToken();
    fake.tokens.set(token, { kind: 'access', id: 1, state: 'active', scopes: ['api'] });
    const url = proxy.url.replace('//', '//me:s3cret@');
    const ran = await verify(fake.url, token, ['--ca-file', caFile], {
      ...proxied,
      HTTPS_PROXY: url,
      DEBUG: '*',
    });
    expect(parseReport(ran).findings[0]!.tokenStatus).toBe('active');
    expect(fake.calls.length).toBe(3);
    expect(proxy.requests.length).toBe(3);
    expect(proxy.requests[0]).toMatch(/^CONNECT localhost:\d+ HTTP\/1\.1\r\n/);
    expect(proxy.requests[0]).toContain(`Basic ${Buffer.from('me:s3cret').toString('base64')}`);
    for (const secret of [token, OWN]) expect(proxy.received()).not.toContain(secret);
    for (const { headers } of fake.calls)
      expect(JSON.stringify(headers)).not.toContain(Buffer.from('me:s3cret').toString('base64'));
  });

  it('is not asked for hosts that NO_PROXY names, nor for this machine without encryption', async () => {
    const fake = await fakeIssuer(await authority.issue(['localhost']));
    const plain = await fakeIssuer();
    const proxy = await connectProxy();
    const env = { ...proxied, HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url, ALL_PROXY: proxy.url };
    await verify(fake.url, newToken(), ['--ca-file', caFile], { ...env, NO_PROXY: 'example.com,localhost' });
    await verify(plain.url, newToken(), [], env);
    expect([proxy.connections(), fake.calls.length, plain.calls.length]).toEqual([0, 1, 1]);
  });

  it.each([
    ['HTTP/1.1 407 Proxy Authentication Required\r\n\r\n', '407'],
    [
      'HTTP/1.1 401 Unauthorized\r\ncontent-type: application/json\r\ncontent-length: 77\r\n\r\n{"error":"invalid_token","error_description":"Token was revoked. You have to"}',
      '401',
    ],
    ['220 ready\r\n', 'cannot reach the proxy'],
    ['', 'cannot reach the proxy'],
  ])('that refuses is not the server (%#)', async (refusal, why) => {
    const fake = await fakeIssuer(await authority.issue(['localhost']));
    const proxy = await connectProxy(refusal);
    const token = newToken();
    const ran = await verify(fake.url, token, ['--ca-file', caFile, '--proxy', proxy.url]);
    expect([ran.code, statusOf(ran)]).toEqual([2, 'unknown unreachable']);
    expect(ran.stderr).toMatch(new RegExp(why, 'i'));
    expect(fake.calls).toEqual([]);
    expect(proxy.received()).not.toContain(token);
  });

  it('that breaks off once it has agreed is an error like any other', async () => {
    const fake = await fakeIssuer(await authority.issue(['localhost']));
    for (const more of ['', 'nonsense']) {
      const proxy = await listener((socket) => {
        socket.write(`HTTP/1.1 200 OK\r\n\r\n${more}`);
        setImmediate(() => socket.resetAndDestroy());
      });
      const ran = await verify(fake.url, newToken(), [
        '--ca-file',
        caFile,
        '--proxy',
        `http://127.0.0.1:${proxy.port}`,
      ]);
      expect([ran.code, statusOf(ran)]).toEqual([2, 'unknown unreachable']);
      expect(ran.stderr).not.toContain('internal error');
    }
  });

  it('that is invalid is reported, without the password in it', async () => {
    const ran = await verify('https://localhost:1', newToken(), ['--proxy', 'socks5://u:s3cret@127.0.0.1:1']);
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining('--proxy: not the address of a proxy')]);
    expect(ran.stderr).not.toContain('s3cret');
  });
});

describe('off', () => {
  it.each([
    [['--offline'], {}],
    [[], { GLAIVE_OFFLINE: '1' }],
  ])('no connection is made (%#)', async (args, env) => {
    const fake = await fakeIssuer();
    const ran = await verify(fake.url, newToken(), args, env);
    expect([ran.code, statusOf(ran)]).toEqual([2, 'unknown unreachable']);
    expect(ran.stderr).toMatch(/network access is turned off/i);
    const logs = await glaive(['logs', '--project', 'a/b', '--gitlab-url', fake.url, ...args], { env });
    expect(logs.code).toBe(2);
    expect(fake.calls).toEqual([]);
  });

  it('a scan without --verify connects to no server', async () => {
    const other = await listener();
    const env = {
      GLAIVE_GITLAB_URL: `http://127.0.0.1:${other.port}`,
      GLAIVE_GITLAB_TOKEN: OWN,
      HTTPS_PROXY: `http://127.0.0.1:${other.port}`,
    };
    await glaive(['scan', '-'], { input: newToken(), env });
    await glaive(['explain', '-'], { input: newToken(), env });
    expect(other.connections()).toBe(0);
  });
});

it('glaive’s own token goes to the first server that is named, and only where it is needed', async () => {
  const [first, second] = [await fakeIssuer(), await fakeIssuer()];
  const tokens = ['pat legacy', 'job legacy', 'deploy'].map((kind) => newToken(kind));
  for (const issuer of [first, second])
    for (const [index, kind] of (['access', 'job', 'deploy'] as const).entries())
      issuer.tokens.set(tokens[index]!, { kind, id: index, state: 'active', scopes: ['api'] });
  const text = tokens.map((token) => `${second.url}/ ${token}`).join(`\n${'\n'.repeat(600)}`);
  await verify(first.url, text, ['--gitlab-url', second.url, '--all-hosts']);
  expect(second.calls.filter(({ headers }) => JSON.stringify(headers).includes(OWN))).toEqual([]);
  await verify(second.url, newToken(), ['--gitlab-url', first.url, '--all-hosts']);
});
