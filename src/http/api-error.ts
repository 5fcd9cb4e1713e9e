/** Why a server could not be asked, or said no. The messages are ours: nothing that a server says is repeated. */

export type ApiReason =
  /** 401: the token is not known there. */
  | 'unauthorized'
  /** 403: it may not. */
  | 'forbidden'
  /** 403: its scopes do not allow it. */
  | 'scope'
  /** 403: the permissions of a fine-grained token do not allow it. */
  | 'granular'
  /** 403: what stands in the log of such a job is for developers. */
  | 'debug-log'
  /** 403: the job shows its artifacts to some roles only. */
  | 'artifacts'
  /** 403: the project has no CI/CD. */
  | 'ci-disabled'
  /** The project has another path now. */
  | 'moved'
  | 'not-found'
  /** 429, again and again. */
  | 'rate-limited'
  /** Any other answer than was to be expected. */
  | 'refused'
  | 'unreachable'
  /** The answer is not what the API gives. */
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

/** What a status from 300 on means. */
export function failureOf(status: number): ApiError {
  if (status < 400) return new ApiError('refused', 'it leads elsewhere, and a token does not follow', status);
  if (status === 401) return new ApiError('unauthorized', 'it does not know the token', status);
  if (status === 403) return new ApiError('forbidden', 'the token may not do that', status);
  if (status === 404) return new ApiError('not-found', 'it is not there, or the token may not see it', status);
  if (status === 429) return new ApiError('rate-limited', 'it takes no more requests for now', status);
  return new ApiError('refused', `it answered with ${status}`, status);
}
