/** `glaive diff`: findings that a change accepts itself are reported, and with `--new-suppressions fail` it does not count. */

import { readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { glaive, type Ran } from '../support/run-cli.ts';
import { some } from '../support/runs.ts';
import { type ScanReport, tokenMint } from '../support/scan-report.ts';
import { git, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';

const newToken = tokenMint(1004);
let cwd: string;

beforeEach(() => {
  cwd = tempRepository({ 'readme.md': 'hello\n' });
  git(cwd, 'tag', 'base');
});

function commit(files: Readonly<Record<string, string>>): void {
  writeFiles(cwd, files);
  git(cwd, 'add', '--all');
  git(cwd, 'commit', '-qm', 'change');
}

const report = ({ stdout }: Ran): ScanReport => JSON.parse(stdout);

const diff = async (...more: string[]) => await glaive(['diff', 'base..HEAD', ...more], { cwd });

/** Each takes a token in a file, and a change that accepts it. */
const WAYS: Readonly<Record<string, (token: string) => Promise<Record<string, string>>>> = {
  'a comment': async (token) => ({ 'a.env': `A=${token} # glaive:allow a fixture\n` }),
  'a comment of gitleaks': async (token) => ({ 'a.env': `A=${token} # gitleaks:allow\n` }),
  'an entry of the configuration': async (token) => ({
    'a.env': `A=${token}\n`,
    '.glaive.toml': '[[allow]]\npath = "*.env"\nreason = "fixtures"\n',
  }),
  'a line of the baseline': async (token) => {
    writeFiles(cwd, { 'a.env': `A=${token}\n` });
    await glaive(['baseline', '--yes', '--reason', 'known'], { cwd });
    rmSync(join(cwd, 'a.env'));
    return { 'a.env': `A=${token}\n`, '.glaive-baseline': readFileSync(join(cwd, '.glaive-baseline'), 'utf8') };
  },
};

describe.each(some(Object.keys(WAYS), 2))('%s that the change adds', (name) => {
  it('counts as accepted, and is reported', async () => {
    commit(await WAYS[name]!(newToken()));
    const { code, stderr } = await diff();
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: 'glaive: note: this change itself accepts 1 finding: a.env:1\n',
    });
    const { findings } = report(await diff('--format', 'json'));
    expect(findings[0]!.suppressions).toMatchObject([{ addedByChange: true }]);
    expect(findings[0]!.suppressions![0]).not.toHaveProperty('status');
  });

  it('does not count with --new-suppressions fail, and is reported', async () => {
    const token = newToken();
    commit(await WAYS[name]!(token));
    const ran = await diff('--new-suppressions', 'fail');
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain('which is ignored (--new-suppressions fail): a.env:1');
    expect(ran.stdout).toMatch(/not accepted: (?:by|in) .*, which this change adds/);
    expect(ran.stdout + ran.stderr).not.toContain(token.slice(6));
    const { counts, findings } = report(await diff('--new-suppressions', 'fail', '--format', 'json'));
    expect(counts).toMatchObject({ findings: 1, suppressed: 0 });
    expect(findings[0]!.suppressions).toMatchObject([{ addedByChange: true, status: 'rejected' }]);
    const sarif = JSON.parse((await diff('--new-suppressions', 'fail', '--format', 'sarif')).stdout);
    expect(sarif.runs[0].results[0].suppressions).toMatchObject([{ status: 'rejected' }]);
  });
});

