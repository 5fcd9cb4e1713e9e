/** What differs on Windows, as far as a function can be asked on any system. */

import { posix, win32 } from 'node:path';
import { describe, expect, it } from 'vitest';
import { moveOver } from '../../../src/lib/move-over.ts';
import { absoluteEntries, pathName, withPath } from '../../../src/lib/program-path.ts';
import { shownPath } from '../../../src/lib/shown-path.ts';
import { userFolder } from '../../../src/lib/user-folders.ts';
import { windowsCommand } from '../../../src/lib/windows-command.ts';
import { isNullDevice, isReserved } from '../../../src/lib/windows-names.ts';

describe('PATH', () => {
  it('has entries in quotes; those without a drive or a server lead into the current folder', () => {
    const value = String.raw`C:\bin;"C:\Program Files\Git\cmd";.;tools;\tools;C:x;D:/y;\\server\share;;`;
    expect(absoluteEntries(value, win32)).toEqual([
      'C:\\bin',
      'C:\\Program Files\\Git\\cmd',
      'D:/y',
      '\\\\server\\share',
    ]);
  });

  it('has a name in any case, and only one', () => {
    expect(pathName({ Path: 'x' }, win32)).toBe('Path');
    expect(withPath({ Path: 'C:\\x', a: '1' }, (path) => `C:\\y;${path}`, win32)).toEqual({
      Path: 'C:\\y;C:\\x',
      a: '1',
    });
    expect(withPath({ Path: 'x' }, () => 'y', posix)).toEqual({ Path: 'x', PATH: 'y' });
  });
});

describe('folders of the user', () => {
  const home = { HOME: '/h/a' };
  const profile = { USERPROFILE: 'C:\\p', APPDATA: 'D:\\roaming', LOCALAPPDATA: 'D:\\local' };

  it.each([
    ['config', home, '/h/a/.config/glaive'],
    ['state', home, '/h/a/.local/state/glaive'],
    ['config', { ...home, XDG_CONFIG_HOME: '/x' }, '/x/glaive'],
    ['state', { ...home, XDG_STATE_HOME: '/x' }, '/x/glaive'],
    // A relative path would be in the repository.
    ['config', { ...home, XDG_CONFIG_HOME: 'x' }, '/h/a/.config/glaive'],
    ['state', { ...home, XDG_STATE_HOME: '.' }, '/h/a/.local/state/glaive'],
    ['config', { HOME: 'x' }, undefined],
    ['config', { ...home, APPDATA: '/roaming' }, '/h/a/.config/glaive'],
    ['state', {}, undefined],
  ] as const)('%s with %j', (purpose, env, folder) => {
    expect(userFolder(purpose, env, posix)).toBe(folder);
  });

  it.each([
    ['config', profile, 'D:\\roaming\\glaive'],
    ['state', profile, 'D:\\local\\glaive'],
    // Git sets HOME for a hook: its folders are those of the command.
    ['config', { ...profile, HOME: 'C:\\p' }, 'D:\\roaming\\glaive'],
    ['state', { ...profile, HOME: 'C:\\p' }, 'D:\\local\\glaive'],
    ['state', { USERPROFILE: 'C:\\p' }, 'C:\\p\\AppData\\Local\\glaive'],
    ['config', { HOME: 'C:\\a' }, 'C:\\a\\.config\\glaive'],
    ['state', { HOME: 'C:\\a' }, 'C:\\a\\.local\\state\\glaive'],
    ['state', { ...profile, XDG_STATE_HOME: 'E:\\s' }, 'E:\\s\\glaive'],
  ] as const)('on Windows: %s with %j', (purpose, env, folder) => {
    expect(userFolder(purpose, env, win32)).toBe(folder);
  });
});

it.each(['', 'home', './home'])(
  'a home of %j does not count: its folders would be at the root, or in the repository',
  (home) => {
    expect(userFolder('state', { HOME: home }, posix)).toBeUndefined();
    expect(userFolder('config', { HOME: home, USERPROFILE: home }, win32)).toBeUndefined();
  },
);

