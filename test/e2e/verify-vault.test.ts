/** `--verify` and tokens of Vault: what is asked without a use of the token, what only where that is allowed, and each answer. */

import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { fakeIssuer } from '../support/fake-issuer.ts';
import { allow, errors, DENIED, type FakeVault, fakeVault, type VaultToken } from '../support/fake-vault.ts';
import { mint, Random } from '../support/mint.ts';
import { glaive, type Ran } from '../support/run-cli.ts';
import { parseReport, type ReportedFinding } from '../support/scan-report.ts';
import { DEFAULT_POLICY } from '../support/vault-acl.ts';

const random = new Random(1009);
const newToken = (prefix = 'hvs', length = 24): string =>
  `${prefix}.${random.of('abcdefghijkmnopqrstuvwxyz23456789', length)}`;

const LOOKUP = '/v1/auth/token/lookup-self';
const MOUNT = '/v1/sys/internal/ui/mounts/cubbyhole';

async function scan(text: string, args: readonly string[], env = {}): Promise<Ran> {
  return await glaive(['scan', '-', '--format', 'json', '--verify', ...args], {
    input: text,
    env: { CI_SERVER_URL: '', ...env },
  });
}

interface Asked {
  readonly code: number | string;
  readonly status: string;
  readonly finding: ReportedFinding;
  readonly gaps: number;
}

async function ask(vault: FakeVault, token: string, args: readonly string[] = []): Promise<Asked> {
  const ran = await scan(`VAULT_TOKEN=${token}\n`, ['--vault-url', vault.url, ...args]);
  expect(ran.stdout + ran.stderr).not.toContain(token);
  const { findings, gaps } = parseReport(ran);
  expect(findings.length).toBe(1);
  const [finding] = findings as [ReportedFinding];
  const { tokenStatus, tokenStatusReason: reason } = finding;
  return {
    code: ran.code,
    status: reason === undefined ? tokenStatus : `${tokenStatus}: ${reason}`,
    finding,
    gaps: gaps.length,
  };
}

const urls = ({ calls }: FakeVault): string[] => calls.map(({ url }) => url);

const live = (more: Partial<VaultToken> = {}): VaultToken => ({ uses: 0, policies: [DEFAULT_POLICY], ...more });

describe('a token of Vault', () => {
  it('is asked about without a use of it, however few it has', async () => {
    const vault = await fakeVault();
    for (const uses of [0, 1, 2]) {
      const token = newToken();
      vault.tokens.set(token, live({ uses }));
      const { code, status, finding } = await ask(vault, token);
      expect([code, status]).toEqual([1, 'active']);
      expect(finding.verification?.notes.join()).toContain('--allow-side-effects');
      expect(vault.tokens.get(token)?.uses).toBe(uses);
    }
    expect(new Set(urls(vault))).toEqual(new Set([MOUNT]));
  });

  it('is looked up if a use of it is allowed, and the cost is reported', async () => {
    const vault = await fakeVault();
    const token = newToken();
    vault.tokens.set(token, live({ uses: 3, name: 'ci' }));
    const one = await ask(vault, token, ['--allow-side-effects']);
    expect(one.finding.verification).toMatchObject({
      name: 'ci',
      scopes: ['default'],
      expiresAt: '2026-12-30T23:33:59Z',
      notes: ['This check was one of its uses; 2 are left.'],
    });
    const two = await ask(vault, token, ['--allow-side-effects']);
    expect(two.finding.verification?.notes).toEqual(['This check was one of its uses; 1 is left.']);
    const last = await ask(vault, token, ['--allow-side-effects']);
    expect([last.status, last.finding.verification?.notes]).toEqual([
      'inactive: revoked',
      ['It worked; this check was its last use.'],
    ]);
    expect((await ask(vault, token, ['--allow-side-effects'])).status).toBe(`unknown: not known at ${vault.host}`);
    const root = newToken();
    vault.tokens.set(root, live({ isRoot: true, name: 'root' }));
    expect((await ask(vault, root, ['--allow-side-effects'])).finding.verification).toMatchObject({
      scopes: ['root'],
      expiresAt: 'never',
      notes: [],
    });
  });

  it.each(['hvb', 'b'])('of the kind that has no uses (%s.) is looked up at once', async (prefix) => {
    const vault = await fakeVault();
    const token = newToken(prefix, 160);
    vault.tokens.set(token, live({ type: 'batch' }));
    const { status, finding } = await ask(vault, token);
    expect([status, finding.verification?.expiresAt]).toEqual(['active', '2026-12-30T23:33:59Z']);
    expect(urls(vault)).toEqual([LOOKUP]);
  });

  it.each([[[]], [['--allow-side-effects']]])('without the policy "default" is active: %j', async (args) => {
    const vault = await fakeVault();
    const token = newToken();
    vault.tokens.set(token, live({ policies: [allow(['read'], 'secret/*')] }));
    const { code, status, gaps } = await ask(vault, token, [...args, '--fail-on', 'active']);
    expect([code, status, gaps]).toEqual([1, 'active', 0]);
  });

  const reply = (status: number, body: unknown) => (response: ServerResponse) =>
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(typeof body === 'string' ? body : JSON.stringify(body));

  it.each([
    ['OpenBao', errors('permission denied')],
    ['Vault 1.16', errors('2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n')],
    ['Vault, the other way round', errors('2 errors occurred:\n\t* invalid token\n\t* permission denied\n\n')],
    ['no token at all', errors('bad token')],
  ])('that is not known, as says %s', async (_, body) => {
    const vault = await fakeVault();
    vault.intercept = (_request, response) => !!reply(403, body)(response);
    for (const args of [[], ['--allow-side-effects']]) {
      const { code, status, gaps } = await ask(vault, newToken(), [...args, '--fail-on', 'active']);
      expect([code, status, gaps]).toEqual([0, `unknown: not known at ${vault.host}`, 0]);
    }
  });

  it.each([
    ['the words for a token that is known', 403, errors(DENIED)],
    ['one more word', 403, errors('permission denied', 'x')],
    ['another list', 403, errors('2 errors occurred:\n\t* permission denied\n\t* invalid token\n\t* x\n\n')],
    ['words before it', 403, errors('internal: permission denied')],
    ['upper case', 403, errors('Permission denied')],
    ['no list', 403, { errors: 'permission denied' }],
    ['an empty list', 403, errors()],
    ['nothing', 403, ''],
    ['the page of a proxy', 403, '<html>permission denied</html>'],
    ['a policy of a company', 403, { message: 'permission denied' }],
    ['another code', 401, errors('permission denied')],
    ['a redirect', 307, ''],
    ['no secret', 200, { data: null }],
    ['a page', 200, '<html>'],
  ])('that is answered with %s: that is unclear, and a gap', async (_, code, body) => {
    const vault = await fakeVault();
    vault.intercept = (_request, response) => !!reply(code, body)(response);
    for (const args of [[], ['--allow-side-effects']]) {
      const { status, gaps, code: exit } = await ask(vault, newToken(), [...args, '--fail-on', 'active']);
      expect([exit, status, gaps]).toEqual([2, 'unknown: unclear answer', 1]);
    }
  });

  it('reports a Vault that cannot check a token without a use', async () => {
    const vault = await fakeVault();
    vault.intercept = (request, response) =>
      request.url === MOUNT && !!reply(404, errors('no handler for route'))(response);
    const token = newToken();
    vault.tokens.set(token, live());
    expect((await ask(vault, token)).status).toBe('unknown: unsupported');
    expect((await ask(vault, token, ['--allow-side-effects'])).status).toBe('active');
  });
});

