/** Whether a token still works, in the terms of GitLab. Without verification only offline proof counts. */

export type UnknownReason =
  | 'not checked'
  /** Also for a token that never existed. */
  | `not known at ${string}`
  /** No response, or an error of the server. */
  | 'unreachable'
  | 'rate limited'
  /** The response says nothing about the token. */
  | 'unclear answer'
  /** There is no request without side effects. */
  | 'unsupported'
  /** The file has changed since, or cannot be read again. */
  | 'source gone';

export type TokenStatus =
  | { readonly state: 'active' }
  /** Each reason proves that the token was real. */
  | { readonly state: 'inactive'; readonly reason: 'expired' | 'revoked' | 'blocked' }
  | { readonly state: 'unknown'; readonly reason: UnknownReason };
