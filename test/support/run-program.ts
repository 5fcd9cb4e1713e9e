/** Runs any program as a process: to its end, or with a handle on it; it never outlives the test. */

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { CLI, type Ran, type RunOptions, testEnvironment, withoutProgress } from './run-cli.ts';

export interface ProcessOptions extends RunOptions {
  /** Node's own arguments, before the program. */
  readonly nodeArgs?: readonly string[];
  /** Another program than the built command. */
  readonly program?: string;
}

export interface Started {
  readonly child: ChildProcessWithoutNullStreams;
  /** What it has printed, when it has ended. */
  readonly ended: Promise<Ran>;
}

/** Starts a program in the environment of the tests; its standard input stays open. */
export function start(program: string, args: readonly string[], { cwd, env }: RunOptions = {}): Started {
  const child = spawn(program, args, {
    cwd,
    env: testEnvironment(env),
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
        stderr: withoutProgress(Buffer.concat(stderr).toString('utf8')),
      }),
    );
  });
  return { child, ended };
}

/** Starts the built command: `glaive ARGS`. */
export function startGlaive(args: readonly string[], options: ProcessOptions = {}): Started {
  return start(process.execPath, [...(options.nodeArgs ?? []), options.program ?? CLI, ...args], options);
}

/** Runs the built command as its users do, as a process: for tests of signals, pipes, start-up and Node itself. */
export function glaiveProcess(args: readonly string[], options: ProcessOptions = {}): Promise<Ran> {
  const { child, ended } = startGlaive(args, options);
  child.stdin.end(options.input ?? '');
  return ended;
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