describe('which server is asked', () => {
  it('the named Vault, and no other', async () => {
    const [vault, gitlab] = [await fakeVault(), await fakeIssuer()];
    const token = newToken();
    vault.tokens.set(token, live());
    const text = `VAULT_TOKEN=${token}\n`;
    const statuses = async (args: readonly string[], env = {}): Promise<string[]> =>
      parseReport(await scan(text, args, env)).findings.map(({ tokenStatus }) => tokenStatus);
    expect(await statuses(['--gitlab-url', gitlab.url])).toEqual(['unknown']);
    expect(vault.calls).toEqual([]);
    expect(await statuses(['--gitlab-url', gitlab.url], { VAULT_ADDR: vault.url })).toEqual(['active']);
    expect(gitlab.calls).toEqual([]);
  });

  it('no GitLab needs to be named for tokens of Vault; its tokens are not asked about then', async () => {
    const vault = await fakeVault();
    const token = newToken();
    vault.tokens.set(token, live());
    const text = `A=${mint('pat legacy', random)}\nVAULT_TOKEN=${token}\n`;
    const ran = await scan(text, ['--vault-url', vault.url]);
    const { findings, gaps } = parseReport(ran);
    expect(gaps).toEqual([]);
    expect(
      findings.map(({ tokenStatus, tokenStatusReason: why, verification }) => [tokenStatus, why, verification?.notes]),
    ).toEqual([
      ['unknown', 'not checked', ['No GitLab server is configured: set GLAIVE_GITLAB_URL or --gitlab-url.']],
      ['active', undefined, expect.any(Array)],
    ]);
    expect(urls(vault)).toEqual([MOUNT]);
    const again = await glaive(['verify', '-', '--vault-url', vault.url], {
      input: JSON.stringify({}),
      env: { CI_SERVER_URL: '' },
    });
    expect(again.stderr).not.toContain('which GitLab');
  });

  it('a Vault of the environment is not used in place of a missing GitLab, nor for an administrator', async () => {
    const vault = await fakeVault();
    for (const [args, env] of [
      [[], { VAULT_ADDR: vault.url }],
      [['--vault-url', vault.url, '--admin'], {}],
    ] as const) {
      const ran = await scan('x', args, env);
      expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining('which GitLab may be asked')]);
    }
  });
});
