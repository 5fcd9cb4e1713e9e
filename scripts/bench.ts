/**
 * `npm run bench [-- NAME] [--quick]`: times glaive against bare commands in the same run, and compares results first.
 * Budgets are in the tables; nothing fails because a machine is slow.
 */

import { join } from 'node:path';
import type { Effort } from './bench/measure.ts';
import { benchStaged } from './bench/staged.ts';

const BENCHES: Readonly<Record<string, (main: string, effort: Effort) => void>> = { staged: benchStaged };

const FULL: Effort = { rounds: 9, runs: 20 };
const QUICK: Effort = { rounds: 3, runs: 5 };

export function main(root: string, args: readonly string[]): void {
  const names = args.filter((arg) => arg !== '--quick');
  const unknown = names.find((name) => !Object.hasOwn(BENCHES, name));
  if (unknown !== undefined) {
    process.stdout.write(
      `usage: npm run bench [-- NAME] [--quick], with NAME one of: ${Object.keys(BENCHES).join(', ')}\n`,
    );
    process.exitCode = 2;
    return;
  }
  const command = join(root, 'dist', 'cli', 'main.cjs');
  for (const [name, bench] of Object.entries(BENCHES)) {
    if (names.length === 0 || names.includes(name)) bench(command, args.includes('--quick') ? QUICK : FULL);
  }
}
