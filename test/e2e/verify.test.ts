/** `--verify` against a GitLab that has issued tokens: every row of the table of liveness, each status and each answer. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { type FakeIssuer, fakeIssuer, type Issued, json } from '../support/fake-issuer.ts';
import { mint, Random } from '../support/mint.ts';
import { glaive, type Ran } from '../support/run-cli.ts';
import { newKey } from '../support/ssh-keys.ts';
import { runs } from '../support/runs.ts';
import { parseReport, type ReportedFinding } from '../support/scan-report.ts';
import { git, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';
import { fakeGitLab, PROJECT } from '../support/fake-gitlab.ts';

const random = new Random(909);
const newToken = (kind: string): string => mint(kind, random);

async function verify(fake: FakeIssuer, text: string, args: readonly string[] = [], env = {}): Promise<Ran> {
  return await glaive(['scan', '-', '--format', 'json', '--verify', '--gitlab-url', fake.url, ...args], {
    input: text,
    env: { CI_SERVER_URL: '', ...env },
  });
}

async function verifyOne(
  fake: FakeIssuer,
  text: string,
  args: readonly string[] = [],
  env = {},
): Promise<ReportedFinding> {
  const ran = await verify(fake, text, args, env);
  const { findings } = parseReport(ran);
  expect(findings.length).toBe(1);
  return findings[0]!;
}

const status = ({ tokenStatus, tokenStatusReason: reason }: ReportedFinding): string =>
  reason === undefined ? tokenStatus : `${tokenStatus}: ${reason}`;

let ids = 100;
function issue(fake: FakeIssuer, token: string, issued: Partial<Issued> & Pick<Issued, 'kind'>): string {
  fake.tokens.set(token, { id: ids++, state: 'active', ...issued });
  return token;
}

describe('access tokens', () => {
  it('an active token is reported with scopes, owner, expiry, last use, and the groups and projects that its owner maintains', async () => {
    const fake = await fakeIssuer();
    const token = issue(fake, newToken('pat routable v1'), {
      kind: 'access',
      scopes: ['read_user', 'write_repository', 'api'],
      user: 'jane',
      isAdmin: true,
      name: 'deploy',
    });
    const finding = await verifyOne(fake, `T=${token}\n`);
    expect(finding).toMatchObject({
      tokenStatus: 'active',
      severity: 'critical',
      verification: {
        host: fake.host,
        name: 'deploy',
        scopes: ['api', 'write_repository', 'read_user'],
        owner: { kind: 'human', name: 'jane', isAdmin: true },
        expiresAt: '2027-05-01',
        lastUsedAt: '2026-11-01T10:00:00.000Z',
        lastUsedIps: ['192.0.2.7'],
        reach: { groups: 1, projects: 2, isAtLeast: false },
        notes: [expect.stringContaining('This check counts as a use')],
      },
    });
    expect(finding.tokenStatusReason).toBeUndefined();
    expect(fake.calls.map(({ url }) => url)).toEqual([
      '/api/v4/personal_access_tokens/self',
      '/api/v4/user',
      '/api/v4/personal_access_tokens/self/associations?min_access_level=40&per_page=100',
    ]);
    expect(fake.calls.every(({ headers }) => headers.authorization === `Bearer ${token}`)).toBe(true);
  });

  it.each([
    ['expired', 'inactive: expired', 'low'],
    ['revoked', 'inactive: revoked', 'low'],
    ['blocked', 'inactive: blocked', 'low'],
    ['impersonation', 'inactive: blocked', 'low'],
    ['dpop', 'active', 'critical'],
  ] as const)('one that is %s', async (state, wanted, severity) => {
    const fake = await fakeIssuer();
    const finding = await verifyOne(fake, issue(fake, newToken('pat legacy'), { kind: 'access', state }));
    expect([status(finding), finding.severity]).toEqual([wanted, severity]);
    expect(fake.calls.length).toBe(1);
  });

  it.each([
    'Your account is pending approval from your administrator and hence blocked.',
    'You (@jane) must accept the Terms of Service in order to perform this action. To accept these terms, please access GitLab.',
    'Your account has been deactivated by your administrator. Please log back in from a web browser to reactivate your account.',
    'Your primary email address is not confirmed. Please check your inbox for the confirmation instructions.',
    'Your password expired. Please access GitLab from a web browser to update your password.',
    'This action cannot be performed by internal users',
  ])('one whose owner may not sign in: %s', async (reason) => {
    const fake = await fakeIssuer();
    fake.intercept = (_, response) => {
      json(response, 403, { message: `403 Forbidden - ${reason}` });
      return true;
    };
    expect(status(await verifyOne(fake, newToken('pat legacy')))).toBe('inactive: blocked');
  });

  it.each(['403 Forbidden', '403 Forbidden - Your address is not allowed', '403 Forbidden - '])(
    'a 403 that does not say so proves nothing, as anything in front of a GitLab may say it: %s',
    async (message) => {
      const fake = await fakeIssuer();
      fake.intercept = (_, response) => {
        json(response, 403, { message });
        return true;
      };
      const ran = await verify(fake, newToken('pat legacy'));
      expect([ran.code, status(parseReport(ran).findings[0]!)]).toEqual([2, 'unknown: unclear answer']);
      expect(ran.stderr).toContain('glaive: one credential could not be checked: ');
      expect(ran.stderr).not.toContain('unclear answer');
    },
  );

  it('a plain 401 is unknown, and not dead', async () => {
    const fake = await fakeIssuer();
    const ran = await verify(fake, newToken('pat legacy'));
    expect(ran.code).toBe(1);
    const [finding] = parseReport(ran).findings;
    expect([status(finding!), finding!.severity]).toEqual([`unknown: not known at ${fake.host}`, 'critical']);
  });

  it('one with a narrow scope is active; who it is cannot be asked', async () => {
    const fake = await fakeIssuer();
    fake.without.add('associations');
    const token = issue(fake, newToken('pat routable v0'), { kind: 'access', scopes: ['read_registry'] });
    const finding = await verifyOne(fake, token);
    expect(finding).toMatchObject({ tokenStatus: 'active', verification: { owner: { kind: 'unknown', id: '7' } } });
    expect(finding.verification).not.toHaveProperty('reach');
  });

  it('a fine-grained token that may not see itself is active: it was let in', async () => {
    const fake = await fakeIssuer();
    const token = issue(fake, newToken('pat routable v1'), { kind: 'access', permissions: ['Job: Read'] });
    const ran = await verify(fake, token, ['--fail-on', 'active']);
    expect([ran.code, ran.stderr]).toEqual([1, '']);
    expect(parseReport(ran).findings[0]).toMatchObject({
      tokenStatus: 'active',
      severity: 'critical',
      verification: {
        scopes: ['granular'],
        notes: [
          expect.stringContaining('Personal Access Token: Read'),
          expect.stringContaining('This check counts as a use'),
        ],
      },
    });
    expect(fake.calls.map(({ url }) => url)).toEqual(['/api/v4/personal_access_tokens/self', '/api/v4/user']);
  });

  it('a fine-grained token that may read itself is reported with the fields that GitLab returns', async () => {
    const fake = await fakeIssuer();
    const permissions = ['Personal Access Token: Read', 'User: Read'];
    const token = issue(fake, newToken('pat routable v1'), { kind: 'access', permissions, user: 'jane' });
    expect(await verifyOne(fake, token)).toMatchObject({
      tokenStatus: 'active',
      verification: {
        scopes: ['granular'],
        owner: { name: 'jane' },
        expiresAt: '2027-05-01',
        reach: { projects: 2 },
        notes: [expect.stringContaining('fine-grained'), expect.stringContaining('This check counts as a use')],
      },
    });
  });

  it.each([
    "Access denied: This operation doesn't support fine-grained personal access tokens.",
    'Access denied: Fine-grained personal access tokens are not yet supported.',
    'Access denied: Your Personal Access Token lacks the required permissions: [read_personal_access_token].',
    'Unable to determine boundaries for authorization',
    undefined,
  ])('every refusal of a fine-grained token says that it is let in: %s', async (description) => {
    const fake = await fakeIssuer();
    const token = newToken('pat legacy');
    fake.intercept = (_, response) => {
      json(response, 403, { error: 'insufficient_granular_scope', error_description: description, echo: token });
      return true;
    };
    const ran = await verify(fake, token);
    expect([ran.code, status(parseReport(ran).findings[0]!)]).toEqual([1, 'active']);
    expect(ran.stdout + ran.stderr).not.toContain(token.slice(6));
  });

  it.each([
    [403, { error: 'Insufficient_granular_scope' }],
    [403, { message: 'insufficient_granular_scope' }],
    [401, { error: 'insufficient_granular_scope' }],
  ])('what only looks like that refusal proves nothing: %i %j', async (code, body) => {
    const fake = await fakeIssuer();
    fake.intercept = (_, response) => {
      json(response, code, body);
      return true;
    };
    expect((await verifyOne(fake, newToken('pat legacy'))).tokenStatus).toBe('unknown');
  });

  it.each([
    ['project_42_bot_0a1b', 'project bot'],
    ['group_7_bot_ff', 'group bot'],
    ['service_account_group_9_x', 'service account'],
  ])('the owner %s is a %s', async (user, kind) => {
    const fake = await fakeIssuer();
    const token = issue(fake, newToken('pat legacy'), { kind: 'access', scopes: ['api'], user, expiresAt: null });
    expect(await verifyOne(fake, token)).toMatchObject({
      verification: { owner: { kind, name: user }, expiresAt: 'never' },
    });
  });

  it('an OAuth access token is distinguished from them by the same request', async () => {
    const fake = await fakeIssuer();
    const token = issue(fake, newToken('oauth access routable v1, no prefix'), { kind: 'oauth' });
    expect(await verifyOne(fake, `"access_token":"${token}"`)).toMatchObject({
      tokenStatus: 'active',
      verification: { scopes: ['api', 'read_user'], owner: { kind: 'human', id: '7' } },
    });
    expect(fake.calls.map(({ url }) => url)).toEqual(['/api/v4/personal_access_tokens/self', '/oauth/token/info']);
  });
});

describe('other kinds', () => {
  it.each(['deploy', 'deploy routable v1'])('deploy token: %s', async (kind) => {
    const fake = await fakeIssuer();
    const token = issue(fake, newToken(kind), { kind: 'deploy' });
    expect(status(await verifyOne(fake, token))).toBe('active');
    fake.tokens.get(token)!.state = 'revoked';
    expect(status(await verifyOne(fake, token))).toBe(`unknown: not known at ${fake.host}`);
    expect(new Set(fake.calls.map(({ url }) => url))).toEqual(
      new Set(['/api/v4/packages/conan/v1/users/check_credentials']),
    );
  });

  it('deploy token, without the package registry: by Git, if user and project are next to it', async () => {
    const fake = await fakeIssuer();
    fake.without.add('conan');
    const token = issue(fake, newToken('deploy'), { kind: 'deploy' });
    expect(status(await verifyOne(fake, token))).toBe('unknown: unsupported');
    const old = issue(fake, random.friendlyToken(20), { kind: 'deploy' });
    const nextTo = await verifyOne(
      fake,
      `git clone https://gitlab+deploy-token-7:${old}@${fake.host}/group/project.git`,
    );
    expect(status(nextTo)).toBe('active');
    expect(fake.calls.at(-1)!.url).toBe('/group/project.git/info/refs?service=git-upload-pack');
  });

  it.each(['runner legacy', 'runner typed', 'runner routable v1', 'runner registered'])('%s', async (kind) => {
    const fake = await fakeIssuer();
    const token = issue(fake, newToken(kind), { kind: 'runner' });
    expect(status(await verifyOne(fake, token))).toBe('active');
    fake.without.add('router-off');
    expect(status(await verifyOne(fake, token))).toBe('active');
    fake.tokens.delete(token);
    expect(status(await verifyOne(fake, token))).toBe(`unknown: not known at ${fake.host}`);
    expect(fake.calls.every(({ method }) => method === 'GET')).toBe(true);
  });

  it('a runner of an older GitLab is asked with side effects only where they are allowed', async () => {
    const fake = await fakeIssuer();
    fake.without.add('router');
    const token = issue(fake, newToken('runner legacy'), { kind: 'runner' });
    const shy = await verifyOne(fake, token);
    expect([status(shy), shy.verification!.notes[0]]).toEqual([
      'unknown: unsupported',
      expect.stringContaining('--allow-side-effects'),
    ]);
    expect(status(await verifyOne(fake, token, ['--allow-side-effects']))).toBe('active');
    expect(fake.calls.at(-1)).toMatchObject({ method: 'POST', url: '/api/v4/runners/verify' });
  });

  it('job token: its job, and whether any project may reach that one', async () => {
    const fake = await fakeIssuer();
    const own = issue(fake, newToken('pat legacy'), { kind: 'access', scopes: ['api'] });
    const token = issue(fake, newToken('job legacy'), { kind: 'job' });
    const finding = await verifyOne(fake, token);
    expect(finding).toMatchObject({
      tokenStatus: 'active',
      verification: { name: 'deploy', owner: { kind: 'human', name: 'jane' }, notes: [expect.stringContaining('job')] },
    });
    fake.inbound = false;
    const asked = await verifyOne(fake, token, [], { GLAIVE_GITLAB_TOKEN: own });
    expect(asked.verification!.notes[1]).toContain('Job tokens of any project can access this one');
    const scope = fake.calls.at(-1)!;
    expect([scope.url, scope.headers.authorization]).toEqual(['/api/v4/projects/42/job_token_scope', `Bearer ${own}`]);
    fake.tokens.delete(token);
    expect(status(await verifyOne(fake, token))).toBe(`unknown: not known at ${fake.host}`);
  });

  it('a job token past its own expiry date is not checked', async () => {
    const fake = await fakeIssuer();
    const { jsonWebToken } = await import('../support/mint.ts');
    const claims = {
      version: '0.1.0',
      iss: 'gitlab.example.com',
      sub: 'gid://gitlab/Ci::Build/5',
      jti: 'x',
      exp: 1_700_000_000,
    };
    const finding = await verifyOne(fake, `glcbt-${jsonWebToken(random, claims)}`);
    expect([status(finding), fake.calls.length]).toEqual(['inactive: expired', 0]);
  });

  it('trigger token: by a ref that cannot exist, where the project is known', async () => {
    const fake = await fakeIssuer();
    const token = issue(fake, newToken('trigger'), { kind: 'trigger', project: '42' });
    expect(status(await verifyOne(fake, token))).toBe('unknown: unsupported');
    const text = `curl -X POST -F token=${token} -F ref=main ${fake.url}/api/v4/projects/42/trigger/pipeline`;
    const finding = await verifyOne(fake, text);
    expect(status(finding)).toBe('active');
    fake.tokens.delete(token);
    expect(status(await verifyOne(fake, text))).toBe(`unknown: not known at ${fake.host}`);
  });

  it('feed token', async () => {
    const fake = await fakeIssuer();
    const token = issue(fake, newToken('feed'), { kind: 'feed' });
    expect(status(await verifyOne(fake, token))).toBe('active');
    expect(status(await verifyOne(fake, newToken('feed')))).toBe(`unknown: not known at ${fake.host}`);
    const before = fake.calls.length;
    expect(status(await verifyOne(fake, newToken('feed for a path')))).toBe('unknown: unsupported');
    expect(fake.calls.length).toBe(before);
  });

  it('SCIM token', async () => {
    const fake = await fakeIssuer();
    expect(status(await verifyOne(fake, issue(fake, newToken('scim'), { kind: 'scim' })))).toBe('active');
    expect(fake.calls[0]!.url).toBe('/api/scim/v2/application/Users?count=1');
    expect(status(await verifyOne(fake, newToken('scim')))).toBe(`unknown: not known at ${fake.host}`);
  });

  it('client token of feature flags, where the project is known', async () => {
    const fake = await fakeIssuer();
    const token = issue(fake, newToken('feature flags'), { kind: 'flags', project: '42' });
    expect(status(await verifyOne(fake, token))).toBe('unknown: unsupported');
    const text = `url: ${fake.url}/api/v4/feature_flags/unleash/42\ninstance_id: ${token}\n`;
    expect(status(await verifyOne(fake, text))).toBe('active');
    expect(fake.calls[0]!.headers['unleash-instanceid']).toBe(token);
    fake.tokens.delete(token);
    expect(status(await verifyOne(fake, text))).toBe(`unknown: not known at ${fake.host}`);
  });

  it('client token of feature flags, by the path of its project: GitLab takes the number alone', async () => {
    const fake = await fakeIssuer();
    const token = issue(fake, newToken('feature flags'), { kind: 'flags', project: '42' });
    const text = `CI_PROJECT_PATH=group/project\ninstance_id: ${token}\n`;
    // A live token is never "not known" because only the path is.
    const unable = await verifyOne(fake, text);
    expect([status(unable), unable.verification!.notes]).toEqual([
      'unknown: unsupported',
      [expect.stringContaining('the numeric id of its project')],
    ]);
    expect(fake.calls.map(({ url, headers }) => [url, headers.authorization])).toEqual([
      ['/api/v4/projects/group%2Fproject', undefined],
    ]);
    fake.projects.set('group/project', 42);
    expect(status(await verifyOne(fake, text))).toBe('active');
    expect(fake.calls.at(-1)!.url).toBe('/api/v4/feature_flags/unleash/42');
    const own = issue(fake, newToken('pat legacy'), { kind: 'access', scopes: ['api'] });
    fake.calls.length = 0;
    expect(status(await verifyOne(fake, text, [], { GLAIVE_GITLAB_TOKEN: own }))).toBe('active');
    expect(fake.calls[0]!.headers.authorization).toBe(`Bearer ${own}`);
    fake.tokens.delete(token);
    expect(status(await verifyOne(fake, text))).toBe(`unknown: not known at ${fake.host}`);
  });

  it("an OAuth application's secret, if its id is next to it", async () => {
    const fake = await fakeIssuer();
    const application = random.hex(64);
    const token = issue(fake, newToken('oauth secret'), { kind: 'oauth-secret', application });
    expect(status(await verifyOne(fake, token))).toBe('unknown: unsupported');
    const text = `client_id: ${application}\nclient_secret: ${token}\n`;
    expect(status(await verifyOne(fake, text))).toBe('active');
    expect(fake.calls).toMatchObject([{ method: 'POST', url: '/oauth/introspect', body: 'token=x' }]);
    fake.tokens.delete(token);
    expect(status(await verifyOne(fake, text))).toBe(`unknown: not known at ${fake.host}`);
  });

  it('a session is asked about only where it may be prolonged', async () => {
    const fake = await fakeIssuer();
    const text = `Cookie: _gitlab_session=${random.hex(32)}`;
    const { findings } = parseReport(await verify(fake, text));
    expect(findings.map(status)).toEqual(['unknown: unsupported']);
    expect(fake.calls).toEqual([]);
    await verify(fake, text, ['--allow-side-effects']);
    expect(fake.calls).toMatchObject([{ url: '/api/v4/user', headers: { cookie: text.slice(8) } }]);
  });

  it('an SSH key is compared with the public keys of the user next to it', async () => {
    const fake = await fakeIssuer();
    const { pem, line } = newKey();
    const text = `login: jane\n${pem}`;
    expect(status(await verifyOne(fake, text))).toBe(`unknown: not known at ${fake.host}`);
    fake.keys.set('jane', `ssh-ed25519 AAAA x\n${line}\n`);
    expect(await verifyOne(fake, text)).toMatchObject({
      tokenStatus: 'active',
      verification: { owner: { name: 'jane' } },
    });
    expect(fake.calls.every(({ url }) => url === '/jane.keys')).toBe(true);
  });

  it('an expired deploy key is reported as expired, with the reason why its project was not asked', async () => {
    const fake = await fakeIssuer();
    const own = issue(fake, newToken('pat legacy'), { kind: 'access', scopes: ['api'] });
    const { pem, line } = newKey();
    const text = `CI_PROJECT_PATH=group/project\n${pem}`;
    const env = { GLAIVE_GITLAB_TOKEN: own };
    fake.tokens.set(line, { kind: 'deploy-key', id: 31, state: 'active', expiresAt: '2020-01-31T00:00:00.000Z' });
    expect(status(await verifyOne(fake, text, [], env))).toBe('inactive: expired');
    fake.tokens.set(line, { kind: 'deploy-key', id: 31, state: 'active', expiresAt: null });
    expect(await verifyOne(fake, text, [], env)).toMatchObject({
      tokenStatus: 'active',
      verification: { expiresAt: 'never' },
    });
    const weak = issue(fake, newToken('pat legacy'), { kind: 'access', permissions: ['User: Read'] });
    const refused = await verifyOne(fake, text, [], { GLAIVE_GITLAB_TOKEN: weak });
    expect([status(refused), refused.verification!.notes[0]]).toEqual([
      'unknown: unsupported',
      expect.stringContaining('Deploy Key: Read'),
    ]);
  });

  it('a job token: why its scope could not be asked', async () => {
    const fake = await fakeIssuer();
    const weak = issue(fake, newToken('pat legacy'), { kind: 'access', permissions: ['User: Read'] });
    const token = issue(fake, newToken('job legacy'), { kind: 'job' });
    const { verification } = await verifyOne(fake, token, [], { GLAIVE_GITLAB_TOKEN: weak });
    expect(verification!.notes[1]).toContain('Job Token Scope: Read');
  });

  it('an SSH key without context cannot be compared', async () => {
    const fake = await fakeIssuer();
    const finding = await verifyOne(fake, newKey().pem);
    expect([status(finding), fake.calls.length]).toEqual(['unknown: unsupported', 0]);
  });

  it.each([
    ['runner registration', 'unknown: unsupported'],
    ['agent', 'unknown: unsupported'],
    ['incoming mail', 'unknown: unsupported'],
    ['runner controller', 'unknown: unsupported'],
  ])('%s: cannot be checked', async (kind, wanted) => {
    const fake = await fakeIssuer();
    expect([status(await verifyOne(fake, newToken(kind))), fake.calls.length]).toEqual([wanted, 0]);
  });
});

describe('as an administrator: every kind as GitLab presents it', () => {
  const asked = async (fake: FakeIssuer, text: string, args: readonly string[] = []): Promise<ReportedFinding> => {
    const own = issue(fake, newToken('pat legacy'), { kind: 'access', scopes: ['api'], isAdmin: true });
    return await verifyOne(fake, text, ['--admin', ...args], { GLAIVE_GITLAB_TOKEN: own });
  };

  it.each([
    ['agent', 'agent', 'revoked', 'inactive: revoked'],
    ['agent', 'agent', 'active', 'active'],
    ['deploy', 'deploy', 'revoked', 'inactive: revoked'],
    ['deploy', 'deploy', 'expired', 'inactive: expired'],
    ['deploy', 'deploy', 'active', 'active'],
    ['pat legacy', 'access', 'revoked', 'inactive: revoked'],
    ['pat legacy', 'access', 'expired', 'inactive: expired'],
    ['pat legacy', 'access', 'active', 'active'],
    ['runner typed', 'runner', 'active', 'active'],
    ['feed', 'feed', 'active', 'active'],
    ['feed', 'feed', 'blocked', 'inactive: blocked'],
    ['incoming mail', 'mail', 'blocked', 'inactive: blocked'],
    ['incoming mail', 'mail', 'active', 'active'],
    ['trigger', 'trigger', 'active', 'active'],
    ['feature flags', 'flags', 'active', 'active'],
    ['job legacy', 'job', 'active', 'active'],
    ['oauth secret', 'oauth-secret', 'active', 'active'],
  ] as const)('%s that is %3$s', async (kind, issued, state, wanted) => {
    const fake = await fakeIssuer();
    const token = issue(fake, newToken(kind), { kind: issued, state });
    const finding = await asked(fake, `T=${token}`);
    expect(status(finding)).toBe(wanted);
    expect(fake.calls.map(({ method, url }) => `${method} ${url}`)).toEqual(['POST /api/v4/admin/token']);
  });

  it('whose a feed token is, and which job a job token is of', async () => {
    const fake = await fakeIssuer();
    const feed = issue(fake, newToken('feed'), { kind: 'feed', user: 'jane', isAdmin: true });
    expect((await asked(fake, feed)).verification).toMatchObject({
      owner: { kind: 'human', name: 'jane', isAdmin: true },
    });
    const job = issue(fake, newToken('job legacy'), { kind: 'job', id: 99 });
    expect((await asked(fake, job)).verification).toMatchObject({ id: '99', project: '42' });
  });

  it.each(['_gitlab_session', `_gitlab_session_geo_${'0a'.repeat(32)}`, `_gitlab_session_${'b1'.repeat(32)}`])(
    'a session is asked about by the name of its cookie, too: %s',
    async (cookie) => {
      const fake = await fakeIssuer();
      fake.cookie = cookie;
      const value = issue(fake, random.hex(32), { kind: 'session', user: 'jane' });
      const finding = await asked(fake, `Cookie: ${cookie}=${value}; path=/`);
      expect([status(finding), finding.verification!.owner]).toEqual([
        'active',
        { kind: 'human', name: 'jane', id: '7' },
      ]);
      expect(JSON.parse(fake.calls[0]!.body)).toEqual({ token: `${cookie}=${value}` });
      expect(status(await asked(fake, `Cookie: ${cookie}=${random.hex(32)}`))).toBe(
        `unknown: not known at ${fake.host}`,
      );
    },
  );

  it('a registration token is not asked about: GitLab knows none of them', async () => {
    const fake = await fakeIssuer();
    const token = issue(fake, newToken('runner registration'), { kind: 'registration' });
    expect(status(await asked(fake, `T=${token}`))).toBe('unknown: unsupported');
    expect(fake.calls).toEqual([]);
  });

  it('sends nothing there that it cannot know', async () => {
    const fake = await fakeIssuer();
    const own = issue(fake, newToken('pat legacy'), { kind: 'access', scopes: ['api'], isAdmin: true });
    const { pem } = newKey();
    const text = `${pem}\nVAULT_TOKEN=hvs.${random.of('abcdefghijkmnopqrstuvwxyz23456789', 24)}\n${newToken('workspace')}\n`;
    const ran = await verify(fake, text, ['--admin'], { GLAIVE_GITLAB_TOKEN: own });
    expect(parseReport(ran).findings.length).toBeGreaterThanOrEqual(3);
    expect(fake.calls.filter(({ body }) => body !== '')).toEqual([]);
  });

  it('what that API does not know is asked about as without it', async () => {
    const fake = await fakeIssuer();
    const oauth = issue(fake, newToken('oauth access routable v1, no prefix'), { kind: 'oauth' });
    expect(status(await asked(fake, `"access_token":"${oauth}"`))).toBe('active');
    const scim = issue(fake, newToken('scim'), { kind: 'scim' });
    expect(status(await asked(fake, scim))).toBe('active');
    expect(status(await asked(fake, newToken('workspace')))).toBe('unknown: unsupported');
  });

  it('a GitLab without that API knows nothing of what it does not say', async () => {
    const fake = await fakeIssuer();
    fake.without.add('admin');
    const token = issue(fake, newToken('pat legacy'), { kind: 'access' });
    expect(status(await asked(fake, token))).toBe('active');
    const agent = await asked(fake, issue(fake, newToken('agent'), { kind: 'agent' }));
    expect([status(agent), agent.verification!.notes]).toEqual([
      'unknown: unsupported',
      [expect.stringContaining('17.5')],
    ]);
  });

  it('a fine-grained token of an administrator: why it does not do', async () => {
    const fake = await fakeIssuer();
    const own = issue(fake, newToken('pat legacy'), { kind: 'access', permissions: ['User: Read'], isAdmin: true });
    const ran = await verify(fake, newToken('agent'), ['--admin'], { GLAIVE_GITLAB_TOKEN: own });
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining('a token with scopes can')]);
  });
});

describe('as an administrator', () => {
  it.each([
    ['agent', 'agent'],
    ['incoming mail', 'mail'],
    ['pat legacy', 'access'],
    ['deploy', 'deploy'],
  ] as const)('%s: by the token of an administrator, in the body', async (kind, issued) => {
    const fake = await fakeIssuer();
    const own = issue(fake, newToken('pat legacy'), { kind: 'access', scopes: ['api'], isAdmin: true });
    const token = issue(fake, newToken(kind), { kind: issued, expiresAt: null });
    const env = { GLAIVE_GITLAB_TOKEN: own };
    expect(status(await verifyOne(fake, token, ['--admin'], env))).toBe('active');
    expect(fake.calls).toMatchObject([{ method: 'POST', url: '/api/v4/admin/token', body: JSON.stringify({ token }) }]);
    fake.tokens.get(token)!.state = 'revoked';
    // What is reset is not there any more.
    const wanted = issued === 'mail' ? `unknown: not known at ${fake.host}` : 'inactive: revoked';
    expect(status(await verifyOne(fake, token, ['--admin'], env))).toBe(wanted);
    fake.tokens.delete(token);
    expect(status(await verifyOne(fake, token, ['--admin'], env))).toBe(`unknown: not known at ${fake.host}`);
  });

  it('needs one', async () => {
    const fake = await fakeIssuer();
    const token = newToken('agent');
    const without = await verify(fake, token, ['--admin']);
    expect([without.code, without.stderr]).toEqual([2, expect.stringContaining('administrator')]);
    const own = issue(fake, newToken('pat legacy'), { kind: 'access', scopes: ['api'] });
    const ran = await verify(fake, token, ['--admin'], { GLAIVE_GITLAB_TOKEN: own });
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining('could not be checked')]);
  });
});

describe('a server that gives the secret back', () => {
  it.each([
    ['in pieces', (token: string) => [...token].join('\u0000')],
    ['over and over', (token: string) => `${token} `.repeat(40)],
    ['after much else', (token: string) => `${'y'.repeat(3180)}${token}`],
  ])('%s', async (_, text) => {
    const fake = await fakeIssuer();
    // A long one, and one that only its context identifies.
    const { jsonWebToken } = await import('../support/mint.ts');
    const claims = {
      version: '0.1.0',
      iss: 'gitlab.example.com',
      sub: 'gid://gitlab/Ci::Build/5',
      jti: 'x',
      exp: 4_000_000_000,
    };
    const job = `glcbt-${jsonWebToken(random, claims)}`;
    const bare = random.friendlyToken(20);
    for (const [token, kind, line] of [
      [job, 'job', job],
      [bare, 'access', `curl -H "PRIVATE-TOKEN: ${bare}" https://gitlab.example.com`],
    ] as const) {
      fake.intercept = (_request, response) => {
        const said = {
          id: 5,
          active: true,
          name: text(token),
          user: { id: 7, username: text(token) },
          scopes: [text(token)],
          pipeline: { project_id: 1 },
        };
        json(response, 200, said);
        return true;
      };
      const ran = await verify(fake, line);
      expect([kind, ran.code, status(parseReport(ran).findings[0]!)]).toEqual([kind, 1, 'active']);
      for (let at = 8; at + 12 <= token.length; at += 6) expect(ran.stdout).not.toContain(token.slice(at, at + 12));
    }
  });
});

describe('each status of each question', () => {
  const NOT_KNOWN = 'not known';
  /** What follows from a status whose body says nothing; whatever is not here is an unclear answer. */
  const MEANING: Readonly<
    Record<
      string,
      {
        readonly text: (token: string) => string;
        readonly args?: readonly string[];
        readonly by: Readonly<Record<number, string>>;
      }
    >
  > = {
    'pat legacy': { text: (token) => token, by: { 401: NOT_KNOWN } },
    deploy: { text: (token) => token, by: { 200: 'active', 401: NOT_KNOWN, 404: 'unsupported' } },
    'runner legacy': {
      text: (token) => token,
      by: { 200: 'active', 403: NOT_KNOWN, 404: 'unsupported', 501: 'active' },
    },
    'job legacy': { text: (token) => token, by: { 401: NOT_KNOWN } },
    trigger: {
      text: (token) => `curl -F token=${token} https://gitlab/api/v4/projects/42/trigger/pipeline`,
      by: { 400: 'active', 401: NOT_KNOWN, 404: NOT_KNOWN },
    },
    feed: { text: (token) => token, by: { 302: NOT_KNOWN, 401: NOT_KNOWN } },
    'feature flags': {
      text: (token) => `https://gitlab/api/v4/feature_flags/unleash/42 ${token}`,
      by: { 200: 'active', 401: NOT_KNOWN },
    },
    scim: { text: (token) => token, by: { 200: 'active', 401: NOT_KNOWN, 404: NOT_KNOWN } },
    'oauth secret': {
      text: (token) => `client_id: ${'ab'.repeat(32)}\nclient_secret: ${token}`,
      by: { 401: NOT_KNOWN },
    },
    agent: {
      text: (token) => token,
      args: ['--admin'],
      // A 404 that names no token is that of a GitLab without this API.
      by: { 200: 'active', 201: 'active', 404: 'unsupported', 422: 'unsupported' },
    },
  };
  const EVERYWHERE: Readonly<Record<number, string>> = {
    429: 'rate limited',
    500: 'unreachable',
    502: 'unreachable',
    503: 'unreachable',
  };

  it.each(Object.keys(MEANING))('%s', { timeout: 60_000 }, async (kind) => {
    const { text, args = [], by } = MEANING[kind]!;
    for (const code of [200, 201, 302, 400, 401, 403, 404, 422, 429, 500, 501]) {
      const fake = await fakeIssuer();
      fake.intercept = (_request, response) => {
        json(response, code, code === 204 ? undefined : {}, { 'retry-after': '7200', location: '/users/sign_in' });
        return true;
      };
      const ran = await verify(fake, text(newToken(kind)), args, { GLAIVE_GITLAB_TOKEN: newToken('pat legacy') });
      const [finding] = parseReport(ran).findings;
      const wanted = by[code] ?? EVERYWHERE[code] ?? 'unclear answer';
      const said = status(finding!)
        .replace('unknown: ', '')
        .replace(/ at .*/, '');
      expect([kind, code, said]).toEqual([kind, code, wanted]);
      const isInconclusive = ['unclear answer', 'unreachable', 'rate limited'].includes(wanted);
      expect([kind, code, ran.code]).toEqual([kind, code, isInconclusive ? 2 : 1]);
      // 400: it was let in, and is no access token; then it is asked what it is.
      expect(fake.calls.length).toBe(kind === 'pat legacy' && code === 400 ? 2 : 1);
    }
  });

  it('a server that never responds costs the time limit, and the rest is reported as not checked', async () => {
    const fake = await fakeIssuer();
    fake.intercept = () => true;
    const ran = await verify(fake, newToken('pat legacy'), ['--time-limit', '2']);
    expect([ran.code, status(parseReport(ran).findings[0]!)]).toEqual([2, 'unknown: not checked']);
    expect(ran.stderr).toContain('could not be checked');
  });
});

