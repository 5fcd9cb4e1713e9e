#!/usr/bin/env node
/** The real world in, the exit code out. The only file that touches `process`. */

import { createReadStream, existsSync, fstatSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { GlaiveError } from './model/errors.ts';
import { EXIT, type Io, type Output } from './model/io.ts';

/** Signals that end a process at once, and are held like Ctrl-C where it must not end: a terminal that is closed, Ctrl-\\. */
const HELD: readonly NodeJS.Signals[] = process.platform === 'win32' ? ['SIGHUP', 'SIGBREAK'] : ['SIGHUP', 'SIGQUIT'];

async function main(): Promise<void> {
  // Whatever happens from here on, only a command that came to its end may say "clean" or "findings".
  process.exitCode = EXIT.trouble;
  process.once('beforeExit', sayUnfinished);
  const { explainError, run } = await import('./cli/run.ts');

  const interruption = new AbortController();
  let holding = 0;
  const interrupt = (name: NodeJS.Signals): void => {
    // Whoever asks twice does not want to wait.
    if (interruption.signal.aborted && holding === 0) process.exit(EXIT.interrupted);
    interruption.abort(name);
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);

  const stdout = toOutput(() => process.stdout, 1);
  const io: Io = {
    argv: process.argv.slice(2),
    env: process.env,
    cwd: process.cwd(),
    program: {
      node: process.execPath,
      get main() {
        return realpathSync(process.argv[1]!); // node sets it to the script
      },
      get worker() {
        return besides(this.main, 'worker.cjs');
      },
      get packWorker() {
        return besides(this.main, 'pack-thread.cjs');
      },
      get parallelism() {
        return process.getBuiltinModule('node:os').availableParallelism();
      },
    },
    stdin: {
      get isTTY() {
        return process.getBuiltinModule('node:tty').isatty(0);
      },
      bytes: openStdin,
      readHidden: () => readHidden(interruption.signal),
    },
    stdout,
    stderr: toOutput(() => process.stderr, 2),
    clock: readClock(process.env['SOURCE_DATE_EPOCH']),
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
    process.exit(EXIT.trouble);
  };
  process.on('uncaughtException', (error) => void crash(error));
  const code = await run(io);
  const failure = stdout.failure();
  if (failure !== undefined) {
    const { fsErrorMessage } = await import('./lib/fs-error-message.ts');
    await io.stderr.write(`glaive: cannot write to standard output: ${fsErrorMessage(failure)}\n`);
  }
  process.exitCode = failure === undefined || code === EXIT.interrupted ? code : EXIT.trouble;
  process.off('beforeExit', sayUnfinished);
  // Nothing may keep the process alive now, not even a pipe on stdin that never ends.
  if (io.argv.includes('-') || ['explain', 'init', 'logs', 'mask'].includes(io.argv[0] ?? '')) process.stdin.destroy();
}

/** Nothing is left to wait for, and yet the command has not ended. */
function sayUnfinished(): void {
  process.stderr.write('glaive: internal error: it came to a halt before its work was done\n');
}

/** https://reproducible-builds.org/specs/source-date-epoch/: the same input gives the same report, times included. */
function readClock(epoch: string | undefined): () => Date {
  const fixed = new Date(epoch !== undefined && /^\d+$/.test(epoch) ? Number(epoch) * 1000 : Number.NaN);
  return () => (Number.isNaN(fixed.getTime()) ? new Date() : fixed);
}

/** Node makes an empty stream of what it does not expect there: a folder must fail, and a disk be read. */
function openStdin(): AsyncIterable<Uint8Array> {
  const stats = fstatSync(0);
  if (!stats.isDirectory() && !stats.isBlockDevice()) return process.stdin as AsyncIterable<Uint8Array>;
  return createReadStream('', { fd: 0, autoClose: false }) as AsyncIterable<Uint8Array>;
}

/** @param open makes the stream, which takes Node milliseconds: only who writes pays for it */
function toOutput(open: () => NodeJS.WriteStream, fd: number): Output & { failure(): Error | undefined } {
  let opened: NodeJS.WriteStream | undefined;
  let closed = false;
  let failure: Error | undefined;
  const fail = (error: NodeJS.ErrnoException): void => {
    closed = true;
    // A reader that has seen enough (`| head`) is no error.
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
    get isClosed() {
      return closed;
    },
    failure: () => failure,
    stream,
    write: (text) =>
      new Promise((resolve) => {
        if (closed) resolve();
        else if (!isFile(fd)) stream().write(text, () => resolve());
        else {
          try {
            // Node's own way writes once, and does not notice when a full disk takes only a part.
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

/** Reads a line from the terminal without showing it; hides what is typed from the moment it is called. */
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

/** A file that stands beside the program; the build of one file has none. */
function besides(program: string, name: string): string | undefined {
  const file = join(dirname(program), name);
  return existsSync(file) ? file : undefined;
}

main().catch((error: NodeJS.ErrnoException) => {
  process.off('beforeExit', sayUnfinished);
  const why = error.syscall === 'uv_cwd' ? 'the folder that you stand in is gone' : error.message;
  process.stderr.write(`glaive: cannot start: ${why}\n`);
});
