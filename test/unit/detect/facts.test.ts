/** What tokens tell about themselves, offline; and that they cannot make glaive say anything else. */

import { describe, expect, it } from 'vitest';
import { checkJwt } from '../../../src/detect/tokens/checks/jwt.ts';
import { checkU128 } from '../../../src/detect/tokens/checks/u128.ts';
import { decodePayload, payloadFacts } from '../../../src/detect/tokens/routable.ts';
import { jsonWebToken, type Payload, Random, routableToken } from '../../support/mint.ts';

const random = new Random(30);

function factsOf(payload: Payload, version: 'v0' | 'v1'): unknown {
  const token = routableToken(random, { prefix: '', payload, version });
  const decoded = decodePayload(token.slice(0, token.indexOf('.')));
  return decoded && payloadFacts(decoded);
}

describe('routable payloads', () => {
  it.each(['v0', 'v1'] as const)('%s: ids become decimal, runner types words', (version) => {
    expect(factsOf({ c: 100, o: 1, u: 31_740_952 }, version)).toEqual({
      cell: '100',
      organization: '1',
      user: '31740952',
    });
    expect(factsOf({ o: 1, g: 9970, t: 2, u: 7 }, version)).toEqual({
      organization: '1',
      group: '9970',
      runnerType: 'group',
      user: '7',
    });
  });

  it('ids beyond 2^53 are exact', () => {
    expect(factsOf({ o: 18_446_744_073_709_551_615n }, 'v1')).toEqual({ organization: '18446744073709551615' });
  });

  it('what is no id is not passed on', () => {
    expect(factsOf({ o: 'Text', u: 'z'.repeat(26), t: 9 }, 'v1')).toEqual({});
  });

  it('a body without key:value lines has no payload', () => {
    expect(decodePayload(random.bytes(40).toString('base64url'))).toBeUndefined();
    expect(decodePayload('')).toBeUndefined();
  });
});

describe('JWT claims', () => {
  const facts = (claims: object): unknown => checkJwt(jsonWebToken(random, claims)).facts;

  it('name job, project, user and expiry', () => {
    expect(
      facts({
        sub: 'gid://gitlab/Ci::Build/123',
        p: '2s',
        u: '16',
        o: '1',
        iss: 'gitlab.example.com',
        exp: 1_600_000_000,
      }),
    ).toEqual({
      job: '123',
      project: '100',
      user: '42',
      organization: '1',
      issuer: 'gitlab.example.com',
      expiresAt: '2020-09-13T12:26:40Z',
    });
    expect(facts({ sub: 'gid://gitlab/User/42' })).toEqual({ user: '42' });
  });

  it('claims of the wrong shape are not passed on', () => {
    expect(facts({ sub: 'gid://gitlab/User/x', iss: 'no host \u001b[31m', exp: 'soon', u: 42, o: {} })).toEqual({});
    expect(facts({ exp: 1e300, iss: 'Secret_Value_In_Issuer' })).toEqual({});
  });

  it.each([
    '',
    'a.b',
    '{}.{}',
    'bm90IGpzb24.bm90IGpzb24.c2ln',
    `${Buffer.from('[1]').toString('base64url')}.${Buffer.from('{}').toString('base64url')}.x`,
  ])('what is no JWT is undecodable: %j', (text) => {
    expect(checkJwt(text)).toEqual({ content: 'undecodable' });
  });
});

it('128-bit numbers: the largest fits, the next does not, a leading zero is never written', () => {
  const largest = (2n ** 128n - 1n).toString(36);
  const next = (2n ** 128n).toString(36);
  expect(checkU128(largest)).toEqual({ generator: 'possible' });
  // Then its last digit is of what follows it.
  expect(checkU128(next)).toEqual({ generator: 'possible', length: 24 });
  expect(checkU128('1'.repeat(24)).generator).toBe('possible');
  expect(checkU128(`0${'1'.repeat(24)}`).generator).toBe('impossible');
});
