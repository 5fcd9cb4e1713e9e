/**
 * Asks a GitLab: with patience, within a budget, and so that the token goes nowhere else.
 *
 * The token is sent as Bearer to the approved server alone. A redirect is followed only for what is downloaded, and
 * without it; one that leads elsewhere than to HTTPS is not followed at all.
 */

import { setTimeout as pause } from 'node:timers/promises';
import { VERSION } from '../version.ts';
import { Budget } from './budget.ts';
import { type Answer, ConnectionError, send } from './http.ts';
import { isSafe, type Server } from './server.ts';

export type ApiReason =
  /** 401: the token is not known there. */
  | 'unauthorized'
  /** 403: it may not. */
  | 'forbidden'
  | 'not-found'
  /** 429, again and again. */
  | 'rate-limited'
  /** Any other answer than was to be expected. */
  | 'refused'
  | 'unreachable'
  /** The answer is not what the API gives. */
  | 'malformed';

/** The server could not be asked, or said no. The message is ours: nothing that a server says is repeated. */
export class ApiError extends Error {
  readonly reason: ApiReason;
  readonly status: number | undefined;

  constructor(reason: ApiReason, message: string, status?: number, cause?: unknown) {
    super(message, { cause });
    this.name = 'ApiError';
    this.reason = reason;
    this.status = status;
  }
}

export interface ClientOptions {
  readonly server: Server;
  /** Absent: what anybody may see. */
  readonly token: string | undefined;
  readonly signal: AbortSignal;
  /** Requests an hour, at most. */
  readonly hourly: number;
  /** Hears that it waits, and for how many seconds. */
  readonly onWait?: (seconds: number, why: string) => void;
  /** Milliseconds; default 60 s. */
  readonly patience?: number;
}

export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

const PATIENCE = 60_000;
const TRIES = 5;
/** Seconds before the second try, and twice as many before each further one. */
const FIRST_WAIT = 0.5;
/** Longer than that nobody waits for a server that asks for it. */
const WAIT_MAX = 900;
const JSON_MAX = 16 * 1024 * 1024;
const REDIRECTS_MAX = 5;
const PAGES_MAX = 100_000;