describe('a server that behaves badly', () => {
  const token = newToken('pat legacy');
  const answers: readonly (readonly [string, (response: ServerResponse) => void, string, number])[] = [
    ['500', (response) => json(response, 500, {}), 'unreachable', 2],
    ['503 with Retry-After', (response) => json(response, 503, {}, { 'retry-after': '1' }), 'unreachable', 2],
    ['429 without a word', (response) => json(response, 429, {}), 'rate limited', 2],
    ['429 for an hour', (response) => json(response, 429, {}, { 'retry-after': '3600' }), 'rate limited', 2],
    [
      'a redirect',
      (response) => json(response, 302, {}, { location: 'https://elsewhere.example.com/' }),
      'unclear answer',
      2,
    ],
    ['404', (response) => json(response, 404, {}), 'unclear answer', 2],
    ['403 of a firewall', (response) => void response.writeHead(403).end('<html>no</html>'), 'unclear answer', 2],
    ['200 without a body', (response) => void response.end(), 'unclear answer', 2],
    ['200 and a page', (response) => void response.end('<html>Sign in</html>'), 'unclear answer', 2],
    ['200 and a list', (response) => json(response, 200, [1]), 'unclear answer', 2],
    ['200 and nonsense', (response) => json(response, 200, { id: {}, active: 'yes' }), 'unclear answer', 2],
    ['200 and deep nonsense', (response) => void response.end('['.repeat(500_000)), 'unclear answer', 2],
    ['more than a megabyte', (response) => void response.end(' '.repeat(3_000_000)), 'unclear answer', 2],
    ['a large head', (response) => json(response, 200, {}, { x: 'y'.repeat(60_000) }), 'unreachable', 2],
    [
      'a cut answer',
      (response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('{"id":1,');
        setTimeout(() => response.destroy(), 20);
      },
      'unreachable',
      2,
    ],
    ['a closed connection', (response) => void response.destroy(), 'unreachable', 2],
    ['nonsense instead of HTTP', (response) => void response.socket!.end('220 ftp ready\r\n'), 'unreachable', 2],
    [
      'an upgrade',
      (response) => void response.socket!.end('HTTP/1.1 101 X\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
      'unreachable',
      2,
    ],
    [
      'invalid gzip',
      (response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' });
        response.end('{"id":1}');
      },
      'unreachable',
      2,
    ],
  ];

  it.each(answers)('%s', async (_, answer, reason, code) => {
    const fake = await fakeIssuer();
    fake.intercept = (_request, response) => {
      answer(response);
      return true;
    };
    const ran = await verify(fake, token);
    expect([ran.code, status(parseReport(ran).findings[0]!)]).toEqual([code, `unknown: ${reason}`]);
    expect(ran.stderr).toContain('one credential could not be checked');
    expect(ran.stdout + ran.stderr).not.toContain(token.slice(6));
    expect(fake.calls.length).toBeLessThanOrEqual(3);
  });

  it('a pause that it asks for is kept, and then it is asked once more', async () => {
    const fake = await fakeIssuer();
    const own = issue(fake, newToken('pat legacy'), { kind: 'access' });
    let times = 0;
    fake.intercept = (_request, response) => {
      if (times++ > 0) return false;
      json(response, 429, {}, { 'retry-after': '1' });
      return true;
    };
    const started = Date.now();
    expect(status(await verifyOne(fake, own))).toBe('active');
    expect(Date.now() - started).toBeGreaterThan(900);
  });

  it('what it says is shown without control characters, secrets, or length', async () => {
    const fake = await fakeIssuer();
    const own = newToken('pat legacy');
    const other = newToken('deploy');
    issue(fake, own, {
      kind: 'access',
      name: `\u001B[2J${own} ${other} \u202Egnp\n::add-mask::\u0000 ${'x'.repeat(5000)}`,
      scopes: [`\u001B]0;x\u0007${own}`, 'api'],
      user: `${own}\u009B31m`,
    });
    for (const format of ['text', 'json', 'sarif', 'gitlab', 'codequality', 'jsonl']) {
      const ran = await verify(fake, own, ['--format', format]);
      expect(ran.code).toBe(1);
      expect(ran.stdout).not.toContain(own.slice(6));
      expect(ran.stdout).not.toContain(other.slice(5));
      // eslint-disable-next-line no-control-regex
      expect(ran.stdout).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202E]/);
      expect(ran.stdout).not.toContain('x'.repeat(300));
    }
  });
});

