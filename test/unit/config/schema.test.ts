/** The JSON schema of `.glaive.toml` that editors use says what glaive itself says. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { CONFIG_SCHEMA, configKeys, renderConfigSchema } from '../../../scripts/docs.ts';
import { checkConfig, usersOwnKey } from '../../../src/config/schema.ts';
import { parseToml } from '../../../src/lib/toml.ts';
import { glaive } from '../../support/run-cli.ts';
import { tempRepository } from '../../support/temp-folder.ts';

const text = readFileSync(join(import.meta.dirname, '..', '..', '..', CONFIG_SCHEMA), 'utf8');
const validate = new Ajv({ strict: false }).compile(JSON.parse(text) as object);

it('is what `npm run docs` writes', () => {
  expect(text, 'run: npm run docs').toBe(renderConfigSchema());
});

it('explains every key', () => {
  const keys = configKeys();
  expect(keys.length).toBeGreaterThan(10);
  expect(keys.filter(({ schema }) => (schema.description ?? '').length < 10)).toEqual([]);
});

it('every key is in the file that glaive init writes, with a valid example', async () => {
  const root = tempRepository({});
  await glaive(['init', '--yes', '--ci', 'none', '--hooks', 'none'], { cwd: root });
  const file = readFileSync(join(root, '.glaive.toml'), 'utf8');
  const parsed = parseToml(file.replace(/^# (?=\w+ = |\[)/gm, '').replace('<secretFingerprint>', 'ab'.repeat(32)));
  if (!parsed.ok) throw new Error(parsed.message);
  expect(checkConfig(parsed.value)).toMatchObject({ ok: true });
  const words = configKeys().map(({ key }) => key.split(/[. ]/).at(-1)!); // split gives one at least
  expect(words.filter((word) => !new RegExp(`^# ${word} = `, 'm').test(file))).toEqual([]);
});

describe('accepts and refuses what glaive does', () => {
  const print = 'ab'.repeat(32);
  it.each([
    ['', true],
    ['[gitlab]\nprefixes = ["acme-"]\n', true],
    [
      '[scan]\nexclude = ["a/", "*.b"]\nmin_confidence = "certain"\nfail_on = "likely"\nstrict = true\ntime_limit = 1.5\n',
      true,
    ],
    ['[rules]\nfiles = ["a.toml"]\ndisable = ["x"]\n', true],
    [`[[allow]]\nsecret = "${print}"\nreason = "x"\nexpires = "2027-01-31"\n`, true],
    ['[gitlab]\nprefixes = ["a"]\n', false],
    ['[gitlab]\nprefixes = "acme-"\n', false],
    ['[scan]\nunknown = 1\n', false],
    ['[scan]\nmin_confidence = "sure"\n', false],
    ['[scan]\nstrict = "yes"\n', false],
    ['[scan]\ntime_limit = 0\n', false],
    ['[scan]\nexclude = [""]\n', false],
    ['[[allow]]\nrule = "x"\n', false],
    ['[[allow]]\nrule = "x"\nreason = ""\n', false],
    ['[[allow]]\nsecret = "abc"\nreason = "x"\n', false],
    ['[allow]\nrule = "x"\nreason = "y"\n', false],
    ['other = 1\n', false],
  ])('%j', (toml, valid) => {
    const parsed = parseToml(toml);
    if (!parsed.ok) throw new Error(parsed.message);
    expect([validate(parsed.value), checkConfig(parsed.value).ok]).toEqual([valid, valid]);
  });
});

it('what only a user may say is found at any depth, and nothing else is', () => {
  expect(usersOwnKey({ gitlab: { url: 'x' } })).toBe('gitlab.url');
  expect(usersOwnKey({ verify: true })).toBe('verify');
  expect(usersOwnKey({ gitlab: { prefixes: [] }, scan: { url: 1 } })).toBeUndefined();
  expect(usersOwnKey({ gitlab: 'url' })).toBeUndefined();
});
