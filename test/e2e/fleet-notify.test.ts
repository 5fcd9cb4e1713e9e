/** Messages of `glaive fleet merge --notify`: once each, signed, without a secret. */

import { createHmac } from 'node:crypto';
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeAttempt, makePlan, type MadeReport, sweep } from '../support/fleet-store.ts';
import { bodyOf, listen } from '../support/listen.ts';
import { glaive, type Ran } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

const SECRET = 'an hmac key of the test';
const night = (day: number) => ({ plan: `2026110${day}-a`, at: `2026-11-0${day}T02:00:00.000Z` });

interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A server that answers with these codes in turn, and then with the last. */
async function receiver(...codes: number[]): Promise<{ readonly url: string; readonly received: Received[] }> {
  const received: Received[] = [];
  const { url } = await listen((request, response) => {
    void bodyOf(request).then((body) => {
      const code = codes[Math.min(received.length, codes.length - 1)] ?? 200;
      received.push({ method: request.method!, path: request.url!, headers: request.headers, body });
      response.writeHead(code).end('');
    });
  });
  return { url: `${url}/hook/0123`, received };
}

/** A night with one sweep of each repository that has a report; the others are killed. */
async function plan(
  store: string,
  day: number,
  reports: Record<string, Omit<MadeReport, 'at'> | undefined>,
): Promise<void> {
  const names = Object.keys(reports);
  await makePlan(
    store,
    night(day).plan,
    `2026-11-0${day}T01:00:00.000Z`,
    names.map((path, at) => ({ path, project: at + 1, web: `https://gitlab.example.com/${path}` })),
  );
  for (const name of names) {
    const report = reports[name];
    if (report === undefined) makeAttempt(store, night(day).plan, name, { outcome: 'killed', reason: 'signal 9' });
    else sweep(store, night(day), name, day - 1, report);
  }
}

const merge = async (
  store: string,
  where: string,
  env: Record<string, string> = {},
  ...flags: string[]
): Promise<Ran> =>
  await glaive(['fleet', 'merge', '--store', store, '--quiet', '--notify', where, ...flags], {
    env: { GLAIVE_NOTIFY_SECRET: SECRET, ...env },
  });

describe('a webhook', () => {
  it('gets what is new once, signed; what is active again; and gaps', async () => {
    const store = tempFolder();
    const { url, received } = await receiver(200);
    await plan(store, 1, { 'g/a': { findings: [{ secret: 'a' }, { secret: 'b' }] } });
    expect((await merge(store, url)).stderr).toBe('');
    await merge(store, url);
    expect(received.length).toBe(1);
    const [{ body, headers, method, path }] = received as [Received];
    expect([method, path, headers['content-type']]).toEqual(['POST', '/hook/0123', 'application/json']);
    const time = headers['x-glaive-timestamp'];
    expect(headers['x-glaive-signature']).toBe(
      `sha256=${createHmac('sha256', SECRET)
        .update(`${String(time)}.${body}`)
        .digest('hex')}`,
    );
    expect(JSON.parse(body)).toMatchObject({
      glaive: 'fleet-notification',
      plan: night(1).plan,
      isComplete: true,
      new: 2,
      news: [{ repository: 'g/a', place: 'config/a.env', line: 3 }, { place: 'config/b.env' }],
    });
    // The next night: nothing new, then one is active, then one repository fails.
    await plan(store, 2, { 'g/a': { known: [{ secret: 'a' }, { secret: 'b' }] } });
    await merge(store, url);
    expect(received.length).toBe(1);
    await plan(store, 3, {
      'g/a': { findings: [{ secret: 'a', tokenStatus: 'active', checkedAt: night(3).at }], known: [{ secret: 'b' }] },
    });
    await merge(store, url);
    expect(JSON.parse(received[1]!.body)).toMatchObject({ new: 0, activeAgain: 1 });
    await plan(store, 4, { 'g/a': undefined });
    expect((await merge(store, url)).code).toBe(2);
    await merge(store, url);
    expect(received.length).toBe(3);
    expect(JSON.parse(received[2]!.body)).toMatchObject({
      isBroken: true,
      news: [],
      broken: [{ name: 'g/a', status: 'failed', reason: 'signal 9' }],
    });
  });

  it('is not sent what was known before it was asked for', async () => {
    const store = tempFolder();
    const { url, received } = await receiver(200);
    await plan(store, 1, { a: { findings: [{ secret: 'a' }] } });
    await glaive(['fleet', 'merge', '--store', store]);
    await plan(store, 2, { a: { known: [{ secret: 'a' }] } });
    await merge(store, url);
    expect(received).toEqual([]);
  });

  it('is tried again, and by the next merge if that does not help', async () => {
    const store = tempFolder();
    const again = await receiver(503, 200);
    await plan(store, 1, { a: { findings: [{ secret: 'a' }] } });
    expect((await merge(store, again.url)).code).toBe(1);
    expect(again.received.length).toBe(2);
    expect(again.received[0]!.headers['x-glaive-delivery']).toBe(again.received[1]!.headers['x-glaive-delivery']);
    const refusing = await receiver(404, 200);
    const { code, stderr } = await merge(store, refusing.url);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/webhook at 127\.0\.0\.1:\d+ was not reached: it responded with 404/),
    ]);
    // The address may be secret.
    expect(stderr).not.toContain('0123');
    expect((await merge(store, refusing.url)).code).toBe(1);
    expect(refusing.received.length).toBe(2);
  });

  it.each([
    ['http://gitlab.example.com/hook', 'a webhook needs https://'],
    ['https://me:word@example.com/hook', 'has a user or a password'],
    ['ftp://example.com', 'a webhook needs https://'],
    ['elsewhere', 'this is no address of a webhook'],
    ['mail:a@b c', 'needs one address'],
    ['mail:-oQ/tmp@example.com', 'needs one address'],
  ])('refuses %s before anything is merged', async (where, why) => {
    const store = tempFolder();
    await plan(store, 1, { a: {} });
    const { code, stderr } = await merge(store, where);
    expect([code, stderr]).toEqual([2, expect.stringContaining(why)]);
    expect(existsSync(join(store, 'index'))).toBe(false);
  });

  it('needs a key for the signature', async () => {
    const store = tempFolder();
    await plan(store, 1, { a: {} });
    const { stderr } = await merge(store, 'https://example.com/', { GLAIVE_NOTIFY_SECRET: 'short' });
    expect(stderr).toContain('GLAIVE_NOTIFY_SECRET must hold at least 16 characters');
  });
});

