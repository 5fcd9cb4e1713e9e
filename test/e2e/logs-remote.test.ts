/** `glaive logs --project` against a GitLab that behaves well and badly; it speaks real HTTP. */

import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type FakeGitLab, fakeGitLab, PROJECT } from '../support/fake-gitlab.ts';
import { glaive, type Ran } from '../support/run-cli.ts';
import { runs } from '../support/runs.ts';
import { parseReport, tokenMint } from '../support/scan-report.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { zip } from '../support/archives.ts';

const newToken = tokenMint(77);
/** glaive's own. */
const OWN = tokenMint(78)();

async function run(
  fake: FakeGitLab,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
  cwd = tempFolder(),
): Promise<Ran> {
  const ran = await glaive(['logs', '--project', PROJECT, '--gitlab-url', fake.url, '--format', 'json', ...args], {
    cwd,
    env: { GLAIVE_GITLAB_TOKEN: OWN, ...env },
  });
  expect(ran.stdout + ran.stderr).not.toContain(OWN);
  return ran;
}

/** The ids of jobs with a finding, sorted. */
const jobsOf = (ran: Ran): number[] =>
  parseReport(ran)
    .findings.map((finding) => Number((finding as unknown as { job: { id: string } }).job.id))
    .toSorted((a, b) => a - b);

const leak = (token = newToken()): string => `line\ntoken ${token} .\n`;

describe('what it finds', () => {
  it('names project, pipeline, job, and the address of the line; and keeps nothing on the disk', async () => {
    const fake = await fakeGitLab(OWN);
    fake.jobs = [
      { id: 7, name: 'deploy', pipeline: 3, log: leak() },
      { id: 8, log: 'clean\n' },
    ];
    const cwd = tempFolder();
    const ran = await run(fake, [], {}, cwd);
    expect(ran.code).toBe(1);
    const { findings } = parseReport(ran);
    expect(findings).toMatchObject([
      {
        artifact: { kind: 'job-log', uri: `job-log/${PROJECT}/7` },
        job: {
          server: fake.url,
          project: PROJECT,
          pipeline: '3',
          id: '7',
          name: 'deploy',
          ref: 'main',
          url: `${fake.url}/${PROJECT}/-/jobs/7#L2`,
        },
        locator: { kind: 'job-log', job: { server: fake.url, project: PROJECT, id: '7' } },
      },
    ]);
    expect(fake.calls.every(({ headers }) => headers.authorization === `Bearer ${OWN}`)).toBe(true);
    expect((await glaive(['scan', cwd])).stdout).toContain('0 files');
  });

  it('walks every page of a long list', async () => {
    const fake = await fakeGitLab(OWN);
    fake.jobs = Array.from({ length: 350 }, (_, index) => ({ id: index + 1, log: index % 50 === 0 ? leak() : 'ok\n' }));
    const ran = await run(fake);
    expect(jobsOf(ran)).toEqual([1, 51, 101, 151, 201, 251, 301]);
    expect(parseReport(ran).counts.artifacts).toBe(350);
    expect(fake.calls.filter(({ url }) => url.includes('/jobs?')).length).toBe(4);
  });

  it('takes the jobs of a pipeline, retried ones, and those of its child pipelines', async () => {
    const fake = await fakeGitLab(OWN);
    fake.jobs = [
      { id: 1, pipeline: 5, retried: true, log: leak() },
      { id: 2, pipeline: 5, log: 'ok' },
      { id: 3, pipeline: 6, log: leak() },
      { id: 4, pipeline: 7, log: leak() },
      { id: 5, pipeline: 8, log: leak() },
    ];
    fake.children = { 5: [6], 6: [7, 5] };
    expect(jobsOf(await run(fake, ['--pipeline', '5']))).toEqual([1, 3, 4]);
    expect(fake.calls.some(({ url }) => url.includes('include_retried=true'))).toBe(true);
  });

  it('scans one job, those of a ref, those since a date, those that have failed, and at most --max', async () => {
    const fake = await fakeGitLab(OWN);
    fake.jobs = [
      { id: 1, created: '2026-01-01T00:00:00Z', log: leak() },
      { id: 2, created: '2026-06-01T00:00:00Z', ref: 'topic', log: leak() },
      { id: 3, created: '2026-07-01T00:00:00Z', status: 'failed', log: leak() },
      { id: 4, created: '2026-08-01T00:00:00Z', log: leak() },
    ];
    expect(jobsOf(await run(fake, ['--job', '2']))).toEqual([2]);
    expect(jobsOf(await run(fake, ['--ref', 'topic']))).toEqual([2]);
    expect(jobsOf(await run(fake, ['--since', '2026-05-31']))).toEqual([2, 3, 4]);
    expect(jobsOf(await run(fake, ['--failed']))).toEqual([3]);
    expect(jobsOf(await run(fake, ['--max', '2']))).toEqual([3, 4]);
  });

  it('looks into artifacts when it is asked to', async () => {
    const fake = await fakeGitLab(OWN);
    fake.jobs = [
      { id: 1, log: 'ok\n', artifacts: zip([{ name: 'dist/.env', content: Buffer.from(`TOKEN=${newToken()}\n`) }]) },
    ];
    expect(jobsOf(await run(fake))).toEqual([]);
    const { findings } = parseReport(await run(fake, ['--artifacts']));
    expect(findings.map(({ artifact }) => artifact.uri)).toEqual([`job-artifacts/${PROJECT}/1!/dist/.env`]);
  });

  it('shows no secret in the name of a job, a branch or a section', async () => {
    const fake = await fakeGitLab(OWN);
    const token = newToken();
    const log = `\u001B[0Ksection_start:1:${token}\r\u001B[0K x\n${leak()}`;
    fake.jobs = [{ id: 1, name: `deploy ${token}`, ref: token, log }];
    for (const format of ['text', 'json', 'sarif', 'gitlab', 'codequality', 'jsonl'])
      expect((await run(fake, ['--format', format])).stdout).not.toContain(token);
  });
});

