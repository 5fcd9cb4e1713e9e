/** glaive at a real terminal: what a long scan shows, and what Ctrl-C leaves. */

import { spawn, spawnSync } from 'node:child_process';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { shellQuote } from '../../src/lib/shell-quote.ts';
import { KINDS, Random } from '../support/mint.ts';
import { CLI, testEnvironment } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** `script` of util-linux runs a command at a terminal of its own. */
const hasTerminals = process.platform === 'linux' && spawnSync('script', ['--version']).status === 0;

it.runIf(hasTerminals)('a finding appears while the scan runs; after Ctrl-C the report has it', async () => {
  const cwd = tempFolder();
  const token = KINDS['pat legacy']!.make(new Random(20261130), '');
  writeFileSync(join(cwd, 'a.txt'), `${token}\n`);
  // Nothing but a hole: it takes no place, and longer than any test.
  writeFileSync(join(cwd, 'b.bin'), '');
  truncateSync(join(cwd, 'b.bin'), 2 ** 40);
  const command = [process.execPath, CLI, 'scan', '--threads', '1', '--no-color'].map(shellQuote).join(' ');
  const child = spawn('script', ['-qfec', command, '/dev/null'], { cwd, env: testEnvironment({ TERM: 'xterm' }) });
  let seen = '';
  const ended = new Promise<number | null>((resolve) => void child.on('exit', resolve));
  child.stdout.on('data', (piece: Buffer) => {
    const before = seen;
    seen += piece.toString();
    if (!before.includes('found: ') && seen.includes('found: ')) child.stdin.write('\u0003');
  });
  expect(await ended).toBe(130);
  const [live, report] = [seen.slice(0, seen.indexOf('^C')), seen.slice(seen.indexOf('^C'))];
  expect(live).toContain('found: a.txt:1  GitLab personal access token');
  expect(seen).toMatch(/[\d.]+ [kMG]B\/s/);
  expect(report).toContain('a.txt:1:1');
  expect(report).toContain('the scan was interrupted (SIGINT)');
  expect(seen).not.toContain(token);
});
