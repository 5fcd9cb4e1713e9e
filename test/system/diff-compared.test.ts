/** What `glaive diff` compares with: every report says it, `--fetch` refreshes it, and the default branch is no news to a branch. */

import { describe, expect, it } from 'vitest';
import { glaive } from '../support/run-cli.ts';
import { diffJson, positionsOf, type ScanReport, tokenMint } from '../support/scan-report.ts';
import { git, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';

const token = tokenMint(63);
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

/** The folder of a runner that keeps its clone: `origin/main` as it was once, and the commit of the job. */
function usedClone(server: string, id: string, depth?: number): string {
  const root = tempFolder();
  git(root, 'init', '--quiet');
  git(root, 'remote', 'add', 'origin', `file://${server}`);
  const deep = depth === undefined ? [] : [`--depth=${depth}`];
  git(root, 'fetch', '--quiet', '--no-tags', ...deep, 'origin', '+refs/heads/main:refs/remotes/origin/main');
  return checkedOut(root, id, depth);
}

function checkedOut(root: string, id: string, depth?: number): string {
  const deep = depth === undefined ? [] : [`--depth=${depth}`];
  git(root, 'fetch', '--quiet', '--no-tags', ...deep, 'origin', `+${id}:refs/pipelines/1`);
  git(root, 'checkout', '--quiet', '--detach', id);
  return root;
}

const push = (id: string, before: string, branch: string) => ({
  GITLAB_CI: 'true',
  CI_DEFAULT_BRANCH: 'main',
  CI_COMMIT_SHA: id,
  CI_COMMIT_BEFORE_SHA: before,
  CI_COMMIT_BRANCH: branch,
  CI_PIPELINE_SOURCE: 'push',
});

interface Compared {
  readonly range: string;
  readonly tip: string;
  readonly bases: readonly { readonly commit: string; readonly ref?: string; readonly chosen: string }[];
}

const comparedWith = ({ scan }: ScanReport): Compared => (scan as unknown as { comparedWith: Compared }).comparedWith;

describe('a folder that a runner uses again', () => {
  /** `main` has moved on with a leak of its own, and a clean branch starts there. */
  const moved = (depth?: number) => {
    const root = tempRepository({ 'a.txt': 'a\n' });
    for (const name of ['b', 'c', 'd']) commit(root, { [`${name}.txt`]: `${name}\n` });
    const clone = usedClone(root, head(root), depth);
    commit(root, { 'main.txt': token() });
    const main = commit(root, { 'x.txt': 'x\n' });
    git(root, 'checkout', '--quiet', '-b', 'topic');
    const tip = commit(root, { 'clean.txt': 'x\n' });
    checkedOut(clone, tip, depth);
    return { root, clone, main, tip };
  };

  it.each([undefined, 2, 50])('the first push of a clean branch, in a clone of depth %s', async (depth) => {
    const { clone, main, tip } = moved(depth);
    const stale = await diffJson(clone, [], { env: push(tip, ZEROS, 'topic') });
    if (depth === undefined) expect(stale.code).toBe(1);
    expect(stale.report.notes.join('\n') + stale.stderr).toMatch(
      /main is the one of this clone, [0-9a-f]{12}, and may be old|--fetch/,
    );
    const fresh = await diffJson(clone, ['--fetch'], { env: push(tip, ZEROS, 'topic') });
    expect({ code: fresh.code, found: positionsOf(fresh.report), notes: fresh.report.notes }).toEqual({
      code: 0,
      found: [],
      notes: [],
    });
    expect(comparedWith(fresh.report).bases).toMatchObject([{ commit: main, ref: 'refs/remotes/origin/main' }]);
  });

  it('a tag on what main is today', async () => {
    const { root, clone, main } = moved();
    git(root, 'tag', 'v1', main);
    git(clone, 'fetch', '--quiet', '--no-tags', 'origin', 'refs/tags/v1:refs/tags/v1');
    git(clone, 'checkout', '--quiet', '--detach', main);
    const env = { GITLAB_CI: 'true', CI_DEFAULT_BRANCH: 'main', CI_COMMIT_SHA: main, CI_COMMIT_TAG: 'v1' };
    expect((await diffJson(clone, [], { env })).code).toBe(1);
    expect((await diffJson(clone, ['--fetch'], { env })).code).toBe(0);
  });

  it('a branch that is named is fetched too', async () => {
    const { clone } = moved();
    expect((await diffJson(clone, ['origin/main..HEAD'])).code).toBe(1);
    expect((await diffJson(clone, ['origin/main..HEAD', '--fetch'])).code).toBe(0);
  });

  it('if the server does not respond, that is reported, and the range is compared with the refs of the clone', async () => {
    const { clone, tip } = moved();
    git(clone, 'remote', 'set-url', 'origin', 'file:///nowhere/at/all');
    const { code, report } = await diffJson(clone, ['--fetch'], { env: push(tip, ZEROS, 'topic') });
    expect(code).toBe(1);
    expect(report.notes.join('\n')).toContain('may be old: the remote did not give it');
  });
});

describe('a push that merges the default branch', () => {
  const merged = () => {
    const root = tempRepository({ 'a.txt': 'a\n' });
    git(root, 'checkout', '--quiet', '-b', 'topic');
    const before = commit(root, { 'topic.txt': 'x\n' });
    git(root, 'checkout', '--quiet', 'main');
    commit(root, { 'main.txt': token() });
    for (const name of ['b', 'c', 'd']) commit(root, { [`${name}.txt`]: `${name}\n` });
    git(root, 'checkout', '--quiet', 'topic');
    git(root, 'merge', '--quiet', '--no-edit', 'main');
    return { root, before, tip: head(root) };
  };

  it.each([undefined, 3, 50])('is not blamed for what is there already, in a clone of depth %s', async (depth) => {
    const { root, before, tip } = merged();
    const clone = usedClone(root, tip, depth);
    const { code, report } = await diffJson(clone, ['--fetch'], { env: push(tip, before, 'topic') });
    expect({ code, found: positionsOf(report), gaps: report.gaps }).toEqual({ code: 0, found: [], gaps: [] });
    expect(comparedWith(report)).toMatchObject({
      range: 'push to topic',
      tip,
      bases: [
        { commit: before, chosen: 'where the branch was before the push' },
        { commit: head(root, 'main'), ref: 'refs/remotes/origin/main', chosen: 'the default branch' },
      ],
    });
  });

  it('nor without --fetch, if the clone has it; if not, that is reported', async () => {
    const { root, before, tip } = merged();
    const env = push(tip, before, 'topic');
    expect((await diffJson(usedClone(root, tip), [], { env })).code).toBe(0);
    const bare = tempFolder();
    git(bare, 'init', '--quiet');
    git(bare, 'remote', 'add', 'origin', `file://${root}`);
    const { code, report } = await diffJson(checkedOut(bare, tip), [], { env });
    expect(code).toBe(1);
    expect(report.notes.join('\n')).toContain('main is not in this clone, so its commits count as new: --fetch');
  });

  it('is blamed for what it adds itself', async () => {
    const { root, before } = merged();
    const tip = commit(root, { 'leak.txt': token() });
    const { code, report } = await diffJson(usedClone(root, tip), ['--fetch'], { env: push(tip, before, 'topic') });
    expect({ code, found: positionsOf(report) }).toEqual({ code: 1, found: ['leak.txt:1:1'] });
  });
});

describe('every report says what was compared with', () => {
  it.each(['text', 'json', 'jsonl', 'markdown', 'html', 'sarif', 'gitlab', 'junit'])('%s', async (format) => {
    const root = tempRepository({ 'a.txt': 'a\n' });
    const base = head(root);
    git(root, 'tag', 'base');
    commit(root, { 'b.txt': token() });
    const { stdout } = await glaive(['diff', 'base..HEAD', '--format', format], { cwd: root });
    expect(stdout).toContain('base..HEAD');
    expect(stdout).toContain(base.slice(0, 12));
    expect(stdout).toContain('as named');
  });

  it('a secret in the name of a branch is masked', async () => {
    const root = tempRepository({ 'a.txt': 'a\n' });
    const secret = token();
    git(root, 'branch', secret);
    commit(root, { 'b.txt': 'x\n' });
    for (const format of ['text', 'json']) {
      const { code, stdout, stderr } = await glaive(['diff', `${secret}..HEAD`, '--format', format], { cwd: root });
      expect(code).toBe(0);
      expect(stdout + stderr).not.toContain(secret.slice(6));
    }
  });

  it('a report that is read again still says it', async () => {
    const root = tempRepository({ 'a.txt': 'a\n' });
    git(root, 'tag', 'base');
    commit(root, { 'b.txt': token() });
    await glaive(['diff', 'base..HEAD', '--output', 'json=d.json'], { cwd: root });
    const { stdout } = await glaive(['report', 'd.json', '--format', 'text'], { cwd: root });
    expect(stdout).toContain('base..HEAD, compared with base at ');
  });
});

it('--fetch gets a branch that was not cloned', async () => {
  const server = tempRepository({ 'a.txt': 'a\n' });
  git(server, 'branch', '-M', 'main');
  git(server, 'checkout', '--quiet', '-b', 'topic');
  commit(server, { 'b.txt': `${token()}\n` });
  git(server, 'checkout', '--quiet', 'main');
  const root = tempFolder();
  git(root, 'clone', '--quiet', '--single-branch', `file://${server}`, '.');
  expect((await glaive(['diff', 'origin/main..origin/topic'], { cwd: root })).code).toBe(2);
  const { code, report } = await diffJson(root, ['--fetch', 'origin/main..origin/topic']);
  expect([code, positionsOf(report)]).toEqual([1, ['b.txt:1:1']]);
});
