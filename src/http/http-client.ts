/**
 * Talks to one server: within a budget, with pauses where it asks for them, and so often that nobody minds. What an
 * answer means is for those who ask.
 */

import { setTimeout as pause } from 'node:timers/promises';
import { ConnectionError } from './connection-error.ts';
import type { HttpResponse, Network, Request } from './network.ts';
import { VERSION } from '../lib/version.ts';
import { ApiError } from './api-error.ts';
import { RateLimiter } from './rate-limiter.ts';

export interface HttpClientOptions {
  readonly network: Network;
  readonly signal: AbortSignal;
  /** Requests an hour, at most. */
  readonly hourly: number;
  /** Hears that it waits, and for how many seconds. */
  readonly onWait?: (seconds: number, why: string) => void;
  /** Milliseconds of silence; default 60 s. */
  readonly patience?: number;
}

export interface RequestOptions extends Pick<Request, 'method' | 'url' | 'headers'> {
  readonly body?: string;
  /** Whether the budget counts it; default true. */
  readonly isCounted?: boolean;
  /** Times it is asked at most; default 5. */
  readonly tries?: number;
  /** Whether it may be asked again when nobody knows whether it was heard, or the server has trouble; default: a GET. */
  readonly isRepeatable?: boolean;
  /** Seconds that are waited at most when the server asks for a pause; default 900. */
  readonly longestWait?: number;
  /** Milliseconds for an answer as a whole; default: as long as it comes. */
  readonly deadline?: number;
  /** Milliseconds of silence; default: that of the conversation. */
  readonly patience?: number;
}

const PATIENCE = 60_000;
const TRIES = 5;
/** Seconds before the second try, and twice as many before each further one. */
const FIRST_WAIT = 0.5;
const LONGEST_WAIT = 900;

export class HttpClient {
  readonly #options: HttpClientOptions;
  readonly #budget: RateLimiter;

  constructor(options: HttpClientOptions) {
    this.#options = options;
    this.#budget = new RateLimiter(options.hourly);
  }

  get signal(): AbortSignal {
    return this.#options.signal;
  }

  /** Asks until there is an answer, whatever its status. @throws ApiError (`unreachable`, `rate-limited`) */
  async ask(question: RequestOptions): Promise<HttpResponse> {
    const { signal, patience = PATIENCE, onWait } = this.#options;
    const { method, tries: most = TRIES, isRepeatable = method === 'GET', longestWait = LONGEST_WAIT } = question;
    for (let tries = 1; ; tries++) {
      if (question.isCounted !== false)
        await this.#wait(this.#budget.wait(), 'the budget of requests for this hour is used up');
      let seconds = FIRST_WAIT * 2 ** (tries - 1);
      let failure: ApiError | undefined;
      let answer: HttpResponse | undefined;
      let why = '';
      let isFinal = false;
      try {
        answer = await this.#send(question, question.patience ?? patience);
        const { status } = answer;
        if (status !== 429 && status < 500) return answer;
        seconds = retryAfter(answer, Date.now()) ?? seconds;
        why = status === 429 ? 'the server asks for a pause' : `the server answered with ${status}`;
        if (seconds > longestWait) return answer;
      } catch (error) {
        if (!(error instanceof ConnectionError)) throw error;
        failure = new ApiError('unreachable', error.message, undefined, error);
        why = `cannot reach ${question.url.host}: ${error.message}`;
        isFinal = error.isFinal;
      }
      const mayRepeat = isRepeatable || answer?.status === 429;
      if (tries === most || signal.aborted || !mayRepeat || isFinal) {
        if (answer !== undefined) return answer;
        throw failure!; // there is one of the two
      }
      answer?.cancel();
      if (seconds >= 1) onWait?.(seconds, why);
      await this.#pause(seconds, failure ?? new ApiError('rate-limited', why, answer?.status));
    }
  }

  async #send({ method, url, headers, body, deadline }: RequestOptions, patience: number): Promise<HttpResponse> {
    const { network, signal } = this.#options;
    return await network.send({
      method,
      url,
      headers: { 'user-agent': `glaive/${VERSION}`, ...headers },
      ...(body === undefined ? {} : { body }),
      signal,
      patience,
      ...(deadline === undefined ? {} : { deadline }),
    });
  }

  async #wait(seconds: number, why: string): Promise<void> {
    if (seconds <= 0) return;
    this.#options.onWait?.(seconds, why);
    await this.#pause(seconds, new ApiError('rate-limited', why));
  }

  async #pause(seconds: number, otherwise: ApiError): Promise<void> {
    try {
      await pause(seconds * 1000, undefined, { signal: this.#options.signal });
    } catch {
      throw otherwise;
    }
  }
}

/** The bytes of an answer, up to a limit. @throws ApiError when there are more, or they break off */
export async function readWhole(answer: HttpResponse, most: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of readable(answer)) {
    length += piece.length;
    if (length > most) {
      answer.cancel();
      throw new ApiError('malformed', 'its answer is too large', answer.status);
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** The bytes of an answer as they come. @throws ApiError when they break off */
export async function* readable(answer: HttpResponse): AsyncGenerator<Uint8Array> {
  try {
    yield* answer.body;
  } catch (error) {
    if (error instanceof ConnectionError) throw new ApiError('unreachable', error.message, answer.status, error);
    throw error;
  }
}

/** Seconds, from `Retry-After` (RFC 9110, 10.2.3) or GitLab's `RateLimit-Reset`. */
function retryAfter(answer: HttpResponse, now: number): number | undefined {
  const value = answer.header('retry-after');
  if (value !== undefined && /^\d{1,9}$/.test(value)) return Number(value);
  const date = value === undefined ? Number.NaN : Date.parse(value);
  if (!Number.isNaN(date)) return Math.max(0, (date - now) / 1000);
  const reset = answer.header('ratelimit-reset');
  if (reset !== undefined && /^\d{1,12}$/.test(reset)) return Math.max(0, Number(reset) - now / 1000);
  return undefined;
}
