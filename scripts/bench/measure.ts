/**
 * Times commands against each other. Machines are noisy, so every round runs each command a few times, in turn, and the result is
 * the median over the rounds of the CPU time (user and system, of all processes).
 */

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Command {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Standard input; empty if absent. */
  readonly input?: string;
  /** For other programs: any exit code, and any output on standard error. */
  readonly lenient?: true;
}

export interface Timing {
  readonly name: string;
  /** Milliseconds of one run; medians over the rounds. */
  readonly cpu: number;
  readonly wall: number;
  /** Least and most CPU time of a round. */
  readonly spread: readonly [least: number, most: number];
}

export interface Effort {
  readonly rounds: number;
  /** Runs of each command in a round; the system counts CPU time in steps of 10 ms. */
  readonly runs: number;
  readonly base?: Base | undefined;
}

/** Another build, whose commands take turns with those of this one. */
export interface Base {
  /** The built commands. */
  readonly main: string;
  readonly ownMain: string;
  readonly onTimings: (before: readonly Timing[], after: readonly Timing[]) => void;
}

/** @throws Error if a command does not exit with 0, or writes to standard error */
export function measure(commands: readonly Command[], { base, ...effort }: Effort): Timing[] {
  if (base === undefined) return measureAll(commands, effort);
  const own = commands.filter(({ args }) => args.includes(base.ownMain));
  const before = own.map((command) => ({
    ...command,
    args: command.args.map((arg) => (arg === base.ownMain ? base.main : arg)),
  }));
  const timings = measureAll([...commands, ...before], effort);
  base.onTimings(
    timings.slice(commands.length),
    timings.filter((_, index) => own.includes(commands[index]!)),
  );
  return timings.slice(0, commands.length);
}

function measureAll(commands: readonly Command[], { rounds, runs }: Omit<Effort, 'base'>): Timing[] {
  for (const command of commands) run(command); // warms up caches, and detects failing commands before timing
  const samples = commands.map(() => ({ cpu: [] as number[], wall: [] as number[] }));
  for (let round = 0; round < rounds; round++) {
    for (const [index, command] of commands.entries()) {
      const cpu = childrenCpu();
      const start = performance.now();
      for (let count = 0; count < runs; count++) run(command);
      samples[index]!.wall.push((performance.now() - start) / runs);
      samples[index]!.cpu.push((childrenCpu() - cpu) / runs);
    }
  }
  return commands.map(({ name }, index) => ({
    name,
    cpu: median(samples[index]!.cpu),
    wall: median(samples[index]!.wall),
    spread: [Math.min(...samples[index]!.cpu), Math.max(...samples[index]!.cpu)],
  }));
}

function run({ name, program, args, cwd, env, input, lenient }: Command): void {
  const { status, signal, error, stderr } = spawnSync(program, args, {
    cwd,
    env,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'ignore', 'pipe'],
    input,
  });
  if (error !== undefined) throw error;
  if (lenient !== true && (status !== 0 || stderr.length > 0))
    throw new Error(`${name}: ended with ${status ?? signal}: ${stderr.toString()}`);
}

/** Clock ticks per second in /proc, which are fixed on Linux. */
const TICKS = 100;

/** CPU time of all ended child processes, in milliseconds (proc(5): cutime and cstime of /proc/self/stat). */
export function childrenCpu(): number {
  const stat = readFileSync('/proc/self/stat', 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[13]) + Number(fields[14])) * 1000) / TICKS;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