describe('whom it asks', () => {
  const servers = async () => {
    const [one, two] = [await fakeIssuer(), await fakeIssuer()];
    const token = newToken('pat legacy');
    issue(one, token, { kind: 'access' });
    issue(two, token, { kind: 'access' });
    return { one, two, token };
  };

  it('the named one, whatever is next to the token', async () => {
    const { one, two, token } = await servers();
    await verifyOne(one, `curl ${two.url}/api/v4/user -H "PRIVATE-TOKEN: ${token}"`);
    expect([one.calls.length > 0, two.calls.length]).toEqual([true, 0]);
  });

  it('of several the one next to it, and none if that is another', async () => {
    const { one, two, token } = await servers();
    const both = ['--gitlab-url', two.url];
    await verifyOne(one, `curl ${two.url}/api/v4/user -H "PRIVATE-TOKEN: ${token}"`, both);
    expect([one.calls.length, two.calls.length > 0]).toEqual([0, true]);
    two.calls.length = 0;
    const alone = await verifyOne(one, token, both);
    const nextTo = await verifyOne(one, `https://gitlab.example.com/ ${token}`, both);
    expect([status(alone), status(nextTo)]).toEqual(['unknown: not checked', 'unknown: not checked']);
    expect([one.calls, two.calls]).toEqual([[], []]);
    expect(status(await verifyOne(one, token, [...both, '--all-hosts']))).toBe('active');
  });

  it('one of several servers that does not respond is reported, whatever the others respond', async () => {
    const { one, two, token } = await servers();
    one.tokens.clear();
    two.intercept = (_, response) => {
      response.destroy();
      return true;
    };
    const ran = await verify(one, token, ['--gitlab-url', two.url, '--all-hosts']);
    expect([ran.code, status(parseReport(ran).findings[0]!)]).toEqual([2, 'unknown: unreachable']);
    expect(ran.stderr).toContain(two.host);
  });

  it('an issuer that was not asked is reported, and that is not a failure', async () => {
    const { one, two, token } = await servers();
    const ran = await verify(one, token, ['--gitlab-url', two.url]);
    expect([ran.code, parseReport(ran).findings[0]!.verification!.notes[0]]).toEqual([
      1,
      expect.stringContaining('--all-hosts'),
    ]);
  });
});

