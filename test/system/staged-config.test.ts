/** Whatever a configuration or an attribute makes of diffs, the commit gate sees the same. */

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { some } from '../support/runs.ts';
import { glaive } from '../support/run-cli.ts';
import { positionsOf, stagedJson, tokenMint } from '../support/scan-report.ts';
import { git, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';

const token = tokenMint(33);
const leak = (): string => `token = "${token()}"\n`;

/** Settings that change what `git diff` prints, for people; all of them break parsers that trust the default. */
const SETTINGS: readonly (readonly [name: string, value: string])[] = [
  ['diff.noprefix', 'true'],
  ['diff.mnemonicPrefix', 'true'],
  ['diff.srcPrefix', 'x/'],
  ['diff.dstPrefix', 'y/'],
  ['diff.relative', 'true'],
  ['diff.renames', 'false'],
  ['diff.renames', 'copies'],
  ['diff.renameLimit', '1'],
  ['diff.context', '20'],
  ['diff.interHunkContext', '50'],
  ['diff.algorithm', 'patience'],
  ['diff.indentHeuristic', 'false'],
  ['diff.colorMoved', 'zebra'],
  ['diff.wsErrorHighlight', 'all'],
  ['diff.submodule', 'log'],
  ['diff.ignoreSubmodules', 'all'],
  ['diff.statGraphWidth', '5'],
  ['diff.wordRegex', '.'],
  ['diff.autoRefreshIndex', 'false'],
  ['diff.suppressBlankEmpty', 'true'],
  ['core.quotePath', 'true'],
  ['core.quotePath', 'false'],
  ['core.abbrev', '4'],
  ['core.whitespace', 'trailing-space,cr-at-eol'],
  ['core.bigFileThreshold', '10'],
  ['color.ui', 'always'],
  ['color.diff', 'always'],
  ['i18n.logOutputEncoding', 'UTF-16'],
  ['status.renames', 'false'],
];

describe('git settings', () => {
  it('change nothing, each alone and all together', async () => {
    const many = Array.from({ length: 60 }, (_, index) => `line ${index}\n`);
    const moved = leak();
    const root = tempRepository({
      'sub/a.txt': many.join(''),
      'ü.txt': many.join('') + leak(),
      'b.txt': `${moved}${many.join('')}`,
    });
    git(root, 'mv', 'ü.txt', 'ö.txt');
    writeFiles(root, {
      'sub/a.txt': many.with(10, leak()).with(30, `changed\n`).with(50, leak()).join(''),
      'b.txt': `${many.join('')}  ${moved}`,
      'new "file".txt': leak(),
      'blank.txt': `\n\n \n${leak()}\n`,
    });
    git(root, 'add', '--all');
    const expected = ['blank.txt:4:10', 'new "file".txt:1:10', 'sub/a.txt:11:10', 'sub/a.txt:51:10'];
    expect(positionsOf((await stagedJson(root)).report)).toEqual(expected);

    const environment = (settings: typeof SETTINGS): Record<string, string> =>
      Object.fromEntries([
        ['GIT_CONFIG_COUNT', String(settings.length)],
        ...settings.flatMap(([name, value], index) => [
          [`GIT_CONFIG_KEY_${index}`, name],
          [`GIT_CONFIG_VALUE_${index}`, value],
        ]),
      ]) as Record<string, string>;
    for (const settings of [...some(SETTINGS, 12).map((setting) => [setting]), SETTINGS]) {
      const { report } = await stagedJson(join(root, 'sub'), [], { env: environment(settings) });
      // Without renames a rename is an addition and a removal: a note, and no finding.
      expect([settings, positionsOf(report)]).toEqual([settings, expected]);
    }
  });

  it('an order of files that the repository names, and variables that change a diff', async () => {
    const root = tempRepository({ 'a.txt': 'one\n' });
    writeFiles(root, { 'a.txt': `one\n${leak()}`, 'z.txt': leak(), order: 'z.txt\na.txt\n' });
    git(root, 'config', 'diff.orderFile', 'order');
    git(root, 'add', 'a.txt', 'z.txt');
    const env = { GIT_DIFF_OPTS: '--unified=9', GIT_EXTERNAL_DIFF: 'false', GIT_PAGER: 'false', PAGER: 'false' };
    expect(positionsOf((await stagedJson(root, [], { env })).report)).toEqual(['a.txt:2:10', 'z.txt:1:10']);
  });

  it('attributes that choose a driver, a filter or an encoding', async () => {
    const root = tempRepository({
      '.gitattributes': '*.doc diff=word\n*.py diff=python\n*.gen linguist-generated -diff\n*.w whitespace=cr-at-eol\n',
    });
    git(root, 'config', 'diff.word.textconv', 'true');
    git(root, 'config', 'diff.word.binary', 'true');
    writeFiles(root, { 'a.doc': leak(), 'b.py': leak(), 'c.gen': leak(), 'd.w': `x\r\n${leak()}` });
    git(root, 'add', '--all');
    expect(positionsOf((await stagedJson(root)).report)).toEqual(['a.doc:1:10', 'b.py:1:10', 'c.gen:1:10', 'd.w:2:10']);
  });

  it('prime-radiant-inc/evener #1513: no pattern ever sees the absolute path of the work tree', async () => {
    const folder = join(tempFolder(), 'vendor', 'node_modules', 'test');
    git(tempFolder(), 'init', '--quiet', folder);
    writeFiles(folder, { '.glaiveignore': 'vendor\nnode_modules/\ntest\n', 'a.txt': leak(), 'sub/test/b.txt': leak() });
    git(folder, 'add', '--all');
    const { report } = await stagedJson(folder);
    expect(positionsOf(report)).toEqual(['a.txt:1:10']);
    expect(report.counts.skips).toEqual({ excluded: 1 });
  });
});

it('a minimum confidence of the repository that hides a likely finding is reported, though a clean hook prints nothing', async () => {
  // A token of a fixed length with another of its characters behind it is likely.
  const root = tempRepository({ '.glaive.toml': '[scan]\nmin_confidence = "certain"\n' });
  writeFiles(root, { 'a.txt': `t = ${token()}x\n` });
  git(root, 'add', '--all');
  const { code, stdout, stderr } = await glaive(['staged'], { cwd: root });
  expect([code, stdout]).toEqual([0, '']);
  expect(stderr).toContain('1 finding below the minimum confidence (certain) is not listed');
});
