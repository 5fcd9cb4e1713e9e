/** A job log with colours and time stamps against ripgrep, which searches the same keywords; and `glaive mask` against `cat`. */

import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sampleText } from './sample-text.ts';
import { compileRuleset } from '../../src/rules/compile.ts';
import { readBuiltinRules } from '../builtin-rules.ts';
import { type Command, measure, type Timing } from './measure.ts';
import type { BenchOptions } from './options.ts';

const SIZE = 200_000_000;
const LEAKS = 20;
/** CPU time: of `logs` as a multiple of ripgrep's, of `mask` as a multiple of `cat`'s. */
const LOGS_BUDGET = 2;
const MASK_BUDGET = 6;
/** Lines of a section. */
const SECTION = 5000;

export function benchLog({ main, root, effort, quick, print }: BenchOptions): void {
  const cwd = mkdtempSync(join(tmpdir(), 'glaive-bench-'));
  try {
    const tokens = makeLog(join(cwd, 'job.log'), quick ? SIZE / 10 : SIZE);
    writeFileSync(
      join(cwd, 'keywords'),
      compileRuleset(readBuiltinRules(root))
        .keywords.map(({ text }) => `${text}\n`)
        .join(''),
    );
    const rg = [
      '-uuu',
      '--text',
      '--threads',
      '1',
      '--fixed-strings',
      '--file',
      'keywords',
      '--only-matching',
      '--byte-offset',
      'job.log',
    ];
    expectEqual(cwd, main, tokens);
    const hasRipgrep = spawnSync('rg', ['--version']).error === undefined;
    if (!hasRipgrep) process.stdout.write('ripgrep is not on the PATH: nothing to compare with\n');
    const commands: Command[] = [
      { name: 'cat', program: 'sh', args: ['-c', 'cat <job.log >/dev/null'] },
      ...(hasRipgrep ? [{ name: 'ripgrep, 1 thread', program: 'rg', args: rg }] : []),
      {
        name: 'glaive scan',
        program: process.execPath,
        args: [main, 'scan', '--threads', '1', '--exit-zero', '--quiet', 'job.log'],
      },
      { name: 'glaive logs', program: process.execPath, args: [main, 'logs', '--exit-zero', '--quiet', 'job.log'] },
      { name: 'glaive mask', program: 'sh', args: ['-c', `"${process.execPath}" "${main}" mask <job.log >/dev/null`] },
    ].map((command) => ({ ...command, cwd }));
    const timings = measure(commands, { ...effort, runs: 1 });
    const of = (name: string): Timing | undefined => timings.find((timing) => timing.name.startsWith(name));
    const [cat, reference] = [of('cat'), of('ripgrep')];
    const budgetOf = (name: string): number | undefined => {
      if (name === 'glaive logs' && reference !== undefined) return LOGS_BUDGET * reference.cpu;
      return name === 'glaive mask' && cat !== undefined ? MASK_BUDGET * cat.cpu : undefined;
    };
    print(
      `job log of ${(quick ? SIZE / 10 : SIZE) / 1e6} MB, colours and time stamps; Node ${process.versions.node}`,
      ['command', 'wall ms', 'CPU ms', 'of ripgrep’s CPU', 'of its budget'],
      timings.map(({ name, wall, cpu }) => {
        const budget = budgetOf(name);
        return [
          name,
          wall.toFixed(0),
          cpu.toFixed(0),
          reference === undefined ? '' : `${(cpu / reference.cpu).toFixed(2)}x`,
          budget === undefined ? '' : `${(cpu / budget).toFixed(2)}x`,
        ];
      }),
    );
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

/** Lines in the format of GitLab Runner 18.7, in sections, a third of them coloured: ASCII and some UTF-8, as real logs are. */
function makeLog(path: string, size: number): string[] {
  const lines = Buffer.from(sampleText(1024 * 1024))
    .toString('latin1')
    .split('\n')
    .filter((line) => /^[\t\x20-\x7e]*$/.test(line));
  const every = Math.floor(size / LEAKS);
  const tokens: string[] = [];
  const file = openSync(path, 'w');
  let pieces: string[] = [];
  let length = 0;
  for (let index = 0; length < size; index++) {
    const text = lines[index % lines.length]!;
    const seconds = Math.floor(index / 50);
    const header = `2026-08-22T00:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}.${String((index * 7919) % 1_000_000).padStart(6, '0')}Z 01O `;
    let line = text;
    if (index % 3 === 0) line = `\u001B[32;1m${text}\u001B[0;m`;
    else if (index % 20 === 1) line = `✓ ${text}`;
    if (index % SECTION === 0) line = `section_start:1787000000:step_${index}\r\u001B[0K${text}`;
    else if (index % SECTION === SECTION - 1) line = `section_end:1787000000:step_${index - SECTION + 1}\r\u001B[0K`;
    if (length >= every * tokens.length + every / 2) {
      tokens.push(['glpat', String(index * 7919).padEnd(20, 'aZ3kQ9xWb7LmPf2TnRcY')].join('-'));
      line = `token \u001B[31m${tokens.at(-1)}\u001B[0m .`;
    }
    pieces.push(header, line, '\n');
    length += header.length + Buffer.byteLength(line) + 1;
    if (pieces.length < 100_000) continue;
    writeSync(file, pieces.join(''));
    pieces = [];
  }
  writeSync(file, pieces.join(''));
  closeSync(file);
  return tokens;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}

/** Checks that every token is found, and that exactly the tokens are masked. */
function expectEqual(cwd: string, main: string, tokens: readonly string[]): void {
  const scanned = spawnSync(process.execPath, [main, 'logs', '--format', 'json', 'job.log'], {
    cwd,
    maxBuffer: 1 << 28,
  });
  const { counts } = JSON.parse(scanned.stdout.toString()) as { counts: { findings: number } };
  if (counts.findings !== tokens.length) throw new Error(`${counts.findings} findings instead of ${tokens.length}`);
  const masked = spawnSync(process.execPath, [main, 'mask'], {
    cwd,
    stdio: [openSync(join(cwd, 'job.log'), 'r'), 'pipe', 'inherit'],
    maxBuffer: 1 << 29,
  });
  let wanted = readFileSync(join(cwd, 'job.log'), 'latin1');
  for (const token of tokens) wanted = wanted.replace(token, 'glpat-[MASKED]');
  if (masked.stdout.toString('latin1') !== wanted)
    throw new Error('the masked log is not the log with its tokens masked');
}
