/** The gate of a server: real pushes into bare repositories whose pre-receive hook is glaive. */

import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { withFakeGit } from '../support/fake-git.ts';
import { grownRepository } from '../support/grown-repository.ts';
import { DIST, glaive } from '../support/run-cli.ts';
import { glaiveProcess, runProgram, start, startGlaive, until } from '../support/run-program.ts';
import { KINDS, Random } from '../support/mint.ts';
import { runs } from '../support/runs.ts';
import { tokenMint } from '../support/scan-report.ts';
import { git, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';

const token = tokenMint(64);

function commit(root: string, files: Readonly<Record<string, string | Uint8Array>> = {}, message = 'x'): string {
  writeFiles(root, files);
  git(root, 'add', '--all');
  git(root, 'commit', '--quiet', '--allow-empty', '--message', message);
  return git(root, 'rev-parse', 'HEAD').trim();
}

/** A bare repository with the hook, and a clone of it with one commit pushed. */
async function served(flags: readonly string[] = [], env: Record<string, string> = {}) {
  const folder = tempFolder();
  const remote = join(folder, 'project.git');
  git(folder, 'init', '--quiet', '--bare', '--initial-branch=main', 'project.git');
  const root = tempRepository({ 'a.txt': 'one\n' });
  git(root, 'remote', 'add', 'origin', `file://${remote}`);
  git(root, 'push', '--quiet', '--set-upstream', 'origin', 'main');
  const installed = await glaive(['hook', 'install', '--server', remote, ...flags], { cwd: folder });
  expect({ code: installed.code, stderr: installed.stderr }).toEqual({ code: 0, stderr: '' });
  const push = (...args: string[]) => runProgram('git', ['push', ...args], { cwd: root, env });
  return { folder, remote, root, push };
}

const refsOf = (remote: string): string => git(remote, 'for-each-ref', '--format=%(refname) %(objectname)');

/** The message of the hook in one line. */
function unwrapped(stderr: string): string {
  return stderr.replaceAll(/\s*^(?:remote: )?GL-HOOK-ERR: */gm, ' ');
}

/** Every object that a repository has, reachable or not. */
function objectsOf(remote: string): string[] {
  const list = git(remote, 'cat-file', '--batch-all-objects', '--batch-check=%(objectname)');
  return list.split('\n').filter(Boolean).toSorted();
}

describe('pre-receive over file://', () => {
  it('a clean push lands', async () => {
    const { remote, root, push } = await served();
    const id = commit(root, { 'a.txt': 'two\n' });
    const { code, stderr } = await push('--quiet');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(git(remote, 'rev-parse', 'main').trim()).toBe(id);
  });

  it('a push with a token is rejected, leaves no object behind, and says what to do', async () => {
    const { remote, root, push } = await served();
    const [refs, objects] = [refsOf(remote), objectsOf(remote)];
    const secret = token();
    const id = commit(root, { 'dir/b.txt': `x\n${secret}\n` });
    commit(root, { 'dir/b.txt': 'x\n' });
    const { code, stderr } = await push();
    expect(code).not.toBe(0);
    expect([refsOf(remote), objectsOf(remote)]).toEqual([refs, objects]);
    const said = stderr.split('\n').flatMap((line) => /^remote: (GL-HOOK-ERR: .*?) *$/.exec(line)?.[1] ?? []);
    expect(said[0]).toBe('GL-HOOK-ERR: The push was rejected: 1 credential found.');
    expect(unwrapped(stderr)).toMatch(
      new RegExp(
        ` commit ${id.slice(0, 12)} +dir/b\\.txt:2 +GitLab personal access token \\(certain, removed later\\) `,
      ),
    );
    expect(unwrapped(stderr)).toMatch(/revoke or rotate it first.*git rebase -i.*False alarm\?/);
    expect(said.length).toBeLessThanOrEqual(15);
    expect(stderr).not.toContain(secret.slice(6));
    expect(stderr).not.toContain(secret);
  });

  it('many findings fit on one screen', async () => {
    const { root, push } = await served();
    commit(root, Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`f${index}.txt`, token()])));
    const { stderr } = await push();
    expect(stderr).toMatch(/rejected: 30 credentials found/);
    expect(stderr).toMatch(/GL-HOOK-ERR: {3}and \d+ more/);
    expect(stderr.split('\n').length).toBeLessThan(25);
  });

  it('commits that are in the repository already, on any ref, are not scanned again', async () => {
    const { remote, root, push } = await served();
    const hook = join(remote, 'hooks', 'pre-receive');
    const script = readFileSync(hook);
    rmSync(hook);
    commit(root, { 'old.txt': token() });
    git(root, 'push', '--quiet', 'origin', 'HEAD:refs/heads/old');
    writeFileSync(hook, script, { mode: 0o755 });
    commit(root, { 'b.txt': 'x\n' });
    expect((await push('origin', 'HEAD:refs/heads/new', 'main')).code).toBe(0);
  });

  it('the first push that fills a repository, new branches, tags, notes, deletions, force pushes', async () => {
    const { remote, root, push } = await served();
    git(root, 'checkout', '--quiet', '--orphan', 'fresh');
    commit(root, { 'b.txt': token() });
    expect((await push('origin', 'fresh')).code).not.toBe(0);
    git(root, 'checkout', '--quiet', 'main');
    git(root, 'tag', '--annotate', '--message', token(), 'v1');
    expect((await push('origin', 'v1')).stderr).toContain('tag/v1/message:');
    git(root, 'notes', 'add', '--message', token());
    expect((await push('origin', 'refs/notes/commits')).stderr).toContain(
      `note/${git(root, 'rev-parse', 'HEAD').trim()}:1`,
    );
    git(root, 'branch', 'topic');
    expect((await push('origin', 'topic')).code).toBe(0);
    expect((await push('origin', '--delete', 'topic')).code).toBe(0);
    commit(root, { 'c.txt': 'x\n' });
    expect((await push()).code).toBe(0);
    git(root, 'reset', '--quiet', '--hard', 'HEAD~1');
    commit(root, { 'd.txt': token() });
    expect((await push('--force')).code).not.toBe(0);
    expect(refsOf(remote)).not.toMatch(/fresh|v1|notes|topic/);
    const empty = join(tempFolder(), 'empty.git');
    git(root, 'init', '--quiet', '--bare', empty);
    expect((await glaive(['hook', 'install', '--server', empty])).code).toBe(0);
    expect((await push(`file://${empty}`, 'main')).code).not.toBe(0);
    expect(objectsOf(empty)).toEqual([]);
  });

  it('several refs at once: one with a token stops them all', async () => {
    const { remote, root, push } = await served();
    const refs = refsOf(remote);
    git(root, 'checkout', '--quiet', '-b', 'one', 'main');
    commit(root, { 'one.txt': 'x\n' });
    git(root, 'checkout', '--quiet', '-b', 'two', 'main');
    commit(root, { 'two.txt': token() });
    expect((await push('origin', 'one', 'two')).code).not.toBe(0);
    expect(refsOf(remote)).toBe(refs);
  });

  it('evil merges, messages, authors, names of branches', async () => {
    const { root, push } = await served();
    git(root, 'checkout', '--quiet', '-b', 'side');
    commit(root, { 's.txt': 'x\n' });
    git(root, 'checkout', '--quiet', 'main');
    git(root, 'merge', '--quiet', '--no-ff', '--no-commit', 'side');
    commit(root, { 's.txt': token() });
    expect((await push()).stderr).toContain('s.txt:1');
    git(root, 'reset', '--quiet', '--hard', 'origin/main');
    commit(root, {}, `see ${token()}`);
    expect((await push()).stderr).toMatch(/commit\/[0-9a-f]{40}\/message:1/);
    git(root, 'reset', '--quiet', '--hard', 'origin/main');
    const secret = token();
    expect((await push('origin', `main:refs/heads/${secret}`)).stderr).toMatch(/ref\/\[MASKED\]/);
  });

  it('submodules and wikis are repositories like any other: GL_ variables change nothing', async () => {
    const { root, push } = await served([], { GL_ID: 'key-1', GL_REPOSITORY: 'wiki-7', GL_PROTOCOL: 'ssh' });
    commit(root, { 'home.md': token() });
    expect((await push()).code).not.toBe(0);
  });
});

