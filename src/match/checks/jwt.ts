/**
 * JSON Web Tokens as GitLab issues them (RFC 7519; GitLab lib/ci/job_token/jwt.rb, lib/authn/tokens/jwt.rb): three
 * base64url parts, the first two JSON objects. The claims tell whose token it is and until when it lives.
 */

import type { Facts } from '../../model/candidate.ts';
import { decodeId, definedOnly, readHost } from '../facts.ts';
import type { CheckResult } from './check.ts';

export function checkJwt(body: string): CheckResult {
  const [header, payload] = body.split('.', 2).map(decodeObject);
  if (header === undefined || payload === undefined || typeof header['alg'] !== 'string') {
    return { content: 'undecodable' };
  }
  return { content: 'decoded', facts: claimFacts(payload) };
}

function decodeObject(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>) // any JSON object is a record of unknown values
      : undefined;
  } catch {
    return undefined;
  }
}

function claimFacts(claims: Record<string, unknown>): Facts {
  const text = (key: string): string | undefined => {
    const value = claims[key];
    return typeof value === 'string' ? value : undefined;
  };
  const [, subject, subjectId] = /^gid:\/\/[^/]+\/([A-Za-z:]+)\/(\d{1,20})$/.exec(text('sub') ?? '') ?? [];
  const expiry = claims['exp'];
  return definedOnly({
    cell: decodeId(text('c')),
    organization: decodeId(text('o')),
    group: decodeId(text('g')),
    project: decodeId(text('p')),
    user: decodeId(text('u')) ?? (subject === 'User' ? subjectId : undefined),
    job: subject === 'Ci::Build' ? subjectId : undefined,
    issuer: readHost(text('iss')),
    expiresAt: typeof expiry === 'number' ? toTime(expiry) : undefined,
  });
}

/** Seconds since 1970 as RFC 3339, which ends with the year 9999; undefined beyond. */
function toTime(seconds: number): string | undefined {
  const date = new Date(seconds * 1000);
  const year = date.getUTCFullYear();
  return year >= 0 && year <= 9999 ? date.toISOString().replace(/\.\d+Z$/, 'Z') : undefined;
}
