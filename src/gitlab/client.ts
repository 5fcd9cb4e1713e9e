/**
 * Asks a GitLab: with patience, within a budget, and so that the token goes nowhere else.
 *
 * The token is sent as Bearer to the approved server alone. A redirect is followed only for what is downloaded, and
 * without it; one that leads elsewhere than to HTTPS is not followed at all.
 */

import { type HttpResponse, isSafe } from '../http/network.ts';
import { ApiError } from '../http/api-error.ts';
import { HttpClient, type HttpClientOptions, readable, readWhole } from '../http/http-client.ts';
import type { Server } from '../http/server.ts';
import { leadsToSignIn, redirectOf, refusalOf } from './refusal.ts';

export interface ClientOptions extends HttpClientOptions {
  readonly server: Server;
  /** Absent: what anybody may see. */
  readonly token: string | undefined;
}

export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

const JSON_MAX = 16 * 1024 * 1024;
const REDIRECTS_MAX = 5;
const PAGES_MAX = 100_000;

export class GitLabClient {
  readonly #options: ClientOptions;
  readonly #conversation: HttpClient;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#conversation = new HttpClient(options);
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
      const { value, answer }: { value: unknown; answer: HttpResponse } = await this.#json(current);
      if (!Array.isArray(value)) throw new ApiError('malformed', 'its answer is no list');
      yield* value;
      next = this.#nextPage(answer.header('link') ?? '', current);
    }
  }

  /** Changes something; asked once. @throws ApiError */
  async write(method: 'POST' | 'PUT', path: string, json?: object): Promise<void> {
    const answer = await this.#ask(method, this.#url(path, {}), true, json);
    if (isRedirect(answer.status)) throw redirectOf(answer);
    answer.cancel();
  }

  /**
   * Downloads what may stand elsewhere; gives its bytes as they come.
   *
   * @throws ApiError also while it is read: cut off, or silent
   */
  async download(path: string): Promise<{ readonly bytes: AsyncIterable<Uint8Array> }> {
    let url = this.#url(path, {});
    let answer = await this.#ask('GET', url, true);
    for (let redirects = 0; isRedirect(answer.status); redirects++) {
      const to = answer.header('location') ?? '';
      if (leadsToSignIn(to)) throw redirectOf(answer);
      answer.cancel();
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
    refuseWebPage(answer);
    // 204 is no file.
    if (answer.status !== 200) {
      answer.cancel();
      throw new ApiError('malformed', 'its answer is not what was asked for', answer.status);
    }
    return { bytes: readable(answer) };
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

  async #json(url: URL): Promise<{ readonly value: unknown; readonly answer: HttpResponse }> {
    const answer = await this.#ask('GET', url, true);
    if (isRedirect(answer.status)) throw redirectOf(answer);
    refuseWebPage(answer);
    const bytes = await readWhole(answer, JSON_MAX);
    try {
      return { value: JSON.parse(bytes.toString('utf8')), answer };
    } catch (error) {
      throw new ApiError('malformed', 'its answer is no JSON', answer.status, error);
    }
  }

  /** Asks until there is an answer that is one. @param isOwn whether the token goes with it */
  async #ask(method: 'GET' | 'POST' | 'PUT', url: URL, isOwn: boolean, json?: object): Promise<HttpResponse> {
    const { token } = this.#options;
    const answer = await this.#conversation.ask({
      method,
      url,
      headers: {
        ...(isOwn && token !== undefined ? { authorization: `Bearer ${token}` } : {}),
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      isCounted: isOwn,
    });
    if (answer.status < 400) return answer;
    throw await refusalOf(answer);
  }
}

function isRedirect(status: number): boolean {
  return status >= 300 && status < 400 && status !== 304;
}

/** The API gives none: where nobody is signed in a proxy gives one to do so. @throws ApiError */
function refuseWebPage(answer: HttpResponse): void {
  if (answer.header('content-type')?.startsWith('text/html') !== true) return;
  answer.cancel();
  throw new ApiError('malformed', 'it answered with a web page', answer.status);
}