describe('where the token goes', () => {
  it('never to the host that a log is stored on', async () => {
    const fake = await fakeGitLab(OWN);
    fake.redirects = true;
    fake.jobs = [
      { id: 1, log: leak() },
      { id: 2, log: leak() },
    ];
    expect(jobsOf(await run(fake))).toEqual([1, 2]);
    expect(fake.storageCalls.length).toBe(2);
    expect(JSON.stringify(fake.storageCalls)).not.toContain(OWN);
    for (const { headers } of fake.storageCalls) {
      expect(Object.keys(headers).filter((name) => /auth|token|cookie/i.test(name))).toEqual([]);
    }
  });

  it('nowhere when the API itself leads elsewhere', async () => {
    const fake = await fakeGitLab(OWN);
    fake.intercept = (_, response) => {
      response.writeHead(302, { location: `${fake.storageUrl}/log/1` });
      response.end();
      return true;
    };
    const ran = await run(fake);
    expect(ran.code).toBe(2);
    expect(fake.storageCalls).toEqual([]);
  });

  it('not to the next page when that is elsewhere', async () => {
    const fake = await fakeGitLab(OWN);
    fake.jobs = [{ id: 1, log: 'ok' }];
    fake.intercept = (_, response, url) => {
      if (url.pathname.endsWith('/jobs')) response.setHeader('link', `<${fake.storageUrl}/log/1>; rel="next"`);
      return false;
    };
    expect((await run(fake)).code).toBe(2);
    expect(fake.storageCalls).toEqual([]);
  });

  it.each([
    ['http://gitlab.example.com', 'only https:// is allowed'],
    ['https://user:secret-of-mine@gitlab.example.com', 'the URL contains credentials'],
    ['gitlab.example.com', 'not a URL'],
  ])('not to %s', async (url, why) => {
    const ran = await glaive(['logs', '--project', PROJECT, '--gitlab-url', url], {
      env: { GLAIVE_GITLAB_TOKEN: OWN },
    });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(why);
    expect(ran.stderr).not.toContain('secret-of-mine');
  });

  it('not anywhere that a file of the repository names', async () => {
    const fake = await fakeGitLab(OWN);
    const cwd = tempFolder();
    writeFileSync(join(cwd, '.glaive.toml'), `[gitlab]\nurl = "${fake.url}"\n`);
    const ran = await glaive(['logs', '--project', PROJECT], { cwd, env: { GLAIVE_GITLAB_TOKEN: OWN } });
    expect(ran.code).toBe(2);
    expect(fake.calls).toEqual([]);
  });

  it('is read from a file when the variable names one', async () => {
    const fake = await fakeGitLab(OWN);
    fake.jobs = [{ id: 1, log: leak() }];
    const file = join(tempFolder(), 'token');
    writeFileSync(file, `${OWN}\n`);
    expect(jobsOf(await run(fake, [], { GLAIVE_GITLAB_TOKEN: file }))).toEqual([1]);
  });
});

