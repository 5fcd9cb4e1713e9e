/** Spans to the byte: the end of a token, and the characters that touch it. */

import { describe, expect, it } from 'vitest';
import { find, findReported } from '../../support/find.ts';
import { mint, Random, routableToken } from '../../support/mint.ts';

const random = new Random(20);
const legacy = (): string => mint('pat legacy', new Random(random.bits())).replace(/^.*?(?=glpat-)/, '');

/** The text of each reported span. */
async function spans(text: string): Promise<string[]> {
  const bytes = Buffer.from(text);
  return (await findReported(text)).map(({ start, end }) => bytes.subarray(start, end).toString());
}

describe('instance prefix before a token without checksum', () => {
  it.each([
    ['acme-', 'acme-'],
    ['ACME_2-', 'ACME_2-'],
    ['a2345678901234567890-', 'a2345678901234567890-'],
    ['a23456789012345678901-', ''],
    ['-', ''],
    ['2026-', ''],
    ['2026-11-20-', ''],
    ['my-company-', 'company-'],
    ['acme', ''],
    [String.raw`\nacme-`, 'acme-'],
    [String.raw`\tacme-`, 'acme-'],
    [String.raw`\u0022acme-`, 'acme-'],
    [String.raw`\x22acme-`, 'acme-'],
    [String.raw`C:\acme-`, 'acme-'],
    ['%3Dacme-', 'acme-'],
    ['"acme-', 'acme-'],
    ['é-', ''],
    ['%253Dacme-', 'acme-'],
    ['\u001b[0macme-', 'acme-'],
    ['\u001b[0;1;32macme-', 'acme-'],
    ['\u001b[Kacme-', 'acme-'],
    [String.raw`\033[1macme-`, 'acme-'],
    ['[acme-', 'acme-'],
    ['[0m-', ''],
    [String.raw`\n-`, ''],
    ['%20-', ''],
  ])('%s: %s belongs to it where two tokens have it, and not before one alone', async (before, own) => {
    const [token, another] = [legacy(), legacy()];
    expect(await spans(`x=${before}${token}"`)).toEqual([token]);
    expect(await spans(`x=${before}${token}" y=${before}${token}"`)).toEqual([token, token]);
    expect(await spans(`x=${before}${token}" y=${before}${another}"`)).toEqual([own + token, own + another]);
  });

  it.each(['backup-', 'old-', 'token-', 'ci-', 'wip-'])('%s before one token of a file is a word', async (word) => {
    const [token, another] = [legacy(), legacy()];
    expect(await spans(`a=${word}${token}\nb=acme-${another}\nc=glpat-x\n`)).toEqual([token, another]);
  });

  it.each(['\u001b[0m', String.raw`\n`, String.raw`\t`, '%20', 'u003d', 'm', '_', 'x'])(
    '%j right before a token is no part of it',
    async (before) => {
      const [token, another] = [legacy(), legacy()];
      expect(await spans(`${before}${token} ${before}${another}`)).toEqual([token, another]);
    },
  );

  it('belongs to it where a checksum covers the same prefix, anywhere in the file', async () => {
    const token = legacy();
    const other = routableToken(random, { prefix: 'acme-gldt-', payload: { o: 1, p: 5 }, version: 'v1' });
    const far = '\n'.repeat(600_000);
    expect(await spans(`acme-${token}${far}${other}`)).toEqual([`acme-${token}`, other]);
    expect(await spans(`old-${token}${far}${other}`)).toEqual([token, other]);
  });

  it('is not taken by types that do not obey the setting', async () => {
    const token = mint('runner registration', new Random(21));
    expect(await spans(`acme-${token}`)).toEqual([token]);
    const registered = mint('runner registered', new Random(22));
    expect(await spans(`acme-${registered}`)).toEqual([registered]);
  });
});

describe('right end', () => {
  it.each(['"', "'", ' ', '\n', '.', ',', ';', ')', '@', '&', '<', '\\', '%', ':', '|', ''])(
    'ends before %j',
    async (after) => {
      const token = legacy();
      expect(await spans(`x ${token}${after}`)).toEqual([token]);
    },
  );

  it('a body that ends in a dash is whole', async () => {
    const token = `glpat-${new Random(23).friendlyToken(19)}-`;
    expect(await spans(`"${token}"`)).toEqual([token]);
  });

  it.each(['a', '_', '-', '-b', '-fix', 'end', '7'])('%j touches it: likely, at its own length', async (after) => {
    const token = legacy();
    expect(await find(token + after)).toMatchObject([{ confidence: 'likely', start: 0, end: token.length }]);
  });

  it.each([
    ['hex digits', new Random(24).hex(64)],
    ['words', 'token_for_different_users'],
    ['words and numbers', 'PREfix_helloworld380_testing_pretty_long_names'],
    ['one word', 'x'.repeat(30)],
  ])('%s are no body', async (_name, body) => {
    expect(await spans(`glpat-${body}`)).toEqual([]);
  });
});

