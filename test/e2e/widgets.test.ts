/**
 * The widgets of a merge request, simulated by GitLab's rules of identity: after each typical change exactly what is new is
 * new, and what is fixed is fixed. Where GitLab goes by lines (SARIF, and secret detection below Ultimate), a finding that moves is
 * both; that is written down here too.
 */

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { glaive } from '../support/run-cli.ts';
import { tokenMint } from '../support/scan-report.ts';
import { git, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';
import { type Shown, shownBy, type Widget, WIDGETS } from '../support/widgets.ts';

const newToken = tokenMint(2010);
const [one, two, three] = [newToken(), newToken(), newToken()];

type Files = Readonly<Record<string, string | undefined>>;

const BEFORE = { 'app.env': `# settings\nA=${one}\nB=${two}\n`, 'readme.md': 'hello\n' };

interface Change {
  /** What becomes of files; undefined: it is deleted. */
  readonly files: Files;
  /** Where identity is ours. */
  readonly shown: Shown;
  /** Where it is by lines, and something else comes of it. */
  readonly byLines?: Shown;
}

const NOTHING: Shown = { fresh: [], fixed: [] };

const CHANGES: Readonly<Record<string, Change>> = {
  'another file is changed': { files: { 'readme.md': 'hello world\n' }, shown: NOTHING },
  'lines move': {
    files: { 'app.env': `# settings\n# of the application\nA=${one}\nB=${two}\n` },
    shown: NOTHING,
    byLines: { fresh: ['app.env:4'], fixed: ['app.env:2'] },
  },
  'lines change places': {
    files: { 'app.env': `# settings\nB=${two}\nA=${one}\n` },
    shown: NOTHING,
  },
  'the file is renamed': {
    files: { 'app.env': undefined, 'config/app.env': BEFORE['app.env'] },
    shown: { fresh: ['config/app.env:2', 'config/app.env:3'], fixed: ['app.env:2', 'app.env:3'] },
  },
  'a secret comes': {
    files: { 'app.env': `${BEFORE['app.env']}C=${three}\n` },
    shown: { fresh: ['app.env:4'], fixed: [] },
  },
  'a secret goes': {
    files: { 'app.env': `# settings\nA=${one}\nB=\n` },
    shown: { fresh: [], fixed: ['app.env:3'] },
  },
  'a secret is replaced by another': {
    files: { 'app.env': `# settings\nA=${three}\nB=${two}\n` },
    shown: { fresh: ['app.env:2'], fixed: ['app.env:2'] },
    byLines: NOTHING,
  },
  'a secret occurs in its file once more': {
    files: { 'app.env': `${BEFORE['app.env']}AGAIN=${one}\n` },
    shown: NOTHING,
  },
  'a secret occurs in another file too': {
    files: { 'copy.env': `A=${one}\n` },
    shown: { fresh: ['copy.env:1'], fixed: [] },
  },
  'the file is reformatted': {
    files: { 'app.env': `# settings\r\n  A = "${one}"\r\n  B = "${two}"\r\n` },
    shown: NOTHING,
  },
  'a secret is accepted': {
    files: { 'app.env': `# settings\nA=${one}  # glaive:allow a fixture\nB=${two}\n` },
    shown: { fresh: [], fixed: ['app.env:2'] },
  },
  'the file goes': { files: { 'app.env': undefined }, shown: { fresh: [], fixed: ['app.env:2', 'app.env:3'] } },
  'two on one line': {
    files: { 'app.env': `# settings\nA=${one} B=${two}\n` },
    shown: NOTHING,
    byLines: { fresh: [], fixed: ['app.env:3'] },
  },
};

const BY_LINES: ReadonlySet<Widget> = new Set<Widget>(['sarif', 'secret detection without signatures']);
const FORMATS = [...new Set(Object.values(WIDGETS).map(({ format }) => format))];

/** The reports of a folder, by format. */
async function reportsOf(cwd: string): Promise<Readonly<Record<string, string>>> {
  const folder = tempFolder();
  const outputs = FORMATS.flatMap((format) => ['--output', `${format}=${join(folder, format)}`]);
  expect((await glaive(['scan', ...outputs], { cwd })).code).toBeOneOf([0, 1]);
  return Object.fromEntries(FORMATS.map((format) => [format, readFileSync(join(folder, format), 'utf8')]));
}

describe.each(Object.entries(CHANGES))('%s', async (_, { files, shown, byLines = shown }) => {
  it('every widget shows what is new and what is fixed, and nothing else', async () => {
    const cwd = tempRepository(BEFORE);
    const base = await reportsOf(cwd);
    for (const [path, text] of Object.entries(files))
      if (text === undefined) rmSync(join(cwd, path));
      else writeFiles(cwd, { [path]: text });
    git(cwd, 'add', '--all');
    git(cwd, 'commit', '-qm', 'change');
    const head = await reportsOf(cwd);
    const widgets = Object.keys(WIDGETS) as Widget[];
    expect(
      Object.fromEntries(
        widgets.map((widget) => {
          const { format } = WIDGETS[widget];
          return [widget, shownBy(widget, base[format]!, head[format]!)];
        }),
      ),
    ).toEqual(Object.fromEntries(widgets.map((widget) => [widget, BY_LINES.has(widget) ? byLines : shown])));
  });
});