/** A sendmail that keeps what it gets. */
function fakeSendmail(code = 0): { readonly path: string; readonly args: () => string; readonly mail: () => string } {
  const folder = tempFolder();
  const program = join(folder, 'sendmail');
  writeFileSync(program, `#!/bin/sh\nprintf '%s\\n' "$@" > "${folder}/args"\ncat > "${folder}/mail"\nexit ${code}\n`);
  chmodSync(program, 0o755);
  return {
    path: `${folder}:/usr/bin:/bin`,
    args: () => readFileSync(join(folder, 'args'), 'utf8'),
    mail: () => readFileSync(join(folder, 'mail'), 'utf8'),
  };
}

describe('a mail', () => {
  it('goes to sendmail with plain headers, whatever names say', async () => {
    const store = tempFolder();
    const { path, args, mail } = fakeSendmail();
    const name = 'g/a\r\nBcc: everyone@example.com\r\n\r\nx';
    await plan(store, 1, { [name]: { findings: [{ secret: 'a', uri: 'ü\n.\nb' }] }, broken: undefined });
    expect((await merge(store, 'mail:security@example.com', { PATH: path })).stderr).toBe('');
    expect(args()).toBe('-i\n--\nsecurity@example.com\n');
    const [folded = '', body = ''] = mail().split('\n\n');
    const head = folded.replaceAll('\n ', ' ');
    expect(head.split('\n').map((line) => line.replace(/:.*/, ''))).toEqual([
      'To',
      'Subject',
      'Date',
      'Message-ID',
      'Auto-Submitted',
      'MIME-Version',
      'Content-Type',
      'Content-Transfer-Encoding',
    ]);
    expect(head).toContain('Subject: glaive: 1 new leaked credential, 1 repository not scanned');
    const text = Buffer.from(body, 'base64').toString('utf8');
    expect(text).toContain('failed  broken: signal 9');
    expect(text).toContain('critical  gitlab personal access token  g/a␍␊Bcc: everyone@example.com␍␊␍␊x  ü␊.␊b:3');
  });

  it('that is not taken is sent by the next merge', async () => {
    const store = tempFolder();
    await plan(store, 1, { a: { findings: [{ secret: 'a' }] } });
    const failing = fakeSendmail(75);
    const { code, stderr } = await merge(store, 'mail:s@example.com', { PATH: failing.path });
    expect([code, stderr]).toEqual([2, expect.stringContaining('no mail was sent: ')]);
    const working = fakeSendmail();
    await merge(store, 'mail:s@example.com', { PATH: working.path });
    expect(working.mail()).toContain('Subject: glaive: 1 new leaked credential');
  });
});

interface FakeIssue {
  iid: number;
  state: string;
  confidential: boolean;
  description: string;
  author: { id: number };
  notes: { body: string; author: { id: number } }[];
}

