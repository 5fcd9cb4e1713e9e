/** `glaive report --merge-request` against a merge request on loopback: once each, on its line, and nobody else's notes. */

import { describe, expect, it } from 'vitest';
import { bodyOf, listen } from '../support/listen.ts';
import { glaive, type Ran } from '../support/run-cli.ts';
import { tokenMint } from '../support/scan-report.ts';
import { tempFolder, writeFiles } from '../support/temp-folder.ts';
import { json } from '../support/fake-issuer.ts';

const newToken = tokenMint(606);
const OWN = tokenMint(607)();
const ME = 7;

interface Thread {
  readonly id: string;
  readonly position?: Readonly<Record<string, unknown>>;
  readonly note: { readonly id: number; body: string; readonly author: { readonly id: number }; resolved: boolean };
}

/** doc/api/discussions.md: lines that the change does not have are refused with 400. */
async function mergeRequest(lines: Readonly<Record<string, readonly number[]>>) {
  const threads: Thread[] = [];
  const writes: string[] = [];
  let ids = 100;
  const state = { isAllowed: true };
  const { url } = await listen((request, response) => {
    void (async () => {
      const body = await bodyOf(request);
      const path = new URL(request.url!, 'http://x').pathname.replace('/api/v4', '');
      if (request.headers.authorization !== `Bearer ${OWN}`)
        return json(response, 401, { message: '401 Unauthorized' });
      if (!state.isAllowed) return json(response, 403, { error: 'insufficient_scope', scope: 'api' });
      const base = '/projects/group%2Fproject/merge_requests/5';
      const fields =
        body === ''
          ? {}
          : (JSON.parse(body) as { body?: string; position?: Record<string, unknown>; resolved?: boolean });
      if (request.method !== 'GET') writes.push(`${request.method} ${path.replace(base, '')}`);
      if (path === '/user') return json(response, 200, { id: ME, username: 'bot' });
      if (path === base) return json(response, 200, { diff_refs: { base_sha: 'b', start_sha: 's', head_sha: 'h' } });
      if (path === `${base}/discussions` && request.method === 'GET') {
        const page = Number(new URL(request.url!, 'http://x').searchParams.get('page') ?? 1);
        // Three on a page.
        const part = threads.slice((page - 1) * 3, page * 3);
        const more =
          threads.length > page * 3 ? { link: `<${url}/api/v4${base}/discussions?page=${page + 1}>; rel="next"` } : {};
        return json(
          response,
          200,
          part.map(({ id, note }) => ({ id, notes: [note] })),
          more,
        );
      }
      if (path === `${base}/discussions` || path === `${base}/notes`) {
        const { position } = fields;
        const known =
          position === undefined ||
          lines[String(position['new_path'])]?.includes(Number(position['new_line'])) === true;
        if (!known) return json(response, 400, { message: '400 Bad request - Note {:line_code=>["can\'t be blank"]}' });
        ids++;
        threads.push({
          id: `t${ids}`,
          ...(position === undefined ? {} : { position }),
          note: { id: ids, body: fields.body!, author: { id: ME }, resolved: false },
        });
        return json(response, 201, {});
      }
      const [, thread, note] = /\/discussions\/(t\d+)(?:\/notes\/(\d+))?$/.exec(path) ?? [];
      const found = threads.find(({ id, note: { id: own } }) => id === thread || path.endsWith(`/notes/${own}`));
      if (found === undefined || found.note.author.id !== ME) return json(response, 403, { message: '403 Forbidden' });
      if (thread !== undefined && note === undefined) found.note.resolved = fields.resolved!;
      else found.note.body = fields.body!;
      return json(response, 200, {});
    })();
  });
  return { url, threads, writes, state };
}

async function post(url: string, files: Readonly<Record<string, string>>, cwd = tempFolder(), env = {}): Promise<Ran> {
  writeFiles(cwd, files);
  const { stdout } = await glaive(['scan', ...Object.keys(files), '--format', 'json'], { cwd });
  return await glaive(
    ['report', '-', '--merge-request', '5', '--project', 'group/project', '--gitlab-url', url, '--format', 'markdown'],
    { cwd, input: stdout, env: { GLAIVE_GITLAB_TOKEN: OWN, ...env } },
  );
}