describe('suppressions that are older than the change', () => {
  it.each(['an entry of the configuration', 'a line of the baseline'])('%s counts, and is no news', async (name) => {
    const files = await WAYS[name]!(newToken());
    const { 'a.env': leak, ...accepted } = files;
    git(cwd, 'reset', '-q', '--hard');
    commit(accepted);
    git(cwd, 'tag', '-f', 'base');
    commit({ 'a.env': leak! });
    expect(await diff('--new-suppressions', 'fail')).toMatchObject({ code: 0, stderr: '' });
  });

  it('what is accepted stays so when its file is changed again', async () => {
    const files = await WAYS['a line of the baseline']!(newToken());
    const { 'a.env': leak, ...accepted } = files;
    commit(accepted);
    git(cwd, 'tag', '-f', 'base');
    commit({ 'a.env': leak! });
    commit({ 'a.env': `# more\n${leak}` });
    expect(await diff('--new-suppressions', 'fail')).toMatchObject({ code: 0, stderr: '' });
  });

  it('a longer time is news', async () => {
    const token = newToken();
    writeFiles(cwd, { 'a.env': `A=${token}\n` });
    await glaive(['baseline', '--yes', '--reason', 'known', '--expires', '2027-02-01'], { cwd });
    const baseline = readFileSync(join(cwd, '.glaive-baseline'), 'utf8');
    commit({ '.glaive-baseline': baseline, 'a.env': 'A=1\n' });
    git(cwd, 'tag', '-f', 'base');
    commit({ '.glaive-baseline': baseline.replace('2027-02-01', '2999-01-01'), 'a.env': `A=${token}\n` });
    expect((await diff('--new-suppressions', 'fail')).code).toBe(1);
    expect((await diff()).code).toBe(0);
  });

  it.each([
    ['.glaive.toml', '[[allow]]\npath = "*.env"\nreason = "left here"\n'],
    ['.glaiveignore', '*.env\n'],
    ['.glaive.toml', '[scan]\nmin_confidence = "proven"\n'],
    ['.glaive.toml', '[rules]\ndisable = ["gitlab"]\n'],
  ])(
    'a %s that is in no commit, as %j, is reported, and does not count with --new-suppressions fail',
    async (file, text) => {
      commit({ 'a.env': `A=${newToken()}\n` });
      writeFiles(cwd, { [file]: text });
      const list = await diff();
      expect(list).toMatchObject({
        code: 0,
        stderr: expect.stringContaining('note: different from the commit that is checked out'),
      });
      expect(list.stderr).toMatch(new RegExp(`checked out: ${file}\\n`));
      const fail = await diff('--new-suppressions', 'fail');
      expect(fail.code).toBe(1);
      expect(fail.stderr).toMatch(/checked out, which is ignored \(--new-suppressions fail\): /);
    },
  );

  it('so is one that was changed after it was checked out', async () => {
    commit({ '.glaive.toml': '# nothing\n', 'a.env': `A=${newToken()}\n` });
    git(cwd, 'tag', '-f', 'base', 'HEAD~1');
    writeFiles(cwd, { '.glaive.toml': '[scan]\nexclude = ["*.env"]\n' });
    expect((await diff()).stderr).toContain('checked out: .glaive.toml');
    expect((await diff('--new-suppressions', 'fail')).code).toBe(1);
    writeFiles(cwd, { '.glaive.toml': '# nothing\r\n' });
    expect((await diff()).stderr).not.toContain('checked out');
  });

  it('what is named counts, in a commit or not', async () => {
    commit({ 'a.env': `A=${newToken()}\n` });
    writeFiles(cwd, { 'ci.toml': '[[allow]]\npath = "*.env"\nreason = "ours"\n' });
    const ran = await diff('--new-suppressions', 'fail', '--config', 'ci.toml');
    expect(ran).toMatchObject({ code: 0, stderr: '' });
  });

  it('a file outside the repository is not part of the change', async () => {
    commit({ 'a.env': `A=${newToken()}\n` });
    const outside = tempFolder();
    writeFiles(outside, { 'own.toml': '[[allow]]\npath = "*.env"\nreason = "ours"\n' });
    expect((await diff('--new-suppressions', 'fail', '--config', join(outside, 'own.toml'))).code).toBe(0);
  });

  it('is read through a link in the repository', async () => {
    commit({ 'etc/glaive.toml': '[[allow]]\npath = "*.env"\nreason = "ours"\n' });
    symlinkSync('etc/glaive.toml', join(cwd, '.glaive.toml'));
    commit({});
    git(cwd, 'tag', '-f', 'base');
    commit({ 'a.env': `A=${newToken()}\n` });
    expect(await diff('--new-suppressions', 'fail')).toMatchObject({ code: 0, stderr: '' });
  });

  it('what is broken there is nothing, and may be mended', async () => {
    commit({ '.glaive-baseline': 'nonsense\n' });
    git(cwd, 'tag', '-f', 'base');
    writeFiles(cwd, { '.glaive-baseline': '' });
    commit(await WAYS['a line of the baseline']!(newToken()));
    const { code, stderr } = await diff();
    expect(code).toBe(0);
    expect(stderr).toContain('this change itself accepts 1 finding: a.env:1\n');
    expect(stderr).toContain('.glaive-baseline:1: ');
  });
});

