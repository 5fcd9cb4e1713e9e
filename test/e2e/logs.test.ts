/** `glaive logs` on files and streams. */

import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { glaive } from '../support/run-cli.ts';
import { start } from '../support/run-program.ts';
import { CLI } from '../support/run-cli.ts';
import { fingerprintOf, parseReport, positionsOf, tokenMint } from '../support/scan-report.ts';
import { tempFolder, writeFiles } from '../support/temp-folder.ts';

const newToken = tokenMint(500);
const HEADER = '2026-08-22T00:00:02.000001Z 01O ';

describe('glaive logs', () => {
  it('reports line and column of the raw log, the section and the time, in every format that has room for them', async () => {
    const token = newToken();
    const section = '\u001B[0Ksection_start:1:build[collapsed=true]\r\u001B[0Kx\n';
    const cwd = tempFolder();
    writeFiles(cwd, { 'job.log': `${HEADER}${section}${HEADER}a ${token.slice(0, 9)}\u001B[31m${token.slice(9)}\n` });
    const { report } = { report: parseReport(await glaive(['logs', 'job.log', '--format', 'json'], { cwd })) };
    const log = { section: 'build', time: '2026-08-22T00:00:02.000001Z' };
    expect(report.findings).toMatchObject([
      {
        regions: [{ startLine: 2, startColumn: 35, endLine: 2, endColumn: 66, log }],
        locator: { encodings: ['job-log'] },
      },
    ]);
    const text = await glaive(['logs', 'job.log'], { cwd });
    expect(text).toMatchObject({ code: 1 });
    expect(text.stdout).toContain('section build, 2026-08-22T00:00:02.000001Z');
    const sarif = JSON.parse((await glaive(['logs', 'job.log', '--format', 'sarif'], { cwd })).stdout);
    expect(sarif.runs[0].results[0].locations[0].logicalLocations).toEqual([{ name: 'build', kind: 'section' }]);
  });

  it.each([20, 30, 37, 40, 47, 60, 66, 90])(
    'sees through lines cut at %i, though the command above them is longer',
    async (width) => {
      const token = newToken();
      const command = `fold -w ${width} secrets.txt # ${'a long command with a comment '.repeat(6)}`;
      const text = `x${'y'.repeat(width - 12)} ${token}`.replace(new RegExp(`.{${width}}`, 'g'), '$&\n');
      for (const log of [`\u001B[32;1m$ ${command}\u001B[0;m\n${text}\n`, `+ ${command}\n${text}\n`]) {
        const ran = await glaive(['logs', '-', '--format', 'json'], { input: log });
        expect(
          parseReport(ran).findings.map(({ confidence }) => confidence),
          log,
        ).toEqual(['certain']);
        expect(parseReport(ran).findings[0]!.secretFingerprint).toBe(fingerprintOf(token));
      }
    },
  );

  it('reads standard input, and several files', async () => {
    const cwd = tempFolder();
    writeFiles(cwd, { 'a.log': newToken(), 'b.log': `x\n${newToken()}` });
    expect(positionsOf(parseReport(await glaive(['logs', 'a.log', 'b.log', '--format', 'json'], { cwd })))).toEqual([
      'a.log:1:1',
      'b.log:2:1',
    ]);
    const piped = await glaive(['logs', '-', '--format', 'json'], { input: `${HEADER}${newToken()}\n` });
    expect(positionsOf(parseReport(piped))).toEqual(['stdin:1:33']);
  });

  it('counts what is masked', async () => {
    const ran = await glaive(['logs', '-'], { input: 'a glpat-[MASKED] b [MASKED]\n' });
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain('2 values masked by the runner');
  });

  it('is not clean when the runner has cut the log', async () => {
    const ran = await glaive(['logs', '-'], { input: "x\nJob's log exceeded limit of 4194304 bytes.\n" });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('output_limit');
  });

  it.each([
    [[], 'needs a FILE'],
    [['--job', '1'], '--job needs --project'],
    [['--project', 'x', 'file'], 'cannot be used with a FILE'],
    [['--project', 'x'], 'which GitLab'],
    [['--project', 'x', '--pipeline', 'y', '--gitlab-url', 'https://x'], 'must be an id'],
    [['--project', 'x', '--since', 'soon', '--gitlab-url', 'https://x'], 'must be a date'],
    [['--follow', '-'], '--follow takes one FILE'],
    [['--follow', 'nothing-here'], 'cannot read'],
    [['--follow', '.'], 'only a regular file'],
    [['--follow', '--project', 'y'], '--follow and --project cannot be used together'],
    [['--yes', 'x'], '--yes needs --project'],
    [['--gitlab-url', 'https://x', 'x'], '--gitlab-url needs --project or --verify'],
  ])('explains what is wrong with %j', async (args, why) => {
    const ran = await glaive(['logs', ...args], { cwd: tempFolder(), env: { CI_SERVER_URL: '' } });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(why);
  });

  it('follows a log while it is written, and reports each token once, at its line', async () => {
    const cwd = tempFolder();
    const file = join(cwd, 'job.log');
    writeFileSync(file, 'begin\n');
    const { child, ended } = start(process.execPath, [CLI, 'logs', '--follow', 'job.log', '--format', 'jsonl'], {
      cwd,
    });
    let printed = '';
    child.stdout.on('data', (bytes: Buffer) => (printed += bytes.toString()));
    const until = async (count: number): Promise<void> => {
      while (linesOf(printed).length < count) await new Promise((resolve) => setTimeout(resolve, 20));
    };
    const [first, second] = [newToken(), newToken()];
    appendFileSync(file, `one ${first}\n`);
    await until(1);
    appendFileSync(file, `${'an ordinary line of a log\n'.repeat(20_000)}two ${second.slice(0, 12)}`);
    await new Promise((resolve) => setTimeout(resolve, 700));
    appendFileSync(file, `${second.slice(12)}\n`);
    await until(2);
    child.kill('SIGINT');
    expect((await ended).code).toBe(1);
    expect(linesOf(printed)).toEqual([2, 20_003]);
  });
});

it('a followed log that was cut is not clean', async () => {
  const cwd = tempFolder();
  writeFileSync(join(cwd, 'job.log'), "x\nJob's log exceeded limit of 4194304 bytes.\n");
  const { child, ended } = start(process.execPath, [CLI, 'logs', '--follow', 'job.log'], { cwd });
  let said = '';
  child.stderr.on('data', (bytes: Buffer) => (said += bytes.toString()));
  while (!said.includes('output_limit')) await new Promise((resolve) => setTimeout(resolve, 20));
  appendFileSync(join(cwd, 'job.log'), 'more\n');
  await new Promise((resolve) => setTimeout(resolve, 700));
  child.kill('SIGINT');
  expect([(await ended).code, said.split('job.log').length]).toEqual([2, 2]);
});

/** The lines of the findings, in the order in which they were reported. */
function linesOf(jsonl: string): number[] {
  return jsonl
    .split('\n')
    .filter((line) => line.includes('"regions"'))
    .map((line) => Number(/"startLine":(\d+)/.exec(line)![1]));
}
