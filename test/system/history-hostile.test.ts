/** `glaive history` in repositories that are damaged, incomplete, or owned by another user: reported, counted, and never "clean". */

import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  chmodSync,
} from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { glaive } from '../support/run-cli.ts';
import { start } from '../support/run-program.ts';
import { historyJson, tokenMint } from '../support/scan-report.ts';
import { git, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';

const token = tokenMint(72);

function commit(root: string, files: Readonly<Record<string, string>>): void {
  writeFiles(root, files);
  git(root, 'add', '--all');
  git(root, 'commit', '--quiet', '--message', 'x');
}

/** A repository with a leak and many files, in one pack. */
function packed(): { root: string; pack: string } {
  const root = tempRepository({ 'a.txt': 'one\n' });
  commit(
    root,
    Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`f${index}.txt`, `${index}\n`.repeat(100)])),
  );
  commit(root, { 'leak.txt': `${token()}\n` });
  git(root, 'repack', '-q', '-a', '-d');
  const folder = join(root, '.git', 'objects', 'pack');
  const pack = readdirSync(folder).find((name) => name.endsWith('.pack'))!;
  for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o644);
  return { root, pack: join(folder, pack) };
}

async function expectGap(root: string, message: RegExp): Promise<void> {
  for (const reader of ['git', 'pack']) {
    const { code, stdout, stderr } = await glaive(['history', '--reader', reader], { cwd: root });
    expect({ code, clean: /^no GitLab credentials found/m.test(stdout) }).toEqual({
      code: 2,
      clean: false,
    });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/internal error| at .*\.cjs/);
  }
}

describe('glaive history', () => {
  it('a pack with damaged bytes', async () => {
    const { root, pack } = packed();
    const bytes = readFileSync(pack);
    bytes.fill(0xff, Math.floor(bytes.length / 2), Math.floor(bytes.length / 2) + 200);
    writeFileSync(pack, bytes);
    await expectGap(root, /git could not read/);
  });

  it('a pack that is cut off', async () => {
    const { root, pack } = packed();
    truncateSync(pack, Math.floor(statSync(pack).size / 2));
    await expectGap(root, /git could not read|cannot list/);
  });

  it('an index that is cut off', async () => {
    const { root, pack } = packed();
    const idx = pack.replace(/pack$/, 'idx');
    truncateSync(idx, Math.floor(statSync(idx).size / 2));
    await expectGap(root, /git could not read|cannot list/);
  });

  it('an object that is gone: named, and the rest is scanned', async () => {
    const root = tempRepository({ 'a.txt': 'one\n' });
    commit(root, { 'lost.txt': 'lost\n', 'leak.txt': token() });
    const id = git(root, 'rev-parse', 'HEAD:lost.txt').trim();
    rmSync(join(root, '.git', 'objects', id.slice(0, 2), id.slice(2)));
    const { code, report } = await historyJson(root);
    expect(code).toBe(2);
    expect(report.gaps).toMatchObject([{ kind: 'history', uri: `object/${id}` }]);
    expect(report.findings.map(({ artifact }) => artifact.uri)).toEqual(['leak.txt']);
  });

  it('an object that lies about its size', async () => {
    const root = tempRepository({ 'a.txt': 'one\n' });
    commit(root, { 'liar.txt': 'some text\n', 'leak.txt': token() });
    const id = git(root, 'rev-parse', 'HEAD:liar.txt').trim();
    const path = join(root, '.git', 'objects', id.slice(0, 2), id.slice(2));
    chmodSync(path, 0o644);
    writeFileSync(path, deflateSync(Buffer.from('blob 99999999\0some text\n')));
    const { code, report } = await historyJson(root);
    expect(code).toBe(2);
    expect(report.findings.map(({ artifact }) => artifact.uri)).toEqual(['leak.txt']);
    expect(report.gaps.map(({ uri }) => uri)).toContain(`object/${id}`);
  });

  it('an object whose content is damaged is not called known by a state', async () => {
    const { root, pack } = packed();
    const state = join(tempFolder(), 'sweep.state');
    const bytes = readFileSync(pack);
    bytes.fill(0xff, Math.floor(bytes.length / 2), Math.floor(bytes.length / 2) + 40);
    writeFileSync(pack, bytes);
    for (let run = 0; run < 2; run++) expect((await glaive(['history', '--state', state], { cwd: root })).code).toBe(2);
  });

  it('a loose object that lies about its size is scanned again in the next run', async () => {
    const root = tempRepository({ 'a.txt': 'one\n' });
    commit(root, { 'liar.txt': 'some text\n' });
    const id = git(root, 'rev-parse', 'HEAD:liar.txt').trim();
    const path = join(root, '.git', 'objects', id.slice(0, 2), id.slice(2));
    chmodSync(path, 0o644);
    writeFileSync(path, deflateSync(Buffer.from('blob 99999999\0some text\n')));
    const state = join(tempFolder(), 'sweep.state');
    for (let run = 0; run < 2; run++) expect((await glaive(['history', '--state', state], { cwd: root })).code).toBe(2);
  });

  it('a partial clone: missing objects are reported, and nothing is fetched', async () => {
    const origin = tempRepository({ 'a.txt': 'one\n' });
    commit(origin, { 'leak.txt': token() });
    git(origin, 'config', 'uploadpack.allowFilter', 'true');
    const root = tempFolder();
    git(root, 'clone', '--quiet', '--filter=blob:none', '--no-checkout', `file://${origin}`, '.');
    const before = git(root, 'count-objects', '-v');
    const { code, report } = await historyJson(root);
    expect(code).toBe(2);
    expect(report.gaps.length).toBe(2);
    expect(report.gaps[0]).toMatchObject({ kind: 'history', message: expect.stringContaining('partial clone') });
    expect(git(root, 'count-objects', '-v')).toBe(before);
  });

  it('a repository of another owner: the message is git’s, with the way out', async () => {
    const root = tempRepository({ 'a.txt': token() });
    const { code, stdout, stderr } = await glaive(['history'], {
      cwd: root,
      env: { GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' },
    });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/dubious ownership/);
  });

  it('gc at the same time', async () => {
    const root = tempRepository({ 'a.txt': 'one\n' });
    for (let index = 0; index < 20; index++)
      commit(root, { [`f${index}.txt`]: `${index}\n`.repeat(2000), 'a.txt': `${index}\n` });
    commit(root, { 'leak.txt': token() });
    const gc = start('sh', ['-c', 'for i in 1 2 3 4 5 6; do git repack -q -a -d -f; done'], { cwd: root });
    for (let run = 0; run < 3; run++) {
      const { code, report } = await historyJson(root);
      // A finding or a gap: never clean.
      expect(code === 1 ? report.findings.length : code).toBe(code === 1 ? 1 : 2);
    }
    await gc.ended;
    expect((await historyJson(root)).code).toBe(1);
  });

  it('a time limit ends it with a gap, and leaves no state', async () => {
    const { root } = packed();
    const state = join(tempFolder(), 'sweep.state');
    const { code, stderr } = await glaive(['history', '--time-limit', '0.0001', '--state', state], { cwd: root });
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('time limit') });
    expect(existsSync(state)).toBe(false);
  });

  it('two runs at once with one state: it is whole, and the next run has nothing to do', async () => {
    const { root } = packed();
    const state = join(tempFolder(), 'sweep.state');
    await Promise.all([historyJson(root, ['--state', state]), historyJson(root, ['--state', state])]);
    const { code, report } = await historyJson(root, ['--state', state]);
    // What the first runs have reported remains, and is not listed again.
    expect([code, report.findings]).toEqual([1, []]);
  });
});
