/**
 * A scan of a whole history, by either reader, against git printing it. `GLAIVE_BENCH_REPOSITORY` names the repository;
 * `scripts/repositories.ts` makes some.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Command, measure } from './measure.ts';
import type { BenchOptions } from './options.ts';
import { runProcessTree } from './process-tree.ts';

interface Report {
  readonly counts: Readonly<Record<string, number>>;
  readonly findings: readonly { readonly ruleId: string; readonly fingerprint: string }[];
}

export async function benchHistory({ main, effort, quick, print }: BenchOptions): Promise<void> {
  const cwd = process.env['GLAIVE_BENCH_REPOSITORY'];
  if (cwd === undefined) throw new Error('GLAIVE_BENCH_REPOSITORY must name a repository');
  const folder = mkdtempSync(join(tmpdir(), 'glaive-bench-'));
  try {
    const history = (reader: string, ...more: string[]): string[] => [
      main,
      'history',
      '--reader',
      reader,
      '--format',
      'json',
      '--quiet',
      '--exit-zero',
      ...more,
    ];
    const report = (reader: string): Report => {
      const { stdout } = spawnSync(process.execPath, history(reader), { cwd, encoding: 'utf8', maxBuffer: 2 ** 30 });
      return JSON.parse(stdout) as Report;
    };
    const [byPack, byGit] = [report('pack'), report('git')];
    const summary = ({ findings, counts }: Report): string =>
      JSON.stringify([findings.map(({ fingerprint }) => fingerprint).toSorted(), counts]);
    if (summary(byPack) !== summary(byGit))
      throw new Error('the readers differ: glaive history --check lists the differences');

    // Without findings there is no attribution: that is the scan alone.
    const config = join(folder, 'glaive.toml');
    const found = [...new Set(byPack.findings.map(({ ruleId }) => ruleId))];
    writeFileSync(config, `[rules]\ndisable = ${JSON.stringify(found)}\n`);
    const node = process.execPath;
    const commands: Command[] = [
      { name: 'git log -p -U0 --all', program: 'git', args: ['log', '-p', '-U0', '--all'] },
      {
        name: 'git cat-file, all objects',
        program: 'git',
        args: ['cat-file', '--batch-all-objects', '--batch', '--unordered', '--buffer'],
      },
      ...['1', '2'].map((threads) => ({
        name: `glaive history, the scan, ${threads === '1' ? '1 thread' : `${threads} threads`}`,
        program: node,
        args: history('pack', '--config', config, '--threads', threads),
      })),
      { name: 'the same, with attribution', program: node, args: history('pack', '--threads', '2') },
      { name: 'the scan through git', program: node, args: history('git', '--config', config) },
    ];
    const timings = measure(
      commands.map((command): Command => ({ ...command, cwd, lenient: true })),
      { ...effort, rounds: quick ? 1 : 3, runs: 1 },
    );
    const [log, cat] = timings;
    const peaks = new Map<number, number>();
    for (const [index, threads] of [
      [2, '1'],
      [3, '2'],
    ] as const)
      peaks.set(
        index,
        (await runProcessTree([node, ...history('pack', '--config', config, '--threads', threads)], { cwd })).peak,
      );
    const { artifacts = 0, bytes = 0, findings = 0 } = byPack.counts;
    print(
      `history: ${artifacts} texts, ${(bytes / 1e6).toFixed(0)} MB, ${findings} findings; Node ${process.versions.node}`,
      ['command', 'wall s', 'CPU s', 'of git log -p', 'of git cat-file', 'RSS MB'],
      timings.map(({ name, wall, cpu }, index) => [
        name,
        (wall / 1000).toFixed(1),
        (cpu / 1000).toFixed(1),
        `${(cpu / log!.cpu).toFixed(2)}x`,
        `${(cpu / cat!.cpu).toFixed(2)}x`,
        peaks.has(index) ? (peaks.get(index)! / 1e6).toFixed(0) : '',
      ]),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