describe('a server with errors', () => {
  it('is asked again when it asks for a pause, and when it fails', async () => {
    const fake = await fakeGitLab(OWN);
    fake.jobs = [{ id: 1, log: leak() }];
    let refused = 0;
    fake.intercept = (_, response) => {
      if (refused === 3) return false;
      refused++;
      response.writeHead(refused === 1 ? 429 : 500, refused === 1 ? { 'retry-after': '1' } : {});
      response.end('Retry later');
      return true;
    };
    const ran = await run(fake);
    expect(jobsOf(ran)).toEqual([1]);
    expect(ran.stderr).toMatch(/the server responded with 500; retrying in \d s/);
  });

  it.each([
    [401, 'does not know the token'],
    [403, 'may not do that'],
    [404, 'may not see it'],
  ])('is not clean when it answers with %i', async (status, why) => {
    const fake = await fakeGitLab(OWN);
    fake.intercept = (_, response) => {
      response.writeHead(status);
      response.end('{"message":"no \u001B[31m"}');
      return true;
    };
    const ran = await run(fake);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(why);
    expect(fake.calls.length).toBe(1);
  });

  it.each([
    [
      401,
      {
        error: 'invalid_token',
        error_description: 'Token is expired. You can either do re-authorization or token refresh.',
      },
      'the token is expired',
      'GLAIVE_GITLAB_TOKEN',
    ],
    [
      401,
      { error: 'invalid_token', error_description: 'Token was revoked. You have to re-authorize from the user.' },
      'the token was revoked',
      'GLAIVE_GITLAB_TOKEN',
    ],
    [
      403,
      {
        error: 'insufficient_scope',
        error_description: 'The request requires higher privileges than provided by the access token.',
        scope: 'api read_api nonsense-scope',
      },
      '(insufficient_scope): it needs api or read_api',
      'the scope read_api',
    ],
    [403, { message: '403 Forbidden - Your account has been blocked.' }, 'the owner of the token is blocked', ''],
    [403, { message: { base: ['403'] } }, 'the token may not do that', 'Reporter'],
    [403, 'x'.repeat(100_000), 'the token may not do that', 'Reporter'],
  ])('says why GitLab refuses with %i', async (status, body, why, hint) => {
    const fake = await fakeGitLab(OWN);
    const planted = newToken();
    fake.intercept = (_, response) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(typeof body === 'string' ? body : JSON.stringify({ ...body, planted }));
      return true;
    };
    const { code, stderr, stdout } = await run(fake);
    expect(code).toBe(2);
    expect(stderr).toContain(why);
    expect(stderr).toContain(hint);
    expect(stderr + stdout).not.toContain(planted);
    expect(stderr).not.toContain('nonsense');
  });

  it('says that CI/CD is switched off, and that a log may be for developers', async () => {
    const fake = await fakeGitLab(OWN);
    fake.ciDisabled = true;
    const off = await run(fake);
    expect([off.code, off.stderr]).toEqual([2, expect.stringContaining('CI/CD is disabled in this project')]);
    expect(off.stderr).not.toContain('Reporter');
    fake.ciDisabled = false;
    const forbidden = async (end: string): Promise<string> => {
      fake.intercept = (_, response, url) => {
        if (!url.pathname.endsWith(end)) return false;
        response.writeHead(403, { 'content-type': 'application/json' });
        response.end('{"message":"403 Forbidden"}');
        return true;
      };
      const { code, stderr } = await run(fake, ['--artifacts']);
      expect(code).toBe(2);
      return stderr;
    };
    fake.jobs = [{ id: 1, log: 'x', artifacts: Buffer.from('x') }];
    // GitLab gives no reason; that the jobs were listed leaves one.
    const log = await forbidden('/trace');
    expect(log).toContain('CI_DEBUG_TRACE');
    expect(log).toContain('role Developer');
    expect(log).not.toContain('Reporter');
    const archive = await forbidden('/artifacts');
    expect(archive).toContain('artifacts:access');
    expect(archive).not.toContain('CI_DEBUG_TRACE');
    const all = await forbidden('');
    expect(all).toContain('Reporter');
    expect(all).not.toContain('artifacts:access');
  });

  it.each([
    [
      '',
      'Access denied: This operation requires a fine-grained personal access token with the following project permissions: [Project: Read].',
      'with the permission Project: Read (insufficient_granular_scope)',
    ],
    [
      '/jobs',
      'Access denied: This operation requires a fine-grained personal access token with the following project permissions: [Job: Read, Pipeline: Read].',
      'with the permissions Job: Read, Pipeline: Read',
    ],
    [
      '/trace',
      "Access denied: This operation doesn't support fine-grained personal access tokens.",
      'a token with scopes can',
    ],
    ['/jobs', 'Access denied: Fine-grained personal access tokens are not yet supported.', 'switched off'],
    [
      '/jobs',
      'Access denied: Your Personal Access Token lacks the required permissions: [read_job] for "group/project".',
      'the permission read_job',
    ],
    [
      '/jobs',
      'PLANTED [PLANTED: Read, \u001B[2J: Read, x: y]',
      'the permissions of the fine-grained token do not allow it',
    ],
  ])('says what a fine-grained token lacks: %s: %s', async (end, description, why) => {
    const fake = await fakeGitLab(OWN);
    fake.jobs = [{ id: 1, log: 'x' }];
    const planted = newToken();
    fake.intercept = (_, response, url) => {
      if (!url.pathname.endsWith(end)) return false;
      response.writeHead(403, { 'content-type': 'application/json' });
      const said = description.replaceAll('PLANTED', planted);
      response.end(JSON.stringify({ error: 'insufficient_granular_scope', error_description: said }));
      return true;
    };
    const { code, stderr, stdout } = await run(fake);
    expect([code, stderr]).toEqual([2, expect.stringContaining(why)]);
    expect(stderr).toContain('A fine-grained token needs permission');
    expect(stderr).not.toContain('group/project"');
    expect(stderr + stdout).not.toContain(planted.slice(6));
  });

  it.each(['/jobs', '/trace', ''])(
    'a web page in place of a response is reported, with the probable cause: %s',
    async (end) => {
      const fake = await fakeGitLab(OWN);
      fake.jobs = [{ id: 1, log: 'x' }];
      fake.intercept = (_, response, url) => {
        if (!url.pathname.endsWith(end)) return false;
        response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
        response.end('<html><form action="/users/sign_in">');
        return true;
      };
      const { code, stderr } = await run(fake);
      expect([code, stderr]).toEqual([2, expect.stringContaining('the response is a web page')]);
      expect(stderr).toContain('sign in');
      expect(stderr).toContain('--gitlab-url');
    },
  );

  it.each([
    ['/users/sign_in', 'redirected to a sign-in page', 'to a token of that GitLab'],
    ['/api/v4/projects/42', 'the project has moved', 'Use the current path of the project'],
    ['https://elsewhere.example/', 'glaive does not follow redirects', '--gitlab-url'],
  ])('does not follow a redirect to %s, and says what it means', async (location, why, hint) => {
    const fake = await fakeGitLab(OWN);
    fake.intercept = (_, response) => {
      response.writeHead(302, { location });
      response.end();
      return true;
    };
    const { code, stderr } = await run(fake);
    expect(code).toBe(2);
    expect(stderr).toContain(why);
    expect(stderr).toContain(hint);
  });

  it('is not clean when the log of a job that ran is empty', async () => {
    const fake = await fakeGitLab(OWN);
    fake.jobs = [
      { id: 1, log: '' },
      { id: 2, log: 'x', status: 'failed' },
    ];
    const ran = await run(fake, ['--state', 's']);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('its log is gone');
    expect(parseReport(ran).gaps).toHaveLength(1);
  });

  it.each([
    { status: 'success', started: false },
    { status: 'success', started: 'unsaid' },
    { status: 'failed', started: 'unsaid' },
    { status: 'canceled', started: 'unsaid' },
  ] as const)('is not clean when a log is empty, and nothing says that the job never ran: %j', async (job) => {
    const fake = await fakeGitLab(OWN);
    fake.jobs = [{ id: 1, log: '', ...job }];
    const ran = await run(fake);
    expect([ran.code, parseReport(ran).gaps.length]).toEqual([2, 1]);
  });

  it.each([
    { status: 'failed', started: false },
    { status: 'canceled', started: false },
    { status: 'skipped', started: false },
    { status: 'created' },
    { status: 'manual', started: false },
    { status: 'success', erased: true },
  ])('is clean when a job has no log because it never ran, or was erased: %j', async (job) => {
    const fake = await fakeGitLab(OWN);
    fake.jobs = [
      { id: 1, log: '', ...job },
      { id: 2, log: 'x' },
    ];
    const ran = await run(fake);
    expect([ran.code, parseReport(ran).gaps]).toEqual([0, []]);
  });

  it('is asked once if its name does not exist, and is not called faulty', async () => {
    const address = 'https://no-such-host.invalid';
    const ran = await glaive(['logs', '--project', PROJECT, '--gitlab-url', address], {
      env: { GLAIVE_GITLAB_TOKEN: OWN },
    });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('the host name does not exist');
    expect(ran.stderr).not.toContain('the server');
    if (!ran.stderr.includes('for now')) expect(ran.stderr).not.toContain('retrying');
  });

  it('loses one log and scans the others', async () => {
    const fake = await fakeGitLab(OWN);
    fake.jobs = [
      { id: 1, log: leak() },
      { id: 2, erased: true },
      { id: 3 },
      { id: 4, log: leak() },
      { id: 5, status: 'created' },
      { id: 6, status: 'running', log: leak() },
    ];
    fake.intercept = (_, response, url) => {
      if (!url.pathname.endsWith('/jobs/4/trace')) return false;
      // Cut off in the middle.
      response.writeHead(200, { 'content-length': 10_000 });
      response.write(`begin ${leak()}`);
      setTimeout(() => response.destroy(), 50);
      return true;
    };
    const ran = await run(fake);
    expect(ran.code).toBe(2);
    expect(jobsOf(ran)).toEqual([1, 4, 6]);
    const report = parseReport(ran);
    expect(report.gaps.map(({ uri, kind }) => [uri, kind])).toEqual([
      [`job-log/${PROJECT}/3`, 'unreadable'],
      [`job-log/${PROJECT}/4`, 'unreadable'],
      [`job-log/${PROJECT}/6`, 'truncated'],
    ]);
    expect(report.counts.skips).toEqual({ 'erased-log': 1 });
  });

  it('takes a log that comes slowly, and one that is large, in little memory', async () => {
    const fake = await fakeGitLab(OWN);
    const slow = leak();
    const block = Buffer.from('an ordinary line of a log\n'.repeat(40_000));
    const blocks = runs({ fast: 30, long: 150 });
    fake.jobs = [
      { id: 1, log: slow },
      { id: 2, log: 'x' },
    ];
    fake.intercept = (_, response, url) => {
      if (url.pathname.endsWith('/jobs/1/trace')) {
        let at = 0;
        const timer = setInterval(() => {
          response.write(slow.slice(at, ++at));
          if (at === slow.length) {
            clearInterval(timer);
            response.end();
          }
        }, 5);
        return true;
      }
      if (!url.pathname.endsWith('/jobs/2/trace')) return false;
      let count = 0;
      const more = (): void => {
        while (count++ < blocks) if (!response.write(block)) return void response.once('drain', more);
        response.end(leak());
      };
      more();
      return true;
    };
    const ran = await run(fake, ['--exit-zero']);
    expect(jobsOf(ran)).toEqual([1, 2]);
    expect(parseReport(ran).counts.bytes).toBeGreaterThan(blocks * block.length);
  });

  it('may send anything', async () => {
    const answers = [
      '',
      'null',
      '[]',
      '{"id":"x"}',
      '{"id":1e300,"path_with_namespace":5}',
      '<html>',
      '['.repeat(100_000),
    ];
    for (const text of answers) {
      const fake = await fakeGitLab(OWN);
      fake.intercept = (_, response) => {
        response.end(text);
        return true;
      };
      const ran = await run(fake);
      expect(ran.code).toBe(2);
      expect(ran.stderr).not.toContain('internal error');
    }
  });

  it('scans the listed jobs if the rest of the list cannot be read', async () => {
    const fake = await fakeGitLab(OWN);
    fake.jobs = Array.from({ length: 120 }, (_, index) => ({ id: index + 1, log: index > 115 ? leak() : 'ok' }));
    fake.jobs[25] = { id: 26, log: leak() };
    fake.intercept = (_, response, url) => {
      if (!url.searchParams.has('cursor')) return false;
      response.writeHead(403);
      response.end();
      return true;
    };
    const cwd = tempFolder();
    const ran = await run(fake, ['--state', 's'], {}, cwd);
    expect([ran.code, jobsOf(ran)]).toEqual([2, [26, 117, 118, 119, 120]]);
    expect(parseReport(ran).counts.artifacts).toBe(100);
    fake.intercept = undefined;
    const again = await run(fake, ['--state', 's'], {}, cwd);
    const { artifacts, known } = parseReport(again).counts;
    expect([again.code, artifacts, known]).toEqual([1, 20, 5]);
  });

  it('that does not exist is reported', async () => {
    const ran = await glaive(['logs', '--project', PROJECT, '--gitlab-url', await closedAddress()], {
      env: { GLAIVE_GITLAB_TOKEN: OWN },
    });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('connection refused');
  });
});

