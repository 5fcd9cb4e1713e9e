/**
 * The JSON client for requests about a credential. It returns a response of any status, redirects included. Bodies are small,
 * and need not be JSON.
 */

import { isRecord } from '../lib/is-record.ts';
import { ApiError, TOO_MANY_REQUESTS, unexpectedStatus } from './api-error.ts';
import { type HttpClient, readBody } from './http-client.ts';
import type { Server } from './server.ts';

export interface JsonRequest {
  /** Default GET. */
  readonly method?: 'GET' | 'POST' | 'DELETE';
  /** From the root of the server, percent-encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly bearer?: string;
  readonly basic?: readonly [user: string, password: string];
  /** Sent as a form. */
  readonly form?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Whether to return 429 and 5xx as well instead of throwing. */
  readonly acceptsErrorStatus?: boolean;
  /** Whether the response contains a new secret, which would be lost: waits longer than GitLab works on any request. */
  readonly returnsNewSecret?: boolean;
}

export interface JsonResponse {
  readonly status: number;
  /** The properties of a JSON object; empty for any other body. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly isJson: boolean;
  /** The items of a JSON array; empty for any other body. */
  readonly items: readonly unknown[];
  readonly text: string;
}

const MAX_BODY_BYTES = 1024 * 1024;
/** Milliseconds for a whole request. */
const TIMEOUT = 30_000;
/** GitLab itself ends a request after 60 s (Rack::Timeout); a proxy in front of it may add to that. */
const NEW_SECRET_TIMEOUT = 120_000;
/** Longest pause in seconds that the server may ask for. */
const MAX_WAIT = 60;

export class JsonClient {
  readonly server: Server;
  readonly #http: HttpClient;

  constructor(server: Server, http: HttpClient) {
    this.server = server;
    this.#http = http;
  }

  /** The server's name in reports: its address without the scheme. */
  get host(): string {
    return this.server.replace(/^https?:\/\//, '');
  }

  /** @throws ApiError (`unreachable`, `rate-limited`, `malformed` if the response is too large) */
  async request({
    acceptsErrorStatus = false,
    returnsNewSecret = false,
    ...request
  }: JsonRequest): Promise<JsonResponse> {
    const response = await this.#http.request({
      ...this.#encode(request),
      maxAttempts: 3,
      // The server may have acted on it. Only a 429 is repeated.
      isRetryable: false,
      maxWait: MAX_WAIT,
      ...(returnsNewSecret ? { timeout: NEW_SECRET_TIMEOUT, idleTimeout: NEW_SECRET_TIMEOUT } : { timeout: TIMEOUT }),
    });
    const { status } = response;
    if (status === 429 && !acceptsErrorStatus) {
      response.cancel();
      throw new ApiError('rate-limited', TOO_MANY_REQUESTS, status);
    }
    if (status >= 500 && status !== 501 && !acceptsErrorStatus) {
      response.cancel();
      throw new ApiError('unreachable', unexpectedStatus(status), status);
    }
    const text = (await readBody(response, MAX_BODY_BYTES)).toString('utf8');
    return { status, text, ...parse(text) };
  }

  #encode({ method = 'GET', path, query = {}, headers, bearer, basic, form, json }: JsonRequest) {
    const url = new URL(`${this.server}${path}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.append(name, value);
    const body = json === undefined ? form && new URLSearchParams(form).toString() : JSON.stringify(json);
    const contentType = json === undefined ? 'application/x-www-form-urlencoded' : 'application/json';
    return {
      method,
      url,
      headers: {
        accept: 'application/json',
        ...headers,
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
        ...(basic === undefined ? {} : { authorization: `Basic ${Buffer.from(basic.join(':')).toString('base64')}` }),
        ...(body === undefined ? {} : { 'content-type': contentType }),
      },
      ...(body === undefined ? {} : { body }),
    };
  }
}

function parse(text: string): Pick<JsonResponse, 'fields' | 'items' | 'isJson'> {
  try {
    const value: unknown = JSON.parse(text);
    // Callers check the type of each property that they read.
    return { fields: isRecord(value) ? value : {}, items: Array.isArray(value) ? value : [], isJson: true };
  } catch {
    return { fields: {}, items: [], isJson: false };
  }
}
