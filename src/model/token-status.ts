/** Whether a token still works, in GitLab's own words. Without verification only offline proof counts. */

export type UnknownReason =
  | 'not checked'
  /** Also what a token says that never existed. */
  | `not known at ${string}`
  /** No answer, or none that helps. */
  | 'unreachable'
  | 'rate limited'
  /** The server said something that tells nothing. */
  | 'unclear answer'
  /** Nobody can ask without doing something. */
  | 'unsupported'
  /** What it was found in has changed, or cannot be read again. */
  | 'source gone';

export type TokenStatus =
  | { readonly state: 'active' }
  /** Each is proof that it was real. */
  | { readonly state: 'inactive'; readonly reason: 'expired' | 'revoked' | 'blocked' }
  | { readonly state: 'unknown'; readonly reason: UnknownReason };
