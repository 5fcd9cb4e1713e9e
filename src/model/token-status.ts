/** Whether a token still works, in GitLab's own words. Without verification only offline proof counts. */

export type TokenStatus =
  | { readonly state: 'active' }
  | { readonly state: 'inactive'; readonly reason: 'expired' | 'revoked' | 'blocked' }
  | { readonly state: 'unknown'; readonly reason: 'not checked' };
