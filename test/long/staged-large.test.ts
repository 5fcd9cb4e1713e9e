/** Files that git cannot show as text: beyond 1 GB it gives up, and the objects are compared instead. */

import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { positionsOf, stagedJson, tokenMint } from '../support/scan-report.ts';
import { git, tempRepository, writeFiles } from '../support/temp-folder.ts';

const token = tokenMint(35);

/** A file with holes, and a line with a token at each of these offsets. */
function writeSparse(path: string, offsets: readonly (readonly [offset: number, text: string])[]): void {
  const file = openSync(path, 'w');
  for (const [offset, text] of offsets) writeSync(file, text, offset);
  closeSync(file);
}

it('a token in a staged file of more than 1 GB is found, and so are those in the files next to it', async () => {
  const root = tempRepository({ 'a.txt': 'one\n', 'z.txt': 'one\n' });
  git(root, 'config', 'core.compression', '1');
  const far = 1100 * 1024 * 1024;
  const old = `old ${token()}\n`;
  writeSparse(join(root, 'big.bin'), [
    [0, old],
    [far, '\nend\n'],
  ]);
  git(root, 'add', 'big.bin');
  git(root, 'commit', '--quiet', '--message', 'big');
  writeSparse(join(root, 'big.bin'), [
    [0, old],
    [far, `\nend ${token()}\n`],
  ]);
  writeFiles(root, { 'a.txt': `x ${token()}\n`, 'z.txt': `x ${token()}\n` });
  git(root, 'add', '--all');
  const { code, report } = await stagedJson(root);
  // The old one was in the object before.
  expect(positionsOf(report)).toEqual(['a.txt:1:3', 'big.bin:3:5', 'z.txt:1:3']);
  expect(report.gaps).toEqual([]);
  expect(code).toBe(1);
});
