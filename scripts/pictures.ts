/**
 * `npm run pictures`: the pictures of the README, from what glaive really prints for repositories that are the same in every
 * run. `test/e2e/pictures.test.ts` makes them again and compares. The picture of the HTML report needs a Chromium.
 */

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CHROMIUM, openBrowser } from '../test/support/browser.ts';
import { smallPng } from './pictures/png.ts';
import {
  git,
  leakingFiles,
  type Sample,
  withRepository,
  writeFiles,
  writeHistory,
} from './pictures/sample-repository.ts';
import { terminalSvg } from './pictures/terminal-svg.ts';

export const FOLDER = 'docs/pictures';
const COLUMNS = 80;
/** Of the page. */
export const VIEWPORT = { width: 1280, height: 900 };

/**
 * The pictures that need no browser, by name.
 *
 * @param cli the built command
 * @throws if there is no `script`, the program of Linux that makes terminals: see `hasTerminals`
 */
export async function terminalPictures(cli: string): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ['blocked-commit.svg', await blockedCommit(cli)],
    ['history.svg', await historySummary(cli)],
  ]);
}

export const hasTerminals = process.platform === 'linux' && spawnSync('script', ['--version']).status === 0;

async function blockedCommit(cli: string): Promise<string> {
  return await withRepository((sample) => {
    run(sample, process.execPath, [cli, 'hook', 'install']);
    writeFiles(sample, leakingFiles());
    git(sample, 'add', '--all');
    const output = run(sample, 'git', ['commit', '--message', 'Deploy from CI'], 1);
    return terminalSvg({
      title: 'git commit is stopped: glaive shows the token in deploy.py, masked, and says what to do',
      text: `${prompt('git commit -m "Deploy from CI"')}${output}${prompt('')}`,
      columns: COLUMNS,
    });
  });
}

/** As many lines as fit on a small screen. */
const SUMMARY_LINES = 20;

async function historySummary(cli: string): Promise<string> {
  return await withRepository((sample) => {
    writeHistory(sample);
    // Progress would depend on the time.
    const command = `stty cols ${COLUMNS}; '${process.execPath}' '${cli}' history 2>/dev/null`;
    const output = run(sample, 'script', ['-qfec', command, '/dev/null'], 1).replaceAll('\r', '');
    const lines = output.split('\n').slice(0, SUMMARY_LINES);
    return terminalSvg({
      title: 'glaive history: how many secrets were found, how bad they are, and what to do first',
      text: `${prompt('glaive history')}${lines.join('\n')}\n\x1b[2m[...]\x1b[22m\n`,
      columns: COLUMNS,
    });
  });
}

/** The HTML report of the sample history. */
export async function reportPage(cli: string): Promise<string> {
  return await withRepository((sample) => {
    writeHistory(sample);
    const file = join(sample.folder, '..', 'leaks.html');
    run(sample, process.execPath, [cli, 'history', '--output', file], 1);
    return readFileSync(file, 'utf8');
  });
}

/** Names the page that a picture shows. */
export const pageHash = (page: string): string => createHash('sha256').update(page).digest('hex');

async function reportPicture(page: string): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'glaive-pictures-'));
  const browser = await openBrowser();
  try {
    const file = join(folder, 'leaks.html');
    writeFileSync(file, page);
    const tab = await browser.newPage({
      viewport: VIEWPORT,
      colorScheme: 'light',
      reducedMotion: 'reduce',
      locale: 'en-GB',
    });
    await tab.goto(pathToFileURL(file).href);
    return smallPng(await tab.screenshot({ animations: 'disabled' }), pageHash(page));
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const prompt = (command: string): string => `\x1b[32m$\x1b[39m ${command}\n`;

/** Both streams of a program that prints in colours, as wide as the pictures. */
function run({ folder, env }: Sample, program: string, args: readonly string[], expected = 0): string {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: folder,
    env: { ...env, FORCE_COLOR: '1', TERM: 'xterm' },
    encoding: 'utf8',
  });
  if (status !== expected) throw new Error(`${program} ${args.join(' ')}: exit code ${status}\n${stdout}${stderr}`);
  return stdout + stderr;
}

export async function main(root: string): Promise<void> {
  const cli = join(root, 'dist', 'cli', 'main.cjs');
  const folder = join(root, FOLDER);
  mkdirSync(folder, { recursive: true });
  for (const [name, svg] of await terminalPictures(cli)) writeFileSync(join(folder, name), svg);
  if (CHROMIUM === undefined) throw new Error('the picture of the report needs a Chromium; the others are made');
  writeFileSync(join(folder, 'report.png'), await reportPicture(await reportPage(cli)));
}