/** Where nothing listens any more. */
async function closedAddress(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

describe('--state', () => {
  it('scans new jobs, and again the ones that could not be scanned', async () => {
    const fake = await fakeGitLab(OWN);
    const cwd = tempFolder();
    const state = ['--state', 'logs.state'];
    fake.jobs = [
      { id: 1, log: leak() },
      { id: 2 },
      { id: 3, log: 'ok\n' },
      { id: 4, status: 'running', log: 'begun\n' },
    ];
    expect(jobsOf(await run(fake, state, {}, cwd))).toEqual([1]);
    const asked = (): string[] =>
      fake.calls.map(({ url }) => /jobs\/(\d+)\/trace/.exec(url)?.[1] ?? '').filter(Boolean);
    expect(asked().toSorted()).toEqual(['1', '2', '3', '4']);

    (fake.calls as unknown[]).length = 0;
    fake.jobs = [
      { id: 1, log: leak() },
      { id: 2, log: leak() },
      { id: 3, log: leak() },
      { id: 4, log: leak() },
      { id: 5, log: leak() },
    ];
    expect(jobsOf(await run(fake, state, {}, cwd))).toEqual([2, 4, 5]);
    expect(asked().toSorted()).toEqual(['2', '4', '5']);
    expect(readFileSync(join(cwd, 'logs.state'), 'utf8')).toContain('"until":5');

    (fake.calls as unknown[]).length = 0;
    const third = await run(fake, state, {}, cwd);
    expect([third.code, asked()]).toEqual([1, []]);
    expect([parseReport(third).counts.known, third.stderr]).toEqual([
      4,
      expect.stringContaining('4 leaks that earlier'),
    ]);
    expect((await run(fake, [...state, '--only-new'], {}, cwd)).code).toBe(0);

    // A leak is gone with its log; what is accepted does not count.
    fake.jobs = fake.jobs.map((job) => (job.id === 1 ? { id: 1, erased: true } : job)).filter(({ id }) => id !== 2);
    const fourth = await run(fake, state, {}, cwd);
    expect([fourth.code, parseReport(fourth).counts.known]).toEqual([1, 2]);
  });

  it('continues where --max ended it, until everything was scanned', async () => {
    const fake = await fakeGitLab(OWN);
    const cwd = tempFolder();
    fake.jobs = Array.from({ length: 25 }, (_, index) => ({ id: index + 1, log: leak() }));
    const found: number[] = [];
    for (let round = 0; round < 3; round++)
      found.push(...jobsOf(await run(fake, ['--state', 's', '--max', '10'], {}, cwd)));
    expect(found.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 25 }, (_, index) => index + 1));
  });

  it('of another project is refused', async () => {
    const fake = await fakeGitLab(OWN);
    const cwd = tempFolder();
    await run(fake, ['--state', 's'], {}, cwd);
    const other = await glaive(['logs', '--project', 'other/one', '--gitlab-url', fake.url, '--state', 's'], {
      cwd,
      env: { GLAIVE_GITLAB_TOKEN: OWN },
    });
    expect(other.code).toBe(2);
    expect(other.stderr).toContain('another project');
  });
});

