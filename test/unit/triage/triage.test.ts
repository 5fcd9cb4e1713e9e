/** The small pure steps of triage, each by its table. */

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../../src/model/candidate.ts';
import { RISKS } from '../../../src/model/severity.ts';
import { Secret } from '../../../src/model/secret.ts';
import { confidenceOf } from '../../../src/model/confidence.ts';
import { excerptOf } from '../../../src/triage/excerpt.ts';
import { findingFingerprint, secretFingerprint } from '../../../src/triage/fingerprint.ts';
import { isPlaceholder } from '../../../src/lib/placeholder.ts';
import { offlineStatus, severityOf } from '../../../src/triage/rating.ts';
import { Random } from '../../support/mint.ts';
import { runs } from '../../support/runs.ts';

describe('placeholders', () => {
  it.each([
    'xxxxxxxxxxxxxxxxxxxx',
    'XXXXXXXXXXX-XXXXXXXX',
    '12312312312312312312',
    '12341234123412341234',
    'abababababababababab',
    '00000000000000000001',
    'your_token_here_xxxx',
    'your-access-token-xx',
    'YOUR_TOKEN_GOES_HERE',
    'yourAccessTokenHere_',
    'EXAMPLE-TOKEN-EXAMPLE',
    'REDACTED-REDACTED---',
    'replace_me__________',
    'abcdefghijklmnopqrst',
    '12345678901234567890',
    '1234567890abcdef1234567890abcdef',
    'deadbeefdeadbeefdeadbeefdeadbeef',
    'AbCdEfGhIjKlMnOpQrSt',
    'a1b2c3d4e5f6g7h8i9j0',
    'qwertyuiopasdfghjklz',
    'ChangeMe-ChangeMe-12',
  ])('%s is one', (body) => {
    expect(isPlaceholder(body)).toBe(true);
  });

  it.each(['hellOworld380_testin', 'test_9fK2mQx7Rw4Zp8v'])(
    '%s is no placeholder: nothing deletes a real token',
    (body) => {
      expect(isPlaceholder(body)).toBe(false);
    },
  );

  it('random bodies are none', () => {
    const random = new Random(40);
    for (let round = 0; round < runs({ fast: 10_000, long: 50_000 }); round++)
      expect(isPlaceholder(random.friendlyToken(20))).toBe(false);
  });
});

describe('confidence', () => {
  const confidence = (evidence: Partial<Evidence>): string =>
    confidenceOf({
      checksum: 'none',
      generator: 'unchecked',
      content: 'none',
      maxConfidence: 'certain',
      body: { start: 0, end: 20 },
      facts: {},
      ...evidence,
    });

  it.each([
    [{ checksum: 'fits' as const }, 'proven'],
    [{ checksum: 'fits' as const, generator: 'impossible' as const }, 'proven'],
    [{ checksum: 'fails' as const }, 'unlikely'],
    [{ content: 'undecodable' as const }, 'unlikely'],
    [{ content: 'decoded' as const }, 'certain'],
    [{ generator: 'impossible' as const }, 'likely'],
    [{ generator: 'possible' as const }, 'certain'],
    [{ maxConfidence: 'likely' as const }, 'likely'],
    [{ maxConfidence: 'unlikely' as const, generator: 'impossible' as const }, 'unlikely'],
    [{}, 'certain'],
  ])('%o: %s', (evidence, expected) => {
    expect(confidence(evidence)).toBe(expected);
  });

  it('a placeholder is unlikely, unless its checksum fits', () => {
    expect(confidence({ isPlaceholder: true })).toBe('unlikely');
    expect(confidence({ checksum: 'fits', isPlaceholder: true })).toBe('proven');
  });
});

