#!/usr/bin/env node
/** The real world in, the exit code out. The only file that touches `process`. */

import * as nodeModule from 'node:module';
import { isatty } from 'node:tty';
import type { Io, Output } from './model/io.ts';

async function main(): Promise<void> {
  // Node 22.1 and newer; saves the compiling of whatever is loaded from here on.
  (nodeModule as { enableCompileCache?: () => void }).enableCompileCache?.();
  const { run } = await import('./cli/run.ts');

  const interruption = new AbortController();
  const interrupt = (): void => {
    // Whoever asks twice does not want to wait.
    if (interruption.signal.aborted) process.exit(130);
    interruption.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);

  const epoch = process.env['SOURCE_DATE_EPOCH'];
  const io: Io = {
    argv: process.argv.slice(2),
    env: process.env,
    cwd: process.cwd(),
    stdin: {
      get isTTY() {
        return isatty(0);
      },
      bytes: () => process.stdin as AsyncIterable<Uint8Array>,
      readHidden,
    },
    stdout: toOutput(process.stdout),
    stderr: toOutput(process.stderr),
    // https://reproducible-builds.org/specs/source-date-epoch/: the same input gives the same report, times included.
    clock: () => (epoch !== undefined && /^\d+$/.test(epoch) ? new Date(Number(epoch) * 1000) : new Date()),
    signal: interruption.signal,
  };
  process.exitCode = await run(io);
  // Nothing may keep the process alive now, not even a pipe on stdin that never ends.
  if (io.argv.includes('-') || io.argv[0] === 'explain') process.stdin.destroy();
}

function toOutput(stream: NodeJS.WriteStream): Output {
  let closed = false;
  // A reader that has seen enough (`| head`) is no error.
  stream.on('error', () => {
    closed = true;
  });
  return {
    isTTY: stream.isTTY === true,
    write: (text) =>
      new Promise((resolve) => {
        if (closed) resolve();
        else stream.write(text, () => resolve());
      }),
  };
}

/** Reads a line from the terminal without showing it. */
function readHidden(): Promise<string> {
  const { stdin } = process;
  return new Promise((resolve, reject) => {
    let line = '';
    const finish = (action: () => void): void => {
      stdin.setRawMode(false);
      stdin.pause();
      stdin.off('data', take);
      process.stderr.write('\n');
      action();
    };
    const take = (text: string): void => {
      for (const character of text) {
        if (character === '\r' || character === '\n' || character === '\u0004') return finish(() => resolve(line));
        if (character === '\u0003') {
          process.emit('SIGINT');
          return finish(() => reject(new Error('interrupted')));
        }
        line = character === '\u007f' || character === '\b' ? line.slice(0, -1) : line + character;
      }
    };
    stdin.setEncoding('utf8');
    stdin.setRawMode(true);
    stdin.on('data', take);
    stdin.resume();
  });
}

void main();
