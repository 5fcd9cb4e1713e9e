/**
 * Asks a server with a credential that was found. Every answer is given, whatever its status; it is small, JSON where
 * it is, and comes soon, or there is none. Redirects are answers.
 */

import { isRecord } from '../lib/is-record.ts';
import { ApiError } from './api-error.ts';
import { type HttpClient, readWhole } from './http-client.ts';
import type { Server } from './server.ts';

export interface JsonRequest {
  /** Default GET. */
  readonly method?: 'GET' | 'POST' | 'DELETE';
  /** From the root of the server on, with slashes and encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly bearer?: string;
  readonly basic?: readonly [user: string, password: string];
  /** Sent as a form. */
  readonly form?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Whether a refusal to take more requests, or trouble of the server, is an answer too. */
  readonly isAnyAnswer?: boolean;
  /** Whether its answer holds what exists once: it is waited for longer than a GitLab works at any request. */
  readonly isMaking?: boolean;
}

export interface JsonReply {
  readonly status: number;
  /** Of a JSON object its keys, else empty. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Whether it is JSON. */
  readonly isJson: boolean;
  /** Of a JSON list its items, else none. */
  readonly items: readonly unknown[];
  readonly text: string;
}

/** More is no answer to these questions. */
const ANSWER_MAX = 1024 * 1024;
/** Milliseconds for a whole answer. */
const DEADLINE = 30_000;
/** GitLab itself ends a request after 60 s (Rack::Timeout); what is in front of it may add to that. */
const MAKING_DEADLINE = 120_000;
/** Seconds that are waited when the server asks for a pause. */
const LONGEST_WAIT = 60;

export class JsonClient {
  readonly server: Server;
  readonly #conversation: HttpClient;

  constructor(server: Server, conversation: HttpClient) {
    this.server = server;
    this.#conversation = conversation;
  }

  /** How it is called in reports: without the scheme. */
  get host(): string {
    return this.server.replace(/^https?:\/\//, '');
  }

  /** @throws ApiError (`unreachable`, `rate-limited`, `malformed` when it is too large) */
  async ask({
    isAnyAnswer = false,
    isMaking = false,
    method = 'GET',
    path,
    query = {},
    headers = {},
    bearer,
    basic,
    form,
    json,
  }: JsonRequest): Promise<JsonReply> {
    const url = new URL(`${this.server}${path}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.append(name, value);
    const body = json === undefined ? form && new URLSearchParams(form).toString() : JSON.stringify(json);
    const answer = await this.#conversation.ask({
      method,
      url,
      headers: {
        accept: 'application/json',
        ...headers,
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
        ...(basic === undefined ? {} : { authorization: `Basic ${Buffer.from(basic.join(':')).toString('base64')}` }),
        ...(body === undefined
          ? {}
          : { 'content-type': json === undefined ? 'application/x-www-form-urlencoded' : 'application/json' }),
      },
      ...(body === undefined ? {} : { body }),
      tries: 3,
      // It was asked once; only who was told to wait asks again.
      isRepeatable: false,
      longestWait: LONGEST_WAIT,
      ...(isMaking ? { deadline: MAKING_DEADLINE, patience: MAKING_DEADLINE } : { deadline: DEADLINE }),
    });
    if (answer.status === 429 && !isAnyAnswer) {
      answer.cancel();
      throw new ApiError('rate-limited', 'it takes no more requests for now', 429);
    }
    if (answer.status >= 500 && answer.status !== 501 && !isAnyAnswer) {
      answer.cancel();
      throw new ApiError('unreachable', `it answered with ${answer.status}`, answer.status);
    }
    const text = (await readWhole(answer, ANSWER_MAX)).toString('utf8');
    return { status: answer.status, text, ...partsOf(text) };
  }
}

function partsOf(text: string): Pick<JsonReply, 'fields' | 'items' | 'isJson'> {
  try {
    const value: unknown = JSON.parse(text);
    // Only its own keys are asked for, each with a check of its type.
    return { fields: isRecord(value) ? value : {}, items: Array.isArray(value) ? value : [], isJson: true };
  } catch {
    return { fields: {}, items: [], isJson: false };
  }
}
