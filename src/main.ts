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
  }
}

/** Reports that the event loop ran empty before the command ended. */
function sayUnfinished(): void {
  process.stderr.write('glaive: internal error: it stopped before its work was done\n');
}

/** Standard input. Node opens it when it is first used; `close` ends it, so that a pipe that never ends keeps no process alive. */
function createInput(signal: AbortSignal): Io['stdin'] & { close(): void } {
  let opened: Readable | undefined;
  return {
    get isTTY() {
      return process.getBuiltinModule('node:tty').isatty(0);
    },
    bytes() {
      const stats = fstatSync(0);
      if (stats.isFile()) return readBlocks(0);
      // Node makes an empty stream of a folder, which must fail, and of a block device, which can be read.
      const isOther = stats.isDirectory() || stats.isBlockDevice();
      opened = isOther ? createReadStream('', { fd: 0, autoClose: false }) : process.stdin;
      return opened as AsyncIterable<Uint8Array>;
    },
    async readHidden() {
      opened = process.stdin;
      return await readHidden(signal);
    },
    stream() {
      opened = process.stdin;
      return process.stdin;
    },
    close() {
      opened?.destroy();
    },
  };
}

/** The bytes of a file from its position on, in one buffer: a stream of Node makes one for each piece, and reads in other threads. */
async function* readBlocks(fd: number): AsyncGenerator<Uint8Array> {
  const block = Buffer.allocUnsafeSlow(BLOCK);
  for (let count = 1; ; count++) {
    const length = readSync(fd, block);
    if (length === 0) return;
    yield block.subarray(0, length);
    // Signals and timers have their turn.
    if (count % BLOCKS_AT_ONCE === 0) await new Promise((resolve) => void setImmediate(resolve));
  }
}

/** @param open makes the stream, which costs Node milliseconds, so it is made for the first write */
function toOutput(open: () => NodeJS.WriteStream, fd: number): Output & { failure(): Error | undefined } {
  let opened: NodeJS.WriteStream | undefined;
  let closed = false;
  let failure: Error | undefined;
  let hasFile: boolean | undefined;
  const fail = (error: NodeJS.ErrnoException): void => {
    closed = true;
    // A reader that closes the pipe early (`| head`) is not an error.
    if (error.code !== 'EPIPE') failure ??= error;
  };
  const stream = (): NodeJS.WriteStream => {
    if (opened === undefined) {
      opened = open();
      opened.on('error', fail);
    }
    return opened;
  };
  return {
    get isTTY() {
      return stream().isTTY === true;
    },
    get columns() {
      return stream().columns;
    },
    get isClosed() {
      return closed;
    },
    failure: () => failure,
    stream,
    write: (text) =>
      new Promise((resolve) => {
        if (closed) resolve();
        else if (!(hasFile ??= isFile(fd))) stream().write(text, () => resolve());
        else {
          try {
            // The stream of Node writes a file once, and does not notice that a full disk takes only a part.
            writeFileSync(fd, text);
          } catch (error) {
            fail(error as NodeJS.ErrnoException);
          }
          resolve();
        }
      }),
  };
}

function isFile(fd: number): boolean {
  try {
    return fstatSync(fd).isFile();
  } catch {
    return false;
  }
}

/** Reads a line from the terminal without an echo; input is hidden from the moment of the call. */
function readHidden(signal: AbortSignal): Promise<string> {
  const { stdin } = process;
  return new Promise((resolve, reject) => {
    let line = '';
    const finish = (action: () => void): void => {
      stdin.setRawMode(false);
      stdin.pause();
      stdin.off('data', take);
      signal.removeEventListener('abort', interrupted);
      process.stderr.write('\n');
      action();
    };
    const interrupted = (): void => finish(() => reject(new GlaiveError('interrupted', 'interrupted')));
    const take = (text: string): void => {
      for (const character of text) {
        if (character === '\r' || character === '\n' || character === '\u0004') return finish(() => resolve(line));
        if (character === '\u0003') {
          process.emit('SIGINT');
          return;
        }
        line = character === '\u007f' || character === '\b' ? line.slice(0, -1) : line + character;
      }
    };
    stdin.setEncoding('utf8');
    stdin.setRawMode(true);
    stdin.on('data', take);
    signal.addEventListener('abort', interrupted);
    stdin.resume();
  });
}

function isExecutable(): boolean {
  return process.getBuiltinModule('node:sea').isSea();
}

/** The name of a module inside of an executable, or a file in the folder of the program; undefined in the build that is a single file. */
function nextTo(program: string | undefined, name: string): string | undefined {
  if (program === undefined) return `./${name}`;
  const file = join(dirname(program), name);
  return existsSync(file) ? file : undefined;
}

main().catch((error: NodeJS.ErrnoException) => {
  process.off('beforeExit', sayUnfinished);
  const why = error.syscall === 'uv_cwd' ? 'the current folder no longer exists' : error.message;
  process.stderr.write(`glaive: cannot start: ${why}\n`);
});
