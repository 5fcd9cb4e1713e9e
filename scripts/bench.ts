/**
 * `npm run bench [-- NAME...] [--quick]`: times glaive against bare commands in the same run, and compares results first.
 * Budgets are in the tables; nothing fails because a machine is slow.
 */

import { join } from 'node:path';
import { benchKernel } from './bench/kernel.ts';
import type { Effort } from './bench/measure.ts';
import { benchMemory } from './bench/memory.ts';
import type { BenchOptions } from './bench/options.ts';
import { benchStaged } from './bench/staged.ts';
import { benchTree } from './bench/tree.ts';

/** `memory` takes minutes and gigabytes, and is run when it is named. */
const BENCHES: Readonly<Record<string, (options: BenchOptions) => Promise<void> | void>> = {
  kernel: benchKernel,
  staged: benchStaged,
  tree: benchTree,
  memory: benchMemory,
};
const BY_NAME_ONLY = new Set(['memory']);

const FULL: Effort = { rounds: 9, runs: 20 };
const QUICK: Effort = { rounds: 3, runs: 5 };

export async function main(root: string, args: readonly string[]): Promise<void> {
  const names = args.filter((arg) => arg !== '--quick');
  const unknown = names.find((name) => !Object.hasOwn(BENCHES, name));
  if (unknown !== undefined) {
    const known = Object.keys(BENCHES).join(', ');
    process.stdout.write(`usage: npm run bench [-- NAME...] [--quick], with NAME one of: ${known}\n`);
    process.exitCode = 2;
    return;
  }
  const quick = args.includes('--quick');
  const options = { main: join(root, 'dist', 'cli', 'main.cjs'), root, effort: quick ? QUICK : FULL, quick };
  for (const [name, bench] of Object.entries(BENCHES)) {
    if (names.length === 0 ? !BY_NAME_ONLY.has(name) : names.includes(name)) await bench(options);
  }
}
