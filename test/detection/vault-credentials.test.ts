/**
 * Credentials of Vault and OpenBao next to text that looks like them: whole outputs of servers and clients, the files that hold a token
 * and nothing else, every key of a list; and accessors, ids and names in programs, which are none.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkNotWords } from '../../src/detect/tokens/checks/not-words.ts';
import { confidenceText } from '../../src/report/messages.ts';
import { findReported } from '../support/find.ts';
import { maskText } from '../support/mask-text.ts';
import { Random } from '../support/mint.ts';
import { base62, oldToken, unsealKey, VAULT_KINDS } from '../support/mint-vault.ts';
import { glaive } from '../support/run-cli.ts';
import { runs } from '../support/runs.ts';
import { git, tempRepository, writeFiles } from '../support/temp-folder.ts';

const random = new Random(20261128);
const accessor = (): string => base62(random, 24);
const uuid = (): string => VAULT_KINDS['AppRole secret id']!.make(random, '');
const root = (letter = 's'): string => `${letter}.${base62(random, 24)}`;

/** The rule and the text of each reported span. */
async function found(text: string): Promise<(readonly [rule: string, secret: string])[]> {
  const bytes = Buffer.from(text);
  return (await findReported(bytes)).map(({ ruleId, start, end }) => [
    ruleId,
    bytes.subarray(start, end).toString('latin1'),
  ]);
}

describe('outputs', () => {
  it('operator init: every key and the root token', async () => {
    const keys = Array.from({ length: 5 }, () => random.bytes(33).toString('base64'));
    const token = root();
    const text = `${keys.map((key, index) => `Unseal Key ${index + 1}: ${key}`).join('\n')}\n\nInitial Root Token: ${token}\n`;
    expect(await found(text)).toEqual([
      ...keys.map((key) => ['vault_unseal_key', key]),
      ['vault_token_in_context', token],
    ]);
  });

  it.each([1, 3, 5, 12])(
    'operator init -format=json, and the API: each of %i keys, in both alphabets',
    async (count) => {
      const keys = Array.from({ length: count }, () => random.bytes(count === 1 ? 32 : 33));
      const [b64, hex] = (['base64', 'hex'] as const).map((alphabet) => keys.map((key) => key.toString(alphabet)));
      const token = root();
      const rows = [...b64!, ...hex!].map((key) => ['vault_unseal_key', key]);
      const init = {
        unseal_keys_b64: b64,
        unseal_keys_hex: hex,
        unseal_shares: count,
        recovery_keys_b64: [],
        root_token: token,
      };
      for (const spaces of [0, 2])
        expect(await found(JSON.stringify(init, undefined, spaces))).toEqual([
          ...rows,
          ['vault_token_in_context', token],
        ]);
      const api = { keys: hex, keys_base64: b64, root_token: token };
      expect(await found(JSON.stringify(api))).toEqual([
        ...[...hex!, ...b64!].map((key) => ['vault_unseal_key', key]),
        ['vault_token_in_context', token],
      ]);
      const yaml = `recovery_keys_b64:\n${b64!.map((key) => `- ${key}\n`).join('')}root_token: ${token}\n`;
      expect(await found(yaml)).toEqual([
        ...b64!.map((key) => ['vault_unseal_key', key]),
        ['vault_token_in_context', token],
      ]);
    },
  );

  it.each([
    [
      'operator rekey and rotate-keys',
      (keys: string[]) =>
        `${keys.map((key, index) => `Key ${index + 1}: ${key}`).join('\n')}\n\nOperation nonce: ${uuid()}\n\nVault`,
    ],
    ['YAML', (keys: string[]) => `vault_unseal_keys:\n${keys.map((key) => `  - "${key}"\n`).join('')}`],
    ['JSON', (keys: string[]) => JSON.stringify({ unsealKeys: keys })],
    ['a variable', (keys: string[]) => `VAULT_UNSEAL_KEYS=${keys.join(',')}\n`],
    ['Python', (keys: string[]) => `{'keys': ['${keys.join("', '")}'], 'keys_base64': [], 'root_token': ''}`],
  ])('each of the keys of %s', async (_name, print) => {
    const keys = Array.from({ length: 12 }, () => unsealKey(random));
    expect(await found(print(keys))).toEqual(keys.map((key) => ['vault_unseal_key', key]));
  });

  it('a development server', async () => {
    const [key, token] = [random.bytes(32).toString('base64'), root()];
    expect(await found(`Unseal Key: ${key}\nRoot Token: ${token}\n\nDevelopment mode should NOT be used`)).toEqual([
      ['vault_unseal_key', key],
      ['vault_token_in_context', token],
    ]);
  });

  it('a login: the token, and neither its accessor nor an id', async () => {
    const token = `${root()}.${base62(random, 6)}`;
    const table = [
      ['Key', 'Value'],
      ['---', '-----'],
      ['token', token],
      ['token_accessor', `${accessor()}.${base62(random, 6)}`],
      ['token_duration', '768h'],
      ['token_meta_role_name', 'ci'],
      ['policies', '["default"]'],
    ]
      .map(([name, value]) => `${name!.padEnd(24)}${value}`)
      .join('\n');
    expect(await found(table)).toEqual([['vault_token_in_context', token]]);
    const json = {
      request_id: uuid(),
      lease_id: '',
      wrap_info: null,
      auth: { client_token: token, accessor: accessor(), entity_id: uuid(), token_policies: ['default'] },
    };
    expect(await found(JSON.stringify(json, undefined, 2))).toEqual([['vault_token_in_context', token]]);
  });

  it('an AppRole: its secret id, and neither accessor nor role id', async () => {
    const [secret, other, role] = [uuid(), uuid(), uuid()];
    const table = `Key                   Value\n---                   -----\nsecret_id             ${secret}\nsecret_id_accessor    ${other}\nsecret_id_num_uses    0\n`;
    expect(await found(table)).toEqual([['vault_approle_secret_id', secret]]);
    const json = { request_id: role, data: { secret_id: secret, secret_id_accessor: other, secret_id_ttl: 0 } };
    expect(await found(JSON.stringify(json, undefined, 2))).toEqual([['vault_approle_secret_id', secret]]);
    expect(await found(`Key        Value\n---        -----\nrole_id    ${role}\n`)).toEqual([]);
  });
});

