/** `glaive message FILE`: what a commit-msg hook asks. Through real commits it is tested in staged-commits.test.ts. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { glaive } from '../support/run-cli.ts';
import { parseReport, positionsOf, tokenMint } from '../support/scan-report.ts';
import { tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';

const token = tokenMint(81);

it.each([
  ['in the title', (secret: string) => `use ${secret}\n`, ['commit-message:1:5']],
  ['without a line feed', (secret: string) => `x\n\n${secret}`, ['commit-message:3:1']],
  [
    'in a trailer, with line ends of Windows',
    (secret: string) => `x\r\n\r\nToken: ${secret}\r\n`,
    ['commit-message:3:8'],
  ],
  ['in a comment, which an editor may keep', (secret: string) => `x\n# ${secret}\n`, ['commit-message:2:3']],
  [
    'above the scissors and not below them',
    (secret: string) =>
      `x ${secret}\n# ------------------------ >8 ------------------------\n# Do not modify.\ndiff --git a/a b/a\n+${token()}\n`,
    ['commit-message:1:3'],
  ],
  [
    'below scissors of the author’s own, without a diff',
    (secret: string) => `x\n# ------------------------ >8 ------------------------\n${secret}\n`,
    ['commit-message:3:1'],
  ],
])('a token %s', async (_, text, expected) => {
  const root = tempRepository();
  const secret = token();
  writeFiles(root, { message: text(secret) });
  const ran = await glaive(['message', '--format', 'json', 'message'], { cwd: root });
  expect(ran.code).toBe(1);
  expect(positionsOf(parseReport(ran))).toEqual(expected);
  expect(ran.stdout + ran.stderr).not.toContain(secret.slice(6));
});

it('a clean message, an empty one, and one outside of any repository say nothing', async () => {
  const folder = tempFolder();
  writeFiles(folder, { message: 'fine\n', empty: '' });
  for (const name of ['message', 'empty']) {
    expect(await glaive(['message', name], { cwd: folder })).toEqual({ code: 0, stdout: '', stderr: '' });
  }
});

it('a missing or unreadable message is a gap; and one must be named', async () => {
  const folder = tempFolder();
  mkdirSync(join(folder, 'folder'));
  for (const [args, message] of [
    [['nowhere'], /commit-message: cannot read it: no such file\n/],
    [['folder'], /commit-message: cannot read it: it is a folder/],
    [[], /message: FILE is missing/],
    [['a', 'b'], /too many arguments/],
  ] as const) {
    const { code, stderr } = await glaive(['message', ...args], { cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  }
});
