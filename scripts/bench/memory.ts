/**
 * The peak memory of glaive, for inputs of awkward sizes that are made for this bench, and of `GLAIVE_BENCH_REPOSITORY` if it names
 * repositories, separated by colons. `GLAIVE_BENCH_CASES` is a regular expression for the names of cases; each is shown when it ends.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type MemoryCase, memoryCases } from './memory-cases.ts';
import type { BenchOptions } from './options.ts';
import { runProcessTree } from './process-tree.ts';

const MB = 1024 * 1024;

export async function benchMemory({ main, quick, print }: BenchOptions): Promise<void> {
  const rows: string[][] = [];
  const run = async (
    { name, args, input, threads, budgetMb }: Omit<MemoryCase, 'make'>,
    cwd: string,
  ): Promise<void> => {
    for (const count of threads === true ? ['1', '2'] : [undefined]) {
      const { peak, peakOfAll, wall, code, stderr } = await runProcessTree(
        [process.execPath, main, ...args, '--quiet', ...(count === undefined ? [] : ['--threads', count])],
        { cwd, ...(input === undefined ? {} : { stdin: join(cwd, input) }) },
      );
      if (code === null || code > 2) throw new Error(`${name}: ended with ${code}: ${stderr}`);
      rows.push([
        count === undefined ? name : `${name}, ${count} thread${count === '1' ? '' : 's'}`,
        (peak / MB).toFixed(0),
        String(budgetMb),
        (peakOfAll / MB).toFixed(0),
        (wall / 1000).toFixed(1),
        String(code),
      ]);
      process.stdout.write(`${rows.at(-1)!.join(' | ')}\n`);
    }
  };
  const wanted = new RegExp(process.env['GLAIVE_BENCH_CASES'] ?? '');
  for (const one of memoryCases(quick ? 0.05 : 1).filter(({ name }) => wanted.test(name))) {
    const folder = mkdtempSync(join(tmpdir(), 'glaive-bench-'));
    try {
      one.make(folder);
      await run(one, folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  for (const path of (process.env['GLAIVE_BENCH_REPOSITORY'] ?? '').split(':').filter((each) => each !== ''))
    await run({ name: `history, ${basename(path)}`, args: ['history'], threads: true, budgetMb: 256 }, path);
  print(
    `memory; Node ${process.versions.node}`,
    ['command', 'peak RSS, MB', 'budget', 'with its git, MB', 'seconds', 'exit code'],
    rows,
  );
}