export class GitLabClient {
  readonly #options: ClientOptions;
  readonly #budget: Budget;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#budget = new Budget(options.hourly);
  }

  get server(): Server {
    return this.#options.server;
  }

  /** What the API gives for a path. @throws ApiError */
  async get(path: string, query: Query = {}): Promise<unknown> {
    const { value } = await this.#json(this.#url(path, query));
    return value;
  }

  /** Everything that a list holds, page by page: by its `Link` header, to its end. @throws ApiError */
  async *list(path: string, query: Query = {}): AsyncGenerator {
    let next: URL | undefined = this.#url(path, { per_page: 100, ...query });
    for (let page = 0; next !== undefined; page++) {
      if (page === PAGES_MAX) throw new ApiError('malformed', 'its list has no end');
      const current: URL = next;
      const { value, headers }: { value: unknown; headers: Headers } = await this.#json(current);
      if (!Array.isArray(value)) throw new ApiError('malformed', 'its answer is no list');
      yield* value;
      next = this.#nextPage(headers.get('link') ?? '', current);
    }
  }

  /** @throws ApiError */
  async post(path: string): Promise<void> {
    const answer = await this.#ask('POST', this.#url(path, {}), true);
    answer.cancel();
    if (isRedirect(answer.status)) throw elsewhere(answer.status);
  }

  /**
   * Downloads what may stand elsewhere.
   *
   * @returns its bytes as they come, and how many there are where the server says so
   * @throws ApiError also while it is read: cut off, or silent
   */
  async download(
    path: string,
  ): Promise<{ readonly bytes: AsyncIterable<Uint8Array>; readonly size: number | undefined }> {
    let url = this.#url(path, {});
    let answer = await this.#ask('GET', url, true);
    for (let redirects = 0; isRedirect(answer.status); redirects++) {
      answer.cancel();
      const to = answer.headers.get('location') ?? '';
      if (redirects === REDIRECTS_MAX)
        throw new ApiError('refused', 'it leads from one place to the next', answer.status);
      if (!URL.canParse(to, url.href)) throw new ApiError('malformed', 'it leads nowhere', answer.status);
      const target = new URL(to, url);
      // Only who was asked without encryption may lead to where there is none.
      if (!(this.server.startsWith('https:') ? target.protocol === 'https:' : isSafe(target)) || target.username !== '')
        throw new ApiError('refused', 'it leads to an address that is not safe', answer.status);
      url = target;
      // Where the bytes are stored nobody needs to know who asks.
      answer = await this.#ask('GET', url, false);
    }
    // 204 is no file, and where nobody is signed in a proxy gives a page to do so.
    if (answer.status !== 200 || answer.headers.get('content-type')?.startsWith('text/html') === true) {
      answer.cancel();
      throw new ApiError('malformed', 'its answer is not what was asked for', answer.status);
    }
    const length = Number(answer.headers.get('content-length') ?? Number.NaN);
    const encoded = answer.headers.get('content-encoding') !== null;
    return { bytes: readable(answer), size: encoded || Number.isNaN(length) ? undefined : length };
  }

  #url(path: string, query: Query): URL {
    const url = new URL(`${this.server}/api/v4${path}`);
    for (const [name, value] of Object.entries(query)) {
      if (value === undefined) continue;
      for (const one of Array.isArray(value) ? value : [value]) url.searchParams.append(name, String(one));
    }
    return url;
  }

  #nextPage(link: string, current: URL): URL | undefined {
    const [, address] = /<([^<>]*)>;[^,]*\brel="?next"?/.exec(link) ?? [];
    if (address === undefined) return undefined;
    if (!URL.canParse(address)) throw new ApiError('malformed', 'its next page is no address');
    const url = new URL(address);
    // Behind a proxy a GitLab may not know how it is called; the path is its own.
    const next = new URL(`${url.pathname}${url.search}`, current);
    if (next.pathname !== current.pathname || url.host !== current.host)
      throw new ApiError('refused', 'its next page is elsewhere');
    return next;
  }

  async #json(url: URL): Promise<{ readonly value: unknown; readonly headers: Headers }> {
    const answer = await this.#ask('GET', url, true);
    if (isRedirect(answer.status)) {
      answer.cancel();
      throw elsewhere(answer.status);
    }
    const pieces: Uint8Array[] = [];
    let length = 0;
    for await (const piece of readable(answer)) {
      length += piece.length;
      if (length > JSON_MAX) {
        answer.cancel();
        throw new ApiError('malformed', 'its answer is too large', answer.status);
      }
      pieces.push(piece);
    }
    try {
      return { value: JSON.parse(Buffer.concat(pieces).toString('utf8')), headers: answer.headers };
    } catch (error) {
      throw new ApiError('malformed', 'its answer is no JSON', answer.status, error);
    }
  }

  /** Asks until there is an answer that is one. @param isOwn whether the token goes with it */
  async #ask(method: 'GET' | 'POST', url: URL, isOwn: boolean): Promise<Answer> {
    const { signal, token, patience = PATIENCE, onWait } = this.#options;
    for (let tries = 1; ; tries++) {
      if (isOwn) await this.#wait(this.#budget.wait(), 'the budget of requests for this hour is used up');
      let seconds = FIRST_WAIT * 2 ** (tries - 1);
      let failure: ApiError;
      let why = 'the server has trouble';
      try {
        const answer = await send({
          method,
          url,
          headers: {
            'user-agent': `glaive/${VERSION}`,
            ...(isOwn && token !== undefined ? { authorization: `Bearer ${token}` } : {}),
          },
          signal,
          patience,
        });
        if (answer.status < 400) return answer;
        answer.cancel();
        failure = failureOf(answer.status);
        if (answer.status !== 429 && answer.status < 500) throw failure;
        const asked = retryAfter(answer.headers, Date.now());
        if (asked !== undefined) seconds = asked;
        if (answer.status === 429) why = 'the server asks for a pause';
        if (seconds > WAIT_MAX) throw failure;
      } catch (error) {
        if (!(error instanceof ConnectionError)) throw error;
        failure = new ApiError('unreachable', error.message, undefined, error);
      }
      if (tries === TRIES || signal.aborted || (method === 'POST' && failure.reason !== 'rate-limited')) throw failure;
      if (seconds >= 1) onWait?.(seconds, why);
      await this.#pause(seconds, failure);
    }
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

function isRedirect(status: number): boolean {
  return status >= 300 && status < 400 && status !== 304;
}

const elsewhere = (status: number): ApiError =>
  new ApiError('refused', 'it leads elsewhere, and a token does not follow', status);

function failureOf(status: number): ApiError {
  if (status === 401) return new ApiError('unauthorized', 'it does not know the token', status);
  if (status === 403) return new ApiError('forbidden', 'the token may not do that', status);
  if (status === 404) return new ApiError('not-found', 'it is not there, or the token may not see it', status);
  if (status === 429) return new ApiError('rate-limited', 'it takes no more requests for now', status);
  return new ApiError('refused', `it answered with ${status}`, status);
}

/** Seconds, from `Retry-After` (RFC 9110, 10.2.3) or GitLab's `RateLimit-Reset`. */
function retryAfter(headers: Headers, now: number): number | undefined {
  const value = headers.get('retry-after');
  if (value !== null && /^\d{1,9}$/.test(value)) return Number(value);
  const date = value === null ? Number.NaN : Date.parse(value);
  if (!Number.isNaN(date)) return Math.max(0, (date - now) / 1000);
  const reset = headers.get('ratelimit-reset');
  if (reset !== null && /^\d{1,12}$/.test(reset)) return Math.max(0, Number(reset) - now / 1000);
  return undefined;
}

async function* readable(answer: Answer): AsyncGenerator<Uint8Array> {
  const wanted = answer.headers.get('content-encoding') === null ? answer.headers.get('content-length') : null;
  let length = 0;
  try {
    for await (const piece of answer.body) {
      length += piece.length;
      yield piece;
    }
  } catch (error) {
    if (error instanceof ConnectionError) throw new ApiError('unreachable', error.message, answer.status, error);
    throw error;
  }
  if (wanted !== null && length < Number(wanted))
    throw new ApiError('unreachable', 'its answer ended too early', answer.status);
}
