/** The executable of this machine, made by `npm run release -- executables`: it does what the command does, and needs and obeys nothing but git. */

import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { zip } from '../support/archives.ts';
import { CLI, DIST, type Ran } from '../support/run-cli.ts';
import { runProgram } from '../support/run-program.ts';
import { tokenMint } from '../support/scan-report.ts';
import { git, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';

const { platform, arch } = process;
const os = { linux: 'linux', darwin: 'macos', win32: 'windows' }[platform as string];
const ROOT = join(import.meta.dirname, '..', '..');
const BUILT = join(ROOT, 'release', `glaive-${os}-${arch}${platform === 'win32' ? '.exe' : ''}`);
/** One of an older build would pass for the wrong reason, or fail. */
const isThere = existsSync(BUILT) && statSync(BUILT).mtimeMs > statSync(join(DIST, '..', 'inputs')).mtimeMs;
const token = tokenMint(2601);

/** A PATH with what git and hooks need: no Node. */
function bare(): Record<string, string> {
  const folder = tempFolder();
  for (const name of ['git', 'sh', 'cat', 'head'])
    symlinkSync(execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim(), join(folder, name));
  return { PATH: folder };
}

const executable = (args: readonly string[], cwd: string, env: Record<string, string> = {}): Promise<Ran> =>
  runProgram(BUILT, args, { cwd, env: { ...bare(), ...env } });

describe.skipIf(!isThere)(
  'the executable (skipped: no executable of this build, run `npm run release -- executables`)',
  () => {
    it.each([
      ['--version'],
      ['help', 'scan'],
      ['scan', '--format', 'json', '--threads', '3'],
      ['history', '--format', 'json', '--threads', '2'],
      ['explain', 'a.env:1'],
      ['mask', '--', 'sh', '-c', 'cat a.env'],
      ['completions', 'bash'],
      ['rules', 'test', 'own.toml'],
    ])('prints what the command prints: %s %s', async (...args) => {
      const root = tempRepository({
        'a.env': `T=${token()}\n`,
        'b.zip': zip([{ name: 'c.env', content: Buffer.from(`T=${token()}\n`) }]),
        // The example of the documents: recheck proves its patterns.
        'own.toml': /```toml\n([^]*?)```/.exec(readFileSync(join(ROOT, 'rules', 'README.md'), 'utf8'))![1]!,
      });
      const own = await executable(args, root);
      const built = await runProgram(process.execPath, [CLI, ...args], { cwd: root });
      expect(own).toEqual(built);
      expect(own.code, own.stderr).toBe(['scan', 'history'].includes(args[0]) ? 1 : 0);
    });

    it.skipIf(!has('7z'))('reads an archive by libarchive (skipped: no 7z)', async () => {
      const root = tempFolder();
      writeFiles(root, { 'in.env': `T=${token()}\n` });
      execFileSync('7z', ['a', '-bd', 'out.7z', 'in.env'], { cwd: root, stdio: 'ignore' });
      const { code, stdout } = await executable(['scan', 'out.7z'], root);
      expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringContaining('out.7z!/in.env') });
    });

    it('loads nothing from folders and obeys no options of Node', async () => {
      const root = tempRepository({ 'a.env': `T=${token()}\n`, 'b.env': 'x\n' });
      const mark = join(tempFolder(), 'mark');
      const code = `require('node:fs').appendFileSync(${JSON.stringify(mark)}, __filename)`;
      writeFiles(root, { 'evil.cjs': code, 'node_modules/@napi-rs/nice/index.js': code, 'worker.cjs': code });
      const env = { NODE_OPTIONS: `--require ${join(root, 'evil.cjs')} --inspect`, NODE_PATH: root };
      const ran = await executable(['scan', '--threads', '3'], root, env);
      expect({ code: ran.code, stderr: ran.stderr }).toEqual({
        code: 1,
        stderr: expect.not.stringContaining('ebugger'),
      });
      expect((await executable(['--inspect'], root)).code).toBe(2);
      expect(existsSync(mark)).toBe(false);
    });

    it('stops a commit by its hooks, wherever it was moved', async () => {
      const root = tempRepository({ 'a.txt': 'x\n' });
      const [bin, other] = [tempFolder(), tempFolder()];
      const program = join(bin, 'glaive');
      copyFileSync(BUILT, program);
      chmodSync(program, 0o755);
      const env = bare();
      expect((await runProgram(program, ['hook', 'install'], { cwd: root, env })).code).toBe(0);
      expect(readFileSync(join(root, '.git', 'hooks', 'pre-commit'), 'utf8')).not.toMatch(/node/);
      const commit = (path: string): Promise<Ran> =>
        runProgram('git', ['commit', '--message', 'x'], { cwd: root, env: { ...env, PATH: path } });
      const isOk = /hooks.*pre-commit/;
      expect((await runProgram(program, ['doctor'], { cwd: root, env })).stdout).toMatch(isOk);

      writeFileSync(join(root, 'clean.txt'), 'x\n');
      git(root, 'add', '.');
      expect((await commit(env['PATH']!)).code).toBe(0);
      writeFileSync(join(root, 'leak.env'), `T=${token()}\n`);
      git(root, 'add', '.');
      expect(await commit(env['PATH']!)).toMatchObject({ code: 1, stderr: expect.stringContaining('leak.env') });
      renameSync(program, join(other, 'glaive'));
      expect(await commit(env['PATH']!)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('glaive has moved'),
      });
      expect(await commit(`${env['PATH']}:${other}`)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('leak.env'),
      });
    });
  },
);

function has(program: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
