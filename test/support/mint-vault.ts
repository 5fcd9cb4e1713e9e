/**
 * Makes credentials of HashiCorp Vault and OpenBao as they make them, and puts them where servers, clients and people put them.
 * Written from OpenBao's source, and it imports nothing from `src/`: a wrong idea about a format must not be able to agree with
 * itself.
 *
 * Sources (openbao/openbao): internal/vault/{token_store,namespace_store,generate_root_recovery,barrier_aes_gcm}.go,
 * internal/command/{format,login,operator_init,operator_rotate_keys,namespace_create,server}.go, internal/http/sys_init.go, and
 * go-secure-stdlib's base62.
 */

import type { Kind, Random } from './mint.ts';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

export const base62 = (random: Random, length: number): string => random.of(BASE62, length);

/** A namespace's id: 6 characters in OpenBao, 5 in Vault Enterprise. */
const namespaceOf = (random: Random): string =>
  random.below(3) === 0 ? `.${base62(random, random.pick([5, 6]))}` : '';

export const oldToken = (random: Random, letter = 's'): string =>
  `${letter}.${base62(random, 24)}${namespaceOf(random)}`;

/** The number of the key, the version of the cipher, a nonce, the token's entry, and a tag. */
function batchToken(random: Random, prefix: string): string {
  const head = Buffer.from([0, 0, 0, random.between(1, 40), random.between(1, 2)]);
  const rest = random.bytes(12 + random.between(80, 700) + 16);
  return prefix + Buffer.concat([head, rest]).toString('base64url') + namespaceOf(random);
}

const uuid = (random: Random): string => [8, 4, 4, 4, 12].map((digits) => random.hex(digits)).join('-');

/** A share is one byte longer than the key; a key that is not shared is the key. */
const keyBytes = (random: Random): Buffer => random.bytes(random.pick([32, 33, 33]));
export const unsealKey = (random: Random): string => keyBytes(random).toString(random.pick(['base64', 'hex']));

type Carriers = NonNullable<Kind['carriers']>;

/** Texts in which the context identifies any token. */
const AFTER_NAMES: Carriers = [
  ['Root Token: ', '\n'],
  ['\nInitial Root Token: ', '\n\nVault initialized with 5 key shares and a key threshold of 3.'],
  ['  "root_token": "', '"\n}'],
  ['{"keys":[],"keys_base64":[],"root_token":"', '"}'],
  ['root_token: ', '\nunseal_shares: 5\n'],
  ['  "auth": {\n    "client_token": "', '",\n    "accessor": "'],
  ['{"request_id":"x","auth":{"client_token":"', '","accessor":"x"}}'],
  [String.raw`{\"auth\":{\"client_token\":\"`, String.raw`\"}}`],
  ['client_token:', ' accessor'],
  [
    'Key                              Value\n---                              -----\nwrapping_token:                  ',
    '\n',
  ],
  ['wrapping_token    ', '\n'],
  ['VAULT_TOKEN=', '\n'],
  ['export VAULT_TOKEN="', '"\n'],
  ["set -gx VAULT_TOKEN '", "'\n"],
  ['ENV VAULT_TOKEN ', '\n'],
  ['setx BAO_TOKEN ', '\r\n'],
  ['$env:BAO_TOKEN="', '"\r\n'],
  ['BAO_TOKEN=', ' bao kv get secret/x'],
  ['OPENBAO_TOKEN: ', '\n'],
  ['VAULT_DEV_ROOT_TOKEN_ID=', '\n'],
  ['BAO_DEV_ROOT_TOKEN_ID: "', '"\n'],
  ['docker run -e VAULT_DEV_ROOT_TOKEN_ID=', ' hashicorp/vault:1.9'],
  ['vault server -dev -dev-root-token-id=', '\n'],
  ['server -dev -dev-root-token-id="', '"'],
  ['MY_VAULT_SERVICE_TOKEN = "', '"'],
  ['  - name: VAULT_TOKEN\n    value: ', '\n'],
  ['- name: BAO_TOKEN\n          value: "', '"\n'],
  ['{"name": "VAULT_TOKEN", "value": "', '"}'],
  ['{"key":"VAULT_TOKEN","value":"', '","masked":false}'],
  ['<name>VAULT_TOKEN</name>\n  <value>', '</value>'],
  ['<vaultToken>', '</vaultToken>'],
  ['vaultToken: ', '\n'],
  ['vaultToken: "', '",'],
  ['private static final String vaultToken = "', '";'],
  ['vault_token = "', '"\n'],
  ['vault_token: ', '\n'],
  ['ansible_hashi_vault_token: ', '\n'],
  ['variable "vault_token" {\n  default = "', '"\n}'],
  ['vault-token=', '\n'],
  ['spring.cloud.vault.token=', '\n'],
  ['curl -H "X-Vault-Token: ', '" https://vault.example.com/v1/secret/x'],
  ["curl --header 'X-Vault-Token:", "' https://vault.example.com/v1/secret/x"],
  ['headers["X-Vault-Token"] = "', '"'],
  ["{ 'x-vault-token': '", "' }"],
  ['X-Vault-Token:[', ']'],
  ['{"name":"X-Vault-Token","value":"', '"}'],
  ['vault_token = os.environ.get("VAULT_TOKEN", "', '")'],
  ['const token = process.env.VAULT_TOKEN || "', '";'],
  ['${VAULT_TOKEN:-', '}'],
  ['\u{1b}[33mRoot Token:\u{1b}[0m \u{1b}[1m', '\u{1b}[0m\n'],
  ['- **Initial Root Token:** `', '`\n'],
];

