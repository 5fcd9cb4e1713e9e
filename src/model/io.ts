/** The world as a command sees it. Only `main.ts` touches the real one; tests hand in their own. */

export interface Output {
  /** Resolves when the text is taken; never rejects. */
  write(text: string | Uint8Array): Promise<void>;
  /** Whether nobody reads it any more. */
  readonly isClosed: boolean;
  readonly isTTY: boolean;
  /** The stream behind it, for what draws on terminals. */
  stream(): NodeJS.WritableStream;
}

export interface Io {
  /** Arguments without the program's own name. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** How this program was started: the runtime and the script, absolute. */
  readonly program: {
    readonly node: string;
    readonly main: string;
    /** What worker threads run; undefined in the build that is a single file. */
    readonly worker: string | undefined;
    /** What the threads run that scan packs; undefined likewise. */
    readonly packWorker: string | undefined;
    /** Threads that the machine can run side by side. */
    readonly parallelism: number;
  };
  readonly stdin: {
    readonly isTTY: boolean;
    bytes(): AsyncIterable<Uint8Array>;
    /** One line from a terminal, not echoed. */
    readHidden(): Promise<string>;
  };
  readonly stdout: Output;
  readonly stderr: Output;
  readonly clock: () => Date;
  /** Fires on Ctrl-C and when asked to end; its reason is the name of the signal. */
  readonly signal: AbortSignal;
  /** Until what it gives is called, the process ends for no second Ctrl-C, and with no terminal: what comes now comes once. Only for one request. */
  readonly hold: () => () => void;
}

/** What a process may end with (0 clean, 1 findings, 2 could not do all of the job, 130 interrupted). */
export const EXIT = { clean: 0, findings: 1, trouble: 2, interrupted: 130 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
