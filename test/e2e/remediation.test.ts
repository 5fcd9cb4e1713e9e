/** `glaive revoke` and `glaive rotate` against a GitLab that has issued tokens: every row of the table, and what goes wrong. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type FakeIssuer, fakeIssuer, type Issued, json } from '../support/fake-issuer.ts';
import { allow, errors, DENIED, fakeVault } from '../support/fake-vault.ts';
import { mint, Random } from '../support/mint.ts';
import { CLI, glaive, type Ran } from '../support/run-cli.ts';
import { newKey } from '../support/ssh-keys.ts';
import { start, startGlaive, until } from '../support/run-program.ts';
import { parseReport } from '../support/scan-report.ts';
import { tempFolder, writeFiles } from '../support/temp-folder.ts';

const random = new Random(777);
const newToken = (kind = 'pat legacy'): string => mint(kind, random);

let ids = 500;
function issue(fake: FakeIssuer, kind: string, issued: Partial<Issued> & Pick<Issued, 'kind'>): string {
  const token = newToken(kind);
  fake.tokens.set(token, { id: ids++, state: 'active', ...issued });
  return token;
}

interface Ground {
  readonly fake: FakeIssuer;
  readonly cwd: string;
  readonly act: (args: readonly string[], input?: string, env?: Readonly<Record<string, string>>) => Promise<Ran>;
  readonly audit: () => readonly Readonly<Record<string, string>>[];
}

async function ground(): Promise<Ground> {
  const fake = await fakeIssuer();
  const cwd = tempFolder();
  const log = join(cwd, 'audit.jsonl');
  return {
    fake,
    cwd,
    act: async ([action = '', ...args], input = '', env = {}) =>
      await glaive([action, ...args, '--gitlab-url', fake.url, '--audit-log', log], {
        cwd,
        input,
        env: { CI_SERVER_URL: '', HOME: cwd, ...env },
      }),
    audit: () =>
      existsSync(log)
        ? readFileSync(log, 'utf8')
            .split('\n')
            .filter(Boolean)
            .map((line) => JSON.parse(line))
        : [],
  };
}

const changes = ({ calls }: FakeIssuer): string[] =>
  calls.filter(({ method }) => method !== 'GET').map(({ method, url }) => `${method} ${url}`);

describe('revoke', () => {
  it('an access token ends itself, is checked afterwards, and is written down', async () => {
    const { fake, act, audit, cwd } = await ground();
    const token = issue(fake, 'pat legacy', { kind: 'access', scopes: ['read_registry'] });
    const ran = await act(['revoke', '-', '--yes'], `token ${token}\n`);
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    expect(ran.stdout).toContain('will: DELETE /personal_access_tokens/self');
    expect(ran.stdout).toContain('revoked, and no longer active');
    expect(ran.stdout).toContain('1 done');
    expect(changes(fake)).toEqual(['DELETE /api/v4/personal_access_tokens/self']);
    expect(audit().map(({ action, event, host, ruleId }) => [action, event, host, ruleId])).toEqual([
      ['revoke', 'begun', fake.host, 'gitlab_personal_access_token'],
      ['revoke', 'done', fake.host, 'gitlab_personal_access_token'],
    ]);
    expect(statSync(join(cwd, 'audit.jsonl')).mode & 0o777).toBe(0o600);
    const said = ran.stdout + ran.stderr + JSON.stringify(audit());
    expect(said).not.toContain(token.slice(6));
    const again = await act(['revoke', '-', '--yes'], `token ${token}\n`);
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('nothing to do')]);
    expect(changes(fake).length).toBe(1);
  });

  it('a fine-grained token revokes itself where it may', async () => {
    const { fake, act } = await ground();
    const token = issue(fake, 'pat routable v1', { kind: 'access', permissions: ['Personal Access Token: Revoke'] });
    const ran = await act(['revoke', '-', '--yes'], token);
    expect([ran.code, ran.stdout]).toEqual([0, expect.stringContaining('1 done')]);
    expect(changes(fake)).toEqual(['DELETE /api/v4/personal_access_tokens/self']);
  });

  it('a fine-grained token that may not: why, and the page where its user does it', async () => {
    const { fake, act, audit } = await ground();
    const token = issue(fake, 'pat routable v1', { kind: 'access', permissions: ['Personal Access Token: Read'] });
    const ran = await act(['revoke', '-', '--yes'], token);
    expect([ran.code, fake.tokens.get(token)!.state]).toEqual([2, 'active']);
    expect(ran.stdout).toMatch(
      /NOT revoked: it needs a fine-grained token with the permission Personal Access Token: Revoke/,
    );
    expect(ran.stdout.split('NOT revoked')[1]).toContain(`by hand: ${fake.url}/-/user_settings/personal_access_tokens`);
    expect(audit().at(-1)).toMatchObject({ event: 'failed', why: expect.stringContaining('Token: Revoke') });
  });

  it('a fine-grained token that may not, by an administrator', async () => {
    const { fake, act } = await ground();
    const own = issue(fake, 'pat legacy', { kind: 'access', scopes: ['api'], isAdmin: true });
    const token = issue(fake, 'pat routable v1', { kind: 'access', permissions: [] });
    const ran = await act(['revoke', '-', '--yes', '--admin'], token, { GLAIVE_GITLAB_TOKEN: own });
    expect([ran.code, fake.tokens.get(token)!.state]).toEqual([0, 'revoked']);
  });

  it.each([
    [
      'deploy',
      'Deploy Token: Delete',
      (token: string) => `https://gitlab+deploy-token-7:${token}@x.example/group/project.git`,
    ],
    [
      'trigger',
      'Trigger: Read',
      (token: string) => `curl -F token=${token} https://x/api/v4/projects/42/trigger/pipeline`,
    ],
    ['job legacy', 'Job: Update', (token: string) => token],
  ] as const)('%s: which permission a fine-grained token of one’s own lacks', async (kind, permission, text) => {
    const { fake, act } = await ground();
    const own = issue(fake, 'pat legacy', { kind: 'access', permissions: ['User: Read'] });
    const issued = kind === 'job legacy' ? 'job' : kind;
    const token = issue(fake, kind, { kind: issued, id: 7, project: '42' });
    const ran = await act(['revoke', '-', '--yes'], text(token), { GLAIVE_GITLAB_TOKEN: own });
    expect(ran.code).not.toBe(0);
    expect(ran.stdout).toContain(`it needs a fine-grained token with the permission ${permission}`);
    expect(ran.stdout + ran.stderr).not.toContain(own.slice(6));
  });

  it.each(['runner legacy', 'runner routable v1'])(
    '%s: it resets itself, and the new one is thrown away',
    async (kind) => {
      const { fake, act } = await ground();
      const token = issue(fake, kind, { kind: 'runner' });
      const fresh = newToken(kind);
      fake.successor = () => fresh;
      const ran = await act(['revoke', '-', '--yes'], token);
      expect([ran.code, fake.tokens.get(token)!.state]).toEqual([0, 'revoked']);
      expect(ran.stdout + ran.stderr).not.toContain(fresh.slice(8));
      expect(changes(fake)).toEqual(['POST /api/v4/runners/reset_authentication_token']);
    },
  );

  it('a deploy token, by glaive’s own token, if its name and project are next to it', async () => {
    const { fake, act } = await ground();
    const own = issue(fake, 'pat legacy', { kind: 'access', scopes: ['api'] });
    const token = issue(fake, 'deploy', { kind: 'deploy', id: 7 });
    const text = `https://gitlab+deploy-token-7:${token}@gitlab.example.com/group/project.git`;
    const without = await act(['revoke', '-', '--yes'], text);
    expect([without.code, without.stdout]).toEqual([1, expect.stringContaining('by hand: ')]);
    expect(without.stdout).toContain(`${fake.url}/group/project/-/settings/repository#js-deploy-tokens`);
    const ran = await act(['revoke', '-', '--yes'], text, { GLAIVE_GITLAB_TOKEN: own });
    expect([ran.code, changes(fake)]).toEqual([0, ['DELETE /api/v4/projects/group%2Fproject/deploy_tokens/7']]);
  });

  it('a job token: its job is cancelled', async () => {
    const { fake, act } = await ground();
    const own = issue(fake, 'pat legacy', { kind: 'access', scopes: ['api'] });
    const token = issue(fake, 'job legacy', { kind: 'job', id: 99 });
    const ran = await act(['revoke', '-', '--yes'], token, { GLAIVE_GITLAB_TOKEN: own });
    expect([ran.code, changes(fake)]).toEqual([0, ['POST /api/v4/projects/42/jobs/99/cancel']]);
  });

  it('a trigger token, when the project has one that it can be', async () => {
    const { fake, act } = await ground();
    const own = issue(fake, 'pat legacy', { kind: 'access', scopes: ['api'] });
    const token = issue(fake, 'trigger', { kind: 'trigger', id: 5, project: '42' });
    const text = `curl -F token=${token} https://x/api/v4/projects/42/trigger/pipeline`;
    const env = { GLAIVE_GITLAB_TOKEN: own };
    const other = issue(fake, 'trigger', { kind: 'trigger', id: 6, project: '42' });
    const unsure = await act(['revoke', '-', '--yes'], text, env);
    expect([unsure.code, unsure.stdout]).toEqual([1, expect.stringContaining('begin alike')]);
    fake.tokens.delete(other);
    expect((await act(['revoke', '-', '--yes'], text, env)).code).toBe(0);
    expect(changes(fake).filter((line) => line.startsWith('DELETE'))).toEqual([
      'DELETE /api/v4/projects/42/triggers/5',
    ]);
  });

  it.each([
    ['agent', 'agent'],
    ['incoming mail', 'mail'],
    ['deploy', 'deploy'],
    ['feed', 'feed'],
  ] as const)('%s: by an administrator', async (kind, issued) => {
    const { fake, act } = await ground();
    const own = issue(fake, 'pat legacy', { kind: 'access', scopes: ['api'], isAdmin: true });
    const token = issue(fake, kind, { kind: issued });
    const env = { GLAIVE_GITLAB_TOKEN: own };
    const ran = await act(['revoke', '-', '--yes', '--admin'], token, env);
    expect([ran.code, fake.tokens.get(token)!.state]).toEqual([0, 'revoked']);
    expect(changes(fake)).toContain('DELETE /api/v4/admin/token');
  });

  it('a type that GitLab revokes by no request is listed, with the page', async () => {
    const { fake, act } = await ground();
    const own = issue(fake, 'pat legacy', { kind: 'access', scopes: ['api'], isAdmin: true });
    const token = issue(fake, 'feed', { kind: 'feed' });
    fake.intercept = (request, response) => {
      if (request.method !== 'DELETE') return false;
      json(response, 400, { message: { error: 'Unsupported token type' } });
      return true;
    };
    const ran = await act(['revoke', '-', '--yes', '--admin'], token, { GLAIVE_GITLAB_TOKEN: own });
    expect([ran.code, ran.stdout]).toEqual([
      2,
      expect.stringContaining('NOT revoked: GitLab does not revoke this type that way'),
    ]);
    expect(ran.stdout.split('NOT revoked')[1]).toContain('by hand: ');
  });

  it('a session, by an administrator and by the name of its cookie', async () => {
    const { fake, act } = await ground();
    const own = issue(fake, 'pat legacy', { kind: 'access', scopes: ['api'], isAdmin: true });
    const value = random.hex(32);
    fake.cookie = `_gitlab_session_geo_${'0a'.repeat(32)}`;
    fake.tokens.set(value, { kind: 'session', id: 1, state: 'active' });
    const text = `Cookie: ${fake.cookie}=${value}`;
    const ran = await act(['revoke', '-', '--yes', '--admin'], text, { GLAIVE_GITLAB_TOKEN: own });
    expect([ran.code, fake.tokens.get(value)!.state]).toEqual([0, 'revoked']);
    expect(ran.stdout + ran.stderr).not.toContain(value.slice(4));
  });

  it('a job token that an administrator asked about: its job is cancelled', async () => {
    const { fake, act } = await ground();
    const own = issue(fake, 'pat legacy', { kind: 'access', scopes: ['api'], isAdmin: true });
    const token = issue(fake, 'job legacy', { kind: 'job', id: 99 });
    const ran = await act(['revoke', '-', '--yes', '--admin'], token, { GLAIVE_GITLAB_TOKEN: own });
    expect([ran.code, changes(fake).filter((line) => line.includes('cancel'))]).toEqual([
      0,
      ['POST /api/v4/projects/42/jobs/99/cancel'],
    ]);
  });

  it('a registration token of the instance, by an administrator', async () => {
    const { fake, act } = await ground();
    const own = issue(fake, 'pat legacy', { kind: 'access', scopes: ['api'], isAdmin: true });
    const token = issue(fake, 'runner registration', { kind: 'registration' });
    const ran = await act(['revoke', '-', '--yes', '--admin'], `T=${token}`, { GLAIVE_GITLAB_TOKEN: own });
    expect([ran.code, changes(fake)]).toEqual([2, ['POST /api/v4/runners/reset_registration_token']]);
    expect(ran.stdout).toContain('1 not confirmed');
  });

  it('a deploy key of the project next to it', async () => {
    const { fake, act } = await ground();
    const own = issue(fake, 'pat legacy', { kind: 'access', scopes: ['api'] });
    const { pem, line } = newKey();
    fake.tokens.set(line, { kind: 'deploy-key', id: 31, state: 'active' });
    const text = `CI_PROJECT_PATH=group/project\n${pem}`;
    const ran = await act(['revoke', '-', '--yes'], text, { GLAIVE_GITLAB_TOKEN: own });
    expect([ran.code, ran.stdout]).toEqual([2, expect.stringContaining('It may push to the project.')]);
    expect(ran.stdout).toContain('revoked, according to the server');
    expect(changes(fake)).toEqual(['DELETE /api/v4/projects/group%2Fproject/deploy_keys/31']);
  });

  it('a secret next to another is shown nowhere', async () => {
    const { fake, act, audit } = await ground();
    const own = issue(fake, 'pat legacy', { kind: 'access', scopes: ['api'] });
    const token = issue(fake, 'runner registration', { kind: 'registration' });
    const nextTo = newToken();
    const text = `CI_PROJECT_PATH=group/${nextTo}\nT=${token}`;
    const ran = await act(['revoke', '-', '--yes'], text, { GLAIVE_GITLAB_TOKEN: own });
    expect(ran.stdout + ran.stderr + JSON.stringify(audit())).not.toContain(nextTo.slice(6));
  });

  it('a registration token is reset, which no request can check', async () => {
    const { fake, act } = await ground();
    const own = issue(fake, 'pat legacy', { kind: 'access', scopes: ['api'] });
    const token = issue(fake, 'runner registration', { kind: 'registration' });
    const env = { GLAIVE_GITLAB_TOKEN: own };
    const alone = await act(['revoke', '-', '--yes'], token, env);
    expect([alone.code, changes(fake)]).toEqual([1, []]);
    const ran = await act(['revoke', '-', '--yes'], `CI_PROJECT_PATH=group/project\nT=${token}`, env);
    expect([ran.code, ran.stdout]).toEqual([2, expect.stringContaining('1 not confirmed')]);
    expect(changes(fake)).toEqual(['POST /api/v4/projects/group%2Fproject/runners/reset_registration_token']);
  });

  it.each(['revoke', 'rotate'])('the secret of an application, by an administrator: %s', async (action) => {
    const { fake, act, cwd } = await ground();
    const own = issue(fake, 'pat legacy', { kind: 'access', scopes: ['api'], isAdmin: true });
    const application = random.hex(64);
    const token = issue(fake, 'oauth secret', { kind: 'oauth-secret', id: 77, application });
    const fresh = newToken('oauth secret');
    fake.successor = () => fresh;
    const text = `client_id: ${application}\nclient_secret: ${token}\n`;
    const args = [action, '-', '--yes', '--admin', ...(action === 'rotate' ? ['--output', 'new'] : [])];
    const ran = await act(args, text, { GLAIVE_GITLAB_TOKEN: own });
    expect([ran.code, changes(fake).filter((line) => line.includes('renew'))]).toEqual([
      0,
      ['POST /api/v4/applications/77/renew-secret'],
    ]);
    expect(existsSync(join(cwd, 'new'))).toBe(action === 'rotate');
  });

  it('Vault tokens revoke themselves, and no GitLab needs to be named for it', async () => {
    const { cwd } = await ground();
    const vault = await fakeVault();
    const token = `hvs.${random.of('abcdefghijkmnopqrstuvwxyz23456789', 24)}`;
    for (const brand of ['openbao', 'vault'] as const) {
      vault.brand = brand;
      vault.calls.length = 0;
      vault.tokens.set(token, { uses: 1, policies: [allow(['update'], 'auth/token/revoke-self')] });
      const args = ['revoke', '-', '--yes', '--vault-url', vault.url, '--audit-log', join(cwd, 'log')];
      const ran = await glaive(args, { cwd, input: `VAULT_TOKEN=${token}`, env: { CI_SERVER_URL: '', HOME: cwd } });
      expect([ran.code, ran.stdout]).toEqual([0, expect.stringContaining('revoked, and no longer active')]);
      const changed = vault.calls.filter(({ method }) => method !== 'GET').map(({ method, url }) => `${method} ${url}`);
      expect([changed, vault.tokens.size]).toEqual([['POST /v1/auth/token/revoke-self'], 0]);
    }
  });

  it.each(['hvb', 'b'])(
    'a batch token of Vault (%s.) cannot be revoked, whichever rule has found it',
    async (prefix) => {
      const { act } = await ground();
      const vault = await fakeVault();
      const token = `${prefix}.${random.of('abcdefghijkmnopqrstuvwxyz23456789', 160)}`;
      vault.tokens.set(token, { uses: 0, type: 'batch', policies: [allow(['read'], 'auth/token/lookup-self')] });
      const ran = await act(['revoke', '-', '--yes', '--vault-url', vault.url], `VAULT_TOKEN=${token}`);
      expect([ran.code, ran.stdout]).toEqual([
        1,
        expect.stringContaining('A batch token cannot be revoked. It ends by itself at 2026-12-30T23:33:59Z'),
      ]);
      expect(ran.stdout).not.toContain('by hand');
      expect(vault.calls.map(({ url }) => url)).toEqual(['/v1/auth/token/lookup-self']);
    },
  );

  it('reports a token of Vault that may not revoke itself', async () => {
    const { act } = await ground();
    const vault = await fakeVault();
    const token = `hvs.${random.of('abcdefghijkmnopqrstuvwxyz23456789', 24)}`;
    vault.tokens.set(token, { uses: 0, policies: [] });
    const ran = await act(['revoke', '-', '--yes', '--vault-url', vault.url], `VAULT_TOKEN=${token}`);
    expect([ran.code, ran.stdout]).toEqual([2, expect.stringContaining('NOT revoked: the token may not do that')]);
    vault.intercept = (_, response) => {
      json(response, 403, errors(DENIED));
      return true;
    };
    const unclear = await act(['revoke', '-', '--yes', '--vault-url', vault.url], `VAULT_TOKEN=${token}`);
    expect([unclear.code, unclear.stdout]).toEqual([
      2,
      expect.stringContaining('not touched: unknown (unexpected response)'),
    ]);
  });

  it('what is not known to work is not touched', async () => {
    const { fake, act } = await ground();
    const ran = await act(['revoke', '-', '--yes'], newToken());
    expect([ran.code, changes(fake)]).toEqual([2, []]);
    expect(ran.stdout).toContain(`not touched: unknown: ${fake.host} does not recognise it`);
  });

  it('needs to be confirmed; --dry-run shows the plan alone', async () => {
    const { fake, act, audit } = await ground();
    const token = issue(fake, 'pat legacy', { kind: 'access' });
    const asked = await act(['revoke', '-'], token);
    expect([asked.code, asked.stderr]).toEqual([2, expect.stringContaining('--yes')]);
    const dry = await act(['revoke', '-', '--dry-run'], token);
    expect([dry.code, dry.stdout]).toEqual([1, expect.stringContaining('will: DELETE')]);
    expect([changes(fake), audit()]).toEqual([[], []]);
  });

  it('goes on after a failure, and says so', async () => {
    const { fake, act, audit, cwd } = await ground();
    const tokens = Array.from({ length: 4 }, () => issue(fake, 'pat legacy', { kind: 'access' }));
    writeFiles(cwd, { 'a.env': tokens.map((token) => `T=${token}\n`).join('') });
    const report = await glaive(['scan', 'a.env', '--format', 'json'], { cwd });
    writeFiles(cwd, { 'r.json': report.stdout });
    fake.intercept = (request, response) => {
      if (request.method !== 'DELETE' || request.headers.authorization !== `Bearer ${tokens[1]}`) return false;
      json(response, 500, {});
      return true;
    };
    const ran = await act(['revoke', 'r.json', '--yes']);
    expect([ran.code, ran.stdout]).toEqual([2, expect.stringContaining('3 done, 1 failed')]);
    expect(tokens.map((token) => fake.tokens.get(token)!.state)).toEqual(['revoked', 'active', 'revoked', 'revoked']);
    expect(audit().filter(({ event }) => event === 'failed').length).toBe(1);
    fake.intercept = undefined;
    const again = await act(['revoke', 'r.json', '--yes']);
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('1 done')]);
  });

  it('a server that says yes and does nothing is not believed', async () => {
    const { fake, act } = await ground();
    const token = issue(fake, 'pat legacy', { kind: 'access' });
    fake.intercept = (request, response) => {
      if (request.method !== 'DELETE') return false;
      response.writeHead(204).end();
      return true;
    };
    const ran = await act(['revoke', '-', '--yes'], token);
    expect([ran.code, ran.stdout]).toEqual([2, expect.stringContaining('the credential still works')]);
  });

  it('a redirect is no success', async () => {
    const { fake, act } = await ground();
    const token = issue(fake, 'pat legacy', { kind: 'access' });
    fake.intercept = (request, response) => {
      if (request.method !== 'DELETE') return false;
      response.writeHead(302, { location: '/users/sign_in' }).end();
      return true;
    };
    const ran = await act(['revoke', '-', '--yes'], token);
    expect([ran.code, ran.stdout]).toEqual([2, expect.stringContaining('NOT revoked')]);
  });

  it('takes a fingerprint, of a report or of the work tree', async () => {
    const { fake, act, cwd } = await ground();
    const [one, two] = [issue(fake, 'pat legacy', { kind: 'access' }), issue(fake, 'pat legacy', { kind: 'access' })];
    writeFiles(cwd, { 'a.env': `A=${one}\n`, 'b.env': `B=${two}\n` });
    const { findings } = parseReport(await glaive(['scan', '--format', 'json'], { cwd }));
    const ran = await act(['revoke', findings[1]!.secretFingerprint.slice(0, 12), '--yes']);
    expect(ran.code).toBe(0);
    expect([fake.tokens.get(one)!.state, fake.tokens.get(two)!.state]).toEqual(['active', 'revoked']);
    const none = await act(['revoke', '0123456789ab', '--yes']);
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('nothing was found with the fingerprint')]);
  });

  it('what cannot be written down is not done', async () => {
    const { fake, cwd } = await ground();
    const token = issue(fake, 'pat legacy', { kind: 'access' });
    const ran = await glaive(
      ['revoke', '-', '--yes', '--gitlab-url', fake.url, '--audit-log', join(cwd, 'no', 'log')],
      {
        input: token,
      },
    );
    expect([ran.code, ran.stderr, changes(fake)]).toEqual([2, expect.stringContaining('audit log'), []]);
  });
});

describe('rotate', () => {
  it('keeps the expiry, and writes the new token where no other user can read it', async () => {
    const { fake, act, audit, cwd } = await ground();
    const token = issue(fake, 'pat legacy', { kind: 'access', scopes: ['api'], expiresAt: '2027-03-04' });
    const fresh = newToken();
    fake.successor = () => fresh;
    const none = await act(['rotate', '-', '--yes'], token);
    expect([none.code, none.stderr, changes(fake)]).toEqual([2, expect.stringContaining('--output'), []]);
    const ran = await act(['rotate', '-', '--yes', '--output', 'new'], token);
    expect([ran.code, ran.stdout]).toEqual([0, expect.stringContaining('the new one expires on 2027-03-04')]);
    expect(changes(fake)).toEqual(['POST /api/v4/personal_access_tokens/self/rotate?expires_at=2027-03-04']);
    expect(readFileSync(join(cwd, 'new'), 'utf8')).toBe(`${fresh}\n`);
    expect(statSync(join(cwd, 'new')).mode & 0o777).toBe(0o600);
    expect(ran.stdout + ran.stderr + JSON.stringify(audit())).not.toContain(fresh.slice(6));
    const after = parseReport(await glaive(['scan', 'new', '--format', 'json'], { cwd })).findings[0]!;
    expect(audit().at(-1)!['successorFingerprint']).toBe(after.secretFingerprint);
  });

  it('one that may not rotate itself is rotated by glaive’s own token', async () => {
    const { fake, act, cwd } = await ground();
    const own = issue(fake, 'pat legacy', { kind: 'access', scopes: ['api'] });
    const token = issue(fake, 'pat legacy', { kind: 'access', id: 321, scopes: ['read_api'] });
    fake.successor = () => newToken();
    expect((await act(['rotate', '-', '--yes', '--output', 'new'], token)).stdout).toContain('glaive cannot');
    const ran = await act(['rotate', '-', '--yes', '--output', 'new'], token, { GLAIVE_GITLAB_TOKEN: own });
    expect(ran.code).toBe(0);
    expect(changes(fake)).toEqual(['POST /api/v4/personal_access_tokens/321/rotate?expires_at=2027-05-01']);
    expect(existsSync(join(cwd, 'new'))).toBe(true);
  });

  it('one of another user is rotated by an administrator alone', async () => {
    const { fake, act } = await ground();
    const own = issue(fake, 'pat legacy', { kind: 'access', scopes: ['api'] });
    const token = issue(fake, 'pat legacy', { kind: 'access', id: 321, scopes: ['read_api'] });
    fake.intercept = (request, response) => {
      if (request.method !== 'POST') return false;
      json(response, 401, { message: '401 Unauthorized' });
      return true;
    };
    const ran = await act(['rotate', '-', '--yes', '--output', 'new'], token, { GLAIVE_GITLAB_TOKEN: own });
    expect([ran.code, ran.stdout]).toEqual([
      2,
      expect.stringContaining('neither of the same user nor of an administrator'),
    ]);
  });

  it('a fine-grained token is rotated by itself, or else by glaive’s own token', async () => {
    const { fake, act } = await ground();
    const own = issue(fake, 'pat legacy', { kind: 'access', scopes: ['api'] });
    const may = ['Personal Access Token: Read', 'Personal Access Token: Rotate'];
    const token = issue(fake, 'pat routable v1', { kind: 'access', id: 77, permissions: may });
    const fresh = newToken('pat routable v1');
    fake.successor = () => fresh;
    expect((await act(['rotate', '-', '--yes', '--output', 'new'], token)).code).toBe(0);
    expect(changes(fake)).toEqual(['POST /api/v4/personal_access_tokens/self/rotate?expires_at=2027-05-01']);

    const weak = issue(fake, 'pat routable v1', { kind: 'access', id: 78, permissions: may.slice(0, 1) });
    const refused = await act(['rotate', '-', '--yes', '--output', 'new'], weak);
    expect([refused.code, refused.stdout]).toEqual([2, expect.stringContaining('Personal Access Token: Rotate')]);
    expect(fake.tokens.get(weak)!.state).toBe('active');
    fake.calls.length = 0;
    const ran = await act(['rotate', '-', '--yes', '--output', 'new'], weak, { GLAIVE_GITLAB_TOKEN: own });
    expect([ran.code, changes(fake).at(-1)]).toEqual([
      0,
      'POST /api/v4/personal_access_tokens/78/rotate?expires_at=2027-05-01',
    ]);
  });

  it('a fine-grained token that may not see itself needs a date', async () => {
    const { fake, act } = await ground();
    const permissions = ['Personal Access Token: Rotate'];
    const token = issue(fake, 'pat routable v1', { kind: 'access', permissions });
    const fresh = newToken('pat routable v1');
    fake.successor = () => fresh;
    const asked = await act(['rotate', '-', '--yes', '--output', 'new'], token);
    expect([asked.code, asked.stdout]).toEqual([1, expect.stringContaining('Its expiry date cannot be read')]);
    expect((await act(['rotate', '-', '--yes', '--output', 'new', '--expires', '2027-01-31'], token)).code).toBe(0);
    expect(changes(fake)).toEqual(['POST /api/v4/personal_access_tokens/self/rotate?expires_at=2027-01-31']);
  });

  it.each([
    [
      '400 Bad request - Rotation of legacy personal access tokens is disabled. Use a fine-grained token instead.',
      'no longer rotates tokens with scopes',
    ],
    ['400 Bad request - Expiration date must be before 2027-11-28', '--expires'],
    ['400 Bad request - Failed to revoke token', 'unexpected response: HTTP 400'],
  ])('says why GitLab does not rotate: %s', async (message, why) => {
    const { fake, act } = await ground();
    const token = issue(fake, 'pat legacy', { kind: 'access', scopes: ['api'] });
    fake.intercept = (request, response) => {
      if (request.method !== 'POST') return false;
      json(response, 400, { message, token });
      return true;
    };
    const ran = await act(['rotate', '-', '--yes', '--output', 'new'], token);
    expect([ran.code, ran.stdout]).toEqual([2, expect.stringMatching(`NOT rotated: .*${why}`)]);
    expect(ran.stdout + ran.stderr).not.toContain(token.slice(6));
  });

  it('one that never expires needs a date', async () => {
    const { fake, act } = await ground();
    const token = issue(fake, 'pat legacy', { kind: 'access', scopes: ['api'], expiresAt: null });
    fake.successor = () => newToken();
    const asked = await act(['rotate', '-', '--yes', '--output', 'new'], token);
    expect([asked.code, asked.stdout]).toEqual([1, expect.stringContaining('--expires DATE')]);
    expect((await act(['rotate', '-', '--yes', '--output', 'new', '--expires', '2027-01-31'], token)).code).toBe(0);
    expect(changes(fake)[0]).toContain('expires_at=2027-01-31');
    expect((await act(['rotate', '-', '--expires', 'soon'], token)).stderr).toContain('--expires must be a date');
  });

  it('several go into a folder', async () => {
    const { fake, act, cwd } = await ground();
    const tokens = ['pat legacy', 'runner legacy'].map((kind, index) =>
      issue(fake, kind, { kind: index === 0 ? 'access' : 'runner', scopes: ['api'] }),
    );
    fake.successor = () => newToken();
    expect((await act(['rotate', '-', '--yes', '--output', 'new'], tokens.join('\n'))).stderr).toContain(
      'not a folder',
    );
    mkdirSync(join(cwd, 'keys'));
    expect((await act(['rotate', '-', '--yes', '--output', 'keys'], tokens.join('\n'))).code).toBe(0);
    expect(readdirSync(join(cwd, 'keys')).length).toBe(2);
  });

  it.each(['revoked', 'expired', 'blocked'] as const)('never touches one that is %s', async (state) => {
    const { fake, act } = await ground();
    const token = issue(fake, 'pat legacy', { kind: 'access', state });
    const ran = await act(['rotate', '-', '--yes', '--output', 'new'], token);
    expect([ran.code, changes(fake)]).toEqual([0, []]);
  });

  it('never touches one that no server recognises', async () => {
    const { fake, act } = await ground();
    const ran = await act(['rotate', '-', '--yes', '--output', 'new'], newToken());
    expect([ran.code, changes(fake)]).toEqual([2, []]);
  });

  it('a response that is on its way is waited for, even after Ctrl-C', async () => {
    const { fake, cwd, audit } = await ground();
    const tokens = [1, 2].map(() => issue(fake, 'pat legacy', { kind: 'access', scopes: ['api'] }));
    fake.successor = () => newToken();
    let isAsked = false;
    fake.intercept = async (request) => {
      if (request.method !== 'POST') return false;
      isAsked = true;
      await new Promise((resolve) => setTimeout(resolve, 700));
      return false;
    };
    mkdirSync(join(cwd, 'keys'));
    writeFiles(cwd, { 'a.env': tokens.join('\n') });
    const report = await glaive(['scan', 'a.env', '--format', 'json'], { cwd });
    writeFiles(cwd, { 'r.json': report.stdout });
    const args = ['rotate', 'r.json', '--yes', '--output', 'keys', '--audit-log', join(cwd, 'audit.jsonl')];
    const { child, ended } = startGlaive([...args, '--gitlab-url', fake.url], { cwd });
    await until(() => isAsked);
    child.kill('SIGINT');
    const { code, stdout } = await ended;
    expect([code, stdout]).toEqual([130, expect.stringContaining('1 done, 1 not touched')]);
    expect([readdirSync(join(cwd, 'keys')).length, audit().map(({ event }) => event)]).toEqual([1, ['begun', 'done']]);
    fake.intercept = undefined;
    const again = await glaive([...args, '--gitlab-url', fake.url], { cwd });
    expect([again.code, readdirSync(join(cwd, 'keys')).length]).toEqual([0, 2]);
  });

  const hasScript = spawnSync('script', ['-qc', 'true', '/dev/null']).status === 0;
  it.skipIf(!hasScript).each([
    ['y', 'revoked'],
    ['n', 'active'],
    ['', 'active'],
  ])('asks on a terminal: %j', async (typed, state) => {
    const { fake, cwd } = await ground();
    const token = issue(fake, 'pat legacy', { kind: 'access' });
    writeFiles(cwd, { 'a.env': token });
    await glaive(['scan', 'a.env', '--format', 'json', '--output', 'r.json'], { cwd });
    const line = `'${process.execPath}' '${CLI}' revoke r.json --gitlab-url ${fake.url} --audit-log log`;
    const { child, ended } = start('script', ['-qc', line, '/dev/null'], { cwd });
    let shown = '';
    child.stdout.on('data', (piece: Buffer) => (shown += piece.toString()));
    await until(() => shown.includes('[y/N]'));
    child.stdin.write(`${typed}\r`);
    await ended;
    expect(fake.tokens.get(token)!.state).toBe(state);
  });

  it('a server that agrees but returns no token is reported', async () => {
    const { fake, act } = await ground();
    const token = issue(fake, 'pat legacy', { kind: 'access', scopes: ['api'] });
    fake.intercept = (request, response) => {
      if (request.method !== 'POST') return false;
      json(response, 200, { token: 'x\ny' });
      return true;
    };
    const ran = await act(['rotate', '-', '--yes', '--output', 'new'], token);
    expect([ran.code, ran.stdout]).toEqual([2, expect.stringContaining('returned no new token')]);
  });
});