/** Where tokens of the old form are known by no name of a token. */
const NAMELESS: Carriers = [
  [`token${' '.repeat(90)}`, '\ntoken_accessor'],
  ['vault-1  | id                  ', '\nvault-1  | issue_time          2026-01-31\n'],
  [
    '2026-01-31T10:11:12.123456Z 00O explicit_max_ttl    0s\n2026-01-31T10:11:12.123456Z 00O id                  ',
    '\n',
  ],
  ['curl --data \'{"id": "', '", "policies": ["root"]}\' $VAULT_ADDR/v1/auth/token/create'],
  ['variable "vault_token" {\n  type        = string\n  description = "Used by CI"\n  default     = "', '"\n}\n'],
  ['"outputs": {\n  "root_token": {\n    "sensitive": true,\n    "type": "string",\n    "value": "', '"\n  }'],
  ['Vault{Address: "https://vault.example.com", Token:   "', '"}'],
  ['The token of Vault is `', '`.'],
  ['the vault, root, for the demo: ', '\n'],
  ['tokens:\n  vault: ', '\n'],
  ['VAULT_ROOT=', '\n'],
  ['vault_password: "', '"\n'],
  ['echo ', ' | vault login -\n'],
  ["printf %s '", "' > ~/.vault-token\n"],
  ['token,', '\n'],
];

