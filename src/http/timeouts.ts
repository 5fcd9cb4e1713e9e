/** The time limits of one request: how long the server may be silent, and how long the request may take as a whole. */

import { ConnectionError, connectionErrorMessage } from './connection-error.ts';

export interface TimeLimits {
  readonly signal: AbortSignal;
  /** Longest silence of the server in milliseconds: until the response headers, and between two chunks of the body. */
  readonly idleTimeout: number;
  /** Milliseconds for the whole request; absent: no limit as long as data arrives. */
  readonly timeout?: number;
}

/** Only waiting for the server is timed. The caller may work on a chunk for as long as it likes. */
export class Timeouts {
  readonly #idle = new AbortController();
  readonly #total = new AbortController();
  readonly #idleTimeout: number;
  readonly #end: number;
  readonly #caller: AbortSignal;
  /** Aborts when the caller does, or when a limit is reached. */
  readonly signal: AbortSignal;
  #timer: NodeJS.Timeout | undefined;

  constructor({ idleTimeout, timeout = Number.POSITIVE_INFINITY, signal }: TimeLimits) {
    this.#idleTimeout = idleTimeout;
    this.#end = Date.now() + timeout;
    this.#caller = signal;
    this.signal = AbortSignal.any([signal, this.#idle.signal, this.#total.signal]);
  }

  /** @throws ConnectionError */
  async limit<T>(operation: () => Promise<T>): Promise<T> {
    try {
      this.#start();
      return await operation();
    } catch (error) {
      throw this.#explain(error);
    } finally {
      clearTimeout(this.#timer);
    }
  }

  /** @throws ConnectionError */
  async *limitStream<T>(stream: AsyncIterable<T>): AsyncGenerator<T> {
    try {
      this.#start();
      for await (const chunk of stream) {
        clearTimeout(this.#timer);
        yield chunk;
        this.#start();
      }
    } catch (error) {
      throw this.#explain(error);
    } finally {
      clearTimeout(this.#timer);
    }
  }

  #start(): void {
    clearTimeout(this.#timer);
    const left = this.#end - Date.now();
    this.#timer =
      left < this.#idleTimeout
        ? setTimeout(() => this.#total.abort(), Math.max(0, left))
        : setTimeout(() => this.#idle.abort(), this.#idleTimeout);
  }

  #explain(error: unknown): ConnectionError {
    if (error instanceof ConnectionError) return error;
    if (this.#caller.aborted) return new ConnectionError('interrupted', error);
    if (this.#total.signal.aborted) return new ConnectionError('the response took too long', error);
    if (this.#idle.signal.aborted)
      return new ConnectionError(`no response for ${Math.round(this.#idleTimeout / 1000)} s`, error);
    return new ConnectionError(connectionErrorMessage(error), error);
  }
}
