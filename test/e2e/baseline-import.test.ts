/** `glaive baseline import`: who moves over from gitleaks takes what was accepted along. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { glaive } from '../support/run-cli.ts';
import { tokenMint } from '../support/scan-report.ts';
import { git, tempRepository, writeFiles } from '../support/temp-folder.ts';

const newToken = tokenMint(4321);

const leak = (secret: string, file: string, line: number): object => ({
  RuleID: 'gitlab-pat',
  File: file,
  StartLine: line,
  Secret: secret,
  Commit: '',
});

describe('glaive baseline import', () => {
  it('takes a .gitleaksignore over: places become fingerprints, which stay true when code moves', async () => {
    const [old, now, other] = [newToken(), newToken(), newToken()];
    const cwd = tempRepository({ 'old.env': `x\nA=${old}\n` });
    const commit = git(cwd, 'rev-parse', 'HEAD').trim();
    git(cwd, 'rm', '-q', 'old.env');
    writeFiles(cwd, {
      'a.env': `A=1\nB=${now}\nC=${other}\n`,
      '.gitleaksignore': `# known\n${commit}:old.env:gitlab-pat:2\na.env:gitlab-pat:2  # revoked\n`,
    });
    git(cwd, 'add', '.');
    git(cwd, 'commit', '-qm', 'two');
    const ran = await glaive(['baseline', '--yes', 'import', '.gitleaksignore', '--reason', 'from gitleaks'], { cwd });
    expect([ran.code, ran.stderr, ran.stdout]).toEqual([0, '', expect.stringContaining('Added 2 findings')]);
    const text = readFileSync(join(cwd, '.glaive-baseline'), 'utf8');
    expect(text).toContain('# from gitleaks');
    for (const token of [old, now, other]) expect(text).not.toContain(token.slice(6));
    writeFiles(cwd, { 'a.env': `\n\nC=${other}\nA=1\nB=${now}\nold=${old}\n` });
    const scan = await glaive(['scan', 'a.env'], { cwd });
    expect([scan.code, scan.stdout]).toEqual([1, expect.stringContaining('1 finding in 1 place')]);
    expect(scan.stdout).toContain('2 accepted');
  });

  it('imports a baseline of gitleaks, and keeps the existing entries; foreign secrets are reported', async () => {
    const [known, imported] = [newToken(), newToken()];
    const cwd = tempRepository({ 'a.env': `A=${known}\n` });
    await glaive(['baseline', '--yes'], { cwd });
    writeFiles(cwd, {
      'b.env': `B=${imported}\n`,
      'g.json': JSON.stringify([
        leak(imported, 'b.env', 1),
        leak('hunter2hunter2', 'c.env', 1),
        leak('REDACTED', 'd.env', 1),
      ]),
    });
    const ran = await glaive(['baseline', '--yes', 'import', 'g.json'], { cwd });
    expect([ran.code, ran.stdout, ran.stderr]).toEqual([
      0,
      expect.stringContaining('Added 1 finding'),
      expect.stringContaining('2 findings not imported'),
    ]);
    expect((await glaive(['scan', 'a.env', 'b.env'], { cwd })).code).toBe(0);
  });

  it('says what it cannot find', async () => {
    const cwd = tempRepository({ 'a.env': 'A=1\n' });
    writeFiles(cwd, { ignore: `${'ab'.repeat(20)}:a.env:gitlab-pat:1\ngone.env:x:3\n` });
    const ran = await glaive(['baseline', '--yes', 'import', 'ignore'], { cwd });
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining('not found in commit')]);
    expect(ran.stderr).toContain('gone.env');
    writeFiles(cwd, { bad: 'nonsense\n' });
    expect((await glaive(['baseline', 'import', 'bad'], { cwd })).stderr).toContain('bad:1');
    expect((await glaive(['baseline', 'import'], { cwd })).stderr).toContain('import needs a file');
  });
});