describe('a command on Windows', () => {
  const env = { Path: 'C:\\Git\\cmd;.;C:\\node', SystemRoot: 'C:\\Windows' };
  const run = (name: string, args: readonly string[], ...there: string[]) =>
    windowsCommand(name, args, { cwd: 'C:\\repo', env, test: (path) => there.includes(path) });

  it('is never looked for in the current folder', () => {
    expect(() => run('tool', [], 'C:\\repo\\tool.exe', '.\\tool.exe', 'tool.exe')).toThrow(/not found/);
    expect(run('tool', ['a b'], 'C:\\repo\\tool.exe', 'C:\\node\\tool.exe')).toEqual({
      file: 'C:\\node\\tool.exe',
      args: ['a b'],
      isQuoted: false,
    });
    expect(run('.\\tool', [], 'C:\\repo\\tool.exe').file).toBe('C:\\repo\\tool.exe');
    expect(run('bin/tool.exe', [], 'C:\\repo\\bin\\tool.exe').file).toBe('C:\\repo\\bin\\tool.exe');
  });

  it('may be a batch file, which cmd.exe runs: its arguments are quoted', () => {
    const { file, args, isQuoted } = run('npm', ['run', 'a & calc', 'C:\\a b\\', ''], 'C:\\node\\npm.cmd');
    expect([file, isQuoted]).toEqual(['C:\\Windows\\System32\\cmd.exe', true]);
    const line = String.raw`"C:\node\npm.cmd" run "a & calc" "C:\a b\\" ""`;
    expect(args).toEqual(['/d', '/e:on', '/v:off', '/s', '/c', `"${line}"`]);
  });

  it.each(['"', '%PATH%', 'a\nb', 'a"&calc'])('a batch file gets no %j: cmd.exe would change it', (text) => {
    expect(() => run('npm', [text], 'C:\\node\\npm.cmd')).toThrow(/batch file/);
    expect(run('npm', [text], 'C:\\node\\npm.exe').args).toEqual([text]);
  });
});

it('the null device, and other reserved names', () => {
  for (const path of ['NUL', 'nul', 'C:\\repo\\NUL', '\\\\.\\nul']) expect(isNullDevice(path, true)).toBe(true);
  for (const path of ['null', 'nul.txt', 'C:\\nul\\a']) expect(isNullDevice(path, true)).toBe(false);
  for (const path of ['C:\\repo\\con', 'aux.json', 'COM1', 'lpt9.x']) expect(isReserved(path, true)).toBe(true);
  for (const path of ['C:\\con\\a.json', 'com10', 'console', 'aux-1.json']) expect(isReserved(path, true)).toBe(false);
  expect(isNullDevice('nul', false) || isReserved('nul', false)).toBe(false);
});

it('a path in a message has slashes', () => {
  expect(shownPath('C:\\repo', 'C:\\repo\\.gitlab\\glaive.yml', win32)).toBe('.gitlab/glaive.yml');
  expect(shownPath('C:\\repo', 'D:\\x\\y', win32)).toBe('D:/x/y');
  expect(shownPath('/repo', '/repo/a\\b', posix)).toBe('a\\b');
});

describe('a file that another program has open', () => {
  const failing = (code: string, times: number) => {
    const calls = { count: 0 };
    const move = async (): Promise<void> => {
      if (calls.count++ < times) throw Object.assign(new Error(code), { code });
    };
    return { calls, move };
  };

  it('is replaced when that is over', async () => {
    const { calls, move } = failing('EBUSY', 2);
    await moveOver('a', 'b', { tries: 5, move });
    expect(calls.count).toBe(3);
  });

  it('is an error in the end; any other error at once', async () => {
    const busy = failing('EPERM', 9);
    await expect(moveOver('a', 'b', { tries: 2, move: busy.move })).rejects.toThrow('EPERM');
    expect(busy.calls.count).toBe(2);
    const full = failing('ENOSPC', 9);
    await expect(moveOver('a', 'b', { tries: 5, move: full.move })).rejects.toThrow('ENOSPC');
    expect(full.calls.count).toBe(1);
  });
});
