/** Names that lead to a file in several spellings. Here only one does; test/system/other-disks.test.ts has a disk that ignores case. */

import { linkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createPathMatcher } from '../../../src/lib/path-patterns.ts';
import { createPathOnDisk, nameOnDisk } from '../../../src/lib/name-on-disk.ts';
import { tempFolder, writeFiles } from '../../support/temp-folder.ts';

it('a name that is there stays, and so does one that is not', () => {
  const root = tempFolder();
  writeFiles(root, { 'a.txt': '', 'A.TXT': '', 'src/B.txt': '' });
  const onDisk = createPathOnDisk(root);
  for (const name of ['a.txt', 'A.TXT', 'src/B.txt', 'src/missing', '../outside', '.'])
    expect(onDisk(join(root, name))).toBe(join(root, name));
});

it('accents have two forms', () => {
  const root = tempFolder();
  const [composed, decomposed] = ['caf\u00e9', 'caf\u00e9'.normalize('NFD')] as const;
  writeFileSync(join(root, decomposed), '');
  // On such a disk both names lead to the file; here by a second entry, which its listing hides.
  linkSync(join(root, decomposed), join(root, composed));
  expect(nameOnDisk(join(root, composed), () => ['other', decomposed])).toBe(decomposed);
  expect(nameOnDisk(join(root, composed))).toBe(composed);
});

it('patterns match both forms of an accent', () => {
  const matches = createPathMatcher(['caf\u00e9/']);
  expect(matches('cafe\u0301/a.txt')).toBe(true);
  expect(createPathMatcher(['cafe\u0301/'])('caf\u00e9/a.txt')).toBe(true);
  expect(matches('CAF\u00c9/a.txt')).toBe(false);
});
