/**
 * The only file that opens connections. It sends one request and returns one response; callers interpret it.
 *
 * It follows no redirects. Plain HTTP goes to the loopback interface only, whatever a host name resolves to. A proxy sees
 * `CONNECT` and encrypted bytes, and its own responses are never mistaken for the server's.
 */

import type { LookupAddress } from 'node:dns';
import type { Agent, ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import type { LookupFunction, Socket } from 'node:net';
import { ConnectionError, connectionErrorMessage, OfflineError } from './connection-error.ts';
import { isHttpsOrLoopback } from './server.ts';
import { type TimeLimits, Timeouts } from './timeouts.ts';

export interface NetworkOptions {
  /** PEM certificates to trust in addition to Node's own. */
  readonly certificates?: readonly string[];
  /** The proxy for an address; undefined: connect directly. */
  readonly proxyOf?: (url: URL) => URL | undefined;
  /** Fail on any attempt to connect. */
  readonly isOffline?: boolean;
}

export interface HttpRequest extends TimeLimits {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface HttpResponse {
  readonly status: number;
  header(name: string): string | undefined;
  /** Decompressed. The caller must read it to its end or call `cancel`. */
  readonly body: AsyncIterable<Uint8Array>;
  cancel(): void;
}

export interface Network {
  /** Sends a request. @throws ConnectionError */
  send(request: HttpRequest): Promise<HttpResponse>;
}

const MAX_CONNECTIONS_PER_HOST = 8;
/** Said each time: NODE_TLS_REJECT_UNAUTHORIZED=0, set for another program, would let anybody have the credentials. */
const CHECKED = { rejectUnauthorized: true } as const;

export function createNetwork({ certificates = [], proxyOf, isOffline = false }: NetworkOptions = {}): Network {
  const agents = new Map<string, Agent>();
  const agentFor = async ({ protocol }: URL): Promise<Agent> => {
    const { Agent } = protocol === 'https:' ? await import('node:https') : await import('node:http');
    const agent = agents.get(protocol) ?? new Agent({ keepAlive: true, maxSockets: MAX_CONNECTIONS_PER_HOST });
    agents.set(protocol, agent);
    return agent;
  };
  return {
    async send(request) {
      if (isOffline) throw new OfflineError();
      const timeouts = new Timeouts(request);
      return await timeouts.limit(async () => {
        const { url } = request;
        const connection = await connect(url, { certificates, proxy: proxyOf?.(url) }, timeouts.signal);
        // Requests that change something are not repeated, so they must not meet a kept connection that is just being closed.
        const agent = request.method === 'GET' ? await agentFor(url) : false;
        return await exchange(request, { agent, ...connection }, timeouts);
      });
    },
  };
}

/** All certificates that a connection trusts: Node's, and those of the user. PEM. */
export async function trustedCertificates(certificates: readonly string[]): Promise<string[]> {
  const { rootCertificates } = await import('node:tls');
  return [...rootCertificates, ...certificates];
}

const isLoopbackAddress = (address: string): boolean => address === '::1' || /^(?:::ffff:)?127\./.test(address);

type Connection = Pick<RequestOptions, 'createConnection' | 'lookup'> & {
  readonly agent?: Agent | false | undefined;
  readonly ca?: readonly string[];
};

/** Direct, or through a proxy that sees encrypted bytes only. */
async function connect(
  url: URL,
  { certificates, proxy }: { readonly certificates: readonly string[]; readonly proxy: URL | undefined },
  signal: AbortSignal,
): Promise<Connection> {
  if (!isHttpsOrLoopback(url)) throw new ConnectionError('only https:// is allowed');
  if (url.protocol === 'http:') return { lookup: await loopbackOnly() };
  const { connect: connectTls } = await import('node:tls');
  const trust = certificates.length === 0 ? {} : { ca: await trustedCertificates(certificates) };
  if (proxy === undefined) return trust;
  const socket = await tunnel(url, proxy, trust, signal);
  const servername = /^[\d.]+$|^\[/.test(url.hostname) ? {} : { servername: url.hostname };
  // No agent, as one would open a connection of its own. TLS starts late, when the request listens for errors.
  return {
    agent: undefined,
    createConnection: () => connectTls({ ...CHECKED, ...trust, ...servername, host: url.hostname, socket }),
  };
}

/** `CONNECT` (RFC 9110, 9.3.6). */
async function tunnel(url: URL, proxy: URL, trust: { readonly ca?: string[] }, signal: AbortSignal) {
  const { request } = proxy.protocol === 'https:' ? await import('node:https') : await import('node:http');
  const target = `${url.hostname}:${url.port || '443'}`;
  const user = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return await new Promise<Socket>((resolve, reject) => {
    const connectRequest = request({
      ...CHECKED,
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
      new ConnectionError(`the proxy refused the connection (${status ?? 'no status'})`);
    connectRequest.on('connect', ({ statusCode }, socket) => {
      socket.on('error', () => {});
      if (statusCode === 200) return resolve(socket);
      socket.destroy();
      reject(refused(statusCode));
    });
    connectRequest.on('response', ({ statusCode }) => {
      connectRequest.destroy();
      reject(refused(statusCode));
    });
    connectRequest.on('error', (error) =>
      reject(new ConnectionError(`cannot reach the proxy: ${connectionErrorMessage(error)}`, error)),
    );
    connectRequest.end();
  });
}

/** Accepts a name such as `localhost` only if every address that it resolves to is this machine's. */
async function loopbackOnly(): Promise<LookupFunction> {
  const { lookup } = await import('node:dns');
  return (hostname, options, done) => {
    lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      const [first] = addresses ?? [];
      if (error !== null) done(error, '');
      else if (first === undefined || !addresses.every(({ address }) => isLoopbackAddress(address)))
        done(new ConnectionError('the name resolves to another machine, and plain http:// is for this one only'), '');
      else if (options.all === true) done(null, addresses);
      else done(null, first.address, first.family);
    });
  };
}

const MAX_HEADER_BYTES = 32 * 1024;

async function exchange(request: HttpRequest, connection: Connection, timeouts: Timeouts): Promise<HttpResponse> {
  const response = await sendRequest(request, connection, timeouts.signal);
  // Prevents an unhandled 'error' event if the body is never read.
  response.on('error', () => {});
  return {
    status: response.statusCode ?? 0,
    header: (name) => {
      const value = response.headers[name];
      return Array.isArray(value) ? value[0] : value;
    },
    cancel: () => response.destroy(),
    body: timeouts.limitStream(bodyOf(response)),
  };
}

async function* bodyOf(response: IncomingMessage): AsyncGenerator<Uint8Array> {
  try {
    yield* (await decompressed(response)) as AsyncIterable<Uint8Array>; // no encoding is set, so chunks are buffers
    if (!response.complete) throw new ConnectionError('the response ended too early');
  } finally {
    response.destroy();
  }
}

async function sendRequest(
  request: HttpRequest,
  connection: Connection,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { method, url, headers, body } = request;
  const { request: open } = url.protocol === 'https:' ? await import('node:https') : await import('node:http');
  const { ca, ...rest } = connection;
  return await new Promise<IncomingMessage>((resolve, reject) => {
    const clientRequest: ClientRequest = open(url, {
      ...CHECKED,
      ...rest,
      ...(ca === undefined ? {} : { ca: [...ca] }),
      method,
      headers: {
        ...headers,
        'accept-encoding': 'identity',
        ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
      },
      maxHeaderSize: MAX_HEADER_BYTES,
      signal,
    });
    clientRequest.on('response', resolve);
    // glaive never asks for an upgrade.
    clientRequest.on('upgrade', (_, socket) => {
      socket.destroy();
      reject(new ConnectionError('the response is incomplete or malformed'));
    });
    clientRequest.on('error', (error: NodeJS.ErrnoException) => {
      // The server may have closed a kept connection meanwhile, without seeing this request: send it on a new one.
      if (!clientRequest.reusedSocket || error.code !== 'ECONNRESET' || method !== 'GET') return reject(error);
      resolve(sendRequest(request, { ...connection, agent: false }, signal));
    });
    clientRequest.end(body);
  });
}

/** glaive does not accept gzip, but object storage returns a file as it was stored. */
async function decompressed(response: IncomingMessage): Promise<AsyncIterable<unknown>> {
  const encoding = response.headers['content-encoding'] ?? 'identity';
  if (encoding === 'identity') return response;
  if (encoding !== 'gzip') throw new ConnectionError('the response has an unsupported content encoding');
  const [{ createGunzip }, { pipeline }] = await Promise.all([import('node:zlib'), import('node:stream')]);
  return pipeline(response, createGunzip(), () => {});
}