describe('--state, when a scan is stopped or asked for more', () => {
  it('does not know a job whose artifacts were not asked for', async () => {
    const fake = await fakeGitLab(OWN);
    const cwd = tempFolder();
    fake.jobs = [{ id: 1, log: 'ok\n', artifacts: zip([{ name: 'a.txt', content: Buffer.from(leak()) }]) }];
    expect((await run(fake, ['--state', 's'], {}, cwd)).code).toBe(0);
    const more = await run(fake, ['--state', 's', '--artifacts'], {}, cwd);
    expect([more.code, more.stderr.includes('delete this one')]).toEqual([2, true]);
  });

  it('does not remember a job that was not scanned to its end', async () => {
    const fake = await fakeGitLab(OWN);
    const cwd = tempFolder();
    fake.jobs = Array.from({ length: 30 }, (_, index) =>
      index > 5 && index < 28 ? { id: index + 1, status: 'skipped' } : { id: index + 1, log: leak() },
    );
    fake.intercept = (_, response, url) => {
      if (!url.pathname.endsWith('/jobs/29/trace')) return false;
      response.write('it begins\n');
      return true;
    };
    const stopped = await run(fake, ['--state', 's', '--time-limit', '3'], {}, cwd);
    expect([stopped.code, jobsOf(stopped)]).toEqual([2, [30]]);
    fake.intercept = undefined;
    const again = await run(fake, ['--state', 's'], {}, cwd);
    expect(jobsOf(again)).toEqual([1, 2, 3, 4, 5, 6, 29]);
    expect(readFileSync(join(cwd, 's'), 'utf8')).toContain('"until":30');
  });
});