describe('a merge request', () => {
  it('is told once: a thread on each line, and a summary; run again, nothing is repeated', async () => {
    const { url, threads, writes } = await mergeRequest({ 'a.env': [1], 'b.env': [2] });
    const files = { 'a.env': `A=${newToken()}\n`, 'b.env': `x\nB=${newToken()}\n`, 'c.env': `C=${newToken()}\n` };
    const ran = await post(url, files);
    expect([ran.code, ran.stderr]).toEqual([
      0,
      'glaive: merge request !5: 3 threads opened, 0 changed, 0 resolved, 0 as they were\n',
    ]);
    expect(threads.map(({ position }) => position)).toEqual([
      {
        position_type: 'text',
        base_sha: 'b',
        start_sha: 's',
        head_sha: 'h',
        new_path: 'a.env',
        old_path: 'a.env',
        new_line: 1,
      },
      {
        position_type: 'text',
        base_sha: 'b',
        start_sha: 's',
        head_sha: 'h',
        new_path: 'b.env',
        old_path: 'b.env',
        new_line: 2,
      },
      // The change does not have that line.
      undefined,
      undefined,
    ]);
    expect(threads[0]!.note.body).toContain('Revoke it first');
    expect(threads.at(-1)!.note.body).toContain('3 leaked credentials');
    for (const { note } of threads)
      for (const text of Object.values(files)) expect(note.body).not.toContain(text.trim().slice(-20));
    const before = writes.length;
    const again = await post(url, files);
    expect([again.stderr, writes.length]).toEqual([
      'glaive: merge request !5: 0 threads opened, 0 changed, 0 resolved, 3 as they were\n',
      before,
    ]);
  });

  it('what is fixed is resolved, what has changed is changed, what is back is opened again', async () => {
    const { url, threads } = await mergeRequest({ 'a.env': [1], 'b.env': [1] });
    const [a, b] = [`A=${newToken()}\n`, `B=${newToken()}\n`];
    await post(url, { 'a.env': a, 'b.env': b });
    const fixed = await post(url, { 'b.env': b });
    expect(fixed.stderr).toContain('1 resolved, 1 as they were');
    expect(threads.map(({ note }) => note.resolved)).toEqual([true, false, false]);
    expect(threads[2]!.note.body).toContain('1 leaked credential in 1 place');
    const back = await post(url, { 'a.env': a, 'b.env': b });
    expect(back.stderr).toContain('0 threads opened, 1 changed, 0 resolved, 1 as they were');
    expect(threads.map(({ note }) => note.resolved)).toEqual([false, false, false]);
    const none = await post(url, { 'c.env': 'C=1\n' });
    expect(none.stderr).toContain('2 resolved');
    expect(threads[2]!.note.body).toContain('no leaked GitLab credentials');
  });

  it('what could not be looked at is not taken for fixed, and is said', async () => {
    const { url, threads } = await mergeRequest({});
    await post(url, { 'a.env': `A=${newToken()}\n` });
    const { stdout } = await glaive(['scan', 'gone.env', '--format', 'json'], { cwd: tempFolder() });
    const args = ['report', '-', '--merge-request', '5', '--project', 'group/project', '--gitlab-url', url];
    const partial = await glaive(args, { input: stdout, env: { GLAIVE_GITLAB_TOKEN: OWN } });
    expect(partial.stderr).toContain('0 resolved');
    expect(threads.map(({ note }) => note.resolved)).toEqual([false, false]);
    expect(threads[1]!.note.body).toContain('Not clean');
    const fresh = await mergeRequest({});
    await glaive([...args.slice(0, -1), fresh.url], { input: stdout, env: { GLAIVE_GITLAB_TOKEN: OWN } });
    expect(fresh.threads.map(({ note }) => note.body)).toEqual([expect.stringContaining('Not clean')]);
  });

  it('what is one too many for a thread of its own is not taken for fixed', async () => {
    const { url, threads } = await mergeRequest({});
    const last = { 'z.env': `Z=${newToken()}\n` };
    await post(url, last);
    const many = Object.fromEntries(Array.from({ length: 110 }, (_, index) => [`a${index}.env`, `A=${newToken()}\n`]));
    const ran = await post(url, { ...many, ...last });
    expect(ran.stderr).toContain('100 threads opened, 0 changed, 0 resolved');
    expect(threads[0]!.note.resolved).toBe(false);
  });

  it('is told nothing where there was never anything', async () => {
    const { url, writes } = await mergeRequest({});
    expect((await post(url, { 'a.env': 'A=1\n' })).code).toBe(0);
    expect(writes).toEqual([]);
  });

  it('notes of others that bear our mark are left alone', async () => {
    const { url, threads, writes } = await mergeRequest({});
    threads.push({
      id: 't1',
      note: { id: 1, body: `x <!-- glaive:${'a'.repeat(64)} -->`, author: { id: 666 }, resolved: false },
    });
    threads.push({
      id: 't2',
      note: { id: 2, body: 'y <!-- glaive:summary -->', author: { id: 666 }, resolved: false },
    });
    await post(url, { 'a.env': `A=${newToken()}\n` });
    expect(writes).toEqual(['POST /discussions', 'POST /discussions', 'POST /notes']);
    expect(threads.slice(0, 2).map(({ note }) => note.resolved)).toEqual([false, false]);
  });

  it('text of strangers stays text', async () => {
    const { url, threads } = await mergeRequest({});
    await post(url, { '@all `x` ~bug.env': `/assign @all <!-- glaive:summary --> ${newToken()}\n` });
    for (const { note } of threads) {
      const bare = note.body.replace(/(?<!`)(`+)(?!`)[^]*?(?<!`)\1(?!`)/g, '');
      expect(bare).not.toMatch(/@all|\/assign|~bug/);
      expect(bare.match(/<!--/g)!.length).toBe(1);
    }
  });

  it('a token that may not is said, with the scope that it needs', async () => {
    const { url, state } = await mergeRequest({});
    state.isAllowed = false;
    const ran = await post(url, { 'a.env': `A=${newToken()}\n` });
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining('scope api')]);
    const without = await post(url, { 'a.env': `A=${newToken()}\n` }, tempFolder(), { GLAIVE_GITLAB_TOKEN: '' });
    expect([without.code, without.stderr]).toEqual([2, expect.stringContaining('the token of a job cannot post')]);
  });

  it.each([
    [['--merge-request', 'x'], 'must be the number'],
    [['--merge-request', '5'], 'needs to know the project'],
    [['--gitlab-url', 'https://x'], '--gitlab-url needs --merge-request'],
  ])('explains what is wrong with %j', async (args, why) => {
    const report = await glaive(['scan', '-', '--format', 'json'], { input: 'x' });
    const ran = await glaive(['report', '-', ...args], {
      input: report.stdout,
      env: { CI_PROJECT_ID: '', CI_MERGE_REQUEST_IID: '' },
    });
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining(why)]);
  });
});
