/** `glaive init`: a repository is set up, once, and what is there stays. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CLI, DIST, glaive } from '../support/run-cli.ts';
import { runProgram } from '../support/run-program.ts';
import { tokenMint } from '../support/scan-report.ts';
import { git, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';

const token = tokenMint(66);

const read = (root: string, name: string): string => readFileSync(join(root, name), 'utf8');

/** Every file of the work tree and the hooks, with its text. */
function stateOf(root: string): Record<string, string> {
  const names = git(root, 'ls-files', '--others', '--cached', '-z').split('\0').filter(Boolean);
  const hooks = ['pre-commit', 'commit-msg', 'pre-push'].map((name) => `.git/hooks/${name}`);
  return Object.fromEntries(
    [...names, ...hooks].filter((name) => existsSync(join(root, name))).map((name) => [name, read(root, name)]),
  );
}

describe('init', () => {
  it('writes what is missing, says so, and changes nothing the second time', async () => {
    const root = tempRepository({ 'sub/a.txt': 'one\n' });
    const { code, stdout, stderr } = await glaive(['init', '--yes'], { cwd: join(root, 'sub') });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n').slice(0, 4)).toEqual([
      'created: .glaive.toml',
      'created: .gitattributes',
      'created: .gitlab-ci.yml',
      'created: .gitlab/glaive.yml',
    ]);
    expect(stdout).toMatch(/pre-commit: created[^]*commit-msg: created[^]*pre-push: created/);
    expect(read(root, '.gitattributes')).toBe('/.glaive-baseline text eol=lf merge=union\n');
    const state = stateOf(root);
    const [, files] = /^Next: commit these files: git add (.*)$/m.exec(stdout) ?? [];
    git(join(root, 'sub'), 'add', ...files!.split(' '));
    expect(git(root, 'status', '--porcelain')).not.toContain('?');
    git(root, 'reset', '--quiet');
    const again = await glaive(['init', '--yes'], { cwd: root });
    expect(again.stdout).not.toContain('Next:');
    expect(again.code).toBe(0);
    expect(again.stdout.match(/^unchanged: /gm)).toHaveLength(4);
    expect(stateOf(root)).toEqual(state);
    // What it wrote is valid, and clean.
    git(root, 'add', '--all');
    expect(await glaive(['staged'], { cwd: root })).toMatchObject({ code: 0, stderr: '' });
  });

  it('--dry-run prints the same, and does nothing', async () => {
    const root = tempRepository({ 'a.txt': 'one\n' });
    const state = stateOf(root);
    const { code, stdout } = await glaive(['init', '--dry-run'], { cwd: root });
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        'would be created: .glaive.toml',
        'would be created: .gitattributes',
        'would be created: .gitlab-ci.yml',
        'would be created: .gitlab/glaive.yml',
        'would be installed: the hooks pre-commit,commit-msg,pre-push',
        '',
      ].join('\n'),
    );
    expect(stateOf(root)).toEqual(state);
  });

  it('adds to what is there, and keeps every byte of it', async () => {
    const files = {
      '.glaive.toml': '# ours\n[scan]\nexclude = ["x/"]\n',
      '.gitattributes': '*.png binary',
      '.gitlab-ci.yml': 'stages:\n  - build\n  - deploy\n\nbuild:\n  stage: build\n  script: [make]\n',
    };
    const root = tempRepository(files);
    const { code, stderr } = await glaive(['init', '--yes', '--hooks', 'none'], { cwd: root });
    expect(code).toBe(0);
    expect(read(root, '.glaive.toml')).toBe(files['.glaive.toml']);
    expect(read(root, '.gitattributes')).toBe('*.png binary\n/.glaive-baseline text eol=lf merge=union\n');
    // There is no stage "test" in this pipeline, and a job that runs for branches only.
    expect(read(root, '.gitlab-ci.yml')).toBe(
      `${files['.gitlab-ci.yml']}\ninclude:\n  - local: .gitlab/glaive.yml\n    inputs:\n      stage: "build"\n`,
    );
    expect(stderr).toContain('note: .gitlab-ci.yml: jobs without rules and no "workflow:"');
    expect(existsSync(join(root, '.git', 'hooks', 'pre-commit'))).toBe(false);
  });

  it('--ci github, --ci none', async () => {
    const root = tempRepository({ '.github/x.yml': 'x: 1\n' });
    expect((await glaive(['init', '--yes'], { cwd: root })).stdout).toContain('created: .github/workflows/glaive.yml');
    expect(existsSync(join(root, '.gitlab-ci.yml'))).toBe(false);
    const other = tempRepository({ 'a.txt': 'x\n' });
    expect((await glaive(['init', '--ci', 'none', '--yes'], { cwd: other })).code).toBe(0);
    expect(existsSync(join(other, 'tools'))).toBe(false);
  });

  it('its jobs are those of the component, by version and without a digest', async () => {
    const root = tempRepository({ 'a.txt': 'x\n' });
    await glaive(['init', '--yes', '--hooks', 'none'], { cwd: root });
    const [, ...jobs] = read(root, '.gitlab/glaive.yml').split('\n');
    const component = readFileSync(join(import.meta.dirname, '../../templates/glaive.yml'), 'utf8');
    expect(jobs.join('\n')).toBe(component.replaceAll(/@sha256:[0-9a-f]{64}/g, ''));
  });

  it.each([
    ['https://gitlab.com/group/project.git', true],
    ['git@gitlab.com:group/project.git', true],
    ['https://gitlab.example.com/group/gitlab.com/project.git', false],
  ])('on GitLab.com it includes the component of the catalog: %s', async (origin, isThere) => {
    const root = tempRepository({ '.gitlab-ci.yml': 'include: [a.yml]\nstages: [build]\n' });
    git(root, 'remote', 'add', 'origin', origin);
    expect((await glaive(['init', '--yes', '--hooks', 'none'], { cwd: root })).code).toBe(0);
    const text = read(root, '.gitlab-ci.yml');
    if (isThere)
      expect(text).toMatch(/component: \$CI_SERVER_FQDN\/[\w/-]+\/glaive@v\d+\.\d+\.\d+, inputs: \{ stage: "build" \}/);
    else expect(text).toContain('{ local: .gitlab/glaive.yml, inputs: { stage: "build" } }');
    expect(existsSync(join(root, '.gitlab'))).toBe(!isThere);
    // The line of the documents adds all of it, here and there.
    const [line = ''] = /^git add .*/m.exec(readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')) ?? [];
    expect(await runProgram('sh', ['-c', line], { cwd: root })).toMatchObject({ code: 0, stderr: '' });
    expect(git(root, 'status', '--porcelain', '--untracked-files=all')).not.toContain('?');
    const again = await glaive(['init', '--yes', '--hooks', 'none'], { cwd: root });
    expect(again.stdout).toContain('unchanged: .gitlab-ci.yml');
    expect((await glaive(['doctor'], { cwd: root })).stdout).toMatch(/^ok +ci: /m);
  });

  it.each(['gitlab', 'github'])('--single-file keeps glaive in the repository: %s', async (ci) => {
    const root = tempRepository({ 'a.txt': `${token()}\n` });
    const args = ['init', '--yes', '--hooks', 'none', '--ci', ci, '--single-file'];
    const { stdout } = await glaive([...args, join(DIST, 'glaive.cjs')], { cwd: root });
    expect(stdout).toContain('created: tools/glaive.cjs');
    const ran = await runProgram(process.execPath, ['tools/glaive.cjs', 'scan'], { cwd: root });
    expect(ran).toMatchObject({ code: 1, stdout: expect.stringContaining('a.txt') });
    if (ci === 'gitlab') expect(read(root, '.gitlab-ci.yml')).toContain('source: "./tools/glaive.cjs"');
    else expect(read(root, '.github/workflows/glaive.yml')).toContain('- run: node tools/glaive.cjs diff');
    expect((await glaive([...args, 'a.txt'], { cwd: root })).stderr).toContain('not the single file of glaive');
    expect((await glaive([...args, 'gone.cjs'], { cwd: root })).stderr).toContain('there is no such file');
  });

  it('says that a single file of before is no longer needed, and which input is gone', async () => {
    const root = tempRepository({
      '.gitlab-ci.yml': 'include:\n  - local: .gitlab/glaive.yml\n',
      'tools/glaive.cjs': 'old\n',
    });
    const { stderr } = await glaive(['init', '--yes', '--hooks', 'none'], { cwd: root });
    expect(stderr).toBe(
      'glaive: note: tools/glaive.cjs: the jobs of glaive no longer run it. If nothing else does: git rm tools/glaive.cjs\n',
    );
    writeFiles(root, {
      '.gitlab-ci.yml': 'include:\n  - local: .gitlab/glaive.yml\n    inputs: { glaive: node x.cjs }\n',
    });
    const again = await glaive(['init', '--yes', '--hooks', 'none'], { cwd: root });
    expect(again.stderr).toContain('the jobs have no input "glaive", so GitLab refuses the pipeline: use source');
    // The entry of the weekly history, too.
    const second = '  - local: .gitlab/glaive.yml\n    inputs: { mode: history, glaive: node x.cjs }\n';
    writeFiles(root, { '.gitlab-ci.yml': `include:\n  - local: .gitlab/glaive.yml\n${second}` });
    const weekly = await glaive(['init', '--yes', '--hooks', 'none'], { cwd: root });
    expect(weekly.stderr).toContain('the jobs have no input "glaive"');
    expect((await glaive(['doctor'], { cwd: root })).stdout).toContain('the jobs have no input "glaive"');
  });

  it('renews the files that it manages, and takes its former jobs out', async () => {
    const root = tempRepository({
      '.gitlab-ci.yml':
        'a:\n  rules: []\n# >>> glaive >>> Added by `glaive init`.\nglaive:\n  script: [x]\n# <<< glaive <<<\n',
      '.gitlab/glaive.yml': 'old\n',
    });
    const { stdout } = await glaive(['init', '--yes', '--hooks', 'none'], { cwd: root });
    expect(stdout).toContain('added to: .gitlab-ci.yml\nupdated: .gitlab/glaive.yml\n');
    expect(read(root, '.gitlab-ci.yml')).toBe('a:\n  rules: []\n\ninclude:\n  - local: .gitlab/glaive.yml\n');
  });

  it.each(['include: { local: templates/glaive.yml }\n', 'glaive-gate:\n  script: [glaive diff]\n  rules: []\n'])(
    'adds no jobs of glaive where there are some: %j',
    async (text) => {
      const root = tempRepository({ '.gitlab-ci.yml': text });
      const { stdout, stderr } = await glaive(['init', '--yes', '--hooks', 'none'], { cwd: root });
      expect(stdout).toContain('unchanged: .gitlab-ci.yml');
      expect(stderr).toBe('glaive: note: .gitlab-ci.yml: it has jobs of glaive already\n');
      expect(read(root, '.gitlab-ci.yml')).toBe(text);
      expect(existsSync(join(root, '.gitlab'))).toBe(false);
    },
  );

  it('a pipeline that is not YAML stops it before anything is written', async () => {
    const root = tempRepository({ '.gitlab-ci.yml': 'a: [\n' });
    const state = stateOf(root);
    expect(await glaive(['init', '--yes'], { cwd: root })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('.gitlab-ci.yml:'),
    });
    expect(stateOf(root)).toEqual(state);
  });

  it('without a terminal it writes nothing that was not confirmed', async () => {
    const root = tempRepository({ 'a.txt': 'one\n' });
    const state = stateOf(root);
    expect(await glaive(['init'], { cwd: root })).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/must be confirmed[^]*--yes[^]*--dry-run/),
    });
    expect(stateOf(root)).toEqual(state);
  });

  it('at a terminal it asks for what no flag says', async () => {
    const root = tempRepository({ 'a.txt': 'one\n' });
    const typed = `sleep 1; printf 'pre-push\\n'; sleep 0.3; printf 'none\\n'; sleep 1`;
    const { stdout } = await runProgram(
      'sh',
      ['-c', `(${typed}) | script -qec "${process.execPath} ${CLI} init" /dev/null`],
      { cwd: root },
    );
    expect(stdout).toMatch(/Hooks to install[^]*A job in CI: gitlab, github or none\? \[gitlab\]/);
    expect(stdout).toMatch(/pre-push: created/);
    expect(existsSync(join(root, '.git', 'hooks', 'pre-commit'))).toBe(false);
    expect(existsSync(join(root, '.gitlab-ci.yml'))).toBe(false);
  });

  it('outside of a repository it says so', async () => {
    expect(await glaive(['init'], { cwd: tempFolder() })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no git repository'),
    });
  });
});

it('changes nothing if the hooks cannot be installed', async () => {
  const root = tempRepository();
  const name = '.pre-commit-config.yaml';
  writeFiles(root, { [name]: 'repos: [\n' });
  for (const flag of ['--dry-run', '--yes']) {
    expect((await glaive(['init', flag], { cwd: root })).code).toBe(2);
    expect(git(root, 'status', '--short')).toBe(`?? ${name}\n`);
  }
});