describe('a file that holds a token and nothing else', () => {
  it.each([
    ['s', 'vault_token_in_context'],
    ['r', 'vault_recovery_token'],
  ])('%s.', async (letter, rule) => {
    for (const end of ['', '\n', '\r\n', ' \n\n']) {
      const token = oldToken(random, letter);
      expect(await found(token + end)).toEqual([[rule, token]]);
      expect(await found(`\u{feff}${token}${end}`)).toEqual([[rule, token]]);
      expect(await found(`${token}${end}x`)).toEqual([]);
      expect(await found(`x ${token}${end}`)).toEqual([]);
    }
  });

  it('in a folder, and in a history, packed and not', async () => {
    const token = root();
    const folder = tempRepository({ 'home/.vault-token': token });
    expect((await glaive(['scan', folder])).code).toBe(1);
    git(folder, 'rm', '--quiet', 'home/.vault-token');
    writeFiles(folder, { other: 's.x\n' });
    git(folder, 'add', '--all');
    git(folder, 'commit', '--quiet', '--message', 'second');
    expect((await glaive(['scan', folder])).code).toBe(0);
    for (const reader of ['git', 'pack']) {
      if (reader === 'pack') git(folder, 'gc', '--quiet');
      const { code, stdout } = await glaive(['history', '--reader', reader, '--format', 'json'], { cwd: folder });
      expect(code).toBe(1);
      expect(stdout).toContain('vault_token_in_context');
      expect(stdout).not.toContain(token);
    }
  });

  it('is masked, in whatever pieces it comes', () => {
    fc.assert(
      fc.property(fc.integer(), fc.array(fc.nat(40), { maxLength: 4 }), fc.boolean(), (seed, cuts, pause) => {
        const token = oldToken(new Random(seed));
        const text = Buffer.from(`${token}\n`);
        const places = [0, ...cuts.toSorted((one, other) => one - other)];
        const pieces = places.slice(1).map((place, index) => place - places[index]!);
        const masked = maskText(text, { pieces, pause: () => pause });
        expect(masked.text.toString()).toBe('s.[MASKED]\n');
      }),
      { numRuns: runs({ fast: 30, long: 300 }) },
    );
  });
});