describe('files that the change excludes', () => {
  it.each([
    ['.glaiveignore', '*.env\n', 'excludes a.env'],
    ['.glaive.toml', '[scan]\nexclude = ["*.env"]\n', 'excludes a.env'],
    [
      '.glaive.toml',
      '[rules]\ndisable = ["gitlab_personal_access_token_routable", "gitlab"]\n',
      'rules.disable gitlab',
    ],
    ['.glaive.toml', '[scan]\nmin_confidence = "proven"\n', 'scan.min_confidence'],
    ['.glaive.toml', '[scan]\nfail_on = "certain"\nmin_confidence = "proven"\n', 'scan.fail_on'],
  ])('by %s %j is reported, and scanned with --new-suppressions fail', async (file, text, reported) => {
    commit({ [file]: text, 'a.env': `A=${newToken()}\n` });
    const list = await diff();
    expect(list).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('this change itself alters the policy of its scan: '),
    });
    expect(list.stderr).toContain(reported);
    const fail = await diff('--new-suppressions', 'fail');
    expect(fail.code).toBe(1);
    expect(fail.stderr).toContain('policy of its scan, which is ignored (--new-suppressions fail): ');
    expect(fail.stderr).toContain(reported);
  });

  it('a name that holds a secret is masked in the note', async () => {
    const token = newToken();
    commit({ '.glaiveignore': '*.env\n', [`${token}.env`]: 'x\n' });
    const { stderr } = await diff();
    expect(stderr).toContain('excludes ');
    expect(stderr).not.toContain(token.slice(6));
  });

  it('a strict setting stays in effect in the change that removes it', async () => {
    commit({ '.glaive.toml': '[scan]\nstrict = true\n', '.glaiveignore': '*.bin\n' });
    git(cwd, 'tag', '-f', 'base');
    commit({ '.glaive.toml': '# nothing\n', 'a.bin': 'x\n' });
    expect((await diff()).code).toBe(0);
    expect((await diff('--new-suppressions', 'fail')).code).toBe(2);
  });
});

it('where nothing was before, everything is the change’s own', async () => {
  const root = tempRepository({ 'a.env': `A=${newToken()}\n`, '.glaiveignore': '*.env\n' });
  const env = {
    GITLAB_CI: 'true',
    CI_COMMIT_SHA: git(root, 'rev-parse', 'HEAD').trim(),
    CI_COMMIT_BEFORE_SHA: '0'.repeat(40),
    CI_COMMIT_BRANCH: 'main',
    CI_DEFAULT_BRANCH: 'main',
    CI_PIPELINE_SOURCE: 'push',
  };
  const ran = await glaive(['diff', '--new-suppressions', 'fail'], { cwd: root, env });
  expect(ran.code).toBe(1);
});

it('the way must be one of two', async () => {
  expect(await diff('--new-suppressions', 'maybe')).toMatchObject({ code: 2, stderr: expect.stringContaining('list') });
});