describe('pre-receive over a transport on loopback', () => {
  const freePort = (): Promise<number> =>
    new Promise((resolve, reject) => {
      const server = createServer();
      server.on('error', reject);
      server.listen(0, '127.0.0.1', () => {
        const { port } = server.address() as { port: number };
        server.close(() => resolve(port));
      });
    });

  it('git daemon: blocked pushes leave nothing, allowed ones land', async () => {
    const { folder, remote, root } = await served();
    const port = await freePort();
    // Started by itself: `git daemon` would leave it behind when it is ended.
    start(
      join(git(folder, '--exec-path').trim(), 'git-daemon'),
      [
        '--reuseaddr',
        '--listen=127.0.0.1',
        `--port=${port}`,
        `--base-path=${folder}`,
        '--export-all',
        '--enable=receive-pack',
      ],
      {
        cwd: folder,
      },
    );
    const url = `git://127.0.0.1:${port}/project.git`;
    await expect
      .poll(async () => (await runProgram('git', ['ls-remote', url], { cwd: root })).code, { timeout: 10_000 })
      .toBe(0);
    const objects = objectsOf(remote);
    commit(root, { 'b.txt': token() });
    const blocked = await runProgram('git', ['push', url, 'main'], { cwd: root });
    expect(blocked).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('remote: GL-HOOK-ERR: The push was rejected'),
    });
    expect(objectsOf(remote)).toEqual(objects);
    git(root, 'reset', '--quiet', '--hard', 'HEAD~1');
    const id = commit(root, { 'c.txt': 'x\n' });
    expect((await runProgram('git', ['push', url, 'main'], { cwd: root })).code).toBe(0);
    expect(git(remote, 'rev-parse', 'main').trim()).toBe(id);
  });
});

