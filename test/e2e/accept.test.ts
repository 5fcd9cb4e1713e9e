/** Accepting a leak: what is accepted is shown and confirmed, single findings by fingerprint, and nothing is forgotten. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { glaive } from '../support/run-cli.ts';
import { fingerprintOf, scanJson, tokenMint } from '../support/scan-report.ts';
import { git, tempRepository, writeFiles } from '../support/temp-folder.ts';

const token = tokenMint(67);
const line = (secret: string): string => `t = "${secret}"\n`;
const FILE = '.glaive-baseline';

const entries = (root: string): string[] =>
  existsSync(join(root, FILE))
    ? readFileSync(join(root, FILE), 'utf8')
        .split('\n')
        .filter((text) => text !== '' && !text.startsWith('#'))
    : [];

const accept = (root: string, ...args: string[]) => glaive(['accept', ...args], { cwd: root });

describe('glaive baseline', () => {
  it('accepts nothing that was not confirmed: without a terminal it needs --yes, and shows what it would accept', async () => {
    const secret = token();
    const root = tempRepository({ 'a.txt': line(secret) });
    const { code, stdout, stderr } = await glaive(['baseline'], { cwd: root });
    expect(code).toBe(2);
    expect(stderr).toContain('--yes');
    expect(stdout).toMatch(/^1 finding to accept:\n {2}a\.txt:1 {2}gitlab_personal_access_token /);
    expect(stdout).not.toContain(secret.slice(6, 16));
    expect(entries(root)).toEqual([]);
  });

  it('--dry-run lists and writes nothing; without a change nothing is asked', async () => {
    const root = tempRepository({ 'a.txt': line(token()) });
    const dry = await glaive(['baseline', '--dry-run'], { cwd: root });
    expect([dry.code, dry.stderr]).toEqual([0, '']);
    expect(dry.stdout).toContain('1 finding to accept:');
    expect(entries(root)).toEqual([]);
    await glaive(['baseline', '--yes'], { cwd: root });
    expect(entries(root)).toHaveLength(1);
    const again = await glaive(['baseline'], { cwd: root });
    expect([again.code, again.stderr]).toEqual([0, '']);
  });

  it('in a subfolder it removes nothing of the rest of the repository', async () => {
    const root = tempRepository({ 'a.txt': line(token()), 'sub/b.txt': line(token()) });
    await glaive(['baseline', '--yes'], { cwd: root });
    const { code } = await glaive(['baseline', '--yes'], { cwd: join(root, 'sub') });
    expect(code).toBe(0);
    expect(entries(root)).toHaveLength(2);
  });
});

describe('what a history has', () => {
  /** A repository whose history holds a leak that its work tree does not. */
  function withHistory(): { root: string; old: string } {
    const old = token();
    const root = tempRepository({ 'old.txt': line(old) });
    git(root, 'rm', '--quiet', 'old.txt');
    git(root, 'commit', '--quiet', '--message', 'out');
    return { root, old };
  }

  it('is accepted by its report, and no scan of the work tree forgets it or calls it stale', async () => {
    const { root, old } = withHistory();
    expect((await glaive(['history', '--output', 'json=.git/h.json'], { cwd: root })).code).toBe(1);
    const imported = await glaive(['baseline', 'import', '.git/h.json', '--yes', '--reason', 'revoked'], { cwd: root });
    expect([imported.code, imported.stderr]).toEqual([0, '']);
    expect(entries(root)).toEqual([
      `${fingerprintOf(old)} gitlab_personal_access_token old.txt from=history # revoked`,
    ]);
    expect((await glaive(['history'], { cwd: root })).code).toBe(0);

    const scan = await glaive(['scan'], { cwd: root });
    expect([scan.code, scan.stderr]).toEqual([0, '']);
    writeFiles(root, { 'new.txt': line(token()) });
    const baseline = await glaive(['baseline', '--yes'], { cwd: root });
    expect(baseline.stdout).toContain('(2 in total)');
    expect(entries(root).filter((text) => text.includes('from=history'))).toHaveLength(1);
    // What comes back into the work tree and goes again is kept as well.
    writeFiles(root, { 'old.txt': line(old) });
    await glaive(['baseline', '--yes'], { cwd: root });
    writeFiles(root, { 'old.txt': '' });
    await glaive(['baseline', '--yes'], { cwd: root });
    expect((await glaive(['history'], { cwd: root })).code).toBe(0);
  });

  it('that is active, according to the report, is called so before it is accepted', async () => {
    const { root } = withHistory();
    const { stdout } = await glaive(['history', '--format', 'json'], { cwd: root });
    const report = JSON.parse(stdout);
    report.findings[0].tokenStatus = 'active';
    writeFiles(root, { '.git/h.json': JSON.stringify(report) });
    const shown = await glaive(['baseline', 'import', '.git/h.json', '--dry-run'], { cwd: root });
    expect(shown.stdout).toMatch(/ active {2}[0-9a-f]{12}\n1 of them is active: revoke first, accept later\.\n$/);
  });

  it('is accepted by a fingerprint of its report, alone', async () => {
    const { root, old } = withHistory();
    const other = token();
    writeFiles(root, { 'other.txt': line(other) });
    git(root, 'add', '--all');
    git(root, 'commit', '--quiet', '--message', 'other');
    await glaive(['history', '--output', 'json=.git/h.json'], { cwd: root });
    const { code, stdout } = await accept(root, fingerprintOf(old).slice(0, 12), '.git/h.json', '--reason', 'revoked');
    expect(code).toBe(0);
    expect(stdout).toContain('Added 1 finding');
    expect(entries(root)).toEqual([
      `${fingerprintOf(old)} gitlab_personal_access_token old.txt from=history # revoked`,
    ]);
    expect((await glaive(['history'], { cwd: root })).code).toBe(1);
  });
});

