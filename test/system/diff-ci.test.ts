/** `glaive diff` without a RANGE: in the jobs of GitLab CI and GitHub Actions, with the clones that they make. */

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { glaive } from '../support/run-cli.ts';
import { diffJson, positionsOf, tokenMint } from '../support/scan-report.ts';
import { git, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';

const token = tokenMint(62);
const ZEROS = '0'.repeat(40);

function commit(root: string, files: Readonly<Record<string, string>> = {}): string {
  writeFiles(root, files);
  git(root, 'add', '--all');
  git(root, 'commit', '--quiet', '--allow-empty', '--message', 'x');
  return head(root);
}

function head(root: string, name = 'HEAD'): string {
  return git(root, 'rev-parse', name).trim();
}

/** The clone of a CI job: a detached commit, fetched by itself, and nothing else. */
function jobClone(server: string, id: string, depth?: number): string {
  const root = tempFolder();
  git(root, 'init', '--quiet');
  git(root, 'remote', 'add', 'origin', `file://${server}`);
  const deep = depth === undefined ? [] : [`--depth=${depth}`];
  git(root, 'fetch', '--quiet', '--no-tags', ...deep, 'origin', `+${id}:refs/pipelines/1`);
  git(root, 'checkout', '--quiet', '--detach', id);
  return root;
}

/** An origin with `main` of five commits, and `topic` with a token in its first of three. */
function origin() {
  const root = tempRepository({ 'old.txt': token() });
  for (const name of ['b', 'c', 'd', 'e']) commit(root, { [`${name}.txt`]: `${name}\n` });
  const base = head(root);
  git(root, 'checkout', '--quiet', '-b', 'topic');
  const leaked = commit(root, { 'leak.txt': `${token()}\n` });
  commit(root, { 'x.txt': 'x\n' });
  const tip = commit(root, { 'y.txt': 'y\n' });
  git(root, 'checkout', '--quiet', 'main');
  return { root, base, leaked, tip };
}

const GITLAB = { GITLAB_CI: 'true', CI_DEFAULT_BRANCH: 'main' };

describe('GitLab CI', () => {
  it('merge request pipeline', async () => {
    const { root, base, tip, leaked } = origin();
    const clone = jobClone(root, tip);
    const env = {
      ...GITLAB,
      CI_COMMIT_SHA: tip,
      CI_COMMIT_BEFORE_SHA: ZEROS,
      CI_PIPELINE_SOURCE: 'merge_request_event',
      CI_MERGE_REQUEST_IID: '7',
      CI_MERGE_REQUEST_DIFF_BASE_SHA: base,
      CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: 'topic',
      CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main',
      CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: '',
    };
    const { code, report } = await diffJson(clone, [], { env });
    expect({ code, positions: positionsOf(report) }).toEqual({ code: 1, positions: ['leak.txt:1:1'] });
    expect(report.findings[0]!.introduction!.commit).toBe(leaked);
  });

  it.each(['merged_result', 'merge_train'])('%s pipeline: the merge is GitLab’s', async (type) => {
    const { root, base, tip } = origin();
    commit(root, { 'theirs.txt': token() });
    git(root, 'checkout', '--quiet', '--detach', 'main');
    git(root, 'merge', '--quiet', '--no-ff', '--no-edit', 'topic');
    const merge = head(root);
    const clone = jobClone(root, merge);
    const env = {
      ...GITLAB,
      CI_COMMIT_SHA: merge,
      CI_PIPELINE_SOURCE: 'merge_request_event',
      CI_MERGE_REQUEST_EVENT_TYPE: type,
      CI_MERGE_REQUEST_IID: '7',
      CI_MERGE_REQUEST_DIFF_BASE_SHA: base,
      CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: tip,
      CI_MERGE_REQUEST_TARGET_BRANCH_SHA: head(root, 'main'),
    };
    const { code, report } = await diffJson(clone, [], { env });
    expect({ code, positions: positionsOf(report) }).toEqual({ code: 1, positions: ['leak.txt:1:1'] });
  });

  const push = (id: string, before: string, branch: string, source = 'push') => ({
    ...GITLAB,
    CI_COMMIT_SHA: id,
    CI_COMMIT_BEFORE_SHA: before,
    CI_COMMIT_BRANCH: branch,
    CI_COMMIT_REF_NAME: branch,
    CI_PIPELINE_SOURCE: source,
  });

  it('push to a branch', async () => {
    const { root, leaked, tip } = origin();
    const clone = jobClone(root, tip);
    const after = await diffJson(clone, [], { env: push(tip, leaked, 'topic') });
    expect({ code: after.code, found: positionsOf(after.report) }).toEqual({ code: 0, found: [] });
    const whole = await diffJson(clone, [], { env: push(tip, head(root, 'main'), 'topic') });
    expect({ code: whole.code, found: positionsOf(whole.report) }).toEqual({ code: 1, found: ['leak.txt:1:1'] });
  });

  it('new branch: what the default branch lacks, which must be fetched', async () => {
    const { root, tip } = origin();
    const clone = jobClone(root, tip);
    const env = push(tip, ZEROS, 'topic');
    const without = await diffJson(clone, [], { env });
    expect(without.code).toBe(2);
    expect(without.report.gaps).toMatchObject([
      { kind: 'history', message: expect.stringContaining('refs/remotes/origin/main') },
    ]);
    expect(without.stderr).toContain('--fetch');
    const fetched = await diffJson(clone, ['--fetch'], { env });
    expect({ code: fetched.code, found: positionsOf(fetched.report) }).toEqual({ code: 1, found: ['leak.txt:1:1'] });
  });

  it('force push: what was replaced is gone, and everything that the branch adds counts', async () => {
    const { root, tip } = origin();
    const gone = 'f'.repeat(40);
    const clone = jobClone(root, tip);
    expect(await diffJson(clone, [], { env: push(tip, gone, 'topic') })).toMatchObject({ code: 2 });
    const { code, report } = await diffJson(clone, ['--fetch'], { env: push(tip, gone, 'topic') });
    expect({ code, found: positionsOf(report) }).toEqual({ code: 1, found: ['leak.txt:1:1'] });
    // Of the default branch there is nothing else to compare with.
    const main = head(root, 'main');
    const other = await diffJson(jobClone(root, main), ['--fetch'], { env: push(main, gone, 'main') });
    expect(other.code).toBe(2);
    expect(other.report.gaps).toMatchObject([{ kind: 'history' }]);
  });

  it('first push to the default branch: everything', async () => {
    const { root } = origin();
    const main = head(root, 'main');
    const { code, report } = await diffJson(jobClone(root, main), [], { env: push(main, ZEROS, 'main') });
    expect({ code, found: positionsOf(report) }).toEqual({ code: 1, found: ['old.txt:1:1'] });
  });

  it.each(['schedule', 'web', 'api'])(
    '%s on the default branch has no base to compare with, and is not called clean',
    async (source) => {
      const { root } = origin();
      const main = head(root, 'main');
      const { code, stdout, stderr } = await glaive(['diff'], {
        cwd: jobClone(root, main),
        env: push(main, ZEROS, 'main', source),
      });
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(new RegExp(`started by ${source} on main.*\n.*glaive scan`));
    },
  );

  it('schedule on another branch', async () => {
    const { root, tip } = origin();
    const { code, report } = await diffJson(jobClone(root, tip), ['--fetch'], {
      env: push(tip, ZEROS, 'topic', 'schedule'),
    });
    expect({ code, found: positionsOf(report) }).toEqual({ code: 1, found: ['leak.txt:1:1'] });
  });

  it('tag: its message, and what the default branch lacks', async () => {
    const { root, tip } = origin();
    git(root, 'tag', '--annotate', '--message', `release\n\n${token()}`, 'v1', tip);
    const clone = jobClone(root, tip);
    git(clone, 'fetch', '--quiet', 'origin', 'refs/tags/v1:refs/tags/v1', 'main:refs/remotes/origin/main');
    const env = {
      ...GITLAB,
      CI_COMMIT_SHA: tip,
      CI_COMMIT_TAG: 'v1',
      CI_COMMIT_BEFORE_SHA: ZEROS,
      CI_PIPELINE_SOURCE: 'push',
    };
    const { code, report } = await diffJson(clone, [], { env });
    expect({ code, found: positionsOf(report) }).toEqual({ code: 1, found: ['leak.txt:1:1', 'tag/v1/message:8:1'] });
  });

  it('the name of the branch', async () => {
    const { root, tip } = origin();
    const secret = token();
    const clone = jobClone(root, tip);
    git(clone, 'fetch', '--quiet', 'origin', 'main:refs/remotes/origin/main');
    const { code, report, stdout } = await diffJson(clone, [], { env: push(tip, ZEROS, `fix/${secret}`) });
    expect(code).toBe(1);
    expect(report.findings.map(({ artifact }) => artifact.kind).toSorted()).toEqual(['file', 'ref-name']);
    expect(stdout).not.toContain(secret.slice(6));
  });

  it('the name of a branch that adds nothing is not repeated', async () => {
    const { root, tip } = origin();
    const secret = token();
    const { code, stdout, stderr } = await glaive(['diff'], { cwd: jobClone(root, tip), env: push(tip, tip, secret) });
    expect(code).toBe(1);
    expect(stderr).toContain('there are no commits in');
    expect(stdout + stderr).not.toContain(secret.slice(6));
  });

  it('variables that are missing are named', async () => {
    const { root, tip } = origin();
    const { code, stderr } = await glaive(['diff'], { cwd: jobClone(root, tip), env: { GITLAB_CI: 'true' } });
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('CI_COMMIT_SHA is not set') });
  });
});