describe('who has a say', () => {
  it('nothing in the push: no configuration, baseline, ignore file, comment or variable', async () => {
    const { root, push } = await served();
    commit(root, {
      '.glaive.toml': '[scan]\nexclude = ["*"]\n[rules]\ndisable = ["gitlab"]\n',
      '.glaiveignore': '*\n',
      'b.txt': `${token()} # glaive:allow a test\n`,
    });
    expect((await push()).code).not.toBe(0);
    expect((await runProgram('git', ['push'], { cwd: root, env: { GLAIVE_SKIP: 'please' } })).code).not.toBe(0);
  });

  it('--inline-allow lets comments count', async () => {
    const { root, push } = await served(['--inline-allow']);
    commit(root, { 'b.txt': `${token()} # glaive:allow a test fixture\n` });
    expect((await push()).code).toBe(0);
  });

  it('the administrator’s configuration: prefixes, exceptions', async () => {
    const config = join(tempFolder(), 'server.toml');
    writeFileSync(config, '[scan]\nexclude = ["fixtures/"]\n');
    const { root, push } = await served(['--config', config]);
    commit(root, { 'fixtures/b.txt': token() });
    expect((await push()).code).toBe(0);
    writeFileSync(config, 'broken');
    commit(root, { 'c.txt': 'x\n' });
    const { code, stderr } = await push();
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/GL-HOOK-ERR: glaive cannot check this push: .*server\.toml/);
  });

  it('the administrator’s fail_on: what is below it is let in, and said', async () => {
    const config = join(tempFolder(), 'glaive.toml');
    writeFileSync(config, '[scan]\nfail_on = "certain"\n');
    const log = join(tempFolder(), 'audit.jsonl');
    const { remote, root, push } = await served(['--config', config, '--audit-log', log]);
    const id = commit(root, { 'b.txt': `${KINDS['workspace']!.make(new Random(7), '')}\n` });
    const letIn = await push('--quiet');
    expect(letIn).toMatchObject({ code: 0, stderr: expect.stringMatching(/b\.txt:1 .*\(likely\)/) });
    expect(git(remote, 'rev-parse', 'main').trim()).toBe(id);
    expect(JSON.parse(readFileSync(log, 'utf8'))).toMatchObject({ event: 'accepted below fail_on', findings: [{}] });
    commit(root, { 'c.txt': token() });
    expect((await push('--quiet')).code).not.toBe(0);
  });

  it('what is below fail_on, in a push that was not scanned whole: one line, which says what was decided', async () => {
    const config = join(tempFolder(), 'glaive.toml');
    writeFileSync(config, '[scan]\nfail_on = "certain"\n');
    for (const [flags, code, event] of [
      [[], 1, 'rejected, scan incomplete'],
      [['--fail-open'], 0, 'accepted, scan incomplete'],
    ] as const) {
      const log = join(tempFolder(), 'audit.jsonl');
      const { root, push } = await served(['--config', config, '--audit-log', log, ...flags]);
      const whole = gzipSync('x'.repeat(9000));
      commit(root, { 'b.txt': `${KINDS['workspace']!.make(new Random(7), '')}\n`, 'cut.gz': whole.subarray(0, 30) });
      expect((await push('--quiet')).code).toBe(code);
      expect(JSON.parse(readFileSync(log, 'utf8'))).toMatchObject({
        event,
        findings: [{}],
        gaps: [expect.stringContaining('cut.gz')],
      });
    }
  });

  it('git push -o glaive.skip: only where it is allowed, only with a reason, and written down', async () => {
    const log = join(tempFolder(), 'audit.log');
    const closed = await served();
    git(closed.remote, 'config', 'receive.advertisePushOptions', 'true');
    commit(closed.root, { 'b.txt': token() });
    const refused = await closed.push('-o', 'glaive.skip=I must');
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain('This server does not allow skipping glaive.');

    const { remote, root, push } = await served(['--allow-skip', '--audit-log', log], { GL_USERNAME: 'jane' });
    git(remote, 'config', 'receive.advertisePushOptions', 'true');
    const secret = token();
    const id = commit(root, { 'b.txt': secret });
    expect((await push()).stderr).toContain('git push -o glaive.skip="reason"');
    expect((await push('-o', 'glaive.skip')).code).not.toBe(0);
    expect((await push('-o', 'glaive.skip=  ')).code).not.toBe(0);
    expect(await push('-o', `glaive.skip=a fixture, not ${secret}`)).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('glaive: skipped, and recorded in the audit log'),
    });
    expect(git(remote, 'rev-parse', 'main').trim()).toBe(id);
    const lines = readFileSync(log, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ event }) => event)).toEqual(['rejected', 'rejected', 'rejected', 'skipped']);
    expect(lines.at(-1)).toMatchObject({
      user: 'jane',
      reason: expect.stringMatching(/^a fixture, not /),
      updates: [{ ref: 'refs/heads/main', after: id }],
    });
    expect(readFileSync(log, 'utf8')).not.toContain(secret.slice(6));
    expect(statSync(log).mode & 0o777).toBe(0o600);
  });

  it('--allow-skip without a log is refused when it is installed', async () => {
    const { remote, folder } = await served();
    const { code, stderr } = await glaive(['hook', 'install', '--server', remote, '--allow-skip'], { cwd: folder });
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--allow-skip needs --audit-log'),
    });
  });

  it('an audit log that cannot be written rejects the push', async () => {
    const { root, push } = await served(['--allow-skip', '--audit-log', '/nowhere/audit.log']);
    commit(root, { 'b.txt': token() });
    expect(await push()).toMatchObject({ code: 1, stderr: expect.stringContaining('cannot write the audit log') });
  });
});

