/** The explanation of a refusal depends on Vault's error text, and never on the names in it. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonResponse } from '../../../src/http/json-client.ts';
import { accessFailure, loginFailure } from '../../../src/vault/failures.ts';
import { parseReference } from '../../../src/vault/reference.ts';

const reply = (status: number, fields: JsonResponse['fields'], text = ''): JsonResponse => ({
  status,
  fields,
  isJson: true,
  items: [],
  text,
});
const login = { jwt: '', role: 'ROLE', authPath: 'jwt', namespace: undefined };

/** Recorded from OpenBao 2.6; NAME is a name that a user chose, as Go quotes it. */
const SIGN_IN: readonly (readonly [number, string, RegExp])[] = [
  [400, 'missing role', /^no role was given/],
  [400, 'role NAME could not be found', /^no role/],
  [400, 'role with oidc role_type is not allowed', /sign-ins with a browser/],
  [400, 'could not load configuration', /is not configured/],
  [400, 'missing token', /^VAULT_ID_TOKEN does not contain an ID token/],
  [400, 'error validating token: invalid expiration time (exp) claim: token is expired', /has expired/],
  [400, 'invalid expiration time (exp) claim: token is expired', /has expired/],
  [400, 'error validating token: invalid not before (nbf) claim: token not yet valid', /clocks/],
  [400, 'error validating token: invalid issued at (iat) claim: token issued in the future', /clocks/],
  [400, 'error validating token: invalid issuer (iss) claim', /bound_issuer/],
  [400, 'invalid issuer (iss) claim', /bound_issuer/],
  [400, 'invalid audience (aud) claim', /^the audience/],
  [400, 'claim NAME does not match any associated bound claim values', /a bound claim does not match/],
  [400, 'error validating token: invalid subject (sub) claim', /bound_subject/],
  [
    400,
    'error validating token: invalid audience (aud) claim: audience claim does not match any expected audience',
    /^the audience/,
  ],
  [400, 'audience claim found in JWT but no audiences bound to the role', /^the audience/],
  [400, 'error validating claims: aud claim does not match any bound audience', /^the audience/],
  [
    400,
    'error validating token: error verifying token signature: no known key successfully validated the token signature',
    /another key signed it/,
  ],
  [
    400,
    'error validating token: error verifying token signature: failed to verify id token signature',
    /another key signed it/,
  ],
  [
    400,
    'error validating token: error verifying token signature: fetching keys oidc: get keys failed Get "http://127.0.0.1:9/x": dial tcp: connection refused',
    /cannot fetch the keys of GitLab/,
  ],
  [
    400,
    'error validating token: error verifying token signature: illegal base64 data at input byte 0',
    /^VAULT_ID_TOKEN does not contain an ID token/,
  ],
  [
    400,
    'error validating token: error verifying token signature: go-jose/go-jose: compact JWS format must have three parts',
    /^VAULT_ID_TOKEN does not contain an ID token/,
  ],
  [
    400,
    'error validating claims: claim NAME does not match any associated bound claim values',
    /a bound claim does not match/,
  ],
  [400, 'error validating claims: claim NAME is missing', /lacks a bound claim/],
  [400, 'claim NAME not found in token', /uses as the user name/],
  [403, 'permission denied', /^the sign-in was refused: permission denied/],
  [404, 'no handler for route NAME. route entry not found.', /^no JWT method/],
  [404, 'namespace not found', /^no namespace/],
  [503, 'Vault is sealed', /^the Vault is sealed/],
  [500, 'local node not active but active cluster node not found', /standby/],
  [500, 'internal error', /reports an error/],
  [418, 'NAME', /refused \(418\)/],
];

const WORDS = SIGN_IN.flatMap(([, text]) => [text, ...text.split(/[ :]+/)]);
const name = fc.oneof(
  fc.constantFrom(...WORDS),
  fc.array(fc.constantFrom(...WORDS), { maxLength: 4 }).map((all) => all.join(' ')),
);

describe('the sign-in', () => {
  it.each(SIGN_IN)('%d %s', (status, text, why) => {
    fc.assert(
      fc.property(name, (one) => {
        const said = text.replace('NAME', JSON.stringify(one));
        expect(loginFailure(reply(status, { errors: [said] }), login).message).toMatch(why);
      }),
      { numRuns: 60 },
    );
  });

  it('each has a way out of its own, or shares it with what ends alike', () => {
    const hints = new Set(SIGN_IN.map(([status, text]) => loginFailure(reply(status, { errors: [text] }), login).hint));
    expect(hints.size).toBeGreaterThan(20);
  });
});

describe('a secret', () => {
  const metadata = (more: object): JsonResponse['fields'] => ({
    data: { data: null, metadata: { version: 7, ...more } },
  });
  const route = 'no handler for route "x/data/y". route entry not found.';
  it.each([
    ['deleted', reply(404, metadata({ deletion_time: 'x', destroyed: false })), /\(7\) is deleted/],
    ['destroyed', reply(404, metadata({ deletion_time: 'x', destroyed: true })), /\(7\) is destroyed/],
    ['not there', reply(404, { errors: [] }), /^no secret/],
    ['no engine', reply(404, { errors: [route] }), /^no engine is mounted/],
    ['forbidden', reply(403, { errors: ['1 error occurred:\n\t* permission denied\n\n'] }), /^the role may not read/],
    [
      'of an engine with versions',
      reply(404, { data: null, warnings: ['Invalid path for a versioned K/V secrets engine. See the API docs.'] }),
      /is a versioned engine/,
    ],
    [
      'changed',
      reply(400, { errors: ['check-and-set parameter did not match the current version'] }),
      /changed in the meantime/,
    ],
    ['plain HTTP', reply(400, {}, 'Client sent an HTTP request to an HTTPS server.\n'), /expects TLS on this port/],
    ['sealed', reply(503, { errors: ['Vault is sealed'] }), /is sealed/],
    ['a proxy with an error', reply(503, {}, '<html>'), /reports an error \(503\)/],
  ])('%s', (_, answer, why) => {
    fc.assert(
      fc.property(name, (one) => {
        const path = one.replaceAll(/[^\w() ]+/g, '') || 'x';
        const reference = parseReference(`${path}/field@ops`);
        expect(accessFailure(answer, reference, { namespace: undefined }, 'read').message).toMatch(why);
      }),
      { numRuns: 30 },
    );
  });
});
