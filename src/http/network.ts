/**
 * The one file that opens connections. One request, one answer; what it means is for others to say.
 *
 * No redirect is followed. Without encryption only this very machine is talked to, whatever its name resolves to. A
 * proxy gets `CONNECT` and encrypted bytes, and its own words are never taken for the server's.
 */

import type { LookupAddress } from 'node:dns';
import type { Agent, ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import type { LookupFunction, Socket } from 'node:net';
import { ConnectionError, reasonOf } from './connection-error.ts';

export interface NetworkOptions {
  /** Certificates that are trusted beside those that Node knows, PEM. */
  readonly certificates?: readonly string[];
  /** The proxy through which an address is reached; undefined: none. */
  readonly proxyOf?: (url: URL) => URL | undefined;
  /** Any connection is an error. */
  readonly isOffline?: boolean;
}

export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** Milliseconds until the head of the answer, and between two pieces of its body. */
  readonly patience: number;
  /** Milliseconds for the whole of it; absent: as long as something comes. */
  readonly deadline?: number;
}

export interface HttpResponse {
  readonly status: number;
  header(name: string): string | undefined;
  /** As it was sent, or unpacked where it came with gzip. Must be read to its end, or cancelled. */
  readonly body: AsyncIterable<Uint8Array>;
  cancel(): void;
}

export interface Network {
  /** Sends a request. @throws ConnectionError */
  send(request: Request): Promise<HttpResponse>;
}

/** Connections to one host, at the same time. */
const AT_ONCE = 8;

export function createNetwork({ certificates = [], proxyOf, isOffline = false }: NetworkOptions = {}): Network {
  const agents = new Map<string, Agent>();
  const agentFor = async ({ protocol }: URL): Promise<Agent> => {
    const { Agent } = protocol === 'https:' ? await import('node:https') : await import('node:http');
    const agent = agents.get(protocol) ?? new Agent({ keepAlive: true, maxSockets: AT_ONCE });
    agents.set(protocol, agent);
    return agent;
  };
  return {
    async send(request) {
      if (isOffline) throw new ConnectionError('connections are switched off (--offline)');
      const patience = new Patience(request);
      try {
        const { url } = request;
        const connection = await connect(url, { certificates, proxy: proxyOf?.(url) }, patience.signal);
        // What changes something gets a connection of its own: one that was kept may be closed just then.
        const agent = request.method === 'GET' ? await agentFor(url) : false;
        return await exchange(request, { agent, ...connection }, patience);
      } catch (error) {
        throw patience.explain(error);
      }
    },
  };
}

/** HTTPS, or this very machine. */
export function isSafe({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && isLoopbackName(hostname));
}

