/** Runs any program to its end, or starts one and gives hold of it; it never outlives the test. */

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { CLI, type Ran, type RunOptions } from './run-cli.ts';
import { gitEnvironment } from './temp-folder.ts';

export interface Started {
  readonly child: ChildProcessWithoutNullStreams;
  /** What it has printed, when it has ended. */
  readonly ended: Promise<Ran>;
}

/** Starts a program in the environment of the tests; its standard input stays open. */
export function start(program: string, args: readonly string[], { cwd, env }: RunOptions = {}): Started {
  const child = spawn(program, args, {
    cwd,
    env: { ...gitEnvironment(), SOURCE_DATE_EPOCH: '1800000000', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (piece: Buffer) => stdout.push(piece));
  child.stderr.on('data', (piece: Buffer) => stderr.push(piece));
  child.stdin.on('error', () => {});
  const ended = new Promise<Ran>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) =>
      resolve({
        code: code ?? signal ?? 'unknown',
        stdout: Buffer.concat(stdout).toString('utf8'),
        stderr: Buffer.concat(stderr).toString('utf8'),
      }),
    );
  });
  return { child, ended };
}

/** Starts `glaive ARGS`. */
export function startGlaive(args: readonly string[], options: RunOptions = {}): Started {
  return start(process.execPath, [...(options.nodeArgs ?? []), CLI, ...args], options);
}

/** Runs a program to its end. */
export function runProgram(program: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { child, ended } = start(program, args, options);
  child.stdin.end(options.input ?? '');
  return ended;
}

/** Waits until something is so; the test's own time limit is the only one. */
export async function until(isSo: () => boolean): Promise<void> {
  const test = { isOver: false };
  onTestFinished(() => {
    test.isOver = true;
  });
  while (!isSo() && !test.isOver) await setTimeout(5);
}