describe('what cannot be scanned', () => {
  it('time runs out: rejected, or accepted if the administrator allows it', async () => {
    const files = { 'big.txt': 'text and text\n'.repeat(runs({ fast: 500_000, long: 3_000_000 })) };
    const strict = await served(['--time-limit', '0.01']);
    commit(strict.root, files);
    const refused = await strict.push();
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/rejected, because glaive could not scan everything[^]*time limit/),
    });
    const open = await served(['--time-limit', '0.01', '--fail-open']);
    commit(open.root, files);
    expect(await open.push()).toMatchObject({ code: 0, stderr: expect.stringContaining('the push is accepted') });
  });

  it('time runs out after something was found: said with what was not scanned, in the audit log too', async () => {
    const log = join(tempFolder(), 'audit.log');
    const { root } = grownRepository(41, { commits: 300, leaks: 300 });
    const after = git(root, 'rev-parse', 'main').trim();
    git(root, 'update-ref', '-d', 'refs/heads/main');
    // All that the commits change is named, and then it waits.
    const env = withFakeGit(`"$REAL_GIT" "$@"; case "$*" in *diff-tree*) exec sleep 100;; esac`);
    const { code, stderr } = await glaive(['hook', 'run', 'pre-receive', '--time-limit', '4', '--audit-log', log], {
      cwd: root,
      env,
      input: `${'0'.repeat(40)} ${after} refs/heads/main\n`,
    });
    expect(code).toBe(1);
    expect(unwrapped(stderr)).toMatch(/\d+ credentials found\. Not everything was scanned, so there may be more:/);
    expect(unwrapped(stderr)).toMatch(/the time limit of 4 s was reached; \d+ of 300 commits were not scanned/);
    expect(unwrapped(stderr)).toMatch(/Push fewer commits at once\. .*--time-limit SECONDS/);
    expect(unwrapped(stderr).match(/time limit of 4 s/g)).toHaveLength(1);
    expect(stderr).not.toMatch(/could not read it|was stopped|was ended by/);
    const entry = JSON.parse(readFileSync(log, 'utf8')) as { event: string; findings: unknown[]; gaps: string[] };
    expect(entry.event).toBe('rejected, scan incomplete');
    expect(entry.findings.length).toBeGreaterThan(0);
    expect(entry.gaps).toEqual([expect.stringMatching(/\d+ of 300 commits were not scanned/)]);
  });

  it.each([
    ['SIGTERM', [], '*diff-tree*'],
    ['SIGINT', ['--fail-open'], '*diff-tree*'],
    ['SIGTERM', ['--fail-open'], '*rev-list*'],
  ] as const)('ended by %s %j at %s: rejected, said, in the audit log', async (signal, flags, at) => {
    const folder = tempFolder();
    const [log, stuck] = [join(folder, 'audit.log'), join(folder, 'stuck')];
    const { root } = grownRepository(43, { commits: 300, leaks: 300 });
    const after = git(root, 'rev-parse', 'main').trim();
    git(root, 'update-ref', '-d', 'refs/heads/main');
    const env = withFakeGit(`"$REAL_GIT" "$@"; case "$*" in ${at}) : > '${stuck}'; exec sleep 100;; esac`);
    const args = ['--time-limit', '100', '--audit-log', log, ...flags];
    const { child, ended } = startGlaive(['hook', 'run', 'pre-receive', ...args], { cwd: root, env });
    child.stdin.end(`${'0'.repeat(40)} ${after} refs/heads/main\n`);
    await until(() => existsSync(stuck));
    if (at === '*diff-tree*') await setTimeout(3000); // what was named is scanned
    child.kill(signal);
    const { code, stderr } = await ended;
    expect(code, stderr).toBe(2);
    const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(1);
    const entry = JSON.parse(lines[0]!) as { event: string; findings?: unknown[]; gaps: string[]; updates: unknown[] };
    expect(entry.event).toBe('rejected, scan incomplete');
    expect(entry.updates).toHaveLength(1);
    const left = new RegExp(
      `the scan was interrupted \\(${signal}\\); .*(?:commits were not scanned|none was scanned)`,
    );
    expect(entry.gaps).toEqual([expect.stringMatching(left)]);
    expect(unwrapped(stderr)).toMatch(left);
    expect(stderr).toMatch(/The push was rejected/);
    expect(stderr).not.toMatch(/let in|Push fewer commits|time limit/);
    if (at === '*rev-list*') return;
    expect(unwrapped(stderr)).toMatch(/\d+ credentials? found\..*Not everything was scanned, so there may be more:/);
    expect(stderr).toMatch(/GL-HOOK-ERR: {3}commit [0-9a-f]{12} {2}leak\//);
    expect(entry.findings?.length).toBeGreaterThan(0);
  });

  it('glaive is gone: rejected, or accepted if the administrator allows it', async () => {
    for (const [flags, code] of [
      [[], 1],
      [['--fail-open'], 0],
    ] as const) {
      const { remote, root, push } = await served(flags);
      const hook = join(remote, 'hooks', 'pre-receive');
      writeFileSync(hook, readFileSync(hook, 'utf8').replace(/^glaive_main=.*$/m, "glaive_main='/nowhere'"));
      commit(root, { 'b.txt': 'x\n' });
      expect(await push()).toMatchObject({ code, stderr: expect.stringContaining('ask the administrator') });
    }
  });
});