describe('text that is no credential is not reported', () => {
  it.each([
    [
      'an accessor',
      () => `token_accessor       ${accessor()}\n"accessor": "${accessor()}",\nVAULT_TOKEN_ACCESSOR=${accessor()}`,
    ],
    ['an accessor of a namespace', () => `wrapping_accessor:   ${accessor()}.${base62(random, 6)}\n`],
    ['ids', () => `{"request_id": "${uuid()}", "lease_id": "database/creds/ci/${accessor()}", "id": "${uuid()}"}`],
    ['a lone UUID', uuid],
    ['a secret_id_accessor', () => `secret_id_accessor    ${uuid()}\n{"secret_id_accessor": "${uuid()}"}`],
    ['a secret_id of something else', () => `{"secret_id": "${uuid()}"}\nclient secret_id=${uuid()}`],
    ['a call', () => `const token = s.connect(options); vaultToken = s.aVeryLongMethodNameWith2(x);`],
    ['a name of 24 letters', () => `token: s.readTokenOfTheLastAnswer, vault_token = s.getVaultTokenFromSession;`],
    ['a chain', () => `VAULT_TOKEN = this.s.${base62(random, 24)}; x.token=s.${base62(random, 24)}.accessor()`],
    ['minified', () => `a={token:s.createAuthenticationToken,b:s.getOwnPropertyDescriptor};r.something=s.value`],
    [
      'references',
      () => 'VAULT_TOKEN=${VAULT_TOKEN}\nBAO_TOKEN: <token>\nvault_token: {{ .Values.token }}\ntoken = var.token',
    ],
    ['a reference to a secret', () => 'VAULT_TOKEN: vault:team/db/token@ops'],
    ['placeholders', () => `VAULT_TOKEN=s.${'x'.repeat(24)}\nRoot Token: s.${'abcd'.repeat(6)}\nUnseal Key 1: <key>`],
    [
      'file names',
      () => `token: s.${base62(random, 21)}.json\nvault login s.example.com\nVAULT_TOKEN_FILE=/run/s.d/token`,
    ],
    ['an address', () => `VAULT_ADDR: s.${base62(random, 24)}\nvault-addr=s.${base62(random, 24)}`],
    ['calls next to Vault', () => `const vault = s.${base62(random, 24)}(x), openbao = s.readSessionOfTheLastUser;`],
    ['keys of something else', () => `Key 1: ${random.bytes(33).toString('base64')}\nKey 2: ${random.hex(64)}\n`],
    ['a list of accessors', () => `$ vault list auth/approle/role/ci/secret-id\nKeys\n----\n${uuid()}\n${uuid()}\n`],
    ['a role id', () => `$ vault read -field=role_id auth/approle/role/ci/role-id\n${uuid()}\nVAULT_ROLE_ID=${uuid()}`],
    ['an entity id', () => `entity_id           s.${base62(random, 24)}\n`],
    ['sentences', () => 'It ends with an s. Then the Root Token: is printed. VAULT_TOKEN is set by b. and r. alone'],
    ['keys that are encrypted', () => `Unseal Key 1: wcBMA${random.bytes(400).toString('base64')}\n`],
    ['one character too many', () => `VAULT_ADDR=s.${base62(random, 24)}\ntoken = "s.${base62(random, 25)}"`],
  ])('%s', async (_name, make) => {
    for (let round = 0; round < 20; round++) expect(await found(`${make()}\n`)).toEqual([]);
  });

  it('a name put together of words reads like one, and what chance has made does not', () => {
    const words = 'read token vault secret session write from last answer client value holder options header'.split(
      ' ',
    );
    const capital = (word: string): string => word[0]!.toUpperCase() + word.slice(1);
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words), { minLength: 6, maxLength: 8 }), (parts) => {
        const name = (parts[0]! + parts.slice(1).map(capital).join('')).slice(0, 24);
        expect([name, checkNotWords(name).rejected]).toEqual([name, true]);
      }),
    );
    const many = new Random(7);
    let rejected = 0;
    const count = runs({ fast: 50_000, long: 200_000 });
    for (let index = 0; index < count; index++) if (checkNotWords(base62(many, 24)).rejected === true) rejected++;
    expect(rejected).toBeLessThan(count / 10_000);
  });
});

it('a token of a namespace is found whole, and text after a token is not taken for a namespace', async () => {
  for (let round = 0; round < 50; round++) {
    const token = root();
    const spaced = `${token}.${base62(random, random.pick([5, 6]))}`;
    expect(await found(`VAULT_TOKEN=${spaced}\n`)).toEqual([['vault_token_in_context', spaced]]);
    expect(await found(`VAULT_TOKEN=${token}.\n`)).toEqual([['vault_token_in_context', token]]);
    expect(await found(`The token is ${token}. It ends soon`)).toEqual([['vault_token_in_context', token]]);
  }
});

it('a batch token is recognised in every place', async () => {
  for (const name of ['b., batch', 'hvb., batch']) {
    for (let round = 0; round < 20; round++) {
      const token = VAULT_KINDS[name]!.make(random, '');
      for (const text of [`VAULT_TOKEN=${token}\n`, `token   ${token}\n`, `"client_token": "${token}"`, token])
        expect(await found(text)).toEqual([['vault_batch_token', token]]);
    }
  }
});

it('keys are found whole, in either alphabet', async () => {
  for (let round = 0; round < 50; round++) {
    const key = unsealKey(random);
    expect(await found(`Unseal Key ${round}: ${key}\n`)).toEqual([['vault_unseal_key', key]]);
  }
});

describe('its report names its issuer', () => {
  it.each(Object.keys(VAULT_KINDS))('%s: scan and explain', async (name) => {
    const kind = VAULT_KINDS[name]!;
    const token = kind.make(random, '');
    const [before, after] = kind.carriers?.[0] ?? ['VAULT_TOKEN=', '\n'];
    const scanned = await glaive(['scan', '-'], { input: before + token + after });
    expect(scanned.code).toBe(1);
    expect(scanned.stdout).not.toContain('GitLab');
    const explained = await glaive(['explain', '-'], { input: before + token + after });
    expect(explained.stdout).not.toContain('GitLab');
    expect(explained.stdout).toMatch(/OpenBao|Vault/);
  });

  it('a custom rule belongs to no built-in family', () => {
    const certain = { confidence: 'certain', facts: {} } as const;
    expect(confidenceText(certain, { family: 'gitlab' })).toContain("GitLab's");
    expect(confidenceText(certain, { family: 'gitlab', isCustom: true })).not.toContain('GitLab');
    expect(confidenceText(certain, { family: 'vault' })).toContain('Vault or OpenBao');
  });
});
