/** What a GitLab says about itself, and about the token that asks. */

import * as v from 'valibot';
import { ApiError } from '../http/api-error.ts';
import type { GitLabClient } from './client.ts';

const TokenSchema = v.object({
  scopes: v.array(v.pipe(v.string(), v.regex(/^[a-z_]{1,40}$/))),
  expires_at: v.nullish(v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\d/))),
});

export interface OwnToken {
  readonly scopes: readonly string[];
  /** `YYYY-MM-DD`; undefined: never. */
  readonly expires: string | undefined;
}

/** @throws ApiError */
export async function ownToken(client: GitLabClient): Promise<OwnToken> {
  const result = v.safeParse(TokenSchema, await client.get('/personal_access_tokens/self'));
  if (!result.success) throw new ApiError('malformed', 'the response does not match the API');
  return { scopes: result.output.scopes, expires: result.output.expires_at?.slice(0, 10) };
}

/** The version of GitLab, which it gives to everyone with a token. @throws ApiError */
export async function versionOf(client: GitLabClient): Promise<string> {
  const result = v.safeParse(v.object({ version: v.string() }), await client.get('/version'));
  const version = result.success ? /^\d+\.\d+\.\d+(?:-[a-z]{1,5})?/.exec(result.output.version)?.[0] : undefined;
  if (version === undefined) throw new ApiError('malformed', 'the response does not match the API');
  return version;
}