describe('install --server', () => {
  it('into a custom_hooks folder of GitLab, and out again', async () => {
    const folder = join(tempFolder(), 'custom_hooks');
    writeFiles(folder, { 'pre-receive.d/theirs': '#!/bin/sh\n' });
    const { stdout } = await glaive(['hook', 'install', '--server', folder, '--config', 'admin.toml'], { cwd: folder });
    const path = join(folder, 'pre-receive.d', 'glaive');
    expect(stdout).toBe(`pre-receive: created (${path})\n`);
    expect(readFileSync(path, 'utf8')).toContain(`'--config=${join(folder, 'admin.toml')}'`);
    expect(statSync(path).mode & 0o111).toBe(0o111);
    expect((await runProgram('sh', ['-n', path])).code).toBe(0);
    expect((await glaive(['hook', 'uninstall', '--server', folder])).stdout).toContain('removed');
    expect(readdirSync(join(folder, 'pre-receive.d'))).toEqual(['theirs']);
  });

  it('a hook that is there is not touched', async () => {
    const { remote } = await served();
    const hook = join(remote, 'hooks', 'pre-receive');
    writeFileSync(hook, '#!/bin/sh\nexit 0\n');
    const { code, stderr } = await glaive(['hook', 'install', '--server', remote]);
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is a pre-receive hook already'),
    });
    expect(readFileSync(hook, 'utf8')).toBe('#!/bin/sh\nexit 0\n');
    expect((await glaive(['hook', 'uninstall', '--server', remote])).stdout).toContain('not installed');
  });

  it('the single file alone is enough', async () => {
    const single = join(DIST, 'glaive.cjs');
    const { remote, root, push } = await served();
    rmSync(join(remote, 'hooks', 'pre-receive'));
    expect((await glaiveProcess(['hook', 'install', '--server', remote], { program: single })).code).toBe(0);
    expect(readFileSync(join(remote, 'hooks', 'pre-receive'), 'utf8')).toContain(single);
    commit(root, { 'b.txt': token() });
    expect((await push()).stderr).toContain('GL-HOOK-ERR');
    expect(existsSync(single)).toBe(true);
  });
});