describe('how often it asks', () => {
  it(
    'thousands of findings of 50 tokens: 50 requests for life, and at most 100 for details',
    { timeout: 120_000 },
    async () => {
      const fake = await fakeIssuer();
      const tokens = Array.from({ length: 50 }, () =>
        issue(fake, newToken('pat legacy'), { kind: 'access', scopes: ['api'] }),
      );
      const count = runs({ fast: 2000, long: 10_000 });
      const lines = Array.from({ length: count }, (_, index) => `a ${tokens[index % 50]}\n`);
      const cwd = tempFolder();
      writeFiles(
        cwd,
        Object.fromEntries(
          Array.from({ length: count / 50 }, (_, file) => [
            `${file}.txt`,
            lines.slice(file * 50, file * 50 + 50).join(''),
          ]),
        ),
      );
      const ran = await glaive(['scan', '--verify', '--gitlab-url', fake.url, '--format', 'json'], { cwd });
      const { findings } = parseReport(ran);
      expect(findings.length).toBe(count);
      expect(findings.every(({ tokenStatus }) => tokenStatus === 'active')).toBe(true);
      const life = fake.calls.filter(({ url }) => url === '/api/v4/personal_access_tokens/self');
      expect([life.length, fake.calls.length - life.length]).toEqual([50, 100]);
    },
  );

  it('a server that does not answer is asked a few times, and not for each token', async () => {
    const fake = await fakeIssuer();
    fake.intercept = (_, response) => {
      response.destroy();
      return true;
    };
    const text = Array.from({ length: 40 }, () => newToken('pat legacy')).join('\n');
    const ran = await verify(fake, text);
    expect(ran.code).toBe(2);
    expect(parseReport(ran).findings.every((finding) => status(finding) === 'unknown: unreachable')).toBe(true);
    expect(fake.calls.length).toBeLessThan(10);
  });
});

