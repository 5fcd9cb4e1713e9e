/** Plans of remediation, and the new secrets that they return. */

import { errorFromFields } from '../gitlab/api-errors.ts';
import { ApiError } from '../http/api-error.ts';
import type { JsonResponse } from '../http/json-client.ts';
import type { ExecutionResult, Plan, Planner } from './credential-type.ts';

export const cannot = (why: string): Plan => ({ kind: 'impossible', why });

/** A planner for an action that the type does not have. */
export const never =
  (why: string): Planner =>
  async () =>
    cannot(why);

/** @throws ApiError unless the status is 2xx */
export function assertSuccess(response: JsonResponse): JsonResponse {
  if (response.status >= 200 && response.status < 300) return response;
  throw errorFromFields(response.status, response.fields);
}

/** @param field the property that holds the new secret @throws ApiError if the response has none */
export function newSecretOf(response: JsonResponse, field: 'token' | 'secret' = 'token'): ExecutionResult {
  const { [field]: secret, expires_at: expiresAt, token_expires_at: other } = assertSuccess(response).fields;
  if (typeof secret !== 'string' || !/^[\x21-\x7e]{8,4096}$/.test(secret))
    throw new ApiError(
      'malformed',
      'the server agreed, but returned no new token: create one by hand',
      response.status,
    );
  const date = typeof expiresAt === 'string' ? expiresAt : other;
  return {
    successor: secret,
    ...(typeof date === 'string' && /^[\d:TZ.-]{10,30}$/.test(date) ? { expiresAt: date } : {}),
  };
}
