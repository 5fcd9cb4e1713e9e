/** The code cache of the command: it saves time, and changes nothing else. */

import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { glaiveProcess } from '../support/run-program.ts';
import { tempFolder, tempRepository } from '../support/temp-folder.ts';

const SECRET_FREE = { code: 0, stdout: '', stderr: '' };

function places(): {
  readonly home: string;
  readonly folder: string;
  readonly run: (env?: Record<string, string>) => Promise<object>;
} {
  const home = tempFolder();
  const cwd = tempRepository({ keep: 'x\n' });
  const run = (env: Record<string, string> = {}): Promise<object> =>
    glaiveProcess(['staged'], { cwd, env: { HOME: home, XDG_CACHE_HOME: '', CI: '', ...env } });
  return { home, folder: join(home, '.cache', 'glaive'), run };
}

function only(folder: string): string {
  const names = readdirSync(folder);
  expect(names).toHaveLength(1);
  return join(folder, names[0]!);
}

describe.skipIf(process.platform === 'win32')('the code cache', () => {
  it('is a file for each command that only the user can write, and is used again', async () => {
    const { folder, run } = places();
    expect(await run()).toEqual(SECRET_FREE);
    const file = only(folder);
    const { mode, ino } = statSync(file);
    expect(mode & 0o777).toBe(0o600);
    expect(await run()).toEqual(SECRET_FREE);
    expect(statSync(only(folder)).ino).toBe(ino);
  });

  it.each<[string, (file: string) => void]>([
    ['is cut', (file) => writeFileSync(file, readFileSync(file).subarray(0, -1))],
    ['is empty', (file) => writeFileSync(file, '')],
    ['has another build', (file) => writeFileSync(file, readFileSync(file).fill(0x30, 10, 26))],
    ['holds code of another V8', (file) => spoil(file)],
    ['can be written by others', (file) => chmodSync(file, 0o620)],
    [
      'is a link',
      (file) => {
        renameSync(file, `${file}.real`);
        symlinkSync(`${file}.real`, file);
      },
    ],
  ])('is replaced if it %s', async (_, change) => {
    const { folder, run } = places();
    await run();
    const file = only(folder);
    const { size } = statSync(file);
    change(file);
    expect(await run()).toEqual(SECRET_FREE);
    const stats = statSync(file);
    expect(stats.mode & 0o777).toBe(0o600);
    expect(Math.abs(stats.size - size)).toBeLessThan(size / 4);
    expect(await run()).toEqual(SECRET_FREE);
  });

  it.each([
    { CI: 'true' },
    { NODE_DISABLE_COMPILE_CACHE: '1' },
    { HOME: '/nonexistent/there' },
    { XDG_CACHE_HOME: 'relative' },
  ])('is not made with %j', async (env) => {
    const { home, run } = places();
    expect(await run(env)).toEqual(SECRET_FREE);
    expect(readdirSync(home)).toEqual([]);
  });

  it('is not made where it cannot be written', async () => {
    const { home, run } = places();
    writeFileSync(join(home, '.cache'), '');
    expect(await run()).toEqual(SECRET_FREE);
    mkdirSync(join(home, 'cache'));
    expect(await run({ XDG_CACHE_HOME: join(home, 'cache') })).toEqual(SECRET_FREE);
    expect(readdirSync(join(home, 'cache'))).toEqual(['glaive']);
  });
});

/** Changes the first bytes of the code, which name the version of V8. */
function spoil(file: string): void {
  const bytes = readFileSync(file);
  const start = bytes.indexOf(10) + 1;
  writeFileSync(file, bytes.fill(0xff, start, start + 16));
}