describe('what it is for', () => {
  it('--fail-on active fails for what works, and for nothing else', async () => {
    const fake = await fakeIssuer();
    const dead = issue(fake, newToken('pat legacy'), { kind: 'access', state: 'revoked' });
    const alive = issue(fake, newToken('pat legacy'), { kind: 'access' });
    expect((await verify(fake, dead, ['--fail-on', 'active'])).code).toBe(0);
    expect((await verify(fake, `${dead}\n${alive}`, ['--fail-on', 'active'])).code).toBe(1);
  });

  it('the fingerprints stay what they are', async () => {
    const fake = await fakeIssuer();
    const token = issue(fake, newToken('pat legacy'), { kind: 'access' });
    const checked = await verifyOne(fake, token);
    const plain = parseReport(await glaive(['scan', '-', '--format', 'json'], { input: token })).findings[0]!;
    expect([checked.fingerprint, checked.secretFingerprint]).toEqual([plain.fingerprint, plain.secretFingerprint]);
    expect(plain.tokenStatus).toBe('unknown');
  });

  it('accepted findings are not checked', async () => {
    const fake = await fakeIssuer();
    await verify(fake, `x = "${newToken('pat legacy')}" # glaive:allow it is a sample\n`);
    expect(fake.calls).toEqual([]);
  });

  it.each([
    [['--all-hosts'], '--all-hosts needs --verify'],
    [['--gitlab-url', 'https://gitlab.example.com'], '--gitlab-url needs --verify'],
    [['--fail-on', 'active'], '--fail-on active needs --verify'],
    [['--verify'], 'which GitLab may be asked'],
    [['--verify', '--gitlab-url', 'http://gitlab.example.com'], 'only https://'],
    [['--verify', '--gitlab-url', 'https://u:p@gitlab.example.com'], 'the URL contains credentials'],
    [['--verify', '--gitlab-url', 'nonsense'], 'not a URL'],
  ])('explains what is wrong with %j', async (args, why) => {
    const ran = await glaive(['scan', '-', ...args], { input: 'x', env: { CI_SERVER_URL: '' } });
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining(why)]);
  });
});

