/** The process as a command sees it. Only `main.ts` uses the real one; tests pass their own. */

import type { Readable } from 'node:stream';

export interface Output {
  /** Resolves when the text is accepted; never rejects. */
  write(text: string | Uint8Array): Promise<void>;
  /** Whether the reader has closed it. */
  readonly isClosed: boolean;
  readonly isTTY: boolean;
  /** The width of the terminal; undefined if it is no terminal. */
  readonly columns: number | undefined;
  /** The stream behind it, for drawing on terminals. */
  stream(): NodeJS.WritableStream;
}

export interface Io {
  /** Arguments without the program's own name. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** How this program was started: the runtime and the script, absolute. An executable is its own runtime. */
  readonly program: {
    readonly node: string;
    /** Of the runtime, without the `v`. */
    readonly nodeVersion: string;
    /** Undefined in an executable. */
    readonly main: string | undefined;
    /** The script of worker threads; undefined in the single-file build. */
    readonly worker: string | undefined;
    /** The script of threads that scan packs; undefined in the single-file build. */
    readonly packWorker: string | undefined;
    /** Threads that the machine can run in parallel. */
    readonly parallelism: number;
    /** Bytes that this process and its children may use: those of the machine, or of its container. */
    readonly memory: number;
    /** The id of this process. */
    readonly pid: number;
  };
  readonly stdin: {
    readonly isTTY: boolean;
    /** Each piece is valid until the next one is asked for. */
    bytes(): AsyncIterable<Uint8Array>;
    /** One line from a terminal, not echoed. */
    readHidden(): Promise<string>;
    /** The stream behind it, for prompts on terminals. */
    stream(): Readable;
  };
  readonly stdout: Output;
  readonly stderr: Output;
  readonly clock: () => Date;
  /** Whether the process with this id is running. */
  readonly isRunning: (pid: number) => boolean;
  /** Kills a process at once, or the group of that number if it is negative. Does nothing if it is gone. */
  readonly killProcess: (pid: number) => void;
  /** Sends a signal to every process of a group that this process has started; nothing happens if it has none left. */
  readonly endGroup: (leader: number, signal: 'SIGTERM' | 'SIGKILL') => void;
  /** Fires on Ctrl-C and on signals to end; its reason is the name of the signal. */
  readonly signal: AbortSignal;
  /**
   * Protects a single request whose result cannot be obtained again: until the returned function is called, neither a second
   * Ctrl-C nor a closed terminal ends the process.
   */
  readonly hold: () => () => void;
}

/** Exit codes: 0 clean, 1 findings, 2 incomplete or an error, 130 interrupted. */
export const EXIT = { clean: 0, findings: 1, incomplete: 2, interrupted: 130 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
