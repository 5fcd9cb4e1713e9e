/** The whole report of a scan that fills more than a screen is kept in the state folder; where it cannot be, the scan is the same. */

import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { plantAll, watch } from '../support/leak-watch.ts';
import { glaive } from '../support/run-cli.ts';
import { runProgram } from '../support/run-program.ts';
import { tempFolder, writeFiles } from '../support/temp-folder.ts';

const planted = plantAll(20261130);
const leaksIn = watch(planted);

function manySecrets(): string {
  const root = tempFolder();
  writeFiles(root, Object.fromEntries(planted.map(({ text }, index) => [`${index}.txt`, text])));
  return root;
}

const NOT_KEPT: Readonly<Record<string, (path: string) => Promise<string | undefined> | string | undefined>> = {
  'the state folder cannot be made': () => '/proc/glaive-test',
  'its folder is a file': (path) => {
    mkdirSync(dirname(dirname(path)), { recursive: true });
    writeFileSync(dirname(path), '');
    return undefined;
  },
  'a folder is in its place': (path) => {
    mkdirSync(path, { recursive: true });
    return undefined;
  },
  'a FIFO is in its place': async (path) => {
    mkdirSync(dirname(path), { recursive: true });
    await runProgram('mkfifo', [path], { cwd: dirname(path) });
    return undefined;
  },
  'a link is in its place': (path) => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.other`, 'mine');
    symlinkSync(`${path}.other`, path);
    return undefined;
  },
};

it('kept for its user only, without a secret, and named', async () => {
  const state = tempFolder();
  const { code, stdout } = await glaive(['scan', '.'], {
    cwd: manySecrets(),
    columns: 80,
    env: { XDG_STATE_HOME: state },
  });
  const path = join(state, 'glaive', 'last-report.json');
  expect(code).toBe(1);
  expect(stdout).toContain(`glaive report ${path} --output html=report.html`);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
  expect(leaksIn(readFileSync(path, 'latin1') + stdout)).toEqual([]);
});

it.each(Object.keys(NOT_KEPT))('%s: the scan is the same', async (why) => {
  const state = tempFolder();
  const path = join(state, 'glaive', 'last-report.json');
  const home = await NOT_KEPT[why]!(path);
  const env = { XDG_STATE_HOME: home ?? state };
  const { code, stdout, stderr } = await glaive(['scan', '.'], { cwd: manySecrets(), columns: 80, env });
  expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
  expect(stdout).toContain('more secrets; --output html=report.html lists all of them');
  expect(stdout).not.toContain('is kept');
  if (existsSync(`${path}.other`)) expect(readFileSync(`${path}.other`, 'utf8')).toBe('mine');
});
