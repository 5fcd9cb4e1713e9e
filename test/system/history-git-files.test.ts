/** `glaive history`: the files of a repository that are not objects. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { fingerprintOf, historyJson, placesByToken, placesOf, scanJson, tokenMint } from '../support/scan-report.ts';
import { git, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';

const token = tokenMint(77);

function reflogged(root: string, message: string, ref = 'HEAD'): void {
  git(
    root,
    'update-ref',
    '--create-reflog',
    '-m',
    message,
    ref,
    git(root, 'commit-tree', '-m', 'x', 'HEAD^{tree}').trim(),
  );
}

describe('is found', () => {
  it('in a reflog, the configuration, hooks, and messages that were begun', async () => {
    const root = tempRepository({ 'a.txt': 'x\n' });
    const secrets = Array.from({ length: 6 }, token);
    reflogged(root, `pull https://oauth2:${secrets[0]}@gitlab.example.com/x`);
    git(root, 'remote', 'add', 'origin', `https://oauth2:${secrets[1]}@gitlab.example.com/x.git`);
    writeFiles(join(root, '.git'), {
      'hooks/pre-push': `curl -H "PRIVATE-TOKEN: ${secrets[2]}"\n`,
      COMMIT_EDITMSG: secrets[3]!,
      'objects/left': secrets[4]!,
      'objects/ab/left.txt': secrets[5]!,
    });
    const { code, report, stdout } = await historyJson(root);
    expect(placesByToken(report, secrets)).toEqual([
      ['.git/logs/HEAD', '.git/logs/refs/heads/main'],
      ['.git/config'],
      ['.git/hooks/pre-push'],
      ['.git/COMMIT_EDITMSG'],
      ['.git/objects/left'],
      ['.git/objects/ab/left.txt'],
    ]);
    expect(code).toBe(1);
    expect(report.gaps).toEqual([]);
    expect(stdout).not.toMatch(/glpat-\w{4}/);
    expect((await historyJson(root)).stdout).toBe(stdout);
  });

  it('in the configuration and the reflogs of a submodule, also in a scan of the files, in git or outside', async () => {
    const root = tempRepository({ 'a.txt': 'x\n' });
    const inner = tempRepository({ 'b.txt': 'x\n' });
    const secrets = Array.from({ length: 4 }, token);
    git(root, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner, 'parts/inner');
    git(
      join(root, 'parts/inner'),
      'config',
      'remote.origin.url',
      `https://oauth2:${secrets[0]}@gitlab.example.com/x.git`,
    );
    reflogged(join(root, 'parts/inner'), `clone: from https://oauth2:${secrets[1]}@gitlab.example.com/x.git`);
    git(root, 'config', 'remote.origin.url', `https://oauth2:${secrets[2]}@gitlab.example.com/x.git`);
    reflogged(root, `clone: from https://oauth2:${secrets[3]}@gitlab.example.com/x.git`, 'refs/remotes/origin/HEAD');
    const expected = [
      ['.git/modules/parts/inner/config'],
      ['.git/modules/parts/inner/logs/HEAD', '.git/modules/parts/inner/logs/refs/heads/main'],
      ['.git/config'],
      ['.git/logs/refs/remotes/origin/HEAD'],
    ];
    expect(placesByToken((await historyJson(root)).report, secrets)).toEqual(expected);
    expect(placesByToken((await scanJson([], { cwd: root })).report, secrets)).toEqual(expected);
    const outside = tempFolder();
    renameSync(root, join(outside, 'project'));
    const { report } = await scanJson([], { cwd: outside });
    expect(placesByToken(report, secrets)).toEqual(expected.map((places) => places.map((place) => `project/${place}`)));
  });

  it('by the same name in a bare repository, a linked work tree and by PATH', async () => {
    const root = tempRepository({ 'a.txt': 'x\n' });
    const [common, own] = [token(), token()] as const;
    git(root, 'config', 'remote.origin.url', `https://oauth2:${common}@gitlab.example.com/x.git`);
    const tree = join(tempFolder(), 'tree');
    git(root, 'worktree', 'add', '--quiet', '--detach', tree);
    reflogged(tree, own);
    for (const place of [root, tree, join(root, '.git')]) {
      const { report } = await historyJson(tempFolder(), [place]);
      expect(placesByToken(report, [common, own])).toEqual([['.git/config'], ['.git/worktrees/tree/logs/HEAD']]);
    }
    const bare = join(tempFolder(), 'x.git');
    git(root, 'clone', '--quiet', '--bare', root, bare);
    git(bare, 'config', 'remote.origin.url', `https://oauth2:${common}@gitlab.example.com/x.git`);
    expect(placesOf((await historyJson(bare)).report)).toEqual(['.git/config']);
  });

  it('in the name of a file that is staged alone, and of one in the git directory', async () => {
    const root = tempRepository({ 'a.txt': 'x\n' });
    const [staged, hook] = [token(), token()] as const;
    writeFiles(root, { [`${staged}.txt`]: 'x\n', [`.git/hooks/${hook}`]: 'x\n' });
    git(root, 'add', '--all');
    const { report } = await historyJson(root);
    expect(placesByToken(report, [staged, hook])).toEqual([['index'], ['.git/hooks/[MASKED]']]);
  });

  it('in reflogs that are kept in tables', async () => {
    const root = tempRepository({ 'a.txt': 'x\n' });
    const secret = token();
    reflogged(root, secret);
    // What git says of them, whatever they are kept in.
    mkdirSync(join(root, '.git', 'reftable'));
    expect(placesByToken((await historyJson(root)).report, [secret])[0]).toContain('.git/reftable');
  });
});

describe('what git skips in silence', () => {
  it('a pack without an index is a gap, and an index is the way out', async () => {
    const root = tempRepository({ 'a.txt': token() });
    git(root, 'repack', '-a', '-d', '-q');
    const packs = join(root, '.git', 'objects', 'pack');
    const pack = readdirSync(packs).find((name) => name.endsWith('.pack'))!; // repack has made one
    const other = tempRepository({ 'b.txt': 'x\n' });
    renameSync(join(packs, pack), join(other, '.git', 'objects', 'pack', pack));
    const { code, report } = await historyJson(other);
    expect({ code, gaps: report.gaps }).toMatchObject({
      code: 2,
      gaps: [{ uri: `.git/objects/pack/${pack}`, hint: expect.stringContaining('git index-pack') }],
    });
    git(other, 'index-pack', join('.git', 'objects', 'pack', pack));
    expect(await historyJson(other)).toMatchObject({ code: 1, report: { gaps: [] } });
  });

  it('what git has begun to write is counted, and so is the repository of a submodule', async () => {
    const root = tempRepository({ 'a.txt': 'x\n' });
    writeFiles(join(root, '.git', 'objects'), {
      'pack/tmp_pack_x': 'PACK\0\0\0\x02 and so on, and so on',
      'pack/tmp_idx_x': 'x',
      'ab/tmp_obj_x': deflateSync(`blob 30\0${token()}`),
      'tmp_objdir-incoming-x/cd/0123456789': 'x',
    });
    git(root, 'init', '--quiet', '--bare', '.git/modules/sub');
    writeFiles(join(root, '.git', 'modules', 'sub'), { description: token() });
    execFileSync('mkfifo', [join(root, '.git', 'fifo')]);
    const { code, report } = await historyJson(root);
    expect({ code, skips: report.counts.skips }).toEqual({
      code: 0,
      skips: { special: 1, 'git-directory': 1, unfinished: 4 },
    });
  });
});

it('the token of the job itself, which the runner writes into the configuration, is no finding', async () => {
  const root = tempRepository({ 'a.txt': 'x\n' });
  const [own, other] = [token(), token()] as const;
  git(root, 'config', 'remote.origin.url', `https://gitlab-ci-token:${own}@gitlab.example.com/x.git`);
  git(root, 'config', 'remote.other.url', `https://oauth2:${other}@gitlab.example.com/x.git`);
  const { report } = await historyJson(root, [], { env: { CI_JOB_TOKEN: own } });
  expect(report.findings.map(({ secretFingerprint }) => secretFingerprint)).toEqual([fingerprintOf(other)]);
  // Committed it is one.
  writeFiles(root, { 'b.txt': own });
  git(root, 'add', 'b.txt');
  git(root, 'commit', '--quiet', '--message', 'x');
  const { report: again } = await historyJson(root, [], { env: { CI_JOB_TOKEN: own } });
  expect(placesByToken(again, [own])).toEqual([['b.txt']]);
  rmSync(join(root, 'b.txt'));
});
