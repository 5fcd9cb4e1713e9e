/**
 * How Vault and OpenBao say things: `errors` is a list of texts, and a text may be a list by itself (go-multierror). Names
 * that a user has chosen stand in these texts, so they are compared whole or from their beginning, never searched for words.
 */

import { isRecord } from '../lib/is-record.ts';
import type { JsonResponse } from '../http/json-client.ts';

const SEVERAL = /^\d+ errors? occurred:\n\t\* ([^]*?)\n\n$/;

/** Its errors, each by itself, as it has written them. */
export function errorsOf({ fields }: JsonResponse): string[] {
  return textsOf(fields['errors']).flatMap((text) => SEVERAL.exec(text)?.[1]?.split('\n\t* ') ?? [text]);
}

export const warningsOf = ({ fields }: JsonResponse): string[] => textsOf(fields['warnings']);

function textsOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : []).filter((item) => typeof item === 'string');
}

export const says = (reply: JsonResponse, pattern: RegExp): boolean =>
  [...errorsOf(reply), ...warningsOf(reply)].some((text) => pattern.test(text));

/** Its errors in order, where it does not know a token. */
const UNKNOWN = new Set([
  'bad token',
  'invalid token',
  'bad token\npermission denied',
  'invalid token\npermission denied',
]);

/**
 * Whether it does not know the token. OpenBao, and Vault before 1.16, say "permission denied" and nothing else; newer ones
 * add "invalid token", and call what has no token's form a "bad token". A token that is known and may not do something
 * is answered with the same words as a list of one error (request_handling.go): that proves that it works.
 */
export function isUnknownToken(reply: JsonResponse): boolean {
  const { errors } = reply.fields;
  if (reply.status !== 403 || !Array.isArray(errors) || errors.length !== 1) return false;
  if (errors[0] === 'permission denied') return true;
  return UNKNOWN.has(errorsOf(reply).toSorted().join('\n'));
}

/** Whether it knows the token, and its policies do not allow what was asked. */
export function isDeniedByPolicy(reply: JsonResponse): boolean {
  const { errors } = reply.fields;
  return (
    reply.status === 403 &&
    Array.isArray(errors) &&
    errors.length === 1 &&
    errors[0] === '1 error occurred:\n\t* permission denied\n\n'
  );
}

/** Tokens that are kept nowhere: they have no uses to count, and cannot be revoked. */
export const isBatchToken = (token: string): boolean => /^(?:hvb|b)\./.test(token);

/** What an answer gives. */
export function dataOf({ fields }: JsonResponse): Record<string, unknown> | undefined {
  const { data } = fields;
  return isRecord(data) ? data : undefined;
}
