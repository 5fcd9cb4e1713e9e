/** Why an API request failed, in glaive's own words: text of the server is never quoted. */

export type ApiReason =
  /** 401: the server does not know the token. */
  | 'unauthorized'
  /** 403: the token lacks the right. */
  | 'forbidden'
  /** 403: the token lacks a scope. */
  | 'scope'
  /** 403: a fine-grained token lacks a permission. */
  | 'granular'
  /** 403: only developers may read the log of a job with debug tracing. */
  | 'debug-log'
  /** 403: only some roles may download the artifacts of this job. */
  | 'artifacts'
  /** 403: CI/CD is disabled in the project. */
  | 'ci-disabled'
  /** The project has another path now. */
  | 'moved'
  | 'not-found'
  /** 429, also after retries. */
  | 'rate-limited'
  /** Any other unexpected status. */
  | 'refused'
  | 'unreachable'
  /** The response does not have the shape that the API documents. */
  | 'malformed';

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

/** @param status 300 or more */
export function errorForStatus(status: number): ApiError {
  if (status < 400)
    return new ApiError('refused', `redirected (${status}); glaive does not follow redirects with a token`, status);
  if (status === 401) return new ApiError('unauthorized', 'the server does not know the token', status);
  if (status === 403) return new ApiError('forbidden', 'the token may not do that', status);
  if (status === 404) return new ApiError('not-found', 'not found, or the token may not see it', status);
  if (status === 429) return new ApiError('rate-limited', TOO_MANY_REQUESTS, status);
  return new ApiError('refused', unexpectedStatus(status), status);
}

export const TOO_MANY_REQUESTS = 'too many requests: the server accepts no more for now';
export const unexpectedStatus = (status: number): string => `unexpected response: HTTP ${status}`;
