/** Secrets from Vault as a CI job gets them: each engine, each form, and each failure, in one sentence. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Authority, createAuthority } from '../support/certificates.ts';
import { fakeIssuer } from '../support/fake-issuer.ts';
import { allow, type FakeVault, fakeVault, jobJwt, PLAIN_TO_TLS } from '../support/fake-vault.ts';
import { listener } from '../support/listener.ts';
import { mint, Random } from '../support/mint.ts';
import { CLI, glaive, type Ran } from '../support/run-cli.ts';
import { runProgram, startGlaive, until } from '../support/run-program.ts';
import { git, tempFolder, tempRepository } from '../support/temp-folder.ts';

const random = new Random(31);
const SECRET = `s3cret-${random.hex(12)}\nwith two lines`;
const OTHER = `other-${random.hex(12)}`;
const AUDIENCE = 'https://vault.example.com';
const EXP = 4_000_000_000;
const jwt = (claims = {}, issuer?: string): string =>
  jobJwt({ aud: AUDIENCE, project_path: 'group/project', ref_protected: 'true', exp: EXP, ...claims }, issuer);

let authority: Authority;
beforeAll(async () => {
  authority = await createAuthority();
});

async function ready(certificate?: Parameters<typeof fakeVault>[0]): Promise<FakeVault> {
  const vault = await fakeVault(certificate);
  vault.roles.set('glaive', {
    audiences: [AUDIENCE],
    claims: { project_path: 'group/project', ref_protected: 'true' },
    policies: [allow(['read'], 'kv-v2/*', 'ops/*', 'old/*', 'gen/*', 'team/kv/*', 'nowhere/*')],
  });
  const secrets = { 'production/db': { password: SECRET, user: 'root', port: 5432, nested: { a: 1 } } };
  vault.mounts.set('kv-v2', {
    kind: 'kv-v2',
    secrets: { ...secrets, gone: null, shred: null },
    destroyed: new Set(['shred']),
  });
  vault.mounts.set('team/kv', { kind: 'kv-v2', secrets });
  vault.mounts.set('ops', { kind: 'kv-v2', secrets });
  vault.mounts.set('old', { kind: 'kv-v1', secrets });
  vault.mounts.set('gen', { kind: 'generic', secrets: { x: { value: OTHER } } });
  vault.mounts.set('private', { kind: 'kv-v2', secrets });
  return vault;
}

async function get(
  vault: FakeVault,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd = tempFolder(),
): Promise<Ran> {
  return await glaive(['vault', 'get', ...args], {
    cwd,
    env: { VAULT_SERVER_URL: vault.url, VAULT_AUTH_ROLE: 'glaive', VAULT_ID_TOKEN: jwt(), ...env },
  });
}

describe('a secret', () => {
  it.each([
    ['the short form, default mount', ['production/db/password'], '/v1/kv-v2/data/production/db'],
    ['the short form', ['production/db/password@ops'], '/v1/ops/data/production/db'],
    ['a mount of two parts', ['production/db/password@team/kv'], '/v1/team/kv/data/production/db'],
    ['the long form', ['production/db', '--field', 'password', '--mount', 'ops'], '/v1/ops/data/production/db'],
    ['kv-v1', ['production/db', '--field', 'password', '--mount', 'old', '--engine', 'kv-v1'], '/v1/old/production/db'],
    ['kv-v1, short', ['production/db/password@old', '--engine', 'kv-v1'], '/v1/old/production/db'],
  ])('%s', async (_, args, path) => {
    const vault = await ready();
    const ran = await get(vault, args);
    expect([ran.code, ran.stdout, ran.stderr]).toEqual([0, SECRET, '']);
    expect(vault.calls.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /v1/auth/jwt/login',
      `GET ${path}`,
      'POST /v1/auth/token/revoke-self',
    ]);
    expect(JSON.parse(vault.calls[0]!.body)).toEqual({ jwt: jwt(), role: 'glaive' });
    expect(vault.calls[1]!.headers['x-vault-token']).toMatch(/^s\./);
    expect(vault.tokens.size).toBe(0);
  });

  it('of a generic engine; of the default role; in a namespace; by another path of the method', async () => {
    const vault = await ready();
    vault.defaultRole = 'glaive';
    vault.namespace = 'admin/team';
    vault.authPath = 'gitlab/jwt';
    const ran = await get(vault, ['x/value@gen', '--engine', 'generic'], {
      VAULT_AUTH_ROLE: '',
      VAULT_NAMESPACE: 'admin/team',
      VAULT_AUTH_PATH: 'gitlab/jwt',
    });
    expect([ran.code, ran.stdout]).toEqual([0, OTHER]);
    expect(vault.calls.every(({ headers }) => headers['x-vault-namespace'] === 'admin/team')).toBe(true);
  });

  it('goes into a file that no other user can read', async () => {
    const vault = await ready();
    const cwd = tempFolder();
    writeFileSync(join(cwd, 'out'), 'old', { mode: 0o644 });
    const ran = await get(vault, ['production/db/password@ops', '--output', 'out'], {}, cwd);
    expect([ran.code, ran.stdout, readFileSync(join(cwd, 'out'), 'utf8')]).toEqual([0, '', SECRET]);
    expect(statSync(join(cwd, 'out')).mode & 0o777).toBe(0o600);
  });

  it('that is no text is given as JSON', async () => {
    const vault = await ready();
    expect((await get(vault, ['production/db/port@ops'])).stdout).toBe('5432');
    expect((await get(vault, ['production/db/nested@ops'])).stdout).toBe('{"a":1}');
  });

  it('the token of the job may be in a file', async () => {
    const vault = await ready();
    const file = join(tempFolder(), 'jwt');
    writeFileSync(file, `${jwt()}\n`);
    expect((await get(vault, ['production/db/user@ops'], { VAULT_ID_TOKEN: file })).stdout).toBe('root');
  });
});

describe('every failure is one sentence, with the way out', () => {
  const cases: readonly (readonly [
    string,
    readonly string[],
    Readonly<Record<string, string>>,
    (vault: FakeVault) => void,
    RegExp,
  ])[] = [
    ['secret not found', ['production/none/password@ops'], {}, () => {}, /no secret production\/none in ops/],
    [
      'deleted',
      ['gone/password'],
      {},
      () => {},
      /newest version of gone in kv-v2 \(3\) is deleted.*\n.*vault kv undelete -mount=kv-v2 -versions=3 gone/,
    ],
    ['destroyed', ['shred/password'], {}, () => {}, /newest version of shred in kv-v2 \(3\) is destroyed/],
    ['field not there', ['production/db/Password@ops'], {}, () => {}, /no field "Password"/],
    ['role missing', ['a/b'], { VAULT_AUTH_ROLE: '' }, () => {}, /no role was given.*\n.*VAULT_AUTH_ROLE/],
    ['role wrong', ['a/b'], { VAULT_AUTH_ROLE: 'other' }, () => {}, /no role "other"/],
    [
      'audience',
      ['a/b'],
      { VAULT_ID_TOKEN: jwt({ aud: 'https://elsewhere' }) },
      () => {},
      /audience.*\n.*bound_audiences/,
    ],
    [
      'audience not bound',
      ['a/b'],
      {},
      (vault) => void vault.roles.set('glaive', { audiences: [], claims: {}, policies: [] }),
      /audience.*\n.*bound_audiences/,
    ],
    [
      'bound claim',
      ['a/b'],
      { VAULT_ID_TOKEN: jwt({ project_path: 'evil/fork' }) },
      () => {},
      /bound claim does not match.*\n.*project_path/,
    ],
    [
      'signature',
      ['a/b'],
      { VAULT_ID_TOKEN: jwt({}, 'stranger') },
      () => {},
      /does not trust the job’s token.*\n.*oidc_discovery_url/,
    ],
    [
      'signature, by keys that are fetched',
      ['a/b'],
      { VAULT_ID_TOKEN: jwt({}, 'remote') },
      () => {},
      /does not trust the job’s token/,
    ],
    ['expired', ['a/b'], { VAULT_ID_TOKEN: jwt({ exp: 1_700_000_000 }) }, () => {}, /has expired/],
    ['of the future', ['a/b'], { VAULT_ID_TOKEN: jwt({ nbf: 3_900_000_000 }) }, () => {}, /clocks of GitLab and Vault/],
    [
      'issuer',
      ['a/b'],
      { VAULT_ID_TOKEN: jwt({ iss: 'https://elsewhere.example.com' }) },
      (vault) => (vault.issuer = 'https://gitlab.example.com'),
      /another GitLab than bound_issuer.*\n.*CI_SERVER_URL/,
    ],
    [
      'a bound claim that is not there',
      ['a/b'],
      { VAULT_ID_TOKEN: jwt({ ref_protected: undefined }) },
      () => {},
      /its token lacks a bound claim/,
    ],
    [
      'the name of the user',
      ['a/b'],
      {},
      (vault) =>
        void vault.roles.set('glaive', { audiences: [AUDIENCE], claims: {}, policies: [], userClaim: 'login' }),
      /lacks the claim that the role uses as the user name.*\n.*user_claim/,
    ],
    [
      'a method that is not set up',
      ['a/b'],
      {},
      (vault) => (vault.method = 'empty'),
      /the JWT method is not configured/,
    ],
    [
      'GitLab is out of its reach',
      ['a/b'],
      {},
      (vault) => (vault.method = 'unreachable'),
      /cannot fetch the keys of GitLab.*\n.*oidc_discovery_url/,
    ],
    [
      'plain HTTP to a port that speaks TLS',
      ['a/b'],
      {},
      (vault) => (vault.intercept = (_, response) => !!response.writeHead(400).end(PLAIN_TO_TLS)),
      /expects TLS on this port\n.*https:\/\//,
    ],
    [
      'permission denied',
      ['production/db/password@private'],
      {},
      () => {},
      /may not read.*\n.*policy must allow "read" on private\/data\/production\/db/,
    ],
    ['data/ in the path', ['data/production/db/password@ops'], {}, () => {}, /Leave "data\/" out/],
    ['metadata/ in the path', ['metadata/production/db/password@private'], {}, () => {}, /Leave "metadata\/" out/],
    ['mount not there', ['a/b@nowhere'], {}, () => {}, /no engine is mounted at nowhere/],
    ['wrong engine', ['production/db/password@ops', '--engine', 'kv-v1'], {}, () => {}, /--engine kv-v2/],
    ['sealed', ['a/b'], {}, (vault) => (vault.state = 'sealed'), /the Vault is sealed.*\n.*unseal/],
    ['standby', ['a/b'], {}, (vault) => (vault.state = 'standby'), /on standby.*\n.*active node/],
    ['not initialised', ['a/b'], {}, (vault) => (vault.state = 'uninitialised'), /not initialised/],
    ['broken', ['a/b'], {}, (vault) => (vault.state = 'broken'), /reports an error \(500\)/],
    [
      'namespace wrong',
      ['a/b'],
      { VAULT_NAMESPACE: 'missing' },
      () => {},
      /no namespace "missing".*\n.*VAULT_NAMESPACE/,
    ],
    [
      'path of the method',
      ['a/b'],
      { VAULT_AUTH_PATH: 'oidc' },
      () => {},
      /sign-in was refused: permission denied\n.*VAULT_AUTH_PATH \(a missing method gives the same error\)/,
    ],
    ['no token', ['a/b'], { VAULT_ID_TOKEN: '' }, () => {}, /no token of the job.*\n.*id_tokens/],
    ['an invalid token', ['a/b'], { VAULT_ID_TOKEN: 'x y' }, () => {}, /not a JWT/],
    ['no server', ['a/b'], { VAULT_SERVER_URL: '' }, () => {}, /which Vault.*\n.*VAULT_SERVER_URL/],
    ['not encrypted', ['a/b'], { VAULT_SERVER_URL: 'http://vault.example.com' }, () => {}, /only https:\/\//],
    ['a path without a field', ['password'], {}, () => {}, /is not a reference to a secret/],
    ['dots in the path', ['a/../b/c'], {}, () => {}, /is not a reference to a secret/],
    [
      'no Vault',
      ['a/b'],
      {},
      (vault) => (vault.intercept = (_, response) => !!response.end('<html>hello</html>')),
      /contains no token/,
    ],
  ];

  it.each(cases)('%s', async (_, args, env, set, why) => {
    const vault = await ready();
    set(vault);
    const ran = await get(vault, args, env);
    expect([ran.code, ran.stdout]).toEqual([2, '']);
    expect(ran.stderr).toMatch(why);
    expect(ran.stderr).not.toContain('internal error');
    const sessions = vault.calls.flatMap(({ headers }) => headers['x-vault-token'] ?? []);
    for (const secret of [SECRET, jwt(), ...sessions]) expect(ran.stderr).not.toContain(secret);
    if (vault.state === 'active') expect(vault.tokens.size).toBe(0);
  });

  it('names that a user has chosen are never taken for what is wrong', async () => {
    const words = [
      'namespace_path',
      'sealed',
      'standby',
      'expired',
      'audience',
      'issuer',
      'missing role',
      '(exp)',
      'x',
    ];
    for (const word of words) {
      const vault = await ready();
      const refused = await get(vault, ['a/b'], { VAULT_AUTH_ROLE: word });
      expect(refused.stderr).toContain(`no role ${JSON.stringify(word)}`);
      vault.roles.set('glaive', { audiences: [AUDIENCE], claims: { [word]: 'so' }, policies: [] });
      const bound = await get(vault, ['a/b'], { VAULT_ID_TOKEN: jwt({ [word]: 'otherwise' }) });
      expect(bound.stderr).toContain('a bound claim does not match');
      const lacking = await get(vault, [`a/b@${word.replaceAll(/\W/g, '')}`], {
        VAULT_ID_TOKEN: jwt({ [word]: 'so' }),
      });
      expect(lacking.stderr).toContain('the role may not read a in');
    }
  });

  it('a certificate for another host, and one that is over: each has a way out of its own', async () => {
    const file = join(tempFolder(), 'ca.pem');
    writeFileSync(file, authority.ca);
    const other = await ready(await authority.issue(['vault.example.com']));
    const ran = await get(other, ['a/b'], { VAULT_CACERT: file });
    expect([ran.code, ran.stderr]).toEqual([
      2,
      expect.stringMatching(/certificate is for another host\n.*VAULT_SERVER_URL to the host name in its certificate/),
    ]);
    expect(ran.stderr).not.toContain('VAULT_CACERT');
    const old = await ready(await authority.issue(['localhost'], new Date('2020-01-01')));
    const over = await get(old, ['a/b'], { VAULT_CACERT: file });
    expect([over.code, over.stderr]).toEqual([2, expect.stringMatching(/certificate has expired\n.*renew/)]);
    expect(over.stderr).not.toContain('VAULT_CACERT');
  });

  it('an untrusted certificate; VAULT_CACERT is the way out', async () => {
    const vault = await ready(await authority.issue(['localhost']));
    const refused = await get(vault, ['production/db/password@ops']);
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringMatching(/certificate is not trusted.*\n.*VAULT_CACERT/),
    ]);
    expect(vault.calls).toEqual([]);
    const file = join(tempFolder(), 'ca.pem');
    writeFileSync(file, authority.ca);
    expect((await get(vault, ['production/db/password@ops'], { VAULT_CACERT: file })).stdout).toBe(SECRET);
  });

  it('a standby that leads elsewhere gets nothing sent there', async () => {
    const other = await listener();
    const vault = await ready();
    vault.state = 'standby';
    vault.leader = `http://127.0.0.1:${other.port}`;
    await get(vault, ['a/b']);
    expect([other.connections(), vault.calls.length]).toEqual([0, 1]);
  });
});

describe('the session ends with the command', () => {
  const role = {
    audiences: [AUDIENCE],
    claims: {},
    policies: [allow(['read'], 'kv-v2/*')],
  };
  const ends = ({ calls }: FakeVault): number => calls.filter(({ url }) => url.endsWith('/revoke-self')).length;

  it.each([
    ['a role with two uses, as init --vault prints it', { uses: 2 }, 1, ''],
    ['a role with one use: the read was the last', { uses: 1 }, 1, ''],
    ['a batch token, which cannot be revoked', { type: 'batch' as const }, 0, ''],
    [
      'a role without the policy "default"',
      { noDefaultPolicy: true },
      1,
      'the session could not be ended (no policy of the role allows "update" on auth/token/revoke-self); it ends by itself',
    ],
  ])('%s', async (_, more, count, said) => {
    const vault = await ready();
    vault.roles.set('glaive', { ...role, ...more });
    const ran = await get(vault, ['production/db/user']);
    expect([ran.code, ran.stdout, ends(vault)]).toEqual([0, 'root', count]);
    expect(ran.stderr).toBe(said === '' ? '' : `glaive: vault: ${said}\n`);
    expect((await get(vault, ['production/db/user', '--quiet'])).stderr).toBe('');
  });

  it('also when it fails after the sign-in, and when that is all that fails', async () => {
    const vault = await ready();
    expect((await get(vault, ['none/x'])).code).toBe(2);
    expect([ends(vault), vault.tokens.size]).toEqual([1, 0]);
    vault.intercept = (request, response) => {
      if (!request.url!.endsWith('/revoke-self')) return false;
      response.destroy();
      return true;
    };
    const ran = await get(vault, ['production/db/user']);
    expect([ran.code, ran.stdout]).toEqual([0, 'root']);
    expect(ran.stderr).toMatch(/the session could not be ended \(.*closed the connection\); it ends by itself/);
  });

  it('also after Ctrl-C', async () => {
    const vault = await ready();
    let isAsked = false;
    vault.intercept = (request) => {
      isAsked = request.method === 'GET';
      return isAsked;
    };
    const env = { VAULT_SERVER_URL: vault.url, VAULT_AUTH_ROLE: 'glaive', VAULT_ID_TOKEN: jwt() };
    const { child, ended } = startGlaive(['vault', 'get', 'production/db/user'], { env });
    await until(() => isAsked);
    child.kill('SIGINT');
    expect([(await ended).code, ends(vault), vault.tokens.size]).toEqual([130, 1, 0]);
  });
});

describe('glaive’s own token', () => {
  const own = mint('pat legacy', random);
  const logs = (url: string, env: Readonly<Record<string, string>>, args: readonly string[] = []): Promise<Ran> =>
    glaive(['scan', '-', '--verify', '--admin', '--gitlab-url', url, ...args], { input: mint('agent', random), env });

  it('from Vault', async () => {
    const [vault, fake] = [await ready(), await fakeIssuer()];
    vault.mounts.set('kv-v2', { kind: 'kv-v2', secrets: { glaive: { token: `${own}\n` } } });
    const env = { VAULT_SERVER_URL: vault.url, VAULT_AUTH_ROLE: 'glaive', VAULT_ID_TOKEN: jwt() };
    for (const [more, args] of [
      [{ GLAIVE_GITLAB_TOKEN_FROM: 'vault:glaive/token' }, []],
      [{}, ['--token-from', 'vault:glaive/token']],
    ] as const) {
      const ran = await logs(fake.url, { ...env, ...more }, args);
      expect(ran.stdout + ran.stderr).not.toContain(own);
      expect(fake.calls.at(-1)!.headers.authorization).toBe(`Bearer ${own}`);
    }
    expect(vault.calls.every(({ headers, url, body }) => !JSON.stringify([headers, url, body]).includes(own))).toBe(
      true,
    );
  });

  it('from a file, as GitLab’s variables of type file have it', async () => {
    const fake = await fakeIssuer();
    const file = join(tempFolder(), 'token');
    writeFileSync(file, `${own}\n`);
    await logs(fake.url, { GLAIVE_GITLAB_TOKEN: file });
    expect(fake.calls[0]!.headers.authorization).toBe(`Bearer ${own}`);
  });

  it('from git’s credential helpers, asked outside of the repository', async () => {
    const fake = await fakeIssuer();
    const home = tempFolder();
    writeFileSync(join(home, 'credentials'), `${fake.url.replace('//', `//oauth2:${own}@`)}\n`);
    writeFileSync(join(home, '.gitconfig'), `[credential]\n\thelper = store --file=${join(home, 'credentials')}\n`);
    const cwd = tempRepository();
    const mark = join(home, 'sprung');
    git(cwd, 'config', 'credential.helper', `!touch ${mark}; echo password=stolen; :`);
    const ran = await glaive(
      ['scan', '-', '--verify', '--admin', '--gitlab-url', fake.url, '--token-from', 'git-credential'],
      {
        cwd,
        input: mint('agent', random),
        env: { HOME: home, GIT_CONFIG_GLOBAL: join(home, '.gitconfig') },
      },
    );
    expect(ran.stdout + ran.stderr).not.toContain(own);
    expect(fake.calls[0]!.headers.authorization).toBe(`Bearer ${own}`);
    expect(existsSync(mark)).toBe(false);
    const none = await glaive(
      ['scan', '-', '--verify', '--gitlab-url', 'https://gitlab.example.com', '--token-from', 'git-credential'],
      {
        cwd,
        env: { HOME: home, GIT_CONFIG_GLOBAL: join(home, '.gitconfig') },
      },
    );
    expect([none.code, none.stderr]).toEqual([
      2,
      expect.stringContaining('git knows no password for gitlab.example.com'),
    ]);
  });

  it('from glab’s settings', async () => {
    const fake = await fakeIssuer();
    const folder = tempFolder();
    const settings = (token: string): void =>
      writeFileSync(
        join(folder, 'config.yml'),
        `git_protocol: ssh\nhosts:\n    gitlab.com:\n        token: no\n    ${fake.host}:\n        api_protocol: http\n${token}        user: jane\n`,
      );
    settings(`        token: ${own}\n`);
    await logs(fake.url, { GLAB_CONFIG_DIR: folder }, ['--token-from', 'glab']);
    expect(fake.calls[0]!.headers.authorization).toBe(`Bearer ${own}`);
    settings('');
    const ran = await logs(fake.url, { GLAB_CONFIG_DIR: folder }, ['--token-from', 'glab']);
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining('keyring')]);
    const none = await logs(fake.url, { GLAB_CONFIG_DIR: tempFolder() }, ['--token-from', 'glab']);
    expect(none.stderr).toContain('glab auth login');
  });

  it('from where glab itself looks, in its order', async () => {
    const fake = await fakeIssuer();
    const home = tempFolder();
    const folders = {
      own: join(home, 'own'),
      old: join(home, '.config', 'glab-cli'),
      xdg: join(home, 'xdg', 'glab-cli'),
      mac: join(home, 'Library', 'Application Support', 'glab-cli'),
      system: join(home, 'second', 'glab-cli'),
    };
    const tokens = Object.fromEntries(Object.keys(folders).map((name) => [name, mint('pat legacy', random)]));
    const put = (...names: readonly (keyof typeof folders)[]): void => {
      for (const [name, folder] of Object.entries(folders)) {
        rmSync(folder, { recursive: true, force: true });
        if (!names.includes(name as keyof typeof folders)) continue;
        mkdirSync(folder, { recursive: true });
        writeFileSync(join(folder, 'config.yml'), `hosts:\n    ${fake.host}:\n        token: ${tokens[name]}\n`);
      }
    };
    const taken = async (env: Readonly<Record<string, string>>): Promise<string> => {
      fake.calls.length = 0;
      const ran = await logs(fake.url, { HOME: home, ...env }, ['--token-from', 'glab']);
      const sent = fake.calls[0]?.headers.authorization?.slice('Bearer '.length);
      return Object.keys(tokens).find((name) => tokens[name] === sent) ?? ran.stderr;
    };
    const xdg = {
      XDG_CONFIG_HOME: join(home, 'xdg'),
      XDG_CONFIG_DIRS: `${join(home, 'first')}:${join(home, 'second')}`,
    };
    const named = { GLAB_CONFIG_DIR: folders.own };
    put('own', 'old', 'xdg', 'mac', 'system');
    expect([await taken({ ...xdg, ...named }), await taken(xdg), await taken({})]).toEqual(['own', 'old', 'old']);
    put('xdg', 'mac', 'system');
    expect([await taken(xdg), await taken({})]).toEqual(['xdg', 'mac']);
    // What it names counts alone, also where nothing is.
    expect(await taken({ ...xdg, ...named })).toContain('glab has no settings here');
    put('system');
    expect([await taken(xdg), await taken({ XDG_CONFIG_DIRS: join(home, 'second') })]).toEqual(['system', 'system']);
    put();
    expect(await taken({ ...xdg, XDG_CONFIG_HOME: 'relative' })).toContain('glab auth login');
  });

  it('from nowhere else', async () => {
    const ran = await logs('https://gitlab.example.com', {}, ['--token-from', 'keychain']);
    expect([ran.code, ran.stderr]).toEqual([
      2,
      expect.stringContaining(
        '--token-from must be one of env, git-credential, glab, vault:path/field@mount, not "keychain"',
      ),
    ]);
  });
});

describe('glaive init --vault', () => {
  it('prints method, policy and a role that is bound to the project, and changes nothing', async () => {
    const cwd = tempRepository({ 'a.txt': 'x\n' });
    git(cwd, 'remote', 'add', 'origin', 'git@gitlab.example.com:group/sub/project.git');
    const ran = await glaive(['init', '--vault'], { cwd, env: { CI_SERVER_URL: '', CI_PROJECT_PATH: '' } });
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    expect(ran.stdout).toContain('oidc_discovery_url="https://gitlab.example.com"');
    const role = JSON.parse(/role\/\S+ - <<'EOF'\n([^]*?)\nEOF/.exec(ran.stdout)![1]!);
    expect(role).toMatchObject({
      bound_claims: { project_path: 'group/sub/project', ref_protected: 'true' },
      token_policies: ['glaive-group-sub-project'],
    });
    expect(git(cwd, 'status', '--porcelain')).toBe('');
  });

  it('prints what a Vault takes: the job of the project gets the secret, another does not', async () => {
    const vault = await fakeVault();
    const args = ['--project', 'group/project', '--gitlab-url', 'https://gitlab.example.com', '--vault-url', vault.url];
    const { stdout } = await glaive(['init', '--vault', ...args], { cwd: tempFolder() });
    const [, name, role] = /write auth\/jwt\/role\/(\S+) - <<'EOF'\n([^]*?)\nEOF/.exec(stdout)!;
    const [, policy] = /path "([^"]+)" \{\n {2}capabilities = \["read"\]/.exec(stdout)!;
    const { bound_audiences: audiences, bound_claims: claims } = JSON.parse(role!);
    const { token_num_uses: uses } = JSON.parse(role!);
    vault.roles.set(name!, { audiences, claims, uses, policies: [allow(['read'], policy!)] });
    vault.mounts.set('kv-v2', { kind: 'kv-v2', secrets: { 'glaive/gitlab': { token: SECRET } } });
    const env = (project: string) => ({
      VAULT_AUTH_ROLE: name!,
      VAULT_ID_TOKEN: jwt({ aud: vault.url, project_path: project }),
    });
    const ran = await get(vault, ['glaive/gitlab/token@kv-v2'], env('group/project'));
    expect([ran.code, ran.stdout, ran.stderr, vault.tokens.size]).toEqual([0, SECRET, '', 0]);
    expect((await get(vault, ['glaive/gitlab/token@kv-v2'], env('group/fork'))).stderr).toContain('bound claim');
  });

  it('needs to know the project', async () => {
    const ran = await glaive(['init', '--vault'], {
      cwd: tempFolder(),
      env: { CI_SERVER_URL: '', CI_PROJECT_PATH: '' },
    });
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining('--project group/project')]);
  });
});

describe('templates/with-token.yml', () => {
  /** Runs the template's before_script and a job's script in one shell, as a runner does. */
  const job = async (
    env: Readonly<Record<string, string>>,
  ): Promise<{ readonly stdout: string; readonly code: number | string }> => {
    const template = parse(readFileSync(join(import.meta.dirname, '..', '..', 'templates', 'with-token.yml'), 'utf8'));
    const [before] = template['.glaive-with-token'].before_script;
    expect(template['.glaive-with-token'].id_tokens).toEqual({ VAULT_ID_TOKEN: { aud: '$VAULT_SERVER_URL' } });
    const script = `set -e\n${before}\nprintf %s "$TEXT" | "$NODE" "$CLI" scan - --format json --exit-zero $GLAIVE_VERIFY\nenv\n`;
    return await runProgram('sh', ['-c', script], { env: { NODE: process.execPath, CLI, ...env } });
  };

  it('verifies in the project that is named, with a token that no variable holds; elsewhere it says that it does not', async () => {
    const [vault, fake] = [await ready(), await fakeIssuer()];
    const own = mint('pat legacy', random);
    const found = mint('job legacy', random);
    fake.tokens.set(own, { kind: 'access', id: 1, state: 'active', scopes: ['api'] });
    fake.tokens.set(found, { kind: 'job', id: 2, state: 'active' });
    vault.mounts.set('kv-v2', { kind: 'kv-v2', secrets: { 'glaive/gitlab': { token: own } } });
    const env = {
      GLAIVE_TOKEN_PROJECT: 'group/project',
      GLAIVE_TOKEN_SECRET: 'glaive/gitlab/token@kv-v2',
      VAULT_SERVER_URL: vault.url,
      VAULT_AUTH_ROLE: 'glaive',
      VAULT_ID_TOKEN: jwt(),
      CI_SERVER_URL: fake.url,
      TEXT: `x ${found}`,
    };
    const ran = await job({ ...env, CI_PROJECT_PATH: 'group/project' });
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain('"tokenStatus": "active"');
    expect(ran.stdout).toContain('Only job tokens of projects on the allowlist can access this one');
    expect(ran.stdout).not.toContain(own);
    fake.calls.length = 0;
    for (const project of ['group/fork', 'group/project2', '']) {
      const other = await job({ ...env, CI_PROJECT_PATH: project });
      expect(other.stdout).toContain('gets no token, so findings are not verified');
      expect(other.stdout).toContain('"tokenStatus": "unknown"');
    }
    expect([fake.calls.length, vault.calls.length]).toEqual([0, 3]);
  });

  it.each([
    ['the token is missing', { VAULT_ID_TOKEN: '' }, 'VAULT_ID_TOKEN holds no token of the job'],
    ['the sign-in fails', { VAULT_ID_TOKEN: jwt({ project_path: 'x/y' }) }, 'vault: the role does not admit this job'],
  ])('troubleshooting: %s', async (_, more, why) => {
    const vault = await ready();
    const ran = await glaive(['scan', '-', '--verify', '--gitlab-url', 'https://gitlab.example.com'], {
      env: {
        GLAIVE_GITLAB_TOKEN_FROM: 'vault:glaive/gitlab/token',
        VAULT_SERVER_URL: vault.url,
        VAULT_AUTH_ROLE: 'glaive',
        ...more,
      },
    });
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining(why)]);
  });
});

const hasScript = spawnSync('script', ['-qc', 'true', '/dev/null']).status === 0;
it.skipIf(!hasScript)('a secret is shown on no terminal, unless the user insists', async () => {
  const vault = await ready();
  const onTerminal = async (args: string): Promise<string> => {
    const line = `'${process.execPath}' '${CLI}' vault get production/db/user@ops ${args}`;
    const env = { VAULT_SERVER_URL: vault.url, VAULT_AUTH_ROLE: 'glaive', VAULT_ID_TOKEN: jwt() };
    return (await runProgram('script', ['-qc', line, '/dev/null'], { env })).stdout;
  };
  expect(await onTerminal('')).toContain('not shown on a terminal');
  expect(vault.calls).toEqual([]);
  expect(await onTerminal('--force')).toContain('root');
});
