/** The peak memory of glaive, for files of awkward sizes that are made for this bench. */

import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sampleText } from './sample-text.ts';
import type { BenchOptions } from './options.ts';
import { runProcessTree } from './process-tree.ts';

const BUDGET_MB = 512;
const MB = 1024 * 1024;

export async function benchMemory({ main, quick, print }: BenchOptions): Promise<void> {
  const part = quick ? 0.05 : 1;
  const text = Buffer.from(sampleText(MB));
  const oneLine = Buffer.from(text.toString('latin1').replaceAll('\n', ' '), 'latin1');
  const rows: string[][] = [];
  const cases: readonly (readonly [name: string, make: (folder: string) => void])[] = [
    [`a log of ${4 * part} GB`, (folder) => writeRepeated(join(folder, 'job.log'), text, 4096 * part)],
    [`one line of ${part} GB`, (folder) => writeRepeated(join(folder, 'line.json'), oneLine, 1024 * part)],
    [`${500_000 * part} small files`, (folder) => writeSmallFiles(folder, 500_000 * part)],
  ];
  for (const [name, make] of cases) {
    const folder = mkdtempSync(join(tmpdir(), 'glaive-bench-'));
    try {
      make(folder);
      for (const threads of [1, 2]) {
        const { peak, wall, code } = await runProcessTree(
          [process.execPath, main, 'scan', '--quiet', '--threads', String(threads), '.'],
          { cwd: folder },
        );
        if (code !== 0) throw new Error(`${name}: ended with ${code}`);
        rows.push([
          `${name}, ${threads} thread${threads === 1 ? '' : 's'}`,
          (peak / MB).toFixed(0),
          String(BUDGET_MB),
          (wall / 1000).toFixed(1),
        ]);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  print(`memory; Node ${process.versions.node}`, ['scan of', 'peak RSS, MB', 'budget', 'seconds'], rows);
}

function writeRepeated(path: string, piece: Buffer, times: number): void {
  const file = openSync(path, 'w');
  for (let count = 0; count < times; count++) writeSync(file, piece);
  closeSync(file);
}

function writeSmallFiles(folder: string, count: number): void {
  for (let index = 0; index < count; index++) {
    const path = join(folder, `d${index % 500}`);
    if (index < 500) mkdirSync(path);
    writeFileSync(join(path, `f${index}`), `file ${index}\n`);
  }
}