/** Where tokens of OpenBao, and of Vault before 1.10, are known by no name of either. */
const OLD_CARRIERS: Carriers = [
  ...AFTER_NAMES,
  ...NAMELESS,
  ['Key                  Value\n---                  -----\ntoken                ', '\ntoken_accessor       x\n'],
  ['token                            ', '\ntoken_accessor                   x\n'],
  ['  "wrap_info": {\n    "token": "', '",\n    "ttl": 60'],
  ['{"wrap_info":{"token":"', '","accessor":"x"}}'],
  [String.raw`{"msg":"{\"wrap_info\":{\"token\":\"`, String.raw`\"}}"}`],
  ['explicit_max_ttl    0s\nid                  ', '\nissue_time          2026-01-31T00:00:00Z\n'],
  ['    "explicit_max_ttl": 0,\n    "id": "', '",\n    "meta": null,\n'],
  ['"explicit_max_ttl":0,"id":"', '","meta":null'],
  ['explicit_max_ttl: 0\nid: ', '\nmeta: null\n'],
  ['provider "vault" {\n  address = "https://vault.example.com"\n  token   = "', '"\n}\n'],
  ['provider "vault" {\n  token="', '"\n}\n'],
  ['vault:\n  address: https://vault.example.com:8200\n  token: ', '\n'],
  ['vault:\n  server: "https://vault.example.com:8200"\n  token: "', '"\n'],
  ['[vault]\naddress = "https://vault.example.com"\ntoken = "', '"\n'],
  ['vault.token = ', '\n'],
  ["lookup('hashi_vault', 'secret=secret/x:value token=", " url=http://vault:8200')"],
  ["lookup('community.hashi_vault.hashi_vault', 'secret/x', token='", "', url='https://vault:8201')"],
  ["client = hvac.Client(url='https://vault.example.com:8200', token='", "')"],
  ["hvac.Client('https://vault.example.com:8200', '", "')"],
  ['client.token = "', '"'],
  ['client.SetToken("', '")'],
  ['new TokenAuthentication("', '")'],
  ['<token>', '</token>'],
  ['<entry key="vault.token">', '</entry>'],
  ['<property name="token" value="', '"/>'],
  ['http://127.0.0.1:8200/ui/?token=', '&with=token'],
  ['TOKEN=', '\n'],
  ['Authorization: Bearer ', '\n'],
  ['$ bao login ', '\n'],
  ['vault login -method=token token=', '\n'],
  ['vault login -address=https://vault:8200 -no-print ', '\n'],
  ['bao token lookup ', '\n'],
  ['vault token revoke -mode=orphan ', '\n'],
  ['vault unwrap ', '\n'],
  ['$ bao print token\n', '\n'],
  ['+ bao write -field=token auth/approle/login role_id=x secret_id=y\n', '\n+ bao kv get secret/x\n'],
  ['$ bao token create -policy=ci -field=token\r\n', '\r\n'],
  ['The token is ', '.'],
];

const KEY_CARRIERS: Carriers = [
  ['Unseal Key 1: ', '\n'],
  ['Unseal Key 12: ', '\r\n'],
  ['Unseal Key: ', '\n'],
  ['Recovery Key 3: ', '\n'],
  ['Recovery Key: ', '\n'],
  ['The unseal key: ', '\n'],
  ['"unseal_keys_b64": [\n    "', '"\n  ]'],
  ['"unseal_keys_hex":["', '"]'],
  ['"keys_base64": ["', '"]'],
  ['"recovery_keys_b64": [\n    "', '"\n  ]'],
  ['"recovery_keys_hex": [\n    "', '"\n  ]'],
  ['"recovery_keys":["', '"]'],
  ['"recovery_keys_base64":["', '"]'],
  ['"key_shares": ["', '"]'],
  ['unseal_keys_b64:\n- ', '\nunseal_keys_hex:\n'],
  ['recovery_keys_hex:\n  - ', '\n'],
  ['bao operator unseal ', '\n'],
  ['vault operator unseal -address=https://vault:8200 "', '"\n'],
  ['VAULT_UNSEAL_KEY=', '\n'],
  ['VAULT_UNSEAL_KEY_2: "', '"\n'],
  ['unsealKey: ', '\n'],
  ['\u{1b}[33mUnseal Key:\u{1b}[0m ', '\u{1b}[0m\n'],
  ['UNSEAL KEY: ', '\n'],
  ['| Recovery Key 1 | `', '` |\n'],
  ['- **Unseal Key 2:** `', '`\n'],
  ['Unseal Key 3    ', '\n'],
  ['Unseal Key 1 (key-holder 1): ', '\n'],
  ['- name: VAULT_UNSEAL_KEY_1\n  value: "', '"\n'],
  ['stringData:\n  unseal-key-1: ', '\n'],
  ['vault_unseal_keys:\n  - ', '\n'],
  ['"unsealKeys": ["', '"]'],
  ['VAULT_UNSEAL_KEYS=', '\n'],
  ["{'keys': ['", "'], 'keys_base64': [], 'root_token': ''}"],
  ['\nKey 1: ', '\n\nOperation nonce: x\n\nOpenBao unseal keys rotated to 1 key shares'],
  ['Key 12: ', '\n\nVault unseal keys rekeyed with 12 key shares'],
  ['bao operator rotate-keys -nonce=x ', '\n'],
  ['vault operator unseal -address https://vault:8200 ', '\n'],
  ['vault unseal ', '\n'],
  ['curl -X PUT -d \'{"key": "', '"}\' https://vault.example.com/v1/sys/unseal'],
  ['curl https://vault.example.com/v1/sys/unseal -d \'{"key": "', '"}\''],
];

