/** `glaive report --merge-request` against a merge request on loopback: once each, on its line, and no notes of others. */

import { describe, expect, it } from 'vitest';
import { fakeMergeRequest } from '../support/fake-merge-request.ts';
import { glaive, type Ran } from '../support/run-cli.ts';
import { tokenMint } from '../support/scan-report.ts';
import { tempFolder, writeFiles } from '../support/temp-folder.ts';

const newToken = tokenMint(606);
const OWN = tokenMint(607)();

async function post(url: string, files: Readonly<Record<string, string>>, cwd = tempFolder(), env = {}): Promise<Ran> {
  writeFiles(cwd, files);
  const { stdout } = await glaive(['scan', ...Object.keys(files), '--format', 'json'], { cwd });
  return await glaive(
    ['report', '-', '--merge-request', '5', '--project', 'group/project', '--gitlab-url', url, '--format', 'markdown'],
    { cwd, input: stdout, env: { GLAIVE_GITLAB_TOKEN: OWN, ...env } },
  );
}

describe('a merge request', () => {
  it('gets a thread on each line and a summary, once: run again, nothing is repeated', async () => {
    const { url, threads, writes } = await fakeMergeRequest({ 'a.env': [1], 'b.env': [2] }, OWN);
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
    expect(threads.at(-1)!.note.body).toContain('### glaive: 3 findings of 3 secrets in 3 places');
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
    const { url, threads } = await fakeMergeRequest({ 'a.env': [1], 'b.env': [1] }, OWN);
    const [a, b] = [`A=${newToken()}\n`, `B=${newToken()}\n`];
    await post(url, { 'a.env': a, 'b.env': b });
    const fixed = await post(url, { 'b.env': b });
    expect(fixed.stderr).toContain('1 resolved, 1 as they were');
    expect(threads.map(({ note }) => note.resolved)).toEqual([true, false, false]);
    expect(threads[2]!.note.body).toContain('### glaive: 1 finding in 1 place');
    const back = await post(url, { 'a.env': a, 'b.env': b });
    expect(back.stderr).toContain('0 threads opened, 1 changed, 0 resolved, 1 as they were');
    expect(threads.map(({ note }) => note.resolved)).toEqual([false, false, false]);
    const none = await post(url, { 'c.env': 'C=1\n' });
    expect(none.stderr).toContain('2 resolved');
    expect(threads[2]!.note.body).toContain('no leaked GitLab credentials');
  });

  it('a finding that could not be scanned again is not called fixed, and the gap is reported', async () => {
    const { url, threads } = await fakeMergeRequest({}, OWN);
    await post(url, { 'a.env': `A=${newToken()}\n` });
    const { stdout } = await glaive(['scan', 'gone.env', '--format', 'json'], { cwd: tempFolder() });
    const args = ['report', '-', '--merge-request', '5', '--project', 'group/project', '--gitlab-url', url];
    const partial = await glaive(args, { input: stdout, env: { GLAIVE_GITLAB_TOKEN: OWN } });
    expect(partial.stderr).toContain('0 resolved');
    expect(threads.map(({ note }) => note.resolved)).toEqual([false, false]);
    expect(threads[1]!.note.body).toContain('incomplete: ');
    const fresh = await fakeMergeRequest({}, OWN);
    await glaive([...args.slice(0, -1), fresh.url], { input: stdout, env: { GLAIVE_GITLAB_TOKEN: OWN } });
    expect(fresh.threads.map(({ note }) => note.body)).toEqual([expect.stringContaining('incomplete: ')]);
  });

  it('what is one too many for a thread of its own is not taken for fixed', async () => {
    const { url, threads } = await fakeMergeRequest({}, OWN);
    const last = { 'z.env': `Z=${newToken()}\n` };
    await post(url, last);
    const many = Object.fromEntries(Array.from({ length: 110 }, (_, index) => [`a${index}.env`, `A=${newToken()}\n`]));
    const ran = await post(url, { ...many, ...last });
    expect(ran.stderr).toContain('100 threads opened, 0 changed, 0 resolved');
    expect(threads[0]!.note.resolved).toBe(false);
  });

  it('gets nothing if there were never findings', async () => {
    const { url, writes } = await fakeMergeRequest({}, OWN);
    expect((await post(url, { 'a.env': 'A=1\n' })).code).toBe(0);
    expect(writes).toEqual([]);
  });

  it('notes of others that bear our mark are left alone', async () => {
    const { url, threads, writes } = await fakeMergeRequest({}, OWN);
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
    const { url, threads } = await fakeMergeRequest({}, OWN);
    await post(url, { '@all `x` ~bug.env': `/assign @all <!-- glaive:summary --> ${newToken()}\n` });
    for (const { note } of threads) {
      const bare = note.body.replace(/(?<!`)(`+)(?!`)[^]*?(?<!`)\1(?!`)/g, '');
      expect(bare).not.toMatch(/@all|\/assign|~bug/);
      expect(bare.match(/<!--/g)!.length).toBe(1);
    }
  });

  it('a token without the right is reported, with the scope that it needs', async () => {
    const { url, state } = await fakeMergeRequest({}, OWN);
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
