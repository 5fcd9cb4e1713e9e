/** The code cache of the hooks: it saves time, and changes nothing else. */

import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CLI } from '../support/run-cli.ts';
import { glaiveProcess } from '../support/run-program.ts';
import { git, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';

const SILENT = { code: 0, stdout: '', stderr: '' };

interface Places {
  readonly home: string;
  readonly root: string;
  readonly run: (env?: Record<string, string>) => Promise<object>;
}

function places(): Places {
  const home = tempFolder();
  const root = tempRepository({ keep: 'x\n' });
  const run = (env: Record<string, string> = {}): Promise<object> =>
    glaiveProcess(['staged'], { cwd: root, env: { HOME: home, XDG_CACHE_HOME: '', CI: '', ...env } });
  return { home, root, run };
}

/** The files of the cache; the first is that of the quick check. */
function filesIn(home: string): string[] {
  const cache = join(home, '.cache');
  if (!existsSync(cache)) return [];
  const names = readdirSync(cache, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.code'));
  return names
    .toSorted((a, b) => Number(b.includes('quick')) - Number(a.includes('quick')))
    .map((name) => join(cache, name));
}

describe.skipIf(process.platform === 'win32')('the code cache', () => {
  it('is a file that only the user can write, and is used again', async () => {
    const { home, run } = places();
    expect(await run()).toEqual(SILENT);
    const [file, ...others] = filesIn(home);
    expect(others).toEqual([]);
    expect(statSync(file!).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(file!)).mode & 0o777).toBe(0o700);
    expect(statSync(dirname(dirname(file!))).mode & 0o777).toBe(0o700);
    const { ino } = statSync(file!);
    expect(await run()).toEqual(SILENT);
    expect(filesIn(home).map((each) => statSync(each).ino)).toEqual([ino]);
  });

  it('has a file for each chunk of a scan', async () => {
    const { home, root, run } = places();
    writeFiles(root, { '.glaiveignore': 'nothing\n' });
    git(root, 'add', '--all');
    for (let time = 0; time < 2; time++) {
      expect(await run()).toEqual(SILENT);
      expect(filesIn(home)).toHaveLength(3);
    }
  });

  it.each<[string, (file: string) => void]>([
    ['is cut', (file) => writeFileSync(file, readFileSync(file).subarray(0, -1))],
    ['is empty', (file) => writeFileSync(file, '')],
    ['is of another build', (file) => writeFileSync(file, readFileSync(file).fill(0x30, 0, 16))],
    ['has a byte that is another', (file) => change(file, (bytes) => void (bytes[bytes.length - 999]! ^= 1))],
    ['is of another V8', (file) => change(file, (bytes) => spoil(bytes))],
    ['can be written by others', (file) => chmodSync(file, 0o620)],
    [
      'is a link',
      (file) => {
        renameSync(file, `${file}.real`);
        symlinkSync(`${file}.real`, file);
      },
    ],
    [
      'is a folder',
      (file) => {
        renameSync(file, `${file}.old`);
        mkdirSync(file);
      },
    ],
  ])('is not used if it %s', async (_, damage) => {
    const { home, run } = places();
    await run();
    const [file] = filesIn(home);
    damage(file!);
    expect(await run()).toEqual(SILENT);
    expect(await run()).toEqual(SILENT);
  });

  it('is executed, so only the user may write it', async () => {
    const { home, run } = places();
    await run();
    plant(filesIn(home)[0]!);
    expect(await run()).toMatchObject({ code: PLANTED });
  });

  it.each<[string, (file: string) => void]>([
    ['the file', (file) => chmodSync(file, 0o666)],
    ['its folder', (file) => chmodSync(dirname(file), 0o777)],
    ['the folder above it', (file) => chmodSync(dirname(dirname(file)), 0o777)],
    ['the home', (file) => chmodSync(dirname(dirname(dirname(dirname(file)))), 0o777)],
  ])('is not used if others can write to %s', async (_, open) => {
    const { home, run } = places();
    await run();
    const [file] = filesIn(home);
    plant(file!);
    open(file!);
    expect(await run()).toEqual(SILENT);
  });

  it.each([
    { CI: 'true' },
    { NODE_DISABLE_COMPILE_CACHE: '1' },
    { HOME: '' },
    { HOME: '/nonexistent/there' },
    { XDG_CACHE_HOME: 'relative' },
  ])('is not made with %j', async (env) => {
    const { home, run } = places();
    expect(await run(env)).toEqual(SILENT);
    expect(readdirSync(home)).toEqual([]);
  });

  it('is not made where it cannot be written, or for other commands', async () => {
    const { home, root, run } = places();
    writeFileSync(join(home, '.cache'), '');
    expect(await run()).toEqual(SILENT);
    const other = tempFolder();
    const env = { HOME: other, XDG_CACHE_HOME: '', CI: '' };
    expect(await glaiveProcess(['scan', 'keep'], { cwd: root, env })).toMatchObject({ code: 0 });
    expect(readdirSync(other)).toEqual([]);
  });
});

/** The exit code of planted code. */
const PLANTED = 7;

/** Puts other code into a file of the cache, which V8 takes for that of the chunk: it compares only the length of the source. */
function plant(file: string): void {
  const program = `
    const { length } = fs.readFileSync(process.argv[1], 'latin1');
    const code = new vm.Script('process.exit(${PLANTED})'.padEnd(length)).createCachedData();
    const build = fs.readFileSync(process.argv[2]).subarray(0, 16);
    fs.writeFileSync(process.argv[2], Buffer.concat([build, code, code]));`;
  execFileSync(process.execPath, ['-e', program, join(dirname(CLI), 'quick.cjs'), file]);
}

function change(file: string, alter: (code: Buffer) => void): void {
  const bytes = readFileSync(file);
  alter(bytes);
  writeFileSync(file, bytes);
}

/** Changes the first bytes of the code, which name the version of V8. */
function spoil(bytes: Buffer): void {
  const build = 16;
  for (const start of [build, (build + bytes.length) / 2]) bytes.fill(0xff, start, start + 16);
}
