/** A tree of 60 000 files and 800 MB against ripgrep, which searches the same keywords in the same files. */

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sampleText } from './sample-text.ts';
import { compileRuleset } from '../../src/rules/compile.ts';
import { readBuiltinRules } from '../builtin-rules.ts';
import type { BenchOptions } from './options.ts';
import { type Command, measure, type Timing } from './measure.ts';

/** CPU time as a multiple of ripgrep's. */
const BUDGET = 1.25;

const FILES = 60_000;
const LEAKS = 100;

export function benchTree({ main, root, effort, quick, print }: BenchOptions): void {
  const cwd = mkdtempSync(join(tmpdir(), 'glaive-bench-'));
  try {
    const files = quick ? FILES / 10 : FILES;
    const bytes = makeTree(cwd, files);
    // A work tree; with --intent-to-add git lists the files without compressing them.
    for (const args of [
      ['init', '--quiet'],
      ['add', '--intent-to-add', '.'],
    ])
      execFileSync('git', args, { cwd });
    const keywords = join(cwd, '..', `${cwd.split('/').at(-1)}.keywords`);
    writeFileSync(
      keywords,
      compileRuleset(readBuiltinRules(root))
        .keywords.map(({ text }) => `${text}\n`)
        .join(''),
    );
    const glaive = (threads: number): string[] => [
      main,
      'scan',
      '--threads',
      String(threads),
      '--exit-zero',
      '--quiet',
      '.',
    ];
    const rg = [
      '-uuu',
      '--glob',
      '!.git',
      '--text',
      '--fixed-strings',
      '--file',
      keywords,
      '--only-matching',
      '--byte-offset',
      '.',
    ];
    const commands: Command[] = [
      { name: 'glaive, 1 thread', program: process.execPath, args: glaive(1) },
      { name: 'glaive, 2 threads', program: process.execPath, args: glaive(2) },
      ...ripgrep(),
    ].map((command) => ({ ...command, cwd }));
    expectEqual(cwd, main, rg);
    const timings = measure(commands, { ...effort, runs: quick ? 2 : 1 });
    const reference = timings.find(({ name }) => name.startsWith('ripgrep') && name.endsWith('1 thread'));
    print(
      `tree: ${files} files, ${Math.round(bytes / 1e6)} MB, warm; Node ${process.versions.node}`,
      ['command', 'wall ms', 'CPU ms', 'of ripgrep’s CPU', 'spread', 'budget'],
      timings.map((timing) => row(timing, reference)),
    );
    rmSync(keywords);

    function ripgrep(): { name: string; program: string; args: string[] }[] {
      const version = /ripgrep (\S+)/.exec(spawnSync('rg', ['--version'], { encoding: 'utf8' }).stdout ?? '')?.[1];
      if (version === undefined) {
        process.stdout.write('ripgrep is not on the PATH: nothing to compare with\n');
        return [];
      }
      return [1, 2].map((threads) => ({
        name: `ripgrep ${version}, ${threads} thread${threads === 1 ? '' : 's'}`,
        program: 'rg',
        args: ['--threads', String(threads), ...rg],
      }));
    }
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

function row({ name, wall, cpu, spread }: Timing, reference: Timing | undefined): string[] {
  const ratio = reference === undefined ? '' : `${(cpu / reference.cpu).toFixed(2)}x`;
  const range = `${spread[0].toFixed(0)}-${spread[1].toFixed(0)}`;
  return [name, wall.toFixed(0), cpu.toFixed(0), ratio, range, name.includes('glaive, 1') ? `${BUDGET}x` : ''];
}

/** Files of 1 to 64 KB, most of them small, of made-up code and logs, without tokens. */
function makeTree(folder: string, files: number): number {
  const text = Buffer.from(sampleText(4 * 1024 * 1024));
  let state = 7;
  const random = (limit: number): number => {
    state = Math.imul(state, 48_271) & 0x7fff_ffff || 1;
    return (state >>> 8) % limit;
  };
  let bytes = 0;
  for (let index = 0; index < files; index++) {
    const path = join(folder, `d${index % 250}`, `e${index % 7}`);
    if (index < 1750) mkdirSync(path, { recursive: true });
    const size = 1024 + Math.floor((random(1000) / 1000) ** 4 * 62_000);
    const start = random(text.length - size);
    const leak = index % Math.floor(files / LEAKS) === 0 ? `\nt = "${['glpat', tokenBody(random)].join('-')}"\n` : '';
    writeFileSync(join(path, `f${index}.js`), Buffer.concat([text.subarray(start, start + size), Buffer.from(leak)]));
    bytes += size;
  }
  return bytes;
}

function tokenBody(random: (limit: number) => number): string {
  const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz123456789';
  return Array.from({ length: 20 }, () => alphabet[random(alphabet.length)]).join('');
}

/** Checks that both find the same keywords where there is a token. */
function expectEqual(cwd: string, main: string, rg: readonly string[]): void {
  const report = spawnSync(process.execPath, [main, 'scan', '--format', 'json', '.'], { cwd, maxBuffer: 1 << 28 });
  const { findings } = JSON.parse(report.stdout.toString()) as {
    findings: { artifact: { uri: string }; regions: { byteOffset: number }[] }[];
  };
  const ours = findings.map(({ artifact, regions }) => `${artifact.uri}:${regions[0]!.byteOffset}`).toSorted();
  if (ours.length < LEAKS) throw new Error(`glaive found ${ours.length} of ${LEAKS} tokens`);
  if (spawnSync('rg', ['--version']).error !== undefined) return;
  const theirs = execFileSync('rg', [...rg], { cwd, encoding: 'utf8', maxBuffer: 1 << 28 })
    .split('\n')
    .map((line) => /^(?:\.\/)?(.*):(\d+):(.*)$/.exec(line))
    .flatMap((match) => (match?.[3] === 'glpat-' ? [`${match[1]}:${match[2]}`] : []))
    .toSorted();
  if (ours.join() !== theirs.join()) throw new Error(`glaive and ripgrep differ: ${ours.length} and ${theirs.length}`);
}