describe('shallow clones', () => {
  it('the base is beyond the end: a gap without --fetch, complete with it', async () => {
    const { root, base, tip } = origin();
    const env = { ...GITLAB, CI_COMMIT_SHA: tip, CI_MERGE_REQUEST_IID: '7', CI_MERGE_REQUEST_DIFF_BASE_SHA: base };
    const clone = jobClone(root, tip, 2);
    const shallow = await diffJson(clone, [], { env });
    expect(shallow.code).toBe(2);
    expect(shallow.report.gaps).toMatchObject([{ kind: 'history', message: expect.stringContaining(base) }]);
    expect(shallow.stderr).toMatch(/--fetch.*GIT_DEPTH: 0/);
    const { code, report } = await diffJson(clone, ['--fetch'], { env });
    expect({ code, gaps: report.gaps, found: positionsOf(report) }).toEqual({
      code: 1,
      gaps: [],
      found: ['leak.txt:1:1'],
    });
  });

  it('the base is here, and the commits between are not: never the whole tree as if it were new', async () => {
    const { root, base, tip } = origin();
    const clone = jobClone(root, tip, 1);
    git(clone, 'fetch', '--quiet', '--depth=1', 'origin', base);
    const cut = await diffJson(clone, [`${base}..${tip}`]);
    expect({ code: cut.code, found: positionsOf(cut.report) }).toEqual({ code: 2, found: [] });
    expect(cut.report.gaps).toMatchObject([
      { kind: 'history', uri: `commit/${tip}`, message: expect.stringContaining('shallow clone') },
    ]);
    const { code, report } = await diffJson(clone, ['--fetch', `${base}..${tip}`]);
    expect({ code, gaps: report.gaps, found: positionsOf(report) }).toEqual({
      code: 1,
      gaps: [],
      found: ['leak.txt:1:1'],
    });
  });

  it('deep enough is deep enough', async () => {
    const { root, base, tip } = origin();
    const { code, report } = await diffJson(jobClone(root, tip, 4), [`${base}..${tip}`]);
    expect({ code, gaps: report.gaps, found: positionsOf(report) }).toEqual({
      code: 1,
      gaps: [],
      found: ['leak.txt:1:1'],
    });
  });

  it('a remote that does not answer is a gap that says so', async () => {
    const { root, base, tip } = origin();
    const clone = jobClone(root, tip, 2);
    git(clone, 'remote', 'set-url', 'origin', 'file:///nowhere/at/all');
    const { code, report } = await diffJson(clone, ['--fetch', `${base}..${tip}`]);
    expect(code).toBe(2);
    expect(report.gaps).toMatchObject([{ kind: 'history', message: expect.stringMatching(/could not fetch/) }]);
  });
});

