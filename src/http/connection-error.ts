/** Why there was no answer, in words. */

/** The server did not answer, or not to the end. Never quotes what it said. */
export class ConnectionError extends Error {
  constructor(why: string, cause?: unknown) {
    super(why, { cause });
    this.name = 'ConnectionError';
  }

  /** Whether the next try would end in the same way: a name that does not exist, a certificate that is not trusted. */
  get isFinal(): boolean {
    const code = this.cause instanceof Error ? (this.cause as NodeJS.ErrnoException).code : undefined;
    return code !== undefined && FINAL.has(code);
  }
}

const UNTRUSTED = 'its certificate is not trusted; name a file with that of its issuer: --ca-file';

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'its name cannot be resolved: there is no such host',
  EAI_AGAIN: 'its name cannot be resolved for now',
  ECONNRESET: 'it closed the connection',
  EPIPE: 'it closed the connection',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to it',
  HPE_HEADER_OVERFLOW: 'its answer has too large a head',
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
  EPROTO: 'it does not speak TLS',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS',
};

const FINAL = new Set([
  'ENOTFOUND',
  ...Object.keys(REASONS).filter((code) => REASONS[code] === UNTRUSTED),
  'CERT_HAS_EXPIRED',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** In words; what a server says may be anything, and is not repeated. */
export function reasonOf(error: unknown): string {
  if (error instanceof ConnectionError) return error.message;
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return (code === undefined ? undefined : REASONS[code]) ?? 'its answer is broken off or malformed';
}
