/**
 * Errors and data in responses of Vault and OpenBao: `errors` is a list of texts, and a text may be a list itself
 * (go-multierror). The texts contain names chosen by users, so they are matched from the start, never searched for words.
 */

import { isRecord } from '../lib/is-record.ts';
import type { JsonResponse } from '../http/json-client.ts';

const SEVERAL = /^\d+ errors? occurred:\n\t\* ([^]*?)\n\n$/;

/** The individual error texts. */
export function errorsOf({ fields }: JsonResponse): string[] {
  return textsOf(fields['errors']).flatMap((text) => SEVERAL.exec(text)?.[1]?.split('\n\t* ') ?? [text]);
}

export const warningsOf = ({ fields }: JsonResponse): string[] => textsOf(fields['warnings']);

function textsOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : []).filter((item) => typeof item === 'string');
}

export const hasMessage = (response: JsonResponse, pattern: RegExp): boolean =>
  [...errorsOf(response), ...warningsOf(response)].some((text) => pattern.test(text));

/** The sorted errors of a server that does not know the token. */
const UNKNOWN = new Set([
  'bad token',
  'invalid token',
  'bad token\npermission denied',
  'invalid token\npermission denied',
]);

/**
 * Whether the server does not know the token. OpenBao, and Vault before 1.16, return only "permission denied"; newer versions
 * add "invalid token", or "bad token" if it is malformed. For a known token without the right, they return the same text
 * inside a list of one error (request_handling.go), which proves that the token works.
 */
export function isUnknownToken(response: JsonResponse): boolean {
  const { errors } = response.fields;
  if (response.status !== 403 || !Array.isArray(errors) || errors.length !== 1) return false;
  if (errors[0] === 'permission denied') return true;
  return UNKNOWN.has(errorsOf(response).toSorted().join('\n'));
}

/** Whether the server knows the token, and its policies do not allow the request. */
export function isDeniedByPolicy(response: JsonResponse): boolean {
  const { errors } = response.fields;
  return (
    response.status === 403 &&
    Array.isArray(errors) &&
    errors.length === 1 &&
    errors[0] === '1 error occurred:\n\t* permission denied\n\n'
  );
}

/** The server does not store batch tokens: they have no uses to count, and cannot be revoked. */
export const isBatchToken = (token: string): boolean => /^(?:hvb|b)\./.test(token);

export function dataOf({ fields }: JsonResponse): Record<string, unknown> | undefined {
  const { data } = fields;
  return isRecord(data) ? data : undefined;
}
