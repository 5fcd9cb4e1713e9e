/** `glaive rotate` and where the new token goes: a secret of Vault that is proven before, and a file for when it fails after all. */

import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type FakeIssuer, fakeIssuer, json } from '../support/fake-issuer.ts';
import {
  allow,
  DENIED,
  errors,
  type FakeVault,
  fakeVault,
  jobJwt,
  type VaultRole,
  writeVersion,
} from '../support/fake-vault.ts';
import { mint, Random } from '../support/mint.ts';
import { glaive, type Ran } from '../support/run-cli.ts';
import { type Started, startGlaive, until } from '../support/run-program.ts';
import { git, tempFolder, tempRepository } from '../support/temp-folder.ts';
import { glaiveUnprivileged, handOver, whyNotUnprivileged } from '../support/unprivileged.ts';
import type { Capability } from '../support/vault-acl.ts';

const random = new Random(7781);

interface Setting {
  readonly gitlab: FakeIssuer;
  readonly vault: FakeVault;
  readonly cwd: string;
  readonly fresh: string;
  readonly env: Readonly<Record<string, string>>;
  readonly args: (output: string) => string[];
  readonly token: string;
  readonly rotate: (output: string) => Promise<Ran>;
  readonly start: (output: string) => Started;
  readonly audit: () => readonly Readonly<Record<string, string>>[];
  /** Tokens that were kept for want of a better place. */
  readonly kept: () => string[];
}

