/** Runs a command of glaive inside the test's own process, where it is run so often that processes would take too long. */

import { run } from '../../src/cli/run.ts';
import type { Io, Output } from '../../src/model/io.ts';
import type { Ran, RunOptions } from './run-cli.ts';

export async function glaiveInside(
  argv: readonly string[],
  { cwd = '/', env = {}, input = '' }: RunOptions,
): Promise<Ran> {
  const collect = (): Output & { text: () => string } => {
    const pieces: string[] = [];
    return {
      write: async (text) => void pieces.push(Buffer.from(text).toString('utf8')),
      isClosed: false,
      isTTY: false,
      stream: () => {
        throw new Error('nothing is drawn here');
      },
      text: () => pieces.join(''),
    };
  };
  const [stdout, stderr] = [collect(), collect()];
  const io: Io = {
    argv,
    env: { PATH: process.env['PATH'], ...env },
    cwd,
    program: { node: process.execPath, main: '', worker: undefined, packWorker: undefined, parallelism: 1 },
    stdin: {
      isTTY: false,
      async *bytes() {
        yield Buffer.from(input);
      },
      readHidden: () => Promise.reject(new Error('there is no terminal here')),
    },
    stdout,
    stderr,
    clock: () => new Date(1_800_000_000_000),
    signal: new AbortController().signal,
    hold: () => () => {},
  };
  return { code: await run(io), stdout: stdout.text(), stderr: stderr.text() };
}