describe('routable tokens', () => {
  const payload = { o: 1, u: 42 };

  it.each(['', 'glpat-', 'acme-glpat-', 'corp_', 'specpat*-', '!%&/()=?*-', 'é_'])(
    'with the prefix %j: exact',
    async (prefix) => {
      const token = routableToken(random, { prefix, payload, version: 'v1' });
      for (const [before, after] of [
        ['', ''],
        ['"', '"'],
        ['token=', '&x'],
        ['https://oauth2:', '@host/'],
        ['\u00e9', '\u00e9'],
      ] as const) {
        expect(await spans(before + token + after)).toEqual([token]);
      }
    },
  );

  it('foreign text in front is left out', async () => {
    const token = routableToken(random, { prefix: 'glrtr-', payload: { c: 1, g: 8, o: 1007, t: 2 }, version: 'v1' });
    expect(await spans(`wrong-${token}`)).toEqual([token]);
  });

  it('the type follows from the prefix, else from the payload', async () => {
    const typeOf = async (
      prefix: string,
      fields: Record<string, number>,
      version: 'v0' | 'v1' = 'v1',
    ): Promise<string | undefined> =>
      (await findReported(routableToken(random, { prefix, payload: fields, version })))[0]?.ruleId;
    expect(await typeOf('glpat-', { o: 1, u: 1 })).toBe('gitlab_personal_access_token_routable_versioned');
    expect(await typeOf('glpat-', { o: 1, u: 1 }, 'v0')).toBe('gitlab_personal_access_token_routable');
    expect(await typeOf('corp-', { o: 1, u: 1 })).toBe('gitlab_personal_access_token_routable_versioned');
    expect(await typeOf('corp-', { o: 1, u: 1, t: 1 })).toBe('gitlab_runner_auth_token_routable');
    expect(await typeOf('corp-', { o: 1, g: 1, t: 2, u: 5 })).toBe('gitlab_runner_auth_token_routable');
    expect(await typeOf('corp-', { o: 1, p: 1 })).toBe('gitlab_deploy_token');
    expect(await typeOf('acme-gldt-', { o: 1, g: 1 })).toBe('gitlab_deploy_token');
    expect(await typeOf('', { o: 1, u: 1 })).toBe('gitlab_oauth_access_token');
    expect(await typeOf('', { o: 1 })).toBe('gitlab_routable_token');
    expect(await typeOf('corp-', { c: 1, o: 1 })).toBe('gitlab_routable_token');
    expect(await typeOf('', { o: 1 }, 'v0')).toBe('gitlab_routable_token');
  });

  it('a wrong checksum is unlikely with a known prefix, and nothing without one', async () => {
    const flawed = (prefix: string): string => {
      const token = routableToken(random, { prefix, payload, version: 'v1' });
      return token.slice(0, -1) + (token.endsWith('a') ? 'b' : 'a');
    };
    for (const prefix of ['glpat-', 'acme-glpat-', 'glrt-t1_']) {
      const token = flawed(prefix);
      const start = prefix.startsWith('acme-') ? 7 : 2;
      expect(await find(`x ${token} y`)).toMatchObject([{ confidence: 'unlikely', start, end: 2 + token.length }]);
    }
    expect(await find(flawed(''))).toEqual([]);
    expect(await find(flawed('corp_'))).toEqual([]);
  });

  it('a checksum that fits beats every placeholder test', async () => {
    const zeros = { ...random, bytes: (length: number) => Buffer.alloc(length) } as unknown as Random;
    const token = routableToken(zeros, { prefix: 'glpat-', payload, version: 'v1' });
    expect(await find(token)).toMatchObject([{ confidence: 'proven' }]);
  });

  it('a base36 field is lower case, and the longest and shortest bodies are found', async () => {
    for (const length of [1, 30, 100, 159]) {
      const value = 'z'.repeat(length);
      const token = routableToken(random, { prefix: 'glpat-', payload: { o: value }, version: 'v1' });
      expect(await spans(`"${token}"`)).toEqual([token]);
    }
  });
});
