/** The one file that opens connections. One request, one answer; what it means is the client's to say. */

import { Readable } from 'node:stream';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Must be read to its end, or cancelled. */
  readonly body: AsyncIterable<Uint8Array>;
  cancel(): void;
}

export interface Request {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Milliseconds until the head of the answer, and between two pieces of its body. */
  readonly patience: number;
}

/** The server did not answer, or not to the end. Never quotes what it said. */
export class ConnectionError extends Error {
  constructor(why: string, cause?: unknown) {
    super(why, { cause });
    this.name = 'ConnectionError';
  }
}

/** Sends a request; follows no redirect. @throws ConnectionError */
export async function send({ method, url, headers, signal, patience }: Request): Promise<Answer> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), patience);
  const wait = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), patience);
  };
  const cancel = (): void => {
    clearTimeout(timer);
    silence.abort();
  };
  const explain = (error: unknown): ConnectionError => {
    clearTimeout(timer);
    if (signal.aborted) return new ConnectionError('it was interrupted', error);
    if (silence.signal.aborted)
      return new ConnectionError(`it said nothing for ${Math.round(patience / 1000)} s`, error);
    return new ConnectionError(reasonOf(error), error);
  };
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      headers,
      redirect: 'manual',
      signal: AbortSignal.any([signal, silence.signal]),
    });
  } catch (error) {
    throw explain(error);
  }
  clearTimeout(timer);
  // Taken hold of at once: Node empties the body of an answer that it believes nobody wants.
  const stream = response.body === null ? undefined : Readable.fromWeb(response.body as never);
  stream?.on('error', () => {});
  return {
    status: response.status,
    headers: response.headers,
    cancel,
    body: (async function* () {
      try {
        if (stream === undefined) return;
        wait();
        for await (const piece of stream) {
          wait();
          yield piece as Uint8Array;
        }
      } catch (error) {
        throw explain(error);
      } finally {
        clearTimeout(timer);
      }
    })(),
  };
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name cannot be looked up',
  ECONNRESET: 'it closed the connection',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to it',
  UND_ERR_SOCKET: 'it closed the connection',
  UND_ERR_CONNECT_TIMEOUT: 'it does not answer',
  UND_ERR_HEADERS_OVERFLOW: 'its answer has too large a head',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'its answer ended too early',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not trusted; NODE_EXTRA_CA_CERTS names a file with yours',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not trusted; NODE_EXTRA_CA_CERTS names a file with yours',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not trusted; NODE_EXTRA_CA_CERTS names a file with yours',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
};

/** In words; what a server says may be anything, and is not repeated. */
function reasonOf(error: unknown): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const reason = code === undefined ? undefined : REASONS[code];
    if (reason !== undefined) return reason;
    if (cause.message === 'bad port') return 'that port is not one for HTTP';
    if (cause.message === 'terminated' || code?.startsWith('HPE_') === true) {
      if (!(cause.cause instanceof Error)) return 'its answer is broken off or malformed';
    }
  }
  return 'its answer is broken off or malformed';
}
