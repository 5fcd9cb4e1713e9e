/** The HTTP client for one server: rate limit, retries with growing waits, and the pauses that the server asks for. */

import { setTimeout as pause } from 'node:timers/promises';
import { VERSION } from '../generated/package.ts';
import { ApiError } from './api-error.ts';
import { ConnectionError } from './connection-error.ts';
import type { HttpRequest, HttpResponse, Network } from './network.ts';
import { RateLimiter } from './rate-limiter.ts';

export interface HttpClientOptions {
  readonly network: Network;
  readonly signal: AbortSignal;
  readonly requestsPerHour: number;
  readonly onWait?: (seconds: number, why: string) => void;
  /** Longest silence of the server in milliseconds; default 60 s. */
  readonly idleTimeout?: number;
}

export interface RequestOptions extends Pick<HttpRequest, 'method' | 'url' | 'headers'> {
  readonly body?: string;
  /** Whether the rate limit applies; default true. */
  readonly isRateLimited?: boolean;
  /** Default 5. */
  readonly maxAttempts?: number;
  /** Whether to retry after a failed connection or a 5xx, when the server may have acted on the request; default: GET only. */
  readonly isRetryable?: boolean;
  /** Longest pause in seconds that the server may ask for; default 900. */
  readonly maxWait?: number;
  /** Milliseconds for the whole request; default: no limit as long as data arrives. */
  readonly timeout?: number;
  /** Default: that of the client. */
  readonly idleTimeout?: number;
}

const IDLE_TIMEOUT = 60_000;
const MAX_ATTEMPTS = 5;
/** Seconds before the second attempt; each further wait is twice as long. */
const FIRST_WAIT = 0.5;
const MAX_WAIT = 900;

export class HttpClient {
  readonly #options: HttpClientOptions;
  readonly #rateLimiter: RateLimiter;

  constructor(options: HttpClientOptions) {
    this.#options = options;
    this.#rateLimiter = new RateLimiter(options.requestsPerHour);
  }

  /**
   * Sends a request, with retries. The response may have any status.
   *
   * @throws ApiError (`unreachable`, `rate-limited`)
   */
  async request(options: RequestOptions): Promise<HttpResponse> {
    const { signal, onWait } = this.#options;
    const {
      method,
      maxAttempts = MAX_ATTEMPTS,
      isRetryable = method === 'GET',
      maxWait = MAX_WAIT,
      isRateLimited = true,
    } = options;
    for (let attempt = 1; ; attempt++) {
      if (isRateLimited) await this.#respectRateLimit();
      const { response, error } = await this.#attempt(options);
      if (response !== undefined && response.status !== 429 && response.status < 500) return response;
      const wait = (response && retryAfter(response, Date.now())) ?? FIRST_WAIT * 2 ** (attempt - 1);
      const mayRetry = (isRetryable || response?.status === 429) && error?.isPermanent !== true;
      if (attempt === maxAttempts || signal.aborted || !mayRetry || (response !== undefined && wait > maxWait)) {
        if (response !== undefined) return response;
        throw unreachable(error);
      }
      response?.cancel();
      const why = retryReason(options.url, response, error);
      if (wait >= 1) onWait?.(wait, why);
      await this.#pause(wait, response === undefined ? unreachable(error) : rateLimited(why, response.status));
    }
  }

  async #attempt(options: RequestOptions): Promise<Attempt> {
    const { network, signal, idleTimeout = IDLE_TIMEOUT } = this.#options;
    const { method, url, headers, body, timeout } = options;
    try {
      const response = await network.send({
        method,
        url,
        headers: { 'user-agent': `glaive/${VERSION}`, ...headers },
        ...(body === undefined ? {} : { body }),
        signal,
        idleTimeout: options.idleTimeout ?? idleTimeout,
        ...(timeout === undefined ? {} : { timeout }),
      });
      return { response };
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      return { error };
    }
  }

  async #respectRateLimit(): Promise<void> {
    const seconds = this.#rateLimiter.reserve();
    if (seconds <= 0) return;
    const why = 'the limit of requests per hour is reached';
    this.#options.onWait?.(seconds, why);
    await this.#pause(seconds, rateLimited(why));
  }

  /** @throws ApiError the given one if the user interrupts the pause */
  async #pause(seconds: number, interrupted: ApiError): Promise<void> {
    try {
      await pause(seconds * 1000, undefined, { signal: this.#options.signal });
    } catch {
      throw interrupted;
    }
  }
}

type Attempt =
  | { readonly response: HttpResponse; readonly error?: never }
  | { readonly error: ConnectionError; readonly response?: never };

const rateLimited = (why: string, status?: number): ApiError => new ApiError('rate-limited', why, status);

function unreachable(error: ConnectionError): ApiError {
  return new ApiError('unreachable', error.message, undefined, error);
}

function retryReason({ host }: URL, response: HttpResponse | undefined, error: ConnectionError | undefined): string {
  if (response === undefined) return `cannot reach ${host}: ${error?.message}`;
  return response.status === 429 ? 'the server asks for a pause' : `the server responded with ${response.status}`;
}

/** @throws ApiError if the body is longer than `maxBytes`, or the connection breaks */
export async function readBody(response: HttpResponse, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of streamBody(response)) {
    length += chunk.length;
    if (length > maxBytes) {
      response.cancel();
      throw new ApiError('malformed', 'the response is too large', response.status);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The body in chunks. @throws ApiError if the connection breaks */
export async function* streamBody(response: HttpResponse): AsyncGenerator<Uint8Array> {
  try {
    yield* response.body;
  } catch (error) {
    if (error instanceof ConnectionError) throw new ApiError('unreachable', error.message, response.status, error);
    throw error;
  }
}

/** Seconds, from `Retry-After` (RFC 9110, 10.2.3) or GitLab's `RateLimit-Reset`. */
function retryAfter(response: HttpResponse, now: number): number | undefined {
  const value = response.header('retry-after');
  if (value !== undefined && /^\d{1,9}$/.test(value)) return Number(value);
  const date = value === undefined ? Number.NaN : Date.parse(value);
  if (!Number.isNaN(date)) return Math.max(0, (date - now) / 1000);
  const reset = response.header('ratelimit-reset');
  if (reset !== undefined && /^\d{1,12}$/.test(reset)) return Math.max(0, Number(reset) - now / 1000);
  return undefined;
}
