/** Two builds are compared file by file, whatever the rights of their folders are. */

import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isEqual } from '../../../scripts/release/compare.ts';
import { filesBelow, giveUsualRights } from '../../../scripts/release/files.ts';
import { tempFolder, writeFiles } from '../../support/temp-folder.ts';

function compared(first: Record<string, string>, second: Record<string, string>) {
  const lines: string[] = [];
  const [a, b] = [tempFolder(), tempFolder()];
  writeFiles(a, first);
  writeFiles(b, second);
  const equal = isEqual(
    a,
    b,
    (line) => lines.push(line),
    (file) => file !== 'provenance.json',
  );
  return { equal, text: lines.join('\n') };
}

const SAME = { SHA256SUMS: 'x', 'doors/a.rb': 'a' };

it('equal files are listed with both hashes', () => {
  const { equal, text } = compared(SAME, SAME);
  expect(equal).toBe(true);
  expect(text).toMatch(/^equal {6}([0-9a-f]{64}) {2}\1 {2}SHA256SUMS$/m);
  expect(text).toContain('all 2 files are equal');
});

it.each<[what: string, second: Record<string, string>]>([
  ['a changed byte', { ...SAME, 'doors/a.rb': 'b' }],
  ['a missing file', { SHA256SUMS: 'x' }],
  ['one more file', { ...SAME, more: '' }],
])('%s is a difference', (_, second) => {
  const { equal, text } = compared(SAME, second);
  expect(equal).toBe(false);
  expect(text).toMatch(/^DIFFERENT .*(?:a\.rb|more)$/m);
  expect(text).toMatch(/1 of [23] files differ/);
});

it('what only one builder can have is not compared', () => {
  expect(compared({ ...SAME, 'provenance.json': '1' }, { ...SAME, 'provenance.json': '2' }).equal).toBe(true);
});

it('two empty folders prove nothing', () => {
  expect(() => compared({}, {})).toThrow('nothing was compared');
});

it('files get the rights that they have in every clone', () => {
  const folder = tempFolder();
  mkdirSync(join(folder, 'sub'), { mode: 0o700 });
  writeFileSync(join(folder, 'sub', 'text'), '', { mode: 0o600 });
  writeFileSync(join(folder, 'program'), '', { mode: 0o700 });
  chmodSync(join(folder, 'program'), 0o777);
  giveUsualRights(folder);
  const rights = (name: string): string => (statSync(join(folder, name)).mode & 0o777).toString(8);
  expect(['sub', 'sub/text', 'program'].map(rights)).toEqual(['755', '644', '755']);
  expect(filesBelow(folder)).toEqual(['program', 'sub/text']);
});
