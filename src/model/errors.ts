/** The errors that glaive explains to its user. Any other error that reaches the top is a bug, and is shown as one. */

export type GlaiveErrorCode = 'usage' | 'config' | 'rules' | 'output' | 'thread' | 'git' | 'interrupted';

export class GlaiveError extends Error {
  readonly code: GlaiveErrorCode;
  /** The way out, one sentence. */
  readonly hint: string | undefined;
  /** Lines to be copied, shown below the hint as they are. */
  readonly lines: readonly string[];

  /** @param message what is wrong, naming the input; never carries scanned text */
  constructor(
    code: GlaiveErrorCode,
    message: string,
    options: { hint?: string; lines?: readonly string[]; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'GlaiveError';
    this.code = code;
    this.hint = options.hint;
    this.lines = options.lines ?? [];
  }
}

/** @throws GlaiveError after Ctrl-C, for commands where a partial result is useless */
export function throwIfInterrupted(signal: AbortSignal): void {
  if (signal.aborted) throw new GlaiveError('interrupted', 'interrupted');
}

/** A worker thread died, or threw: its results are lost. */
export function threadFailed(error: unknown): GlaiveError {
  const why = error instanceof Error ? error.message : String(error);
  return new GlaiveError('thread', `a worker thread failed, so the scan is incomplete: ${why}`, {
    hint: 'Run it in one thread: --threads 1',
    cause: error,
  });
}