async function setting(role: Partial<VaultRole> = {}): Promise<Setting> {
  const [gitlab, vault] = [await fakeIssuer(), await fakeVault()];
  const cwd = tempFolder();
  vault.roles.set('ops', { audiences: ['v'], claims: {}, policies: [], ...role });
  vault.mounts.set('kv-v2', {
    kind: 'kv-v2',
    secrets: { app: { user: 'root', token: 'before' }, gone: null, shred: null, 'a b/c%d': { x: '1' } },
    destroyed: new Set(['shred']),
    settings: { app: { cas_required: true }, bare: { cas_required: true } },
  });
  vault.mounts.set('old', { kind: 'kv-v1', secrets: { db: { user: 'root' } } });
  vault.mounts.set('gen', { kind: 'generic', secrets: { db: { user: 'root' } } });
  vault.mounts.set('crypt', { kind: 'transit', secrets: {} });
  const token = mint('pat legacy', random);
  gitlab.tokens.set(token, { kind: 'access', id: 1, state: 'active', scopes: ['api'] });
  const fresh = mint('pat legacy', random);
  gitlab.successor = () => fresh;
  const log = join(cwd, 'audit.jsonl');
  const env = {
    CI_SERVER_URL: '',
    HOME: cwd,
    VAULT_SERVER_URL: vault.url,
    VAULT_AUTH_ROLE: 'ops',
    VAULT_ID_TOKEN: jobJwt({ aud: 'v', exp: 4e9 }),
  };
  const args = (output: string): string[] => [
    'rotate',
    '-',
    '--yes',
    '--gitlab-url',
    gitlab.url,
    '--audit-log',
    log,
    '--output',
    output,
  ];
  const folder = join(cwd, '.local', 'state', 'glaive', 'tokens');
  return {
    gitlab,
    vault,
    cwd,
    fresh,
    env,
    args,
    token,
    rotate: async (output) => await glaive(args(output), { cwd, input: token, env }),
    start: (output) => {
      const started = startGlaive(args(output), { cwd, env });
      started.child.stdin.end(token);
      return started;
    },
    audit: () =>
      readFileSync(log, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    kept: () =>
      (existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.token')) : []).map((name) =>
        join(folder, name),
      ),
  };
}

const rotations = ({ calls }: FakeIssuer): number => calls.filter(({ method }) => method === 'POST').length;
const writes = ({ calls }: FakeVault): number =>
  calls.filter(({ method, url }) => method === 'POST' && /^\/v1\/(?:kv-v2|old|gen)\//.test(url)).length;
const on = (capabilities: readonly Capability[], ...paths: readonly string[]): Partial<VaultRole> => ({
  policies: [allow(capabilities, ...paths)],
});

describe('rotate, into Vault', () => {
  it.each([
    ['a secret that is there', 'app/token', on(['read', 'update'], 'kv-v2/data/app'), 'app', { user: 'root' }, 2],
    ['one that is not there', 'new/token', on(['read', 'create', 'update'], 'kv-v2/data/new'), 'new', {}, 2],
    [
      'one that is not there, by a role that may create alone',
      'new/token',
      on(['read', 'create'], 'kv-v2/data/new'),
      'new',
      {},
      1,
    ],
    ['one whose newest version is deleted', 'gone/token', on(['read', 'update'], 'kv-v2/data/gone'), 'gone', {}, 2],
    ['one whose newest version is destroyed', 'shred/token', on(['read', 'update'], 'kv-v2/data/+'), 'shred', {}, 2],
    [
      'one with settings and no version, which is updated',
      'bare/token',
      { policies: [allow(['read', 'update'], 'kv-v2/data/bare'), allow(['read'], 'kv-v2/metadata/bare')] },
      'bare',
      {},
      2,
    ],
    [
      'a path that has to be encoded',
      'a b/c%d/token',
      on(['read', 'update'], 'kv-v2/data/a b/*'),
      'a b/c%d',
      { x: '1' },
      2,
    ],
  ] as const)('%s', async (_, output, role, key, others, count) => {
    const { vault, fresh, rotate, gitlab, kept } = await setting(role);
    const ran = await rotate(`vault:${output}`);
    expect([ran.code, ran.stderr]).toEqual([0, `glaive: the new token is in Vault: ${output}\n`]);
    expect(vault.mounts.get('kv-v2')!.secrets[key]).toEqual({ ...others, token: fresh });
    expect([writes(vault), rotations(gitlab), kept(), vault.tokens.size]).toEqual([count, 1, [], 0]);
    expect(ran.stdout + ran.stderr).not.toContain(fresh.slice(6));
    expect(gitlab.calls.every(({ headers }) => headers['x-vault-token'] === undefined)).toBe(true);
  });

  it.each([
    ['old', 'kv-v1', '/v1/old/'],
    ['gen', 'generic', '/v1/gen/'],
  ])('an engine without versions (%s) is found out, and its other fields stay', async (mount, _, path) => {
    const { vault, fresh, rotate } = await setting(on(['read', 'create', 'update'], `${mount}/*`));
    expect((await rotate(`vault:db/token@${mount}`)).code).toBe(0);
    expect(vault.mounts.get(mount)!.secrets['db']).toEqual({ user: 'root', token: fresh });
    expect(vault.calls.filter(({ url }) => url.startsWith(path)).every(({ url }) => !url.includes('/data/'))).toBe(
      true,
    );
  });

  it('one that is not there, in an engine without versions', async () => {
    const { vault, fresh, rotate } = await setting(on(['read', 'create'], 'old/*'));
    expect((await rotate('vault:new/token@old')).code).toBe(0);
    expect(vault.mounts.get('old')!.secrets['new']).toEqual({ token: fresh });
  });

  it.each([
    ['nothing', 'app/token', on(['deny'], 'kv-v2/data/app'), /has no rights in kv-v2/],
    [
      'to read',
      'app/token',
      on(['read'], 'kv-v2/data/app'),
      /may not update app in kv-v2\n.*"read" and "update" on kv-v2\/data\/app/,
    ],
    ['to update', 'app/token', on(['update'], 'kv-v2/data/app'), /may not read app in kv-v2/],
    ['to create', 'new/token', on(['create'], 'kv-v2/data/new'), /may not read new in kv-v2/],
    [
      'to read and update, and it is not there',
      'new/token',
      on(['read', 'update'], 'kv-v2/data/*'),
      /may not create new in kv-v2, which does not exist yet\n.*"create"/,
    ],
    ['to read and create, and it is there', 'app/token', on(['read', 'create'], 'kv-v2/*'), /may not update app/],
    ['to read and create, and it is deleted', 'gone/token', on(['read', 'create'], 'kv-v2/*'), /may not update gone/],
    [
      'to read and create, and it has settings',
      'bare/token',
      { policies: [allow(['read', 'create'], 'kv-v2/data/*'), allow(['read'], 'kv-v2/metadata/*')] },
      /may not update bare/,
    ],
    [
      'everything but this',
      'app/token',
      { policies: [allow(['read', 'create', 'update'], 'kv-v2/*'), allow(['deny'], 'kv-v2/data/app')] },
      /may not read app/,
    ],
    [
      'less by the path that says more',
      'app/token',
      { policies: [allow(['read', 'create', 'update'], 'kv-v2/*'), allow(['read'], 'kv-v2/data/+')] },
      /may not update app/,
    ],
    [
      'to ask for nothing, and it is not there',
      'new/token',
      { ...on(['read', 'create', 'update'], 'kv-v2/*'), noDefaultPolicy: true },
      /cannot check whether the role may create new in kv-v2\n.*capabilities-self/,
    ],
    ['something in no engine', 'app/token@none', on(['read', 'update'], 'none/*'), /no engine is mounted there/],
    [
      'something in an engine that keeps no secrets',
      'app/token@crypt',
      on(['read', 'update'], 'crypt/*'),
      /not a key-value engine/,
    ],
    ['what ends with the session', 'app/token@cubbyhole', {}, /not a key-value engine/],
  ] as const)('is not begun by a role that may do %s', async (_, output, role, why) => {
    const { vault, rotate, gitlab, kept } = await setting(role);
    const ran = await rotate(`vault:${output}`);
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringMatching(why)]);
    expect(ran.stderr).not.toContain('internal error');
    const left = [...vault.tokens.values()].filter(({ policies }) => policies.length > 1).length;
    expect([writes(vault), rotations(gitlab), kept(), left]).toEqual([0, 0, [], 0]);
  });

  it('is not begun where a write is refused though the policies allow it', async () => {
    for (const output of ['app/token@kv-v2', 'new/token@kv-v2', 'db/token@old']) {
      const { vault, rotate, gitlab, kept } = await setting(on(['read', 'create', 'update'], 'kv-v2/*', 'old/*'));
      vault.intercept = (request, response) => {
        if (request.method !== 'POST' || !/^\/v1\/(?:kv-v2|old)\//.test(request.url!)) return false;
        json(response, 403, errors(DENIED));
        return true;
      };
      const ran = await rotate(`vault:${output}`);
      expect([ran.code, rotations(gitlab), kept()]).toEqual([2, 0, []]);
    }
  });

  it('is not begun where another has rotated the token meanwhile: GitLab would end the one that came of that', async () => {
    const { gitlab, vault, rotate, token, kept, audit } = await setting(on(['read', 'update'], 'kv-v2/*'));
    vault.intercept = (request) => {
      if (request.method === 'POST' && request.url!.includes('/data/')) gitlab.tokens.get(token)!.state = 'revoked';
      return false;
    };
    const ran = await rotate('vault:app/token');
    expect([ran.code, rotations(gitlab), kept()]).toEqual([2, 0, []]);
    expect(ran.stdout).toContain(
      'NOT rotated: it is no longer active: it was revoked or rotated elsewhere in the meantime',
    );
    expect(audit().map(({ event }) => event)).toEqual(['failed']);
  });

  it('is not begun where the secret holds a number that would be changed', async () => {
    const { vault, rotate, gitlab } = await setting(on(['read', 'update'], 'kv-v2/*'));
    vault.intercept = (request, response) => {
      if (request.method !== 'GET' || !request.url!.includes('/data/')) return false;
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end('{"data":{"data":{"id":12345678901234567890},"metadata":{"version":3}}}');
      return true;
    };
    const ran = await rotate('vault:app/token');
    expect([ran.code, ran.stderr, rotations(gitlab), writes(vault)]).toEqual([
      2,
      expect.stringContaining('a number that glaive cannot write back exactly'),
      0,
      0,
    ]);
  });

  it('an answer to the write that names no version is no success', async () => {
    const { vault, rotate, gitlab } = await setting(on(['read', 'update'], 'kv-v2/*'));
    vault.intercept = (request, response) => {
      if (request.method !== 'POST' || !request.url!.includes('/data/')) return false;
      response.writeHead(204).end();
      return true;
    };
    const ran = await rotate('vault:app/token');
    expect([ran.code, ran.stderr, rotations(gitlab)]).toEqual([2, expect.stringContaining('names no new version'), 0]);
  });

  it('a concurrent change is kept, and the token is written next to it', async () => {
    const { vault, fresh, rotate, gitlab, kept } = await setting(on(['read', 'update'], 'kv-v2/*'));
    const mount = vault.mounts.get('kv-v2')!;
    let writing = 0;
    vault.intercept = (request) => {
      // Another client writes between a read and the write that follows: before the first trial, and the first real one.
      if (request.method !== 'POST' || !request.url!.includes('/data/')) return false;
      if (++writing === 1 || writing === 3)
        writeVersion(mount, 'app', { ...mount.secrets['app'], [`other${writing}`]: 'x' });
      return false;
    };
    expect([(await rotate('vault:app/token')).code, rotations(gitlab), kept(), writing]).toEqual([0, 1, [], 4]);
    expect(mount.secrets['app']).toEqual({ user: 'root', token: fresh, other1: 'x', other3: 'x' });
  });

  it('a session that is over meanwhile is opened again', async () => {
    const { vault, rotate, kept, fresh } = await setting({ ...on(['read', 'update'], 'kv-v2/*'), uses: 3 });
    expect([(await rotate('vault:app/token')).code, kept()]).toEqual([0, []]);
    expect(vault.mounts.get('kv-v2')!.secrets['app']).toMatchObject({ token: fresh });
  });

  it('a secret that was created for the test is reported if nothing was rotated', async () => {
    const { vault, rotate, gitlab, kept } = await setting(on(['read', 'create', 'update'], 'kv-v2/*'));
    gitlab.intercept = (request, response) => {
      if (request.method !== 'POST') return false;
      json(response, 403, {});
      return true;
    };
    const ran = await rotate('vault:new/token');
    expect([ran.code, ran.stdout, kept()]).toEqual([2, expect.stringContaining('NOT rotated'), []]);
    expect(ran.stderr).toContain('new/token was created in Vault as a test, and is empty');
    expect(vault.mounts.get('kv-v2')!.secrets['new']).toEqual({});
  });
});

describe('a new token that cannot be put where it belongs', () => {
  const failing: Readonly<Record<string, (vault: FakeVault) => void>> = {
    'the policy is changed': (vault) =>
      (vault.intercept = (request, response) => {
        if (request.method !== 'POST' || !request.url!.includes('/data/')) return false;
        json(response, 403, errors(DENIED));
        return true;
      }),
    'the secret changes all the time': (vault) =>
      (vault.intercept = (request, response) => {
        if (request.method !== 'POST' || !request.url!.includes('/data/')) return false;
        json(response, 400, errors('check-and-set parameter did not match the current version'));
        return true;
      }),
    'the Vault is sealed': (vault) => void (vault.state = 'sealed'),
    'the Vault is broken': (vault) => void (vault.state = 'broken'),
    'this node becomes a standby': (vault) => void (vault.state = 'standby'),
    'the connection breaks': (vault) => (vault.intercept = (_, response) => !!response.destroy()),
    'the role is gone': (vault) => {
      vault.roles.clear();
      vault.tokens.clear();
    },
    'it is written elsewhere': (vault) =>
      (vault.intercept = (request, response) => {
        if (request.method !== 'POST' || !request.url!.includes('/data/')) return false;
        json(response, 200, { data: { version: 99 } });
        return true;
      }),
  };

  it.each(Object.entries(failing))('is in a file of the user’s: %s', async (_, fail) => {
    const { vault, fresh, rotate, gitlab, kept, audit } = await setting(on(['read', 'update'], 'kv-v2/*'));
    gitlab.intercept = (request) => {
      if (request.method === 'POST') fail(vault);
      return false;
    };
    const ran = await rotate('vault:app/token');
    const [file, ...others] = kept();
    expect([ran.code, others, readFileSync(file!, 'utf8')]).toEqual([2, [], `${fresh}\n`]);
    expect(statSync(file!).mode & 0o777).toBe(0o600);
    expect(ran.stderr).toContain(`It is in ${file}, readable only by you`);
    expect(ran.stdout).toContain('recorded in');
    expect(ran.stdout + ran.stderr + JSON.stringify(audit())).not.toContain(fresh.slice(6));
    expect(audit().map(({ event, reserved = '', why = '' }) => [event, reserved, why.includes(file!)])).toEqual([
      ['begun', file, false],
      ['failed', '', true],
    ]);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    '%s between rotation and write: the token is still written',
    async (signal) => {
      const { vault, gitlab, fresh, start, kept } = await setting(on(['read', 'update'], 'kv-v2/*'));
      let isRotated = false;
      gitlab.intercept = (request) => {
        isRotated ||= request.method === 'POST';
        return false;
      };
      const { child, ended } = start('vault:app/token');
      await until(() => isRotated);
      child.kill(signal);
      expect([(await ended).code, kept()]).toEqual([130, []]);
      expect(vault.mounts.get('kv-v2')!.secrets['app']).toMatchObject({ token: fresh });
    },
  );

  it.each(['SIGHUP', 'SIGQUIT'] as const)('%s while GitLab rotates: its answer is waited for', async (signal) => {
    const { vault, gitlab, fresh, start, kept } = await setting(on(['read', 'update'], 'kv-v2/*'));
    let isAsked = false;
    gitlab.intercept = async (request) => {
      if (request.method !== 'POST') return false;
      isAsked = true;
      await new Promise((resolve) => setTimeout(resolve, 300));
      return false;
    };
    const { child, ended } = start('vault:app/token');
    await until(() => isAsked);
    child.kill(signal);
    expect([(await ended).code, kept()]).toEqual([130, []]);
    expect(vault.mounts.get('kv-v2')!.secrets['app']).toMatchObject({ token: fresh });
  });

  it('Ctrl-C twice while GitLab rotates: its answer is waited for, and the token is in the file', async () => {
    const { vault, gitlab, fresh, start, audit } = await setting(on(['read', 'update'], 'kv-v2/*'));
    let isAsked = false;
    let isAnswered = false;
    gitlab.intercept = async (request) => {
      if (request.method !== 'POST') return false;
      isAsked = true;
      await new Promise((resolve) => setTimeout(resolve, 600));
      isAnswered = true;
      return false;
    };
    // From then on nothing is answered: what is not in a file by then is lost.
    vault.intercept = () => isAsked;
    const { child, ended } = start('vault:app/token');
    await until(() => isAsked);
    child.kill('SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 150));
    child.kill('SIGINT');
    await until(() => isAnswered && readFileSync(audit()[0]!['reserved']!, 'utf8').includes(fresh));
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
    expect(readFileSync(audit()[0]!['reserved']!, 'utf8')).toBe(`${fresh}\n`);
  });

  it('killed while it is written: it is in the file that the account names', async () => {
    const { vault, gitlab, fresh, start, audit } = await setting(on(['read', 'update'], 'kv-v2/*'));
    let isRotated = false;
    let isAsked = false;
    gitlab.intercept = (request) => {
      isRotated ||= request.method === 'POST';
      return false;
    };
    vault.intercept = () => {
      isAsked = isRotated;
      return isRotated;
    };
    const { child, ended } = start('vault:app/token');
    await until(() => isAsked);
    child.kill('SIGKILL');
    await ended;
    expect(readFileSync(audit()[0]!['reserved']!, 'utf8')).toBe(`${fresh}\n`);
  });

  it('no file can be made for it: nothing is rotated', async () => {
    const { gitlab, vault, cwd, env, args, token } = await setting(on(['read', 'update'], 'kv-v2/*'));
    writeFileSync(join(cwd, 'file'), '');
    for (const more of [{ XDG_STATE_HOME: join(cwd, 'file') }, { HOME: '' }]) {
      const ran = await glaive(args('vault:app/token'), { cwd, input: token, env: { ...env, ...more } });
      expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining('XDG_STATE_HOME')]);
    }
    expect([rotations(gitlab), writes(vault)]).toEqual([0, 0]);
  });

  it('a link that a repository has where the file would be is not followed out of it', async () => {
    const { gitlab, cwd, env, args, token } = await setting(on(['read', 'update'], 'kv-v2/*'));
    const [repository, elsewhere] = [tempRepository(), tempFolder()];
    mkdirSync(join(repository, 'state', 'glaive'), { recursive: true });
    symlinkSync(elsewhere, join(repository, 'state', 'glaive', 'tokens'));
    const ran = await glaive(args('vault:app/token'), {
      cwd,
      input: token,
      env: { ...env, XDG_STATE_HOME: join(repository, 'state') },
    });
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining('leads out of the repository')]);
    expect([rotations(gitlab), readdirSync(elsewhere)]).toEqual([0, []]);
  });

  it('a home that is a repository does not take the file for its own', async () => {
    const { vault, gitlab, args, token, env } = await setting(on(['read', 'update'], 'kv-v2/*'));
    const home = tempRepository();
    gitlab.intercept = (request) => {
      if (request.method === 'POST') vault.state = 'sealed';
      return false;
    };
    await glaive(args('vault:app/token'), { cwd: home, input: token, env: { ...env, HOME: home } });
    expect(readdirSync(join(home, '.local', 'state', 'glaive', 'tokens')).length).toBe(2);
    expect(git(home, 'status', '--porcelain', '--untracked-files=all')).toBe('');
  });

  it('a file is reserved next to the requested one; if it cannot be renamed, it stays', async () => {
    const { gitlab, cwd, fresh, rotate } = await setting();
    const out = join(cwd, 'out');
    mkdirSync(out);
    gitlab.intercept = (request) => {
      if (request.method !== 'POST') return false;
      expect(readdirSync(out)).toEqual([expect.stringMatching(/^\.glaive-[0-9a-f]{16}\.token$/)]);
      // Nothing can be moved to where a folder is.
      mkdirSync(join(out, 'new', 'x'), { recursive: true });
      return false;
    };
    const ran = await rotate('out/new');
    const name = readdirSync(out).find((one) => one.startsWith('.glaive-'));
    expect([ran.code, readFileSync(join(out, name!), 'utf8')]).toEqual([2, `${fresh}\n`]);
    expect(ran.stderr).toContain(`It is in ${join(out, name!)}`);
    expect(statSync(join(out, name!)).mode & 0o777).toBe(0o600);
  });

  it('a folder that is named from where glaive runs is not the user’s: that of the home is', async () => {
    const { cwd, vault, gitlab, args, token, env, kept } = await setting(on(['read', 'update'], 'kv-v2/*'));
    gitlab.intercept = (request) => {
      if (request.method === 'POST') vault.state = 'sealed';
      return false;
    };
    await glaive(args('vault:app/token'), { cwd, input: token, env: { ...env, XDG_STATE_HOME: 'state' } });
    expect([kept().length, existsSync(join(cwd, 'state'))]).toEqual([1, false]);
  });

  it('a file that is written through a link is read by the user alone from then on', async () => {
    const { cwd, fresh, rotate } = await setting();
    writeFileSync(join(cwd, 'real'), 'a longer text than any token, so that all of it has to go\n', { mode: 0o664 });
    symlinkSync('real', join(cwd, 'link'));
    expect([(await rotate('link')).code, readFileSync(join(cwd, 'real'), 'utf8')]).toEqual([0, `${fresh}\n`]);
    expect(statSync(join(cwd, 'real')).mode & 0o777).toBe(0o600);
  });

  it('what is written through a link is kept in the user’s folder until it is there', async () => {
    const { cwd, fresh, rotate, kept, gitlab } = await setting();
    writeFileSync(join(cwd, 'real'), '', { mode: 0o600 });
    symlinkSync('real', join(cwd, 'link'));
    let before = 0;
    gitlab.intercept = (request) => {
      if (request.method === 'POST') before = kept().length;
      return false;
    };
    expect([(await rotate('link')).code, readFileSync(join(cwd, 'real'), 'utf8'), before, kept()]).toEqual([
      0,
      `${fresh}\n`,
      1,
      [],
    ]);
  });

  const why = whyNotUnprivileged();
  it.skipIf(why !== undefined)('a folder that takes nothing: nothing is rotated', async () => {
    const { cwd, env, args, token, gitlab } = await setting();
    mkdirSync(join(cwd, 'out'), { mode: 0o555 });
    handOver(cwd);
    const ran = await glaiveUnprivileged(args('out/new'), { cwd, input: token, env });
    expect([ran.code, ran.stderr, rotations(gitlab)]).toEqual([2, expect.stringContaining('permission denied'), 0]);
  });

  const full = '/dev/full';
  it.skipIf(!existsSync(full))('a device that takes nothing: the token is in the file', async () => {
    const { fresh, rotate, kept } = await setting();
    const ran = await rotate(full);
    expect([ran.code, kept().map((file) => readFileSync(file, 'utf8'))]).toEqual([2, [`${fresh}\n`]]);
  });
});
