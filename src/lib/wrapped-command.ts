/** Runs a command: passes on its output, or gives it the terminal. No shell is involved. */

import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { sep } from 'node:path';
import { windowsCommand } from './windows-command.ts';

export interface WrappedOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /**
   * Receives the output of the command in order; the next piece waits until it resolves. False: the reader is gone, and the
   * command should get a broken pipe.
   */
  readonly take: (stream: 'stdout' | 'stderr', bytes: Uint8Array) => Promise<boolean>;
  /** A stream has ended. */
  readonly end: (stream: 'stdout' | 'stderr') => Promise<void>;
  /** Ends the command; its reason is the name of the signal to send. */
  readonly signal: AbortSignal;
  /** Whether the terminal itself sends Ctrl-C to the command. */
  readonly hasTerminal: boolean;
}

/** A background process of the command may keep its output open. After this much silence it is not waited for. */
const SILENCE = 2000;

/**
 * @returns the exit code of the command; 128 plus the number of the signal that ended it
 * @throws the error of the operating system if it cannot be started
 */
export async function runWrapped(command: string, args: readonly string[], options: WrappedOptions): Promise<number> {
  const { file, ...how } = started(command, args, options);
  const child = spawn(file, how.args, { ...how.options, stdio: ['inherit', 'pipe', 'pipe'] });
  const stop = (): void => {
    const name = options.signal.reason as NodeJS.Signals;
    // On Windows, all signals are the terminal's: it ends every program in it, and Node can send none of them.
    if (!IS_WINDOWS && !(name === 'SIGINT' && options.hasTerminal)) child.kill(name);
  };
  options.signal.addEventListener('abort', stop);
  try {
    return await new Promise((resolve, reject) => {
      /** One piece at a time, from both streams. */
      let turn: Promise<unknown> = Promise.resolve();
      let silence: NodeJS.Timeout | undefined;
      let hasEnded = false;
      const watch = (): void => {
        if (!hasEnded) return;
        clearTimeout(silence);
        silence = setTimeout(() => {
          child.stdout.destroy();
          child.stderr.destroy();
        }, SILENCE);
      };
      for (const name of ['stdout', 'stderr'] as const) {
        const stream = child[name];
        stream.on('data', (bytes: Uint8Array) => {
          watch();
          stream.pause();
          turn = turn
            .then(async () => await options.take(name, bytes))
            .then((isRead) => void (isRead ? stream.resume() : stream.destroy()), reject);
        });
      }
      child.on('error', (error) => {
        if (child.pid === undefined) reject(error);
      });
      child.on('exit', () => {
        hasEnded = true;
        watch();
      });
      child.on('close', (code, signal) => {
        clearTimeout(silence);
        turn
          .then(async () => {
            await options.end('stdout');
            await options.end('stderr');
          })
          .then(() => resolve(signal === null ? (code ?? 0) : 128 + constants.signals[signal]), reject);
      });
    });
  } finally {
    options.signal.removeEventListener('abort', stop);
  }
}

const IS_WINDOWS = sep === '\\';

/** How Node starts the command. */
function started(command: string, args: readonly string[], { cwd, env }: Pick<WrappedOptions, 'cwd' | 'env'>) {
  if (!IS_WINDOWS) return { file: command, args, options: { cwd, env } };
  const { file, args: given, isQuoted } = windowsCommand(command, args, { cwd, env });
  return { file, args: given, options: { cwd, env, windowsVerbatimArguments: isQuoted } };
}

/**
 * Runs a program that has the terminal, such as an editor.
 *
 * @returns the exit code; 128 plus the number of the signal that ended it
 * @throws the error of the operating system if it cannot be started
 */
export async function runOnTerminal(
  command: string,
  args: readonly string[],
  { cwd, env }: Pick<WrappedOptions, 'cwd' | 'env'>,
): Promise<number> {
  const { file, ...how } = started(command, args, { cwd, env });
  const child = spawn(file, how.args, { ...how.options, stdio: 'inherit' });
  return await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(signal === null ? (code ?? 0) : 128 + constants.signals[signal]));
  });
}

export interface InputOptions extends Pick<WrappedOptions, 'cwd' | 'env' | 'signal'> {
  readonly input: string;
}

/** Characters of the end of its errors that are kept. */
const ERRORS = 4000;

/**
 * Runs a program that reads everything from standard input, such as sendmail. Its output is dropped.
 *
 * @returns the exit code; 128 plus the number of the signal that ended it; and the end of its errors
 * @throws the error of the operating system if it cannot be started
 */
export async function runWithInput(
  command: string,
  args: readonly string[],
  { cwd, env, input, signal }: InputOptions,
): Promise<{ readonly code: number; readonly stderr: string }> {
  const { file, ...how } = started(command, args, { cwd, env });
  const child = spawn(file, how.args, { ...how.options, stdio: ['pipe', 'ignore', 'pipe'] });
  const stop = (): void => void child.kill();
  signal.addEventListener('abort', stop);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-ERRORS)));
  // It may end before it has read everything; its exit code says whether that is an error.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  try {
    return await new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, name) =>
        resolve({ code: name === null ? (code ?? 0) : 128 + constants.signals[name], stderr }),
      );
    });
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