describe('what is no log', () => {
  it.each([
    ['nothing', 204, 'text/plain', ''],
    ['a page to sign in', 200, 'text/html; charset=utf-8', '<html>Sign in</html>'],
  ])('is not taken for one: %s', async (_, status, type, body) => {
    const fake = await fakeGitLab(OWN);
    fake.jobs = [{ id: 1, log: leak() }];
    fake.intercept = (_request, response, url) => {
      if (!url.pathname.endsWith('/trace')) return false;
      response.writeHead(status, { 'content-type': type });
      response.end(body);
      return true;
    };
    const ran = await run(fake);
    expect(ran.code).toBe(2);
    expect(parseReport(ran).gaps).toMatchObject([{ kind: 'unreadable', uri: `job-log/${PROJECT}/1` }]);
  });
});

describe('--erase', () => {
  it('takes no redirect for a success', async () => {
    const fake = await fakeGitLab(OWN);
    fake.jobs = [{ id: 1, log: leak() }];
    fake.intercept = (request, response) => {
      if (request.method !== 'POST') return false;
      response.writeHead(302, { location: '/users/sign_in' });
      response.end();
      return true;
    };
    const ran = await run(fake, ['--erase', '--yes']);
    expect([ran.code, ran.stderr.includes('not erased'), fake.erased.size]).toEqual([2, true, 0]);
  });

  it.each([
    ['403 Forbidden - Job is not erasable!', 'cannot be erased'],
    ['403 Forbidden - This organization is currently in read-only mode. Write operations are disabled.', 'read-only'],
    ['403 Forbidden', 'the token may not do that'],
  ])('says why GitLab does not erase: %s', async (message, why) => {
    const fake = await fakeGitLab(OWN);
    fake.jobs = [{ id: 1, log: leak() }];
    fake.intercept = (_, response, url) => {
      if (!url.pathname.endsWith('/erase')) return false;
      response.writeHead(403, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ message }));
      return true;
    };
    const ran = await run(fake, ['--erase', '--yes']);
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringMatching(`not erased: .*${why}`)]);
  });

  it('erases what leaks, and nothing else, when it is confirmed', async () => {
    const fake = await fakeGitLab(OWN);
    fake.jobs = [
      { id: 1, log: leak() },
      { id: 2, log: 'ok\n' },
    ];
    const asked = await run(fake, ['--erase']);
    expect(asked.code).toBe(2);
    expect(asked.stderr).toContain('Revoke them first');
    expect(asked.stderr).toContain('--yes');
    expect([...fake.erased]).toEqual([]);
    const done = await run(fake, ['--erase', '--yes']);
    expect(done.code).toBe(1);
    expect([...fake.erased]).toEqual([1]);
  });
});