const OTHER = '7d5c1f2a-0b1c-4d2e-8f3a-9b8c7d6e5f40';
const SECRET_ID_CARRIERS: Carriers = [
  [
    'Key                   Value\n---                   -----\nsecret_id             ',
    `\nsecret_id_accessor    ${OTHER}\n`,
  ],
  ['  "data": {\n    "secret_id": "', `",\n    "secret_id_accessor": "${OTHER}",\n`],
  ['{"data":{"secret_id":"', `","secret_id_accessor":"${OTHER}","secret_id_num_uses":0}}`],
  [`{"data":{"secret_id_accessor":"${OTHER}","secret_id":"`, '"}}'],
  ['  secret_id: ', `\n  secret_id_accessor: ${OTHER}\n`],
  [`{"role_id":"${OTHER}","secret_id":"`, '"}'],
  [`bao write auth/approle/login role_id=${OTHER} secret_id=`, '\n'],
  ['export VAULT_SECRET_ID=', '\n'],
  ['BAO_SECRET_ID: "', '"\n'],
  ['spring.cloud.vault.app-role.secret-id=', '\n'],
  ['vault:\n  approle:\n    secret_id: ', '\n'],
  ['export SECRET_ID="', `"\nexport ROLE_ID="${OTHER}"\n`],
  ['- name: VAULT_SECRET_ID\n  value: ', '\n'],
  ['variable "vault_secret_id" {\n  default = "', '"\n}'],
  ['"role_name": "ci",\n            "secret_id": "', '",\n            "ttl": 0,\n'],
  ['$ bao write -f -field=secret_id auth/approle/role/x/secret-id\n', '\n'],
  ['// Vault: approle.SecretID{FromString: "', '"}'],
  [
    '2026-01-31T10:11:12.123456Z 00O secret_id             ',
    `\n2026-01-31T10:11:12.123456Z 00O secret_id_accessor    ${OTHER}\n`,
  ],
  ['\u{1b}[0msecret_id             ', `\nsecret_id_accessor    ${OTHER}\n\u{1b}[0m`],
  [`{"data":{"secret_id_accessor":"${OTHER}","secret_id_ttl":0,"secret_id":"`, '"}}'],
  ['curl -d \'{"secret_id":"', '"}\' https://vault.example.com/v1/auth/approle/role/x/secret-id/lookup'],
];

/** A token that is known by itself is likely where an escape (`\n`, `%3D`) seems to touch it, and certain elsewhere. */
const kind = (ruleId: string, make: (random: Random) => string, carriers?: Carriers): Kind => ({
  ruleId,
  confidence: 'likely',
  instancePrefix: false,
  make,
  ...(carriers === undefined ? {} : { carriers }),
});

/** Every kind of credential of Vault and OpenBao, in every form that is issued. */
export const VAULT_KINDS: Readonly<Record<string, Kind>> = {
  's., OpenBao or old Vault': kind('vault_token_in_context', (random) => oldToken(random), OLD_CARRIERS),
  'r., recovery': kind('vault_recovery_token', (random) => oldToken(random, 'r'), [
    ...AFTER_NAMES,
    ...NAMELESS.filter(([before]) => !before.includes('explicit_max_ttl')),
  ]),
  'b., batch': kind('vault_batch_token', (random) => batchToken(random, 'b.')),
  'hvs., root': kind('vault_service_token', (random) => `hvs.${base62(random, 24)}${namespaceOf(random)}`),
  'hvs., server-side consistent': kind(
    'vault_service_token',
    (random) => `hvs.${random.bytes(random.between(68, 96)).toString('base64url')}`,
  ),
  'hvb., batch': kind('vault_batch_token', (random) => batchToken(random, 'hvb.')),
  'hvr., recovery': kind('vault_recovery_token', (random) => `hvr.${base62(random, 24)}`),
  'unseal or recovery key': kind('vault_unseal_key', unsealKey, KEY_CARRIERS),
  'AppRole secret id': kind('vault_approle_secret_id', uuid, SECRET_ID_CARRIERS),
};