describe('severity', () => {
  it('by risk and status', () => {
    const table = RISKS.map((risk) => [
      risk,
      severityOf(risk, { state: 'unknown', reason: 'not checked' }),
      severityOf(risk, { state: 'active' }),
      severityOf(risk, { state: 'inactive', reason: 'revoked' }),
    ]);
    expect(table).toEqual([
      ['write', 'critical', 'critical', 'low'],
      ['read', 'high', 'critical', 'low'],
      ['short-lived', 'high', 'critical', 'low'],
      ['public', 'info', 'low', 'info'],
    ]);
  });

  it('a token that names its expiry is dead once that has passed', () => {
    const now = new Date('2026-11-20T00:00:00Z');
    expect(offlineStatus({ expiresAt: '2026-11-19T23:59:59Z' }, now)).toEqual({ state: 'inactive', reason: 'expired' });
    expect(offlineStatus({ expiresAt: '2026-11-20T00:00:01Z' }, now).state).toBe('unknown');
    expect(offlineStatus({}, now).state).toBe('unknown');
  });
});

describe('fingerprints are frozen: baselines live on them', () => {
  const sha256 = (text: string): string => createHash('sha256').update(text, 'latin1').digest('hex');

  it('of a secret: SHA-256 of glaive/1, NUL, the bytes', () => {
    expect(secretFingerprint(new Secret('abc'))).toBe(sha256('glaive/1\0abc'));
    expect(secretFingerprint(new Secret('abc'))).toBe(
      '5195d40e7a5f2b4e86e0d55fe58f6f811fa429c9c8e683475ce07c9b7040597f',
    );
    expect(secretFingerprint(new Secret('\xff'))).toBe(sha256('glaive/1\0\xff'));
  });

  it('of a finding: SHA-256 of the hex fingerprint of the secret, NUL, the URI', () => {
    const ofSecret = secretFingerprint(new Secret('abc'));
    expect(findingFingerprint(ofSecret, 'src/a.ts')).toBe(sha256(`${ofSecret}\0src/a.ts`));
    expect(findingFingerprint(ofSecret, 'src/b.ts')).not.toBe(findingFingerprint(ofSecret, 'src/a.ts'));
  });
});

describe('excerpts', () => {
  const excerpt = (before: string, after: string): ReturnType<typeof excerptOf> => {
    const [head, own, tail] = [Buffer.from(before), Buffer.from('OWNSECRET'), Buffer.from(after)];
    const span = { start: head.length, end: head.length + own.length };
    return excerptOf(
      { bytes: Buffer.concat([head, own, tail]), span, masks: [span], cutBefore: false, cutAfter: true },
      'glpat-',
    );
  };

  it('show the label and the mask in place of the secret, and say where', () => {
    const { text, markStart, markEnd } = excerpt('TOKEN=', ' # rest')!;
    expect(text).toBe('TOKEN=glpat-[MASKED] # rest…');
    expect(text.slice(markStart, markEnd)).toBe('glpat-[MASKED]');
  });

  it.each([
    ['password=hunter2 ', 'password=[MASKED] '],
    ['"Password": "hunter2", ', '"Password": "[MASKED]", '],
    ['AWS_SECRET_ACCESS_KEY=abc/def ', 'AWS_SECRET_ACCESS_KEY=[MASKED] '],
    ['https://user:hunter2@host/ ', 'https://user:[MASKED]@host/ '],
    ['AKIAIOSFODNN7EXAMPLE1 ', '[MASKED] '],
    ['sha: 0123456789abcdef0123456789abcdef ', 'sha: [MASKED] '],
    ['in capitals GLPAT-ABCDEFGHIJKLM ', 'in capitals GLPAT-[MASKED] '],
    ['apart: g l p a t - A B C D E F G H I J K L M ', 'apart: [MASKED] '],
    ['a b c = ', 'a b c = '],
    ['an ordinary line of text = ', 'an ordinary line of text = '],
  ])('other secrets on the line are masked too: %s', (before, shown) => {
    expect(excerpt(before, '')!.text).toBe(`${shown}glpat-[MASKED]…`);
  });

  it('are safe to print, and left out for what is not text', () => {
    expect(excerpt('\u001b[31m\t', '\r')!.text).toBe('␛[31m glpat-[MASKED]␍…');
    expect(excerpt('\0', '')).toBeUndefined();
  });
});
