/** However many threads share the work: the same report, to the byte, and nothing left behind when it ends early. */

import { closeSync, ftruncateSync, openSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KINDS, Random } from '../support/mint.ts';
import { DIST, glaive } from '../support/run-cli.ts';
import { glaiveProcess, runProgram, startGlaive } from '../support/run-program.ts';
import { tokenMint } from '../support/scan-report.ts';
import { git, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';

describe('the report', () => {
  it('is the same for every number of threads', async () => {
    const random = new Random(95);
    const token = tokenMint(96);
    const kinds = Object.values(KINDS);
    const files = Array.from({ length: 700 }, (_, index): [string, string | Buffer] => {
      const { make, carriers } = kinds[index % kinds.length]!;
      const [before, after] = carriers?.[0] ?? ['x = "', '"\n'];
      const touched = (index % 3 === 0 ? 'acme-' : '') + make(random, '') + (index % 4 === 0 ? 'end' : '');
      const leak = index % 5 === 0 ? before + touched + after : '';
      const text = `${'nothing to see\n'.repeat(random.below(200))}${leak}${random.of('abc\n', random.below(3000))}`;
      const name = `d${index % 13}/${index % 97 === 0 ? `${token()}-` : ''}f${index}`;
      return [name, index % 11 === 0 ? Buffer.from(`\ufeff${text}`, 'utf16le') : text];
    });
    const root = tempRepository(Object.fromEntries(files));
    writeFiles(root, { 'big.log': `${'x'.repeat(700_000)}\n${token()}\n${'y'.repeat(900_000)} ${token()}` });
    symlinkSync('big.log', join(root, 'link'));
    expect((await runProgram('mkfifo', [join(root, 'fifo')])).code).toBe(0);
    git(root, 'add', 'link');
    const runs = [];
    for (const args of [['--threads', '1'], [], ['--threads', '2'], ['--threads', '3'], ['--threads', '7']]) {
      runs.push(await glaive(['scan', '--format', 'json', '--show-unlikely', ...args], { cwd: root }));
    }
    const [alone, ...others] = runs;
    expect(alone!.code).toBe(1);
    expect((JSON.parse(alone!.stdout) as { counts: object }).counts).toMatchObject({
      artifacts: 701,
      skips: { symlink: 1 },
    });
    for (const other of others) expect(other).toEqual(alone);
  });

  it('is the same without the file that threads run, as in the build of one file', async () => {
    const root = tempRepository({ 'a.txt': `t = "${tokenMint(97)()}"\n`, 'b.txt': 'x\n' });
    const single = join(DIST, 'glaive.cjs');
    const args = ['scan', '--format', 'json', '--threads', '4'];
    expect(await glaiveProcess(args, { cwd: root, program: single })).toEqual(await glaive(args, { cwd: root }));
  });

  it.each(['0', '-1', '1.5', 'x', '65', ''])('--threads %j is refused', async (count) => {
    const { code, stderr } = await glaive(['scan', `--threads=${count}`], { cwd: tempFolder() });
    expect(code).toBe(2);
    expect(stderr).toMatch(/--threads/);
  });
});

describe('an early end', () => {
  /** Files that take seconds to read, and hold nothing. */
  function hugeFiles(): string {
    const folder = tempFolder();
    for (let index = 0; index < 6; index++) {
      const file = openSync(join(folder, `huge${index}`), 'w');
      ftruncateSync(file, 40 * 1024 ** 3);
      closeSync(file);
    }
    return folder;
  }

  it('by Ctrl-C is 130, with a report that is not complete, and no thread left', async () => {
    const folder = hugeFiles();
    writeFiles(folder, { 'a.txt': `t = "${tokenMint(98)()}"\n` });
    const report = join(tempFolder(), 'report.json');
    const { child, ended } = startGlaive(['scan', '--threads', '3', '--output', `json=${report}`, '.'], {
      cwd: folder,
    });
    await setTimeout(800);
    child.kill('SIGINT');
    const { code, stderr } = await ended;
    expect({ code, stderr }).toEqual({ code: 130, stderr: expect.stringMatching(/interrupted \(SIGINT\)/) });
    expect(JSON.parse(readFileSync(report, 'utf8'))).toMatchObject({ scan: { complete: false } });
    expect(readdirSync(join(report, '..'))).toEqual(['report.json']);
  });

  it('by the time limit is a gap, and 2', async () => {
    const { code, stderr } = await glaive(['scan', '--threads', '3', '--time-limit', '0.7', '.'], { cwd: hugeFiles() });
    expect(code).toBe(2);
    expect(stderr).toMatch(/the time limit of 0\.7 s was reached/);
  });
});
