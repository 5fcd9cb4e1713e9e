/** `glaive triage` in the test's own process: a person reads the terminal, and presses keys. */

import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { fakeIssuer } from '../support/fake-issuer.ts';
import { glaive, type Ran, type RunOptions } from '../support/run-cli.ts';
import { tokenMint } from '../support/scan-report.ts';
import { git, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';

const token = tokenMint(2511);
const line = (secret: string): string => `t = "${secret}"\n`;

interface Ground {
  readonly root: string;
  readonly secrets: readonly string[];
  readonly triage: (
    keys: RunOptions['keys'],
    args?: readonly string[],
    env?: RunOptions['env'],
    report?: string,
  ) => Promise<Ran>;
  readonly baseline: () => string;
  readonly audit: () => readonly Readonly<Record<string, unknown>>[];
}

/** A repository with leaks, and a report of them. */
async function ground(count: number): Promise<Ground> {
  const secrets = Array.from({ length: count }, token);
  const root = tempRepository(Object.fromEntries(secrets.map((secret, at) => [`${at}.txt`, line(secret)])));
  const folder = tempFolder();
  await glaive(['scan', '--output', `json=${join(folder, 'report.json')}`], { cwd: root });
  const log = join(folder, 'audit.jsonl');
  const read = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');
  return {
    root,
    secrets,
    triage: async (keys, args = [], env = {}, report = join(folder, 'report.json')) => {
      const ran = await glaive(['triage', report, '--audit-log', log, ...args], {
        cwd: root,
        env: { HOME: folder, ...env },
        ...(keys === undefined ? {} : { keys }),
      });
      for (const secret of secrets) expect(ran.stdout + ran.stderr + read(log)).not.toContain(secret.slice(8));
      return { ...ran, stdout: stripVTControlCharacters(ran.stdout) };
    },
    baseline: () => read(join(root, '.glaive-baseline')),
    audit: () =>
      read(log)
        .split('\n')
        .filter(Boolean)
        .map((text) => JSON.parse(text)),
  };
}

/** The question below a card. */
const at = (card: string): RegExp => new RegExp(`${card}[^]*quit`);

describe('glaive triage', () => {
  it('accepts with a reason and a last day, at once, and records it', async () => {
    const { triage, baseline, audit } = await ground(2);
    const ran = await triage([
      [at('1 of 2'), 'a'],
      ['Why is it no danger', '\r'],
      ['A reason is needed', 'fixture of a test\r'],
      ['Its last day', 'tomorrow\r'],
      ['must be a date', '\u00152099-01-31\r'],
      [at('2 of 2'), 'q'],
    ]);
    expect([ran.code, ran.stderr]).toEqual([1, '']);
    expect(ran.stdout).toContain('Added 1 finding to');
    expect(ran.stdout).toContain('Triage: accepted 1, revoked 0, skipped 0; 1 remains. Recorded in');
    expect(baseline()).toContain('fixture of a test');
    expect(baseline()).toContain('2099-01-31');
    expect(audit()).toEqual([
      expect.objectContaining({
        action: 'accept',
        event: 'done',
        ruleId: 'gitlab_personal_access_token',
        reason: 'fixture of a test',
        expires: '2099-01-31',
        uris: ['0.txt'],
      }),
    ]);
    expect(baseline()).toContain(audit()[0]!['secretFingerprint']);
  });

  it('leaves out what was decided before, and ends with 0 when nothing remains', async () => {
    const { triage, root } = await ground(2);
    const first = await triage([
      [at('1 of 2'), 'a'],
      ['Why is it no danger', 'a fixture\r'],
      ['Its last day', '\r'],
      [at('2 of 2'), 's'],
    ]);
    expect(first.code).toBe(1);
    expect(first.stdout).toContain('skipped 1; 1 remains');
    const second = await triage([
      [at('1 of 1'), 'a'],
      ['Why is it no danger', 'a fixture too\r'],
      ['Its last day', '\r'],
    ]);
    expect(second.code).toBe(0);
    expect(second.stdout).toContain('Left out: 1 accepted.');
    const third = await triage([]);
    expect([third.code, third.stdout]).toEqual([0, 'Nothing to decide. Left out: 2 accepted.\n']);
    expect((await glaive(['scan'], { cwd: root })).code).toBe(0);
  });

  it('goes back, and a decision stays', async () => {
    const { triage } = await ground(2);
    const ran = await triage([
      [at('1 of 2'), 'a'],
      ['Why is it no danger', 'a fixture\r'],
      ['Its last day', '\r'],
      [at('2 of 2'), 'b'],
      [at('1 of 2[^]*decided: accepted'), '\r'],
      [at('2 of 2'), '\r'],
    ]);
    expect([ran.code, ran.stdout]).toEqual([1, expect.stringContaining('accepted 1, revoked 0, skipped 1; 1 remains')]);
  });

  it('Escape leaves a question, and Ctrl-C the triage: what was decided until then stays', async () => {
    const { triage, baseline } = await ground(3);
    const ran = await triage([
      [at('1 of 3'), 'a'],
      ['Why is it no danger', 'a fixture\r'],
      ['Its last day', '\r'],
      [at('2 of 3'), 'a'],
      ['Why is it no danger', '\u001b'],
      [at('2 of 3'), '\u001b'],
      [at('2 of 3'), '\u0003'],
    ]);
    expect([ran.code, ran.stderr]).toEqual([130, 'glaive: interrupted\n']);
    expect(ran.stdout).toContain('accepted 1, revoked 0, skipped 0; 2 remain');
    expect(baseline().match(/a fixture/g)).toHaveLength(1);
  });

  it.each([
    ['Ctrl-D at a question', 'a', '\u0004'],
    ['Ctrl-C while it asks for a reason', 'a', '\u0003'],
  ])('%s ends it as well', async (_, first, second) => {
    const { triage } = await ground(1);
    const ran = await triage([
      [at('1 of 1'), first],
      ['Why is it no danger', second],
    ]);
    expect([ran.code, ran.stderr]).toEqual([130, 'glaive: interrupted\n']);
  });

  it('revokes as glaive revoke does: plan, question, check, audit log; and asks about it no more', async () => {
    const { triage, audit, secrets } = await ground(2);
    const fake = await fakeIssuer();
    for (const [index, secret] of secrets.entries())
      fake.tokens.set(secret, { id: 70 + index, state: 'active', kind: 'access', scopes: ['api'] });
    const ran = await triage(
      [
        [at('1 of 2'), 'r'],
        ['Revoke 1 credential', 'n'],
        [at('1 of 2'), 'r'],
        ['Revoke 1 credential', 'y'],
        [at('2 of 2'), 'q'],
      ],
      ['--gitlab-url', fake.url],
    );
    expect([ran.code, ran.stderr]).toEqual([1, '']);
    expect(ran.stdout).toContain('will: DELETE /personal_access_tokens/self');
    expect(ran.stdout).toContain('revoked, and no longer active');
    expect(ran.stdout).toContain('accepted 0, revoked 1, skipped 0; 1 remains');
    expect(secrets.map((secret) => fake.tokens.get(secret)!.state)).toEqual(['revoked', 'active']);
    expect(audit().map(({ action, event }) => [action, event])).toEqual([
      ['revoke', 'begun'],
      ['revoke', 'done'],
    ]);
    const again = await triage([[at('1 of 1'), 'q']]);
    expect(again.stdout).toContain('Left out: 1 inactive or revoked.');
  });

  it('a failed revocation stays on the card, and makes the exit code 2', async () => {
    const { triage, root, secrets } = await ground(2);
    const fake = await fakeIssuer();
    fake.tokens.set(secrets[0]!, { id: 80, state: 'active', kind: 'access', scopes: ['api'] });
    fake.intercept = ({ method }, response) => {
      if (method !== 'DELETE') return false;
      response.writeHead(403).end('{}');
      return true;
    };
    writeFileSync(join(root, '1.txt'), 'changed\n');
    const ran = await triage(
      [
        [at('1 of 2'), 'r'],
        ['Revoke 1 credential', 'y'],
        [at('NOT revoked[^]*1 of 2[^]*decided: failed'), 's'],
        [at('2 of 2'), 'r'],
        [at('no longer where the report found it[^]*2 of 2'), 'q'],
      ],
      ['--gitlab-url', fake.url],
    );
    expect(ran.code).toBe(2);
    expect(ran.stdout).toContain('skipped 1, failed 2; 2 remain');
  });

  it('without a GitLab it says how people revoke it', async () => {
    const { triage } = await ground(1);
    const ran = await triage([
      [at('1 of 1'), 'r'],
      [at('by hand: [^]*--gitlab-url https://gitlab.example.com[^]*1 of 1'), 'q'],
    ]);
    expect(ran.code).toBe(1);
  });

  it('opens the editor at the line, and shows the place without one', async () => {
    const { triage, root } = await ground(1);
    const folder = tempFolder();
    const editor = join(folder, 'nvim');
    const opened = join(folder, 'opened');
    writeFileSync(editor, `#!/bin/sh\nprintf '%s\\n' "$@" > '${opened}'\n`, { mode: 0o755 });
    const keys = [
      [at('1 of 1'), 'o'],
      [at('1 of 1'), 'q'],
    ] as const;
    await triage(keys, [], { EDITOR: 'false', VISUAL: `${editor} -R` });
    expect(readFileSync(opened, 'utf8')).toBe(`-R\n+1\n${join(root, '0.txt')}\n`);
    const failed = await triage(keys, [], { EDITOR: 'false' });
    expect(failed.stdout).toContain('false ended with exit code 1. The place: 0.txt:1:6');
    const none = await triage(keys);
    expect(none.stdout).toContain('Set VISUAL or EDITOR');
  });

  it('opens the next place of a secret each time', async () => {
    const { root, secrets } = await ground(1);
    writeFiles(root, { 'b.txt': `\n${line(secrets[0]!)}` });
    const folder = tempFolder();
    const opened = join(folder, 'opened');
    writeFileSync(join(folder, 'hx'), `#!/bin/sh\necho "$@" >> '${opened}'\n`, { mode: 0o755 });
    await glaive(['scan', '--output', `json=${join(folder, 'r.json')}`], { cwd: root });
    const press = [at('1 of 1'), 'o'] as const;
    const ran = await glaive(['triage', join(folder, 'r.json')], {
      cwd: root,
      env: { HOME: folder, EDITOR: join(folder, 'hx') },
      keys: [press, press, press, [at('1 of 1'), 'q']],
    });
    expect(ran.code).toBe(1);
    const places = [`${join(root, '0.txt')}:1`, `${join(root, 'b.txt')}:2`];
    expect(readFileSync(opened, 'utf8')).toBe(`${[...places, places[0]].join('\n')}\n`);
  });

  it('starts no editor of the repository, though PATH leads there', async () => {
    const { root, triage } = await ground(1);
    const trap = join(root, 'trapped');
    writeFileSync(join(root, 'my-editor'), `#!/bin/sh\n: > '${trap}'\n`, { mode: 0o755 });
    const ran = await triage(
      [
        [at('1 of 1'), 'o'],
        [at('cannot start my-editor[^]*1 of 1'), 'q'],
      ],
      [],
      { EDITOR: 'my-editor', PATH: `.::${process.env['PATH']}` },
    );
    expect([ran.code, existsSync(trap)]).toEqual([1, false]);
  });

  it('takes the report of another tool: what glaive finds as well, and without a secret on the screen', async () => {
    const { root, secrets, triage } = await ground(1);
    const report = join(tempFolder(), 'gitleaks.json');
    const finding = { File: '0.txt', StartLine: 1, EndLine: 1, StartColumn: 6, EndColumn: 31, Commit: '', Tags: [] };
    const other = { ...finding, RuleID: 'aws-access-token', Description: 'x', Match: 'no match', Secret: 'no secret' };
    const own = { ...finding, RuleID: 'gitlab-pat', Description: 'x', Match: secrets[0], Secret: secrets[0] };
    writeFileSync(report, JSON.stringify([own, other]));
    const ran = await triage(
      [
        [at('1 of 1'), 'a'],
        ['Why is it no danger', 'a fixture\r'],
        ['Its last day', '\r'],
      ],
      [],
      {},
      report,
    );
    expect(ran.stdout).toContain("Left out: 1 finding that glaive's rules do not find again.");
    expect(ran.code).toBe(0);
    expect((await glaive(['scan'], { cwd: root })).code).toBe(0);
  });

  it('opens no file outside of the repository, whatever the report or a link says', async () => {
    const { triage, root } = await ground(1);
    const outside = tempFolder();
    writeFiles(outside, { 'a.txt': 'x\n' });
    git(root, 'rm', '--quiet', '--cached', '0.txt');
    rmSync(join(root, '0.txt'));
    symlinkSync(join(outside, 'a.txt'), join(root, '0.txt'));
    const opened = join(outside, 'opened');
    writeFileSync(join(outside, 'vi'), `#!/bin/sh\n: > '${opened}'\n`, { mode: 0o755 });
    await triage(
      [
        [at('1 of 1'), 'o'],
        [at('0.txt[^]*1 of 1'), 'q'],
      ],
      [],
      { VISUAL: join(outside, 'vi') },
    );
    expect(existsSync(opened)).toBe(false);
  });

  it('shows the page and the git command of a secret in the history', async () => {
    const secret = token();
    const root = tempRepository({ 'old name.txt': line(secret) });
    git(root, 'remote', 'add', 'origin', 'https://gitlab.com/group/project.git');
    git(root, 'rm', '--quiet', 'old name.txt');
    git(root, 'commit', '--quiet', '--message', 'second');
    const folder = tempFolder();
    const report = join(folder, 'h.json');
    await glaive(['history', '--output', `json=${report}`], { cwd: root });
    const commit = git(root, 'rev-parse', 'HEAD~1').trim();
    const ran = await glaive(['triage', report], {
      cwd: root,
      env: { HOME: folder },
      keys: [
        [at('1 of 1'), 'o'],
        [at('git show[^]*1 of 1'), 'q'],
      ],
    });
    expect(ran.stdout).toContain(`  git show '${commit}:old name.txt'\n`);
    expect(ran.stdout).toContain(`  https://gitlab.com/group/project/-/blob/${commit}/old%20name.txt#L1\n`);
  });

  it('has colours only if they are wanted', async () => {
    const { root } = await ground(1);
    const folder = tempFolder();
    await glaive(['scan', '--output', `json=${join(folder, 'r.json')}`], { cwd: root });
    const run = async (env: Readonly<Record<string, string>>) =>
      await glaive(['triage', join(folder, 'r.json')], {
        cwd: root,
        env: { HOME: folder, TERM: 'xterm', ...env },
        keys: [[at('1 of 1'), 'q']],
      });
    expect((await run({})).stdout).toContain('\u001B[31m');
    // oxlint-disable-next-line no-control-regex -- the sequences that colour
    expect((await run({ NO_COLOR: '1' })).stdout).not.toMatch(/\u001B\[[\d;]*m/);
  });

  it('without a terminal it names the commands that need none', async () => {
    const { triage } = await ground(1);
    const { code, stderr } = await triage(undefined);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/no terminal[^]*glaive accept[^]*glaive revoke/)]);
    const bare = await glaive(['triage'], { keys: [] });
    expect([bare.code, bare.stderr]).toEqual([2, expect.stringContaining('it needs the file of a REPORT')]);
  });

  it('text of a report cannot draw on the terminal', async () => {
    const { root } = await ground(1);
    const folder = tempFolder();
    const report = join(folder, 'r.json');
    await glaive(['scan', '--output', `json=${report}`], { cwd: root });
    const evil = '\\u001b[2J\\u009b31m\\u202e';
    const text = readFileSync(report, 'utf8');
    writeFileSync(
      report,
      text.replaceAll('"0.txt"', `"${evil}${'long'.repeat(200)}.txt"`).replaceAll('t = ', `${evil}t = `),
    );
    const { stdout } = await glaive(['triage', report], {
      cwd: root,
      env: { HOME: folder, NO_COLOR: '1' },
      keys: [
        [at('1 of 1'), 'o'],
        [at('1 of 1'), 'r'],
        [at('1 of 1'), 'a'],
        ['Why is it no danger', 'x\r'],
        ['Its last day', '\r'],
      ],
    });
    expect(stdout).toContain('accepted 1');
    expect(stdout).not.toMatch(/\[2J(?<!␛\[2J)|\u009b|\u202e/);
    expect(readFileSync(join(root, '.glaive-baseline'), 'utf8').split('\n')).toHaveLength(4);
  });

  it('a secret in a reason is masked', async () => {
    const { triage, baseline, audit } = await ground(1);
    const other = token();
    await triage([
      [at('1 of 1'), 'a'],
      ['Why is it no danger', `replaced by ${other}\r`],
      ['Its last day', '\r'],
    ]);
    expect(baseline()).toContain('# replaced by [MASKED]');
    expect(baseline() + JSON.stringify(audit())).not.toContain(other.slice(8));
  });
});