describe('glaive accept', () => {
  it('takes the fingerprint that a report prints, and accepts nothing else', async () => {
    const [one, other] = [token(), token()];
    const root = tempRepository({ 'a.txt': line(one), 'b.txt': line(other) });
    const { stdout: text } = await glaive(['scan', 'a.txt'], { cwd: root });
    const [, digits] = /fingerprint: ([0-9a-f]+)\n/.exec(text)!;
    const ran = await accept(root, digits!, '--reason', 'fixture of the parser');
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    expect(entries(root)).toEqual([`${fingerprintOf(one)} gitlab_personal_access_token a.txt # fixture of the parser`]);
    const { report } = await scanJson([], { cwd: root });
    const active = report.findings.filter(({ suppressions = [] }) => suppressions.length === 0);
    expect(active.map(({ secretFingerprint }) => secretFingerprint)).toEqual([fingerprintOf(other)]);
    expect((await accept(root, digits!, '--reason', 'again')).stdout).toContain('Accepted before');
    expect(entries(root)).toHaveLength(1);
  });

  it('finds what is only in the index, and in the message of a commit that was stopped', async () => {
    const [staged, inMessage] = [token(), token()];
    const root = tempRepository({ 'a.txt': 'x\n' });
    writeFiles(root, { 'a.txt': line(staged) });
    git(root, 'add', '--all');
    writeFiles(root, { 'a.txt': 'x\n', '.git/COMMIT_EDITMSG': `why: ${inMessage}\n` });
    const wanted = [fingerprintOf(staged).slice(0, 12), fingerprintOf(inMessage).slice(0, 12)];
    const { code, stderr } = await accept(root, ...wanted, '--reason', 'two');
    expect([code, stderr]).toEqual([0, '']);
    expect((await glaive(['staged'], { cwd: root })).code).toBe(0);
    expect((await glaive(['message', '.git/COMMIT_EDITMSG'], { cwd: root })).code).toBe(0);
    // The message is no file of the work tree, so a scan of the work tree says nothing about that entry.
    git(root, 'reset', '--quiet', '--hard');
    await glaive(['baseline', '--yes'], { cwd: root });
    expect(entries(root).map((text) => text.slice(0, 64))).toEqual([fingerprintOf(inMessage)]);
  });

  it('takes a whole fingerprint of anything, without a scan', async () => {
    const root = tempRepository({ 'a.txt': 'x\n' });
    const print = fingerprintOf(token());
    const { code } = await accept(root, print, '--reason', 'seen in a job log', '--expires', '2030-01-01');
    expect(code).toBe(0);
    expect(entries(root)).toEqual([`${print} - - from=accept expires=2030-01-01 # seen in a job log`]);
    expect((await glaive(['scan'], { cwd: root })).stderr).toBe('');
  });

  it('refuses no reason, digits that are of nothing or of several, and changes nothing then', async () => {
    const root = tempRepository({ 'a.txt': line(token()) });
    const without = await accept(root, '0'.repeat(12));
    expect([without.code, without.stderr]).toEqual([2, expect.stringContaining('--reason')]);
    const unknown = await accept(root, '0'.repeat(12), '--reason', 'x');
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('nothing was found')]);
    const none = await accept(root, '--reason', 'x');
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('FINGERPRINT')]);
    expect(entries(root)).toEqual([]);
  });
});
