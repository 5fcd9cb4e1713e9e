/** Errors of a connection, in glaive's own words: text of the server is never quoted. */

/** The request failed before the response was complete. */
export class ConnectionError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'ConnectionError';
  }

  /** Whether a retry would fail the same way: the host does not exist, or its certificate is not trusted. */
  get isPermanent(): boolean {
    const code = this.cause instanceof Error ? (this.cause as NodeJS.ErrnoException).code : undefined;
    return code !== undefined && PERMANENT.has(code);
  }
}

/** The user has turned the network off. */
export class OfflineError extends ConnectionError {
  constructor() {
    super('network access is turned off (--offline)');
  }

  override get isPermanent(): boolean {
    return true;
  }
}

const UNTRUSTED = 'its certificate is not trusted: name the file of its issuer with --ca-file';

const MESSAGES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'the host name does not exist',
  EAI_AGAIN: 'the host name cannot be resolved at the moment',
  ECONNRESET: 'the server closed the connection',
  EPIPE: 'the server closed the connection',
  ETIMEDOUT: 'the connection timed out',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'no route to host',
  HPE_HEADER_OVERFLOW: 'the response headers are too large',
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet: is the clock right?',
  CERT_REVOKED: 'its certificate has been revoked',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
  EPROTO: 'the server does not speak TLS',
  ERR_SSL_WRONG_VERSION_NUMBER: 'the server does not speak TLS',
};

/** EPROTO is not among them: a handshake that was cut off has it too. */
const PERMANENT = new Set([
  'ENOTFOUND',
  ...Object.keys(MESSAGES).filter((code) => MESSAGES[code] === UNTRUSTED || code.includes('CERT')),
  'ERR_SSL_WRONG_VERSION_NUMBER',
]);

export function connectionErrorMessage(error: unknown): string {
  if (error instanceof ConnectionError) return error.message;
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return (code === undefined ? undefined : MESSAGES[code]) ?? 'the response is incomplete or malformed';
}
