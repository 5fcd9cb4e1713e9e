/**
 * The client of GitLab's REST API.
 *
 * It sends the token as Bearer to the approved server only. It follows redirects for downloads only, to HTTPS addresses,
 * and without the token.
 */

import type { HttpResponse } from '../http/network.ts';
import { ApiError } from '../http/api-error.ts';
import { HttpClient, type HttpClientOptions, streamBody, readBody } from '../http/http-client.ts';
import { isHttpsOrLoopback, type Server } from '../http/server.ts';
import { leadsToSignIn, redirectError, errorFromResponse } from './api-errors.ts';

export interface ClientOptions extends HttpClientOptions {
  readonly server: Server;
  /** Absent: anonymous access. */
  readonly token: string | undefined;
  /** How often a request is sent at most. Default: until the client gives up. */
  readonly maxAttempts?: number;
}

export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

const JSON_MAX = 16 * 1024 * 1024;
const REDIRECTS_MAX = 5;
const PAGES_MAX = 100_000;

export class GitLabClient {
  readonly #options: ClientOptions;
  readonly #http: HttpClient;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#http = new HttpClient(options);
  }

  get server(): Server {
    return this.#options.server;
  }

  /** @throws ApiError */
  async get(path: string, query: Query = {}): Promise<unknown> {
    const { value } = await this.#json(this.#url(path, query));
    return value;
  }

  /** All items of a list; follows the `Link` headers from page to page. @throws ApiError */
  async *list(path: string, query: Query = {}): AsyncGenerator {
    let next: URL | undefined = this.#url(path, { per_page: 100, ...query });
    for (let page = 0; next !== undefined; page++) {
      if (page === PAGES_MAX) throw new ApiError('malformed', 'the list has no end');
      const current: URL = next;
      const { value, response }: { value: unknown; response: HttpResponse } = await this.#json(current);
      if (!Array.isArray(value)) throw new ApiError('malformed', 'the response is not a list');
      yield* value;
      next = this.#nextPage(response.header('link') ?? '', current);
    }
  }

  /** Sends a request that changes something; never retried. @throws ApiError */
  async write(method: 'POST' | 'PUT', path: string, json?: object): Promise<void> {
    const response = await this.#send({ method, url: this.#url(path, {}), json });
    if (isRedirect(response.status)) throw redirectError(response);
    response.cancel();
  }

  /**
   * Downloads a file, also from object storage; returns its bytes as they arrive.
   *
   * @throws ApiError also from the bytes, if the connection breaks or falls silent
   */
  async download(path: string): Promise<{ readonly bytes: AsyncIterable<Uint8Array> }> {
    let url = this.#url(path, {});
    let response = await this.#send({ url });
    for (let redirects = 0; isRedirect(response.status); redirects++) {
      const to = response.header('location') ?? '';
      if (leadsToSignIn(to)) throw redirectError(response);
      response.cancel();
      if (redirects === REDIRECTS_MAX) throw new ApiError('refused', 'too many redirects', response.status);
      if (!URL.canParse(to, url.href))
        throw new ApiError('malformed', 'redirected to an invalid address', response.status);
      const target = new URL(to, url);
      // An HTTPS server must not redirect to plain HTTP.
      if (
        !(this.server.startsWith('https:') ? target.protocol === 'https:' : isHttpsOrLoopback(target)) ||
        target.username !== ''
      )
        throw new ApiError('refused', 'redirected to an address that is not HTTPS', response.status);
      url = target;
      // Object storage needs no token: the address itself is signed.
      response = await this.#send({ url, withToken: false });
    }
    refuseWebPage(response);
    // 204: there is no file.
    if (response.status !== 200) {
      response.cancel();
      throw new ApiError('malformed', 'the response is not a file', response.status);
    }
    return { bytes: streamBody(response) };
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
    if (!URL.canParse(address)) throw new ApiError('malformed', 'the link to the next page is invalid');
    const url = new URL(address);
    // A GitLab behind a proxy may not know its public host name, so only path and query of the link are used.
    const next = new URL(`${url.pathname}${url.search}`, current);
    if (next.pathname !== current.pathname || url.host !== current.host)
      throw new ApiError('refused', 'the link to the next page leads elsewhere');
    return next;
  }

  async #json(url: URL): Promise<{ readonly value: unknown; readonly response: HttpResponse }> {
    const response = await this.#send({ url });
    if (isRedirect(response.status)) throw redirectError(response);
    refuseWebPage(response);
    const bytes = await readBody(response, JSON_MAX);
    try {
      return { value: JSON.parse(bytes.toString('utf8')), response };
    } catch (error) {
      throw new ApiError('malformed', 'the response is not JSON', response.status, error);
    }
  }

  /** @throws ApiError also for a status from 400 on */
  async #send({ method = 'GET', url, json, withToken = true }: Sent): Promise<HttpResponse> {
    const { token } = this.#options;
    const response = await this.#http.request({
      method,
      url,
      headers: {
        ...(withToken && token !== undefined ? { authorization: `Bearer ${token}` } : {}),
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      isRateLimited: withToken,
      ...(this.#options.maxAttempts === undefined ? {} : { maxAttempts: this.#options.maxAttempts }),
    });
    if (response.status < 400) return response;
    throw await errorFromResponse(response);
  }
}

interface Sent {
  /** Default GET. */
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly url: URL;
  readonly json?: object | undefined;
  /** Default true. */
  readonly withToken?: boolean;
}

function isRedirect(status: number): boolean {
  return status >= 300 && status < 400 && status !== 304;
}

/** The API never returns a web page; a proxy in front of it does, to ask for a sign-in. @throws ApiError */
function refuseWebPage(response: HttpResponse): void {
  if (response.header('content-type')?.startsWith('text/html') !== true) return;
  response.cancel();
  throw new ApiError('malformed', 'the response is a web page', response.status);
}