describe('glaive verify', () => {
  it('reads each secret again where it was found, and returns the report with the results', async () => {
    const fake = await fakeIssuer();
    const cwd = tempRepository();
    const tokens = ['file', 'base64', 'packed', 'old', 'message', 'branch'].map((name) => ({
      name,
      token: issue(fake, newToken('pat legacy'), { kind: 'access', scopes: ['api'] }),
    }));
    const [file, base64, packed, old, message, branch] = tokens.map(({ token }) => token);
    writeFiles(cwd, { 'old.env': `A=${old}\n` });
    git(cwd, 'add', '.');
    git(cwd, 'commit', '-qm', 'one');
    git(cwd, 'rm', '-q', 'old.env');
    writeFiles(cwd, { 'a.env': `A=${file}\n`, 'b.txt': Buffer.from(`token ${base64}`).toString('base64') });
    writeFileSync(join(cwd, 'c.gz'), gzipSync(`x ${packed}\n`));
    git(cwd, 'add', '.');
    git(cwd, 'commit', '-qm', `two ${message}`);
    git(cwd, 'branch', `b/${branch}`);
    const history = await glaive(['history', '--format', 'json'], { cwd });
    const tree = await glaive(['scan', '--format', 'json'], { cwd });
    for (const [report, count] of [
      [history, 6],
      [tree, 3],
    ] as const) {
      const found = parseReport(report).findings;
      expect(new Set(found.map(({ secretFingerprint }) => secretFingerprint)).size).toBeGreaterThanOrEqual(count - 1);
      fake.calls.length = 0;
      const ran = await glaive(['verify', '-', '--gitlab-url', fake.url, '--format', 'json'], {
        cwd,
        input: report.stdout,
      });
      const after = parseReport(ran).findings;
      expect(after.map(status)).toEqual(found.map(() => 'active'));
      expect(after.map(({ fingerprint, introduction, history: past }) => [fingerprint, introduction, past])).toEqual(
        found.map(({ fingerprint, introduction, history: past }) => [fingerprint, introduction, past]),
      );
      expect(ran.code).toBe(1);
    }
  });

  it('says what is not there any more; nothing is what is not known', async () => {
    const fake = await fakeIssuer();
    const cwd = tempFolder();
    const [gone, dead] = [newToken('pat legacy'), newToken('pat legacy')];
    issue(fake, gone, { kind: 'access' });
    issue(fake, dead, { kind: 'access', state: 'revoked' });
    writeFiles(cwd, { 'a.env': `A=${gone}\n`, 'b.env': `B=${dead}\n` });
    await glaive(['scan', '--format', 'json', '--output', 'r.json'], { cwd });
    writeFiles(cwd, { 'a.env': 'A=\n' });
    const ran = await glaive(['verify', 'r.json', '--gitlab-url', fake.url, '--format', 'json'], { cwd });
    expect([ran.code, parseReport(ran).findings.map(status)]).toEqual([
      2,
      ['unknown: source gone', 'inactive: revoked'],
    ]);
    expect(fake.calls.length).toBe(1);
    writeFiles(cwd, { 'r.json': (await glaive(['scan', 'b.env', '--format', 'json'], { cwd })).stdout });
    const none = await glaive(['verify', 'r.json', '--gitlab-url', fake.url], { cwd });
    expect([none.code, none.stdout]).toEqual([
      0,
      expect.stringContaining(`inactive (revoked), according to ${fake.host}`),
    ]);
  });

  it.each([
    ['', 'it is not JSON'],
    ['[]', 'version is missing'],
    ['{"version":"2.0"}', 'version must be 1.x'],
  ])('explains what is wrong with the report %j', async (input, why) => {
    const ran = await glaive(['verify', '-', '--gitlab-url', 'https://gitlab.example.com'], { input });
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining(why)]);
    expect(ran.stderr).not.toContain('internal');
  });

  it('takes no file that is not there, and asks for a server', async () => {
    const cwd = tempFolder();
    expect(
      (await glaive(['verify', 'x.json', '--gitlab-url', 'https://gitlab.example.com'], { cwd })).stderr,
    ).toContain('no such file');
    expect((await glaive(['verify', 'x.json'], { cwd, env: { CI_SERVER_URL: '' } })).stderr).toContain('which GitLab');
  });

  it('fetches the log of a job again, from the GitLab that is named', async () => {
    const token = newToken('pat legacy');
    const own = newToken('pat legacy');
    const fake = await fakeGitLab(own);
    fake.jobs = [{ id: 7, log: `x ${token}\n` }];
    const env = { GLAIVE_GITLAB_TOKEN: own };
    const url = ['--gitlab-url', fake.url];
    const report = await glaive(['logs', '--project', PROJECT, ...url, '--format', 'json'], { env });
    fake.intercept = (request, response, { pathname }) => {
      if (!pathname.endsWith('/personal_access_tokens/self')) return false;
      expect(request.headers.authorization).toBe(`Bearer ${token}`);
      json(response, 401, { error: 'invalid_token', error_description: 'Token was revoked. You have to' });
      return true;
    };
    const ran = await glaive(['verify', '-', ...url, '--format', 'json'], { env, input: report.stdout });
    expect(parseReport(ran).findings.map(status)).toEqual(['inactive: revoked']);
    expect(ran.code).toBe(0);
  });
});

