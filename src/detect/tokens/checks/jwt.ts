/**
 * JSON Web Tokens as GitLab issues them (RFC 7519; GitLab lib/ci/job_token/jwt.rb, lib/authn/tokens/jwt.rb): three
 * base64url parts, of which the first two are JSON objects. The claims contain the owner of the token and its expiry.
 */

import { defined } from '../../../lib/defined.ts';
import type { Facts } from '../../../model/candidate.ts';
import { decodeId, readHost } from '../facts.ts';
import type { CheckResult } from './check.ts';

export function checkJwt(body: string): CheckResult {
  const claims = readClaims(body);
  return claims === undefined ? { content: 'undecodable' } : decoded(body, claims);
}

function decoded(body: string, claims: Claims): CheckResult {
  const length = lengthOf(body);
  return { content: 'decoded', facts: claimFacts(claims), ...(length < body.length ? { length } : {}) };
}

/** Characters of a signature by the algorithm (RFC 7518), those of short keys first. */
const SIGNATURES: Readonly<Record<string, readonly number[]>> = {
  RS256: [342, 512, 683],
  RS384: [342, 512, 683],
  RS512: [342, 512, 683],
  PS256: [342, 512, 683],
  PS384: [342, 512, 683],
  PS512: [342, 512, 683],
  HS256: [43],
  HS384: [64],
  HS512: [86],
  ES256: [86],
  ES384: [128],
  ES512: [176],
  EdDSA: [86],
};
/** The possible last characters, by the length modulo 4: their last bits are unused. */
const LAST: readonly RegExp[] = [/./, /./, /[AQgw]/, /[AEIMQUYcgkosw048]/];

/** The length without the characters behind the signature, which may be of the same alphabet. */
function lengthOf(body: string): number {
  const start = body.lastIndexOf('.') + 1;
  const known = SIGNATURES[String(decodeObject(body.slice(0, body.indexOf('.')))?.['alg'])] ?? [];
  if (known.includes(body.length - start)) return body.length;
  const length = known.find((one) => start + one < body.length && LAST[one % 4]!.test(body[start + one - 1]!));
  return length === undefined ? body.length : start + length;
}

type Claims = Readonly<Record<string, unknown>>;

/** A JWT without a prefix is reported only if its claims are those of GitLab. */
function checkClaims(isIt: (claims: Claims) => boolean): (body: string) => CheckResult {
  return (body) => {
    const claims = readClaims(body);
    if (claims === undefined || !isIt(claims)) return { rejected: true };
    return decoded(body, claims);
  };
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';

/** GitLab lib/ci/job_token/jwt.rb; newer versions write a prefix. */
export const checkJobJwt = checkClaims(
  ({ sub }) => typeof sub === 'string' && /^gid:\/\/[\w-]+\/Ci::Build\/\d+$/.test(sub),
);
/** `id_tokens:` of a job; GitLab lib/gitlab/ci/jwt_v2.rb. */
export const checkIdJwt = checkClaims(
  ({ project_path, namespace_path, pipeline_id, job_id }) =>
    isText(project_path) && isText(namespace_path) && (pipeline_id !== undefined || job_id !== undefined),
);
/** GitLab app/services/auth/container_registry_authentication_service.rb. */
export const checkRegistryJwt = checkClaims(
  ({ aud, access, iss }) => aud === 'container_registry' && Array.isArray(access) && isText(iss),
);
/** GitLab app/services/auth/dependency_proxy_authentication_service.rb: it contains the real token in clear. */
export const checkDependencyProxyJwt = checkClaims(
  (claims) =>
    ['personal_access_token', 'group_access_token', 'deploy_token'].some((name) => isText(claims[name])) ||
    (typeof claims['user_id'] === 'number' && claims['iss'] === undefined && claims['exp'] !== undefined),
);
/** GitLab lib/gitlab/conan_token.rb: it contains the real token in clear. */
export const checkConanJwt = checkClaims(
  (claims) => (isText(claims['access_token']) || isText(claims['access_token_id'])) && claims['user_id'] !== undefined,
);

function readClaims(body: string): Claims | undefined {
  const [header, payload] = body.split('.', 2).map(decodeObject);
  return header === undefined || typeof header['alg'] !== 'string' ? undefined : payload;
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
  return defined({
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