describe('GitHub Actions', () => {
  const event = (payload: unknown): string => {
    const folder = tempFolder();
    writeFiles(folder, { 'event.json': JSON.stringify(payload) });
    return join(folder, 'event.json');
  };
  const repository = { default_branch: 'main' };

  it('pull request', async () => {
    const { root, base, tip } = origin();
    const env = {
      GITHUB_ACTIONS: 'true',
      GITHUB_EVENT_NAME: 'pull_request',
      GITHUB_SHA: tip,
      GITHUB_REF: 'refs/pull/1/merge',
      GITHUB_EVENT_PATH: event({ repository, pull_request: { base: { sha: base }, head: { sha: tip, ref: 'topic' } } }),
    };
    const { code, report } = await diffJson(jobClone(root, tip), [], { env });
    expect({ code, found: positionsOf(report) }).toEqual({ code: 1, found: ['leak.txt:1:1'] });
  });

  it('push, forced push, and a new branch', async () => {
    const { root, leaked, tip } = origin();
    const run = (before: string, args: string[] = []) =>
      diffJson(jobClone(root, tip), args, {
        env: {
          GITHUB_ACTIONS: 'true',
          GITHUB_EVENT_NAME: 'push',
          GITHUB_SHA: tip,
          GITHUB_REF: 'refs/heads/topic',
          GITHUB_EVENT_PATH: event({ repository, before, after: tip }),
        },
      });
    expect(positionsOf((await run(leaked)).report)).toEqual([]);
    expect(positionsOf((await run(ZEROS, ['--fetch'])).report)).toEqual(['leak.txt:1:1']);
    expect(positionsOf((await run('e'.repeat(40), ['--fetch'])).report)).toEqual(['leak.txt:1:1']);
  });

  it('an invalid event file', async () => {
    const { root, tip } = origin();
    const env = { GITHUB_ACTIONS: 'true', GITHUB_SHA: tip, GITHUB_EVENT_PATH: '/nowhere/event.json' };
    const { code, stderr } = await glaive(['diff'], { cwd: jobClone(root, tip), env });
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/cannot read the event file.*no such file/),
    });
  });
});