describe('glaive explain', () => {
  const explain = async (fake: FakeIssuer, args: readonly string[], input: string): Promise<Ran> =>
    await glaive(['explain', '-', '--gitlab-url', fake.url, ...args], { input, env: { CI_SERVER_URL: '' } });

  it('names the page where a token is revoked, and connects to no server', async () => {
    const fake = await fakeIssuer();
    const ran = await explain(fake, [], newToken('pat legacy'));
    expect([ran.code, fake.calls]).toEqual([0, []]);
    expect(ran.stdout).toContain(`${fake.url}/-/user_settings/personal_access_tokens\n`);
  });

  it('--verify shows whether it is active, and its scopes', async () => {
    const fake = await fakeIssuer();
    const token = issue(fake, newToken('pat legacy'), { kind: 'access', scopes: ['read_user', 'api'] });
    const ran = await explain(fake, ['--verify'], token);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain(`checked     active, according to ${fake.host}`);
    expect(ran.stdout).toContain('scopes api read_user');
    expect(ran.stdout).toContain('its owner maintains 1 group and 2 projects');
    const plain = await explain(fake, ['--verify', '--format', 'json'], token);
    expect(JSON.parse(plain.stdout).tokens).toMatchObject([
      { tokenStatus: 'active', verification: { host: fake.host } },
    ]);
    fake.intercept = (_, response) => {
      response.destroy();
      return true;
    };
    expect((await explain(fake, ['--verify'], token)).code).toBe(2);
  });
});