function isLoopbackName(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

const isLoopbackAddress = (address: string): boolean => address === '::1' || /^(?:::ffff:)?127\./.test(address);

/** Ends what takes too long, and knows why something has ended. */
class Patience {
  readonly #silence = new AbortController();
  readonly #late = new AbortController();
  readonly #milliseconds: number;
  readonly #end: number;
  readonly #outer: AbortSignal;
  readonly signal: AbortSignal;
  #timer: NodeJS.Timeout | undefined;

  constructor({ patience, deadline = Number.POSITIVE_INFINITY, signal }: Request) {
    this.#milliseconds = patience;
    this.#end = Date.now() + deadline;
    this.#outer = signal;
    this.signal = AbortSignal.any([signal, this.#silence.signal, this.#late.signal]);
    this.renew();
  }

  renew(): void {
    clearTimeout(this.#timer);
    const left = this.#end - Date.now();
    this.#timer =
      left < this.#milliseconds
        ? setTimeout(() => this.#late.abort(), Math.max(0, left))
        : setTimeout(() => this.#silence.abort(), this.#milliseconds);
  }

  rest(): void {
    clearTimeout(this.#timer);
  }

  explain(error: unknown): ConnectionError {
    this.rest();
    if (error instanceof ConnectionError) return error;
    if (this.#outer.aborted) return new ConnectionError('it was interrupted', error);
    if (this.#late.signal.aborted) return new ConnectionError('its answer takes too long', error);
    if (this.#silence.signal.aborted)
      return new ConnectionError(`it said nothing for ${Math.round(this.#milliseconds / 1000)} s`, error);
    return new ConnectionError(reasonOf(error), error);
  }
}

type Connection = Pick<RequestOptions, 'createConnection' | 'lookup'> & {
  readonly agent?: Agent | false | undefined;
  readonly ca?: readonly string[];
};

/** How the server is reached: directly, or through a proxy that sees nothing. */
async function connect(
  url: URL,
  { certificates, proxy }: { readonly certificates: readonly string[]; readonly proxy: URL | undefined },
  signal: AbortSignal,
): Promise<Connection> {
  if (!isSafe(url)) throw new ConnectionError('only https:// is asked');
  if (url.protocol === 'http:') return { lookup: await loopbackOnly() };
  const { connect: connectTls, rootCertificates } = await import('node:tls');
  const trust = certificates.length === 0 ? {} : { ca: [...rootCertificates, ...certificates] };
  if (proxy === undefined) return trust;
  const socket = await tunnel(url, proxy, trust, signal);
  const servername = /^[\d.]+$|^\[/.test(url.hostname) ? {} : { servername: url.hostname };
  // Without an agent: one would connect by itself. And not before somebody hears of its failure.
  return {
    agent: undefined,
    createConnection: () => connectTls({ ...trust, ...servername, host: url.hostname, socket }),
  };
}

/** `CONNECT` (RFC 9110, 9.3.6). */
async function tunnel(url: URL, proxy: URL, trust: { readonly ca?: string[] }, signal: AbortSignal) {
  const { request } = proxy.protocol === 'https:' ? await import('node:https') : await import('node:http');
  const target = `${url.hostname}:${url.port || '443'}`;
  const user = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return await new Promise<Socket>((resolve, reject) => {
    const asking = request({
      ...trust,
      host: proxy.hostname.replace(/^\[|\]$/g, ''),
      port: proxy.port || (proxy.protocol === 'https:' ? 443 : 80),
      method: 'CONNECT',
      path: target,
      headers: {
        host: target,
        ...(user === ':' ? {} : { 'proxy-authorization': `Basic ${Buffer.from(user).toString('base64')}` }),
      },
      agent: false,
      signal,
    });
    const refused = (status: number | undefined): ConnectionError =>
      new ConnectionError(`the proxy refuses it (${status ?? 'no status'})`);
    asking.on('connect', ({ statusCode }, socket) => {
      socket.on('error', () => {});
      if (statusCode === 200) return resolve(socket);
      socket.destroy();
      reject(refused(statusCode));
    });
    asking.on('response', ({ statusCode }) => {
      asking.destroy();
      reject(refused(statusCode));
    });
    asking.on('error', (error) =>
      reject(new ConnectionError(`the proxy cannot be reached: ${reasonOf(error)}`, error)),
    );
    asking.end();
  });
}

/** `localhost` is this machine, whatever a resolver says. */
async function loopbackOnly(): Promise<LookupFunction> {
  const { lookup } = await import('node:dns');
  return (hostname, options, done) => {
    lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      const [first] = addresses ?? [];
      if (error !== null) done(error, '');
      else if (first === undefined || !addresses.every(({ address }) => isLoopbackAddress(address)))
        done(new ConnectionError('its name leads to another machine, and only https:// leaves this one'), '');
      else if (options.all === true) done(null, addresses);
      else done(null, first.address, first.family);
    });
  };
}

/** A head that is larger is none. */
const HEAD_MAX = 32 * 1024;

async function exchange(request: Request, connection: Connection, patience: Patience): Promise<HttpResponse> {
  const response = await headOf(request, connection, patience.signal);
  patience.rest();
  // Whoever does not read it must not be struck by its failure.
  response.on('error', () => {});
  return {
    status: response.statusCode ?? 0,
    header: (name) => {
      const value = response.headers[name];
      return Array.isArray(value) ? value[0] : value;
    },
    cancel: () => {
      patience.rest();
      response.destroy();
    },
    body: (async function* () {
      try {
        patience.renew();
        for await (const piece of await unpacked(response)) {
          // How long it is worked on is not the server's fault.
          patience.rest();
          yield piece as Uint8Array;
          patience.renew();
        }
        if (!response.complete) throw new ConnectionError('its answer ended too early');
      } catch (error) {
        throw patience.explain(error);
      } finally {
        patience.rest();
        response.destroy();
      }
    })(),
  };
}

async function headOf(asked: Request, connection: Connection, signal: AbortSignal): Promise<IncomingMessage> {
  const { method, url, headers, body } = asked;
  const { request } = url.protocol === 'https:' ? await import('node:https') : await import('node:http');
  const { ca, ...rest } = connection;
  return await new Promise<IncomingMessage>((resolve, reject) => {
    const asking: ClientRequest = request(url, {
      ...rest,
      ...(ca === undefined ? {} : { ca: [...ca] }),
      method,
      headers: {
        ...headers,
        'accept-encoding': 'identity',
        ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
      },
      maxHeaderSize: HEAD_MAX,
      signal,
    });
    asking.on('response', resolve);
    // It was not asked for, and nobody waits for what comes then.
    asking.on('upgrade', (_, socket) => {
      socket.destroy();
      reject(new ConnectionError('its answer is broken off or malformed'));
    });
    asking.on('error', (error: NodeJS.ErrnoException) => {
      // A connection that was kept may have been closed meanwhile: then nobody has heard of this request.
      if (!asking.reusedSocket || error.code !== 'ECONNRESET' || method !== 'GET') return reject(error);
      resolve(headOf(asked, { ...connection, agent: false }, signal));
    });
    asking.end(body);
  });
}

/** Nobody asks for gzip; object storage gives what was put there with it. */
async function unpacked(response: IncomingMessage): Promise<AsyncIterable<unknown>> {
  const encoding = response.headers['content-encoding'] ?? 'identity';
  if (encoding === 'identity') return response;
  if (encoding !== 'gzip') throw new ConnectionError('its answer is packed in a way that was not asked for');
  const [{ createGunzip }, { pipeline }] = await Promise.all([import('node:zlib'), import('node:stream')]);
  return pipeline(response, createGunzip(), () => {});
}
