/** Runs a command whose output goes through this program. No shell is involved. */

import { spawn } from 'node:child_process';
import { constants } from 'node:os';

export interface WrappedOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /**
   * Takes what the command prints, in the order in which it comes; the next piece waits until it is taken. False: nobody
   * reads it any more, and the command is to notice.
   */
  readonly take: (stream: 'stdout' | 'stderr', bytes: Uint8Array) => Promise<boolean>;
  /** A stream has ended. */
  readonly end: (stream: 'stdout' | 'stderr') => Promise<void>;
  /** Ends the command; its reason is the name of the signal that it gets. */
  readonly signal: AbortSignal;
  /** Whether the terminal tells the command itself of Ctrl-C. */
  readonly hasTerminal: boolean;
}

/** What the command has left running may hold its output open; when it says nothing for so long, it is not waited for. */
const SILENCE = 2000;

/**
 * @returns the code of the command; 128 and the number of the signal that has ended it; undefined: it could not be started
 * @throws the error of the operating system when it cannot be started
 */
export async function runWrapped(command: string, args: readonly string[], options: WrappedOptions): Promise<number> {
  const child = spawn(command, args, { cwd: options.cwd, env: options.env, stdio: ['inherit', 'pipe', 'pipe'] });
  const stop = (): void => {
    const name = options.signal.reason as NodeJS.Signals;
    if (!(name === 'SIGINT' && options.hasTerminal)) child.kill(name);
  };
  options.signal.addEventListener('abort', stop);
  try {
    return await new Promise((resolve, reject) => {
      /** One after the other, whichever stream it comes from. */
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
