/**
 * Samples of real and invented tokens from GitLab's source and from other scanners (`data/token-samples.json`; each is
 * cut in two so that it is not a token).
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileRuleset } from '../../src/rules/compile.ts';
import { builtinRules } from '../../src/rules/builtin.ts';
import { withPrefixes } from '../../src/rules/prefixes.ts';
import { createFind, find, findReported } from '../support/find.ts';

interface Sample {
  readonly type: string;
  readonly a: string;
  readonly b: string;
  readonly expect: 'match' | 'no_match' | 'optional' | 'context' | 'match_if_configured';
  readonly why?: string;
  readonly valid_checksum: boolean | null;
}

const stored: (Sample & { readonly c?: string })[] = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', 'data', 'token-samples.json'), 'utf8'),
);
// A third piece, where one of two would look like a token by itself.
const samples: Sample[] = stored.map(({ c = '', b, ...rest }) => ({ ...rest, b: b + c }));

/** A name for a sample that shows nothing of it. */
const nameOf = (sample: Sample, index: number): string =>
  `${index} ${sample.type}${sample.why === undefined ? '' : `: ${sample.why}`}`;

describe('samples that are tokens', () => {
  const wanted = samples
    .map((sample, index) => [nameOf(sample, index), sample] as const)
    .filter(([, sample]) => sample.expect === 'match');

  it('are there', () => {
    expect(wanted.length).toBeGreaterThan(55);
  });

  it.each(wanted)('%s', async (_name, { type, a, b, valid_checksum }) => {
    const token = a + b;
    const bare = /^t[123]_/.test(token);
    const cookie = /^_gitlab_session=/.exec(token)?.[0] ?? '';
    const foreign = /^wrong-/.exec(token)?.[0] ?? '';
    const inContext = bare || type === 'vault_token_legacy';
    const [before, after] = bare
      ? ['[[runners]]\n  token = "', '"\n']
      : [inContext ? 'VAULT_TOKEN: ' : 'value: ', '\n'];
    // Where no checksum says that it is one, a prefix of the instance is known by the configuration.
    const instance = valid_checksum === null ? (/^\w+-(?=gl[a-z]+-)/.exec(token)?.[0] ?? '') : '';
    const start = before.length + cookie.length + (foreign || instance).length;
    if (instance !== '' && foreign === '') {
      const configured = createFind(compileRuleset(withPrefixes(builtinRules(), [instance])));
      expect(await configured(token)).toMatchObject([{ start: 0, end: token.length }]);
    }
    const reported = await findReported(before + token + after);
    // A JWT may hold another token, which is a finding of its own.
    const [outer, ...inner] = reported.map(({ start: from, end }) => [from, end]);
    expect(outer).toEqual([start, before.length + token.length]);
    expect(inner).toHaveLength(type === 'dependency_proxy_jwt' ? 1 : 0);
    // As a whole text, too: nothing before and nothing after.
    if (!inContext) expect(await findReported(token)).toHaveLength(reported.length);
    expect(type).not.toBe('');
  });
});

describe('samples that are no tokens', () => {
  const unwanted = samples
    .map((sample, index) => [nameOf(sample, index), sample] as const)
    .filter(([, sample]) => sample.expect === 'no_match');

  it.each(unwanted)('%s', async (_name, { a, b }) => {
    expect(await findReported(`value: ${a}${b}\n`)).toEqual([]);
    expect(await findReported(a + b)).toEqual([]);
  });
});

describe('samples with a prefix of their instance', () => {
  const prefixed = samples
    .map((sample, index) => [nameOf(sample, index), sample] as const)
    .filter(([, sample]) => sample.expect === 'match_if_configured');
  const configured = createFind(compileRuleset(withPrefixes(builtinRules(), ['specpat-', 'custompat-'])));

  it('are there', () => {
    expect(prefixed.length).toBeGreaterThan(2);
  });

  it.each(prefixed)('%s', async (_name, { a, b }) => {
    expect(await findReported(`value: ${a}${b}\n`)).toEqual([]);
    const found = await configured(`value: ${a}${b}\n`);
    expect(found.map(({ start, end }) => [start, end])).toEqual([[7, 7 + a.length + b.length]]);
  });
});

describe('checksums', () => {
  const routable = samples
    .map((sample, index) => [nameOf(sample, index), sample] as const)
    .filter(([, sample]) => sample.valid_checksum !== null);

  it.each(routable)('%s', async (_name, { a, b, valid_checksum, expect: expected }) => {
    if (expected === 'optional') return;
    const proven = (await find(`x ${a}${b} y`)).some((found) => found.confidence === 'proven');
    // A token with foreign text in front fails as a whole; its inner part fits and is what is reported.
    expect(proven).toBe(valid_checksum === true || expected === 'match');
  });
});
