#!/usr/bin/env node
/** Connects glaive to the process: arguments, streams, signals and the exit code. The only file that touches `process`. */

import { createReadStream, existsSync, fstatSync, readSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { explainError, run } from './cli/run.ts';
import { createClock } from './lib/clock.ts';
import { GlaiveError } from './model/errors.ts';
import { EXIT, type Io, type Output } from './model/io.ts';

/** Signals of a closed terminal and of Ctrl-\\. They end the process at once, unless a command holds it: then they count as Ctrl-C. */
const HELD: readonly NodeJS.Signals[] = process.platform === 'win32' ? ['SIGHUP', 'SIGBREAK'] : ['SIGHUP', 'SIGQUIT'];

/** Bytes that are read from a file at a time; they fit the second-level cache. */
const BLOCK = 128 * 1024;
const BLOCKS_AT_ONCE = 32;

async function main(): Promise<void> {
  // Only a command that ran to its end may exit with "clean" or "findings".
  process.exitCode = EXIT.incomplete;
  process.once('beforeExit', sayUnfinished);

  const interruption = new AbortController();
  let holding = 0;
  const interrupt = (name: NodeJS.Signals): void => {
    // A second Ctrl-C exits immediately.
    if (interruption.signal.aborted && holding === 0) process.exit(EXIT.interrupted);
    interruption.abort(name);
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);

  const stdin = createInput(interruption.signal);
  const stdout = toOutput(() => process.stdout, 1);
  const io: Io = {
    argv: process.argv.slice(2),
    env: process.env,
    cwd: process.cwd(),
    program: {
      node: process.execPath,
      nodeVersion: process.versions.node,
      get main() {
        return isExecutable() ? undefined : realpathSync(process.argv[1]!); // node sets it to the script
      },
      get worker() {
        return nextTo(this.main, 'worker.cjs');
      },
      get packWorker() {
        return nextTo(this.main, 'pack-thread.cjs');
      },
      get parallelism() {
        return process.getBuiltinModule('node:os').availableParallelism();
      },
      get memory() {
        const total = process.getBuiltinModule('node:os').totalmem();
        const limit = process.constrainedMemory();
        return limit > 0 ? Math.min(limit, total) : total;
      },
      pid: process.pid,
    },
    stdin,
    stdout,
    stderr: toOutput(() => process.stderr, 2),
    clock: createClock(process.env['SOURCE_DATE_EPOCH']),
    isRunning,
    killProcess,
    endGroup,
    signal: interruption.signal,
    hold() {
      holding++;
      for (const name of HELD) process.on(name, interrupt);
      return () => {
        holding--;
        for (const name of HELD) process.off(name, interrupt);
      };
    },
  };
  const crash = async (error: unknown): Promise<void> => {
    await explainError(error, io);
    process.exit(EXIT.incomplete);
  };
  process.on('uncaughtException', (error) => void crash(error));
  const code = await run(io);
  const failure = stdout.failure();
  if (failure !== undefined) {
    const { fsErrorMessage } = await import('./lib/fs-error-message.ts');
    await io.stderr.write(`glaive: cannot write to standard output: ${fsErrorMessage(failure)}\n`);
  }
  process.exitCode = failure === undefined || code === EXIT.interrupted ? code : EXIT.incomplete;
  process.off('beforeExit', sayUnfinished);
  stdin.close();
}

function isRunning(pid: number): boolean {
  try {
    // Signal 0 is not sent: it is only checked.
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // it belongs to another user
  }
}

function killProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

function endGroup(leader: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    // Windows has no groups: there only the process itself ends.
    process.kill(process.platform === 'win32' ? leader : -leader, signal);
  } catch {
    // It has ended by itself.
