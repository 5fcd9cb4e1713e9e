/**
 * `npm run bench -- peers`: every scanner that is on the PATH against glaive, on the same folders and histories: first what each
 * finds of planted tokens, then what each finds, costs and needs on real ones. `peers/README.md` says how to get them.
 *
 * `GLAIVE_BENCH_REPOSITORY` and `GLAIVE_BENCH_TREE` name real repositories and folders, several separated by colons.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { BenchOptions } from './options.ts';
import { copyRepository, copyTree } from './peers/copies.ts';
import { gitleaks, betterleaks } from './peers/gitleaks.ts';
import { glaive } from './peers/glaive.ts';
import { kingfisher } from './peers/kingfisher.ts';
import { noseyparker } from './peers/noseyparker.ts';
import { plantFolder, plantHistory } from './peers/planted.ts';
import { ripgrep } from './peers/ripgrep.ts';
import { ripsecrets } from './peers/ripsecrets.ts';
import type { Outcome, Scanner } from './peers/scanner.ts';
import { printGroups, printPlanted, printReal } from './peers/tables.ts';
import { trufflehog } from './peers/trufflehog.ts';
import { type Run, runProcessTree } from './process-tree.ts';

/** Of one run; gitleaks needs minutes for a large history. */
const LIMIT_SECONDS = 900;
const SEED = 20_261_129;

type What = 'tree' | 'history';

export async function benchPeers({ root, quick, print }: BenchOptions): Promise<void> {
  const offline = spawnSync('unshare', ['-n', 'true']).status === 0;
  const all = [glaive(root), ripgrep(root), gitleaks, betterleaks, trufflehog, kingfisher, noseyparker, ripsecrets];
  const scanners = all.filter(isThere);
  process.stdout.write(`network: ${offline ? 'none (unshare -n)' : 'not cut off: unshare -n needs rights'}\n`);
  const folder = mkdtempSync(join(tmpdir(), 'glaive-bench-'));
  try {
    const runAll = async (what: What, target: string): Promise<Outcome[]> => {
      const outcomes: Outcome[] = [];
      for (const scanner of scanners)
        if (scanner[what] !== undefined) outcomes.push(await runScanner(scanner, what, { target, folder, offline }));
      return outcomes;
    };

    const planted = { tree: join(folder, 'planted'), history: join(folder, 'planted.git') };
    mkdirSync(planted.tree);
    const tokens = plantFolder(planted.tree, quick ? 5 : 100, SEED);
    const treeOutcomes = await runAll('tree', planted.tree);
    printPlanted(print, `planted tokens: ${tokens.length} in a folder`, tokens, treeOutcomes);
    printGroups(print, 'planted tokens found as they are, by kind, %', tokens, treeOutcomes);
    const past = plantHistory(planted.history, quick ? 3 : 20, SEED);
    const pastOutcomes = await runAll('history', planted.history);
    printPlanted(print, `planted tokens: ${past.length} in a history`, past, pastOutcomes);
    printGroups(print, 'planted tokens found as they are, by place, %', past, pastOutcomes);

    for (const path of named('GLAIVE_BENCH_TREE', join(root, 'node_modules'))) {
      const copy = join(folder, 'tree');
      copyTree(path, copy);
      readOnce(copy);
      printReal(print, `tree: ${basename(path)}`, await runAll('tree', copy));
      rmSync(copy, { recursive: true });
    }
    for (const path of named('GLAIVE_BENCH_REPOSITORY', root)) {
      const copy = join(folder, 'repository.git');
      const missing = copyRepository(path, copy);
      readOnce(copy);
      const note = missing === 0 ? '' : ` (${missing} missing objects made empty)`;
      printReal(print, `history: ${basename(path)}${note}`, await runAll('history', copy));
      rmSync(copy, { recursive: true });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function named(variable: string, fallback: string): string[] {
  return (process.env[variable] ?? fallback).split(':').filter((path) => path !== '');
}

function isThere({ name, version: [program, ...args] }: Scanner): boolean {
  const { error, status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  const there = error === undefined && status === 0;
  const version = `${stdout}\n${stderr}`.trim().split('\n')[0];
  process.stdout.write(`${name}: ${there ? version : 'not on the PATH'}\n`);
  return there;
}

/** So that the first scanner does not read from the disk what the others read from memory. */
function readOnce(folder: string): void {
  spawnSync('sh', ['-c', 'find . -type f -print0 | xargs -0 cat >/dev/null'], { cwd: folder });
}

interface RunOptions {
  readonly target: string;
  readonly folder: string;
  readonly offline: boolean;
}

async function runScanner(scanner: Scanner, what: What, options: RunOptions): Promise<Outcome> {
  const { target, folder, offline } = options;
  const scratch = mkdtempSync(join(folder, 'scratch-'));
  const report = join(scratch, 'report');
  const stdout = join(scratch, 'stdout');
  try {
    const runs: Run[] = [];
    for (const step of scanner[what]!({ folder: target, scratch, report }))
      runs.push(
        await runProcessTree(offline ? ['unshare', '-n', '--', ...step] : step, {
          cwd: target,
          env: { ...process.env, GIT_NO_LAZY_FETCH: '1' },
          stdout,
          seconds: LIMIT_SECONDS,
        }),
      );
    const run = runs.reduce(added);
    const { name, read, foundCode = 0 } = scanner;
    const isPartial = read !== undefined && run.code !== 0 && run.code !== foundCode;
    if (read === undefined || run.timedOut) return { name, run, isPartial };
    return { name, run, isPartial, reported: read(readFileSync(existsSync(report) ? report : stdout, 'utf8')) };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** One step after the other. */
function added(first: Run, second: Run): Run {
  return {
    code: second.code,
    timedOut: first.timedOut || second.timedOut,
    cpu: first.cpu + second.cpu,
    wall: first.wall + second.wall,
    peak: Math.max(first.peak, second.peak),
    peakOfAll: Math.max(first.peakOfAll, second.peakOfAll),
    stderr: `${first.stderr}${second.stderr}`,
  };
}
