/**
 * `npm run bench [-- NAME...] [--quick] [--save] [--base FOLDER]`: checks results, then times glaive against other commands in the same
 * run. The tables show the budgets, but a slow machine fails nothing. `--save` keeps the tables in `test/bench/runs/`. The commands of
 * the build in another checkout take turns with those of this one, if it is named by `--base`.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { benchEncoded } from './bench/encoded.ts';
import { benchHistory } from './bench/history.ts';
import { benchKernel } from './bench/kernel.ts';
import { benchLog } from './bench/log.ts';
import type { Base, Effort, Timing } from './bench/measure.ts';
import { benchMemory } from './bench/memory.ts';
import type { BenchOptions } from './bench/options.ts';
import { benchPeers } from './bench/peers.ts';
import { benchPush } from './bench/push.ts';
import { benchStaged } from './bench/staged.ts';
import { printTable } from './bench/table.ts';
import { benchTree } from './bench/tree.ts';
import { benchVersions } from './bench/versions.ts';

/** Benches that run only by name: `memory` takes minutes and gigabytes, `history` needs a repository, `versions` explains a decision, `peers` needs other scanners. */
const BENCHES: Readonly<Record<string, (options: BenchOptions) => Promise<void> | void>> = {
  kernel: benchKernel,
  staged: benchStaged,
  push: benchPush,
  tree: benchTree,
  log: benchLog,
  encoded: benchEncoded,
  history: benchHistory,
  memory: benchMemory,
  versions: benchVersions,
  peers: benchPeers,
};
const BY_NAME_ONLY = new Set(['memory', 'history', 'versions', 'peers']);

const FULL: Effort = { rounds: 9, runs: 20 };
const QUICK: Effort = { rounds: 3, runs: 5 };

export async function main(root: string, args: readonly string[]): Promise<void> {
  const { values, positionals: names } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { quick: { type: 'boolean' }, save: { type: 'boolean' }, base: { type: 'string' } },
  });
  const unknown = names.find((name) => !Object.hasOwn(BENCHES, name));
  if (unknown !== undefined) {
    const known = Object.keys(BENCHES).join(', ');
    process.stdout.write(
      `usage: npm run bench [-- NAME...] [--quick] [--save] [--base FOLDER], with NAME one of: ${known}\n`,
    );
    process.exitCode = 2;
    return;
  }
  const quick = values.quick === true;
  const tables: object[] = [];
  const print: BenchOptions['print'] = (title, head, rows) => {
    printTable(title, head, rows);
    tables.push({ title, head, rows });
  };
  const ownMain = join(root, 'dist', 'cli', 'main.cjs');
  const base = values.base === undefined ? undefined : beforeAndAfter(values.base, ownMain, print);
  const options = { main: ownMain, root, effort: { ...(quick ? QUICK : FULL), base }, quick, print };
  for (const [name, bench] of Object.entries(BENCHES)) {
    if (names.length === 0 ? !BY_NAME_ONLY.has(name) : names.includes(name)) await bench(options);
  }
  if (values.save !== true) return;
  const time = new Date().toISOString();
  const folder = join(root, 'test', 'bench', 'runs');
  mkdirSync(folder, { recursive: true });
  const machine = {
    node: process.version,
    platform: process.platform,
    arch: process.arch,
    cpu: cpus()[0]?.model,
    cpus: cpus().length,
  };
  writeFileSync(
    join(folder, `${time.replaceAll(':', '-')}.json`),
    `${JSON.stringify({ time, machine, tables }, null, 2)}\n`,
  );
}

function beforeAndAfter(folder: string, ownMain: string, print: BenchOptions['print']): Base {
  return {
    main: resolve(folder, 'dist', 'cli', 'main.cjs'),
    ownMain,
    onTimings: (before, after) =>
      print(
        `before and after, CPU ms (the least to the most of a round); Node ${process.versions.node}`,
        ['command', 'before', 'now', 'now of before'],
        after.map(({ name, cpu, spread }, index) => {
          const old = before[index]!; // of the same command
          const shown = (value: number, [least, most]: Timing['spread']): string =>
            `${value.toFixed(0)} (${least.toFixed(0)}-${most.toFixed(0)})`;
          return [name, shown(old.cpu, old.spread), shown(cpu, spread), `${(cpu / old.cpu).toFixed(2)}x`];
        }),
      ),
  };
}