/** The part of a GitLab that has issues; user 7 is glaive. */
async function fakeIssues(): Promise<{
  readonly url: string;
  readonly issues: Map<string, FakeIssue[]>;
  readonly writes: string[];
}> {
  const issues = new Map<string, FakeIssue[]>();
  const writes: string[] = [];
  const { url } = await listen((request, response) => {
    void bodyOf(request).then((text) => {
      const { pathname, searchParams } = new URL(request.url!, 'http://localhost');
      const json = (value: unknown, code = 200): void =>
        void response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(value));
      if (request.headers.authorization !== 'Bearer token-of-glaive') return json({}, 401);
      if (pathname === '/api/v4/user') return json({ id: 7 });
      const [, project = '', iid, part] =
        /^\/api\/v4\/projects\/(\d+)\/issues(?:\/(\d+)(?:\/(notes))?)?$/.exec(pathname) ?? [];
      if (project === '403') return json({}, 403);
      const own = issues.get(project) ?? [];
      issues.set(project, own);
      const issue = own.find((each) => String(each.iid) === iid);
      if (request.method === 'GET' && iid === undefined)
        return json(own.filter(({ author }) => searchParams.get('author_id') === String(author.id)));
      if (request.method === 'GET') return json(issue?.notes ?? []);
      const body = JSON.parse(text) as Record<string, string & boolean>;
      writes.push(`${request.method} ${project} ${part ?? ''}`.trim());
      if (request.method === 'PUT') issue!.state = body['state_event'] === 'reopen' ? 'opened' : issue!.state;
      else if (part === 'notes') issue!.notes.push({ body: body['body']!, author: { id: 7 } });
      else
        own.push({
          iid: own.length + 1,
          state: 'opened',
          confidential: body['confidential'] ?? false,
          description: body['description'] ?? '',
          author: { id: 7 },
          notes: [],
        });
      json({}, 201);
    });
  });
  return { url, issues, writes };
}

describe('issues', () => {
  it('one confidential issue for each project, never twice; opened again for what is new only', async () => {
    const store = tempFolder();
    const { url, issues, writes } = await fakeIssues();
    const tell = async (): Promise<Ran> =>
      await merge(store, 'issues', { GLAIVE_GITLAB_TOKEN: 'token-of-glaive' }, '--gitlab-url', url);
    await plan(store, 1, {
      a: { findings: [{ secret: 'a' }, { secret: 'b', uri: 'x`@all`\n/close\n' }] },
      b: { findings: [{ secret: 'a' }] },
    });
    expect((await tell()).code).toBe(1);
    expect(writes).toEqual(expect.arrayContaining(['POST 1', 'POST 2']));
    const [issue] = issues.get('1')!;
    expect(issue).toMatchObject({ confidential: true });
    expect(issue!.description).not.toMatch(/^\/close/m);
    expect(issue!.description).toContain('config/a.env:3');
    await tell();
    // A machine that has forgotten everything.
    for (const name of readdirSync(join(store, 'index')))
      if (name.startsWith('notified')) writeFileSync(join(store, 'index', name), '');
    const { stderr } = await tell();
    expect(stderr).toContain('is not a record of messages');
    expect(writes.length).toBe(2);
    issue!.state = 'closed';
    await plan(store, 2, { a: { known: [{ secret: 'a' }] }, b: {} });
    const record = join(
      store,
      'index',
      readdirSync(join(store, 'index')).find((name) => name.startsWith('notified'))!,
    );
    writeFileSync(record, JSON.stringify({ glaive: 'fleet-notified', version: 1, findings: {}, sent: [] }));
    await tell();
    expect([writes.length, issue!.state]).toEqual([2, 'closed']);
    await plan(store, 3, { a: { findings: [{ secret: 'c' }] }, b: {} });
    await tell();
    expect(writes.slice(2)).toEqual(['POST 1 notes', 'PUT 1']);
    expect([issue!.state, issue!.notes.length]).toEqual(['opened', 1]);
  });

  it('an issue that someone else has written does not keep glaive quiet', async () => {
    const store = tempFolder();
    const { url, issues } = await fakeIssues();
    const tell = async (): Promise<Ran> =>
      await merge(store, 'issues', { GLAIVE_GITLAB_TOKEN: 'token-of-glaive' }, '--gitlab-url', url);
    await plan(store, 1, { a: { findings: [{ secret: 'a' }] } });
    await tell();
    const [own] = issues.get('1')!;
    const forged = { ...own!, iid: 1, author: { id: 8 }, confidential: false };
    issues.set('1', [forged]);
    const other = tempFolder();
    await plan(other, 1, { a: { findings: [{ secret: 'a' }] } });
    await merge(other, 'issues', { GLAIVE_GITLAB_TOKEN: 'token-of-glaive' }, '--gitlab-url', url);
    expect(issues.get('1')!.length).toBe(2);
  });
});
